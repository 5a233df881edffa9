//! Mappings: what the columns of a file mean that has no known format, or other column names
//! than its format. `draft` proposes one from the file itself.

pub(super) mod column;
pub(super) mod draft;
mod guess;
pub(super) mod meaning;
mod parse;
mod write;
