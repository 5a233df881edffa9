//! What an exhibit still says about a number that was erased, beside its term: the short prints of its messages, with
//! which the number could be tried, the states of its area code, and its rows in quarantine. All are made anew without
//! it.
//!
//! Sees the keys of the case, the number while its term is still there, and the cells of a quarantine. Reads only: an
//! act writes the parts together with their new digest.

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use super::earlier_exhibit::EarlierExhibit;
use super::earlier_records::BlockRecords;
use super::erased_areas::without_area;
use super::known::Known;
use super::message_print::{of_row, short_of_id, short_of_minute, short_of_row};
use super::numbers::print_of;
use super::part_digests::{PartKind, PartPlace, recompute_with};
use super::replaced_parts::ReplacedParts;
use crate::domain::Field;
use crate::vault::columns::{PRINT_BITS, SeenBlock, SeenPlace, SubjectBlock, UserBlock, UserOf};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::exhibits::terms::{NumberTerms, TermPlace, UserTerms};
use crate::vault::plaintext::{Fingerprinter, Nonces, Phone};
use crate::vault::store::exhibit_rows::ExhibitRow;
use crate::vault::store::{block_rows, quarantine_rows, seen_rows, subject_index_rows};

/// Somebody whose number is erased.
pub(in crate::vault) struct Person<'p> {
    /// The term of the number, if the case has it.
    pub(in crate::vault) term: Option<u32>,
    /// The number, unless its term was overwritten already.
    pub(in crate::vault) phone: Option<&'p Phone>,
    /// The user names that are erased with it.
    pub(in crate::vault) users: &'p [u32],
    /// Those of them that have the number in them. Others may have them too.
    pub(in crate::vault) named: &'p [u32],
    /// The erasure list of the case.
    pub(in crate::vault) list: &'p Erasures,
}

/// The parts of one exhibit that are others without a person. Where nothing has to be overwritten the digest stays: the
/// act and its leaf come all the same, so that how many leaves an erasure has does not say whether the case has the
/// number.
pub(in crate::vault) fn without_person(
    place: TermPlace<'_>,
    exhibit: &ExhibitRow,
    person: &Person<'_>,
    nonces: &mut Nonces<'_>,
    draw: &mut dyn FnMut() -> Result<[u8; 8], OperationError>,
) -> Result<ReplacedParts, OperationError> {
    let mut parts = seen_without(place, exhibit, person, nonces, draw)?;
    if let Some(term) = person.term {
        parts.extend(without_area(
            place,
            &earlier(place, exhibit)?,
            term,
            nonces,
        )?);
    }
    parts.extend(quarantine_without(place, exhibit, person, nonces)?);
    let before = open_description(place.keys, exhibit)?.blocks_digest;
    let digest = match parts.is_empty() {
        true => before.clone(),
        false => {
            let other = |at: PartPlace| parts.get(&at).map(Vec::as_slice);
            STANDARD.encode(recompute_with(place.connection, exhibit.number, other)?)
        }
    };
    Ok(ReplacedParts {
        exhibit: exhibit.number,
        before,
        digest,
        parts,
    })
}

/// The user names that only records of this subject have, in any exhibit of the case.
pub(in crate::vault) fn users_of_only(
    place: TermPlace<'_>,
    exhibits: &[ExhibitRow],
    term: u32,
) -> Result<Vec<u32>, OperationError> {
    let (mut own, mut others) = (HashSet::new(), HashSet::new());
    let (mut sealed, mut numbers, mut users) = (Vec::new(), Vec::new(), UserBlock::new());
    for exhibit in exhibits {
        let parts = ExhibitParts::of(place.keys, &exhibit.id);
        let earlier = earlier(place, exhibit)?;
        let mut fault = None;
        subject_index_rows::TABLE.for_each(place.connection, exhibit.number, |range, sealed| {
            let opened = parts.subject_index(range).open(sealed).ok();
            match opened.and_then(|plain| SubjectBlock::decode(range, &plain).ok()) {
                Some(block) => block.iter().for_each(|entry| {
                    match entry.number == term {
                        true => own.insert(entry.user),
                        false => others.insert(entry.user),
                    };
                }),
                None => fault = Some(range),
            }
        })?;
        if let Some(range) = fault {
            return Err(earlier.damaged(&format!("subject index, range {range}")));
        }
        let known = Known {
            connection: place.connection,
            keys: place.keys,
        };
        for no in 0..earlier.blocks {
            numbers.clear();
            numbers.extend_from_slice(BlockRecords::open(&known, &earlier, no)?.numbers());
            let damaged = || earlier.damaged(&format!("user block {no}"));
            let field = Field::User;
            if !block_rows::read(place.connection, exhibit.number, field, no, &mut sealed)? {
                return Err(damaged());
            }
            let plain = parts
                .block(field, no)
                .open(&sealed)
                .map_err(|_| damaged())?;
            users.decode(&plain).map_err(|_| damaged())?;
            for (number, user) in numbers.iter().zip(users.iter()) {
                if let UserOf::Other(user) = user {
                    match *number == term {
                        true => own.insert(user),
                        false => others.insert(user),
                    };
                }
            }
        }
    }
    let mut only: Vec<u32> = own
        .difference(&others)
        .copied()
        .filter(|no| *no != 0)
        .collect();
    only.sort_unstable();
    Ok(only)
}

fn earlier(place: TermPlace<'_>, exhibit: &ExhibitRow) -> Result<EarlierExhibit, OperationError> {
    let description = open_description(place.keys, exhibit)?;
    Ok(EarlierExhibit {
        number: exhibit.number,
        id: exhibit.id.clone(),
        blocks: description.blocks,
        ids: description.references_are_ids,
        minutes: description.times_to_the_minute,
    })
}

/// The short prints of each block in which the person has a record, with random ones in the place of theirs. So are
/// those of others' records that were made with a user name that has the number in it.
fn seen_without(
    place: TermPlace<'_>,
    exhibit: &ExhibitRow,
    person: &Person<'_>,
    nonces: &mut Nonces<'_>,
    draw: &mut dyn FnMut() -> Result<[u8; 8], OperationError>,
) -> Result<BTreeMap<PartPlace, Vec<u8>>, OperationError> {
    let mut all = BTreeMap::new();
    let prints = place.keys.prints();
    let own = person.term.zip(person.phone);
    let own = own.map(|(term, phone)| (term, print_of(prints.keys_of_numbers(), phone)));
    if own.is_none() && person.named.is_empty() {
        return Ok(all);
    }
    let exhibit = earlier(place, exhibit)?;
    let known = Known {
        connection: place.connection,
        keys: place.keys,
    };
    let mut printed = Printed {
        place,
        prints: &prints,
        named: person.named.iter().copied().collect(),
        kept: None,
        names: UserTerms::default(),
        phones: NumberTerms::default(),
    };
    for no in 0..exhibit.blocks {
        let mut block = BlockRecords::open(&known, &exhibit, no)?;
        let numbers = block.numbers().to_vec();
        let is_own = |of: &u32| own.is_some_and(|(term, _)| *of == term);
        if printed.named.is_empty() && !numbers.iter().any(is_own) {
            continue;
        }
        let mut gone = Vec::new();
        let references = block.references()?;
        for (row, of) in numbers.iter().enumerate() {
            let reference = references.get(row).filter(|text| !text.is_empty());
            match (reference, own.filter(|_| is_own(of))) {
                (Some(text), Some((_, number))) => {
                    let reference = prints.of_text(&text).max(1);
                    gone.push(match exhibit.ids {
                        true => short_of_id(reference, number),
                        false => {
                            let sent_at = block.times()?.get(row).unwrap_or_default();
                            short_of_minute(reference, number, sent_at)
                        }
                    });
                }
                (None, Some((_, number))) => {
                    let mut identity = block.whole_row(row, number, None)?;
                    identity.user = printed.user(identity.user)?;
                    gone.push(short_of_row(of_row(&prints, &identity)));
                }
                (None, None) => gone.extend(printed.of_other(&mut block, row, *of)?),
                (Some(_), None) => {}
            }
        }
        if gone.is_empty() {
            continue;
        }
        let damaged = || exhibit.damaged(&format!("prints of block {no}"));
        let sealed = seen_rows::TABLE.find(place.connection, exhibit.number, no)?;
        let sealed = sealed.ok_or_else(damaged)?;
        let part = ExhibitParts::of(place.keys, &exhibit.id).seen(no);
        let plain = part.open(&sealed).map_err(|_| damaged())?;
        let stored = SeenBlock::read(plain.to_vec()).map_err(|_| damaged())?;
        let mut kept = Vec::with_capacity(stored.rows());
        stored.each_below(&mut SeenPlace::default(), 1 << PRINT_BITS, |print| {
            kept.push(print);
        });
        if replace(&mut kept, &gone, draw)? == 0 {
            continue;
        }
        let mut plain = Vec::new();
        SeenBlock::encode(&kept, &mut plain).map_err(|_| damaged())?;
        let at = (PartKind::Seen, 0, no);
        all.insert(at, part.seal(nonces.take()?, &plain)?);
    }
    Ok(all)
}

/// What prints of rows without a reference are made of.
struct Printed<'p> {
    place: TermPlace<'p>,
    prints: &'p Fingerprinter,
    /// The user names that have the number in them.
    named: HashSet<u32>,
    kept: Option<KeptUsers>,
    names: UserTerms,
    phones: NumberTerms,
}

impl Printed<'_> {
    /// The print of a user's name, as rows are compared by it; 0 for nobody.
    fn user(&mut self, user: u64) -> Result<u64, OperationError> {
        match u32::try_from(user) {
            Ok(0) | Err(_) => Ok(0),
            Ok(user) => {
                let name = self.names.open(self.place, user)?;
                Ok((self.prints.of_text(name) as u64).max(1))
            }
        }
    }

    /// The short print of somebody else's record, if its user name has the number in it.
    fn of_other(
        &mut self,
        block: &mut BlockRecords<'_>,
        row: usize,
        term: u32,
    ) -> Result<Option<u64>, OperationError> {
        if self.named.is_empty() {
            return Ok(None);
        }
        let kept = match &self.kept {
            Some(kept) => kept,
            None => self.kept.insert(block.kept_users()?),
        };
        let mut identity = block.whole_row(row, 0, Some(kept))?;
        let named = u32::try_from(identity.user).is_ok_and(|user| self.named.contains(&user));
        let phone = match named {
            true => self.phones.open(self.place, term)?,
            false => return Ok(None),
        };
        // The prints of who was erased before are random already.
        if phone.is_erased() {
            return Ok(None);
        }
        identity.number = print_of(self.prints.keys_of_numbers(), &phone);
        identity.user = self.user(identity.user)?;
        Ok(Some(short_of_row(of_row(self.prints, &identity))))
    }
}

/// The user names among these terms that have a number of the erasure list in them, whoever has them.
pub(in crate::vault) fn users_named(
    place: TermPlace<'_>,
    list: &Erasures,
    terms: RangeInclusive<u32>,
) -> Result<Vec<u32>, OperationError> {
    let mut names = UserTerms::default();
    let mut found = Vec::new();
    for no in terms {
        if list.has_cell(place.keys, names.open(place, no)?, "") {
            found.push(no);
        }
    }
    Ok(found)
}

/// Puts random prints in the place of some, each once, and says how many were found.
fn replace(
    kept: &mut [u64],
    gone: &[u64],
    draw: &mut dyn FnMut() -> Result<[u8; 8], OperationError>,
) -> Result<usize, OperationError> {
    let mut left: BTreeMap<u64, usize> = BTreeMap::new();
    for print in gone {
        *left.entry(*print).or_default() += 1;
    }
    let mut replaced = 0;
    for print in kept {
        let Some(count) = left.get_mut(print).filter(|count| **count > 0) else {
            continue;
        };
        *count -= 1;
        *print = u64::from_le_bytes(draw()?) >> (u64::BITS - PRINT_BITS);
        replaced += 1;
    }
    Ok(replaced)
}

/// The parts of a quarantine in which a row names the person, with such rows emptied: line, column and kind stay.
fn quarantine_without(
    place: TermPlace<'_>,
    exhibit: &ExhibitRow,
    person: &Person<'_>,
    nonces: &mut Nonces<'_>,
) -> Result<BTreeMap<PartPlace, Vec<u8>>, OperationError> {
    let mut names = UserTerms::default();
    let mut users = Vec::with_capacity(person.users.len());
    for user in person.users {
        users.push(Zeroizing::new(names.open(place, *user)?.to_owned()));
    }
    users.retain(|name| !name.is_empty());
    let mut all = BTreeMap::new();
    let mut fault = None;
    quarantine_rows::TABLE.for_each(place.connection, exhibit.number, |no, sealed| {
        let part = ExhibitParts::of(place.keys, &exhibit.id).quarantine(no);
        let made = || {
            let plain = part.open(sealed).ok()?;
            let names = |cell: &str| users.iter().any(|name| name.as_str() == cell.trim());
            let without = rows_without(&plain, |cell, country| {
                names(cell) || person.list.has_cell(place.keys, cell, country)
            })?;
            let Some(without) = without else {
                return Some(None);
            };
            part.seal(nonces.take().ok()?, &without).ok().map(Some)
        };
        match { made }() {
            Some(Some(sealed)) => {
                all.insert((PartKind::Quarantine, 0, no), sealed);
            }
            Some(None) => {}
            None => fault = Some(no),
        }
    })?;
    match fault {
        None => Ok(all),
        Some(no) => Err(OperationError::Damaged {
            place: format!("exhibit {}, quarantine, part {no}", exhibit.id),
        }),
    }
}

/// The rows of a part with those emptied that name somebody; `Some(None)` if none does, `None` if it is not what was
/// sealed.
fn rows_without(
    part: &[u8],
    names: impl Fn(&str, &str) -> bool,
) -> Option<Option<Zeroizing<Vec<u8>>>> {
    let mut without = Zeroizing::new(Vec::with_capacity(part.len()));
    let mut found = false;
    for line in part
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let mut row: Value = serde_json::from_slice(line).ok()?;
        let cells = row.get_mut("cells")?.as_object_mut()?;
        let country = cells.get(Field::Country.label()).and_then(Value::as_str);
        let country = country.unwrap_or_default().to_owned();
        let texts = cells.values().filter_map(Value::as_str);
        if { texts }.any(|cell| names(cell, &country)) {
            found = true;
            cells.clear();
            serde_json::to_writer(&mut *without, &row).ok()?;
        } else {
            without.extend_from_slice(line);
        }
        without.push(b'\n');
    }
    Some(found.then_some(without))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_names_somebody_keeps_its_line_column_and_kind_only() {
        let part = concat!(
            r#"{"line":2,"column":"sent_at","kind":"bad-time","cells":{"number":"one","user":"u"}}"#,
            "\n",
            r#"{"line":3,"column":null,"kind":"bad-time","cells":{"number":"two"}}"#,
            "\n",
        );
        let without = rows_without(part.as_bytes(), |cell, _| cell == "one");
        let without = without.unwrap().unwrap();
        let lines: Vec<Value> = without
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["line"], &lines[0]["kind"]),
            (&2.into(), &"bad-time".into())
        );
        assert_eq!(lines[0]["cells"], serde_json::json!({}));
        assert_eq!(lines[1]["cells"]["number"], "two");
        assert!(
            rows_without(part.as_bytes(), |_, _| false)
                .unwrap()
                .is_none()
        );
        assert!(rows_without(b"{", |_, _| false).is_none());
    }

    #[test]
    fn a_print_is_replaced_as_often_as_it_is_given_and_no_other_one_is() {
        let mut kept = [1, 2, 2, 3];
        let replaced = replace(&mut kept, &[2, 3, 9], &mut || Ok([0xff; 8])).unwrap();
        assert_eq!(replaced, 2);
        assert_eq!(kept, [1, (1 << PRINT_BITS) - 1, 2, (1 << PRINT_BITS) - 1]);
    }
}
