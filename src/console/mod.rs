//! The vault as pages for a browser: an operation's typed view through a template, under its receipt.
//!
//! Called by `http`, which mounts each page as a route. A page has no right, no query and no price of its own: it names
//! an operation, says which fields of its form become which members of that operation's input, and how the view is
//! shown. It sees views and what a person typed, never keys or the database. One folder a noun, one file a page, and
//! its template beside it under the same name. Not promised: anything about what a browser keeps.

pub mod audit;
pub mod case;
mod choices;
pub mod clock;
mod count;
mod curl;
pub mod exhibit;
pub mod export;
mod form;
pub mod health;
pub mod help;
mod html;
pub mod key;
pub mod machine;
mod menu;
pub mod operator;
mod page;
pub mod record;
mod refused;
pub mod request;
pub mod session;
pub mod token;
mod visit;
mod zone;

pub use self::curl::curl;
pub use self::form::{Field, Form, is_number_at};
pub use self::html::Html;
pub use self::page::{Page, Shown, ViewOf};
pub use self::refused::{Refused, RefusedPage};
pub use self::visit::{Person, Sitting, Visit, escaped, next_page};
pub use self::zone::Zone;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("style.css");
/// The script of all pages; each of them works without it.
pub const SCRIPT: &str = concat!(
    include_str!("script.js"),
    include_str!("unkept.js"),
    include_str!("session/passkeys.js"),
    include_str!("exhibit/upload.js"),
    include_str!("audit/check.js")
);
