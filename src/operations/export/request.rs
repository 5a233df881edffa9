//! `POST /cases/{case}/exports`: the request for a package.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::AgeRecipient;
use crate::domain::{LegalBasis, Profile, Purpose, Reason};
use crate::evidence::Recipient;
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, why};
use crate::vault::records::{FilterInput, RecordFilter};
use crate::vault::scope::requests::{Export, ExportWanted, ListRecipient};
use crate::vault::{OperationError, Why};

/// The most recipients of one package.
const RECIPIENTS: usize = 20;

/// A request for a package of data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestExportInput {
    /// What the package holds.
    #[schema(value_type = Profile)]
    pub profile: String,
    /// Which records the package is about; all of them if not given.
    #[serde(default)]
    pub filter: FilterInput,
    /// age1… public keys of the receivers. Names beside them are not kept.
    #[schema(min_items = 1, max_items = 20)]
    pub recipients: Vec<RecipientInput>,
    /// What the package is needed for.
    #[schema(value_type = Purpose)]
    pub purpose: String,
    /// Why it is needed; the decider reads it.
    #[schema(value_type = Reason)]
    pub reason: String,
    /// The law or contract that the export rests on.
    #[schema(value_type = LegalBasis)]
    pub legal_basis: String,
}

impl TwoPerson for Export {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!(
        "export",
        "profile",
        "legal_basis",
        "account",
        "messages",
        "numbers",
        "recipients",
        "tagmanifest_sha256"
    );
    type Input = RequestExportInput;
    type Requested = Requested<Self>;

    fn wanted(_: &Ids, input: RequestExportInput) -> Result<(ExportWanted, Why), OperationError> {
        let profile: Profile = input
            .profile
            .parse()
            .map_err(|error| OperationError::invalid("profile", error))?;
        let legal_basis = LegalBasis::parse(&input.legal_basis)
            .map_err(|error| OperationError::invalid("legal_basis", error))?;
        let wanted = ExportWanted {
            profile,
            filter: RecordFilter::parse(input.filter)?,
            recipients: recipients(input.recipients.iter().map(RecipientInput::key))?,
            legal_basis,
        };
        Ok((wanted, why(&input.purpose, &input.reason)?))
    }

    fn detail(wanted: &ExportWanted) -> Value {
        json!({
            "profile": wanted.profile,
            "filter": wanted.filter.for_log(),
            "recipients": wanted.recipients,
            "legal_basis": wanted.legal_basis.as_str(),
        })
    }
}

/// Somebody who can open a package: their age1… public key, alone or with a name.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RecipientInput {
    /// The key.
    Key(RecipientKey),
    /// The key and a name.
    Named(ListRecipient),
}

/// An age1… public key, as a text.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = AgeRecipient)]
pub struct RecipientKey(String);

impl RecipientInput {
    /// The public key.
    pub(in crate::operations) fn key(&self) -> &str {
        match self {
            Self::Key(RecipientKey(key)) => key,
            Self::Named(named) => &named.key,
        }
    }

    /// The name; without one, the key.
    pub(in crate::operations) fn name(&self) -> &str {
        match self {
            Self::Key(RecipientKey(key)) => key,
            Self::Named(named) => &named.name,
        }
    }
}

/// Reads 1 to 20 public keys of age. A wrong one is refused at its position.
pub(in crate::operations) fn recipients<'t>(
    texts: impl ExactSizeIterator<Item = &'t str>,
) -> Result<Vec<String>, OperationError> {
    if !(1..=RECIPIENTS).contains(&texts.len()) {
        let rule = format!("must name 1 to {RECIPIENTS} age recipients");
        return Err(OperationError::invalid("recipients", rule));
    }
    let mut all: Vec<String> = Vec::with_capacity(texts.len());
    for (at, text) in texts.enumerate() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_a_key_alone_or_with_a_name() {
        let read: Vec<RecipientInput> =
            serde_json::from_str(r#"["age1a", {"name": "Data team", "key": "age1b"}]"#).unwrap();
        let both = read.iter().map(|one| (one.key(), one.name()));
        let both: Vec<_> = both.collect();
        assert_eq!(both, [("age1a", "age1a"), ("age1b", "Data team")]);
        for wrong in [r#"[7]"#, r#"[{"key": "age1b", "extra": 1}]"#] {
            assert!(
                serde_json::from_str::<Vec<RecipientInput>>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
