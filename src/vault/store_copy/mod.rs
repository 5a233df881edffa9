//! Moves the tables of a vault to a server, from one into a file, or to another server.
//!
//! Keyring, mark and packages stay in the vault's directory; the tables are copied row by row, sealed as they are. The
//! order is what makes it safe to be killed anywhere:
//!
//! 1. The source is opened to look at it, as `doctor` does.
//! 2. `data/moving` says what is copied to where, and then the rows are (`store/transfer/`). The next attempt goes on
//!    from there, if the source is as it was; else it begins anew.
//! 3. Both are compared, row by row. Only then does the target get the head of the log, and is opened to look at it:
//!    the log, the control rows, every sealed part.
//! 4. In a transaction that holds the head of the source, and that marks it, `data/store` changes: one rename or one
//!    removal. Before it the source is the vault's, after it the target is.
//! 5. What every start does that finds the change made (`moving.rs`): the mark, if the transaction was not committed,
//!    and the leaf.

mod alone;
mod fault;
mod run;
mod switch;
mod target;
mod verify;
mod wanted;

pub use self::fault::CopyError;
pub use self::run::{move_tables, prepare};
pub use self::wanted::{Place, Step, Told, With};
