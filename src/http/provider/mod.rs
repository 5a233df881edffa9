//! The OpenID provider outside: what it publishes, and what it gives for a code.
//!
//! The one place from which a served vault makes connections of its own, to the configured issuer and the addresses
//! that it publishes, over TLS only. Answers are bounded in size and time, redirections and proxies are not followed.
//! What it publishes is kept for an hour; keys are asked for anew before that when a token names one that is not there,
//! at most once a minute. Sees the client's secret for the moment of a request, and tokens, which it keeps nowhere.

mod asked;
mod documents;
mod fault;
mod fetch;

pub(super) use self::asked::{Brought, Provider};
pub use self::fault::ProviderFault;
