//! An operation as a machine asks for it: ids from the path, a JSON body.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::Docs;
use crate::domain::{CaseId, ExhibitId, ExportId, OperatorId, Purpose, Reason, RevealId};
use crate::vault::{Operation, OperationError, Target, Why};

/// An operation that can be read from a request. `http::mount` takes nothing else.
pub trait Request: Operation {
    /// The JSON body; [`Empty`] where there is none.
    type Input: DeserializeOwned + ToSchema + Send;
    /// What the API's description says about it.
    const DOCS: Docs;
    /// Whether the answer's bytes are made in some microseconds, and need no thread.
    const SMALL: bool = false;

    /// What the path names, before the body is looked at: the leaf of a request
    /// that cannot be understood says it.
    fn target(ids: &Ids) -> Result<Target, OperationError>;

    /// Makes the operation of the path and the body.
    ///
    /// # Errors
    ///
    /// `NotFound` if an identifier in the path is malformed, `Invalid` with the member of the body
    /// that is wrong.
    fn read(ids: &Ids, input: Self::Input) -> Result<Self, OperationError>;
}

/// No body, or an empty object.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// The identifiers in a path, as text; a malformed one names nothing.
#[derive(Debug, Default)]
pub struct Ids {
    named: Vec<(String, String)>,
}

impl Ids {
    /// The parameters of a path, each as name and text.
    pub fn new(named: Vec<(String, String)>) -> Self {
        Self { named }
    }

    /// The `{case}` of the path; `NotFound` if it is missing or malformed.
    pub fn case(&self) -> Result<CaseId, OperationError> {
        self.named("case")
    }

    /// The `{operator}` of the path; `NotFound` if it is missing or malformed.
    pub fn operator(&self) -> Result<OperatorId, OperationError> {
        self.named("operator")
    }

    /// The `{exhibit}` of the path; `NotFound` if it is missing or malformed.
    pub fn exhibit(&self) -> Result<ExhibitId, OperationError> {
        self.named("exhibit")
    }

    /// The `{reveal}` of the path; `NotFound` if it is missing or malformed.
    pub fn reveal(&self) -> Result<RevealId, OperationError> {
        self.named("reveal")
    }

    /// The `{export}` of the path; `NotFound` if it is missing or malformed.
    pub fn export(&self) -> Result<ExportId, OperationError> {
        self.named("export")
    }

    /// A leaf's number has one spelling: no sign, no zeros before it.
    pub fn leaf(&self) -> Result<u64, OperationError> {
        let number: u64 = self.named("leaf")?;
        let spelt = |(key, text): &(String, String)| key == "leaf" && *text == number.to_string();
        if self.named.iter().any(spelt) {
            Ok(number)
        } else {
            Err(OperationError::NotFound)
        }
    }

    /// The identifier of this name; one that is malformed or not there names nothing.
    pub(super) fn named<T: FromStr>(&self, name: &str) -> Result<T, OperationError> {
        self.named
            .iter()
            .find(|(key, _)| key == name)
            .and_then(|(_, text)| text.parse().ok())
            .ok_or(OperationError::NotFound)
    }
}

/// Reads `purpose` and `reason`, naming the member that is wrong.
pub fn why(purpose: &str, reason: &str) -> Result<Why, OperationError> {
    let purpose = purpose
        .parse::<Purpose>()
        .map_err(|error| OperationError::invalid("purpose", error))?;
    Ok(Why {
        purpose: Some(purpose),
        reason: read_reason(reason)?,
    })
}

/// The same where no purpose is asked.
pub fn only_reason(reason: &str) -> Result<Why, OperationError> {
    Ok(Why {
        purpose: None,
        reason: read_reason(reason)?,
    })
}

fn read_reason(reason: &str) -> Result<Reason, OperationError> {
    Reason::parse(reason).map_err(|error| OperationError::invalid("reason", error))
}
