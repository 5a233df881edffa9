//! Identity: passwords, second factors and session tokens.
//!
//! Sees what an operator typed, and the sealed secrets that the store keeps. Never a phone number.
//! Called by the vault's sign-in. Secrets that are shown once are wiped here afterwards; the
//! buffers they pass through on the way to the operator are not.

mod challenges;
mod fingerprint;
mod kept_passkey;
mod known_sessions;
mod machine_certificate;
mod operator_secrets;
mod password;
mod password_hash;
mod script_token;
mod subnet;
mod throttle;
mod token;
mod totp;

pub(in crate::vault) use challenges::{CHALLENGE_S, Challenges};
pub(in crate::vault) use fingerprint::WrongFingerprints;
pub use fingerprint::{Fingerprint, FingerprintError};
pub(in crate::vault) use kept_passkey::{KeptPasskey, PASSKEYS_MOST, Unasserted};
pub(in crate::vault) use known_sessions::KnownSessions;
pub use machine_certificate::{MachineCertificate, MachineCertificateError};
pub(in crate::vault) use operator_secrets::OperatorSecrets;
pub use password::{NewPassword, Password, PasswordError};
pub use password_hash::{PasswordHash, PasswordHashError, PasswordVerified, WrongPassword};
pub(in crate::vault) use subnet::Subnet;
pub(in crate::vault) use throttle::{Admitted, CountedCode, Throttle, ThrottleKey};
pub use token::{
    EnrolmentTag, EnrolmentToken, RecoveryCode, RecoveryTag, SessionTag, SessionToken, TokenError,
};
pub use totp::{TotpCode, TotpCodeError, TotpSecret, TotpStep};
