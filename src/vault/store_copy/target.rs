//! The database that is to have the tables: a new file, or a database of a server in which nobody has written a row.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::alone::alone;
use super::fault::CopyError;
use crate::domain::Moment;
use crate::vault::moving::{Moving, sync};
use crate::vault::paths::Paths;
use crate::vault::private_files::make_file;
use crate::vault::store::{Database, SchemaFault, StoreError, StoreFault, Writer, transfer};

/// Tables that are being filled, and what `data/moving` says of it.
pub(super) struct Target {
    pub(super) database: Database,
    pub(super) writer: Writer,
    pub(super) moving: Moving,
}

impl Target {
    /// Opens the tables, or makes them. `known` is what an attempt of before wrote that had the same source and target.
    pub(super) fn open(
        paths: &Paths,
        known: Option<&Moving>,
        moving: Moving,
        now: Moment,
    ) -> Result<Self, CopyError> {
        let goes_on = known.is_some_and(|known| known.head == moving.head && !known.stale);
        let database = match &moving.to {
            Some(note) => Database::noted(note)?,
            None => file(paths, known.is_some(), goes_on)?,
        };
        alone(&database, CopyError::TargetServed)?;
        let writer = Writer::open(database.clone())?;
        writer.migrate(now).map_err(taken)?;
        let mut target = Self {
            database,
            writer,
            moving,
        };
        if known.is_none() && transfer::has_rows(&target.writer)? {
            return Err(CopyError::Taken);
        }
        if !goes_on {
            target.moving.stale = true;
            target.moving.write(paths)?;
            transfer::clear(&target.writer)?;
            target.moving.stale = false;
        }
        target.moving.write(paths)?;
        Ok(target)
    }

    /// What was copied is not what it should be, so the next attempt begins anew.
    pub(super) fn spoil(&self, paths: &Paths) -> io::Result<()> {
        let mut moving = self.moving.clone();
        moving.stale = true;
        moving.write(paths)
    }
}

/// The tables there are not this program's.
fn taken(fault: SchemaFault) -> CopyError {
    match fault {
        SchemaFault::Object { .. }
        | SchemaFault::Steps
        | SchemaFault::Store(StoreError {
            fault: StoreFault::SchemaAltered,
            ..
        }) => CopyError::Taken,
        fault => fault.into(),
    }
}

/// The file of the tables. It gets its name as the last step.
fn file(paths: &Paths, is_known: bool, goes_on: bool) -> Result<Database, CopyError> {
    let (arriving, place) = (paths.arriving(), paths.database());
    if place.exists() {
        // An attempt was killed after the file had got its name, and before it came into force.
        match is_known && !arriving.exists() {
            true => fs::rename(&place, &arriving)?,
            false => return Err(CopyError::InTheWay),
        }
        sync(&paths.data())?;
    }
    if !goes_on || !arriving.exists() {
        for beside in ["-wal", "-shm", "-journal"] {
            remove(&beside_of(&arriving, beside))?;
        }
        drop(make_file(&arriving)?);
    }
    Ok(Database::from(&arriving))
}

pub(super) fn beside_of(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
