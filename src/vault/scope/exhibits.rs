//! The exhibits of a case, as their descriptions tell of them, and what one has
//! that another has not.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DifferenceView, RowsOf, Scope, WantedRows};
use crate::domain::schema::{Digest, FormatName};
use crate::domain::{ExhibitId, Moment, words};
use crate::policy::{Action, Denial};
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::duplicate_lines::{DuplicateOf, DuplicateRule, read_part};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::records::Shown;
use crate::vault::store::{duplicate_rows, exhibit_rows};

words! {
    /// Whether an exhibit counts.
    pub enum ExhibitState {
        /// It counts.
        Admitted => "admitted",
        /// It counts no more.
        Withdrawn => "withdrawn",
    }
}

/// What was left out of an exhibit because another row is the same message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Duplicates)]
pub struct DuplicatesView {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Where the same messages came before.
    pub of: DuplicateOf,
    /// How many rows by each rule.
    pub by_rule: Vec<RuleCount>,
    /// The lines of this part, in the order of the file.
    #[schema(max_items = 65536)]
    pub lines: Vec<DuplicateLine>,
    /// The next part; left out after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<u32>,
}

/// How many rows were left out by one rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleCount {
    /// The rule.
    pub rule: DuplicateRule,
    /// The rows.
    pub rows: u64,
}

/// A row that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateLine {
    /// Its line, from 1.
    pub line: u64,
    /// The rule by which it was.
    pub rule: DuplicateRule,
}

impl RuleCount {
    pub(in crate::vault) fn all(by_rule: Vec<(DuplicateRule, u64)>) -> Vec<Self> {
        let counts = by_rule.into_iter();
        counts.map(|(rule, rows)| Self { rule, rows }).collect()
    }
}

/// An admitted exhibit; one that was withdrawn is listed and counts no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exhibit)]
pub struct ExhibitView {
    /// The id of the exhibit.
    #[schema(value_type = ExhibitId)]
    pub exhibit: String,
    /// Whether it counts.
    pub state: ExhibitState,
    /// When it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub withdrawn_at: Option<Moment>,
    /// What people call it.
    pub name: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// The format it was read as.
    #[schema(value_type = FormatName)]
    pub format: String,
    /// The mapping it was read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mapping: Option<String>,
    /// When it became visible.
    pub admitted_at: Moment,
    /// Rows read: admitted, duplicates and quarantined together. This and the counts below are of the file alone. They
    /// are rounded for a custodian who did not admit it.
    pub rows: Shown,
    /// Rows that can be records. Where an exhibit that was admitted earlier has the message of a row, it is no second
    /// record; how many rows that were, `duplicates` of the exhibit says with `of=case`.
    pub admitted: Shown,
    /// Rows left out because an earlier row of the file is the same message.
    pub duplicates: Shown,
    /// Rows that could not be admitted.
    pub quarantined: Shown,
    /// Distinct numbers in the file.
    pub numbers: Shown,
    /// The names of the columns that were not read; nothing of their cells was kept.
    pub dropped_columns: Vec<String>,
    /// Base64 of SHA-256 over the file as received. Only for the operator who admitted it: the digest of a short file
    /// gives its numbers away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Digest, required = false)]
    pub digest: Option<String>,
    /// The salt of the commitment, for the same operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Digest, required = false)]
    pub digest_salt: Option<String>,
    /// What everybody may see of the digest: SHA-256 over `breachvault-file-v1`, `digest` and `digest_salt`, a line
    /// each. Who has the file and the salt can check it.
    #[schema(value_type = Digest)]
    pub commitment: String,
}

impl<A: Action> Scope<'_, A> {
    /// A page of the admitted exhibits of the case in the order of their admission. Counts are of each file alone, for
    /// everybody: what compares a file with the case would be a lookup for whoever has a file admitted, and is paid
    /// for.
    pub fn list_exhibits(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<ExhibitView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let all = exhibit_rows::list_all(self.connection, case.number)?;
        let page = wanted.cut(all, |row| row.id.to_string())?;
        self.note_rows(page.rows.len() as u64);
        page.try_map(|row| {
            let description = open_description(&keys, &row)?;
            let of_file = [
                description.rows,
                description.admitted_alone(),
                description.duplicates,
                description.quarantined,
                u64::from(description.file_numbers),
            ];
            let [rows, admitted, duplicates, quarantined, numbers] =
                of_file.map(|count| self.told_of(&description, count));
            let own = self.admitted(&description);
            Ok(ExhibitView {
                commitment: description.commitment(),
                exhibit: row.id.to_string(),
                state: match row.withdrawn {
                    Some(_) => ExhibitState::Withdrawn,
                    None => ExhibitState::Admitted,
                },
                withdrawn_at: row.withdrawn.map(|withdrawn| withdrawn.at),
                name: description.name,
                source: description.source,
                format: description.format,
                mapping: description.mapping,
                admitted_at: row.admitted_at,
                rows,
                admitted,
                duplicates,
                quarantined,
                numbers,
                dropped_columns: description.dropped_columns,
                digest: own.then_some(description.digest),
                digest_salt: own.then_some(description.digest_salt),
            })
        })
    }

    /// Part `part` of the lines that were left out of an exhibit as duplicates. A custodian gets those within the files
    /// that it admitted, and nothing of what the case had.
    pub fn list_duplicates(
        &mut self,
        exhibit: &ExhibitId,
        of: DuplicateOf,
        part: u32,
    ) -> Result<DuplicatesView, OperationError> {
        if of == DuplicateOf::Case && !self.knows_counts() {
            return Err(self.deny(Denial::NotAllowed));
        }
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let all = exhibit_rows::list_all(self.connection, case.number)?;
        let row = all.iter().find(|row| row.id == *exhibit);
        let row = row.ok_or(OperationError::NotFound)?;
        let description = open_description(&keys, row)?;
        if !self.knows_counts() && !self.admitted(&description) {
            return Err(self.deny(Denial::NotAllowed));
        }
        let mut lines = Vec::new();
        let parts = description.parts_of(of);
        if part < parts {
            let damaged = || OperationError::Damaged {
                place: format!("exhibit {exhibit}, duplicates of the {of}, part {part}"),
            };
            let stored = of.stored(part);
            let sealed = duplicate_rows::TABLE.find(self.connection, row.number, stored)?;
            let plain = ExhibitParts::of(&keys, exhibit)
                .duplicates(stored)
                .open(&sealed.ok_or_else(damaged)?)
                .map_err(|_| damaged())?;
            lines = read_part(&plain).ok_or_else(damaged)?;
        }
        self.note_rows(lines.len() as u64);
        Ok(DuplicatesView {
            exhibit: exhibit.clone(),
            of,
            by_rule: RuleCount::all(match of {
                DuplicateOf::File => description.duplicates_by_rule,
                DuplicateOf::Case => description.in_case_by_rule,
            }),
            lines: lines
                .into_iter()
                .map(|(line, rule)| DuplicateLine { line, rule })
                .collect(),
            next: Some(part.saturating_add(1)).filter(|next| *next < parts),
        })
    }

    /// What `exhibit` has that `against` has not, and the other way round.
    pub fn compare_exhibits(
        &mut self,
        exhibit: &ExhibitId,
        against: &ExhibitId,
    ) -> Result<DifferenceView, OperationError> {
        let records = self.records()?;
        let this = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
        let other = records
            .exhibit(against)
            .ok_or_else(|| DataRefusal::NoOtherExhibit.at("against"))?;
        let difference = records.difference(this, other)?;
        self.note_rows(difference.accounts.len() as u64);
        Ok(difference.into())
    }
}
