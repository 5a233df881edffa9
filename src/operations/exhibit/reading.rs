//! Reading a log beside its admission: a thread that cuts the file into segments,
//! some that read their rows, and this one, which gets the batches in the order of
//! the file. What JSON holds is found by one thread, record after record.
//!
//! Nothing grows with the file: so many segments go round and no more.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::received::Received;
use super::unreadable::unreadable;
use crate::domain::caught;
use crate::ingest::{Cuts, IngestError, LogFacts, LogParser, LogReader, Segment, SplitLog, Tally};
use crate::vault::plaintext::RowBatch;
use crate::vault::{Batches, OperationError};

/// More parsers would outrun the one thread that numbers their rows.
const MOST_PARSERS: usize = 4;

/// How far threads that read stand back, of 19.
const NICENESS: i32 = 10;

/// Reads all batches and hands them to `with`, in the order of the file.
pub(super) fn read(
    reader: LogReader,
    received: &Received,
    batches: &Batches,
    with: impl FnMut(&RowBatch) -> Result<(), OperationError>,
) -> Result<LogFacts, OperationError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    match reader.split(cores.min(MOST_PARSERS)) {
        Ok(split) => read_segments(split, received, batches, with),
        Err(reader) => read_whole(reader, received, batches, with),
    }
}

/// What comes of a segment, in this order.
enum Parsed {
    Rows(Box<RowBatch>),
    /// The segment has ended; it may be filled again.
    Segment(Segment, Tally),
    /// The file has ended.
    End,
    Fault(IngestError),
}

fn read_segments(
    split: SplitLog,
    received: &Received,
    batches: &Batches,
    mut with: impl FnMut(&RowBatch) -> Result<(), OperationError>,
) -> Result<LogFacts, OperationError> {
    let SplitLog {
        first,
        mut cuts,
        parsers,
        mut facts,
    } = split;
    let round = 2 * parsers.len() + 2;
    let (spare, to_fill) = sync_channel::<Segment>(round);
    let (filled, to_parse) = sync_channel::<(u64, Segment)>(round);
    let (parsed, to_admit) = sync_channel::<(u64, Parsed)>(round);
    let to_parse = Mutex::new(to_parse);
    let empty = Mutex::new(Vec::<RowBatch>::new());
    for _ in 1..round {
        let _ = spare.send(Segment::new());
    }
    let _ = filled.send((0, first));
    thread::scope(|threads| {
        let cut = parsed.clone();
        threads.spawn(move || {
            stand_back();
            cut_all(&mut cuts, &to_fill, &filled, &cut);
        });
        for mut parser in parsers {
            let (to_parse, empty, parsed) = (&to_parse, &empty, parsed.clone());
            threads.spawn(move || {
                stand_back();
                while let Some((no, segment)) = next(to_parse) {
                    let read = caught(|| {
                        parse(&mut parser, segment, (empty, batches), |rows| {
                            parsed.send((no, Parsed::Rows(Box::new(rows)))).is_ok()
                        })
                    });
                    let ended = match read {
                        Ok((segment, tally)) => Parsed::Segment(segment, tally),
                        Err(error) => Parsed::Fault(error),
                    };
                    if parsed.send((no, ended)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(parsed);
        let admitted = caught(|| {
            let mut waiting: BTreeMap<u64, VecDeque<Parsed>> = BTreeMap::new();
            let mut now = 0;
            loop {
                let next = waiting.get_mut(&now).and_then(VecDeque::pop_front);
                let next = match next {
                    Some(next) => next,
                    None => {
                        let Ok((no, came)) = to_admit.recv() else {
                            return Err(OperationError::Internal("reading has ended"));
                        };
                        waiting.entry(no).or_default().push_back(came);
                        continue;
                    }
                };
                match next {
                    Parsed::Rows(mut batch) => {
                        with(&batch)?;
                        batch.clear();
                        lock(&empty).push(*batch);
                    }
                    Parsed::Segment(segment, tally) => {
                        facts.fitness.take(tally).map_err(unreadable)?;
                        let _ = spare.send(segment);
                        waiting.remove(&now);
                        now += 1;
                    }
                    Parsed::End => {
                        facts.fitness.end().map_err(unreadable)?;
                        return Ok(facts);
                    }
                    Parsed::Fault(error) => return Err(unreadable(error)),
                }
            }
        });
        if admitted.is_err() {
            received.stop();
        }
        // Without these the other threads would wait for ever.
        drop(to_admit);
        drop(spare);
        admitted
    })
}

/// Lets other threads go first: the one that numbers rows, which all wait for, and those
/// that answer requests. Where that is not to be had, reading only takes longer.
fn stand_back() {
    let this = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(this), NICENESS);
}

/// Cuts the file to its end. Its last words come behind the last segment.
fn cut_all(
    cuts: &mut Cuts,
    to_fill: &Receiver<Segment>,
    filled: &SyncSender<(u64, Segment)>,
    parsed: &SyncSender<(u64, Parsed)>,
) {
    for no in 1.. {
        let Ok(spare) = to_fill.recv() else {
            return;
        };
        let cut = caught(|| cuts.next(spare));
        let last = match cut {
            Ok(Some(segment)) => {
                if filled.send((no, segment)).is_err() {
                    return;
                }
                continue;
            }
            Ok(None) => Parsed::End,
            Err(error) => Parsed::Fault(error),
        };
        let _ = parsed.send((no, last));
        return;
    }
}

fn next(to_parse: &Mutex<Receiver<(u64, Segment)>>) -> Option<(u64, Segment)> {
    lock(to_parse).recv().ok()
}

/// Reads a segment; `give` is false when nobody wants its rows any more.
fn parse(
    parser: &mut LogParser,
    segment: Segment,
    (empty, batches): (&Mutex<Vec<RowBatch>>, &Batches),
    give: impl Fn(RowBatch) -> bool,
) -> Result<(Segment, Tally), IngestError> {
    parser.begin(segment);
    loop {
        let batch = lock(empty).pop();
        let mut batch = batch.unwrap_or_else(|| batches.make());
        let more = parser.read_batch(&mut batch)?;
        if !give(batch) || !more {
            return Ok(parser.end());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many batches go round between the two threads.
const BATCHES: usize = 3;

/// Reads batches on a thread of their own and hands them to `with` on this one.
fn read_whole(
    mut reader: LogReader,
    received: &Received,
    batches: &Batches,
    mut with: impl FnMut(&RowBatch) -> Result<(), OperationError>,
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
                with(&batch)?;
                batch.clear();
                let _ = empty.send(batch);
            }
            Ok(())
        });
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
