//! The rows of a quarantine, opened: counted for those who decide, listed for those they are sealed to.
//!
//! Sees the cells that the quarantine keeps, which are those of mapped columns. Whoever counts reads no cell.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::domain::Field;
use crate::vault::exhibits::description::ExhibitDescription;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::records::EvidenceDamaged;
use crate::vault::scope::Reading;
use crate::vault::store::exhibit_rows::ExhibitRow;
use crate::vault::store::quarantine_rows;
use crate::vault::{OperationError, Receipt};

/// A row as the quarantine keeps it. Its cells are wiped on drop.
#[derive(Deserialize)]
pub(super) struct KeptReject {
    pub(super) line: u64,
    pub(super) column: Option<String>,
    pub(super) kind: String,
    pub(super) cells: BTreeMap<String, String>,
}

/// How many rows have one fault in one column.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultCount {
    pub(super) column: Option<String>,
    pub(super) kind: String,
    pub(super) rows: u64,
}

/// What a list of the rows would hold, without a cell of it.
pub struct Faults {
    /// The mapped columns that have a cell in it.
    pub(super) columns: Vec<String>,
    pub(super) counts: Vec<FaultCount>,
}

/// The rows of a quarantine by line, with their cells. It takes as much memory as they are large.
pub struct RejectList {
    parts: Vec<Zeroizing<Vec<u8>>>,
    order: Vec<Placed>,
    columns: Vec<String>,
}

/// The line of a row, its part, and its place in it.
struct Placed {
    line: u64,
    part: usize,
    place: Range<usize>,
}

/// A row of the list.
pub struct RejectRow<'r> {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The field at fault, if it is one.
    pub column: Option<&'r str>,
    /// Why the row was not admitted.
    pub kind: &'r str,
    /// Its cells, in the order of the columns.
    pub cells: Vec<Option<&'r str>>,
}

impl Drop for KeptReject {
    fn drop(&mut self) {
        self.cells.values_mut().for_each(|cell| cell.zeroize());
    }
}

impl Faults {
    /// Counts all rows of a quarantine.
    pub(super) fn count(
        reading: &Reading<'_>,
        keys: &CaseKeys,
        exhibit: &ExhibitRow,
        description: &ExhibitDescription,
    ) -> Result<Self, OperationError> {
        /// A row without the texts of its cells.
        #[derive(Deserialize)]
        struct Fault {
            column: Option<String>,
            kind: String,
            cells: BTreeMap<String, IgnoredAny>,
        }
        let mut columns = BTreeSet::new();
        let mut counts: BTreeMap<(Option<String>, String), u64> = BTreeMap::new();
        for no in 0..description.quarantine_parts {
            let part = open_part(reading, keys, exhibit, no)?;
            for row in rows_of(&part) {
                let Fault {
                    column,
                    kind,
                    cells,
                } = serde_json::from_slice(row).map_err(|_| damaged(exhibit, no))?;
                columns.extend(cells.into_keys());
                *counts.entry((column, kind)).or_default() += 1;
            }
        }
        if counts.values().sum::<u64>() != description.quarantined {
            return Err(damaged(exhibit, 0));
        }
        let columns = Field::WORDS.iter().filter(|word| columns.contains(**word));
        Ok(Self {
            columns: columns.map(|word| (*word).to_owned()).collect(),
            counts: counts
                .into_iter()
                .map(|((column, kind), rows)| FaultCount { column, kind, rows })
                .collect(),
        })
    }
}

impl RejectList {
    /// Opens all rows of a quarantine. Of their cells, those of `columns` are listed.
    pub(super) fn open(
        reading: &Reading<'_>,
        keys: &CaseKeys,
        exhibit: &ExhibitRow,
        parts: u32,
        columns: Vec<String>,
    ) -> Result<Self, OperationError> {
        #[derive(Deserialize)]
        struct Line {
            line: u64,
        }
        let mut list = Self {
            parts: Vec::new(),
            order: Vec::new(),
            columns,
        };
        for no in 0..parts {
            let part = open_part(reading, keys, exhibit, no)?;
            let mut start = 0;
            for row in part.split(|byte| *byte == b'\n') {
                let place = start..start + row.len();
                start = place.end + 1;
                if row.is_empty() {
                    continue;
                }
                let Line { line } =
                    serde_json::from_slice(row).map_err(|_| damaged(exhibit, no))?;
                let part = list.parts.len();
                list.order.push(Placed { line, part, place });
            }
            list.parts.push(part);
        }
        list.order.sort_by_key(|row| row.line);
        Ok(list)
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> u64 {
        self.order.len() as u64
    }

    /// The mapped columns whose cells it has.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Calls `visit` with each row by line. The receipt says that the act has its leaf.
    pub fn for_each<E: From<EvidenceDamaged>>(
        &self,
        _: &Receipt,
        mut visit: impl FnMut(&RejectRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for Placed { part, place, .. } in &self.order {
            let part = self
                .parts
                .get(*part)
                .and_then(|part| part.get(place.clone()));
            let row = part.and_then(|row| serde_json::from_slice::<KeptReject>(row).ok());
            let row = row.ok_or(EvidenceDamaged)?;
            let cell = |column: &String| row.cells.get(column).map(String::as_str);
            visit(&RejectRow {
                line: row.line,
                column: row.column.as_deref(),
                kind: &row.kind,
                cells: self.columns.iter().map(cell).collect(),
            })?;
        }
        Ok(())
    }
}

/// Opens one part of a quarantine.
pub(super) fn open_part(
    reading: &Reading<'_>,
    keys: &CaseKeys,
    exhibit: &ExhibitRow,
    no: u32,
) -> Result<Zeroizing<Vec<u8>>, OperationError> {
    let sealed = quarantine_rows::TABLE.find(reading.connection, exhibit.number, no)?;
    let sealed = sealed.ok_or_else(|| damaged(exhibit, no))?;
    ExhibitParts::of(keys, &exhibit.id)
        .quarantine(no)
        .open(&sealed)
        .map_err(|_| damaged(exhibit, no))
}

/// The rows of an opened part, each as JSON.
pub(super) fn rows_of(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    part.split(|byte| *byte == b'\n')
        .filter(|row| !row.is_empty())
}

pub(super) fn damaged(exhibit: &ExhibitRow, no: u32) -> OperationError {
    OperationError::Damaged {
        place: format!("exhibit {}, quarantine, part {no}", exhibit.id),
    }
}
