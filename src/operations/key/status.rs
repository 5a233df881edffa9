//! How the keyring stands: generation, slots, number of cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::keyring::KeyringStatus;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct KeyStatus;

/// The keyring seen from outside; nothing in it is secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyState {
    pub vault: String,
    /// Grows with every change of the keyring.
    pub generation: u64,
    pub slots: Vec<SlotState>,
    /// How many cases have a key.
    pub cases: Option<usize>,
}

/// One way to unlock.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotState {
    pub kind: &'static str,
    /// The generation at which it was written.
    pub since: u64,
    pub memory_kib: u32,
    pub passes: u32,
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

impl Answer for KeyState {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for KeyStatus {
    type Input = Empty;
    type Output = KeyState;
    const SUMMARY: &'static str = "How the keyring stands; nothing secret";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
