//! Identity: passwords, second factors and session tokens.
//!
//! These are the pure parts: they see what an operator typed and what the store keeps, but neither
//! the store nor any phone number. Called by the vault's sign-in. Secrets that are shown once are
//! wiped here afterwards; the buffers they pass through on the way to the operator are not.

mod password;
mod password_hash;
mod token;
mod totp;

pub use password::{NewPassword, Password, PasswordError};
pub use password_hash::{PasswordHash, PasswordHashError, PasswordVerified, WrongPassword};
pub use token::{EnrolmentToken, EnrolmentTokenHash, SessionToken, SessionTokenHash, TokenError};
pub use totp::{TotpCode, TotpCodeError, TotpSecret, TotpStep};
