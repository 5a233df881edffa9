//! The records in the order of one column.
//!
//! Every page looks at that column of all records that the filter keeps, and keeps no more than a page in memory.

use std::collections::BinaryHeap;

use super::cursor::Cursor;
use super::order::Order;
use super::page::{Gathered, Masks, SHOWN};
use crate::domain::Field;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::block_place::{BlockPlace, RecordAt};
use crate::vault::records::scan::columns::Columns;
use crate::vault::records::scan::plan::Plan;
use crate::vault::records::scan::sealed_columns::SealedColumns;
use crate::vault::records::scan::walk::Next;

impl CaseRecords<'_> {
    /// The page that begins at the cursor, ordered by the field, then by exhibit and row.
    pub(super) fn sorted(
        &self,
        plan: &Plan,
        (order, field): (Order, Field),
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Gathered, OperationError> {
        let begin = cursor.map(|cursor| Placed {
            key: cursor.key,
            at: cursor.at(),
        });
        let keys = self.keys_of(order, field)?;
        let parts = self.fold(plan, &[field], First::default, |part, columns| {
            let mut noted = Ok(());
            columns
                .selection()
                .for_each(|row| match keys.of(columns, field, row) {
                    Ok(key) => {
                        let at = columns.place().record(row);
                        part.note(Placed { key, at }, begin, limit);
                    }
                    Err(error) => noted = Err(error),
                });
            noted
        })?;
        let total = parts.iter().map(|part| part.total).sum();
        let mut page: Vec<Placed> = parts.into_iter().flat_map(|part| part.kept).collect();
        page.sort_unstable();
        page.truncate(limit);
        let mut views = Vec::with_capacity(page.len());
        let mut masks = Masks::default();
        let wanted = |place: &BlockPlace<'_>| page.iter().any(|one| one.at.block() == place.at());
        self.scan(plan, &SHOWN, wanted, |columns| {
            columns.open(&SHOWN)?;
            let block = columns.place().at();
            for placed in page.iter().filter(|one| one.at.block() == block) {
                let row = (placed.at.row % BLOCK_ROWS as u64) as usize;
                views.push((*placed, self.view(columns, row, &mut masks)?));
            }
            Ok(Next::Block)
        })?;
        views.sort_unstable_by_key(|(placed, _)| *placed);
        let last = views.last().map(|(placed, _)| (placed.key, placed.at));
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

    fn keys_of(&self, order: Order, field: Field) -> Result<Keys, OperationError> {
        if field == Field::SentAt {
            return Ok(match order {
                Order::Latest => Keys::Latest,
                _ => Keys::Earliest,
            });
        }
        let dictionary = self.dictionary(field)?;
        let mut values: Vec<(&str, usize)> = dictionary.values().zip(0..).collect();
        values.sort_unstable();
        let mut ranks = vec![0; values.len()];
        for ((_, code), place) in values.into_iter().zip(0..) {
            if let Some(rank) = ranks.get_mut(code) {
                *rank = place;
            }
        }
        Ok(Keys::Ranks(ranks))
    }
}

/// By what a record is put in its place.
enum Keys {
    /// The time of sending.
    Earliest,
    /// The same, turned round.
    Latest,
    /// By code: the place of its value among all of the dictionary.
    Ranks(Vec<i64>),
}

impl Keys {
    fn of<S: SealedColumns>(
        &self,
        columns: &Columns<'_, S>,
        field: Field,
        row: usize,
    ) -> Result<i64, OperationError> {
        match self {
            Self::Earliest => columns.seconds(row),
            Self::Latest => Ok(columns.seconds(row)?.saturating_neg()),
            Self::Ranks(ranks) => {
                let code = columns.code(field, row)?;
                let rank = ranks.get(code as usize).copied();
                rank.ok_or_else(|| OperationError::Damaged {
                    place: format!("dictionary {}, code {code}", field.label()),
                })
            }
        }
    }
}

/// What a record is sorted by, and its position.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    key: i64,
    at: RecordAt,
}

/// The first records from some point on, and how many records there are in total.
#[derive(Default)]
struct First {
    total: u64,
    kept: BinaryHeap<Placed>,
}

impl First {
    fn note(&mut self, placed: Placed, begin: Option<Placed>, limit: usize) {
        self.total += 1;
        if begin.is_some_and(|begin| placed < begin) {
            return;
        }
        if self.kept.len() < limit {
            self.kept.push(placed);
        } else if let Some(mut last) = self.kept.peek_mut()
            && placed < *last
        {
            *last = placed;
        }
    }
}
