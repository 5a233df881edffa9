//! Cases: the list, a new one, and what one is about.

mod list;
mod move_on;
mod open;
mod overview;

pub use self::list::CasesPage;
pub use self::move_on::{CloseCasePage, HoldCasePage, ReopenCasePage};
pub use self::open::{NewCase, OpenCasePage};
pub use self::overview::CasePage;
