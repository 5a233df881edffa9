//! Exhibits: the list with its counts, and the requests about one.

mod admit;
mod ask_quarantine;
mod ask_withdrawal;
mod list;

pub use self::admit::{AdmitForm, AdmitPage, AdmittedPage, Report};
pub use self::ask_quarantine::{QuarantineForm, QuarantinePage};
pub use self::ask_withdrawal::WithdrawalPage;
pub use self::list::ExhibitsPage;
