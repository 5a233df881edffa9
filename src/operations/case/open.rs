//! `POST /cases`: open a case, with a key of its own; the opener leads it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::retention::kept_until;
use crate::domain::{CaseId, Moment, Reason, Reference, Title};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Opens a case. The caller becomes its lead.
pub struct OpenCase {
    title: Title,
    reference: Reference,
    keep_until: Option<Moment>,
    why: Why,
}

/// A case to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCaseInput {
    /// A name for the case.
    #[schema(value_type = Title)]
    pub title: String,
    /// The number of the case in another system.
    #[schema(value_type = Reference)]
    pub reference: String,
    /// Until when the case is to be kept. Then its leads and custodians are reminded.
    #[serde(default)]
    #[schema(value_type = Option<Moment>)]
    pub keep_until: Option<String>,
    /// Why the case is opened.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A case that was opened.
#[derive(Serialize, ToSchema)]
pub struct OpenedCase {
    /// The id of the case.
    pub case: CaseId,
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

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.may_open_a_case()
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OpenedCase, OperationError> {
        Ok(OpenedCase {
            case: scope.open_case(&self.title, &self.reference, self.keep_until)?,
        })
    }
}

impl Request for OpenCase {
    type Input = OpenCaseInput;
    const DOCS: Docs = Docs {
        id: "openCase",
        tag: "Cases",
        summary: "Open a case",
        description: "A case has a key of its own. Whoever opens it leads it.",
        request: r#"{"title": "Text message log", "reference": "IR-2024-17", "reason":
            "the supplier gave notice"}"#,
        answer: r#"{"case": "c_0123456789abcdefghjk"}"#,
        problems: &["outside-cases", "too-many-cases"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: OpenCaseInput) -> Result<Self, OperationError> {
        Ok(Self {
            title: Title::parse(&input.title)
                .map_err(|error| OperationError::invalid("title", error))?,
            reference: Reference::parse(&input.reference)
                .map_err(|error| OperationError::invalid("reference", error))?,
            keep_until: input.keep_until.as_deref().map(kept_until).transpose()?,
            why: only_reason(&input.reason)?,
        })
    }
}
