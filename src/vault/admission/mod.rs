//! Admits exhibits: rows come in, sealed columns and terms are staged. A dry run reads a file and stages nothing.
//!
//! Sees phone numbers, on their way from a batch of rows into terms, and the keys of the case. `operations::exhibit`
//! calls it: begin, then batch after batch, then finish or abandon. Begin, finish and abandon each write a leaf.
//! Nothing is visible before the one change of state at the end. Not promised: that an [`Admission`] which is dropped
//! without finish or abandon cleans up; the next start does.

mod abandon;
mod asked_prints;
mod begin;
mod begins;
mod begun;
mod case_prints;
mod check;
mod coder;
mod codes;
mod dry_run;
mod earlier;
mod earlier_exhibit;
mod earlier_records;
mod erased_areas;
mod erased_numbers;
pub(in crate::vault) mod erased_parts;
mod exhibit_check;
mod exhibit_stager;
mod fault;
mod file_facts;
mod file_report;
mod fingerprint_set;
mod finish;
mod group;
mod in_case;
mod in_progress;
mod intake;
#[cfg(feature = "kernels")]
mod kernels;
mod known;
mod left_admissions;
mod lines;
mod message_print;
mod number_table;
mod numbering;
mod numbers;
mod open_table;
mod part_digests;
mod quarantine;
pub(in crate::vault) mod replaced_parts;
pub(in crate::vault) mod resealed_parts;
mod rows;
mod scratch;
mod sealing;
mod seen;
mod staging;
mod tag_table;
mod terms;
#[cfg(test)]
mod tests;
mod users;
mod waiting;
mod waiting_column;
mod withdrawn;

pub(in crate::vault) use check::{check_digests, check_exhibits};
pub use dry_run::DryRun;
pub use exhibit_check::ExhibitCheck;
pub use file_facts::FileFacts;
pub use file_report::FileReport;
pub use finish::AdmittedView;
pub use in_progress::{Admission, ExhibitFacts};
pub use intake::{Batches, TakesRows};
#[cfg(feature = "kernels")]
pub use kernels::SeenRows;
