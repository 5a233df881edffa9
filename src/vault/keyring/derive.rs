//! Derives labelled keys from one key: HKDF-SHA-256 (RFC 5869).
//!
//! `key = HKDF(salt = vault id, ikm = parent, info = "breachvault/1/" || label || 0 || field || 0
//! || case)`. The list of uses is closed, so that no two uses share a key.

use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

use crate::domain::{CaseId, Field, VaultId};

use super::secret::Secret;

/// HKDF failed, which only happens for outputs of more than 8,160 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key could not be derived")]
pub struct DeriveError;

/// The use of a key that is derived from a case key, or from the lasting key of a case (`case_keys.rs` has which).
#[derive(Clone, Copy)]
pub(super) enum CaseUse {
    Blocks(Field),
    Terms(Field),
    Tags(Field),
    Tokens,
    Descriptions,
    Quarantine,
    Digests,
    Requests,
    Prints,
    Cursors,
    Details,
    /// The tags of numbers that were erased, and the list of them.
    ErasedTags,
    ErasedList,
}

/// The use of a key that is derived from the root. The root does nothing but open the keyring: all other keys are in
/// its body, so that another root can take its place.
#[derive(Clone, Copy)]
pub(super) enum RootUse {
    KeyringBody,
    /// The vault's seal over a slot, which has the slot's own key.
    SlotSeals,
}

/// The use of a key that is derived from one of the vault's own keys, which are in the body (`vault_ring.rs` has
/// which).
#[derive(Clone, Copy)]
pub(super) enum VaultUse {
    /// The signing keys have numbers, from 0: each is the successor of the one before.
    AuditSigning(u32),
    EvidenceSigning(u32),
    OperatorSecrets,
    OperatorNames,
    Details,
    ControlElements,
    ControlSeal,
    TokenTags,
    HighWaterMark,
    ErasureFile,
}

/// The use of a key that is derived from an unseal key.
#[derive(Clone, Copy)]
pub(super) enum UnsealUse {
    Kek,
    Commitment,
}

pub(super) fn from_unseal(
    key: &Secret<32>,
    vault: &VaultId,
    purpose: UnsealUse,
) -> Result<Secret<32>, DeriveError> {
    let label = match purpose {
        UnsealUse::Kek => "unseal/kek",
        UnsealUse::Commitment => "unseal/commitment",
    };
    let derived = expand(key, vault, [label, "", ""])?;
    Secret::copied(&*derived).ok_or(DeriveError)
}

pub(super) fn from_case(
    key: &Secret<32>,
    vault: &VaultId,
    case: &CaseId,
    purpose: CaseUse,
) -> Result<Zeroizing<[u8; 32]>, DeriveError> {
    let (label, field) = match purpose {
        CaseUse::Blocks(field) => ("case/blocks", field.label()),
        CaseUse::Terms(field) => ("case/terms", field.label()),
        CaseUse::Tags(field) => ("case/tags", field.label()),
        CaseUse::Tokens => ("case/tokens", ""),
        CaseUse::Descriptions => ("case/descriptions", ""),
        CaseUse::Quarantine => ("case/quarantine", ""),
        CaseUse::Digests => ("case/digests", ""),
        CaseUse::Requests => ("case/requests", ""),
        CaseUse::Prints => ("case/prints", ""),
        CaseUse::Cursors => ("case/cursors", ""),
        CaseUse::Details => ("case/details", ""),
        CaseUse::ErasedTags => ("case/erased-tags", ""),
        CaseUse::ErasedList => ("case/erased-list", ""),
    };
    expand(key, vault, [label, field, case.as_str()])
}

pub(super) fn from_root(
    root: &Secret<32>,
    vault: &VaultId,
    purpose: RootUse,
) -> Result<Zeroizing<[u8; 32]>, DeriveError> {
    let label = match purpose {
        RootUse::KeyringBody => "root/keyring-body",
        RootUse::SlotSeals => "root/slot-seals",
    };
    expand(root, vault, [label, "", ""])
}

pub(super) fn from_vault(
    key: &Secret<32>,
    vault: &VaultId,
    purpose: VaultUse,
) -> Result<Zeroizing<[u8; 32]>, DeriveError> {
    let label = match purpose {
        VaultUse::AuditSigning(_) => "vault/audit-signing",
        VaultUse::EvidenceSigning(_) => "vault/evidence-signing",
        VaultUse::OperatorSecrets => "vault/operator-secrets",
        VaultUse::OperatorNames => "vault/operator-names",
        VaultUse::Details => "vault/details",
        VaultUse::ControlElements => "vault/control-elements",
        VaultUse::ControlSeal => "vault/control-seal",
        VaultUse::TokenTags => "vault/token-tags",
        VaultUse::HighWaterMark => "vault/high-water-mark",
        VaultUse::ErasureFile => "vault/erasure-file",
    };
    let number = match purpose {
        VaultUse::AuditSigning(number) | VaultUse::EvidenceSigning(number) if number > 0 => {
            number.to_string()
        }
        _ => String::new(),
    };
    expand(key, vault, [label, &number, ""])
}

fn expand(
    parent: &Secret<32>,
    vault: &VaultId,
    [label, field, case]: [&str; 3],
) -> Result<Zeroizing<[u8; 32]>, DeriveError> {
    let info = [
        b"breachvault/1/",
        label.as_bytes(),
        &[0],
        field.as_bytes(),
        &[0],
        case.as_bytes(),
    ];
    let mut key = Zeroizing::new([0; 32]);
    hkdf(
        vault.as_str().as_bytes(),
        parent.bytes(),
        &info,
        &mut key[..],
    )?;
    Ok(key)
}

/// HKDF itself, as a function of its own so that the published vectors can test it.
pub(in crate::vault) fn hkdf(
    salt: &[u8],
    secret: &[u8],
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<(), DeriveError> {
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(info, Length(out.len()))
        .and_then(|key| key.fill(out))
        .map_err(|_| DeriveError)
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn hkdf_gives_what_its_rfc_gives() {
        for case in crate::vault::plaintext::tests::vectors::cases("hkdf") {
            let expected = case.bytes("output");
            let mut output = vec![0; expected.len()];
            let (salt, secret, info) =
                (case.bytes("salt"), case.bytes("secret"), case.bytes("info"));
            hkdf(&salt, &secret, &[&info], &mut output).unwrap();
            assert_eq!(output, expected, "{}", case.name);
        }
    }

    #[test]
    fn hkdf_gives_no_endless_output() {
        assert_eq!(
            hkdf(&[], &[1], &[], &mut vec![0; 255 * 32 + 1]),
            Err(DeriveError)
        );
    }

    #[test]
    fn no_two_uses_share_a_key() {
        let parent = Secret::copied(&[7; 32]).unwrap();
        let (vault, case) = (VaultId::from_random([1; 16]), CaseId::from_random([1; 13]));
        let mut uses = vec![
            CaseUse::Tokens,
            CaseUse::Descriptions,
            CaseUse::Quarantine,
            CaseUse::Digests,
            CaseUse::Requests,
            CaseUse::Prints,
            CaseUse::Cursors,
            CaseUse::Details,
            CaseUse::ErasedTags,
            CaseUse::ErasedList,
        ];
        for field in Field::ALL {
            uses.extend([
                CaseUse::Blocks(field),
                CaseUse::Terms(field),
                CaseUse::Tags(field),
            ]);
        }
        let roots = [RootUse::KeyringBody, RootUse::SlotSeals];
        let of_vault = [
            VaultUse::AuditSigning(0),
            VaultUse::AuditSigning(1),
            VaultUse::EvidenceSigning(0),
            VaultUse::EvidenceSigning(1),
            VaultUse::EvidenceSigning(11),
            VaultUse::OperatorSecrets,
            VaultUse::OperatorNames,
            VaultUse::Details,
            VaultUse::ControlElements,
            VaultUse::ControlSeal,
            VaultUse::TokenTags,
            VaultUse::HighWaterMark,
            VaultUse::ErasureFile,
        ];
        let mut seen = HashSet::new();
        for purpose in [UnsealUse::Kek, UnsealUse::Commitment] {
            assert!(seen.insert(*from_unseal(&parent, &vault, purpose).unwrap().bytes()));
        }
        for purpose in uses {
            assert!(seen.insert(*from_case(&parent, &vault, &case, purpose).unwrap()));
        }
        for purpose in roots {
            assert!(seen.insert(*from_root(&parent, &vault, purpose).unwrap()));
        }
        for purpose in of_vault {
            assert!(seen.insert(*from_vault(&parent, &vault, purpose).unwrap()));
        }
    }

    #[test]
    fn another_vault_or_case_has_another_key() {
        let parent = Secret::copied(&[7; 32]).unwrap();
        let key = |vault: u8, case: u8| {
            let (vault, case) = (
                VaultId::from_random([vault; 16]),
                CaseId::from_random([case; 13]),
            );
            *from_case(&parent, &vault, &case, CaseUse::Tokens).unwrap()
        };
        assert_eq!(key(1, 1), key(1, 1));
        assert_ne!(key(1, 1), key(2, 1));
        assert_ne!(key(1, 1), key(1, 2));
    }
}
