//! Keyring status: generation, slots, number of cases, and which keys are due.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, Moment};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::{Action, actions};
use crate::vault::keyring::{Argon2Params, Fingerprint, KeyringStatus};
use crate::vault::scope::Scope;
use crate::vault::{KeyDue, Operation, OperationError, RotationProgress, Target};

/// Reads the status of the keyring, for administrators.
pub struct KeyStatus;

/// The status of the keyring. Nothing in it is secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyState {
    /// The id of the vault.
    pub vault: String,
    /// The fingerprint of the vault, which is on each share.
    pub fingerprint: String,
    /// The generation of the keyring; it grows by one with every write.
    pub generation: u64,
    /// The ways to unlock the keyring, in the order of the file.
    pub slots: Vec<SlotState>,
    /// How many cases have a key; null while the keyring is locked.
    pub cases: Option<usize>,
    /// The keys that have a date by which they are to be made anew, the earliest first. Of cases all that are due, and
    /// the next one.
    pub dates: Vec<KeyDue>,
    /// The generation at which the root of the keyring came in.
    pub root_since: u64,
    /// When that was.
    pub root_made_at: Moment,
    /// What is being rotated: the root, and the keys of cases; empty while the keyring is locked.
    pub rotations: Vec<RotationState>,
}

/// How far the rotation of a case's key is, or that of the root.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotationState {
    /// The case; null for the root.
    pub case: Option<CaseId>,
    /// How many bytes there are to be sealed again; null for a moment after a start.
    pub bytes: Option<u64>,
    /// How many of them are under the new key.
    pub bytes_done: u64,
    /// How many a second; null while that cannot be told.
    pub bytes_per_second: Option<u64>,
    /// Whether a fault is in the way; `doctor` says which. It is tried again.
    pub held_up: bool,
}

impl RotationState {
    /// What gets new keys, in words.
    pub fn of(&self) -> String {
        match &self.case {
            Some(case) => case.to_string(),
            None => "the vault itself, after a new root".to_owned(),
        }
    }

    /// How far it is, in words.
    pub fn in_words(&self) -> String {
        const MB: u64 = 1_000_000;
        let mut words = match self.bytes {
            Some(bytes) => format!("{} of {} MB", self.bytes_done / MB, bytes.div_ceil(MB)),
            None => "being counted".to_owned(),
        };
        if let Some(speed) = self.bytes_per_second {
            words.push_str(&format!(", {} MB/s", speed.div_ceil(MB)));
        }
        if self.held_up {
            words.push_str(", held up by a fault");
        }
        words
    }
}

impl From<RotationProgress> for RotationState {
    fn from(progress: RotationProgress) -> Self {
        Self {
            case: progress.case,
            bytes: progress.bytes,
            bytes_done: progress.done,
            bytes_per_second: progress.bytes_per_second,
            held_up: progress.held_up,
        }
    }
}

impl KeyState {
    /// That of the vault, with the rotations that are under way.
    pub(super) fn of<A: Action>(scope: &Scope<'_, A>) -> Result<Self, OperationError> {
        let (status, rotations) = scope.key_status();
        Ok(Self {
            rotations: rotations.into_iter().map(RotationState::from).collect(),
            ..Self::from((status, scope.key_dues()?))
        })
    }
}

/// One way to unlock the keyring.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotState {
    /// The number of the slot, which it keeps.
    pub slot: u32,
    /// The kind of slot: `passphrase`, `shares`, `age` or `command`.
    pub kind: &'static str,
    /// What people call it.
    pub label: String,
    /// The generation in which the slot was written.
    pub since: u64,
    /// When that was.
    pub made_at: Moment,
    /// Says which slot it is; of a set of shares it is on each share.
    pub fingerprint: String,
    /// Whether the keyring was opened with it at this start.
    pub opened: bool,
    /// The memory of Argon2id (RFC 9106), in KiB; null for other kinds than a passphrase.
    pub memory_kib: Option<u32>,
    /// The passes of Argon2id; null for other kinds than a passphrase.
    pub passes: Option<u32>,
    /// The lanes of Argon2id; null for other kinds than a passphrase.
    pub lanes: Option<u32>,
    /// How many shares are needed; null for other kinds than shares.
    pub needed: Option<u8>,
    /// How many shares there are; null for other kinds than shares.
    pub shares: Option<u8>,
    /// The age recipients who can open it; empty for other kinds than age.
    pub recipients: Vec<String>,
}

impl SlotState {
    /// What opens it, in words.
    pub fn opened_by(&self) -> String {
        match (self.needed.zip(self.shares), self.memory_kib) {
            (Some((needed, shares)), _) => format!("{needed} of {shares} shares"),
            (None, Some(memory)) => format!("a passphrase (Argon2id, {memory} KiB)"),
            (None, None) if self.recipients.is_empty() => {
                "the program of the configuration".to_owned()
            }
            (None, None) => format!("one of {} age identities", self.recipients.len()),
        }
    }
}

impl From<(KeyringStatus, Vec<KeyDue>)> for KeyState {
    fn from((status, dates): (KeyringStatus, Vec<KeyDue>)) -> Self {
        let opened_with = status.opened_with;
        let slots = status.slots.into_iter().map(|slot| SlotState {
            slot: slot.no,
            kind: slot.kind,
            label: slot.label,
            since: slot.since,
            made_at: slot.made,
            fingerprint: slot.fingerprint.to_string(),
            opened: opened_with == Some(slot.no),
            memory_kib: slot.argon2id.map(Argon2Params::memory_kib),
            passes: slot.argon2id.map(Argon2Params::passes),
            lanes: slot.argon2id.map(Argon2Params::lanes),
            needed: slot.shares.map(|(k, _)| k),
            shares: slot.shares.map(|(_, n)| n),
            recipients: slot.recipients,
        });
        Self {
            fingerprint: Fingerprint::of_vault(&status.vault).to_string(),
            vault: status.vault.as_str().to_owned(),
            generation: status.generation,
            root_since: status.root_since,
            root_made_at: status.root_made,
            slots: slots.collect(),
            cases: status.cases,
            rotations: Vec::new(),
            dates,
        }
    }
}

impl Operation for KeyStatus {
    type Action = actions::KeyStatus;
    type Answer = KeyState;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<KeyState, OperationError> {
        KeyState::of(scope)
    }
}

impl Request for KeyStatus {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readKeyStatus",
        tag: "Keys",
        summary: "Read the status of the keyring",
        description: "Generation, ways to unlock, how many cases have a key, which keys are due, and how far rotations \
            of case keys and of the root are. Nothing in it is secret.",
        request: "",
        answer: r#"{"vault": "v_0123456789abcdefghjk", "fingerprint": "89ab-cdef-0123-4567", "generation": 3,
            "slots": [{"slot": 0, "kind": "passphrase", "label": "first passphrase", "since": 1, "made_at":
            "2024-04-01T09:00:00Z", "fingerprint": "0123-4567-89ab-cdef", "opened": true, "memory_kib": 65536,
            "passes": 3, "lanes": 1, "needed": null, "shares": null, "recipients": []}], "cases": 1,
            "dates": [{"kind": "passphrase", "slot": 0, "since": "2024-04-01T09:00:00Z", "due_at":
            "2025-04-01T09:00:00Z", "due": false}], "rotations": [{"case": "c_0123456789abcdefghjk",
            "bytes": 140509184, "bytes_done": 41943040, "bytes_per_second": 330301440, "held_up": false}],
            "root_since": 1, "root_made_at": "2024-04-01T09:00:00Z"}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
