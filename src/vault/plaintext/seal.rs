//! Seals and opens with AES-256-GCM (NIST SP 800-38D), in two implementations.
//!
//! A ciphertext is `version (1) || key id (4, BE) || nonce (12) || ciphertext || tag (16)`. `aes-gcm` seals terms and
//! small secrets, and wipes its key schedule. `ring` seals blocks: it is three times faster on large ones, but does not
//! wipe. Each can open what the other sealed. Not detected here: an older ciphertext put back in its own place.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key};
use ring::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::aad::Aad;
use super::key_id::{FORMAT_VERSION, KeyId};
use super::nonce::Nonce;
use super::phone::Phone;

/// What stands before a ciphertext: version, key id and nonce. No two that the vault sealed have the same.
pub(in crate::vault) const HEADER: usize = 1 + 4 + 12;
const TAG: usize = 16;

/// By how many bytes a ciphertext is longer than its plaintext.
pub const OVERHEAD: usize = HEADER + TAG;

/// The ciphertext could not be opened. The error does not tell why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not be opened")]
pub struct OpenError;

/// The plaintext could not be sealed, because it is longer than AES-GCM allows (64 GiB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not be sealed")]
pub struct SealError;

/// Seals terms and small secrets, with `aes-gcm`.
pub struct TermSealer {
    key_id: KeyId,
    cipher: Aes256Gcm,
    /// Keys that only open.
    older: Vec<(KeyId, Aes256Gcm)>,
}

/// Seals blocks, with `ring`.
pub struct BlockSealer {
    key_id: KeyId,
    cipher: LessSafeKey,
    /// Keys that only open.
    older: Vec<(KeyId, LessSafeKey)>,
}

macro_rules! sealers {
    ($($sealer:ident $cipher:ty;)*) => {$(
        impl $sealer {
            /// The key that it seals with.
            pub fn key_id(&self) -> KeyId {
                self.key_id
            }

            /// Version, key id, nonce, ciphertext and tag: [`OVERHEAD`] bytes more than the plaintext.
            pub fn seal(&self, nonce: Nonce, aad: &Aad, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
                let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
                self.seal_onto(nonce, aad, plaintext, &mut sealed)?;
                Ok(sealed)
            }

            /// Appends the ciphertext to `out`. On failure nothing is appended.
            pub fn seal_onto(
                &self,
                nonce: Nonce,
                aad: &Aad,
                plaintext: &[u8],
                out: &mut Vec<u8>,
            ) -> Result<(), SealError> {
                let start = out.len();
                let nonce = nonce.into_bytes();
                out.reserve(plaintext.len() + OVERHEAD);
                out.push(FORMAT_VERSION);
                out.extend_from_slice(&self.key_id.to_be_bytes());
                out.extend_from_slice(&nonce);
                out.extend_from_slice(plaintext);
                let aad = aad.under(self.key_id);
                let body = &mut out[start + HEADER..];
                let sealed = Self::encrypt(&self.cipher, nonce, aad.as_bytes(), body);
                match sealed {
                    Ok(tag) => {
                        out.extend_from_slice(&tag);
                        Ok(())
                    }
                    Err(error) => {
                        out[start..].zeroize();
                        out.truncate(start);
                        Err(error)
                    }
                }
            }

            /// Opens into a new buffer, which is wiped on drop.
            pub fn open(&self, aad: &Aad, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
                let (key, cipher) = self.key_of(sealed)?;
                let (nonce, body, tag) = split(sealed)?;
                let mut plaintext = Zeroizing::new(body.to_vec());
                Self::decrypt(cipher, nonce, aad.under(key).as_bytes(), &mut plaintext, tag)?;
                Ok(plaintext)
            }

            /// Opens into the buffer of the ciphertext, which is wiped on drop.
            pub fn open_taken(&self, aad: &Aad, sealed: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
                let mut buffer = Zeroizing::new(sealed);
                let length = self.open_in_place(aad, &mut buffer)?.len();
                buffer.copy_within(HEADER..HEADER + length, 0);
                // The bytes beyond the new end are wiped with the buffer.
                buffer.truncate(length);
                Ok(buffer)
            }

            /// Opens in place. The caller has to wipe the buffer. After a failure it has no plaintext.
            pub fn open_in_place<'b>(
                &self,
                aad: &Aad,
                sealed: &'b mut [u8],
            ) -> Result<&'b mut [u8], OpenError> {
                let (key, cipher) = self.key_of(sealed)?;
                let (nonce, body, tag) = split(sealed)?;
                let end = HEADER + body.len();
                let plaintext = sealed.get_mut(HEADER..end).ok_or(OpenError)?;
                Self::decrypt(cipher, nonce, aad.under(key).as_bytes(), plaintext, tag)?;
                Ok(plaintext)
            }

            /// Opens in place and seals the same plaintext under its own key, in the same place and at the same length.
            /// After a failure the buffer has no plaintext and is of no use.
            pub fn reseal(&self, nonce: Nonce, aad: &Aad, sealed: &mut [u8]) -> Result<(), OpenError> {
                let length = self.open_in_place(aad, sealed)?.len();
                let nonce = nonce.into_bytes();
                let (head, rest) = sealed.split_at_mut_checked(HEADER).ok_or(OpenError)?;
                let (body, tag) = rest.split_at_mut_checked(length).ok_or(OpenError)?;
                let aad = aad.under(self.key_id);
                match Self::encrypt(&self.cipher, nonce, aad.as_bytes(), body) {
                    Ok(made) if tag.len() == TAG => {
                        tag.copy_from_slice(&made);
                        let (key, place) = head.split_at_mut(5);
                        key[1..].copy_from_slice(&self.key_id.to_be_bytes());
                        place.copy_from_slice(&nonce);
                        Ok(())
                    }
                    _ => {
                        body.zeroize();
                        Err(OpenError)
                    }
                }
            }

            /// The key that a ciphertext names, if it is here.
            fn key_of(&self, sealed: &[u8]) -> Result<(KeyId, &$cipher), OpenError> {
                let named = KeyId::of_sealed(sealed).ok_or(OpenError)?;
                if named == self.key_id {
                    return Ok((named, &self.cipher));
                }
                let mut older = self.older.iter().filter(|(key, _)| *key == named);
                older.next().map(|(key, cipher)| (*key, cipher)).ok_or(OpenError)
            }
        }
    )*};
}

sealers! {
    TermSealer Aes256Gcm;
    BlockSealer LessSafeKey;
}

/// Nonce, ciphertext and tag.
type Parts<'s> = ([u8; 12], &'s [u8], [u8; TAG]);

fn split(sealed: &[u8]) -> Result<Parts<'_>, OpenError> {
    let (nonce, rest) = sealed
        .get(5..)
        .and_then(<[u8]>::split_first_chunk::<12>)
        .ok_or(OpenError)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError)?;
    Ok((*nonce, body, *tag))
}

impl TermSealer {
    pub(in crate::vault) fn new(key_id: KeyId, key: &[u8; 32]) -> Self {
        let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key));
        Self {
            key_id,
            cipher,
            older: Vec::new(),
        }
    }

    /// Opens what an older key sealed, too.
    pub(in crate::vault) fn also_opens(&mut self, key_id: KeyId, key: &[u8; 32]) {
        let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key));
        self.older.push((key_id, cipher));
    }

    /// Seals a number as eight bytes, so that the ciphertext does not tell its length.
    pub fn seal_phone(
        &self,
        nonce: Nonce,
        aad: &Aad,
        phone: &Phone,
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let digits = Zeroizing::new(phone.digits().to_be_bytes());
        self.seal_onto(nonce, aad, digits.as_slice(), out)
    }

    /// Whether the sealed number is this one. The comparison takes constant time.
    pub fn holds_phone(&self, aad: &Aad, sealed: &[u8], phone: &Phone) -> Result<bool, OpenError> {
        let held = self.open_phone(aad, sealed)?;
        Ok(bool::from(held.digits().ct_eq(&phone.digits())))
    }

    /// Opens a number that [`Self::seal_phone`] sealed.
    pub fn open_phone(&self, aad: &Aad, sealed: &[u8]) -> Result<Phone, OpenError> {
        let digits = self.open(aad, sealed)?;
        let digits = digits.first_chunk().filter(|_| digits.len() == 8);
        Ok(Phone::from_digits(u64::from_be_bytes(
            *digits.ok_or(OpenError)?,
        )))
    }

    fn encrypt(
        cipher: &Aes256Gcm,
        nonce: [u8; 12],
        aad: &[u8],
        body: &mut [u8],
    ) -> Result<[u8; TAG], SealError> {
        cipher
            .encrypt_inout_detached(&nonce.into(), aad, body.into())
            .map(Into::into)
            .map_err(|_| SealError)
    }

    fn decrypt(
        cipher: &Aes256Gcm,
        nonce: [u8; 12],
        aad: &[u8],
        body: &mut [u8],
        tag: [u8; TAG],
    ) -> Result<(), OpenError> {
        cipher
            .decrypt_inout_detached(&nonce.into(), aad, body.into(), &tag.into())
            .map_err(|_| OpenError)
    }
}

impl BlockSealer {
    /// Fails only if ring refuses the key, which it does for a wrong length; 32 bytes are right.
    pub(in crate::vault) fn new(key_id: KeyId, key: &[u8; 32]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError)?;
        let cipher = LessSafeKey::new(key);
        Ok(Self {
            key_id,
            cipher,
            older: Vec::new(),
        })
    }

    /// Opens what an older key sealed, too.
    pub(in crate::vault) fn also_opens(
        &mut self,
        key_id: KeyId,
        key: &[u8; 32],
    ) -> Result<(), SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError)?;
        self.older.push((key_id, LessSafeKey::new(key)));
        Ok(())
    }

    fn encrypt(
        cipher: &LessSafeKey,
        nonce: [u8; 12],
        aad: &[u8],
        body: &mut [u8],
    ) -> Result<[u8; TAG], SealError> {
        let nonce = ring::aead::Nonce::assume_unique_for_key(nonce);
        let aad = ring::aead::Aad::from(aad);
        let tag = cipher
            .seal_in_place_separate_tag(nonce, aad, body)
            .map_err(|_| SealError)?;
        tag.as_ref().try_into().map_err(|_| SealError)
    }

    fn decrypt(
        cipher: &LessSafeKey,
        nonce: [u8; 12],
        aad: &[u8],
        body: &mut [u8],
        tag: [u8; TAG],
    ) -> Result<(), OpenError> {
        let nonce = ring::aead::Nonce::assume_unique_for_key(nonce);
        let aad = ring::aead::Aad::from(aad);
        cipher
            .open_in_place_separate_tag(nonce, aad, tag.into(), body, 0..)
            .map(|_| ())
            .map_err(|_| OpenError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::VaultId;
    use crate::domain::{CaseId, ExhibitId, Field};
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::plaintext::Nonces;
    use crate::vault::plaintext::tests::vectors::{Case, cases};

    fn nonce() -> Nonce {
        Nonces::new(&SystemEntropy::new()).take().unwrap()
    }

    fn term(key_id: u32, key: u8) -> TermSealer {
        TermSealer::new(KeyId::new(key_id), &[key; 32])
    }

    fn block(key_id: u32, key: u8) -> BlockSealer {
        BlockSealer::new(KeyId::new(key_id), &[key; 32]).unwrap()
    }

    fn aad(case: u8, exhibit: u8, field: Field, no: u64, rows: u32) -> Aad {
        Aad::block(
            &VaultId::from_random([1; 16]),
            &CaseId::from_random([case; 13]),
            &ExhibitId::from_random([exhibit; 13]),
            field,
            no,
            rows,
        )
    }

    fn place() -> Aad {
        aad(1, 1, Field::Number, 7, 65_536)
    }

    #[test]
    fn what_is_sealed_opens_and_nothing_else_does() {
        let sealed = block(1, 9).seal(nonce(), &place(), b"plaintext").unwrap();
        let opened = |sealer: &BlockSealer, aad: &Aad| sealer.open(aad, &sealed);
        assert_eq!(&**opened(&block(1, 9), &place()).unwrap(), b"plaintext");
        assert!(opened(&block(1, 8), &place()).is_err(), "other key");
        assert!(opened(&block(2, 9), &place()).is_err(), "unknown key id");
        for (what, other) in [
            ("case", aad(2, 1, Field::Number, 7, 65_536)),
            ("exhibit", aad(1, 2, Field::Number, 7, 65_536)),
            ("field", aad(1, 1, Field::Country, 7, 65_536)),
            ("position", aad(1, 1, Field::Number, 8, 65_536)),
            ("rows", aad(1, 1, Field::Number, 7, 65_535)),
        ] {
            assert!(opened(&block(1, 9), &other).is_err(), "{what}");
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_refused() {
        let (term, block) = (term(1, 9), block(1, 9));
        let sealed = term.seal(nonce(), &place(), b"plaintext").unwrap();
        for length in 0..sealed.len() {
            assert!(term.open(&place(), &sealed[..length]).is_err());
            assert!(block.open(&place(), &sealed[..length]).is_err());
        }
        for bit in 0..sealed.len() * 8 {
            let mut bent = sealed.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(term.open(&place(), &bent).is_err(), "bit {bit}");
            assert!(block.open(&place(), &bent).is_err(), "bit {bit}");
            assert!(block.open_in_place(&place(), &mut bent).is_err());
            assert!(block.open_taken(&place(), bent).is_err());
        }
    }

    #[test]
    fn each_implementation_opens_what_the_other_sealed() {
        for length in [0, 1, 15, 16, 17, 8_191, 65_536] {
            let plaintext: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
            let (term, block) = (term(3, 9), block(3, 9));
            let by_term = term.seal(nonce(), &place(), &plaintext).unwrap();
            let mut by_block = block.seal(nonce(), &place(), &plaintext).unwrap();
            assert_eq!(by_term.len(), plaintext.len() + OVERHEAD);
            assert_eq!(by_term.len(), by_block.len());
            assert_eq!(*block.open(&place(), &by_term).unwrap(), plaintext);
            assert_eq!(
                *block.open_taken(&place(), by_term.clone()).unwrap(),
                plaintext
            );
            assert_eq!(
                term.open_in_place(&place(), &mut by_block).unwrap(),
                plaintext
            );
        }
    }

    #[test]
    fn a_newer_key_opens_what_an_older_one_sealed_and_seals_it_again_in_its_place() {
        let (mut newer, mut newer_block) = (term(2, 8), block(2, 8));
        newer.also_opens(KeyId::new(1), &[9; 32]);
        newer_block.also_opens(KeyId::new(1), &[9; 32]).unwrap();
        let by_term = term(1, 9).seal(nonce(), &place(), b"plaintext").unwrap();
        let by_block = block(1, 9).seal(nonce(), &place(), b"plaintext").unwrap();
        assert_eq!(&**newer.open(&place(), &by_term).unwrap(), b"plaintext");
        assert_eq!(
            &**newer_block.open(&place(), &by_block).unwrap(),
            b"plaintext"
        );
        let (mut term_again, mut block_again) = (by_term.clone(), by_block.clone());
        newer.reseal(nonce(), &place(), &mut term_again).unwrap();
        newer_block
            .reseal(nonce(), &place(), &mut block_again)
            .unwrap();
        for (before, again) in [(&by_term, &term_again), (&by_block, &block_again)] {
            assert_eq!(again.len(), before.len());
            assert_eq!(KeyId::of_sealed(again), Some(KeyId::new(2)));
            // The new key alone opens it, the old one does not.
            assert_eq!(&**term(2, 8).open(&place(), again).unwrap(), b"plaintext");
            assert!(term(1, 9).open(&place(), again).is_err());
            // No piece of the old ciphertext is left.
            assert!(
                before[5..]
                    .windows(8)
                    .all(|old| { again.windows(8).all(|new| new != old) })
            );
        }
        // What does not open is not sealed again, and leaves no plaintext.
        let elsewhere = aad(1, 1, Field::Number, 8, 65_536);
        assert!(
            newer
                .reseal(nonce(), &elsewhere, &mut by_term.clone())
                .is_err()
        );
        let mut cut = by_block[..20].to_vec();
        assert!(newer_block.reseal(nonce(), &place(), &mut cut).is_err());
        // A third key is unknown.
        let foreign = block(3, 9).seal(nonce(), &place(), b"x").unwrap();
        assert!(newer_block.open(&place(), &foreign).is_err());
    }

    #[test]
    fn two_ciphertexts_that_were_swapped_do_not_open() {
        let sealer = term(1, 9);
        let (here, there) = (place(), aad(1, 1, Field::Number, 8, 65_536));
        let one = sealer.seal(nonce(), &here, b"one").unwrap();
        let two = sealer.seal(nonce(), &there, b"two").unwrap();
        assert!(sealer.open(&here, &two).is_err());
        assert!(sealer.open(&there, &one).is_err());
    }

    #[test]
    fn a_number_is_sealed_at_one_length() {
        let (sealer, mut out) = (term(1, 9), Vec::new());
        for digits in [1_202_555, 12_025_550_142, 999_999_999_999_999] {
            let start = out.len();
            let phone = Phone::from_digits(digits);
            sealer
                .seal_phone(nonce(), &place(), &phone, &mut out)
                .unwrap();
            assert_eq!(out.len() - start, 8 + OVERHEAD);
            let opened = sealer.open_phone(&place(), &out[start..]).unwrap();
            assert_eq!(opened.digits(), digits);
        }
        let long = sealer.seal(nonce(), &place(), &[0; 9]).unwrap();
        assert!(sealer.open_phone(&place(), &long).is_err());
    }

    #[test]
    fn a_ciphertext_names_its_key() {
        let sealed = block(0xa1b2_c3d4, 9).seal(nonce(), &place(), b"").unwrap();
        assert_eq!(sealed[..5], [1, 0xa1, 0xb2, 0xc3, 0xd4]);
        assert_eq!(KeyId::of_sealed(&sealed), Some(KeyId::new(0xa1b2_c3d4)));
        assert_eq!(KeyId::of_sealed(&[2, 0, 0, 0, 1]), None);
        assert_eq!(KeyId::of_sealed(&[1, 0, 0, 0]), None);
    }

    #[test]
    fn both_implementations_give_what_the_published_vectors_give() {
        for case in cases("aes-gcm") {
            let (key, aad) = (case.array("key"), case.bytes("aad"));
            let (term, block) = (
                TermSealer::new(KeyId::new(1), &key),
                BlockSealer::new(KeyId::new(1), &key).unwrap(),
            );
            check(
                &case,
                |nonce, body| TermSealer::encrypt(&term.cipher, nonce, &aad, body),
                |nonce, body, tag| TermSealer::decrypt(&term.cipher, nonce, &aad, body, tag),
            );
            check(
                &case,
                |nonce, body| BlockSealer::encrypt(&block.cipher, nonce, &aad, body),
                |nonce, body, tag| BlockSealer::decrypt(&block.cipher, nonce, &aad, body, tag),
            );
        }
    }

    fn check(
        case: &Case,
        encrypt: impl Fn([u8; 12], &mut [u8]) -> Result<[u8; TAG], SealError>,
        decrypt: impl Fn([u8; 12], &mut [u8], [u8; TAG]) -> Result<(), OpenError>,
    ) {
        let (nonce, tag) = (case.array("nonce"), case.array("tag"));
        let ciphertext = case.bytes("ciphertext");
        let mut body = ciphertext.clone();
        let opened = decrypt(nonce, &mut body, tag);
        if case.has("expect") {
            assert_eq!(case.text("expect"), "refused");
            assert_eq!(opened, Err(OpenError), "{}", case.name);
        } else {
            assert_eq!(opened, Ok(()), "{}", case.name);
            assert_eq!(body, case.bytes("plaintext"), "{}", case.name);
            assert_eq!(encrypt(nonce, &mut body), Ok(tag), "{}", case.name);
            assert_eq!(body, ciphertext, "{}", case.name);
        }
    }
}
