//! Tokens of scripts.

mod tokens;

pub use self::tokens::{MakeTokenPage, RevokeTokenPage, TokensPage};
