//! `POST /cases/{case}/reveals`: how the numbers of subjects are asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{Moment, RevealId, Ticket};
use crate::operations::two_person::{Summaries, TwoPerson};
use crate::operations::{Ids, why};
use crate::vault::scope::requests::{Reveal, RevealView, RevealWanted, ShownState};
use crate::vault::{OperationError, Why};

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
    pub state: ShownState,
    #[schema(value_type = String)]
    pub expires_at: Moment,
}

#[derive(Serialize, ToSchema)]
pub struct RevealList {
    pub reveals: Vec<RevealView>,
}

impl From<Vec<RevealView>> for RevealList {
    fn from(reveals: Vec<RevealView>) -> Self {
        Self { reveals }
    }
}

impl TwoPerson for Reveal {
    const SUMMARIES: Summaries = Summaries {
        ask: "Ask to see the numbers of subjects",
        list: "The reveals of a case",
        read: "One reveal, masked",
        decide: "Decide somebody else's reveal",
    };
    type Input = RequestRevealInput;
    type Requested = RequestedReveal;
    type Listed = RevealList;

    fn wanted(_: &Ids, input: RequestRevealInput) -> Result<(RevealWanted, Why), OperationError> {
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
        Ok((RevealWanted { subjects, ticket }, why))
    }

    fn detail(wanted: &RevealWanted) -> Value {
        json!({ "ticket": wanted.ticket.as_ref().map(Ticket::as_str) })
    }

    fn requested(reveal: RevealId, expires_at: Moment) -> RequestedReveal {
        RequestedReveal {
            reveal,
            state: ShownState::Requested,
            expires_at,
        }
    }
}
