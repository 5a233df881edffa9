//! The records of one subject, in the order of sending.
//!
//! Every page reads all records of the subject, of which there are few, and keeps no more than a page in memory.

use std::collections::BinaryHeap;

use super::cursor::Cursor;
use super::page::{Gathered, Masks, SHOWN};
use crate::domain::Field;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::block_place::{BlockPlace, RecordAt};
use crate::vault::records::scan::plan::Plan;
use crate::vault::records::scan::walk::Next;

impl CaseRecords<'_> {
    /// The page that begins at the cursor, ordered by time, then by exhibit and row.
    pub(super) fn timeline(
        &self,
        plan: &Plan,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Gathered, OperationError> {
        let begin = cursor.map(|cursor| SentRecord {
            sent_at: cursor.sent_at,
            at: cursor.at(),
        });
        let fields = [Field::SentAt];
        let parts = self.fold(plan, &fields, Earliest::default, |part, columns| {
            let mut noted = Ok(());
            columns
                .selection()
                .for_each(|row| match columns.seconds(row) {
                    Ok(sent_at) => {
                        let at = columns.place().record(row);
                        part.note(SentRecord { sent_at, at }, begin, limit);
                    }
                    Err(error) => noted = Err(error),
                });
            noted
        })?;
        let total = parts.iter().map(|part| part.total).sum();
        let mut page: Vec<SentRecord> = parts.into_iter().flat_map(|part| part.kept).collect();
        page.sort_unstable();
        page.truncate(limit);
        let mut views = Vec::with_capacity(page.len());
        let mut masks = Masks::default();
        let wanted = |place: &BlockPlace<'_>| page.iter().any(|sent| sent.at.block() == place.at());
        self.scan(plan, &SHOWN, wanted, |columns| {
            columns.open(&SHOWN)?;
            let block = columns.place().at();
            for sent in page.iter().filter(|sent| sent.at.block() == block) {
                let row = (sent.at.row % BLOCK_ROWS as u64) as usize;
                views.push((*sent, self.view(columns, row, &mut masks)?));
            }
            Ok(Next::Block)
        })?;
        views.sort_unstable_by_key(|(sent, _)| *sent);
        let last = views.last().map(|(sent, _)| (sent.sent_at, sent.at));
        let (mut records, mut touched) = (Vec::new(), Vec::new());
        for (_, (view, number)) in views {
            records.push(view);
            touched.push(number);
        }
        Ok(Gathered {
            total,
            records,
            touched,
            last,
        })
    }
}

/// When a record was sent, and its position.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SentRecord {
    sent_at: i64,
    at: RecordAt,
}

/// The earliest records from some point on, and how many records there are in total.
#[derive(Default)]
struct Earliest {
    total: u64,
    kept: BinaryHeap<SentRecord>,
}

impl Earliest {
    fn note(&mut self, sent: SentRecord, begin: Option<SentRecord>, limit: usize) {
        self.total += 1;
        if begin.is_some_and(|begin| sent < begin) {
            return;
        }
        if self.kept.len() < limit {
            self.kept.push(sent);
        } else if let Some(mut latest) = self.kept.peek_mut()
            && sent < *latest
        {
            *latest = sent;
        }
    }
}
