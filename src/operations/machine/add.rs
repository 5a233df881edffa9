//! `POST /machines`: a machine of the caller, known by the key of its certificate.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::schema::MachineCertificateText;
use crate::domain::{CaseId, Title};
use crate::operations::token::{told, wanted};
use crate::operations::{Docs, Ids, Request};
use crate::policy::{ActionKind, actions};
use crate::vault::identity::MachineCertificate;
use crate::vault::scope::{MachineAddedView, MachineWanted, Scope};
use crate::vault::{Operation, OperationError, Target};

/// The longest text of a certificate.
const TEXT_MOST: usize = 16_384;

/// Adds a machine of the caller.
pub struct AddMachine(MachineWanted);

/// What the machine is for, and its certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMachineInput {
    /// What its owner calls it.
    #[schema(value_type = Title)]
    pub label: String,
    /// Its certificate. Only the key in it counts; who signed it does not matter here.
    #[schema(value_type = MachineCertificateText)]
    pub certificate: String,
    /// How many days it is good for.
    #[schema(minimum = 1, maximum = 90)]
    pub days: u16,
    /// What it is for. Also checked: each is an action that the caller may do, of those that read and need no second
    /// person.
    #[schema(value_type = Vec<ActionKind>, min_items = 1, max_items = 20)]
    pub actions: Vec<String>,
    /// The one case that it is for; left out, it is for all of the caller's. Also checked: the caller is a member of it
    /// whom a lead has recognised.
    #[serde(default)]
    #[schema(value_type = Option<CaseId>)]
    pub case: Option<String>,
}

impl Operation for AddMachine {
    type Action = actions::AddMachine;
    type Answer = MachineAddedView;

    fn target(&self) -> Target {
        Target::Vault
    }

    /// With the key, so that whoever signs this with a passkey signs for that key and no other.
    fn detail(&self) -> Value {
        let mut detail = told(&self.0.for_what);
        detail["key"] = self.0.certificate.fingerprint().into();
        detail
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<MachineAddedView, OperationError> {
        scope.add_machine(&self.0)
    }
}

impl Request for AddMachine {
    type Input = AddMachineInput;
    const DOCS: Docs = Docs {
        id: "addMachine",
        tag: "Sessions",
        summary: "Add a machine",
        description: "A program that proves the key of this certificate, in the TLS handshake at the address for machines \
            (`serve.machines`), does what is in `actions` and its owner may do at that moment, in one case or in all of \
            theirs, and nothing else (`beyond-token`); what it costs is paid from its owner's budgets. There is no \
            secret to copy, and the vault keeps a tag of the key alone. It is for the actions that a token of a script \
            can be for. It ends after `days`, and earlier with its owner's account, password or second factor, or when \
            it is ended. Only a session with a second factor or a passkey adds one. A request with a certificate and \
            another credential beside it is nobody's.",
        request: concat!(
            r#"{"label": "nightly counts", "certificate": ""#,
            "MIIBGzCBzqADAgECAhR5E+FXwLSnq3YCR+BIpB+o63eHJjAFBgMrZXAwETEPMA0GA1UEAwwGY291bnRz",
            "MCAXDTI2MTEyODExMDIwMloYDzIxMjYxMTA0MTEwMjAyWjARMQ8wDQYDVQQDDAZjb3VudHMwKjAFBgMr",
            "ZXADIQAzXhhYT/ddLtBtEBapjzKwsddHxvG0k7CyMnCFWa3soqM2MDQwEwYDVR0lBAwwCgYIKwYBBQUH",
            "AwIwHQYDVR0OBBYEFLCu0z/s3fvNS9HPZai5ZhEr5lmCMAUGAytlcANBAKE4g1XEx8ESBE0uQiYZIPoD",
            "zX19ddgEUXFf64941CYwAP+vNHD1rArPWmj6yL2Yc6WY4YTJaufk6rXZdwXs8w8=",
            r#"", "days": 30, "actions": ["record.scope"], "case": "c_0123456789abcdefghjk"}"#,
        ),
        answer: r#"{"machine": "k_0123456789abcdefghjk", "expires_at": "2024-04-20T22:34:49Z"}"#,
        problems: &["too-many-tokens"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: AddMachineInput) -> Result<Self, OperationError> {
        let AddMachineInput {
            label,
            certificate,
            days,
            actions,
            case,
        } = input;
        let for_what = wanted(&label, days, &actions, case.as_deref())?;
        if certificate.len() > TEXT_MOST {
            return Err(OperationError::invalid(
                "certificate",
                "must be at most 16384 characters",
            ));
        }
        let certificate = MachineCertificate::parse(&certificate)
            .map_err(|error| OperationError::invalid("certificate", error))?;
        Ok(Self(MachineWanted {
            for_what,
            certificate,
        }))
    }
}
