//! `POST /keys/slots/change`: an administrator asks for a new slot of the keyring, for the end of one, for new signing
//! keys, or for a new root.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Moment, Reason, SlotLabel, words};
use crate::evidence::{Recipient, RecipientError};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::keyring::{MOST_RECIPIENTS, SlotWanted, is_age_recipient};
use crate::vault::scope::{Scope, SlotChange};
use crate::vault::{Operation, OperationError, Target, Why};

/// Asks for a change of the keyring's slots.
pub struct RequestSlotChange {
    change: SlotChange,
    why: Why,
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotChangeInput {
    /// `add`, `remove`, `new-signing-keys` or `rotate-root`.
    #[schema(value_type = SlotStep)]
    pub change: String,
    /// To add: `passphrase`, `shares`, `age` or `command`.
    #[schema(value_type = Option<SlotKind>)]
    pub kind: Option<String>,
    /// To add: what people call it.
    #[schema(value_type = Option<SlotLabel>)]
    pub label: Option<String>,
    /// To add shares: how many are needed.
    #[schema(minimum = 2, maximum = 16)]
    pub needed: Option<u8>,
    /// To add shares: how many there are.
    #[schema(minimum = 2, maximum = 16)]
    pub shares: Option<u8>,
    /// To add a slot for age: recipients, each `age1…`.
    pub recipients: Option<Vec<String>>,
    /// To remove: the number of the slot.
    pub slot: Option<u32>,
    /// Why, in 10 to 500 characters.
    #[schema(value_type = Reason)]
    pub reason: String,
}

words! {
    /// What becomes of the keyring.
    pub enum SlotStep {
        /// A new slot.
        Add => "add",
        /// A slot that goes.
        Remove => "remove",
        /// No slot: new keys that sign the log and packages.
        NewSigningKeys => "new-signing-keys",
        /// No slot: a new root, and new signing keys with it.
        RotateRoot => "rotate-root",
    }
}

words! {
    /// The kind of a slot.
    pub enum SlotKind {
        /// Opens with a passphrase.
        Passphrase => "passphrase",
        /// Opens with some of several shares.
        Shares => "shares",
        /// Opens with an age identity.
        Age => "age",
        /// Opens with the program of the configuration.
        Command => "command",
    }
}

/// A change that waits for somebody else.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotChangeAsked {
    /// The state: `requested`.
    pub state: &'static str,
    /// Until when another administrator can decide it.
    pub expires_at: Moment,
}

impl Operation for RequestSlotChange {
    type Action = actions::RequestSlotChange;
    type Answer = SlotChangeAsked;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SlotChangeAsked, OperationError> {
        let expires_at = scope.request_slot_change(&self.change, &self.why)?;
        Ok(SlotChangeAsked {
            state: "requested",
            expires_at,
        })
    }
}

impl Request for RequestSlotChange {
    type Input = SlotChangeInput;
    const DOCS: Docs = Docs {
        id: "requestSlotChange",
        tag: "Keys",
        summary: "Ask for a new slot of the keyring, the end of one, new signing keys, or a new root",
        description: "Another administrator decides, and whoever asked carries it out. One change is under way at a \
            time. The last slot cannot be removed, nor the last that is known to open. docs/keyring.md has the kinds, \
            and what follows from new signing keys and a new root.",
        request: r#"{"change": "add", "kind": "shares", "label": "board", "needed": 2, "shares": 3,
            "reason": "the passphrase is known to one person only"}"#,
        answer: r#"{"state": "requested", "expires_at": "2024-04-03T09:00:00Z"}"#,
        problems: &["keyring-slots"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: SlotChangeInput) -> Result<Self, OperationError> {
        let why = only_reason(&input.reason)?;
        let step: SlotStep = input
            .change
            .parse()
            .map_err(|error| OperationError::invalid("change", error))?;
        let change = match step {
            SlotStep::Add => {
                nothing("slot", input.slot.is_some())?;
                added(&input)?
            }
            SlotStep::Remove => {
                nothing("kind", input.kind.is_some())?;
                nothing("label", input.label.is_some())?;
                only_of(&input, None)?;
                let slot = input.slot.ok_or_else(|| missing("slot"))?;
                SlotChange::Remove(slot)
            }
            SlotStep::NewSigningKeys | SlotStep::RotateRoot => {
                nothing("kind", input.kind.is_some())?;
                nothing("label", input.label.is_some())?;
                nothing("slot", input.slot.is_some())?;
                only_of(&input, None)?;
                match step {
                    SlotStep::RotateRoot => SlotChange::NewRoot,
                    _ => SlotChange::NewSigningKeys,
                }
            }
        };
        Ok(Self { change, why })
    }
}

fn added(input: &SlotChangeInput) -> Result<SlotChange, OperationError> {
    let label = input.label.as_deref().ok_or_else(|| missing("label"))?;
    let label = SlotLabel::parse(label).map_err(|rule| OperationError::invalid("label", rule))?;
    let kind = input.kind.as_deref().ok_or_else(|| missing("kind"))?;
    let kind: SlotKind = kind
        .parse()
        .map_err(|error| OperationError::invalid("kind", error))?;
    only_of(input, Some(kind))?;
    let wanted = match kind {
        SlotKind::Passphrase => SlotWanted::Passphrase,
        SlotKind::Command => SlotWanted::Command,
        SlotKind::Shares => SlotWanted::Shares {
            k: input.needed.ok_or_else(|| missing("needed"))?,
            n: input.shares.ok_or_else(|| missing("shares"))?,
        },
        SlotKind::Age => SlotWanted::Age {
            recipients: recipients(input.recipients.as_deref().unwrap_or_default())?,
        },
    };
    Ok(SlotChange::Add(label, wanted))
}

/// Members that only one kind of slot has.
fn only_of(input: &SlotChangeInput, kind: Option<SlotKind>) -> Result<(), OperationError> {
    nothing(
        "needed",
        input.needed.is_some() && kind != Some(SlotKind::Shares),
    )?;
    nothing(
        "shares",
        input.shares.is_some() && kind != Some(SlotKind::Shares),
    )?;
    nothing(
        "recipients",
        input.recipients.is_some() && kind != Some(SlotKind::Age),
    )
}

/// Plain recipients are checked whole; those of a plugin have their form, and the `age` command checks the rest.
fn recipients(texts: &[String]) -> Result<Vec<String>, OperationError> {
    if !(1..=MOST_RECIPIENTS).contains(&texts.len()) {
        let rule = format!("must be 1 to {MOST_RECIPIENTS} age recipients");
        return Err(OperationError::invalid("recipients", rule));
    }
    let each = texts.iter().enumerate().map(|(no, text)| {
        let refused =
            |rule: RecipientError| OperationError::invalid(format!("recipients[{no}]"), rule);
        match text.parse::<Recipient>() {
            Ok(recipient) => Ok(recipient.as_str().to_owned()),
            Err(RecipientError::OtherKind) if is_age_recipient(text) => Ok(text.clone()),
            Err(rule) => Err(refused(rule)),
        }
    });
    each.collect()
}

fn nothing(at: &str, there: bool) -> Result<(), OperationError> {
    match there {
        true => Err(OperationError::invalid(
            at,
            "does not belong to this change",
        )),
        false => Ok(()),
    }
}

fn missing(at: &str) -> OperationError {
    OperationError::invalid(at, "is needed for this change")
}
