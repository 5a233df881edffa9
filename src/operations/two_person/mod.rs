//! What needs two people, as operations: ask, list, read and decide, the same for every kind.
//!
//! A kind of request says in its own folder how it is asked for and what its answers are
//! called ([`TwoPerson`]); what it does stands in `vault/scope/requests/`.

mod ask;
mod decide;
mod list;
mod read;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

pub use self::ask::Ask;
pub use self::decide::{Decide, DecidedBody, DecidedState, DecisionInput, DecisionWord};
pub use self::list::List;
pub use self::read::Read;
use super::Ids;
use crate::domain::{Moment, RequestIdOfKind as _};
use crate::vault::scope::requests::RequestKind;
use crate::vault::{OperationError, Target, Why};

/// A kind of request as a machine asks for it.
pub trait TwoPerson: RequestKind {
    /// One line for the description of each of its operations.
    const SUMMARIES: Summaries;

    /// The JSON somebody asks with.
    type Input: DeserializeOwned + ToSchema + Send;
    /// The answer to whoever asked.
    type Requested: Serialize + ToSchema + Send + 'static;
    /// The requests of a case.
    type Listed: From<Vec<Self::View>> + Serialize + ToSchema + Send + 'static;

    /// What the path names when it is asked for.
    fn about(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn wanted(ids: &Ids, input: Self::Input) -> Result<(Self::Wanted, Why), OperationError>;

    /// What the leaf of the request commits to; never a number.
    fn detail(wanted: &Self::Wanted) -> Value;

    fn requested(id: Self::Id, expires_at: Moment) -> Self::Requested;
}

/// What each operation of a kind is, in a line.
pub struct Summaries {
    pub ask: &'static str,
    pub list: &'static str,
    pub read: &'static str,
    pub decide: &'static str,
}

/// The request that a path names, of this kind.
fn named<K: TwoPerson>(ids: &Ids) -> Result<K::Id, OperationError> {
    ids.named(K::NAME)
}

fn target<K: TwoPerson>(id: &K::Id) -> Target {
    Target::Request(id.of_any_kind())
}
