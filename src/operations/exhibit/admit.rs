//! Admitting a file: one thread reads rows, this one hands them to the vault.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;

use super::arriving::Arriving;
use super::received::Received;
use super::unreadable::unreadable;
use crate::domain::{CaseId, Reference, Title};
use crate::ingest::{Declared, IngestError, LogReader, Mapping, Zone};
use crate::vault::plaintext::{Region, RowBatch};
use crate::vault::{
    Admission, Caller, Conflict, ExhibitFacts, FileFacts, OperationError, Refusal, Reply, Vault,
};

/// What is asked beside the file itself.
pub struct AdmitRequest {
    pub case: CaseId,
    pub name: Option<Title>,
    /// Where the file came from.
    pub source: Option<Reference>,
    pub declared: Declared,
    /// In which numbers without a calling code are meant.
    pub region: Option<Region>,
}

/// How far an admission is: bytes of the file as received, rows read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub rows: u64,
}

/// Admits the whole file or nothing of it. `progress` is asked after every batch;
/// false cancels.
pub fn admit(
    vault: &Vault,
    caller: &Caller,
    request: AdmitRequest,
    arriving: Arriving,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Reply, Refusal> {
    let AdmitRequest {
        case,
        name,
        source,
        declared,
        region,
    } = request;
    let facts = ExhibitFacts {
        name,
        source,
        region,
        bytes: arriving.bytes,
    };
    let mut admission = vault.begin_admission(caller, &case, facts)?;
    let told = admission.progress();
    if let Some(stop) = arriving.stop {
        told.on_cancel(stop);
    }
    let read = catch_unwind(AssertUnwindSafe(|| {
        read_all(vault, &mut admission, declared, arriving.file, progress)
    }));
    match read {
        Ok(Ok(file)) => vault.finish_admission(caller, admission, file),
        // However the reading ended when somebody stopped it.
        Ok(Err(_)) if told.is_cancelled() => {
            let error = OperationError::Conflict(Conflict::AdmissionCancelled);
            Err(vault.abandon_admission(caller, admission, error))
        }
        Ok(Err(error)) => Err(vault.abandon_admission(caller, admission, error)),
        Err(_) => {
            let error = OperationError::Internal("a panic was caught");
            Err(vault.abandon_admission(caller, admission, error))
        }
    }
}

fn read_all(
    vault: &Vault,
    admission: &mut Admission,
    declared: Declared,
    file: Box<dyn Read + Send>,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<FileFacts, OperationError> {
    let zone = declared.zone().map(|zone: &Zone| zone.name().to_owned());
    let mapping = declared.mapping.as_ref().map(Mapping::text);
    let told = admission.progress();
    let received = Received::new(file, told.clone());
    let reader = LogReader::open(Box::new(received.clone()), declared).map_err(unreadable)?;
    let reader = read_beside(reader, &received, |batch| {
        vault.admit_batch(admission, batch)?;
        let so_far = Progress {
            bytes: received.so_far(),
            rows: admission.rows(),
        };
        told.rows(so_far.rows);
        if progress(so_far) && !told.is_cancelled() {
            Ok(())
        } else {
            Err(OperationError::Cancelled)
        }
    })?;
    let (format, evidence) = (reader.format(), reader.evidence().to_owned());
    let dropped_columns = reader.dropped_columns();
    drop(reader);
    let digest = received
        .clone()
        .drain()
        .map_err(|error| unreadable(IngestError::Io(error.kind())))?;
    Ok(FileFacts {
        format,
        evidence,
        zone,
        mapping,
        digest,
        bytes: received.so_far(),
        dropped_columns,
    })
}

/// How many batches go round between the two threads.
const BATCHES: usize = 3;

/// Reads batches on a thread of their own and hands them to `with` on this one.
fn read_beside(
    mut reader: LogReader,
    received: &Received,
    mut with: impl FnMut(&RowBatch) -> Result<(), OperationError>,
) -> Result<LogReader, OperationError> {
    let (empty, to_fill) = sync_channel::<RowBatch>(BATCHES);
    let (full, to_admit) = sync_channel::<RowBatch>(BATCHES);
    for _ in 0..BATCHES {
        let _ = empty.send(RowBatch::new());
    }
    std::thread::scope(|threads| {
        let reading = threads.spawn(move || {
            while let Ok(mut batch) = to_fill.recv() {
                let more = reader.read_batch(&mut batch)?;
                if full.send(batch).is_err() || !more {
                    break;
                }
            }
            Ok(reader)
        });
        let admitted = catch_unwind(AssertUnwindSafe(|| {
            for mut batch in &to_admit {
                with(&batch)?;
                batch.clear();
                let _ = empty.send(batch);
            }
            Ok(())
        }))
        .unwrap_or(Err(OperationError::Internal("a panic was caught")));
        if admitted.is_err() {
            received.stop();
        }
        // Without these the reading thread would wait for ever.
        drop(to_admit);
        drop(empty);
        let read = reading
            .join()
            .unwrap_or(Err(IngestError::Io(std::io::ErrorKind::Other)));
        admitted?;
        read.map_err(unreadable)
    })
}
