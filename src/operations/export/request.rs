//! `POST /cases/{case}/exports`: ask for a package.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::{AgeRecipient, ProfileName};
use crate::domain::{CaseId, ExportId, LegalBasis};
use crate::domain::{Purpose, Reason};
use crate::evidence::Recipient;
use crate::operations::{Docs, Ids, Request, why};
use crate::policy::{RequestState, actions};
use crate::vault::records::{FilterInput, RecordFilter};
use crate::vault::scope::{CountedExport, ExportRequest, Profile, Scope};
use crate::vault::{Operation, OperationError, Target, Why};

/// The most recipients of one package.
const RECIPIENTS: usize = 20;

pub struct RequestExport {
    case: CaseId,
    request: ExportRequest,
    /// Before the act has its turn.
    counted: Option<CountedExport>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestExportInput {
    #[schema(value_type = ProfileName)]
    pub profile: String,
    #[serde(default)]
    pub filter: FilterInput,
    /// age1… public keys of the receivers.
    #[schema(value_type = Vec<AgeRecipient>, min_items = 1, max_items = 20)]
    pub recipients: Vec<String>,
    #[schema(value_type = Purpose)]
    pub purpose: String,
    #[schema(value_type = Reason)]
    pub reason: String,
    #[schema(value_type = LegalBasis)]
    pub legal_basis: String,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedExport {
    pub export: ExportId,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
}

impl Operation for RequestExport {
    type Action = actions::RequestExport;
    type Answer = RequestedExport;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.request.why)
    }

    fn detail(&self) -> Value {
        json!({
            "profile": self.request.profile.as_str(),
            "filter": self.request.filter,
            "recipients": self.request.recipients,
            "legal_basis": self.request.legal_basis.as_str(),
        })
    }

    const PREPARES: bool = true;

    fn prepare(&mut self, scope: &mut Scope<'_, Self::Action>) -> Result<(), OperationError> {
        self.counted = Some(scope.count_export(&self.request)?);
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RequestedExport, OperationError> {
        let counted = self
            .counted
            .ok_or(OperationError::Internal("nothing was counted"))?;
        let export = scope.request_export(self.request, &counted)?;
        Ok(RequestedExport {
            export,
            state: "requested",
        })
    }
}

impl Request for RequestExport {
    type Input = RequestExportInput;
    const DOCS: Docs = docs::REQUEST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: RequestExportInput) -> Result<Self, OperationError> {
        let profile = Profile::parse(&input.profile).ok_or_else(|| {
            OperationError::invalid(
                "profile",
                "must be account-notice, scope-report or evidence",
            )
        })?;
        let legal_basis = LegalBasis::parse(&input.legal_basis)
            .map_err(|error| OperationError::invalid("legal_basis", error))?;
        let request = ExportRequest {
            profile,
            filter: RecordFilter::parse(input.filter)?,
            recipients: recipients(&input.recipients)?,
            why: why(&input.purpose, &input.reason)?,
            legal_basis,
        };
        Ok(Self {
            case: ids.case()?,
            request,
            counted: None,
        })
    }
}

fn recipients(texts: &[String]) -> Result<Vec<String>, OperationError> {
    if !(1..=RECIPIENTS).contains(&texts.len()) {
        let rule = format!("must name 1 to {RECIPIENTS} age recipients");
        return Err(OperationError::invalid("recipients", rule));
    }
    let mut all: Vec<String> = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let place = format!("recipients[{at}]");
        let recipient: Recipient = text
            .parse()
            .map_err(|error| OperationError::invalid(&place, error))?;
        if all.iter().any(|known| known == recipient.as_str()) {
            return Err(OperationError::invalid(place, "is named twice"));
        }
        all.push(recipient.as_str().to_owned());
    }
    Ok(all)
}
