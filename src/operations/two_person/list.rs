//! The requests of one kind in a case, newest first, a page at a time.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Listed, TwoPerson};
use crate::domain::CaseId;
use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request};
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{ShownState, WantedPage};
use crate::vault::{Operation, OperationError, Price, Target};

/// Lists the requests of this kind in a case; a liaison sees those that it asked about its account.
pub struct List<K> {
    case: CaseId,
    wanted: WantedPage,
    kind: PhantomData<fn(K)>,
}

/// Which requests of a kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListInput {
    /// Only requests in this state; `requested` are those that wait for a decision.
    #[serde(default)]
    #[schema(pattern = "^(requested|approved|denied|used|acknowledged|stopped|expired)$")]
    pub state: Option<String>,
    /// How many at most: 1 to 500. 500 if it is left out.
    #[serde(default)]
    #[schema(pattern = "^([1-9][0-9]?|[1-4][0-9][0-9]|500)$")]
    pub limit: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    #[schema(value_type = Option<PageCursor>)]
    pub after: Option<String>,
}

impl<K: TwoPerson> Operation for List<K> {
    type Action = K::List;
    type Answer = Listed<K>;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn detail(&self) -> Value {
        json!({ "state": self.wanted.state, "limit": self.wanted.rows.limit })
    }

    fn price(&self) -> Option<Price> {
        K::PRICE_TO_LIST
    }

    fn run(self, scope: &mut Scope<'_, K::List>) -> Result<Listed<K>, OperationError> {
        Ok(scope.list_requests::<K>(&self.wanted)?.into())
    }
}

impl<K: TwoPerson> Request for List<K> {
    type Input = ListInput;
    const DOCS: Docs = K::DOCS.list;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: ListInput) -> Result<Self, OperationError> {
        let state = input.state.as_deref().map(state).transpose()?;
        let ListInput { limit, after, .. } = input;
        Ok(Self {
            case: ids.case()?,
            wanted: WantedPage {
                state,
                rows: PageInput { limit, after }.wanted()?,
            },
            kind: PhantomData,
        })
    }
}

fn state(word: &str) -> Result<ShownState, OperationError> {
    let read = ShownState::deserialize(StrDeserializer::<Error>::new(word));
    read.map_err(|_| OperationError::invalid("state", "must be a state of a request"))
}
