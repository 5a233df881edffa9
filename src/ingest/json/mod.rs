//! JSON files. `stream` finds where records begin and end in the `bytes` of a file, `layout` what they are in, `wanted`
//! says which members are looked for, `walk` goes through a record once and gives its `cells`.

mod broken_line;
mod bytes;
mod cells;
mod digit_run;
mod dropped;
mod enclosure;
mod inside;
pub(super) mod layout;
pub(super) mod line;
pub(super) mod look;
mod members;
pub(super) mod no_record;
mod numbers;
pub(super) mod path;
mod people;
pub(super) mod recipients;
pub(super) mod record;
pub(super) mod rows;
pub(super) mod stream;
mod value_end;
mod walk;
mod wanted;
