//! What is done after the root got a successor: everything that is sealed under the vault's own keys of before is
//! sealed again, and then those keys leave the keyring.
//!
//! That the keyring has two keys of the vault says that this is under way; nothing else does. So it can be interrupted
//! after each step, and goes on at the next call, in any process that opens the vault. Details of leaves that are of no
//! case follow some at a time, then the small rows, then the high-water mark. The sums of the control rows
//! come last, in one commit: as long as anything is under a key of before, so is the seal over them, and a start or a
//! restore with another keyring is refused by that.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::own_acts::{RenewControl, ResealOwnDetails, ResealOwnRows, RetireOwn, rows_left};
use super::{DETAILS, PASSES, RotateError};
use crate::vault::call::caller::Caller;
use crate::vault::door::Vault;
use crate::vault::error::OperationError;
use crate::vault::plaintext::{Aad, KeyId, Nonces};
use crate::vault::store::detail_rows;

impl Vault {
    /// Goes on with the rotation of the root, if one is under way. Answers whether it ended one.
    pub(super) fn rotate_own(&self) -> Result<bool, RotateError> {
        if !self.core.keys().root_rotates() {
            return Ok(false);
        }
        let ended = self.reseal_own();
        match &ended {
            Ok(()) => self.core.rotations.ended(None),
            Err(error) if error.is_fault() => self.core.rotations.failed(None),
            Err(_) => {}
        }
        ended.map(|()| true)
    }

    fn reseal_own(&self) -> Result<(), RotateError> {
        let _turn = self.core.rotations.turn();
        let key = self.core.keys().root_keys().key_id();
        self.count_own(key)?;
        for pass in 1..=PASSES {
            self.reseal_own_details(key)?;
            self.reseal_own_rows(key)?;
            self.reseal_own_mark(key)?;
            self.renew_control(key)?;
            match self.own_left(key)? {
                None => break,
                Some(place) if pass == PASSES => return Err(RotateError::Left(place)),
                Some(_) => {}
            }
        }
        self.own_goes_on()?;
        self.until_nobody_reads_older(None)?;
        self.perform(&Caller::system(), RetireOwn { key })?;
        Ok(())
    }

    fn reseal_own_details(&self, key: KeyId) -> Result<(), RotateError> {
        let mut after = None;
        loop {
            let mut details = {
                let reader = self.core.readers.snapshot()?;
                let place = (after, DETAILS);
                detail_rows::under_other_vault_key(reader.connection()?, key.front(), place)?
            };
            let Some((last, _)) = details.last() else {
                return Ok(());
            };
            after = Some(*last);
            self.own_goes_on()?;
            {
                let keys = self.core.keys();
                let mut nonces = Nonces::new(&*self.core.entropy);
                for (seq, sealed) in &mut details {
                    let nonce = nonces.take().map_err(OperationError::from)?;
                    let place = Aad::detail(&self.core.vault, *seq);
                    let sealer = keys.root_keys().details();
                    sealer
                        .reseal(nonce, &place, sealed)
                        .map_err(|_| RotateError::Case)?;
                }
            }
            let bytes = details.iter().map(|(_, sealed)| sealed.len() as u64).sum();
            self.perform(&Caller::system(), ResealOwnDetails { key, details })?;
            self.core.rotations.did(None, bytes);
        }
    }

    fn reseal_own_rows(&self, key: KeyId) -> Result<(), RotateError> {
        loop {
            let left = {
                let reader = self.core.readers.snapshot()?;
                rows_left(reader.connection()?, key)?
            };
            if left.is_none() {
                return Ok(());
            }
            self.own_goes_on()?;
            self.perform(&Caller::system(), ResealOwnRows { key })?;
        }
    }

    /// The high-water mark is a file, so no leaf is over it.
    fn reseal_own_mark(&self, key: KeyId) -> Result<(), RotateError> {
        if is_under_another(&self.core.paths.high_water_mark(), key)? {
            self.ledger.stager().mark()?;
        }
        Ok(())
    }

    fn renew_control(&self, key: KeyId) -> Result<(), RotateError> {
        let renewed = {
            let reader = self.core.readers.snapshot()?;
            reader.connection()?.control_key() == Some(key.number())
        };
        if !renewed {
            self.own_goes_on()?;
            self.perform(&Caller::system(), RenewControl { key })?;
        }
        Ok(())
    }

    /// A place in which something names another key of the vault.
    fn own_left(&self, key: KeyId) -> Result<Option<&'static str>, RotateError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        if !detail_rows::under_other_vault_key(connection, key.front(), (None, 1))?.is_empty() {
            return Ok(Some("detail"));
        }
        if is_under_another(&self.core.paths.high_water_mark(), key)? {
            return Ok(Some("high-water-mark"));
        }
        if connection.control_key() != Some(key.number()) {
            return Ok(Some("checkpoint"));
        }
        Ok(rows_left(connection, key)?)
    }

    /// Counts how much there is to do, for those who watch. The details are nearly all of it.
    fn count_own(&self, key: KeyId) -> Result<(), RotateError> {
        let reader = self.core.readers.snapshot()?;
        let (all, done) = detail_rows::bytes_of_vault(reader.connection()?, key.front())?;
        self.core.rotations.goes_on(None, all, done);
        Ok(())
    }

    fn own_goes_on(&self) -> Result<(), RotateError> {
        match self.core.rotations.may_go_on() {
            true => Ok(()),
            false => Err(RotateError::MakesWay),
        }
    }
}

/// Whether a file is there and names another key.
fn is_under_another(path: &Path, key: KeyId) -> Result<bool, RotateError> {
    match fs::read(path) {
        Ok(sealed) => Ok(KeyId::of_sealed(&sealed) != Some(key)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(_) => Err(RotateError::Case),
    }
}
