//! The vault as its users meet it: over HTTPS, with a real store behind it.
//!
//! The folders mirror `src/operations`, file for file; `across/mirror.rs` holds
//! that. `across` has what no single operation holds, `support` serves a vault
//! and gives a client for each kind of caller. `network` has what comes before any operation, `console`
//! the pages.
#![expect(unreachable_pub, reason = "nothing outside sees a test binary")]

mod across;
mod network;
mod support;

#[path = "../checks/directory.rs"]
mod directory;

#[path = "../../src/vault/store/postgresql/tests/server.rs"]
#[expect(dead_code, reason = "most of it is for tests of one server")]
mod server;
#[path = "../../src/vault/store/postgresql/tests/tables.rs"]
#[expect(dead_code, reason = "copies are for the checks")]
mod tables;

#[path = "../checks/outside.rs"]
#[expect(dead_code, reason = "what runs the Python programs is for the checks")]
mod outside;

mod audit;
mod case;
mod clock;
mod console;
mod destruction;
mod erasure;
mod exhibit;
mod export;
mod health;
mod inbox;
mod key;
mod machine;
mod membership;
mod r#move;
mod operator;
mod passkey;
mod quarantine;
mod raise;
mod record;
mod recovery;
mod reveal;
mod session;
mod token;
mod withdrawal;
