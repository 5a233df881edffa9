//! The one step after which the vault's tables are the new ones.

use std::fs::{self, File};

use super::fault::CopyError;
use super::target::{Target, beside_of};
use crate::vault::keyring::replace_file;
use crate::vault::moving::{Found, mark, sync};
use crate::vault::paths::Paths;
use crate::vault::store::{Database, Writer, transfer};

/// Puts the new tables in force, if the old ones are still what was copied. The head of the old ones is held meanwhile,
/// so nobody goes on from it.
pub(super) fn switch(
    paths: &Paths,
    source: &Database,
    target: Target,
    head: &[u8; 32],
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
    let old = Writer::open(source.clone())?;
    let begun = old.begin()?;
    if transfer::head::digest(&begun)?.as_ref() != Some(head) {
        return Err(CopyError::Changed);
    }
    transfer::head::mark_moved(&begun, &mark)?;
    match &moving.to {
        Some(note) => replace_file(&paths.store(), note.as_bytes())?,
        None => {
            fs::remove_file(paths.store())?;
            sync(&paths.data())?;
        }
    }
    if begun.commit().is_err() {
        tracing::warn!("the tables that were left are not marked yet; the next start marks them");
    }
    Ok(())
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
