//! Requests that two people decide: ask, list, read and decide, the same for every kind.
//!
//! Each kind has a folder with its bodies and answers ([`TwoPerson`]). What a kind does is in
//! `vault/scope/requests/`.

mod answers;
mod ask;
mod decide;
mod docs;
mod list;
mod read;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

pub use self::answers::{Listed, Requested};
pub use self::ask::Ask;
pub use self::decide::{Decide, DecidedBody, DecidedState, DecisionInput};
pub(in crate::operations) use self::docs::step_docs;
pub use self::list::{List, ListInput};
pub use self::read::Read;
use super::{Docs, Ids};
use crate::domain::RequestIdOfKind as _;
use crate::vault::scope::requests::RequestKind;
use crate::vault::{OperationError, Target, Why};

/// A kind of request, with its bodies and answers in the API.
pub trait TwoPerson: RequestKind {
    /// What the API's description says about each of its operations.
    const DOCS: StepDocs;

    /// The members of a request that are the cells of a sheet, in the order of the columns.
    const COLUMNS: &'static [&'static str];

    /// The JSON body of a new request.
    type Input: DeserializeOwned + ToSchema + Send;
    /// The answer to a new request.
    type Requested: From<Requested<Self>> + Serialize + ToSchema + Send + 'static;

    /// Where a new one is asked for over the API.
    const ASKED_AT: AskedAt = AskedAt::Case;

    /// What a new request is about, read from the path.
    fn about(ids: &Ids) -> Result<Target, OperationError> {
        Ok(match Self::ASKED_AT {
            AskedAt::Exhibit => Target::NamedExhibit(ids.case()?, ids.exhibit()?),
            AskedAt::Case | AskedAt::OtherAct => Target::Case(ids.case()?),
        })
    }

    /// Reads what is asked for, and why.
    ///
    /// # Errors
    ///
    /// `NotFound` for a malformed identifier in the path, `Invalid` with the member of the body
    /// that is wrong.
    fn wanted(ids: &Ids, input: Self::Input) -> Result<(Self::Wanted, Why), OperationError>;

    /// The detail that the leaf of a new request commits to; never a phone number.
    fn detail(wanted: &Self::Wanted) -> Value;
}

/// Where a kind of request is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedAt {
    /// At its list: `POST /cases/{case}/reveals`.
    Case,
    /// At the exhibit that it is about: `POST /cases/{case}/exhibits/{exhibit}/withdrawal`.
    Exhibit,
    /// Nowhere by itself: an act that may be done at once makes the request otherwise.
    OtherAct,
}

/// The texts of the API's description for the four operations of a kind.
pub struct StepDocs {
    /// Of making a request.
    pub ask: Docs,
    /// Of listing the requests of a case.
    pub list: Docs,
    /// Of reading one request.
    pub read: Docs,
    /// Of deciding one request.
    pub decide: Docs,
}

/// The id of the request, read from the path.
fn named<K: TwoPerson>(ids: &Ids) -> Result<K::Id, OperationError> {
    ids.named(K::NAME)
}

fn target<K: TwoPerson>(id: &K::Id) -> Target {
    Target::Request(id.of_any_kind())
}
