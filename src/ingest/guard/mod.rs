//! What keeps message content out: columns whose names say that they hold it are never read
//! (`columns`), and a cell that reads like a message is not kept (`cells`; `message` says how that is
//! told, by signs and by `words`). What keeps phone numbers out of columns that are shown is `numbers`.

pub(super) mod cells;
pub(super) mod columns;
mod message;
mod names;
pub(super) mod numbers;
mod parts;
mod post;
#[cfg(test)]
mod tests;
mod words;
