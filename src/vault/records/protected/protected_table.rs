//! Tables for people outside the team: one fixed dimension, no filter, distinct numbers, rounded.

use std::collections::BTreeMap;

use super::place::{CellPlace, cell_name, counted_by};
use super::release::{Cut, Given, Release, given_out};
use crate::domain::AccountName;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::wanted_codes::UnknownValues;
use crate::vault::records::tables::dimension::Dimension;
use crate::vault::records::tables::rounding::{Rule, Shown, show, show_total};
use crate::vault::records::tables::table::{Table, TableRow, Totals};

/// Which protected table is asked for.
pub struct ProtectedQuery {
    /// Its one dimension.
    pub by: Dimension,
    /// How its counts are hidden and rounded.
    pub rule: Rule,
}

impl ProtectedQuery {
    /// What is wrong with it, whatever the records are; a liaison asks for one account.
    pub fn check(&self, account: Option<&AccountName>) -> Result<(), OperationError> {
        if account.is_some() {
            let rule = "must be team for a liaison, whose own account is exact";
            return Err(OperationError::invalid("audience", rule));
        }
        if !self.by.may_be_protected() {
            let rule = "must be one of country, state, area_state, carrier, day, week in a protected table";
            return Err(OperationError::invalid("by[0]", rule));
        }
        Ok(())
    }
}

impl CaseRecords<'_> {
    /// The table, and the release that must be recorded before the table is given out; `None` if the same table was
    /// given out before.
    pub(in crate::vault) fn protected(
        &self,
        query: &ProtectedQuery,
        least: u64,
    ) -> Result<(Table, Option<Release>), OperationError> {
        query.check(self.account())?;
        let cut = self.cut(query.by, query.rule, least)?;
        let given = given_out(&self.keys, self.connection, self.case)?;
        let seen = given.last().map_or(0, |(no, _)| *no);
        let given: Vec<Cut> = given.into_iter().map(|(_, cut)| cut).collect();
        match self.beside(&cut, &given)? {
            Given::Never => {
                let table = self.view_cut(query.by, &cut)?;
                Ok((table, Release::of(vec![cut], seen)))
            }
            Given::Same(same) => Ok((self.view_cut(query.by, &same)?, None)),
            Given::TooClose => Err(OperationError::Conflict(Conflict::CutTooClose)),
        }
    }

    /// Whether a table may be given out after these.
    pub(super) fn beside(&self, cut: &Cut, given: &[Cut]) -> Result<Given, OperationError> {
        Ok(match cut.beside(self.compare(cut, given.to_vec())?) {
            Given::Never if !self.stand_together(cut, given)? => Given::TooClose,
            decided => decided,
        })
    }

    /// The table with its exact counts, not yet compared with any other.
    pub(super) fn cut(&self, by: Dimension, rule: Rule, least: u64) -> Result<Cut, OperationError> {
        let threshold = rule.threshold(least);
        let counted = self.count_all(counted_by(by))?;
        let mut cells = BTreeMap::new();
        let mut counts = BTreeMap::new();
        for cell in counted.cells {
            let values: Vec<&str> = cell.values.iter().map(String::as_str).collect();
            let name = cell_name(&values);
            cells.insert(name.clone(), show(cell.numbers, threshold));
            counts.insert(name, cell.numbers);
        }
        let shown: Vec<Shown> = cells.values().cloned().collect();
        Ok(Cut {
            dimension: by.as_str().to_owned(),
            rule: rule.as_str().to_owned(),
            edition: self.edition(),
            exhibits: self.exhibits.iter().map(|row| row.id.to_string()).collect(),
            threshold,
            population: counted.numbers,
            total: show_total(counted.numbers, &shown, threshold),
            cells,
            counts,
        })
    }

    fn view_cut(&self, by: Dimension, cut: &Cut) -> Result<Table, OperationError> {
        let rows = cut.cells.iter().map(|(value, numbers)| {
            let mut row = TableRow {
                numbers: numbers.clone(),
                ..TableRow::default()
            };
            let place = CellPlace::of(by, value);
            row.set(by, place.value);
            row.country = place.country.or(row.country);
            row.name = place.name;
            row
        });
        Ok(Table {
            by: vec![by],
            rows: rows.collect(),
            charts: Vec::new(),
            totals: Totals {
                messages: None,
                numbers: cut.total.clone(),
            },
            rest: None,
            unknown_values: UnknownValues::new(),
            rule: cut.rule.parse().ok(),
            basis: self.basis(None, self.searched_by_protected(cut.threshold)?)?,
        })
    }
}
