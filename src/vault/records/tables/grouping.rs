//! The cells of a table: the codes of several dimensions, combined into one code. Several tables may be counted at
//! once.
//!
//! If there are few combinations, they are counted in arrays. Otherwise only combinations that occur get a position, up
//! to a limit. Each thread of a scan counts for itself.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::dimension::{Dimension, Kin};
use super::local_time::{DAY, LocalTime, day_text, monday_of, week_of};
use super::same_states::SameStates;
use crate::domain::Field;
use crate::vault::columns::{
    CodecError, Codes, Distances, DistinctBudget, DistinctByGroup, GroupCodes, GroupCounts,
    Selection, TimeBlock,
};
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::columns::Columns;
use crate::vault::records::scan::sealed_columns::SealedColumns;
use crate::vault::records::scan::walk::threads;

/// The axes of a table.
pub(super) struct Axes {
    axes: Vec<Axis>,
    /// How many combinations there are, if few enough to be counted in arrays.
    dense: Option<u32>,
    /// How many numbers the case has.
    numbers: u32,
    /// The memory budget of one thread.
    budget: DistinctBudget,
    /// States that are one in their country, where the table has countries and wants that.
    same_states: Option<SameStates>,
}

/// Counts of messages and distinct numbers for each cell.
pub(super) struct Grouping {
    places: Places,
    counts: DistinctByGroup,
    /// The codes of one axis for the rows of the block at hand.
    scratch: Zeroizing<Vec<u32>>,
}

/// A cell that is not empty.
pub(in crate::vault::records) struct Cell {
    /// One value for each dimension, in their order.
    pub(in crate::vault::records) values: Vec<String>,
    pub(in crate::vault::records) messages: u64,
    pub(in crate::vault::records) numbers: u64,
}

struct Axis {
    dimension: Dimension,
    /// How many codes it has.
    size: u32,
    /// For days and weeks, the day or week of code 0.
    base: i64,
}

enum Places {
    Dense(GroupCodes),
    Sparse(Sparse),
}

/// The combinations that occur, in order of arrival.
#[derive(Default)]
struct Sparse {
    found: HashMap<u64, u32>,
    keys: Vec<u64>,
    row_keys: Vec<u64>,
    row_groups: Vec<u32>,
}

impl Axes {
    /// The times of all records are from `first` to `last`. `budget` is that of one table.
    pub(super) fn new(
        records: &CaseRecords<'_>,
        by: &[Dimension],
        time: &LocalTime,
        (first, last): (i64, i64),
        budget: &DistinctBudget,
    ) -> Result<Self, OperationError> {
        let mut axes = Vec::with_capacity(by.len());
        for dimension in by.iter().copied() {
            let (base, size) = match dimension {
                Dimension::Hour => (0, 24),
                // A change of the clock can cross midnight, so there is one more day on each side.
                Dimension::Day => span(time.day(first) - 1, time.day(last) + 1)?,
                Dimension::Week => span(week_of(time.day(first) - 1), week_of(time.day(last) + 1))?,
                _ => (0, records.dictionary(dimension.field())?.size()),
            };
            axes.push(Axis {
                dimension,
                size,
                base,
            });
        }
        let cells = axes
            .iter()
            .try_fold(1_u64, |cells, axis| cells.checked_mul(u64::from(axis.size)))
            .ok_or_else(too_many)?;
        let dense = u32::try_from(cells).ok();
        Ok(Self {
            axes,
            dense: dense.filter(|cells| *cells <= MOST_DENSE),
            numbers: records.case.numbers + 1,
            budget: match by.iter().any(|one| one.kin() == Kin::Time) {
                true => budget.share(threads()),
                false => budget.share(threads()).of_single_groups(),
            },
            same_states: None,
        })
    }

    /// Counts states that are one in their country, such as `WA` and `Washington`, as one.
    pub(super) fn with_one_state(self, records: &CaseRecords<'_>) -> Result<Self, OperationError> {
        Ok(Self {
            same_states: SameStates::of(records)?,
            ..self
        })
    }

    /// The columns that must be open.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.axes.iter().map(|axis| axis.dimension.field())
    }

    /// How many numbers the case has, and one more.
    pub(super) fn numbers(&self) -> u32 {
        self.numbers
    }

    /// How many codes a table by one dimension has; `None` for other tables.
    pub(super) fn single(&self) -> Option<u32> {
        match self.axes.as_slice() {
            [axis] if self.same_states.is_none() => Some(axis.size),
            _ => None,
        }
    }

    /// The code of each row in a table by one dimension; in `scratch` where they are not those of a column.
    pub(super) fn single_codes<'c, S: SealedColumns>(
        &self,
        columns: &'c Columns<'_, S>,
        time: &LocalTime,
        scratch: &'c mut Vec<u32>,
    ) -> Result<Codes<'c>, OperationError> {
        let axis = self.axes.first();
        let axis = axis.ok_or(OperationError::Internal("a table without a dimension"))?;
        let codes = match axis.dimension {
            Dimension::Day | Dimension::Hour | Dimension::Week => {
                axis.codes_of_times(columns.times(), time, scratch);
                Codes::of(scratch)
            }
            _ => columns.codes(axis.dimension.field())?,
        };
        match codes.as_slice().is_empty() || codes.within(0, axis.size.saturating_sub(1)) {
            true => Ok(codes),
            false => Err(columns.damaged(axis.dimension.field())),
        }
    }

    /// The cells that are not empty, in no particular order. `key` is the combination that a group stands for.
    pub(super) fn cells(
        &self,
        records: &CaseRecords<'_>,
        (messages, numbers): GroupCounts,
        key: impl Fn(u64) -> u64,
    ) -> Result<Vec<Cell>, OperationError> {
        let occupied = messages.iter().filter(|messages| **messages > 0);
        if occupied.count() > MOST_CELLS as usize {
            return Err(too_many());
        }
        let counts = (0..).zip(messages.into_iter().zip(numbers));
        let mut cells = Vec::new();
        for (group, (messages, numbers)) in counts.filter(|(_, (messages, _))| *messages > 0) {
            cells.push(Cell {
                values: self.values(records, key(group))?,
                messages,
                numbers,
            });
        }
        Ok(cells)
    }

    fn values(
        &self,
        records: &CaseRecords<'_>,
        mut key: u64,
    ) -> Result<Vec<String>, OperationError> {
        let mut values = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let size = u64::from(axis.size);
            values.push(axis.value(records, (key % size) as u32)?);
            key /= size;
        }
        values.reverse();
        Ok(values)
    }
}

impl Grouping {
    pub(super) fn new(axes: &Axes) -> Self {
        let (places, groups) = match axes.dense {
            Some(cells) => (Places::Dense(GroupCodes::new()), cells),
            None => (Places::Sparse(Sparse::default()), MOST_CELLS),
        };
        Self {
            places,
            counts: DistinctByGroup::new(groups, axes.numbers, axes.budget.clone()),
            scratch: Zeroizing::default(),
        }
    }

    /// Counts the selected rows of a block whose columns are open.
    pub(super) fn add<S: SealedColumns>(
        &mut self,
        axes: &Axes,
        columns: &Columns<'_, S>,
        time: &LocalTime,
    ) -> Result<(), OperationError> {
        let selection = columns.selection();
        let rows = selection.rows();
        match &mut self.places {
            Places::Dense(groups) => groups.reset(rows),
            Places::Sparse(sparse) => {
                sparse.row_keys.clear();
                sparse.row_keys.resize(rows, 0);
            }
        }
        for axis in &axes.axes {
            let damaged = |_: CodecError| columns.damaged(axis.dimension.field());
            let codes = match axis.dimension {
                Dimension::Day | Dimension::Hour | Dimension::Week => {
                    axis.codes_of_times(columns.times(), time, &mut self.scratch);
                    Codes::of(&self.scratch)
                }
                Dimension::State if axes.same_states.is_some() => {
                    if let Some(same) = &axes.same_states {
                        let countries = columns.codes(Field::Country)?;
                        same.codes(columns.codes(Field::State)?, countries, &mut self.scratch);
                    }
                    Codes::of(&self.scratch)
                }
                _ => columns.codes(axis.dimension.field())?,
            };
            match &mut self.places {
                Places::Dense(groups) => groups.split(codes, axis.size).map_err(damaged)?,
                Places::Sparse(sparse) => {
                    if !codes.within(0, axis.size - 1) {
                        return Err(damaged(CodecError::Code));
                    }
                    for (key, code) in sparse.row_keys.iter_mut().zip(codes.as_slice()) {
                        *key = *key * u64::from(axis.size) + u64::from(*code);
                    }
                }
            }
        }
        let groups = match &mut self.places {
            Places::Dense(groups) => groups.codes(),
            Places::Sparse(sparse) => sparse.groups(selection)?,
        };
        let numbers = columns.codes(Field::Number)?;
        let added = self.counts.add(groups, numbers, selection);
        added.map_err(|error| match error {
            CodecError::TooMany => too_many_pairs(),
            _ => columns.damaged(Field::Number),
        })
    }

    /// Adds the counts of another thread.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), OperationError> {
        let merged = match (&mut self.places, &other.places) {
            (Places::Sparse(ours), Places::Sparse(theirs)) => {
                let groups = theirs.keys.iter().map(|key| ours.place(*key));
                let groups: Vec<u32> = groups.collect::<Option<_>>().ok_or_else(too_many)?;
                let group = |theirs: u32| groups.get(theirs as usize).copied().unwrap_or(u32::MAX);
                self.counts.merge(&other.counts, group)
            }
            _ => self.counts.merge(&other.counts, |group| group),
        };
        merged.map_err(not_counted)
    }

    /// How many distinct numbers are in the table.
    pub(super) fn numbers(&self) -> u64 {
        self.counts.seen()
    }

    /// The cells that are not empty, in no particular order.
    pub(super) fn finish(
        self,
        axes: &Axes,
        records: &CaseRecords<'_>,
    ) -> Result<Vec<Cell>, OperationError> {
        let counts = self.counts.finish().map_err(not_counted)?;
        axes.cells(records, counts, |group| match &self.places {
            Places::Dense(_) => group,
            Places::Sparse(sparse) => {
                let key = sparse.keys.get(group as usize);
                key.copied().unwrap_or_default()
            }
        })
    }
}

impl Sparse {
    /// The group of each selected row.
    fn groups(&mut self, selection: &Selection) -> Result<Codes<'_>, OperationError> {
        let mut groups = std::mem::take(&mut self.row_groups);
        groups.clear();
        groups.resize(selection.rows(), 0);
        let mut full = false;
        selection.for_each(|row| {
            if let (Some(key), Some(group)) = (self.row_keys.get(row).copied(), groups.get_mut(row))
            {
                match self.place(key) {
                    Some(place) => *group = place,
                    None => full = true,
                }
            }
        });
        self.row_groups = groups;
        if full {
            return Err(too_many());
        }
        Ok(Codes::of(&self.row_groups))
    }

    /// The position of a combination; `None` if it is new and the limit is reached.
    fn place(&mut self, key: u64) -> Option<u32> {
        if let Some(known) = self.found.get(&key) {
            return Some(*known);
        }
        let new = u32::try_from(self.keys.len()).ok();
        let new = new.filter(|new| *new < MOST_CELLS)?;
        self.found.insert(key, new);
        self.keys.push(key);
        Some(new)
    }
}

impl Axis {
    /// A time outside the bounds gets an invalid code, which is then refused as damage.
    fn codes_of_times(&self, times: &TimeBlock, time: &LocalTime, codes: &mut Vec<u32>) {
        codes.clear();
        if self.codes_of_one_offset(times, time, codes).is_some() {
            return;
        }
        codes.extend(times.iter().map(|seconds| {
            let code = match self.dimension {
                Dimension::Hour => return time.hour(seconds),
                Dimension::Week => week_of(time.day(seconds)),
                _ => time.day(seconds),
            };
            u32::try_from(code - self.base).unwrap_or(u32::MAX)
        }));
    }

    /// The same for a block in which the clock does not change: one division of small integers for each row, as vector
    /// code. `None` if the block is of the other kind.
    fn codes_of_one_offset(
        &self,
        times: &TimeBlock,
        time: &LocalTime,
        codes: &mut Vec<u32>,
    ) -> Option<()> {
        let Distances::Narrow(base, distances) = times.distances() else {
            return None;
        };
        let most = distances
            .iter()
            .fold(0, |most, distance| most.max(*distance));
        let offset = time.offset_throughout(base, base.checked_add(i64::from(most))?)?;
        let local = base.checked_add(offset)?;
        let day = local.div_euclid(DAY);
        // The start of the first unit, and its code.
        let (begin, code) = match self.dimension {
            Dimension::Hour => (day, 0),
            Dimension::Week => (monday_of(week_of(day)), week_of(day) - self.base),
            _ => (day, day - self.base),
        };
        let code = u32::try_from(code).ok()?;
        let into = u32::try_from(local.checked_sub(begin.checked_mul(DAY)?)?).ok()?;
        // Nothing below overflows: a code grows slower than the distance it is computed from.
        most.checked_add(into)?.checked_add(code)?;
        let passed = distances.iter().map(|distance| distance.wrapping_add(into));
        match self.dimension {
            Dimension::Hour => codes.extend(passed.map(|passed| passed / 3600 % 24)),
            Dimension::Week => {
                codes.extend(passed.map(|passed| (passed / (7 * DAY as u32)).wrapping_add(code)))
            }
            _ => codes.extend(passed.map(|passed| (passed / DAY as u32).wrapping_add(code))),
        }
        Some(())
    }

    fn value(&self, records: &CaseRecords<'_>, code: u32) -> Result<String, OperationError> {
        let at = self.base + i64::from(code);
        Ok(match self.dimension {
            Dimension::Hour => format!("{code:02}"),
            Dimension::Day => day_text(at),
            Dimension::Week => day_text(monday_of(at)),
            _ => records.value(self.dimension.field(), code)?,
        })
    }
}

fn span(first: i64, last: i64) -> Result<(i64, u32), OperationError> {
    let size = u32::try_from(last - first + 1).map_err(|_| too_many())?;
    Ok((first, size))
}

fn too_many() -> OperationError {
    DataRefusal::TooManyCells.at("by")
}

fn too_many_pairs() -> OperationError {
    DataRefusal::TooManyNumbers.at("by")
}

fn not_counted(error: CodecError) -> OperationError {
    match error {
        CodecError::TooMany => too_many_pairs(),
        _ => OperationError::Internal("counts that do not fit together"),
    }
}

/// The largest number of combinations that is counted in arrays.
const MOST_DENSE: u32 = 1 << 20;

/// The largest number of cells of a table.
const MOST_CELLS: u32 = 200_000;
