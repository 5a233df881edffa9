//! Feeding an admission of the vault, or a dry run, with the rows of a file.

use std::io::Read;
use std::num::NonZero;
use std::thread;

use super::received::Received;
use super::segments::read_segments;
use super::whole::read_whole;
use crate::domain::{Field, Format};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::log_reader::LogReader;
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::mapping::meaning::Mapping;
use crate::ingest::times::zone::Zone;
use crate::vault::{FileFacts, OperationError, TakesRows};

/// How far an admission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file, as received.
    pub bytes: u64,
    /// Rows read of it.
    pub rows: u64,
}

/// More parsers would be faster than the one thread that numbers their rows.
const MOST_PARSERS: usize = 4;

/// Reads the whole file and hands its rows on, in the order of the file. `progress`
/// is asked after every batch; false cancels.
///
/// # Errors
///
/// What is wrong with the file (`Unreadable`), what the vault refuses, and `Cancelled`.
pub fn feed(
    into: &mut dyn TakesRows,
    declared: Declared,
    file: Box<dyn Read + Send>,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<FileFacts, OperationError> {
    let zone = declared.zone().map(|zone: &Zone| zone.name().to_owned());
    let mapping = declared.mapping.as_ref().map(Mapping::text);
    let told = into.progress();
    let received = Received::new(file, told.clone());
    let mapped = |column: &ColumnMapping| column.field() == Field::Account;
    let has_account = declared.account.is_some() || declared.columns.iter().any(mapped);
    let reader = LogReader::open(Box::new(received.clone()), declared)?;
    let format = reader.format();
    if matches!(format, Format::DuoV1 | Format::DuoV2) && !has_account {
        return Err(IngestError::AccountNeeded { format }.into());
    }
    let batches = into.batches();
    let with = |batch: &mut _| {
        into.take(batch)?;
        let so_far = Progress {
            bytes: received.so_far(),
            rows: into.rows(),
        };
        told.rows(so_far.rows);
        if progress(so_far) && !told.is_cancelled() {
            Ok(())
        } else {
            Err(OperationError::Cancelled)
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let facts = match reader.split(cores.min(MOST_PARSERS)) {
        Ok(split) => read_segments(split, &received, &batches, with)?,
        Err(reader) => read_whole(reader, &received, &batches, with)?,
    };
    into.end()?;
    let digest = received
        .clone()
        .drain()
        .map_err(|error| IngestError::Io(error.kind()))?;
    Ok(FileFacts {
        format: facts.format(),
        evidence: facts.evidence,
        zone,
        mapping,
        digest,
        bytes: received.so_far(),
        lines: facts.lines,
        dropped_columns: facts.dropped_columns,
        country_columns: facts.country_columns,
        sheet: facts.sheet,
    })
}
