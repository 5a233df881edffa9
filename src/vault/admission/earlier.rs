//! Finds terms that the case has from earlier exhibits.

use std::sync::Arc;

use super::tag_table::TagTable;
use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::tag_runs::TagSearch;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Tag;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::Terms;

/// Marks a term that was not looked up yet, in a list of known terms.
pub(super) const UNASKED: u32 = u32::MAX;

/// Finds the visible terms of one field. As long as few are asked for, it reads the run of each exhibit in which a term
/// would be; a small file reads few of them. Otherwise it reads the tags of all terms once, in order, and keeps them.
/// A run that is missing is damage: otherwise the case would get the same term twice.
pub(super) struct Earlier {
    case: CaseNumber,
    field: Field,
    visible: u32,
    added: Arc<AddedTerms>,
    /// How many runs were read so far, one by one.
    read: usize,
    table: Option<TagTable>,
}

impl Earlier {
    pub(super) fn new(
        case: CaseNumber,
        field: Field,
        added: Arc<AddedTerms>,
        visible: u32,
    ) -> Self {
        Self {
            case,
            field,
            visible,
            added,
            read: 0,
            table: None,
        }
    }

    /// The terms of no case.
    pub(super) fn none(field: Field) -> Self {
        Self::new(CaseNumber(0), field, Arc::default(), 0)
    }

    pub(super) fn visible(&self) -> u32 {
        self.visible
    }

    /// Takes those out of `asked` that the case has, and gives each with its term number to `found`.
    pub(super) fn take_known(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        asked: &mut Vec<(Tag, u32)>,
        mut found: impl FnMut(u32, u32),
    ) -> Result<(), OperationError> {
        let terms = Terms {
            case: self.case,
            field: self.field,
        };
        let adders = self.added.of_field(self.field);
        if adders.is_empty() || asked.is_empty() {
            return Ok(());
        }
        self.read = self.read.saturating_add(asked.len() * adders.len());
        let runs = adders
            .iter()
            .map(|adder| adder.terms().div_ceil(terms.in_a_run()));
        if self.table.is_none() && self.read > runs.sum() {
            self.table = Some(self.read_all(connection, keys, terms)?);
        }
        let mut new = Vec::new();
        let mut take = |(tag, who): (Tag, u32), no: Option<u32>| match no {
            Some(no) => found(who, no),
            None => new.push((tag, who)),
        };
        match &self.table {
            Some(table) => asked
                .drain(..)
                .for_each(|one| take(one, table.find(&one.0))),
            None => {
                let mut search = TagSearch::of(connection, self.case, self.field)?;
                for one in asked.drain(..) {
                    let no = search.find(keys, &self.added, &one.0)?;
                    take(one, no);
                }
            }
        }
        *asked = new;
        Ok(())
    }

    fn read_all(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
        terms: Terms,
    ) -> Result<TagTable, OperationError> {
        let mut table = TagTable::with_room(self.visible as usize);
        let mut search = TagSearch::of(connection, self.case, self.field)?;
        for adder in self.added.of_field(self.field) {
            let mut sound = true;
            search.each(keys, adder, terms, |tag| sound &= table.add(&tag))?;
            if !sound {
                return Err(adder.damaged());
            }
        }
        // The terms of the exhibits follow each other without a gap.
        match table.len() == self.visible as usize {
            true => Ok(table),
            false => Err(OperationError::Damaged {
                place: format!("{} terms of the case", self.field.label()),
            }),
        }
    }
}
