//! The keyring, through the door: its state, a new passphrase, and a new key of a case.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::Scope;
use crate::policy::{Action, ActionKind, Denial, Seat, actions, allows_seat};
use crate::vault::call::receipt::Receipt;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::keyring::{KeyringStatus, NewPassphrase};
use crate::vault::rotations::RotationProgress;
use crate::vault::store::exhibit_rows;

impl Scope<'_, actions::RotateKek> {
    /// A new KEK in place of the old one; answers the keyring's new generation.
    /// The file is on disk before the leaf is: if the leaf cannot be made durable
    /// after it, the new passphrase holds all the same, and the leaf of the next
    /// start says the generation.
    pub fn rotate_kek(&mut self, passphrase: &NewPassphrase) -> Result<u64, OperationError> {
        let mut keyring = self.core.keyring_to_change()?;
        keyring.change_passphrase(passphrase, self.now, &*self.core.entropy)?;
        let generation = keyring.generation();
        drop(keyring);
        self.notes.generation = Some(generation);
        Ok(generation)
    }
}

impl Scope<'_, actions::RotateCaseKey> {
    /// A new key of the case, which seals from now on. Answers the keyring's new generation. As with the passphrase,
    /// the file is on disk before the leaf is: the rotation is under way then, whatever becomes of the leaf.
    pub fn rotate_case_key(&mut self) -> Result<u64, OperationError> {
        let case = self.case_row()?;
        if self.core.is_destroyed(case) {
            return Err(self.deny(Denial::CaseDestroyed));
        }
        // It seals under the key that was the newest when it began.
        if !exhibit_rows::staged(self.connection, Some(case.number))?.is_empty() {
            return Err(OperationError::Conflict(Conflict::AdmissionInProgress));
        }
        let mut keyring = self.core.keyring_to_change()?;
        if keyring.case_key_ids(&case.id).len() > 1 {
            return Err(OperationError::Conflict(Conflict::RotationUnderWay));
        }
        let key = keyring.add_case_key(&case.id, &*self.core.entropy)?;
        let generation = keyring.generation();
        drop(keyring);
        self.notes.generation = Some(generation);
        self.note_detail(json!({ "key": key.number() }));
        Ok(generation)
    }
}

/// A rotation that was begun by an act whose leaf is durable once there is a receipt.
pub struct RotationBegun(Arc<Core>);

impl RotationBegun {
    /// Lets the vault seal again what an older key sealed: the server within a second, or the next start.
    pub fn begin(self, _: &Receipt) {
        self.0.rotate_due.store(true, Ordering::Release);
    }
}

impl<A: Action> Scope<'_, A> {
    /// What lets the vault begin to seal again, once the leaf is durable.
    pub fn begin_rotation(&self) -> RotationBegun {
        RotationBegun(Arc::clone(self.core))
    }

    /// Generation, slots and number of cases, and the rotations of case keys and of the root that are under way, all of
    /// one moment; nothing secret.
    pub fn key_status(&self) -> (KeyringStatus, Vec<RotationProgress>) {
        self.core.key_status()
    }

    /// Whether the caller may know that.
    pub fn may_know_key_status(&self) -> Result<bool, OperationError> {
        let seat = Seat::Home(self.home_role()?);
        Ok(allows_seat(ActionKind::KeyStatus, seat))
    }
}
