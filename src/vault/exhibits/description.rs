//! Admitted exhibits, as the rest of the vault reads them: their sealed
//! descriptions, the dictionaries their records' codes stand for, and the index
//! of their subjects.
//!
//! Sees the case's keys and sealed rows, no number. Called by admission, by the
//! queries and by the check of exhibits. Not promised: that all parts of an
//! exhibit are there; `admission` recomputes the digest that tells.

use serde::{Deserialize, Serialize};

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{Dictionary, PackedSubjects, Segment, SubjectBlock};
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Aad;
use crate::vault::plaintext::open_json;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber, ExhibitRow};
use crate::vault::store::{Snapshot, dictionary_rows, subject_index_rows};

/// What is kept, sealed, of an exhibit. Counts and names of columns, no cell.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct ExhibitDescription {
    pub name: Option<String>,
    pub source: Option<String>,
    pub format: String,
    /// What was seen that tells the format.
    pub format_evidence: String,
    /// The zone that was declared for times without one.
    pub zone: Option<String>,
    /// The text of the mapping the file was read by, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Base64 of SHA-256 over the file as received.
    pub digest: String,
    /// Length of the file as received.
    pub bytes: u64,
    /// Rows read: admitted, duplicates and quarantined together.
    pub rows: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    /// Distinct numbers in the exhibit, and how many of them were new to the case.
    pub numbers: u32,
    pub new_numbers: u32,
    /// Distinct user names in the exhibit.
    pub users: u32,
    pub dropped_columns: Vec<String>,
    /// The first and the last sending, in seconds; none if nothing was admitted.
    pub first: Option<i64>,
    pub last: Option<i64>,
    /// Blocks of each field, numbered from 0; all but the last are full.
    pub blocks: u32,
    pub quarantine_parts: u32,
    /// How many rows were quarantined for each kind of fault.
    pub rejects: Vec<(String, u64)>,
    /// Base64 of SHA-256 over all sealed parts of the exhibit.
    pub blocks_digest: String,
}

pub(in crate::vault) fn open_description(
    keys: &CaseKeys,
    row: &ExhibitRow,
) -> Result<ExhibitDescription, OperationError> {
    let aad = Aad::exhibit_description(keys.vault(), keys.case(), &row.id);
    let place = format!("exhibit {}, description", row.id);
    open_json(keys.descriptions(), &aad, &row.sealed, &place)
}

/// The dictionary of a field: the segments that the exhibits of a case, in the
/// order of their admission, added to it. Those of a withdrawn exhibit too: the
/// codes of later ones count on from them.
pub(in crate::vault) fn load_dictionary(
    connection: &Snapshot,
    keys: &CaseKeys,
    case: CaseNumber,
    field: Field,
) -> Result<Dictionary, OperationError> {
    let mut dictionary = Dictionary::new();
    for exhibit in exhibit_rows::list_all(connection, case)? {
        let Some(sealed) = dictionary_rows::find(connection, exhibit.number, field)? else {
            continue;
        };
        let damaged = || OperationError::Damaged {
            place: format!("exhibit {}, dictionary {}", exhibit.id, field.label()),
        };
        let aad = Aad::dictionary(keys.vault(), keys.case(), &exhibit.id, field);
        let plain = keys
            .blocks(field)
            .open(&aad, &sealed)
            .map_err(|_| damaged())?;
        let segment = Segment::decode(&plain).map_err(|_| damaged())?;
        dictionary.append(&segment).map_err(|_| damaged())?;
    }
    Ok(dictionary)
}

/// What an exhibit's subject index holds of a range of numbers, if anything.
pub(in crate::vault) fn open_subjects(
    connection: &Snapshot,
    keys: &CaseKeys,
    exhibit: &ExhibitRow,
    range: u32,
) -> Result<Option<SubjectBlock>, OperationError> {
    let Some(sealed) = subject_index_rows::TABLE.find(connection, exhibit.number, range)? else {
        return Ok(None);
    };
    let damaged = || OperationError::Damaged {
        place: format!("exhibit {}, subject index, range {range}", exhibit.id),
    };
    let aad = Aad::subject_index(keys.vault(), keys.case(), &exhibit.id, u64::from(range));
    let plain = keys
        .blocks(Field::Number)
        .open(&aad, &sealed)
        .map_err(|_| damaged())?;
    let block = SubjectBlock::decode(range, &plain).map_err(|_| damaged())?;
    Ok(Some(block))
}

/// The same, not decoded: for who asks about a few of the numbers only.
pub(in crate::vault) fn open_packed_subjects(
    connection: &Snapshot,
    keys: &CaseKeys,
    exhibit: (ExhibitNumber, &ExhibitId),
    range: u32,
) -> Result<Option<PackedSubjects>, OperationError> {
    let (number, id) = exhibit;
    let Some(sealed) = subject_index_rows::TABLE.find(connection, number, range)? else {
        return Ok(None);
    };
    let damaged = || OperationError::Damaged {
        place: format!("exhibit {id}, subject index, range {range}"),
    };
    let aad = Aad::subject_index(keys.vault(), keys.case(), id, u64::from(range));
    let plain = keys
        .blocks(Field::Number)
        .open_taken(&aad, sealed)
        .map_err(|_| damaged())?;
    let packed = PackedSubjects::read(range, plain).map_err(|_| damaged())?;
    Ok(Some(packed))
}
