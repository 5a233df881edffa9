//! Who is asking: passwords, second factors and session tokens.
//!
//! The pure parts: they see what an operator typed and what the store kept, and
//! neither the store nor any number. Called by the vault's sign-in. What is
//! shown once is wiped here after that; the buffers it went through on the way
//! to the operator are not.

mod password;
mod password_hash;
mod token;
mod totp;

pub use password::{NewPassword, Password, PasswordError};
pub use password_hash::{PasswordHash, PasswordHashError, PasswordVerified, WrongPassword};
pub use token::{EnrolmentToken, EnrolmentTokenHash, SessionToken, SessionTokenHash, TokenError};
pub use totp::{TotpCode, TotpCodeError, TotpSecret, TotpStep};
