//! Admitting a file: its rows are read beside this thread, which hands them to the vault.

use std::io::Read;

use super::arriving::Arriving;
use super::reading;
use super::received::Received;
use super::unreadable::unreadable;
use crate::domain::{CaseId, Reference, Title, caught};
use crate::ingest::{Declared, IngestError, LogReader, Mapping, Zone};
use crate::vault::plaintext::Region;
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
    let read = caught(|| read_all(vault, &mut admission, declared, arriving.file, progress));
    match read {
        Ok(file) => vault.finish_admission(caller, admission, file),
        // However the reading ended when somebody stopped it.
        Err(_) if told.is_cancelled() => {
            let error = OperationError::Conflict(Conflict::AdmissionCancelled);
            Err(vault.abandon_admission(caller, admission, error))
        }
        Err(error) => Err(vault.abandon_admission(caller, admission, error)),
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
    let batches = admission.batches();
    let facts = reading::read(reader, &received, &batches, |batch| {
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
    let digest = received
        .clone()
        .drain()
        .map_err(|error| unreadable(IngestError::Io(error.kind())))?;
    Ok(FileFacts {
        format: facts.format(),
        evidence: facts.evidence,
        zone,
        mapping,
        digest,
        bytes: received.so_far(),
        dropped_columns: facts.dropped_columns,
    })
}
