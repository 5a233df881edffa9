//! `POST /cases/{case}/exhibits/{exhibit}/quarantine`: the request for the rows of an exhibit that are in quarantine.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{LegalBasis, Reason, Reference};
use crate::operations::export::{RecipientInput, recipients};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{AskedAt, Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{
    ListRecipient, ListWanted, Quarantine, QuarantineForm, QuarantineWanted,
};
use crate::vault::{OperationError, Why};

/// In which form somebody wants the rows, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestQuarantineInput {
    /// What they are needed for.
    #[schema(value_type = Reason)]
    pub reason: String,
    /// How they are told: shown masked, if not given.
    #[serde(default)]
    #[schema(value_type = Option<QuarantineForm>)]
    pub form: Option<String>,
    /// Who can open the list, by key and name; without a name the key is shown.
    /// Also checked: they are named if `form` is `list`, and only then.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub recipients: Vec<RecipientInput>,
    /// The law or contract that the list rests on. Also checked: it is given if `form` is `list`, and only then.
    #[serde(default)]
    #[schema(value_type = Option<LegalBasis>)]
    pub legal_basis: Option<String>,
}

impl TwoPerson for Quarantine {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] =
        asked_columns!("quarantine", "exhibit", "form", "rows");
    type Input = RequestQuarantineInput;
    type Requested = Requested<Self>;
    const ASKED_AT: AskedAt = AskedAt::Exhibit;

    fn wanted(
        ids: &Ids,
        input: RequestQuarantineInput,
    ) -> Result<(QuarantineWanted, Why), OperationError> {
        let form = match &input.form {
            Some(form) => form
                .parse::<QuarantineForm>()
                .map_err(|error| OperationError::invalid("form", error))?,
            None => QuarantineForm::Masked,
        };
        let why = only_reason(&input.reason)?;
        let wanted = QuarantineWanted {
            exhibit: ids.exhibit()?,
            list: match form {
                QuarantineForm::List => Some(list(input)?),
                QuarantineForm::Masked => none_of(&input)?,
            },
        };
        Ok((wanted, why))
    }

    fn detail(wanted: &QuarantineWanted) -> Value {
        let list = wanted.list.as_ref();
        json!({
            "exhibit": wanted.exhibit,
            "recipients": list.map(|list| &list.recipients),
            "legal_basis": list.map(|list| list.legal_basis.as_str()),
        })
    }
}

/// To whom a list leaves, and why it may.
fn list(input: RequestQuarantineInput) -> Result<ListWanted, OperationError> {
    let named = input.recipients.iter().map(RecipientInput::key);
    let keys = recipients(named)?;
    let mut all = Vec::with_capacity(keys.len());
    for (at, (one, key)) in input.recipients.iter().zip(keys).enumerate() {
        let place = format!("recipients[{at}].name");
        let name = Reference::parse(one.name());
        let name = name.map_err(|error| OperationError::invalid(place, error))?;
        let name = name.as_str().to_owned();
        all.push(ListRecipient { name, key });
    }
    let legal_basis = LegalBasis::parse(input.legal_basis.as_deref().unwrap_or_default());
    Ok(ListWanted {
        recipients: all,
        legal_basis: legal_basis.map_err(|error| OperationError::invalid("legal_basis", error))?,
    })
}

/// Rows that are shown masked go to nobody but their asker.
fn none_of(input: &RequestQuarantineInput) -> Result<Option<ListWanted>, OperationError> {
    let at = match (input.recipients.is_empty(), &input.legal_basis) {
        (true, None) => return Ok(None),
        (false, _) => "recipients",
        (true, Some(_)) => "legal_basis",
    };
    Err(OperationError::invalid(at, "goes with the form `list`"))
}
