//! The vault as its users meet it: over HTTPS, with a real store behind it.
//!
//! The folders mirror `src/operations`, file for file; `across/mirror.rs` holds
//! that. `across` has what no single operation holds, `support` serves a vault
//! and gives a client for each kind of caller.
#![expect(unreachable_pub, reason = "nothing outside sees a test binary")]

mod across;
mod support;

mod audit;
mod case;
mod exhibit;
mod export;
mod key;
mod operator;
mod raise;
mod record;
mod reveal;
mod session;
mod withdrawal;
