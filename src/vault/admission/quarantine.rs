//! Rows that could not be admitted. They are sealed in parts and counted; the report names them by line, column and
//! kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::vault::exhibits::erasures::Erasures;
use crate::vault::exhibits::line_report::KindCount;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Reject, RejectKind, WipedText};

/// A reject as the report shows it.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, ToSchema)]
#[schema(as = Reject)]
pub struct ShownReject {
    /// Of the file, from 1.
    pub line: u64,
    /// The label of the field at fault, if it is one field.
    #[schema(value_type = Option<String>)]
    pub column: Option<&'static str>,
    /// Why the row was not admitted.
    pub kind: RejectKind,
}

#[derive(Default)]
pub(super) struct Quarantine {
    /// The JSON lines of the current part.
    lines: WipedText,
    in_part: usize,
    /// Parts that are full, with their numbers.
    full: Vec<(u32, WipedText)>,
    pub(super) total: u64,
    pub(super) parts: u32,
    pub(super) kinds: BTreeMap<&'static str, u64>,
    pub(super) shown: Vec<ShownReject>,
    shown_is_full: bool,
    /// The numbers that were erased from the case, and its keys.
    erased: Option<(Arc<Erasures>, Arc<CaseKeys>)>,
}

/// The largest number of rejects of a part, and the number of bytes after which it ends early.
const REJECTS: usize = 1000;
const BYTES: usize = 1 << 20;
/// How many rejects a report shows.
const SHOWN: usize = 100;

impl Quarantine {
    /// How many rows for each reason.
    pub(super) fn by_kind(&self) -> Vec<KindCount> {
        let kinds = self.kinds.iter();
        kinds
            .map(|(kind, rows)| KindCount { kind, rows: *rows })
            .collect()
    }

    /// The most frequent reason, with the first row that is listed for it.
    pub(super) fn most_frequent(&self) -> Option<(&'static str, &ShownReject)> {
        let (kind, _) = self.kinds.iter().max_by_key(|(_, rows)| **rows)?;
        let first = self.shown.iter().find(|one| one.kind.as_str() == *kind);
        Some((kind, first.or(self.shown.first())?))
    }

    /// From now on a row that names one of these numbers is kept without its cells.
    pub(super) fn leave_out(&mut self, list: Arc<Erasures>, keys: Arc<CaseKeys>) {
        self.erased = (!list.is_empty()).then_some((list, keys));
    }

    fn names_erased(&self, reject: &Reject) -> bool {
        let Some((list, keys)) = &self.erased else {
            return false;
        };
        // A row whose cells cannot be read here is kept without them.
        reject
            .cells
            .any_cell(|cell, country| list.has_cell(keys, cell, country))
            .unwrap_or(true)
    }

    pub(super) fn add(&mut self, reject: &Reject) {
        let column = reject
            .column
            .map_or("null".to_owned(), |label| format!("\"{label}\""));
        self.lines.push_str(&format!(
            "{{\"line\":{},\"column\":{column},\"kind\":\"{}\",\"cells\":",
            reject.line,
            reject.kind.as_str()
        ));
        match self.names_erased(reject) {
            true => self.lines.push_str("{}"),
            false => self.lines.push_str(reject.cells.text()),
        }
        self.lines.push_str("}\n");
        self.in_part += 1;
        self.total += 1;
        *self.kinds.entry(reject.kind.as_str()).or_default() += 1;
        if !self.shown_is_full {
            self.shown.push(ShownReject {
                line: reject.line,
                column: reject.column,
                kind: reject.kind,
            });
        }
        if self.in_part >= REJECTS || self.lines.len() >= BYTES {
            self.end_part();
        }
    }

    /// Keeps the first rejects by line. Batches come in the order of lines, but within a batch the reader's rejects
    /// come before those of the vault.
    pub(super) fn end_batch(&mut self) {
        if !self.shown_is_full {
            self.shown.sort_by_key(|reject| reject.line);
            self.shown.truncate(SHOWN);
            self.shown_is_full = self.shown.len() == SHOWN;
        }
    }

    pub(super) fn has_more_than_shown(&self) -> bool {
        self.total > self.shown.len() as u64
    }

    /// The parts that are full, with their numbers, and at the end of the file also the last one.
    pub(super) fn take_parts(&mut self, at_the_end: bool) -> Vec<(u32, WipedText)> {
        if at_the_end && self.in_part > 0 {
            self.end_part();
        }
        std::mem::take(&mut self.full)
    }

    fn end_part(&mut self) {
        let part = std::mem::take(&mut self.lines);
        self.full.push((self.parts, part));
        self.in_part = 0;
        self.parts += 1;
    }
}
