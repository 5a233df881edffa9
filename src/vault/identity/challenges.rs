//! Nonces of the challenges that passkeys sign: made by this process, good for a few minutes, used once.
//!
//! A nonce carries its time and a tag under a key that is drawn at the start, so nothing is kept for one that is only
//! given out, and strangers who ask for many fill nothing. What was used is remembered until it is too old anyway.
//! After a restart no earlier nonce is good. Whose it is, it does not say: the statement that is signed names the
//! session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::password::NewPassword;
use crate::domain::Moment;
use crate::vault::entropy::{Entropy, EntropyError, draw};
use crate::vault::keyring::MacKey;

/// For how many seconds a challenge can be answered.
pub(in crate::vault) const CHALLENGE_S: i64 = 300;

const LABEL: &[u8] = b"breachvault challenge 1\0";
const SALT_LABEL: &[u8] = b"breachvault act salt 1\0";
const PASSWORD_LABEL: &[u8] = b"breachvault new password 1\0";
const RANDOM: usize = 16;
/// Seconds, random bytes, tag.
const LENGTH: usize = 8 + RANDOM + 32;

/// Makes nonces, and knows which were used.
pub(in crate::vault) struct Challenges {
    key: MacKey,
    /// Until when each that was used would be good.
    used: Mutex<HashMap<[u8; RANDOM], Moment>>,
}

impl Challenges {
    pub(in crate::vault) fn new(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let key = Zeroizing::new(draw::<32>(entropy)?);
        Ok(Self {
            key: MacKey::new(&key),
            used: Mutex::default(),
        })
    }

    /// A new nonce; `now` is as the vault measures time.
    pub(in crate::vault) fn nonce(
        &self,
        entropy: &dyn Entropy,
        now: Moment,
    ) -> Result<String, EntropyError> {
        let random = draw::<RANDOM>(entropy)?;
        let mut bytes = now.seconds().to_be_bytes().to_vec();
        bytes.extend(random);
        bytes.extend(self.key.mac(LABEL, &bytes));
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether this vault gave the nonce out, not too long ago, and nobody used it.
    pub(in crate::vault) fn is_good(&self, nonce: &str, now: Moment) -> bool {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(nonce, now)
            .is_some_and(|(random, _)| !used.contains_key(&random))
    }

    /// Uses the nonce up; false if it is not good, or not any more.
    #[must_use]
    pub(in crate::vault) fn use_up(&self, nonce: &str, now: Moment) -> bool {
        let Some((random, ends)) = self.read(nonce, now) else {
            return false;
        };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, ends| ends.seconds() >= now.seconds());
        used.insert(random, ends).is_none()
    }

    /// What salts the digest of the request that a challenge is for. Whoever has the statement of an act and not the
    /// salt, such as the receiver of a package, cannot try numbers against it. It is sealed beside the act's leaf.
    pub(in crate::vault) fn salt(&self, nonce: &str) -> [u8; 32] {
        self.key.mac(SALT_LABEL, nonce.as_bytes())
    }

    /// Binds a challenge to a password that its act sets. Without the key of this process nobody can try passwords
    /// against it.
    pub(in crate::vault) fn of_password(&self, nonce: &str, password: &NewPassword) -> [u8; 32] {
        let password = password.as_password().bytes().unwrap_or_default();
        let mut message = Zeroizing::new(nonce.as_bytes().to_vec());
        message.push(0);
        message.extend_from_slice(password);
        self.key.mac(PASSWORD_LABEL, &message)
    }

    /// A text that follows from the nonce and from what it is for, and that nobody without the key of this process can
    /// know.
    pub(in crate::vault) fn text_of(&self, nonce: &str, label: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.key.mac(label, nonce.as_bytes()))
    }

    /// The random bytes of a nonce that this process made and that is not too old, and until when it is good.
    fn read(&self, nonce: &str, now: Moment) -> Option<([u8; RANDOM], Moment)> {
        let mut bytes = [0; LENGTH];
        let length = URL_SAFE_NO_PAD.decode_slice(nonce, &mut bytes).ok()?;
        if length != LENGTH {
            return None;
        }
        let (told, tag) = bytes.split_at_checked(8 + RANDOM)?;
        if !bool::from(self.key.mac(LABEL, told).as_slice().ct_eq(tag)) {
            return None;
        }
        let (seconds, random) = told.split_first_chunk::<8>()?;
        let ends = i64::from_be_bytes(*seconds).checked_add(CHALLENGE_S)?;
        let good = ends >= now.seconds();
        good.then_some((random.try_into().ok()?, Moment::from_seconds(ends)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(1_712_048_400 + seconds)
    }

    #[test]
    fn a_nonce_is_good_once_for_a_while_and_for_this_process() {
        let entropy = SystemEntropy::new();
        let challenges = Challenges::new(&entropy).unwrap();
        let nonce = challenges.nonce(&entropy, at(0)).unwrap();
        assert!(challenges.is_good(&nonce, at(CHALLENGE_S)));
        assert!(!challenges.is_good(&nonce, at(CHALLENGE_S + 1)));
        assert!(!challenges.use_up(&nonce, at(CHALLENGE_S + 1)));
        let other = Challenges::new(&entropy).unwrap();
        assert!(!other.is_good(&nonce, at(0)));
        assert!(challenges.use_up(&nonce, at(1)));
        assert!(!challenges.is_good(&nonce, at(1)));
        assert!(!challenges.use_up(&nonce, at(1)));
        // What is too old anyway is forgotten, and does not become good by that.
        let next = challenges.nonce(&entropy, at(CHALLENGE_S + 9)).unwrap();
        assert!(challenges.use_up(&next, at(CHALLENGE_S + 9)));
        assert_eq!(challenges.used.lock().unwrap().len(), 1);
        assert!(!challenges.is_good(&nonce, at(CHALLENGE_S + 9)));
    }

    #[test]
    fn what_was_changed_is_no_nonce() {
        let entropy = SystemEntropy::new();
        let challenges = Challenges::new(&entropy).unwrap();
        let nonce = challenges.nonce(&entropy, at(0)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&nonce).unwrap();
        for at_byte in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at_byte] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(!challenges.is_good(&changed, at(0)), "{at_byte}");
        }
        for text in [
            "",
            "AAAA",
            &nonce[1..],
            &format!("{nonce}A"),
            &format!("{nonce}="),
        ] {
            assert!(!challenges.is_good(text, at(0)), "{text}");
        }
    }
}
