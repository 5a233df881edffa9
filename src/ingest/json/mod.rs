//! JSON files. `stream` finds where records begin and end, `wanted` says which members are
//! looked for, `walk` goes through a record once and gives its `cells`.

mod cells;
mod dropped;
pub(super) mod look;
mod members;
pub(super) mod path;
pub(super) mod record;
pub(super) mod rows;
pub(super) mod stream;
mod walk;
mod wanted;
