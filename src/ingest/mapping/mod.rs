//! Mappings: what the columns of a file mean that has no known format, or other column names
//! than its format. `draft` proposes one from the file itself, by the names and the looks of its columns.

pub(super) mod column;
mod column_look;
pub(super) mod country_column;
pub(super) mod draft;
mod draft_column;
mod draft_text;
mod first_line;
pub(super) mod meaning;
mod parse;
pub(super) mod recipient_column;
mod time_look;
pub(super) mod usual_names;
mod write;
