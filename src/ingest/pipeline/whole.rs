//! Reading a file that cannot be split on one thread.

use std::sync::mpsc::sync_channel;
use std::thread;

use super::received::Received;
use crate::domain::caught;
use crate::ingest::error::IngestError;
use crate::ingest::log_reader::{LogFacts, LogReader};
use crate::vault::plaintext::RowBatch;
use crate::vault::{Batches, OperationError};

/// How many batches there are; the two threads use them in turn.
const BATCHES: usize = 3;

/// Reads a file on a thread of its own and hands its batches to `with` on this one, in the order of
/// the file.
pub(super) fn read_whole(
    mut reader: LogReader,
    received: &Received,
    batches: &Batches,
    mut with: impl FnMut(&mut RowBatch) -> Result<(), OperationError>,
) -> Result<LogFacts, OperationError> {
    let (empty, to_fill) = sync_channel::<RowBatch>(BATCHES);
    let (full, to_admit) = sync_channel::<RowBatch>(BATCHES);
    for _ in 0..BATCHES {
        let _ = empty.send(batches.make());
    }
    thread::scope(|threads| {
        let reading = threads.spawn(move || {
            while let Ok(mut batch) = to_fill.recv() {
                let more = reader.read_batch(&mut batch)?;
                if full.send(batch).is_err() || !more {
                    break;
                }
            }
            Ok(reader.into_facts())
        });
        let admitted: Result<(), OperationError> = caught(|| {
            for mut batch in &to_admit {
                with(&mut batch)?;
                batch.clear();
                let _ = empty.send(batch);
            }
            Ok(())
        });
        if admitted.is_err() {
            received.stop();
        }
        // The reader thread ends when these channels close; otherwise it would never end.
        drop(to_admit);
        drop(empty);
        let read = reading
            .join()
            .unwrap_or(Err(IngestError::Io(std::io::ErrorKind::Other)));
        admitted?;
        Ok(read?)
    })
}
