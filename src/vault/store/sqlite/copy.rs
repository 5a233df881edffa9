//! A copy of the whole database while the vault goes on: SQLite's own backup of one snapshot, a few pages at a time.
//!
//! The copy is of the moment at which it began, whatever is committed meanwhile. Nobody waits for it: readers and the
//! writer of a write-ahead log do not wait for a reader. What is committed meanwhile stays in that log until the copy
//! has ended.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};

use super::connection;
use super::error::at;
use crate::vault::store::error::{StoreError, StoreFault};

/// The pages of a step: 4 MB, some milliseconds of a disk.
const STEP_PAGES: i32 = 512;
/// How often a step that found the file locked is tried again.
const MOST_TRIES: u32 = 600;
const WAIT: Duration = Duration::from_millis(100);

/// Copies the database to an empty file. Between two steps it rests for `rest`, and stops if `goes_on` says so.
pub(crate) fn copy_database(
    from: &Path,
    to: &Path,
    rest: Duration,
    goes_on: &dyn Fn() -> bool,
) -> Result<(), StoreError> {
    let failed = at("copy::database");
    // The snapshot is held by this connection from here on, so the copy is never begun anew.
    let source = connection::onlooker(from)?;
    let mut target = connection::destination(to)?;
    let backup = Backup::new(&source, &mut target).map_err(&failed)?;
    let mut tries = 0;
    loop {
        if !goes_on() {
            return Err(StoreError {
                at: "copy::database",
                fault: StoreFault::Stopped,
            });
        }
        match backup.step(STEP_PAGES).map_err(&failed)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {
                tries = 0;
                thread::sleep(rest);
            }
            _ if tries < MOST_TRIES => {
                tries += 1;
                thread::sleep(WAIT);
            }
            _ => {
                return Err(StoreError {
                    at: "copy::database",
                    fault: StoreFault::Busy,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Moment;
    use crate::vault::store::{Snapshot, Writer, meta_rows};

    #[test]
    fn a_copy_is_of_the_moment_at_which_it_began_and_is_stopped_by_whoever_asked() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (
            folder.path().join("vault.db"),
            folder.path().join("a copy?"),
        );
        let writer = Writer::open(&from).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        let put = |key: &str| {
            let transaction = writer.begin().unwrap();
            meta_rows::insert(&transaction, key, &"x".repeat(9_000_000)).unwrap();
            transaction.commit().unwrap();
        };
        put("before");
        std::fs::File::create(&to).unwrap();
        // Something is committed before each step.
        let steps = std::cell::Cell::new(0);
        copy_database(&from, &to, Duration::ZERO, &|| {
            steps.set(steps.get() + 1);
            let transaction = writer.begin().unwrap();
            meta_rows::insert(&transaction, &format!("step {}", steps.get()), "").unwrap();
            transaction.commit().unwrap();
            steps.get() < 1000
        })
        .unwrap();
        assert!(steps.get() > 2, "{} steps", steps.get());
        let copy = Snapshot::of_copy(&to).unwrap();
        copy.check_pages().unwrap();
        assert!(meta_rows::find(&copy, "before").unwrap().is_some());
        for step in ["step 1", "step 2"] {
            assert_eq!(meta_rows::find(&copy, step), Ok(None));
            assert!(meta_rows::find(&writer, step).unwrap().is_some());
        }

        let other = folder.path().join("other");
        std::fs::File::create(&other).unwrap();
        let stopped = copy_database(&from, &other, Duration::ZERO, &|| false);
        assert_eq!(stopped.err().unwrap().fault, StoreFault::Stopped);
    }
}
