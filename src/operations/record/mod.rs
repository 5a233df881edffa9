//! The records of a case: look up numbers, list masked records, count.
//!
//! The numbers to look up stay `RawText` here; only the vault reads them. Called by `http`. Exact
//! counts are for the team alone: counts for others come from a protected table.

mod look_up;
mod look_up_csv;
mod scope;
mod search;
mod table_csv;

pub use look_up::{LookUp, LookUpAnswer, LookUpInput};
pub use look_up_csv::look_up_csv_of;
pub use scope::{Audience, CountRecords, ScopeInput};
pub use search::{SearchInput, SearchRecords};
pub use table_csv::{chart_csv_of, csv_of};
