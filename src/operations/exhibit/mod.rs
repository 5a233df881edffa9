//! Exhibits: look at a file, admit it, watch or cancel its admission, draft a mapping, list exhibits and their
//! duplicates, compare two of them.
//!
//! Admission passes rows in batches from `ingest` to the vault without looking into them. Called
//! by `http` (the body of an upload) and `cli` (a file). The vault keeps what the file says;
//! whether that is true is not checked.

mod admit;
mod cancel;
mod check;
mod compare;
pub(crate) mod docs;
mod draft;
mod duplicates;
mod list;
mod preview;
mod watch;

pub use admit::{AdmitRequest, AdmitWords, admit};
pub use cancel::{CancelAdmission, CancelState, CancelledBody};
pub use check::check_file;
pub use compare::{CompareExhibits, CompareInput};
pub use draft::draft_mapping;
pub use duplicates::{ListDuplicates, ListDuplicatesInput};
pub use list::{ExhibitList, ListExhibits};
pub use preview::{Checked, FilePreview, PreviewedColumn};
pub use watch::ReadAdmission;

pub use crate::ingest::pipeline::{Arriving, Progress};
