//! Cases: the list, a new one, what one is about, who works in it.

mod certificate;
mod list;
mod members;
mod move_on;
mod name_member;
mod on_member;
mod open;
mod overview;

pub use self::certificate::{CertificateFile, CertificatePage};
pub use self::list::CasesPage;
pub use self::members::MembersPage;
pub use self::move_on::{CloseCasePage, HoldCasePage, ReopenCasePage, RetentionPage};
pub use self::name_member::{NameMemberForm, NameMemberPage};
pub use self::on_member::{LiftPage, RecognisePage, RemovePage, SuspendPage, ThawPage};
pub use self::open::{NewCase, OpenCasePage};
pub use self::overview::CasePage;
