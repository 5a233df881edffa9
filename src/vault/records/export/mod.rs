//! What an export contains: notices, reports and evidence.
//!
//! Sees all columns in the clear, and numbers that a revealing action opened.

pub(super) mod contents;
mod subjects;
