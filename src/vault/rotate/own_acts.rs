//! The acts of a rotation of the root, each with its leaf; those of no case. The vault itself does them.

use serde_json::json;

use crate::policy::{Action, actions};
use crate::vault::call::done::Done;
use crate::vault::call::target::Target;
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::ledger::elements_of;
use crate::vault::plaintext::{Aad, KeyId, Nonces, Sealer};
use crate::vault::scope::Scope;
use crate::vault::store::{
    Snapshot, StoreError, case_rows, clock_rows, detail_rows, operator_rows, session_rows,
    slot_change_rows,
};

/// How many rows one act seals again.
const MOST: usize = 256;

/// Some details of leaves of no case come under the new key.
pub(super) struct ResealOwnDetails {
    pub(super) key: KeyId,
    pub(super) details: Vec<(u64, Vec<u8>)>,
}

impl Operation for ResealOwnDetails {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        is_newest(scope, self.key)?;
        let rows = scope.transaction()?;
        for (seq, sealed) in &self.details {
            detail_rows::reseal(rows, *seq, sealed)?;
        }
        Ok(Done)
    }
}

/// The small rows of the vault come under the new key, some at a time.
pub(super) struct ResealOwnRows {
    pub(super) key: KeyId,
}

impl Operation for ResealOwnRows {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        is_newest(scope, self.key)?;
        let rows = scope.transaction()?;
        let keys = scope.core.keys();
        let (vault, own) = (&scope.core.vault, keys.root_keys());
        let mut nonces = Nonces::new(&*scope.core.entropy);
        let mut room = MOST;
        let mut again = |sealer: &dyn Sealer, place: &Aad, sealed: &[u8]| {
            if !is_older(sealed, self.key) || room == 0 {
                return Ok(None);
            }
            room -= 1;
            let mut made = sealed.to_vec();
            let resealed = sealer.reseal(nonces.take()?, place, &mut made);
            resealed.map_err(|_| OperationError::Damaged {
                place: "a row of the vault".to_owned(),
            })?;
            Ok::<_, OperationError>(Some(made))
        };
        for operator in operator_rows::list(rows)? {
            let place = Aad::operator_secret(vault, &operator.id);
            if let Some(made) = again(own.operator_secrets(), &place, &operator.sealed)? {
                operator_rows::reseal(rows, &operator.id, &made)?;
            }
        }
        for (id, sealed) in session_rows::scopes(rows)? {
            let place = Aad::token_scope(vault, &id);
            if let Some(made) = again(own.operator_secrets(), &place, &sealed)? {
                session_rows::reseal_scope(rows, &id, &made)?;
            }
        }
        for case in case_rows::list(rows)? {
            let place = Aad::remains(vault, &case.id);
            if let Some(made) = again(own.details(), &place, &case.sealed)? {
                case_rows::describe(rows, case.number, &made)?;
            }
        }
        if let Some(sealed) = slot_change_rows::find(rows)?
            && let Some(made) = again(own.operator_secrets(), &Aad::slot_change(vault), &sealed)?
        {
            slot_change_rows::put(rows, &made)?;
        }
        if let Some(sealed) = clock_rows::find(rows)?
            && let Some(made) = again(own.operator_secrets(), &Aad::clock(vault), &sealed)?
        {
            clock_rows::put(rows, &made)?;
        }
        Ok(Done)
    }
}

/// The sums of the control rows are made anew, of elements of the new key, and sealed under it.
pub(super) struct RenewControl {
    pub(super) key: KeyId,
}

impl Operation for RenewControl {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        is_newest(scope, self.key)?;
        let elements = {
            let keys = scope.core.keys();
            let control = keys.root_keys().control(self.key);
            let control = control.ok_or(OperationError::Internal("no keys of control rows"))?;
            elements_of(control)
        };
        scope.transaction()?.renew_control(elements)?;
        Ok(Done)
    }
}

/// Nothing is under a key of the vault of before any more: they leave the keyring.
pub(super) struct RetireOwn {
    pub(super) key: KeyId,
}

impl Operation for RetireOwn {
    type Action = actions::RetireCaseKey;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    /// The file is on disk before the leaf is, as with the key of a case.
    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        is_newest(scope, self.key)?;
        let rows = scope.transaction()?;
        let renewed = rows.control_key() == Some(self.key.number());
        if !renewed || rows_left(rows, self.key)?.is_some() {
            return Err(OperationError::Internal("an older key is still in use"));
        }
        let mut keyring = scope.core.keyring_to_change()?;
        keyring.retire_vault_keys(&*scope.core.entropy)?;
        let generation = keyring.generation();
        drop(keyring);
        scope.notes.generation = Some(generation);
        scope.note_detail(json!({ "key": self.key.number() }));
        Ok(Done)
    }
}

/// A table in which a row names another key of the vault than this one.
pub(super) fn rows_left(
    connection: &Snapshot,
    key: KeyId,
) -> Result<Option<&'static str>, StoreError> {
    let old = |sealed: &[u8]| is_older(sealed, key);
    let operators = operator_rows::list(connection)?;
    if operators.iter().any(|operator| old(&operator.sealed)) {
        return Ok(Some("operator"));
    }
    let scopes = session_rows::scopes(connection)?;
    if scopes.iter().any(|(_, scope)| old(scope)) {
        return Ok(Some("session"));
    }
    let cases = case_rows::list(connection)?;
    if cases.iter().any(|case| old(&case.sealed)) {
        return Ok(Some("cases"));
    }
    if slot_change_rows::find(connection)?.is_some_and(|sealed| old(&sealed)) {
        return Ok(Some("slot_change"));
    }
    let clock = clock_rows::find(connection)?;
    Ok(clock.is_some_and(|sealed| old(&sealed)).then_some("clock"))
}

/// Whether something is sealed under another key of the vault. What is under a key of a case is not meant.
fn is_older(sealed: &[u8], key: KeyId) -> bool {
    KeyId::of_sealed(sealed).is_some_and(|named| named.is_of_vault() && named != key)
}

fn is_newest<A: Action>(scope: &Scope<'_, A>, key: KeyId) -> Result<(), OperationError> {
    match scope.core.keys().root_keys().key_id() == key {
        true => Ok(()),
        false => Err(OperationError::Internal("the vault has a newer key")),
    }
}
