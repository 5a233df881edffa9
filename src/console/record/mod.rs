//! Records: whether a number is exposed, and which messages there are.

mod chart;
mod filter;
mod look_up;
mod scope;
mod scope_file;
mod search;
mod tiles;
mod timeline;

pub use self::look_up::{LookUpForm, LookUpPage};
pub use self::scope::ScopePage;
pub use self::scope_file::{ScopeCsv, ScopeSvg};
pub use self::search::RecordsPage;
pub use self::timeline::TimelinePage;
