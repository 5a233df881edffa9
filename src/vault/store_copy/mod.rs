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
//! 4. The source is marked, in a transaction that holds its head and compares it with what was copied. From then on no
//!    log goes on from there, at whatever node.
//! 5. `data/store` changes: one rename or one removal. A start that finds the mark and not the change makes it.
//! 6. What every start does that finds the change made (`moving.rs`): an old file is put aside, and the leaf.

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
