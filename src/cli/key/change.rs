//! What the commands that change slots share: on a served vault, or on a directory.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::cli::{answer, streams};
use crate::client::{Client, key};
use crate::operations::case::MoveInput;
use crate::operations::key::{
    CarryOutSlotChange, DecideSlotChange, ListSlots, RequestSlotChange, RotateCaseKey,
    SlotChangeInput,
};
use crate::operations::two_person::DecisionInput;
use crate::operations::{Ids, Request};
use crate::vault::{Operation, Vault};

/// Where the change is asked for, and why.
#[derive(Args)]
pub(super) struct Asking {
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    place: Place,
}

/// A served vault, or a directory.
#[derive(Args)]
pub(super) struct Place {
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl Asking {
    /// Asks for the change with these members.
    pub(super) fn ask(self, mut change: Value) -> Result<(), CliError> {
        if let Some(members) = change.as_object_mut() {
            members.insert("reason".to_owned(), self.reason.into());
        }
        let json = self.place.client.output.json;
        let told = match self.place.local.given() {
            Some(local) => {
                let input: SlotChangeInput = input(change)?;
                let act = RequestSlotChange::read(&Ids::new(Vec::new()), input)?;
                answer::read(local.perform(act)?)?
            }
            None => key::ask(&self.place.client, &change)?,
        };
        streams::words("another administrator decides: `breachvault key decide`");
        answer::show(&told, json)
    }

    /// Decides the change that waits.
    pub(super) fn decide(self, decision: &str) -> Result<(), CliError> {
        let json = self.place.client.output.json;
        let told = match self.place.local.given() {
            Some(local) => {
                let members = json!({ "decision": decision, "reason": self.reason });
                let members: DecisionInput = input(members)?;
                let act = DecideSlotChange::read(&Ids::new(Vec::new()), members)?;
                answer::read(local.perform(act)?)?
            }
            None => key::decide(&self.place.client, decision, &self.reason)?,
        };
        answer::show(&told, json)
    }

    /// Carries out the change; answers what it did, with what is handed out once.
    pub(super) fn carry_out(self) -> Result<(Value, bool), CliError> {
        let json = self.place.client.output.json;
        let told = match self.place.local.given() {
            Some(local) => {
                let members: MoveInput = input(json!({ "reason": self.reason }))?;
                let act = CarryOutSlotChange::read(&Ids::new(Vec::new()), members)?;
                // After a new root everything is sealed again here, because nobody else would.
                let reply = local.act(|vault, caller| {
                    let reply = vault.perform(caller, act)?;
                    if vault.rotations().iter().any(|one| one.case.is_none()) {
                        rotated(vault)?;
                    }
                    Ok(reply)
                })?;
                answer::read(reply)?
            }
            None => key::carry_out(&self.place.client, &self.reason)?,
        };
        Ok((told, json))
    }
}

impl Asking {
    /// Gives a case a new key. Says whether the rotation has ended: on a directory it is ended here, because nobody
    /// else would.
    pub(super) fn rotate_case(self, case: &str) -> Result<(Value, bool, bool), CliError> {
        let json = self.place.client.output.json;
        let Some(local) = self.place.local.given() else {
            let told = key::rotate_case(&self.place.client, case, &self.reason)?;
            return Ok((told, json, false));
        };
        let members: MoveInput = input(json!({ "reason": self.reason }))?;
        let ids = Ids::new(vec![("case".to_owned(), case.to_owned())]);
        let act = RotateCaseKey::read(&ids, members)?;
        let reply = local.act(|vault, caller| {
            let reply = vault.perform(caller, act)?;
            rotated(vault)?;
            Ok(reply)
        })?;
        Ok((answer::read(reply)?, json, true))
    }
}

impl Place {
    /// The slots, and the change that waits.
    pub(super) fn slots(self) -> Result<(Value, bool), CliError> {
        let json = self.client.output.json;
        let told = match self.local.given() {
            Some(local) => performed(&local, ListSlots)?,
            None => key::slots(&self.client)?,
        };
        Ok((told, json))
    }
}

fn performed<O: Operation>(
    local: &crate::cli::local::Local,
    operation: O,
) -> Result<Value, CliError> {
    answer::read(local.perform(operation)?)
}

fn rotated(vault: &Vault) -> Result<(), CliError> {
    let ended = vault.rotate();
    let ended = ended.map_err(|fault| CliError::failed(format!("{fault}; the next start goes on")));
    ended.map(drop)
}

fn input<T: serde::de::DeserializeOwned>(members: Value) -> Result<T, CliError> {
    serde_json::from_value(members).map_err(|_| CliError::usage("a member is missing"))
}
