//! The erasure list of a case: the numbers that were erased from it, each as a keyed tag.
//!
//! The tag is made under the lasting key of the case, which never changes, so that a number is known again when a later
//! file or an older database brings it back. The list is personal data: whoever has the keys of the case can try
//! numbers against it. Sees numbers on their way to a tag, and the keys of the case.

use serde::{Deserialize, Serialize};

use crate::domain::{CaseId, number_runs};
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{
    Aad, Nonce, Phone, RawNumber, Region, Tag, open_json, region_of, seal_json,
};
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::{Snapshot, Transaction, erasure_rows};

/// One number that was erased, and how far its erasure is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct Erasure {
    pub(in crate::vault) tag: [u8; 16],
    /// The region of the number, in which cells of a quarantine without a calling code are read.
    pub(in crate::vault) region: Option<String>,
    /// The term that the number was, once it is known; a number that the case never had has none.
    pub(in crate::vault) term: Option<u32>,
    /// The user names that belonged to this person only or have the number in them, and were erased with it.
    pub(in crate::vault) users: Vec<u32>,
    /// Whether everything is overwritten. What is left then is to cut the write-ahead log.
    pub(in crate::vault) overwritten: bool,
    /// Whether nothing is left to be done.
    pub(in crate::vault) done: bool,
}

/// The erasures of a case, each with the number of its row.
#[derive(Default)]
pub(in crate::vault) struct Erasures(Vec<(i64, Erasure)>);

impl Erasure {
    /// The erasure of a number, of which nothing was done yet.
    pub(in crate::vault) fn of(keys: &CaseKeys, phone: &Phone) -> Self {
        Self {
            tag: *keys.erased_tags().tag_phone(phone).as_bytes(),
            region: region_of(phone).map(|region| region.to_string()),
            term: None,
            users: Vec::new(),
            overwritten: false,
            done: false,
        }
    }

    /// What is stored of it.
    fn sealed(&self, keys: &CaseKeys, no: i64, nonce: Nonce) -> Result<Vec<u8>, OperationError> {
        seal_json(keys.erased_list(), nonce, &place(keys, no), self)
    }

    /// Adds it to the list of a case.
    pub(in crate::vault) fn insert(
        &self,
        rows: &Transaction,
        keys: &CaseKeys,
        case: CaseNumber,
        nonce: Nonce,
    ) -> Result<(), OperationError> {
        let no = erasure_rows::TABLE.next_no(rows)?;
        Ok(erasure_rows::TABLE.insert(rows, no, case, &self.sealed(keys, no, nonce)?)?)
    }

    /// Writes down how far it is, if it is still what was read; says whether it was. Another node may have gone on with
    /// it meanwhile.
    pub(in crate::vault) fn replace(
        &self,
        rows: &Transaction,
        keys: &CaseKeys,
        (case, no): (CaseNumber, i64),
        read: &Self,
        nonce: Nonce,
    ) -> Result<bool, OperationError> {
        let there = Erasures::load(rows, keys, case)?;
        let is_same = there.each().any(|(other, one)| other == no && one == read);
        if is_same {
            erasure_rows::TABLE.set(rows, no, &self.sealed(keys, no, nonce)?)?;
        }
        Ok(is_same)
    }
}

impl Erasures {
    /// The list of a case in one snapshot.
    pub(in crate::vault) fn load(
        connection: &Snapshot,
        keys: &CaseKeys,
        case: CaseNumber,
    ) -> Result<Self, OperationError> {
        let rows = erasure_rows::TABLE.list(connection, case)?.into_iter();
        let opened = rows.map(|(no, sealed)| {
            let damaged = format!("erasure {no}");
            let sealer = keys.erased_list();
            open_json(sealer, &place(keys, no), &sealed, &damaged).map(|one| (no, one))
        });
        opened.collect::<Result<_, _>>().map(Self)
    }

    pub(in crate::vault) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often packages of the case became too old: with each erasure when it was carried out, and once more when
    /// everything was overwritten. What was built in between has the number in it, if it was not yet known by its term.
    pub(in crate::vault) fn steps(&self) -> u64 {
        let steps = |(_, one): &(i64, Erasure)| 1 + u64::from(one.overwritten);
        self.0.iter().map(steps).sum()
    }

    /// The erasures with the numbers of their rows.
    pub(in crate::vault) fn each(&self) -> impl Iterator<Item = (i64, &Erasure)> {
        self.0.iter().map(|(no, one)| (*no, one))
    }

    /// Whether a number was erased. Costs nothing in a case without an erasure, and the same for any number in others.
    pub(in crate::vault) fn has(&self, keys: &CaseKeys, phone: &Phone) -> bool {
        !self.is_empty() && self.has_tag(&keys.erased_tags().tag_phone(phone))
    }

    /// Whether a number with this tag was erased.
    pub(in crate::vault) fn has_tag(&self, tag: &Tag) -> bool {
        self.0.iter().any(|(_, one)| one.tag == *tag.as_bytes())
    }

    /// Whether nothing is left to be done about a number with this tag.
    pub(in crate::vault) fn is_done(&self, tag: &Tag) -> bool {
        let mut all = self.0.iter();
        all.any(|(_, one)| one.tag == *tag.as_bytes() && one.done)
    }

    /// Whether a term of the case is a number that was erased.
    pub(in crate::vault) fn has_term(&self, no: u32) -> bool {
        self.0.iter().any(|(_, one)| one.term == Some(no))
    }

    /// Whether a term of the case is a user name that was erased.
    pub(in crate::vault) fn has_user(&self, no: u32) -> bool {
        self.0.iter().any(|(_, one)| one.users.contains(&no))
    }

    /// Whether the text of a cell is a number that was erased, or has it in it: as it stands, in the country of its
    /// row, or in the region of an erased number.
    pub(in crate::vault) fn has_cell(&self, keys: &CaseKeys, cell: &str, country: &str) -> bool {
        if self.is_empty() || !cell.contains(char::is_numeric) {
            return false;
        }
        let runs = number_runs(cell);
        let mut runs = runs.iter().map(|run| run.as_str());
        self.has_text(keys, cell, country)
            || runs.any(|run| run != cell && self.has_text(keys, run, country))
    }

    /// Whether a text is such a number and nothing else.
    fn has_text(&self, keys: &CaseKeys, text: &str, country: &str) -> bool {
        let mut regions: Vec<Option<Region>> = vec![None, country.parse().ok()];
        let known = self.0.iter().filter_map(|(_, one)| one.region.as_deref());
        regions.extend(known.map(|region| region.parse().ok()));
        regions.sort_unstable();
        regions.dedup();
        // Digits that a format documents as international are read as they stand.
        [false, true].into_iter().any(|international| {
            let number = RawNumber::of_international(text, international);
            regions.iter().any(|region| {
                let phone = Phone::accept_raw(number, *region, None);
                phone.is_ok_and(|phone| self.has(keys, &phone))
            })
        })
    }
}

fn place(keys: &CaseKeys, no: i64) -> Aad {
    let case: &CaseId = keys.case();
    Aad::erasure(keys.vault(), case, no.unsigned_abs())
}
