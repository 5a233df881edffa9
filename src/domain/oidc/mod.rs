//! OpenID Connect: who somebody is, as a provider outside the vault says it.
//!
//! Pure: bytes in, a verdict out. `jws` reads a signed text and checks its signature with ring, `key_set` reads the
//! provider's keys, `id_token` compares what was signed with what was asked, `pkce` makes the challenge of a code.
//! Only an [`IdToken`] that was verified becomes a [`Vouched`], so whoever has one need not check again. Not promised:
//! that the provider is honest about who somebody is; the vault gives a new account no right in any case.

mod algorithm;
mod id_token;
mod jws;
mod key_set;
mod pkce;

pub use self::id_token::{Expected, IdToken, NotVouched, Vouched, is_at};
pub use self::key_set::KeySet;
pub use self::pkce::code_challenge;
