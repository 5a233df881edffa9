//! `key slots`: the slots of the keyring, and the change of them that waits for somebody.

use clap::Args;
use serde_json::Value;

use super::change::Place;
use crate::cli::error::CliError;
use crate::cli::{answer, streams};

#[derive(Args)]
#[command(after_help = "Example:
  breachvault key slots --server https://vault.example:8443")]
pub(in crate::cli) struct Slots {
    #[command(flatten)]
    place: Place,
}

impl Slots {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let (told, json) = self.place.slots()?;
        if json {
            return streams::json(&told);
        }
        let slots = told.pointer("/keyring/slots").and_then(Value::as_array);
        for slot in slots.into_iter().flatten() {
            let cell = |name| slot.get(name).map(answer::plain).unwrap_or_default();
            streams::data(&format!(
                "{:<4} {:<12} {:<20} since generation {:<6} {}",
                cell("slot"),
                cell("kind"),
                cell("fingerprint"),
                cell("since"),
                cell("label"),
            ))?;
        }
        let rotations = told.pointer("/keyring/rotations").and_then(Value::as_array);
        for rotation in rotations.into_iter().flatten() {
            let case = rotation.get("case").is_some_and(|case| !case.is_null());
            streams::words(match case {
                true => "a case gets a new key:",
                false => "the vault itself gets new keys, after a new root:",
            });
            answer::show(rotation, false)?;
        }
        match told.get("change").filter(|change| !change.is_null()) {
            Some(change) => {
                streams::words("a change is under way:");
                answer::show(change, false)
            }
            None => Ok(()),
        }
    }
}
