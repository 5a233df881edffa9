//! What became of each line of a file, and why rows were not admitted. Counts only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vault::plaintext::RejectKind;

/// What became of each line of the file, unpacked. A record over several lines counts with all of them. The counts add
/// up to `total`; `skipped_records` counts records, not lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineReport {
    /// How many lines the file has. A last line without an ending is one.
    pub total: u64,
    /// Lines of records that were admitted.
    pub admitted: u64,
    /// Lines of rows that were left out as duplicates.
    pub duplicates: u64,
    /// Lines of rows in quarantine.
    pub quarantined: u64,
    /// Lines that are no row, by reason. A reason that no line has is left out.
    pub skipped: BTreeMap<String, u64>,
    /// How many records were skipped because they are no message to a person, by reason. Several may be on one line.
    pub skipped_records: BTreeMap<String, u64>,
}

/// How many rows were not admitted for one reason.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, ToSchema)]
pub struct KindCount {
    /// The reason.
    #[schema(value_type = RejectKind)]
    pub kind: &'static str,
    /// The rows.
    pub rows: u64,
}

impl LineReport {
    /// The same for somebody who is not told which rows came before: duplicates count as admitted.
    pub(in crate::vault) fn without_duplicates(self) -> Self {
        Self {
            admitted: self.admitted + self.duplicates,
            duplicates: 0,
            ..self
        }
    }

    /// Whether every line of the file is in one of the counts.
    pub(in crate::vault) fn adds_up(&self) -> bool {
        let skipped: u64 = self.skipped.values().sum();
        self.total == self.admitted + self.duplicates + self.quarantined + skipped
    }
}
