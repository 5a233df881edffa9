//! Admission of exhibits: rows in, sealed columns and terms out.
//!
//! Sees numbers, on their way from a batch of rows into terms, and the keys of
//! the case. `operations::exhibit` drives it: begin, batch after batch, then
//! finish or abandon, each with a leaf of its own. Nothing is visible before the
//! one state change at the end. Not promised: that an [`Admission`] which is
//! dropped without either cleans up; the next start does.

mod abandon;
mod begin;
mod check;
mod codes;
mod earlier;
mod fault;
mod finish;
mod group;
mod numbering;
mod numbers;
mod parts;
mod quarantine;
mod rows;
mod sealing;
mod seen;
mod terms;
#[cfg(test)]
mod tests;
mod users;
mod waiting;
mod withdrawn;

pub use begin::{Admission, Batches, ExhibitFacts};
pub use check::ExhibitCheck;
pub use finish::{AdmittedView, FileFacts};
