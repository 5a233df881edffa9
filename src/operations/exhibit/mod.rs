//! Exhibits: admitting a file, listing what was admitted.
//!
//! Admission sees rows in batches on their way from `ingest` to the vault, and
//! never looks into one. Called by `http` (the body of an upload) and `cli` (a
//! file). Not promised: that the file's records are true, only that they are
//! what the file says.

mod admit;
mod ask;
mod draft;
mod list;
mod received;
mod report;
mod unreadable;

pub use admit::{AdmitRequest, Progress, admit};
pub use ask::AdmitWords;
pub use draft::draft_mapping;
pub use list::{ExhibitList, ListExhibits};
pub use report::{ExhibitBody, RejectBody};
