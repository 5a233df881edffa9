//! Rows that could not be admitted. They are sealed in parts and counted; the report names them by line, column and
//! kind.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::vault::plaintext::{Reject, RejectKind, WipedText};

/// A reject as the report shows it.
#[derive(Debug, Serialize, Clone, ToSchema)]
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
    pub(super) total: u64,
    pub(super) parts: u32,
    pub(super) kinds: BTreeMap<&'static str, u64>,
    pub(super) shown: Vec<ShownReject>,
    shown_is_full: bool,
}

/// The largest number of rejects of a part, and the number of bytes after which it ends early.
const REJECTS: usize = 1000;
const BYTES: usize = 1 << 20;
/// How many rejects a report shows.
const SHOWN: usize = 100;

impl Quarantine {
    pub(super) fn add(&mut self, reject: &Reject) {
        let column = reject
            .column
            .map_or("null".to_owned(), |label| format!("\"{label}\""));
        self.lines.push_str(&format!(
            "{{\"line\":{},\"column\":{column},\"kind\":\"{}\",\"cells\":",
            reject.line,
            reject.kind.as_str()
        ));
        self.lines.push_str(reject.cells.text());
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

    pub(super) fn is_part_full(&self) -> bool {
        self.in_part >= REJECTS || self.lines.len() >= BYTES
    }

    pub(super) fn is_part_empty(&self) -> bool {
        self.in_part == 0
    }

    /// The number and the plaintext of the current part.
    pub(super) fn part(&self) -> (u32, &[u8]) {
        (self.parts, self.lines.as_str().as_bytes())
    }

    pub(super) fn next_part(&mut self) {
        self.lines.clear();
        self.in_part = 0;
        self.parts += 1;
    }
}
