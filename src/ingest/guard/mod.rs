//! What keeps message content out: columns whose names say that they hold it are never read
//! (`columns`), and a cell that reads like a message is not kept (`cells`; `message` says how that is
//! told, by signs and by `words`, `codes` and `post` which numbers are passcodes, `names` what a name
//! may look like). What keeps phone numbers out of columns that are shown is `numbers`.

mod acts;
mod asks;
mod cell_text;
pub(super) mod cells;
mod codes;
pub(super) mod columns;
mod kind_words;
mod message;
mod names;
pub(super) mod numbers;
mod parts;
mod post;
#[cfg(test)]
mod tests;
mod words;
