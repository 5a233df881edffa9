//! `POST /cases/{case}/reveals`: ask for the numbers of subjects.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, Moment, RevealId, Ticket};
use crate::operations::{Ids, Request, why};
use crate::policy::actions;
use crate::vault::scope::{RevealRequest, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct RequestReveal {
    case: CaseId,
    request: RevealRequest,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRevealInput {
    /// Subject tokens, `S-` and eight characters.
    pub subjects: Vec<String>,
    pub purpose: String,
    pub reason: String,
    pub ticket: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedReveal {
    #[schema(value_type = String)]
    pub reveal: RevealId,
    pub state: &'static str,
    #[schema(value_type = String)]
    pub expires_at: Moment,
}

impl Answer for RequestedReveal {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
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
    type Output = RequestedReveal;
    const SUMMARY: &'static str = "Ask to see the numbers of subjects";

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
