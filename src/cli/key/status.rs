//! `key status`: shows the status of a keyring without opening it, or that of a served vault, and which keys are due.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::{answer, settings, streams, unlock};
use crate::client::{Client, key};
use crate::operations::key::{KeyState, SlotState};
use crate::vault::clock::{Clock as _, SystemClock};
use crate::vault::{KeyDue, Paths};

#[derive(Args)]
#[command(after_help = "Examples:
  breachvault key status
  breachvault key status --dir /srv/vault")]
pub(in crate::cli) struct Status {
    /// A vault directory: its slots, without a passphrase. Without it a served vault is asked, which knows the dates of
    /// all keys
    #[arg(long, value_name = "D")]
    dir: Option<PathBuf>,
    /// With --dir, a configuration file: how old keys may be
    #[arg(long, value_name = "FILE", requires = "dir")]
    config: Option<PathBuf>,
    #[command(flatten)]
    client: Client,
}

impl Status {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let Some(dir) = &self.dir else {
            let told = key::status(&self.client)?;
            return answer::show(&told, self.client.output.json);
        };
        let locked = unlock::read_keyring(&Paths::of(dir))?;
        let ages = settings::read(self.config.as_deref())?.key_ages;
        let now = SystemClock.now();
        let status = locked.status();
        let slots = status.slots.iter();
        let dates = slots.filter_map(|slot| ages.due_slot(slot.kind, slot.no, slot.made, now));
        let mut dates: Vec<KeyDue> = dates.collect();
        dates.sort_by_key(|one| one.due_at);
        let state = KeyState::from((status, dates));
        if self.client.output.json {
            return streams::json(&state);
        }
        streams::data(&format!(
            "vault: {}\nfingerprint: {}\ngeneration: {}\nroot: since generation {} of {}",
            state.vault, state.fingerprint, state.generation, state.root_since, state.root_made_at
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
        for one in &state.dates {
            let slot = one.slot.map(|no| format!(" of slot {no}"));
            let due = if one.due { "due since" } else { "due at" };
            streams::data(&format!(
                "{}{}: {due} {}",
                one.kind,
                slot.unwrap_or_default(),
                one.due_at
            ))?;
        }
        streams::words("a served vault also says when its other keys are due: leave out --dir");
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
