//! Exhibits: the list with its counts, a file and how far its admission is, and what is asked about one.

mod admit;
mod ask_quarantine;
mod ask_withdrawal;
mod difference;
mod list;
mod progress;

pub use self::admit::{AdmitForm, AdmitPage, AdmittedPage, Preview, Report, UPLOADED};
pub use self::ask_quarantine::{QuarantineForm, QuarantinePage};
pub use self::ask_withdrawal::{WithdrawalForm, WithdrawalPage};
pub use self::difference::{DifferenceForm, DifferencePage};
pub use self::list::ExhibitsPage;
pub use self::progress::{AdmissionPage, CancelAdmissionPage};
