//! What programs come with in the place of a session: tokens of scripts, and machines. They are listed and ended alike,
//! but for names.
//!
//! How one is made is in `operations/token/` and `operations/machine/`, which also say what the names are.

mod answers;
mod end;
mod list;

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};

pub use self::answers::PassList;
pub use self::end::EndPass;
pub use self::list::ListPasses;
use super::{Docs, Ids};
use crate::domain::SessionId;
use crate::policy::{Action, Writes};
use crate::vault::OperationError;
use crate::vault::scope::PassKind;

/// What is a kind's own of its list and its end.
pub trait Passes: Send + Sync + 'static {
    /// Which kind it is.
    const KIND: PassKind;
    /// Its words.
    const WORDS: PassWords;
    /// The members of one that are the cells of a sheet, in the order of the columns.
    const COLUMNS: &'static [&'static str];
    /// What the API's description says about the list.
    const LIST: Docs;
    /// What it says about the end of one.
    const END: Docs;

    /// The right to list them.
    type List: Action;
    /// The right to end one.
    type End: Writes;

    /// The name of an id's schema, and the schema.
    fn id_schema() -> (Cow<'static, str>, RefOr<Schema>);

    /// The id in the path.
    ///
    /// # Errors
    ///
    /// `NotFound` if it is none, or that of another kind.
    fn named(ids: &Ids) -> Result<SessionId, OperationError>;
}

/// The words of a kind, in JSON and in the API's description.
pub struct PassWords {
    /// The member that has the id, such as `token`.
    pub one: &'static str,
    /// The member that has the list, such as `tokens`.
    pub many: &'static str,
    /// The member that says since when there is one, such as `made_at`.
    pub since: &'static str,
    /// What it says.
    pub since_words: &'static str,
    /// The name of a row's schema, and what it is.
    pub row: [&'static str; 2],
    /// The name of the list's schema.
    pub list: &'static str,
}
