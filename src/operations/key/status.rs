//! Keyring status: generation, slots, number of cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::keyring::KeyringStatus;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Reads the status of the keyring, for administrators.
pub struct KeyStatus;

/// The status of the keyring. Nothing in it is secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyState {
    /// The id of the vault.
    pub vault: String,
    /// The generation of the keyring; it grows by one with every write.
    pub generation: u64,
    /// The ways to unlock the keyring, in the order of the file.
    pub slots: Vec<SlotState>,
    /// How many cases have a key; null while the keyring is locked.
    pub cases: Option<usize>,
}

/// One way to unlock the keyring.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotState {
    /// The kind of slot: `passphrase`.
    pub kind: &'static str,
    /// The generation in which the slot was written.
    pub since: u64,
    /// The memory of Argon2id (RFC 9106), in KiB.
    pub memory_kib: u32,
    /// The passes of Argon2id.
    pub passes: u32,
    /// The lanes of Argon2id.
    pub lanes: u32,
}

impl From<KeyringStatus> for KeyState {
    fn from(status: KeyringStatus) -> Self {
        let slots = status.slots.iter().map(|slot| SlotState {
            kind: slot.kind,
            since: slot.since,
            memory_kib: slot.argon2id.memory_kib(),
            passes: slot.argon2id.passes(),
            lanes: slot.argon2id.lanes(),
        });
        Self {
            vault: status.vault.as_str().to_owned(),
            generation: status.generation,
            slots: slots.collect(),
            cases: status.cases,
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
        Ok(scope.key_status().into())
    }
}

impl Request for KeyStatus {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readKeyStatus",
        tag: "Keys",
        summary: "Read the status of the keyring",
        description: "Generation, ways to unlock, and how many cases have a key. Nothing in it is secret.",
        request: "",
        answer: r#"{"vault": "v_0123456789abcdefghjk", "generation": 3, "slots": [{"kind":
            "passphrase", "since": 1, "memory_kib": 65536, "passes": 3, "lanes": 4}], "cases":
            1}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
