//! `POST /cases/{case}/reveals`: the request to see the numbers of subjects.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{Purpose, Reason, Ticket};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, why};
use crate::vault::plaintext::SubjectToken;
use crate::vault::scope::requests::{Reveal, RevealWanted};
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

impl TwoPerson for Reveal {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!("reveal", "ticket", "numbers");
    type Input = RequestRevealInput;
    type Requested = Requested<Self>;

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
}
