//! The seal over the control rows: their sums, together with the log's size and root.
//!
//! It is written with every checkpoint, in the same row, and opens for the size of that checkpoint only, so that rows
//! and seal put back together are found too. It also says which rows were changed lately, for nodes that follow, and
//! names the keyring's generation, its slots and the cases with their keys, so that an older keyring is found, and one
//! of another copy of the vault, or of another node, that has as many changes.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use crate::domain::VaultId;
use crate::vault::audit::Tip;
use crate::vault::entropy::Entropy;
use crate::vault::keyring::{ControlKeys, Keyring, NamedKeyring};
use crate::vault::plaintext::{Aad, KeyId, Nonce};
use crate::vault::store::{
    ControlState, Elements, Recent, Snapshot, StoreError, Transaction, checkpoint_rows,
};

/// The control rows are not those that the vault wrote last.
#[derive(Debug, thiserror::Error)]
pub enum ControlFault {
    /// The database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no seal.
    #[error("the seal over the control rows is missing")]
    Missing,
    /// The seal does not open for the log's size and root.
    #[error("the seal over the control rows is not the one of the log's end")]
    Seal,
    /// The sum of this table's rows is not the sealed one.
    #[error("the rows of the table `{0}` are not what the vault wrote")]
    Table(&'static str),
    /// The keyring was put back: the log was written with a later one.
    #[error("the keyring is of generation {found}, and the log was written with {named}")]
    OldKeyring {
        /// The generation of the keyring file.
        found: u64,
        /// The generation in the seal.
        named: u64,
    },
    /// The keyring is of another copy of the vault, or of another node: as new as the log says, and with other slots or
    /// keys.
    #[error("the keyring does not have the slots and keys that the log was written with")]
    OtherKeyring,
    /// The seal names a vault key that the keyring does not have: the root got a successor since one of them, or
    /// before.
    #[error(
        "the keyring does not have the vault key of the log's end: one of them is from before the newest root"
    )]
    OtherRoot,
    /// The system gave no randomness, or sealing failed.
    #[error("the seal over the control rows could not be made")]
    NotSealed,
}

/// What a seal says.
pub(super) struct Sealed {
    /// The keyring that the log was written with.
    pub(super) named: NamedKeyring,
    /// What was changed lately.
    pub(super) recent: Recent,
    /// The sum of each table's rows, in the order of [`ControlState::tables`].
    pub(super) sums: Vec<[u8; 32]>,
}

/// Seals the sums as they are in this transaction.
pub(super) fn seal(
    transaction: &Transaction,
    keyring: &Keyring,
    entropy: &dyn Entropy,
    end: Tip,
    recent: &Recent,
) -> Result<Vec<u8>, ControlFault> {
    let mut plain = Vec::with_capacity(2048);
    plain.extend_from_slice(end.root.as_bytes());
    plain.extend_from_slice(&keyring.generation().to_be_bytes());
    plain.extend_from_slice(keyring.digest());
    plain.extend_from_slice(&recent.to_bytes());
    for (table, sum) in transaction.control_sums()? {
        plain.push(u8::try_from(table.len()).map_err(|_| ControlFault::NotSealed)?);
        plain.extend_from_slice(table.as_bytes());
        plain.extend_from_slice(&sum);
    }
    let nonce = Nonce::draw(entropy).map_err(|_| ControlFault::NotSealed)?;
    // Sums are of the elements of one key, and sealed under that one.
    let key = transaction.control_key().map(KeyId::new);
    let keys = key.and_then(|key| keyring.root_keys().control(key));
    let keys = keys.ok_or(ControlFault::NotSealed)?;
    keys.seal
        .seal(nonce, &aad(keyring.vault(), end), &plain)
        .map_err(|_| ControlFault::NotSealed)
}

/// Compares the keyring with the generation that the seal names, which must be the one of the log's end.
pub(super) fn verify_generation(
    connection: &Snapshot,
    keyring: &Keyring,
    end: Tip,
) -> Result<(), ControlFault> {
    verify_keyring(&read(connection, keyring, end)?.named, keyring)
}

/// Compares the control rows with the seal, which must be the one of the log's end. Answers which keyring that names:
/// the rows are verified by an older one too, as long as it has the vault's key.
pub(super) fn verify(
    connection: &Snapshot,
    keyring: &Keyring,
    end: Tip,
) -> Result<NamedKeyring, ControlFault> {
    let sealed = read(connection, keyring, end)?;
    let found = connection.control_sums()?;
    if found.len() != sealed.sums.len() {
        return Err(ControlFault::Seal);
    }
    for ((table, sum), sealed) in found.into_iter().zip(&sealed.sums) {
        if *sealed != sum {
            return Err(ControlFault::Table(table));
        }
    }
    Ok(sealed.named)
}

/// Reads the seal of a log that ends there.
pub(super) fn read(
    connection: &Snapshot,
    keyring: &Keyring,
    end: Tip,
) -> Result<Sealed, ControlFault> {
    let sealed = checkpoint_rows::control_seal(connection)?.ok_or(ControlFault::Missing)?;
    open(&sealed, keyring, end)
}

/// Opens a seal, which must be the one of a log that ends there.
pub(super) fn open(sealed: &[u8], keyring: &Keyring, end: Tip) -> Result<Sealed, ControlFault> {
    parsed(&opened(sealed, keyring, end)?, end).ok_or(ControlFault::Seal)
}

fn opened(sealed: &[u8], keyring: &Keyring, end: Tip) -> Result<Zeroizing<Vec<u8>>, ControlFault> {
    let keys = keys_of(sealed, keyring)?;
    keys.seal
        .open(&aad(keyring.vault(), end), sealed)
        .map_err(|_| ControlFault::Seal)
}

/// The keys that the newest seal names; the keyring's newest if there is no seal yet. What it names is not
/// authenticated: the seal then has to open.
pub(in crate::vault) fn keys_in_force<'k>(
    connection: &Snapshot,
    keyring: &'k Keyring,
) -> Result<&'k ControlKeys, ControlFault> {
    match checkpoint_rows::control_seal(connection)? {
        Some(sealed) => keys_of(&sealed, keyring),
        None => {
            let keys = keyring.root_keys();
            keys.control(keys.key_id()).ok_or(ControlFault::NotSealed)
        }
    }
}

/// What makes the elements of control rows with these keys.
pub(in crate::vault) fn elements_of(keys: &ControlKeys) -> Elements {
    let key = keys.elements.clone();
    Elements::new(keys.id.number(), move |row: &[u8]| {
        key.mac(b"control row 1\0", row)
    })
}

/// The keys that a seal names.
pub(super) fn keys_of<'k>(
    sealed: &[u8],
    keyring: &'k Keyring,
) -> Result<&'k ControlKeys, ControlFault> {
    let key = KeyId::of_sealed(sealed).ok_or(ControlFault::Seal)?;
    let keys = keyring.root_keys().control(key);
    keys.ok_or(ControlFault::OtherRoot)
}

/// What an opened seal says, if it is of this root.
fn parsed(plain: &[u8], end: Tip) -> Option<Sealed> {
    let (root, rest) = plain.split_first_chunk::<32>()?;
    if root != end.root.as_bytes() {
        return None;
    }
    let (generation, rest) = rest.split_first_chunk::<8>()?;
    let (digest, mut rest) = rest.split_first_chunk::<32>()?;
    let named = NamedKeyring {
        generation: u64::from_be_bytes(*generation),
        digest: *digest,
    };
    let recent = Recent::take(&mut rest)?;
    let mut sums = Vec::new();
    for table in ControlState::tables() {
        let (name, sum) = take(&mut rest)?;
        if name != table.as_bytes() {
            return None;
        }
        sums.push(*sum);
    }
    rest.is_empty().then_some(Sealed {
        named,
        recent,
        sums,
    })
}

/// Whether the keyring is of no earlier generation than the one that a seal names. One of the same generation has the
/// same slots and keys.
pub(super) fn verify_keyring(named: &NamedKeyring, keyring: &Keyring) -> Result<(), ControlFault> {
    let (found, named, digest) = (keyring.generation(), named.generation, named.digest);
    match found.cmp(&named) {
        Ordering::Less => Err(ControlFault::OldKeyring { found, named }),
        Ordering::Equal if digest != *keyring.digest() => Err(ControlFault::OtherKeyring),
        // A change of the keyring is on disk before the commit that names it.
        Ordering::Equal | Ordering::Greater => Ok(()),
    }
}

fn aad(vault: &VaultId, end: Tip) -> Aad {
    Aad::control_seal(vault, end.size)
}

/// The next table of a seal, and its sum.
fn take<'s>(rest: &mut &'s [u8]) -> Option<(&'s [u8], &'s [u8; 32])> {
    let (length, after) = rest.split_first()?;
    let (name, after) = after.split_at_checked(usize::from(*length))?;
    let (sum, after) = after.split_first_chunk::<32>()?;
    *rest = after;
    Some((name, sum))
}
