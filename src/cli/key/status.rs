//! `key status`: shows the status of a keyring without opening it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::{streams, unlock};
use crate::operations::key::KeyState;
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
            "vault: {}\ngeneration: {}",
            state.vault, state.generation
        ))?;
        for (no, slot) in state.slots.iter().enumerate() {
            streams::data(&format!(
                "slot {no}: {}, since generation {}, Argon2id {} KiB, {} passes, {} lanes",
                slot.kind, slot.since, slot.memory_kib, slot.passes, slot.lanes
            ))?;
        }
        Ok(())
    }
}
