//! `exhibit check` without a vault: a file is read to the end and reported on. It needs no right, because people who
//! have the file can see more of it than the report shows.

use super::admit::AdmitWords;
use crate::domain::caught;
use crate::ingest::pipeline::{Arriving, Progress, feed};
use crate::vault::entropy::SystemEntropy;
use crate::vault::{DryRun, FileReport, OperationError};

/// Reads the whole file and says what an admission would make of it; `most` is the largest share of its rows that may
/// be in quarantine.
///
/// # Errors
///
/// `Invalid` if what is said about the file is wrong, `Unreadable` if the file is, and `Cancelled`.
pub fn check_file(
    words: &AdmitWords,
    arriving: Arriving,
    most: f64,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<FileReport, OperationError> {
    let (declared, region, accepted) = words.about_file()?;
    // Nothing is done with them here; an admission would refuse them, and that is better said now.
    words.about_exhibit()?;
    let mut run = DryRun::new(&SystemEntropy::new(), region)?;
    let file = caught(|| feed(&mut run, declared, arriving.file, progress))?;
    Ok(run.report(&file, most, accepted))
}
