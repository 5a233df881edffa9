//! `demo`: a whole incident in a fresh vault, served over HTTPS.
//!
//! Everything is done as the people who may do it, through the vault's door:
//! the administrator invites, a lead opens the case and names its members, the
//! custodian admits the log. Passwords are random and shown once; on disk are the
//! passphrase and the sessions of the tour, in the demo's own directory, in files
//! that say what they are.

mod authenticator;
mod cast;
mod guide;
mod incident;
mod run;
mod tour;

pub(super) use self::run::Demo;
