//! The audit log, for auditors: its leaves, one of them with what it commits to, and the sign-off of a stretch.

mod leaf;
mod search;
mod sheet;
mod sign_off;

pub use self::leaf::LeafPage;
pub use self::search::AuditPage;
pub use self::sheet::{AuditCsv, AuditLines};
pub use self::sign_off::{SignOffForm, SignOffPage};
