//! `key status`: shows the status of a keyring without opening it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::{streams, unlock};
use crate::operations::key::{KeyState, SlotState};
use crate::vault::Paths;

#[derive(Args)]
pub(in crate::cli) struct Status {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let locked = unlock::read_keyring(&Paths::of(&self.dir))?;
        let state = KeyState::from(locked.status());
        if self.json {
            return streams::json(&state);
        }
        streams::data(&format!(
            "vault: {}\nfingerprint: {}\ngeneration: {}",
            state.vault, state.fingerprint, state.generation
        ))?;
        for slot in &state.slots {
            streams::data(&format!(
                "slot {}: {}, {:?}, {}, since generation {} of {}{}",
                slot.slot,
                slot.kind,
                slot.label,
                slot.fingerprint,
                slot.since,
                slot.made_at,
                of_its_kind(slot)
            ))?;
        }
        Ok(())
    }
}

/// What only slots of one kind have.
fn of_its_kind(slot: &SlotState) -> String {
    if let (Some(memory), Some(passes), Some(lanes)) = (slot.memory_kib, slot.passes, slot.lanes) {
        return format!(", Argon2id {memory} KiB, {passes} passes, {lanes} lanes");
    }
    if let Some((needed, shares)) = slot.needed.zip(slot.shares) {
        return format!(", {needed} of {shares} shares");
    }
    slot.recipients
        .iter()
        .map(|one| format!(", {one}"))
        .collect()
}
