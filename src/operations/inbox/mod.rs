//! What waits for the caller.

mod list;

pub use list::{Inbox, ListInbox};
