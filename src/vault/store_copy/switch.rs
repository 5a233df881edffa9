//! The one step after which the vault's tables are the new ones.

use std::fs::{self, File};

use super::fault::CopyError;
use super::target::{Target, beside_of};
use crate::vault::moving::{Found, mark, mark_old, sync};
use crate::vault::paths::Paths;
use crate::vault::store::Database;

/// Marks the old tables, if they are still what was copied, and then puts the new ones in force. From the mark on
/// nobody goes on from the old ones, and whoever opens the vault next does the rest.
pub(super) fn switch(
    paths: &Paths,
    source: &Database,
    target: Target,
    found: Found,
) -> Result<(), CopyError> {
    let Target {
        writer, mut moving, ..
    } = target;
    let mark = mark(&found);
    moving.verified = Some(found);
    moving.write(paths)?;
    if moving.to.is_none() {
        writer.empty_log()?;
        drop(writer);
        name_the_file(paths)?;
    }
    match mark_old(source, &moving, &mark)? {
        true => Ok(moving.put_in_force(paths)?),
        false => Err(CopyError::Changed),
    }
}

/// The file has all rows, and its own name. It is not in force before `data/store` is gone.
fn name_the_file(paths: &Paths) -> Result<(), CopyError> {
    let arriving = paths.arriving();
    for beside in ["-wal", "-journal"] {
        let left = beside_of(&arriving, beside).metadata();
        if left.is_ok_and(|left| left.len() > 0) {
            return Err(CopyError::Unsound("the file is still in use".to_owned()));
        }
    }
    File::open(&arriving)?.sync_all()?;
    fs::rename(&arriving, paths.database())?;
    sync(&paths.data())?;
    Ok(())
}
