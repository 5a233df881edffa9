//! `POST /tokens`: a token for a script of the caller, shown once.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, Title};
use crate::operations::{Docs, Ids, Request};
use crate::policy::{ActionKind, actions};
use crate::vault::scope::{Scope, TokenMade, TokenWanted};
use crate::vault::{Operation, OperationError, Target};

const DAYS_MOST: u16 = 90;

/// Makes a token for a script of the caller.
pub struct MakeToken(TokenWanted);

/// What the token is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeTokenInput {
    /// What its owner calls it.
    #[schema(value_type = Title)]
    pub label: String,
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

impl Operation for MakeToken {
    type Action = actions::MakeToken;
    type Answer = TokenMade;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        told(&self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<TokenMade, OperationError> {
        scope.make_token(&self.0)
    }
}

impl Request for MakeToken {
    type Input = MakeTokenInput;
    const DOCS: Docs = Docs {
        id: "makeToken",
        tag: "Sessions",
        summary: "Make a token for a script",
        description: "A program sends it as `Authorization: Bearer`, in the place of a session's token. It does what is \
            in `actions` and its owner may do at that moment, in one case or in all of theirs, and nothing else \
            (`beyond-token`); what it costs is paid from its owner's budgets. It is for `case.list`, `case.read`, \
            `exhibit.list`, `exhibit.difference`, `exhibit.duplicates`, `admission.read`, `record.lookup`, \
            `record.search`, `record.scope`, `audit.search`, `audit.volume`, `audit.read`, `audit.prove`, \
            `audit.checkpoint`, `audit.vkey`, `export.signer`, `clock.read` and `health.read` only. It is shown once, \
            ends after `days`, and earlier with its owner's account, password or second factor, or when it is revoked. \
            Only a session with a second factor or a passkey makes one, and nobody has more than 20 at a time.",
        request: r#"{"label": "nightly counts", "days": 30, "actions": ["record.scope"],
            "case": "c_0123456789abcdefghjk"}"#,
        answer: r#"{"token": "t_0123456789abcdefghjk", "secret":
            "bvt_00000000000000000000000000000000000000000000000000009pys0c", "expires_at": "2024-04-20T22:34:49Z"}"#,
        problems: &["too-many-tokens"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: MakeTokenInput) -> Result<Self, OperationError> {
        wanted(
            &input.label,
            input.days,
            &input.actions,
            input.case.as_deref(),
        )
        .map(Self)
    }
}

/// What a token or a machine is wanted for.
pub(in crate::operations) fn wanted(
    label: &str,
    days: u16,
    names: &[String],
    case: Option<&str>,
) -> Result<TokenWanted, OperationError> {
    let label = Title::parse(label).map_err(|error| OperationError::invalid("label", error))?;
    if !(1..=DAYS_MOST).contains(&days) {
        return Err(OperationError::invalid("days", "must be 1 to 90"));
    }
    if names.is_empty() || names.len() > 20 {
        return Err(OperationError::invalid("actions", "must be 1 to 20"));
    }
    let mut actions = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let action = ActionKind::named(name).filter(|action| action.is_for_scripts());
        let rule = "must be one that reads and needs no second person";
        let unfit = || OperationError::invalid(format!("actions[{place}]"), rule);
        actions.push(action.ok_or_else(unfit)?);
    }
    let case = case.map(|case| {
        let case: Result<CaseId, _> = case.parse();
        case.map_err(|error| OperationError::invalid("case", error))
    });
    Ok(TokenWanted {
        label,
        days,
        actions,
        case: case.transpose()?,
    })
}

/// The same for the leaf.
pub(in crate::operations) fn told(wanted: &TokenWanted) -> Value {
    let actions: Vec<&str> = wanted.actions.iter().map(|action| action.name()).collect();
    json!({
        "label": wanted.label.as_str(),
        "days": wanted.days,
        "actions": actions,
        "case": wanted.case,
    })
}
