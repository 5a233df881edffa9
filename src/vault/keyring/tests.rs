//! What the tests of this folder share, and those of no single file.

pub(super) mod bench;
mod root;
