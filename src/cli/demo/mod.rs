//! `demo`: sets up a whole incident in a new vault and serves it over HTTPS.
//!
//! Every step is taken by a person who may take it, through the vault's door: the administrator
//! invites, a lead opens the case and names its members, the custodian admits the log. Passwords
//! are random. The passphrase, the passwords and the session tokens of the tour are kept in the demo's
//! own directory, in files that say what they are, so that a demo can be stopped and resumed.

mod authenticator;
mod cast;
mod guide;
mod incident;
mod kept;
mod run;
mod tour;

pub(super) use self::run::Demo;
