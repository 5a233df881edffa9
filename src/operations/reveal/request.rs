//! `POST /cases/{case}/reveals`: ask for the numbers of subjects.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{CaseId, Moment, Purpose, Reason, RevealId, Ticket};
use crate::operations::{Docs, Ids, Request, why};
use crate::policy::{RequestState, actions};
use crate::vault::plaintext::SubjectToken;
use crate::vault::scope::{RevealRequest, Scope};
use crate::vault::{Operation, OperationError, Target, Why};

pub struct RequestReveal {
    case: CaseId,
    request: RevealRequest,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRevealInput {
    /// Subject tokens, `S-` and eight characters.
    /// Also checked: each is a subject of the case, and named once.
    #[schema(value_type = Vec<SubjectToken>, min_items = 1, max_items = 1000)]
    pub subjects: Vec<String>,
    #[schema(value_type = Purpose)]
    pub purpose: String,
    #[schema(value_type = Reason)]
    pub reason: String,
    #[schema(value_type = Option<Ticket>)]
    pub ticket: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedReveal {
    pub reveal: RevealId,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
    pub expires_at: Moment,
}

impl Operation for RequestReveal {
    type Action = actions::RequestReveal;
    type Answer = RequestedReveal;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.request.why)
    }

    fn detail(&self) -> Value {
        json!({ "ticket": self.request.ticket.as_ref().map(Ticket::as_str) })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RequestedReveal, OperationError> {
        let (reveal, expires_at) = scope.request_reveal(&self.request)?;
        Ok(RequestedReveal {
            reveal,
            state: "requested",
            expires_at,
        })
    }
}

impl Request for RequestReveal {
    type Input = RequestRevealInput;
    const DOCS: Docs = docs::REQUEST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: RequestRevealInput) -> Result<Self, OperationError> {
        let subjects = input
            .subjects
            .iter()
            .enumerate()
            .map(|(at, text)| {
                text.parse()
                    .map_err(|error| OperationError::invalid(format!("subjects[{at}]"), error))
            })
            .collect::<Result<_, _>>()?;
        let ticket = input
            .ticket
            .map(|text| {
                Ticket::parse(&text).map_err(|error| OperationError::invalid("ticket", error))
            })
            .transpose()?;
        let why = why(&input.purpose, &input.reason)?;
        Ok(Self {
            case: ids.case()?,
            request: RevealRequest {
                subjects,
                why,
                ticket,
            },
        })
    }
}
