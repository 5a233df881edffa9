//! Rows that could not be admitted: sealed in parts, counted, and named by line,
//! column and kind in the report.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::vault::plaintext::{Reject, WipedText};

/// A reject as the report shows it.
#[derive(Debug, Serialize, Clone, ToSchema)]
#[schema(as = Reject)]
pub struct ShownReject {
    /// Of the file, from 1.
    pub line: u64,
    #[schema(value_type = Option<String>)]
    pub column: Option<&'static str>,
    #[schema(value_type = String)]
    pub kind: &'static str,
}

#[derive(Default)]
pub(super) struct Quarantine {
    /// JSON lines of the part being filled.
    lines: WipedText,
    in_part: usize,
    pub(super) total: u64,
    pub(super) parts: u32,
    pub(super) kinds: BTreeMap<&'static str, u64>,
    pub(super) shown: Vec<ShownReject>,
    shown_is_full: bool,
}

/// Most rejects of a part, and the bytes after which it ends early.
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
                kind: reject.kind.as_str(),
            });
        }
    }

    /// Batches come in the order of their lines; within one, the reader's rejects
    /// come before the vault's own.
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

    /// The part's position and plaintext.
    pub(super) fn part(&self) -> (u32, &[u8]) {
        (self.parts, self.lines.as_str().as_bytes())
    }

    pub(super) fn next_part(&mut self) {
        self.lines.clear();
        self.in_part = 0;
        self.parts += 1;
    }
}
