//! Answers that can leave as a sheet of rows, beside their JSON.

use serde::Serialize;

/// A list, as a client may get it with `Accept: text/csv`.
pub trait Sheet: Serialize {
    /// The member that has the rows.
    const ROWS: &'static str;
    /// The members of a row that are its cells, in the order of the columns; `a.b` is the member `b` of the member `a`.
    const COLUMNS: &'static [&'static str];
}

/// The members that every request of two people has, between its id and what is its own.
macro_rules! asked_columns {
    ($id:literal $(, $own:literal)*) => {
        &[
            $id, "state", "asked_by", "asked_at", "expires_at", "decided_by", "decided_at", "purpose", "reason",
            "decision_reason" $(, $own)*
        ]
    };
}

pub(super) use asked_columns;
