//! The stored hash of a password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::vault::argon2id::Argon2Params;
use crate::vault::entropy::{Entropy, EntropyError, draw};

use super::password::{NewPassword, Password};

const SALT: usize = 16;
const HASH: usize = 32;

/// An Argon2id hash (RFC 9106) in the PHC string format, with its parameters:
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
pub struct PasswordHash {
    params: Argon2Params,
    salt: [u8; SALT],
    hash: [u8; HASH],
}

/// Proof that somebody knew the password.
#[derive(Debug)]
#[must_use]
pub struct PasswordVerified(());

/// The password is wrong, or there is no such operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wrong name or password")]
pub struct WrongPassword;

/// A hash could not be made or read. The error holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// The stored password hash is malformed.
    #[error("the stored password hash is malformed")]
    Malformed,
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    NotHashed,
    /// The system's random generator failed.
    #[error("the system's random generator failed")]
    NoEntropy,
}

impl PasswordHash {
    /// Hashes a password with a fresh salt.
    pub fn make(
        password: &NewPassword,
        params: Argon2Params,
        entropy: &dyn Entropy,
    ) -> Result<Self, PasswordHashError> {
        let salt = draw::<SALT>(entropy)?;
        let hash = hashed(password.as_password(), params, &salt)?;
        Ok(Self {
            params,
            salt,
            hash: *hash,
        })
    }

    /// Parses a PHC string.
    pub fn parse(text: &str) -> Result<Self, PasswordHashError> {
        parse(text).ok_or(PasswordHashError::Malformed)
    }

    /// The PHC string, for the store.
    pub fn to_phc(&self) -> String {
        format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            self.params.memory_kib(),
            self.params.passes(),
            self.params.lanes(),
            STANDARD_NO_PAD.encode(self.salt),
            STANDARD_NO_PAD.encode(self.hash),
        )
    }

    /// Checks a password, in constant time for the hash.
    pub fn verify(&self, password: &Password) -> Result<PasswordVerified, WrongPassword> {
        let hash = hashed(password, self.params, &self.salt).map_err(|_| WrongPassword)?;
        if bool::from(self.hash.ct_eq(&*hash)) {
            Ok(PasswordVerified(()))
        } else {
            Err(WrongPassword)
        }
    }

    /// Does the same work for an operator who does not exist, so that the time does not show who
    /// exists. `params` are the parameters of new hashes.
    pub fn dummy_verify(password: &Password, params: Argon2Params) -> WrongPassword {
        let _ = hashed(password, params, &[0; SALT]);
        WrongPassword
    }

    /// True if the hash was made with other parameters than new hashes.
    pub fn needs_rehash(&self, params: Argon2Params) -> bool {
        self.params != params
    }
}

impl From<EntropyError> for PasswordHashError {
    fn from(EntropyError: EntropyError) -> Self {
        Self::NoEntropy
    }
}

fn hashed(
    password: &Password,
    params: Argon2Params,
    salt: &[u8; SALT],
) -> Result<Zeroizing<[u8; HASH]>, PasswordHashError> {
    let mut hash = Zeroizing::new([0; HASH]);
    let bytes = password.bytes().ok_or(PasswordHashError::NotHashed)?;
    params
        .derive(bytes, salt, &mut hash[..])
        .map_err(|_| PasswordHashError::NotHashed)?;
    Ok(hash)
}

fn parse(text: &str) -> Option<PasswordHash> {
    let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let mut costs = costs.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse().ok();
    let params = Argon2Params::new(cost("m=")?, cost("t=")?, cost("p=")?).ok()?;
    if costs.next().is_some() {
        return None;
    }
    Some(PasswordHash {
        params,
        salt: STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?,
        hash: STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    fn cheap() -> Argon2Params {
        Argon2Params::new(64, 1, 1).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    fn made(text: &str) -> PasswordHash {
        let password = NewPassword::parse(password(text)).unwrap();
        PasswordHash::make(&password, cheap(), &SystemEntropy::new()).unwrap()
    }

    #[test]
    fn only_the_password_it_was_made_of_is_verified() {
        let hash = made("correct horse battery");
        assert!(hash.verify(&password("correct horse battery")).is_ok());
        assert!(hash.verify(&password("correct horse batterz")).is_err());
        assert!(hash.verify(&password("")).is_err());
        assert!(hash.verify(&password(&"x".repeat(5_000))).is_err());
    }

    #[test]
    fn a_hash_reads_back_with_its_costs() {
        let text = made("correct horse battery").to_phc();
        assert!(text.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        let hash = PasswordHash::parse(&text).unwrap();
        assert!(hash.verify(&password("correct horse battery")).is_ok());
        assert_eq!(hash.to_phc(), text);
        assert!(!hash.needs_rehash(cheap()));
        assert!(hash.needs_rehash(Argon2Params::PASSWORD));
    }

    #[test]
    fn another_implementation_verifies_our_hash() {
        use argon2::password_hash::{PasswordVerifier, phc};
        let text = made("correct horse battery").to_phc();
        let hash = phc::PasswordHash::new(&text).unwrap();
        let argon2 = argon2::Argon2::default();
        assert!(
            argon2
                .verify_password(b"correct horse battery", &hash)
                .is_ok()
        );
        assert!(
            argon2
                .verify_password(b"correct horse batterz", &hash)
                .is_err()
        );
    }

    #[test]
    fn a_malformed_hash_is_refused() {
        let good = made("correct horse battery").to_phc();
        assert!(PasswordHash::parse(&good).is_ok());
        for bad in [
            String::new(),
            good.replace("argon2id", "argon2i"),
            good.replace("v=19", "v=16"),
            good.replace("m=64", "m=4294967295"),
            good.replace("m=64,t=1", "t=1,m=64"),
            format!("{good}$"),
            format!("{good}A"),
            good[..good.len() - 1].to_owned(),
        ] {
            assert!(PasswordHash::parse(&bad).is_err());
        }
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        assert_ne!(
            made("correct horse battery").hash,
            made("correct horse battery").hash
        );
        let WrongPassword = PasswordHash::dummy_verify(&password("anything"), cheap());
    }
}
