//! The one writer. Every act that changes anything, and every leaf, goes through
//! this queue, one thread and one connection.
//!
//! Sees the connection and the log's signing key; what an act does is the
//! caller's closure. Many acts share one commit; each runs in a savepoint of its
//! own, so that one that fails takes nothing of the others with it. No receipt
//! exists before `COMMIT` with `synchronous=FULL` has returned.
//!
//! Not promised: an order between callers. A leaf may say `done` although the
//! client went away before the answer; the log over-records, never under-records.

mod act;
mod book;
mod draft;
mod health;
mod queue;
pub mod trail;
mod writer;

pub(crate) use act::{Acted, StageError};
pub use book::BookError;
pub(in crate::vault) use book::{Book, StoredHashes, public_key};
pub(crate) use draft::{Detail, Draft, Outcome};
pub use health::Health;
pub(crate) use writer::{Ledger, Stager};
