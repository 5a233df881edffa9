//! Scans blocks of records: plans a filter, opens the columns it needs, and visits the rows it keeps.
//!
//! Sees codes and times in the clear, the keys of blocks and sealed rows. Called by tables, pages and exports.

pub(super) mod block_place;
pub(super) mod columns;
mod handover;
pub(super) mod matches;
pub(super) mod plan;
pub(super) mod sealed_columns;
pub(super) mod walk;
pub(super) mod wanted_codes;
