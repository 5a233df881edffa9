//! Which of the vault's signing keys is in force, and since when: in the database, in the commit of the leaf that names
//! the successor. So a process that is killed at any step leaves either both, key and leaf, or neither.
//!
//! Whoever reads takes it from its own snapshot: a checkpoint that is read there was signed by the key of then.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::domain::Moment;
use crate::vault::audit::{KeyName, Successor, VerifierKey};
use crate::vault::keyring::{Keyring, KeyringError};
use crate::vault::store::{Snapshot, StoreError, Transaction, meta_rows};

/// Under which key the database has the successions: `seconds:leaf`, with commas between them.
const SIGNING: &str = "signing";

/// The successions of the signing keys, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::vault) struct Signing(Vec<Succession>);

/// When a signing key got its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Succession {
    pub(in crate::vault) at: Moment,
    /// The leaf that names it.
    pub(in crate::vault) leaf: u64,
}

impl Signing {
    pub(in crate::vault) fn read(connection: &Snapshot) -> Result<Self, StoreError> {
        let found = meta_rows::find(connection, SIGNING)?.unwrap_or_default();
        let parts = found.split(',').filter(|part| !part.is_empty());
        let parts: Option<Vec<Succession>> = parts.map(parsed).collect();
        parts
            .map(Self)
            .ok_or(StoreError::inconsistent("meta::signing"))
    }

    /// The number of the keys in force; the first have 0.
    pub(in crate::vault) fn number(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The number of the keys that sign a checkpoint over so many leaves. An act may read, in the transaction of its
    /// leaf, that the keys have a successor, and beside it the checkpoint of before.
    pub(in crate::vault) fn number_at(&self, size: u64) -> u32 {
        let before = self.0.iter().filter(|one| one.leaf < size).count();
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    /// The successions, oldest first.
    pub(in crate::vault) fn successions(&self) -> &[Succession] {
        &self.0
    }

    /// Writes that the next keys are in force.
    pub(super) fn succeed(
        &self,
        transaction: &Transaction,
        succession: Succession,
    ) -> Result<Self, StoreError> {
        let mut after = self.clone();
        after.0.push(succession);
        let text: Vec<String> = after
            .0
            .iter()
            .map(|one| format!("{}:{}", one.at.seconds(), one.leaf))
            .collect();
        meta_rows::put(transaction, SIGNING, &text.join(","))?;
        Ok(after)
    }
}

fn parsed(part: &str) -> Option<Succession> {
    let (at, leaf) = part.split_once(':')?;
    Some(Succession {
        at: Moment::from_seconds(at.parse().ok()?),
        leaf: leaf.parse().ok()?,
    })
}

/// The key that verifies what a pair signs.
pub(super) fn public(pair: &Ed25519KeyPair) -> [u8; 32] {
    let mut public = [0; 32];
    for (out, byte) in public.iter_mut().zip(pair.public_key().as_ref()) {
        *out = *byte;
    }
    public
}

/// What verifies the checkpoints of a log that this keyring signs with the keys of this number.
pub(in crate::vault) fn verifier_of(
    keyring: &Keyring,
    name: KeyName,
    number: u32,
) -> Result<VerifierKey, KeyringError> {
    Ok(VerifierKey::new(
        name,
        public(&keyring.log_signing(number)?),
    ))
}

/// What a leaf says of the keys that come after those of this number.
pub(super) fn successor(
    keyring: &Keyring,
    origin: &KeyName,
    seq: u64,
    number: u32,
) -> Result<String, KeyringError> {
    let next = number.checked_add(1).ok_or(KeyringError::NoKey)?;
    let after = verifier_of(keyring, origin.clone(), next)?;
    let packages = keyring.package_signer(next)?.public();
    let pair = keyring.log_signing(number)?;
    Successor::sign(origin, seq, &pair, &after, packages).map_err(|_| KeyringError::NoKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_signed_by_the_keys_that_its_leaves_name() {
        let signing = Signing(vec![
            parsed("1712048400:3").unwrap(),
            parsed("-5:7").unwrap(),
        ]);
        let numbers = [0, 3, 4, 7, 8].map(|size| signing.number_at(size));
        assert_eq!(numbers, [0, 0, 1, 1, 2]);
        assert_eq!(signing.number(), 2);
        for text in ["", "1", "1:", ":1", "a:1", "1:2:3", "1:-2"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
