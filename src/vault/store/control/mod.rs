//! Control rows: the rows that decide what somebody may do or see. Only the vault can have written
//! them; whoever writes the file without its keys is found.
//!
//! [`tables`] lists the tables. [`ControlState`] holds in memory what the rows are: for each group
//! of rows that is ever read together, the sum of the rows' keyed elements modulo 2^256. Every read
//! and every write of a control row goes through [`rows`], which compares what the file says with
//! that sum, so a row that was edited, added, removed or put back is found, and so is one that is
//! missing. Rows that were read or committed are kept in memory, and stand for the file as long as
//! their group has the sum that they make, for a second at most: an act goes by what the vault wrote,
//! whatever the file says by then. Before an answer leaves, its commit notices whether another connection has
//! committed, and then compares all control rows with the file; where other nodes of the vault write all the time, once
//! a second. The ledger seals the sums of whole
//! tables with every commit, and the next start compares them with the file. No SQL outside this
//! folder names a control table; `tests/architecture/` checks that.
//!
//! It sees no keys: the element of a row is made by a function that the start hands over. When the root gets a
//! successor, the sums of all groups are made anew by another function, in one commit.

mod encode;
mod put_off;
mod recent;
mod row;
mod rows;
mod state;
mod sum;
mod tables;
mod view;

pub(super) use encode::{Cell, blob, int, nothing, real, text};
pub(crate) use recent::Recent;
pub(super) use row::ControlRow;
pub(crate) use rows::ReadControl;
pub(crate) use state::{ControlState, Elements};
pub(super) use sum::Sum;
pub(super) use tables::{
    BUDGET, CASES, CLOCK, CONTROL, ControlTable, ERASURE, EXHIBIT, MEMBERSHIP, META, NODE,
    OPERATOR, RELEASE, REQUEST, SESSION, SLOT_CHANGE,
};
pub(super) use view::ControlView;
