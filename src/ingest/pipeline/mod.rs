//! From a file to an admission of the vault: the threads that read rows, and the bytes they read.
//!
//! The only part of `ingest` with threads. It holds a fixed number of segments and batches, so its
//! memory does not grow with the file.

mod arriving;
mod feed;
mod received;
mod refused;
mod segments;
mod whole;

pub use self::arriving::Arriving;
pub use self::feed::{Progress, feed};
