//! The key pair of a slot: the root is sealed to it without its holder, and only its holder opens it.
//!
//! The private part is an age identity (X25519, age-encryption.org/v1), made and used by the `age` crate. It is in the
//! slot, sealed under what the slot's holder has, and nowhere else: the vault forgets it at once. So whoever has an old
//! root and the keyring that it opened does not open what is sealed to the slot later.
//!
//! Anybody can encrypt to a recipient. So what is encrypted is sealed under the slot's own key first, which the holder
//! has beside the identity, and the vault under the root: nobody who never had a root of the vault can make a root that
//! the slot takes for one.

use std::io::{Read, Write};
use std::str::FromStr as _;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use crate::vault::entropy::Entropy;
use crate::vault::plaintext::{Aad, Nonces, OVERHEAD, TermSealer};

use super::error::KeyringError;
use super::root_keys::ROOT_KEY;
use super::secret::Secret;

/// The bytes of a root, and of the slot's own key.
const KEY: usize = 32;
/// The letters of an age identity.
const IDENTITY: usize = 74;
/// The bytes that the holder opens: the slot's own key and the identity.
pub(super) const HELD: usize = KEY + IDENTITY;
/// The most bytes of a sealed root. The `age` crate adds a line of its own choice to the header.
pub(super) const MOST_SEALED_ROOT: usize = 4096;

/// A new pair.
pub(super) struct SlotKey {
    pub(super) own: Secret<KEY>,
    pub(super) recipient: Recipient,
    held: Zeroizing<Vec<u8>>,
}

impl SlotKey {
    pub(super) fn random(entropy: &dyn Entropy) -> Result<Self, KeyringError> {
        let (own, identity) = (Secret::random(entropy)?, Identity::generate());
        let text = identity.to_string();
        let mut held = Zeroizing::new(Vec::with_capacity(HELD));
        held.extend_from_slice(own.bytes());
        held.extend_from_slice(text.expose_secret().as_bytes());
        match held.len() {
            HELD => Ok(Self {
                own,
                recipient: identity.to_public(),
                held,
            }),
            _ => Err(KeyringError::NoKey),
        }
    }

    /// What the holder is to have, as [`open_root`] takes it.
    pub(super) fn held(&self) -> &[u8] {
        &self.held
    }
}

/// Seals the root for the holder of a slot, who need not be there.
pub(super) fn seal_root(
    root: &Secret<KEY>,
    place: &Aad,
    own: &Secret<KEY>,
    recipient: &Recipient,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, KeyringError> {
    let nonce = Nonces::new(entropy).take()?;
    let inner = TermSealer::new(ROOT_KEY, own.bytes()).seal(nonce, place, root.bytes())?;
    let encrypt = || {
        let to = std::iter::once(recipient as &dyn age::Recipient);
        let mut sealed = Vec::new();
        let mut writer = age::Encryptor::with_recipients(to)
            .ok()?
            .wrap_output(&mut sealed)
            .ok()?;
        writer.write_all(&inner).ok()?;
        writer.finish().ok()?;
        Some(sealed)
    };
    encrypt().ok_or(KeyringError::NoKey)
}

/// Opens it with what the holder has; none if it is not a root that the vault sealed there.
pub(super) fn open_root(sealed: &[u8], place: &Aad, held: &[u8]) -> Option<Secret<KEY>> {
    let (own, identity) = held.split_at_checked(KEY)?;
    let own = Secret::<KEY>::copied(own)?;
    let identity = Identity::from_str(std::str::from_utf8(identity).ok()?).ok()?;
    let inner = decrypted(sealed, &identity)?;
    let root = TermSealer::new(ROOT_KEY, own.bytes())
        .open(place, &inner)
        .ok()?;
    Secret::copied(&root)
}

/// The plaintext of an age file that is no longer than a sealed root.
fn decrypted(sealed: &[u8], identity: &Identity) -> Option<Vec<u8>> {
    let decryptor = age::Decryptor::new_buffered(sealed).ok()?;
    let identity = std::iter::once(identity as &dyn age::Identity);
    let reader = decryptor.decrypt(identity).ok()?;
    let mut inner = Vec::with_capacity(KEY + OVERHEAD);
    // Sealed once more under the slot's own key, so there is nothing to wipe.
    reader
        .take(MOST_SEALED_ROOT as u64)
        .read_to_end(&mut inner)
        .ok()?;
    Some(inner)
}

/// The slot's own key, as the holder has it.
pub(super) fn own_key(held: &[u8]) -> Option<Secret<KEY>> {
    Secret::copied(held.get(..KEY)?)
}

/// Whether the text is a recipient as this file makes them.
pub(super) fn recipient(text: &str) -> Option<Recipient> {
    let recipient = Recipient::from_str(text).ok()?;
    (recipient.to_string() == text).then_some(recipient)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::digest::{SHA256, digest};

    use super::*;
    use crate::domain::{VaultId, hex};
    use crate::vault::entropy::SystemEntropy;

    /// "x25519" of the Community Cryptography Test Vectors for age (c2sp.org/CCTV/age): the identity, the file, and
    /// SHA-256 of its plaintext.
    const IDENTITY_OF_VECTOR: &str =
        "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
    const FILE_OF_VECTOR: &str = "\
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBURWlGMHlwcXIrYnB2Y3FYTnlDVkpwTDdPdXdQZFZ3UEw3S1\
        FFYkZET0NjCmhqYWJHWHdTTFE5YzNTNkx3MmkrUzJUdTJmaXdRSEhzbGJCTjZCNDFGTEUKLS0tIFd5SnA5Ri85Rk9a\
        aDdnSmRoZXEyV0lKY3dIZ1ljOE5JVmgzZGR3aHJjTmcK7s9ix86RtDMnTmjU8vkTTLdMW/73vqpSyPC8DpksHoMx+2\
        Y=";
    const DIGEST_OF_VECTOR: &str =
        "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab";

    #[test]
    fn a_published_vector_opens_with_its_identity_and_with_no_other() {
        let file = STANDARD.decode(FILE_OF_VECTOR).unwrap();
        let identity = Identity::from_str(IDENTITY_OF_VECTOR).unwrap();
        let plain = decrypted(&file, &identity).unwrap();
        assert_eq!(
            hex::encode(digest(&SHA256, &plain).as_ref()),
            DIGEST_OF_VECTOR
        );
        assert!(decrypted(&file, &Identity::generate()).is_none());
        let mut bent = file;
        for at in 0..bent.len() {
            bent[at] ^= 1;
            assert!(decrypted(&bent, &identity).is_none(), "{at}");
            bent[at] ^= 1;
        }
    }

    #[test]
    fn a_root_opens_in_its_place_for_its_holder_and_is_nobodys_who_never_had_one() {
        let entropy = SystemEntropy::new();
        let vault = VaultId::from_random([1; 16]);
        let root = Secret::random(&entropy).unwrap();
        let pair = SlotKey::random(&entropy).unwrap();
        let place = |since, no| Aad::keyring_root(&vault, since, no);
        let sealed = seal_root(&root, &place(3, 1), &pair.own, &pair.recipient, &entropy).unwrap();
        let opened = open_root(&sealed, &place(3, 1), pair.held()).unwrap();
        assert_eq!(opened.bytes(), root.bytes());
        assert!(open_root(&sealed, &place(2, 1), pair.held()).is_none());
        assert!(open_root(&sealed, &place(3, 2), pair.held()).is_none());
        // Another holder, the private part without the slot's own key, the key without the private part.
        let other = SlotKey::random(&entropy).unwrap();
        for held in [
            other.held().to_vec(),
            [&other.held()[..KEY], &pair.held()[KEY..]].concat(),
            [&pair.held()[..KEY], &other.held()[KEY..]].concat(),
            pair.held()[..KEY].to_vec(),
            Vec::new(),
        ] {
            assert!(open_root(&sealed, &place(3, 1), &held).is_none());
        }
        // Anybody can encrypt to the recipient, which is in the file.
        let stranger = Secret::random(&entropy).unwrap();
        let forged = seal_root(&root, &place(3, 1), &stranger, &pair.recipient, &entropy).unwrap();
        assert!(open_root(&forged, &place(3, 1), pair.held()).is_none());
        assert_eq!(own_key(pair.held()).unwrap().bytes(), pair.own.bytes());
        let text = pair.recipient.to_string();
        assert!(recipient(&text).is_some());
        assert!(recipient(&text.to_uppercase()).is_none() && recipient("age1x").is_none());
    }
}
