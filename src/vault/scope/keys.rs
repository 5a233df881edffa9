//! The keyring, through the door: its state, and a new passphrase.

use std::sync::PoisonError;

use super::Scope;
use crate::policy::{Action, ActionKind, Seat, actions, allows_seat};
use crate::vault::error::OperationError;
use crate::vault::key_ages::KeyDue;
use crate::vault::keyring::{KeyringStatus, NewPassphrase};

impl Scope<'_, actions::RotateKek> {
    /// A new KEK in place of the old one; answers the keyring's new generation.
    /// The file is on disk before the leaf is: if the leaf cannot be made durable
    /// after it, the new passphrase holds all the same, and the leaf of the next
    /// start says the generation.
    pub fn rotate_kek(&mut self, passphrase: &NewPassphrase) -> Result<u64, OperationError> {
        let mut keyring = self
            .core
            .keyring
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        keyring.change_passphrase(passphrase, self.now, &*self.core.entropy)?;
        let generation = keyring.generation();
        drop(keyring);
        self.notes.generation = Some(generation);
        Ok(generation)
    }
}

impl<A: Action> Scope<'_, A> {
    /// Generation, slots and number of cases; nothing secret.
    pub fn key_status(&self) -> KeyringStatus {
        self.core.keys().status()
    }

    /// The same, with the keys that have a date, if the caller may know it.
    pub fn told_key_status(&self) -> Result<Option<(KeyringStatus, Vec<KeyDue>)>, OperationError> {
        match allows_seat(ActionKind::KeyStatus, Seat::Home(self.home_role()?)) {
            true => Ok(Some((self.key_status(), self.key_dues()?))),
            false => Ok(None),
        }
    }
}
