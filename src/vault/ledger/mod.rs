//! The one writer. Every change and every leaf go through one queue, one thread and one connection.
//!
//! The ledger holds the store's writer and the log's signing key; an act is a closure of the caller.
//! Many acts share one commit. Each writing act runs in a savepoint of its own, so that a failure
//! undoes that act only. A receipt is made after the commit has returned and is on disk.
//!
//! The order of acts of different callers is not promised. A leaf may say `done` although the client
//! went away before the answer: the log may record too much, never too little.

mod act;
mod as_written;
mod book;
pub(in crate::vault) mod clock_keeper;
mod control_seal;
mod details;
mod draft;
mod edge;
mod fault;
mod files;
mod health;
mod holds;
mod mark;
mod queue;
mod signing;
mod stored_log;
pub mod trail;
mod writer;

pub(crate) use act::{Acted, StageError};
pub(in crate::vault) use as_written::{proven_leaf, verify_again, verify_all};
pub(in crate::vault) use book::{Book, found_log, log_key_at, write_vkey};
pub use control_seal::ControlFault;
pub(in crate::vault) use control_seal::{elements_of, keys_in_force};
pub(in crate::vault) use details::{FoundDetail, open_detail};
pub(crate) use draft::{ActOutcome, Detail, Draft, StatedDecision};
pub use fault::BookError;
pub use health::Health;
pub use mark::MarkFault;
pub(in crate::vault) use mark::{
    Mark, read as read_mark, verify as verify_mark, write as write_mark,
};
pub(in crate::vault) use signing::{Signing, verifier_of};
pub(in crate::vault) use stored_log::{StoredHashes, name_of_log};
pub(crate) use writer::{Ledger, Stager};
