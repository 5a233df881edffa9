//! The caller's own passkeys.

mod begin;
mod enrol;
mod list;
mod remove;
