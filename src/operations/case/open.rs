//! `POST /cases`: open a case, with a key of its own; the opener leads it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CaseId, Reference, Title};
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct OpenCase {
    title: Title,
    reference: Reference,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCaseInput {
    pub title: String,
    pub reference: String,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct OpenedCase {
    #[schema(value_type = String)]
    pub case: CaseId,
}

impl Answer for OpenedCase {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for OpenCase {
    type Action = actions::OpenCase;
    type Answer = OpenedCase;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OpenedCase, OperationError> {
        Ok(OpenedCase {
            case: scope.open_case(&self.title, &self.reference)?,
        })
    }
}

impl Request for OpenCase {
    type Input = OpenCaseInput;
    type Output = OpenedCase;
    const SUMMARY: &'static str = "Open a case";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: OpenCaseInput) -> Result<Self, OperationError> {
        Ok(Self {
            title: Title::parse(&input.title)
                .map_err(|error| OperationError::invalid("title", error))?,
            reference: Reference::parse(&input.reference)
                .map_err(|error| OperationError::invalid("reference", error))?,
            why: only_reason(&input.reason)?,
        })
    }
}
