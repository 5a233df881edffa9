//! Tokens of scripts.

mod tokens;

pub(super) use self::tokens::for_scripts;
pub use self::tokens::{MakeTokenPage, RevokeTokenPage, TokensPage};
