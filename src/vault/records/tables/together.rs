//! Several tables by one dimension each, counted together: of all charts of a case, one look at the memory of a number.

use zeroize::Zeroizing;

use super::grouping::{Axes, Cell};
use super::local_time::LocalTime;
use crate::domain::Field;
use crate::vault::columns::{CodecError, Codes, DistinctBudget, DistinctTogether, TogetherLayout};
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::columns::Columns;
use crate::vault::records::scan::sealed_columns::SealedColumns;
use crate::vault::records::scan::walk::threads;

/// The tables that are counted together.
pub(super) struct Together<'a> {
    axes: Vec<&'a Axes>,
    layout: TogetherLayout,
}

/// The counts of one thread.
pub(super) struct TogetherCounts {
    counter: DistinctTogether,
    /// The codes of each axis for the rows of the block at hand, where they are not those of a column.
    scratch: Vec<Zeroizing<Vec<u32>>>,
}

impl<'a> Together<'a> {
    /// Which of the tables are counted together: none, or at least two. Says so for each table.
    pub(super) fn of(all: &'a [Axes], budget: &DistinctBudget) -> (Option<Self>, Vec<bool>) {
        let few = |axes: &&Axes| axes.single().is_some_and(|size| size <= MOST_GROUPS);
        let chosen: Vec<&Axes> = all.iter().filter(few).collect();
        let sizes: Vec<u32> = chosen.iter().filter_map(|axes| axes.single()).collect();
        let layout = match chosen.as_slice() {
            [] | [_] => None,
            [first, ..] => TogetherLayout::new(&sizes, first.numbers(), threads(), budget),
        };
        match layout {
            Some(layout) => {
                let together = Self {
                    axes: chosen,
                    layout,
                };
                (Some(together), all.iter().map(|axes| few(&axes)).collect())
            }
            None => (None, vec![false; all.len()]),
        }
    }

    pub(super) fn begin(&self) -> TogetherCounts {
        TogetherCounts {
            counter: self.layout.counter(),
            scratch: self.axes.iter().map(|_| Zeroizing::default()).collect(),
        }
    }

    /// Counts the selected rows of a block whose columns are open.
    pub(super) fn add<S: SealedColumns>(
        &self,
        counts: &mut TogetherCounts,
        columns: &Columns<'_, S>,
        time: &LocalTime,
    ) -> Result<(), OperationError> {
        let mut groups: Vec<Codes<'_>> = Vec::with_capacity(self.axes.len());
        for (axes, scratch) in self.axes.iter().zip(&mut counts.scratch) {
            groups.push(axes.single_codes(columns, time, scratch)?);
        }
        let numbers = columns.codes(Field::Number)?;
        let added = self
            .layout
            .add(&mut counts.counter, &groups, numbers, columns.selection());
        // A value that no dictionary has, or a number that the case does not have.
        added.map_err(|_: CodecError| columns.damaged(Field::Number))
    }

    /// The cells of each table that are not empty, and how many distinct numbers all tables have.
    pub(super) fn finish(
        &self,
        parts: Vec<TogetherCounts>,
        records: &CaseRecords<'_>,
    ) -> Result<(Vec<Vec<Cell>>, u64), OperationError> {
        let counters: Vec<DistinctTogether> = parts.into_iter().map(|part| part.counter).collect();
        let failed = |_: CodecError| OperationError::Internal("counts that do not fit together");
        let (counts, seen) = self.layout.finish(&counters, threads()).map_err(failed)?;
        let tables = self.axes.iter().zip(counts);
        let tables = tables.map(|(axes, counts)| axes.cells(records, counts, |group| group));
        Ok((tables.collect::<Result<_, _>>()?, seen))
    }
}

/// A table with more groups than this is counted by itself: alone in a word of 64 bits it would not be faster. The days
/// of a month have 33, with one more on each side.
const MOST_GROUPS: u32 = 40;
