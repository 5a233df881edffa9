//! Reading a delimited file on several threads.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::received::Received;
use crate::domain::{caught, set_nice};
use crate::ingest::csv::cuts::Cuts;
use crate::ingest::csv::parser::SegmentParser;
use crate::ingest::csv::rows::{skip_beginning, skip_end};
use crate::ingest::csv::segment::Segment;
use crate::ingest::error::IngestError;
use crate::ingest::log_reader::{LogFacts, SplitLog};
use crate::ingest::rows::fitness::FitTally;
use crate::vault::plaintext::RowBatch;
use crate::vault::{Batches, OperationError};

/// Reader threads run at nice 10, because all others wait for the thread that numbers rows, and requests come before an
/// admission.
const NICENESS: i32 = 10;

/// The messages of a parser: the rows of a segment, and then one of the other three.
enum FromSegment {
    Rows(Box<RowBatch>),
    /// All rows of the segment were sent. It can be filled again.
    Segment(Segment, FitTally),
    /// The file has ended: how many lines it has, and what was counted of its last.
    End(u64, Box<RowBatch>),
    Fault(IngestError),
}

/// Reads a file that was split and hands its batches to `with`, in the order of the file.
///
/// One thread cuts the file into segments, each parser reads rows on a thread of its own, and this
/// thread puts the batches in order. The number of segments is fixed and they are used again, so
/// memory does not grow with the file.
pub(super) fn read_segments(
    split: SplitLog,
    received: &Received,
    batches: &Batches,
    mut with: impl FnMut(&mut RowBatch) -> Result<(), OperationError>,
) -> Result<LogFacts, OperationError> {
    let SplitLog {
        first,
        mut cuts,
        before,
        parsers,
        mut facts,
    } = split;
    let round = 2 * parsers.len() + 2;
    let (spare, to_fill) = sync_channel::<Segment>(round);
    let (filled, to_parse) = sync_channel::<(u64, Segment)>(round);
    let (parsed, to_admit) = sync_channel::<(u64, FromSegment)>(round);
    let to_parse = Mutex::new(to_parse);
    let empty = Mutex::new(Vec::<RowBatch>::new());
    for _ in 1..round {
        let _ = spare.send(Segment::new());
    }
    let _ = filled.send((0, first));
    thread::scope(|threads| {
        let cut = parsed.clone();
        let mut rest = batches.make();
        skip_beginning(&before, &mut rest);
        threads.spawn(move || {
            set_nice(NICENESS);
            cut_all(&mut cuts, &to_fill, &filled, (&cut, rest));
        });
        for mut parser in parsers {
            let (to_parse, empty, parsed) = (&to_parse, &empty, parsed.clone());
            threads.spawn(move || {
                set_nice(NICENESS);
                while let Some((no, segment)) = next(to_parse) {
                    let read = caught(|| {
                        parse(&mut parser, segment, (empty, batches), |rows| {
                            parsed.send((no, FromSegment::Rows(Box::new(rows)))).is_ok()
                        })
                    });
                    let ended = match read {
                        Ok((segment, tally)) => FromSegment::Segment(segment, tally),
                        Err(error) => FromSegment::Fault(error),
                    };
                    if parsed.send((no, ended)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(parsed);
        let admitted = caught(|| {
            let mut waiting: BTreeMap<u64, VecDeque<FromSegment>> = BTreeMap::new();
            let mut now = 0;
            loop {
                let next = waiting.get_mut(&now).and_then(VecDeque::pop_front);
                let next = match next {
                    Some(next) => next,
                    None => {
                        let Ok((no, came)) = to_admit.recv() else {
                            return Err(OperationError::Internal("the reader threads have ended"));
                        };
                        waiting.entry(no).or_default().push_back(came);
                        continue;
                    }
                };
                match next {
                    FromSegment::Rows(mut batch) => {
                        with(&mut batch)?;
                        batch.clear();
                        lock(&empty).push(*batch);
                    }
                    FromSegment::Segment(segment, tally) => {
                        facts.fitness.take(tally)?;
                        let _ = spare.send(segment);
                        waiting.remove(&now);
                        now += 1;
                    }
                    FromSegment::End(lines, mut rest) => {
                        with(&mut rest)?;
                        facts.fitness.end()?;
                        facts.lines = lines;
                        return Ok(facts);
                    }
                    FromSegment::Fault(error) => return Err(error.into()),
                }
            }
        });
        if admitted.is_err() {
            received.stop();
        }
        // The other threads end when these channels close; otherwise they would never end.
        drop(to_admit);
        drop(spare);
        admitted
    })
}

/// Cuts the file into segments, to its end. After the last one it sends how the file ended; `rest` takes the lines
/// that are in no segment.
fn cut_all(
    cuts: &mut Cuts,
    to_fill: &Receiver<Segment>,
    filled: &SyncSender<(u64, Segment)>,
    (parsed, mut rest): (&SyncSender<(u64, FromSegment)>, RowBatch),
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
            Ok(None) => {
                skip_end(cuts, &mut rest);
                FromSegment::End(cuts.lines().0, Box::new(rest))
            }
            Err(error) => FromSegment::Fault(error),
        };
        let _ = parsed.send((no, last));
        return;
    }
}

/// The next segment to read; `None` when there is no more.
fn next(to_parse: &Mutex<Receiver<(u64, Segment)>>) -> Option<(u64, Segment)> {
    lock(to_parse).recv().ok()
}

/// Reads the rows of a segment. `give` answers false when the admission has ended.
fn parse(
    parser: &mut SegmentParser,
    segment: Segment,
    (empty, batches): (&Mutex<Vec<RowBatch>>, &Batches),
    give: impl Fn(RowBatch) -> bool,
) -> Result<(Segment, FitTally), IngestError> {
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
