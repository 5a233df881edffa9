//! `key status`: shows the status of a keyring without opening it, or that of a served vault, and which keys are due.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::{answer, settings, streams, unlock};
use crate::client::{Client, key};
use crate::operations::key::KeyState;
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
            return match self.client.output.json {
                true => streams::json(&told),
                false => in_lines(&told),
            };
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
        let told = serde_json::to_value(&state)
            .map_err(|_| CliError::failed("the state of the keyring could not be written"))?;
        in_lines(&told)?;
        streams::words("a served vault also says when its other keys are due: leave out --dir");
        Ok(())
    }
}

/// A line for the root, each slot and each date, and what is being rotated.
fn in_lines(state: &Value) -> Result<(), CliError> {
    for line in lines(state) {
        streams::data(&line)?;
    }
    for rotation in each(state, "rotations") {
        streams::words("under way, a new key for a case or a new root:");
        answer::show(rotation, false)?;
    }
    Ok(())
}

fn lines(state: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for name in ["vault", "fingerprint", "generation", "cases"] {
        if let Some(value) = member(state, name) {
            lines.push(format!("{name}: {}", answer::plain(value)));
        }
    }
    if let Some((since, made)) = member(state, "root_since").zip(member(state, "root_made_at")) {
        let (since, made) = (answer::plain(since), answer::plain(made));
        lines.push(format!("root: since generation {since} of {made}"));
    }
    for slot in each(state, "slots") {
        let cell = |name| member(slot, name).map(answer::plain).unwrap_or_default();
        lines.push(format!(
            "slot {}: {}, {:?}, {}, since generation {} of {}{}",
            cell("slot"),
            cell("kind"),
            cell("label"),
            cell("fingerprint"),
            cell("since"),
            cell("made_at"),
            of_its_kind(slot)
        ));
    }
    for one in each(state, "dates") {
        let cell = |name| member(one, name).map(answer::plain);
        let slot = cell("slot").map(|no| format!(" of slot {no}"));
        let case = cell("case").map(|case| format!(" {case}"));
        let due = member(one, "due").and_then(Value::as_bool) == Some(true);
        lines.push(format!(
            "{}{}: {} {}",
            cell("kind").unwrap_or_default(),
            slot.or(case).unwrap_or_default(),
            if due { "due since" } else { "due at" },
            cell("due_at").unwrap_or_default()
        ));
    }
    lines
}

/// A member that is there and not null.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|found| !found.is_null())
}

fn each<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let list = value.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// What only slots of one kind have.
fn of_its_kind(slot: &Value) -> String {
    let number = |name| member(slot, name).and_then(Value::as_u64);
    if let (Some(memory), Some(passes), Some(lanes)) =
        (number("memory_kib"), number("passes"), number("lanes"))
    {
        return format!(", Argon2id {memory} KiB, {passes} passes, {lanes} lanes");
    }
    if let Some((needed, shares)) = number("needed").zip(number("shares")) {
        return format!(", {needed} of {shares} shares");
    }
    let recipients = each(slot, "recipients").map(answer::plain);
    recipients.map(|one| format!(", {one}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_served_vault_says_has_a_line_for_each_slot_and_each_date() {
        let told = json!({
            "vault": "v", "fingerprint": "f", "generation": 7, "cases": null, "root_since": 2, "root_made_at": "t",
            "slots": [
                { "slot": 0, "kind": "passphrase", "label": "first", "fingerprint": "a", "since": 1, "made_at": "t",
                  "memory_kib": 65536, "passes": 3, "lanes": 1, "recipients": [] },
                { "slot": 1, "kind": "shares", "label": "board", "fingerprint": "b", "since": 3, "made_at": "t",
                  "needed": 2, "shares": 3, "recipients": [] },
                { "slot": 2, "kind": "age", "label": "safe", "fingerprint": "c", "since": 4, "made_at": "t",
                  "recipients": ["age1x"] },
            ],
            "dates": [
                { "kind": "shares", "slot": 1, "due": true, "due_at": "u" },
                { "kind": "case", "case": "c_1", "due": false, "due_at": "w" },
                { "kind": "signing-keys", "due": false, "due_at": "x" },
            ],
        });
        let expected = [
            "vault: v",
            "fingerprint: f",
            "generation: 7",
            "root: since generation 2 of t",
            "slot 0: passphrase, \"first\", a, since generation 1 of t, Argon2id 65536 KiB, 3 passes, 1 lanes",
            "slot 1: shares, \"board\", b, since generation 3 of t, 2 of 3 shares",
            "slot 2: age, \"safe\", c, since generation 4 of t, age1x",
            "shares of slot 1: due since u",
            "case c_1: due at w",
            "signing-keys: due at x",
        ];
        assert_eq!(lines(&told), expected);
    }
}
