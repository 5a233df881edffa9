//! One walk through a JSON record, which finds the cells of all wanted columns.

use std::borrow::Cow;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::cells::{Item, JsonCells, NONE, counts};
use super::dropped::Dropped;
use super::members::{cell, each_member};
use super::people::may_hold_people;
use super::wanted::{Choice, Wanted, WantedColumn, WantedMember, WantedMembers};
use crate::domain::Field;
use crate::domain::invisible::cleaned;
use crate::ingest::mapping::recipient_column::digits_of;
use crate::ingest::rows::cells::SLOTS;
use crate::vault::plaintext::RejectKind;

/// A record while it is walked.
pub(super) struct Walk<'n, 'd, 'de> {
    wanted: &'n Wanted,
    dropped: &'d mut Dropped,
    /// The path to the object that is walked, with a dot at the end; empty for the record.
    above: String,
    shared: [(usize, Cow<'de, str>); SLOTS],
    each: Vec<Item<'de>>,
    /// The item of a list that the walk is in.
    at: Option<usize>,
    /// By rank: there was a value of the column.
    pub(super) seen: Vec<bool>,
    /// By rank: the value of the column was a list.
    pub(super) lists: Vec<bool>,
    fault: Option<RejectKind>,
    /// Values that are not read and may have other records or people in them, with their paths.
    pub(super) inner: Vec<(String, &'de str)>,
}

impl<'n, 'd, 'de> Walk<'n, 'd, 'de> {
    pub(super) fn new(wanted: &'n Wanted, dropped: &'d mut Dropped) -> Self {
        Self {
            wanted,
            dropped,
            above: String::new(),
            shared: [const { (NONE, Cow::Borrowed("")) }; SLOTS],
            each: Vec::new(),
            at: None,
            seen: vec![false; wanted.columns.len()],
            lists: vec![false; wanted.columns.len()],
            fault: None,
            inner: Vec::new(),
        }
    }

    /// Walks a record, which is an object.
    pub(super) fn read(&mut self, record: &'de str) -> Result<(), serde_json::Error> {
        self.object(&self.wanted.members, record)
    }

    /// The columns of which there was a value.
    pub(super) fn seen(&self) -> impl Iterator<Item = &'n WantedColumn> {
        let seen = self.wanted.columns.iter().zip(&self.seen);
        seen.filter(|(_, seen)| **seen).map(|(column, _)| column)
    }

    /// The digits of the numbers that were read.
    pub(super) fn numbers(&self) -> Vec<Zeroizing<String>> {
        let is_number = |rank: &usize| {
            let column = self.wanted.columns.get(*rank);
            column.is_some_and(|column| column.field == Field::Number)
        };
        let items = self.each.iter().flat_map(|item| &item.cells);
        let cells = self.shared.iter().chain(items);
        let numbers = cells.filter(|(rank, _)| is_number(rank));
        let digits = numbers.map(|(_, cell)| digits_of(cell));
        digits.filter(|digits| !digits.is_empty()).collect()
    }

    /// The cells, when the record was walked, or what is wrong with it.
    pub(super) fn cells(self) -> Result<JsonCells<'de>, RejectKind>
    where
        'n: 'de,
    {
        let wanted = self.wanted;
        let has = |field| self.seen().any(|column| column.field == field);
        let shaped = wanted.marks.iter().all(|field| has(*field));
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(JsonCells {
                columns: &wanted.columns,
                shared: self.shared,
                rows: Item::rows(&self.each),
                each: self.each,
                given: 0,
                shaped,
            }),
        }
    }

    /// Walks an object, in which these members are wanted.
    fn object(
        &mut self,
        members: &'n WantedMembers,
        object: &'de str,
    ) -> Result<(), serde_json::Error> {
        let mut met = vec![false; members.len()];
        each_member(object, |name, value| {
            let place = |name: &str| members.iter().position(|(wanted, _)| wanted == name);
            let at = place(&name).or_else(|| {
                // Marks that nobody sees are in no name.
                let marked = Some(&name).filter(|name| !name.is_ascii());
                marked.and_then(|name| place(&cleaned(name)))
            });
            let Some((at, (_, member))) = at.and_then(|at| Some((at, members.get(at)?))) else {
                self.dropped.note(&self.above, &name);
                let raw = value.get();
                let is_inner = raw.starts_with(['{', '[']) && self.wanted.may_fit(raw);
                if is_inner || may_hold_people(&name, raw) {
                    self.inner.push((format!("{}{name}", self.above), raw));
                }
                return Ok(());
            };
            if met
                .get_mut(at)
                .is_some_and(|met| std::mem::replace(met, true))
            {
                self.fault = Some(RejectKind::RepeatedName);
            }
            self.take(member, &name, value)
        })
    }

    /// Takes what is wanted of a value.
    fn take(
        &mut self,
        member: &'n WantedMember,
        name: &str,
        value: &'de RawValue,
    ) -> Result<(), serde_json::Error> {
        for rank in &member.columns {
            match cell(value)? {
                Some(cell) => self.fill(*rank, cell),
                None => {
                    self.fault = Some(RejectKind::NotText);
                    if let Some(list) = self.lists.get_mut(*rank) {
                        *list |= value.get().starts_with('[');
                    }
                }
            }
        }
        let raw = value.get();
        if member.each.is_some() && !raw.starts_with('n') {
            let item = self.at.and_then(|at| self.each.get_mut(at));
            item.into_iter().for_each(|item| item.has_list = true);
        }
        match raw.as_bytes().first() {
            Some(b'{') if !member.inside.is_empty() => {
                let length = self.above.len();
                if !name.is_empty() {
                    self.above.push_str(name);
                    self.above.push('.');
                }
                self.object(&member.inside, raw)?;
                self.above.truncate(length);
                Ok(())
            }
            Some(b'[') if member.each.is_some() || !member.choices.is_empty() => {
                let length = self.above.len();
                self.above.push_str(name);
                self.above.push('.');
                for item in serde_json::from_str::<Vec<&'de RawValue>>(raw)? {
                    self.item(member, item)?;
                }
                self.above.truncate(length);
                Ok(())
            }
            // Some programs write a list of one without brackets.
            Some(first) if *first != b'n' && member.each.is_some() => self.item(member, value),
            _ => Ok(()),
        }
    }

    /// Takes what is wanted of an item of a list.
    fn item(
        &mut self,
        member: &'n WantedMember,
        item: &'de RawValue,
    ) -> Result<(), serde_json::Error> {
        for choice in &member.choices {
            if is_chosen(item, choice)? {
                self.take(&choice.of, "", item)?;
            }
        }
        let Some(each) = &member.each else {
            return Ok(());
        };
        let outer = self.at.replace(self.each.len());
        self.each.push(Item {
            in_item: outer,
            ..Item::default()
        });
        let taken = self.take(each, "", item);
        self.at = outer;
        taken
    }

    /// Takes the cell of a column.
    fn fill(&mut self, rank: usize, cell: Cow<'de, str>) {
        let Some(column) = self.wanted.columns.get(rank) else {
            return;
        };
        let seen = self.seen.get_mut(rank);
        let seen = seen.is_some_and(|seen| std::mem::replace(seen, true));
        if let Some(item) = self.at.and_then(|at| self.each.get_mut(at)) {
            let row = &mut item.cells;
            if row.iter().any(|(of, _)| *of == rank) {
                self.fault = Some(RejectKind::RepeatedName);
            }
            row.push((rank, cell));
            return;
        }
        if seen {
            self.fault = Some(RejectKind::RepeatedName);
        }
        if let Some((filled, text)) = self.shared.get_mut(column.slot)
            && counts(rank, &cell, *filled, text)
        {
            (*filled, *text) = (rank, cell);
        }
    }
}

/// True if an item of a list is the object that is to be chosen.
fn is_chosen(item: &RawValue, choice: &Choice) -> Result<bool, serde_json::Error> {
    let mut chosen = false;
    if item.get().starts_with('{') {
        each_member(item.get(), |name, value| {
            if name == choice.name {
                chosen = cell(value)?.is_some_and(|text| text == choice.is);
            }
            Ok(())
        })?;
    }
    Ok(chosen)
}
