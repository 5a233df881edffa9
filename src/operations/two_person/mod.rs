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
pub use self::decide::{Decide, DecidedBody, DecidedState, DecisionInput};
pub use self::list::List;
pub use self::read::Read;
use super::{Docs, Ids};
use crate::domain::{Moment, RequestIdOfKind as _};
use crate::vault::scope::requests::RequestKind;
use crate::vault::{OperationError, Target, Why};

/// A kind of request as a machine asks for it.
pub trait TwoPerson: RequestKind {
    /// What the API's description says about each of its operations.
    const DOCS: StepDocs;

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

/// What the API's description says about each step of a kind.
pub struct StepDocs {
    pub ask: Docs,
    pub list: Docs,
    pub read: Docs,
    pub decide: Docs,
}

/// The request that a path names, of this kind.
fn named<K: TwoPerson>(ids: &Ids) -> Result<K::Id, OperationError> {
    ids.named(K::NAME)
}

fn target<K: TwoPerson>(id: &K::Id) -> Target {
    Target::Request(id.of_any_kind())
}
