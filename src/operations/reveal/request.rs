//! `POST /cases/{case}/reveals`: the request to see the numbers of subjects.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::PageCursor;
use crate::domain::{Moment, Purpose, Reason, RevealId, Ticket};
use crate::operations::sheet::{Sheet, asked_columns};
use crate::operations::two_person::{StepDocs, TwoPerson};
use crate::operations::{Ids, why};
use crate::vault::plaintext::SubjectToken;
use crate::vault::scope::requests::{RequestPage, Reveal, RevealView, RevealWanted, ShownState};
use crate::vault::{OperationError, Why};

/// A request to see the numbers of subjects in the clear.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRevealInput {
    /// Subject tokens, `S-` and eight characters.
    /// Also checked: each is a subject of the case and is named once.
    #[schema(value_type = Vec<SubjectToken>, min_items = 1, max_items = 1000)]
    pub subjects: Vec<String>,
    /// What the numbers are needed for.
    #[schema(value_type = Purpose)]
    pub purpose: String,
    /// Why they are needed; the decider reads it.
    #[schema(value_type = Reason)]
    pub reason: String,
    /// A ticket that the request belongs to.
    #[schema(value_type = Option<Ticket>)]
    pub ticket: Option<String>,
}

/// A reveal that was requested and is not decided yet.
#[derive(Serialize, ToSchema)]
pub struct RequestedReveal {
    /// The id of the reveal.
    pub reveal: RevealId,
    /// Its state: `requested`.
    pub state: ShownState,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// The reveals of a case.
#[derive(Serialize, ToSchema)]
pub struct RevealList {
    /// The reveals, newest first.
    pub reveals: Vec<RevealView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for RevealList {
    const ROWS: &'static str = "reveals";
    const COLUMNS: &'static [&'static str] = asked_columns!("reveal", "ticket", "numbers");
}

impl From<RequestPage<RevealView>> for RevealList {
    fn from(page: RequestPage<RevealView>) -> Self {
        Self {
            reveals: page.requests,
            next: page.next,
        }
    }
}

impl TwoPerson for Reveal {
    const DOCS: StepDocs = docs::STEPS;
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
