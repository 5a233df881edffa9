//! What the rest of the vault reads of an admitted exhibit: its description, the dictionaries that give its codes a
//! meaning, and its subject index.
//!
//! Sees the keys of a case and sealed rows, no number. Called by admission, by queries and by the check of exhibits.
//! The description says which segments and which ranges there must be, so that one that was deleted is damage.
//! Not promised: that all other parts of an exhibit are there; `admission` recomputes the digest that tells.

use serde::{Deserialize, Serialize};

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{Dictionary, PackedSubjects, Segment, SubjectBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::{DuplicateOf, DuplicateRule};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::file_accounts::FileAccounts;
use crate::vault::exhibits::file_commitment::file_commitment;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::exhibits::line_report::LineReport;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber, ExhibitRow};
use crate::vault::store::{Snapshot, StoreError, dictionary_rows, subject_index_rows};

/// The sealed description of an exhibit: what was said about it, counts, and names of columns; no cell of a row.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct ExhibitDescription {
    /// The operator who admitted it.
    pub admitted_by: String,
    /// What people call the exhibit.
    pub name: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// The format it was read as.
    pub format: String,
    /// How the format was recognised.
    pub format_evidence: String,
    /// The zone that was declared for times without one.
    pub zone: Option<String>,
    /// The text of the mapping the file was read by, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Base64 of SHA-256 over the file as received.
    pub digest: String,
    /// Base64 of 32 random bytes, with which the digest makes the file's commitment.
    pub digest_salt: String,
    /// Length of the file as received.
    pub bytes: u64,
    /// Rows read: admitted, duplicates, those that the case had and quarantined together.
    pub rows: u64,
    /// Rows that became records.
    pub admitted: u64,
    /// Rows left out because an earlier row of the file is the same message.
    pub duplicates: u64,
    /// How many of them by each rule.
    pub duplicates_by_rule: Vec<(DuplicateRule, u64)>,
    /// Other rows, left out because an exhibit that was admitted earlier has the message.
    pub in_case: u64,
    /// How many of them by each rule.
    pub in_case_by_rule: Vec<(DuplicateRule, u64)>,
    /// Rows that could not be admitted.
    pub quarantined: u64,
    /// What became of each line of the file.
    pub lines: LineReport,
    /// Rows that name a country that is not known.
    pub unknown_countries: u64,
    /// Rows that name no account.
    pub blank_accounts: u64,
    /// Accounts in the file, also those of rows that the case had.
    pub file_accounts: FileAccounts,
    /// Distinct numbers in the file, also those of rows that the case had.
    pub file_numbers: u32,
    /// Distinct numbers in the exhibit.
    pub numbers: u32,
    /// How many of them were new to the case.
    pub new_numbers: u32,
    /// How many of these were erased from the case before, and are subjects without a number.
    #[serde(default, skip_serializing_if = "is_none")]
    pub erased_numbers: u32,
    /// Distinct user names in the exhibit.
    pub users: u32,
    /// How many of them were new to the case.
    pub new_users: u32,
    /// For each field with a dictionary, how many codes the case has since this admission.
    pub dictionaries: Vec<(String, u32)>,
    /// The ranges of the exhibit's subject index.
    pub index_ranges: IndexRanges,
    /// Names of columns that were not read; their cells were not kept.
    pub dropped_columns: Vec<String>,
    /// When the first record was sent, in seconds since 1970; `None` if nothing was admitted.
    pub first: Option<i64>,
    /// When the last record was sent, likewise.
    pub last: Option<i64>,
    /// Blocks of each field, numbered from 0; all but the last are full.
    pub blocks: u32,
    /// Sealed parts of quarantined rows, numbered from 0.
    pub quarantine_parts: u32,
    /// Sealed parts of lines that were left out as duplicates within the file, numbered from 0.
    pub duplicate_parts: u32,
    /// Sealed parts of lines that were left out because the case had them, numbered from 0.
    pub in_case_parts: u32,
    /// Whether a reference of a message and a number name one message.
    pub references_are_ids: bool,
    /// Whether a time of the file was written without its second.
    pub times_to_the_minute: bool,
    /// How many rows were quarantined for each kind of fault.
    pub rejects: Vec<(String, u64)>,
    /// Base64 of SHA-256 over all sealed parts of the exhibit as they are now: an erasure overwrites some.
    pub blocks_digest: String,
    /// The same as they were admitted. Requests and withdrawals are bound to this one: that an erasure changed an
    /// exhibit would say who is in it.
    pub admitted_digest: String,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

impl ExhibitDescription {
    /// Rows that would be records if the case held nothing else. This, `duplicates`, `quarantined`,
    /// `file_accounts` and `file_numbers` follow from the file alone.
    pub(in crate::vault) fn admitted_alone(&self) -> u64 {
        self.admitted + self.in_case
    }

    /// What everybody may see of the file's digest.
    pub(in crate::vault) fn commitment(&self) -> String {
        file_commitment(&self.digest, &self.digest_salt)
    }

    /// How many parts a list of lines has.
    pub(in crate::vault) fn parts_of(&self, of: DuplicateOf) -> u32 {
        match of {
            DuplicateOf::File => self.duplicate_parts,
            DuplicateOf::Case => self.in_case_parts,
        }
    }
}

pub(in crate::vault) fn open_description(
    keys: &CaseKeys,
    row: &ExhibitRow,
) -> Result<ExhibitDescription, OperationError> {
    let place = format!("exhibit {}, description", row.id);
    ExhibitParts::of(keys, &row.id)
        .description()
        .open_json(&row.sealed, &place)
}

/// The dictionary of a field: the segments of all exhibits of the case, in the order of admission. Segments of
/// withdrawn exhibits are included, because the codes of later exhibits continue after theirs. Each segment has the
/// code of its first value, and the last exhibit says how many codes there are; so none can be missing.
pub(in crate::vault) fn load_dictionary(
    connection: &Snapshot,
    keys: &CaseKeys,
    case: CaseNumber,
    field: Field,
) -> Result<Dictionary, OperationError> {
    let exhibits = exhibit_rows::list_all(connection, case)?;
    dictionary_of(keys, &exhibits, field, |exhibit| {
        Ok(dictionary_rows::find(connection, exhibit.number, field)?)
    })
}

/// The same for a caller who reads the segments. `exhibits` are all of the case.
pub(in crate::vault) fn dictionary_of(
    keys: &CaseKeys,
    exhibits: &[ExhibitRow],
    field: Field,
    sealed: impl Fn(&ExhibitRow) -> Result<Option<Vec<u8>>, OperationError>,
) -> Result<Dictionary, OperationError> {
    let mut dictionary = Dictionary::new();
    for exhibit in exhibits {
        if let Some(sealed) = sealed(exhibit)? {
            append_segment(&mut dictionary, keys, exhibit, field, &sealed)?;
        }
    }
    if let Some(last) = exhibits.last() {
        check_size(&dictionary, last, &open_description(keys, last)?, field)?;
    }
    Ok(dictionary)
}

/// The dictionaries of all fields, in the order of [`Field::DICTIONARIES`]. `exhibits` are all of the case, with their
/// descriptions.
pub(in crate::vault) fn load_dictionaries(
    connection: &Snapshot,
    keys: &CaseKeys,
    exhibits: &[(ExhibitRow, ExhibitDescription)],
) -> Result<Vec<Dictionary>, OperationError> {
    let mut all = vec![Dictionary::new(); Field::DICTIONARIES.len()];
    for (exhibit, _) in exhibits {
        let mut appended = Ok(());
        dictionary_rows::for_each(connection, exhibit.number, |code, sealed| {
            let mut fields = all.iter_mut().zip(Field::DICTIONARIES);
            let place = fields.find(|(_, field)| u32::from(field.code()) == code);
            if let (Some((dictionary, field)), Ok(())) = (place, &appended) {
                appended = append_segment(dictionary, keys, exhibit, field, sealed);
            }
        })?;
        appended?;
    }
    if let Some((last, description)) = exhibits.last() {
        for (dictionary, field) in all.iter().zip(Field::DICTIONARIES) {
            check_size(dictionary, last, description, field)?;
        }
    }
    Ok(all)
}

fn append_segment(
    dictionary: &mut Dictionary,
    keys: &CaseKeys,
    exhibit: &ExhibitRow,
    field: Field,
    sealed: &[u8],
) -> Result<(), OperationError> {
    let opened = ExhibitParts::of(keys, &exhibit.id)
        .dictionary(field)
        .open(sealed);
    let segment = opened.ok().and_then(|plain| Segment::decode(&plain).ok());
    let appended = segment.and_then(|segment| dictionary.append(&segment).ok());
    appended.ok_or_else(|| dictionary_damaged(exhibit, field))
}

fn check_size(
    dictionary: &Dictionary,
    last: &ExhibitRow,
    description: &ExhibitDescription,
    field: Field,
) -> Result<(), OperationError> {
    let mut sizes = description.dictionaries.iter();
    let size = sizes.find(|(label, _)| label == field.label());
    match size.is_some_and(|(_, size)| *size == dictionary.size()) {
        true => Ok(()),
        false => Err(dictionary_damaged(last, field)),
    }
}

fn dictionary_damaged(exhibit: &ExhibitRow, field: Field) -> OperationError {
    OperationError::Damaged {
        place: format!("exhibit {}, dictionary {}", exhibit.id, field.label()),
    }
}

/// One range of an exhibit's subject index. The exhibit's description says that it has the range.
pub(in crate::vault) fn open_subjects(
    connection: &Snapshot,
    keys: &CaseKeys,
    (exhibit, known): (&ExhibitRow, Option<&KnownParts>),
    range: u32,
) -> Result<SubjectBlock, OperationError> {
    let damaged = || OperationError::Damaged {
        place: format!("exhibit {}, subject index, range {range}", exhibit.id),
    };
    let sealed = sealed_subjects(connection, (exhibit.number, known), range)?;
    let sealed = sealed.ok_or_else(damaged)?;
    let plain = ExhibitParts::of(keys, &exhibit.id)
        .subject_index(range)
        .open(&sealed)
        .map_err(|_| damaged())?;
    SubjectBlock::decode(range, &plain).map_err(|_| damaged())
}

fn sealed_subjects(
    connection: &Snapshot,
    (exhibit, known): (ExhibitNumber, Option<&KnownParts>),
    range: u32,
) -> Result<Option<Vec<u8>>, StoreError> {
    match known {
        Some(known) => known.subjects(connection, range),
        None => subject_index_rows::TABLE.find(connection, exhibit, range),
    }
}

/// The same range, still packed: cheaper for a caller that asks about few of its numbers.
pub(in crate::vault) fn open_packed_subjects(
    connection: &Snapshot,
    keys: &CaseKeys,
    (exhibit, known): ((ExhibitNumber, &ExhibitId), Option<&KnownParts>),
    range: u32,
) -> Result<PackedSubjects, OperationError> {
    let (number, id) = exhibit;
    let damaged = || OperationError::Damaged {
        place: format!("exhibit {id}, subject index, range {range}"),
    };
    let sealed = sealed_subjects(connection, (number, known), range)?;
    let sealed = sealed.ok_or_else(damaged)?;
    let plain = ExhibitParts::of(keys, id)
        .subject_index(range)
        .open_taken(sealed)
        .map_err(|_| damaged())?;
    PackedSubjects::read(range, plain).map_err(|_| damaged())
}
