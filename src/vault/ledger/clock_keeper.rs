//! Keeps the vault's clock in the store, so that its time does not go back over a stop.
//!
//! Sees the key of operators' secrets, under which the row is sealed: nobody but the vault can
//! have written it. It goes with every commit of a later second, and once a minute.

use std::sync::Arc;

use super::control_seal::ControlFault;
use crate::vault::clock::{Clock, VaultClock};
use crate::vault::core::Core;
use crate::vault::keyring::Keyring;
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::store::{Snapshot, StoreError, Transaction, clock_rows, leaf_rows};

/// Goes on with the clock that the store has kept. A vault without a leaf has none yet.
pub(in crate::vault) fn resume(
    connection: &Snapshot,
    keyring: &Keyring,
    machine: Arc<dyn Clock>,
) -> Result<VaultClock, ControlFault> {
    let damaged = ControlFault::Table("clock");
    match clock_rows::find(connection)? {
        None if leaf_rows::count(connection)? == 0 => Ok(VaultClock::founded(machine)),
        None => Err(damaged),
        Some(sealed) => {
            let aad = Aad::clock(keyring.vault());
            let sealer = keyring.root_keys().operator_secrets();
            let kept = open_json(sealer, &aad, &sealed, "clock").map_err(|_| damaged)?;
            Ok(VaultClock::resumed(machine, kept))
        }
    }
}

/// Takes over what another node wrote down of the clock.
pub(super) fn follow(core: &Core, connection: &Snapshot) -> Result<(), ControlFault> {
    let damaged = ControlFault::Table("clock");
    let Some(sealed) = clock_rows::find(connection)? else {
        return Ok(());
    };
    let keys = core.keys();
    let (sealer, aad) = (keys.root_keys().operator_secrets(), Aad::clock(&core.vault));
    let kept = open_json(sealer, &aad, &sealed, "clock").map_err(|_| damaged)?;
    core.clock.follow(kept);
    Ok(())
}

/// Writes down where the clock stands, if the store has not got it.
pub(in crate::vault) fn keep(core: &Core, connection: &Transaction) -> Result<(), StoreError> {
    let Some(kept) = core.clock.to_keep() else {
        return Ok(());
    };
    let keys = core.keys();
    let sealed = core
        .seal_json(
            keys.root_keys().operator_secrets(),
            &Aad::clock(&core.vault),
            &kept,
        )
        .map_err(|_| StoreError::inconsistent("clock::seal"))?;
    clock_rows::put(connection, &sealed)
}
