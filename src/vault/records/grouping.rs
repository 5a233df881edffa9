//! The cells of a table: codes of several dimensions combined into one.
//!
//! Few combinations are counted in dense arrays; of many, only those that occur
//! get a place, up to a bound.

use std::collections::HashMap;

use super::columns::Columns;
use super::dimension::Dimension;
use super::local_time::{LocalTime, day_text, monday_of, week_of};
use super::opened::CaseRecords;
use crate::domain::Field;
use crate::vault::columns::{CodecError, DistinctByGroup, GroupCodes, count_by};
use crate::vault::operation::OperationError;

/// Counts of messages and distinct numbers, cell by cell.
pub(super) struct Grouping {
    axes: Vec<Axis>,
    places: Places,
    messages: Vec<u64>,
    numbers: DistinctByGroup,
    /// The codes of one axis for the rows of the block at hand.
    scratch: Vec<u32>,
}

/// A cell that is not empty.
pub(super) struct Cell {
    /// One value for each dimension, in their order.
    pub(super) values: Vec<String>,
    pub(super) messages: u64,
    pub(super) numbers: u64,
}

struct Axis {
    dimension: Dimension,
    /// How many codes it has.
    size: u32,
    /// What code 0 stands for, of days and weeks.
    base: i64,
}

enum Places {
    Dense(GroupCodes),
    Sparse {
        found: HashMap<u64, u32>,
        keys: Vec<u64>,
        row_keys: Vec<u64>,
        row_groups: Vec<u32>,
    },
}

impl Grouping {
    /// `first` and `last` bound the times of all records.
    pub(super) fn new(
        records: &CaseRecords<'_>,
        by: &[Dimension],
        time: &LocalTime,
        (first, last): (i64, i64),
    ) -> Result<Self, OperationError> {
        let mut axes = Vec::with_capacity(by.len());
        for dimension in by.iter().copied() {
            let (base, size) = match dimension {
                Dimension::Hour => (0, 24),
                // A zone can move a clock back over midnight: a day more on each side.
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
        let (places, groups) = match u32::try_from(cells) {
            Ok(cells) if cells <= MOST_DENSE => (Places::Dense(GroupCodes::new()), cells),
            _ => {
                let sparse = Places::Sparse {
                    found: HashMap::new(),
                    keys: Vec::new(),
                    row_keys: Vec::new(),
                    row_groups: Vec::new(),
                };
                (sparse, MOST_CELLS)
            }
        };
        Ok(Self {
            axes,
            places,
            messages: vec![0; groups as usize],
            numbers: DistinctByGroup::new(groups, records.case.numbers + 1),
            scratch: Vec::new(),
        })
    }

    /// The columns to be opened.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.axes.iter().map(|axis| axis.dimension.field())
    }

    /// Counts the selected rows of a block whose columns are open.
    pub(super) fn add(
        &mut self,
        columns: &Columns<'_>,
        time: &LocalTime,
    ) -> Result<(), OperationError> {
        let selection = columns.selection();
        let rows = selection.rows();
        match &mut self.places {
            Places::Dense(groups) => groups.reset(rows),
            Places::Sparse { row_keys, .. } => {
                row_keys.clear();
                row_keys.resize(rows, 0);
            }
        }
        for axis in &self.axes {
            let damaged = |_: CodecError| columns.damaged(axis.dimension.field().label());
            let codes = match axis.dimension {
                Dimension::Day | Dimension::Hour | Dimension::Week => {
                    axis.codes_of_times(columns, time, &mut self.scratch);
                    &self.scratch
                }
                _ => columns.codes(axis.dimension.field())?,
            };
            match &mut self.places {
                Places::Dense(groups) => groups.split(codes, axis.size).map_err(damaged)?,
                Places::Sparse { row_keys, .. } => {
                    if codes.iter().any(|code| *code >= axis.size) {
                        return Err(damaged(CodecError::Code));
                    }
                    for (key, code) in row_keys.iter_mut().zip(codes) {
                        *key = *key * u64::from(axis.size) + u64::from(*code);
                    }
                }
            }
        }
        let groups = match &mut self.places {
            Places::Dense(groups) => groups.codes(),
            Places::Sparse {
                found,
                keys,
                row_keys,
                row_groups,
            } => {
                row_groups.clear();
                row_groups.resize(rows, 0);
                let mut full = false;
                selection.for_each(|row| {
                    let (Some(key), Some(group)) = (row_keys.get(row), row_groups.get_mut(row))
                    else {
                        return;
                    };
                    *group = match found.get(key) {
                        Some(known) => *known,
                        None if keys.len() < MOST_CELLS as usize => {
                            let new = keys.len() as u32;
                            found.insert(*key, new);
                            keys.push(*key);
                            new
                        }
                        None => {
                            full = true;
                            0
                        }
                    };
                });
                if full {
                    return Err(too_many());
                }
                row_groups.as_slice()
            }
        };
        count_by(groups, selection, &mut self.messages)
            .and_then(|()| {
                let numbers = columns.codes(Field::Number).unwrap_or_default();
                self.numbers.add(groups, numbers, selection)
            })
            .map_err(|_| columns.damaged(Field::Number.label()))
    }

    /// The cells that are not empty, in no certain order.
    pub(super) fn finish(self, records: &CaseRecords<'_>) -> Result<Vec<Cell>, OperationError> {
        let occupied = self.messages.iter().filter(|messages| **messages > 0);
        if occupied.count() > MOST_CELLS as usize {
            return Err(too_many());
        }
        let numbers = self.numbers.finish();
        let counts = self.messages.iter().zip(numbers).enumerate();
        let mut cells = Vec::new();
        for (group, (messages, numbers)) in counts.filter(|(_, (messages, _))| **messages > 0) {
            let mut key = match &self.places {
                Places::Dense(_) => group as u64,
                Places::Sparse { keys, .. } => keys.get(group).copied().unwrap_or_default(),
            };
            let mut values = Vec::with_capacity(self.axes.len());
            for axis in self.axes.iter().rev() {
                let size = u64::from(axis.size);
                values.push(axis.value(records, (key % size) as u32)?);
                key /= size;
            }
            values.reverse();
            cells.push(Cell {
                values,
                messages: *messages,
                numbers,
            });
        }
        Ok(cells)
    }
}

impl Axis {
    /// A time outside the bounds gets a code that is refused as damage.
    fn codes_of_times(&self, columns: &Columns<'_>, time: &LocalTime, codes: &mut Vec<u32>) {
        codes.clear();
        codes.extend(columns.times().iter().map(|seconds| {
            let code = match self.dimension {
                Dimension::Hour => return time.hour(seconds),
                Dimension::Week => week_of(time.day(seconds)),
                _ => time.day(seconds),
            };
            u32::try_from(code - self.base).unwrap_or(u32::MAX)
        }));
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
    let rule = format!("gives more than {MOST_CELLS} cells: filter, or leave a dimension out");
    OperationError::invalid("by", rule)
}

/// Combinations counted in arrays, whether they occur or not.
const MOST_DENSE: u32 = 1 << 20;

/// Cells a table may have.
const MOST_CELLS: u32 = 200_000;
