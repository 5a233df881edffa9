//! Pages over HTTPS: cookies, where a request comes from, forms, headers, refusals.
//!
//! `routes` lists the pages, one on each line. `page` runs the operation of one, through the same door, turns and
//! limits as the API. A page's session comes by a cookie and the API's by a header, and neither takes the other's: a
//! page of another site can make a browser send neither.

mod arrival;
mod before_file;
mod cookie;
mod kind;
mod made_up;
mod open;
mod package;
mod page;
mod passkeys_at;
mod plain;
mod provider;
mod respond;
mod routes;
mod sittings;
mod upload;
mod visit;

pub(super) use self::kind::PageKind;
pub use self::made_up::MadeUpPerson;
pub(super) use self::package::package;
pub(super) use self::page::page;
pub(super) use self::plain::errors;
pub(super) use self::respond::bare_refusal;
pub(super) use self::routes::mount;
pub(super) use self::sittings::Sittings;
pub(super) use self::upload::upload;
pub(super) use self::visit::admit;

/// Where the pages are.
pub(super) const PREFIX: &str = "/console";
