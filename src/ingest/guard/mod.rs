//! What keeps message content out: columns whose names say that they hold it are never read
//! (`columns`), and a cell that looks like a message is not kept (`cells`).

pub(super) mod cells;
pub(super) mod columns;
