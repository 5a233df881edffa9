//! `POST /cases/{case}/erasures`: the request to erase one person's number.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::RegionCode;
use crate::domain::{Purpose, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, why};
use crate::vault::plaintext::{AskedNumbers, RawText, Region, SubjectToken};
use crate::vault::scope::requests::{Erasure, ErasureWanted};
use crate::vault::{OperationError, Why};

/// Whose number should be erased, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestErasureInput {
    /// The number, in any format; without `+` it needs `region`. Either this or `subject`.
    #[schema(value_type = Option<String>)]
    pub number: Option<RawText>,
    /// The region of a number without a calling code, such as `GB`.
    #[schema(value_type = Option<RegionCode>)]
    pub region: Option<String>,
    /// The token of a subject of the case. Either this or `number`.
    #[schema(value_type = Option<SubjectToken>)]
    pub subject: Option<String>,
    /// What the erasure is for.
    #[schema(value_type = Purpose)]
    pub purpose: String,
    /// Why the number is erased.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl TwoPerson for Erasure {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] =
        asked_columns!("erasure", "named_by", "subject", "exposed");
    type Input = RequestErasureInput;
    type Requested = Requested<Self>;

    fn wanted(_: &Ids, input: RequestErasureInput) -> Result<(ErasureWanted, Why), OperationError> {
        let why = why(&input.purpose, &input.reason)?;
        let region = input.region.map(|region| region.parse::<Region>());
        let region = region
            .transpose()
            .map_err(|error| OperationError::invalid("region", error))?;
        let wanted = match (input.number, input.subject) {
            (Some(number), None) => ErasureWanted::Number(AskedNumbers::read(&[number], region)),
            (None, Some(token)) => {
                let token = token
                    .parse()
                    .map_err(|error| OperationError::invalid("subject", error))?;
                ErasureWanted::Subject(token)
            }
            _ => {
                let rule = "must be given, or `subject`, and not both";
                return Err(OperationError::invalid("number", rule));
            }
        };
        Ok((wanted, why))
    }

    fn detail(wanted: &ErasureWanted) -> Value {
        match wanted {
            ErasureWanted::Number(_) => json!({ "named_by": "number" }),
            ErasureWanted::Subject(_) => json!({ "named_by": "subject" }),
        }
    }
}
