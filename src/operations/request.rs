//! How an operation is read from an HTTP request: ids from the path, a JSON body.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::Docs;
use crate::domain::{
    CaseId, DestructionId, ErasureId, ExhibitId, ExportId, OperatorId, PasskeyId, Purpose,
    QuarantineId, Reason, RequestId, RevealId, SessionId,
};
use crate::vault::{AskChallenge, Operation, OperationError, Target, Why};

/// An operation that can be read from an HTTP request. `http::mount` accepts no other.
pub trait Request: Operation {
    /// The JSON body; [`Empty`] where there is none.
    type Input: DeserializeOwned + ToSchema + Send;
    /// The texts and examples of the API's description.
    const DOCS: Docs;
    /// Whether the answer is small enough to be written on an async thread (some microseconds).
    const SMALL: bool = false;

    /// What the operation is about, read from the path alone. If the body cannot be read, the
    /// leaf of the refusal names it.
    fn target(ids: &Ids) -> Result<Target, OperationError>;

    /// Makes the operation of the path and the body.
    ///
    /// # Errors
    ///
    /// `NotFound` if an identifier in the path is malformed, `Invalid` with the member of the body
    /// that is wrong.
    fn read(ids: &Ids, input: Self::Input) -> Result<Self, OperationError>;
}

/// The challenge of an act is asked for with the act's own request.
impl<O: Request> Request for AskChallenge<O> {
    type Input = O::Input;
    const DOCS: Docs = O::DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        <O as Request>::target(ids)
    }

    fn read(ids: &Ids, input: Self::Input) -> Result<Self, OperationError> {
        O::read(ids, input).map(AskChallenge)
    }
}

/// No body, or an empty object.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// The identifiers in a path, as text. A malformed one is answered like an unknown one.
#[derive(Debug, Default, Clone)]
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

    /// The `{quarantine}` of the path; `NotFound` if it is missing or malformed.
    pub fn quarantine(&self) -> Result<QuarantineId, OperationError> {
        self.named("quarantine")
    }

    /// The `{destruction}` of the path; `NotFound` if it is missing or malformed.
    pub fn destruction(&self) -> Result<DestructionId, OperationError> {
        self.named("destruction")
    }

    /// The `{erasure}` of the path; `NotFound` if it is missing or malformed.
    pub fn erasure(&self) -> Result<ErasureId, OperationError> {
        self.named("erasure")
    }

    /// The `{session}` of the path; `NotFound` if it is missing or malformed.
    pub fn session(&self) -> Result<SessionId, OperationError> {
        self.named("session")
    }

    /// The `{passkey}` of the path; `NotFound` if it is missing or malformed.
    pub fn passkey(&self) -> Result<PasskeyId, OperationError> {
        self.named("passkey")
    }

    /// The `{token}` of the path: that of a script; `NotFound` if it is missing or malformed.
    pub fn token(&self) -> Result<SessionId, OperationError> {
        let token: SessionId = self.named("token")?;
        match token.is_script() {
            true => Ok(token),
            false => Err(OperationError::NotFound),
        }
    }

    /// The `{machine}` of the path; `NotFound` if it is missing or malformed.
    pub fn machine(&self) -> Result<SessionId, OperationError> {
        let machine: SessionId = self.named("machine")?;
        match machine.is_machine() {
            true => Ok(machine),
            false => Err(OperationError::NotFound),
        }
    }

    /// The `{request}` of the path, of any kind; `NotFound` if it is missing or malformed.
    pub fn request(&self) -> Result<RequestId, OperationError> {
        self.named("request")
    }

    /// The `{leaf}` of the path, from 0. Only one spelling is accepted: no sign, no leading zeros.
    pub fn leaf(&self) -> Result<u64, OperationError> {
        let number: u64 = self.named("leaf")?;
        let spelt = |(key, text): &(String, String)| key == "leaf" && *text == number.to_string();
        if self.named.iter().any(spelt) {
            Ok(number)
        } else {
            Err(OperationError::NotFound)
        }
    }

    /// The identifier of this name; `NotFound` if it is missing or malformed.
    pub(super) fn named<T: FromStr>(&self, name: &str) -> Result<T, OperationError> {
        self.named
            .iter()
            .find(|(key, _)| key == name)
            .and_then(|(_, text)| text.parse().ok())
            .ok_or(OperationError::NotFound)
    }
}

/// Reads `purpose` and `reason`.
///
/// # Errors
///
/// `Invalid` with the member that is wrong.
pub fn why(purpose: &str, reason: &str) -> Result<Why, OperationError> {
    let purpose = purpose
        .parse::<Purpose>()
        .map_err(|error| OperationError::invalid("purpose", error))?;
    Ok(Why {
        purpose: Some(purpose),
        reason: read_reason(reason)?,
    })
}

/// Reads a `reason`, for operations without a purpose.
///
/// # Errors
///
/// `Invalid` if the reason breaks its rules.
pub fn only_reason(reason: &str) -> Result<Why, OperationError> {
    Ok(Why {
        purpose: None,
        reason: read_reason(reason)?,
    })
}

fn read_reason(reason: &str) -> Result<Reason, OperationError> {
    Reason::parse(reason).map_err(|error| OperationError::invalid("reason", error))
}
