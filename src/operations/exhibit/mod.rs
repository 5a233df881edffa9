//! Exhibits: admitting a file, watching and stopping that, listing what was
//! admitted, comparing one with another.
//!
//! Admission sees rows in batches on their way from `ingest` to the vault, and
//! never looks into one. Called by `http` (the body of an upload) and `cli` (a
//! file). Not promised: that the file's records are true, only that they are
//! what the file says.

mod admit;
mod arriving;
mod ask;
mod cancel;
mod compare;
pub(crate) mod docs;
mod draft;
mod list;
mod reading;
mod received;
mod unreadable;
mod watch;

pub use admit::{AdmitRequest, Progress, admit};
pub use arriving::Arriving;
pub use ask::AdmitWords;
pub use cancel::{CancelAdmission, CancelledBody};
pub use compare::{CompareExhibits, CompareInput};
pub use draft::draft_mapping;
pub use list::{ExhibitList, ListExhibits};
pub use watch::ReadAdmission;
