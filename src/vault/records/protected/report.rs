//! The tables of a scope report: which edition of the case they count, and which of them are withheld.
//!
//! One person must not be able to keep a report from everybody: by a table asked for first, or by a file with a few
//! people in it. So a report whose tables would stand too close to those given out before is one of an earlier edition,
//! and says so. It moves on to the case as it is once enough people came or went; as long as fewer did, it is the same
//! whether none of them is new or one, so that a report tells nobody whether a number of its own was there before.

use std::collections::BTreeSet;

use super::release::{Cut, Given, Release, given_out};
use crate::domain::Moment;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::tables::dimension::Dimension;
use crate::vault::records::tables::rounding::Rule;

/// The tables of a report, all of one edition.
pub(in crate::vault::records) struct ReportCuts {
    /// Each dimension, and its table unless that is withheld.
    pub(in crate::vault::records) tables: Vec<(Dimension, Option<Cut>)>,
    /// The exhibits of the edition.
    pub(in crate::vault::records) exhibits: Vec<String>,
    /// When the newest of them was admitted.
    pub(in crate::vault::records) until: Option<Moment>,
    /// What must be recorded before the report is given out.
    pub(in crate::vault::records) release: Option<Release>,
}

impl CaseRecords<'_> {
    /// The tables by these dimensions, of the newest edition that can be told.
    pub(in crate::vault::records) fn report_cuts(
        &self,
        by: &[Dimension],
        least: u64,
    ) -> Result<ReportCuts, OperationError> {
        let given = given_out(&self.keys, self.connection, self.case)?;
        let seen = given.last().map_or(0, |(no, _)| *no);
        let given: Vec<Cut> = given.into_iter().map(|(_, cut)| cut).collect();
        let own = self.edition();
        let mut editions: Vec<&Cut> = Vec::new();
        for cut in given.iter().rev().filter(|cut| cut.edition != own) {
            if editions.iter().all(|known| known.edition != cut.edition) {
                editions.push(cut);
            }
        }
        let known = given.iter().any(|cut| cut.edition == own);
        if (known || self.moved_on(by, least, &given)?)
            && let Some(report) = self.tables_by(by, least, &given, seen)?
        {
            return Ok(report);
        }
        let mut gone = Vec::new();
        for edition in editions {
            let Some(earlier) = self.of_exhibits(&edition.exhibits)? else {
                gone.push(edition);
                continue;
            };
            if let Some(report) = earlier.tables_by(by, least, &given, seen)? {
                return Ok(report);
            }
        }
        // No earlier edition can be counted any more.
        if let Some(report) = self.tables_by(by, least, &given, seen)? {
            return Ok(report);
        }
        let again = gone
            .into_iter()
            .map(|edition| self.again(by, edition, &given));
        let mut again = again.filter(ReportCuts::tells);
        again
            .next()
            .ok_or(OperationError::Conflict(Conflict::CutTooClose))
    }

    /// Whether enough people came or went since each edition that was given out.
    fn moved_on(
        &self,
        by: &[Dimension],
        least: u64,
        given: &[Cut],
    ) -> Result<bool, OperationError> {
        let Some(first) = by.first().filter(|_| !given.is_empty()) else {
            return Ok(true);
        };
        let cut = self.cut(*first, Rule::Nhs, least)?;
        let earlier = self.compare(&cut, given.to_vec())?;
        Ok(earlier.iter().all(|earlier| {
            let threshold = cut.threshold.max(earlier.cut.threshold);
            earlier.apart.only_first >= threshold || earlier.apart.only_second >= threshold
        }))
    }

    /// The tables of this edition; `None` if not one of them can be told.
    fn tables_by(
        &self,
        by: &[Dimension],
        least: u64,
        given: &[Cut],
        seen: i64,
    ) -> Result<Option<ReportCuts>, OperationError> {
        let edition = self.edition();
        let mut given = given.to_vec();
        let (mut tables, mut fresh) = (Vec::new(), Vec::new());
        for by in by {
            if let Some(same) = as_given(&given, &edition, *by) {
                tables.push((*by, Some(same)));
                continue;
            }
            let cut = self.cut(*by, Rule::Nhs, least)?;
            let told = match self.beside(&cut, &given)? {
                Given::Never => {
                    given.push(cut.clone());
                    fresh.push(cut.clone());
                    Some(cut)
                }
                Given::Same(same) => Some(same),
                Given::TooClose => None,
            };
            tables.push((*by, told));
        }
        let exhibits: Vec<String> = self.exhibits.iter().map(|one| one.id.to_string()).collect();
        let report = ReportCuts {
            until: self.newest_of(&exhibits),
            tables,
            exhibits,
            release: Release::of(fresh, seen),
        };
        Ok(Some(report).filter(ReportCuts::tells))
    }

    /// The tables of an edition that were given out, if an exhibit of it was withdrawn since.
    fn again(&self, by: &[Dimension], edition: &Cut, given: &[Cut]) -> ReportCuts {
        let tables = by.iter();
        ReportCuts {
            tables: tables
                .map(|by| (*by, as_given(given, &edition.edition, *by)))
                .collect(),
            exhibits: edition.exhibits.clone(),
            until: self.newest_of(&edition.exhibits),
            release: None,
        }
    }

    fn newest_of(&self, exhibits: &[String]) -> Option<Moment> {
        let ids: BTreeSet<&str> = exhibits.iter().map(String::as_str).collect();
        let all = self.exhibits.iter().chain(&self.withdrawn);
        all.filter(|one| ids.contains(one.id.as_str()))
            .map(|one| one.admitted_at)
            .max()
    }
}

/// A table that was given out is given out again as it is.
fn as_given(given: &[Cut], edition: &[u8; 32], by: Dimension) -> Option<Cut> {
    let same = |cut: &&Cut| cut.edition == *edition && cut.dimension == by.as_str();
    given.iter().find(same).cloned()
}

impl ReportCuts {
    fn tells(&self) -> bool {
        self.tables.iter().any(|(_, table)| table.is_some())
    }
}
