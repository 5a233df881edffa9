//! Tokens of scripts: what a program sends in the place of somebody's session.

mod list;
mod make;
mod revoke;

pub use list::{ListTokens, TokenList};
pub use make::{MakeToken, MakeTokenInput};
pub(in crate::operations) use make::{told, wanted};
pub use revoke::RevokeToken;
