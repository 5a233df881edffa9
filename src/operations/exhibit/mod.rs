//! Exhibits: admit a file, watch or cancel its admission, draft a mapping, list what was admitted,
//! compare one exhibit with another.
//!
//! Admission hands rows in batches from `ingest` to the vault and never looks into one. Called by
//! `http` (the body of an upload) and `cli` (a file). Not promised: that the file's records are
//! true, only that they are what the file says.

mod admit;
mod cancel;
mod compare;
pub(crate) mod docs;
mod draft;
mod list;
mod watch;

pub use admit::{AdmitRequest, AdmitWords, admit};
pub use cancel::{CancelAdmission, CancelledBody};
pub use compare::{CompareExhibits, CompareInput};
pub use draft::draft_mapping;
pub use list::{ExhibitList, ListExhibits};
pub use watch::ReadAdmission;

pub use crate::ingest::pipeline::{Arriving, Progress};
