//! The audit log: its leaves as a list, a timeline and by the hour, one of them with its proof, all of one request, and
//! the sign-off of a stretch.

mod leaf;
mod request;
mod search;
mod sheet;
mod sign_off;
mod timeline;
mod volume;

pub use self::leaf::LeafPage;
pub use self::request::RequestLeavesPage;
pub use self::search::AuditPage;
pub use self::sheet::{AuditCsv, AuditLines};
pub use self::sign_off::{SignOffForm, SignOffPage};
pub use self::timeline::LeafTimelinePage;
pub use self::volume::VolumePage;
