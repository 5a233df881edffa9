//! Block after block of every admitted exhibit, the kept rows of each.
//!
//! One thread: a second connection would be a second snapshot. Nothing is kept
//! from one block to the next but memory, so that blocks can be shared out later.

use super::columns::{Columns, Place};
use super::opened::CaseRecords;
use super::plan::Plan;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::operation::OperationError;

impl<'s> CaseRecords<'s> {
    /// Calls `visit` for each block that holds a record the plan keeps, in the
    /// order of exhibits and positions. Blocks that the statistics rule out stay
    /// sealed.
    pub(super) fn scan<'r>(
        &'r self,
        plan: &Plan,
        mut visit: impl FnMut(&mut Columns<'r>) -> Result<(), OperationError>,
    ) -> Result<(), OperationError> {
        if plan.finds_nothing() {
            return Ok(());
        }
        let mut opened: Option<Columns<'r>> = None;
        for place in self.places() {
            let columns = match &mut opened {
                Some(columns) => {
                    columns.begin(place);
                    columns
                }
                None => opened.insert(Columns::new(self, place)),
            };
            if !plan.keeps_everything() {
                let statistics = columns.statistics()?;
                if !plan.may_find(&statistics) {
                    continue;
                }
                plan.narrow(columns, &statistics)?;
                if columns.selection().is_empty() {
                    continue;
                }
            }
            visit(columns)?;
        }
        Ok(())
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let exhibits = self.exhibits.iter().zip(&self.descriptions).enumerate();
        exhibits.flat_map(|(position, (exhibit, description))| {
            (0..description.blocks).map(move |no| {
                let before = u64::from(no) * BLOCK_ROWS as u64;
                let left = description.admitted.saturating_sub(before);
                Place {
                    exhibit,
                    position,
                    no,
                    rows: left.min(BLOCK_ROWS as u64) as usize,
                }
            })
        })
    }
}
