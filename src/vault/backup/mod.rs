//! Backups and restores.
//!
//! A backup is one file: a copy of the database as it was at one moment, of the keyring, or of the erasure lists, and
//! behind it a line about it and a digest of all of it. It is made without keys and while the vault is served, and it
//! is verified before it gets its name. Whatever is in it is sealed or is the public log. What can be verified without
//! keys is said in `examine.rs`; the rest is verified by a restore, which has them. A restore changes nothing until all
//! is verified.

mod examine;
mod fault;
mod make;
mod restore;
mod restored;
mod schedule;
mod trailer;
mod verify;

pub use fault::{BackupError, RestoreError};
pub use make::{Target, back_up_database, back_up_erasures, back_up_keyring};
pub use restore::{Restored, Room, Sources, Verified};
pub use restored::Lost;
pub use schedule::{BackupSchedule, Backups};
pub use trailer::{Kind, LogEnd, Manifest};
pub use verify::verify_backup;
