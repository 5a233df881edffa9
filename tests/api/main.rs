//! Tests over HTTPS, with a real store. The files mirror `src/operations`; `support` serves a vault
//! and has a client for each kind of caller.
#![expect(unreachable_pub, reason = "nothing outside sees a test binary")]

mod routes;
mod support;

mod admission;
mod audit;
mod audit_coverage;
mod authz_matrix;
mod bad_input;
mod busy;
mod case;
mod difference;
mod exhibit;
mod export;
mod formats;
mod leak_canary;
mod lookup;
mod mapping;
mod member;
mod reveal;
mod route_coverage;
mod scope;
mod search;
mod session;
mod slow_clients;
mod vanished;
mod versions;
mod withdrawal;
