//! What an answer rests on: the exhibits that were searched, their records, the span of their times, and the rows in
//! quarantine that no answer knows of.
//!
//! The team gets exact figures. A liaison gets those of its own account and of nothing else: exhibits that hold it, its
//! records, their span, and the rows in quarantine that name it. What goes with a protected table has no count of
//! records, because people are at most as many as records, so a count could tell hidden cells apart; its span is in
//! days, as in a protected table by day, and its rows in quarantine are rounded.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::local_time::{DAY, day_text};
use super::rounding::{Shown, protect};
use crate::domain::{AccountName, Field, Moment};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::searched::Searched;
use crate::vault::plaintext::rejects_of_account;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::quarantine_rows;

/// What was searched. To a liaison these are figures of its own account.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Searched)]
pub struct SearchedView {
    /// How many exhibits.
    pub exhibits: u64,
    /// How many records they hold. Left out of a protected table, and of an answer that costs nothing if the case has
    /// several exhibits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub records: Option<u64>,
    /// When the first and the last of these records were sent. Left out if there is no record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub span: Option<SpanView>,
    /// Rows in quarantine: they are in no answer. To a liaison those that name its account; rows that name no account
    /// are not counted. Rounded in a protected table.
    pub quarantined: Shown,
    /// To a liaison: whether any admitted record has its account; rows in quarantine do not count. If none has it, no
    /// answer says anything about the account's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account_in_log: Option<bool>,
    /// How many numbers were erased from the case, rounded; they are answered as absent. Left out if none was. Also
    /// numbers that no exhibit had are counted, for everybody the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub erasures: Option<Shown>,
}

/// From the first to the last record: two moments, or in a protected table two days in UTC.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Span)]
pub struct SpanView {
    /// The first record.
    pub first: String,
    /// The last record.
    pub last: String,
}

impl SearchedView {
    pub(in crate::vault) fn of(searched: Searched, of_account: bool) -> Self {
        let text = |seconds: i64| Moment::from_seconds(seconds).to_string();
        Self {
            exhibits: searched.exhibits,
            records: Some(searched.records),
            span: searched.span.map(|(first, last)| SpanView {
                first: text(first),
                last: text(last),
            }),
            quarantined: Shown::Number(searched.quarantined),
            account_in_log: of_account.then_some(searched.records > 0),
            erasures: erasures(searched, 0),
        }
    }

    pub(in crate::vault) fn without_records(self) -> Self {
        Self {
            records: None,
            ..self
        }
    }

    fn protected(searched: Searched, least: u64) -> Self {
        let day = |seconds: i64| day_text(seconds.div_euclid(DAY));
        Self {
            exhibits: searched.exhibits,
            records: None,
            span: searched.span.map(|(first, last)| SpanView {
                first: day(first),
                last: day(last),
            }),
            quarantined: protect(searched.quarantined, least),
            account_in_log: None,
            erasures: erasures(searched, least),
        }
    }
}

/// Never exact: who sees the count turn after an erasure would know whose it was.
fn erasures(searched: Searched, least: u64) -> Option<Shown> {
    (searched.erasures > 0).then(|| protect(searched.erasures, least))
}

impl CaseRecords<'_> {
    /// What an answer to this caller rests on.
    pub(in crate::vault) fn searched_view(&self) -> Result<SearchedView, OperationError> {
        Ok(SearchedView::of(self.searched()?, self.account().is_some()))
    }

    /// What a protected table rests on, as it may be given out.
    pub(in crate::vault::records) fn searched_by_protected(
        &self,
        least: u64,
    ) -> Result<SearchedView, OperationError> {
        Ok(SearchedView::protected(self.searched()?, least))
    }

    /// The same before it is a view. A liaison's is counted once, where the case is known from act to act.
    pub(in crate::vault) fn searched(&self) -> Result<Searched, OperationError> {
        let Some(account) = self.account().map(AccountName::as_str) else {
            return Ok(self.in_all());
        };
        match &self.known {
            Some(known) => known.searched(Some(account), || self.in_account(account)),
            None => self.in_account(account),
        }
    }

    fn in_all(&self) -> Searched {
        let mut searched = Searched {
            erasures: self.erasures,
            ..Searched::default()
        };
        for one in &self.descriptions {
            searched.exhibits += 1;
            searched.records += one.admitted;
            searched.quarantined += one.quarantined;
            searched.span = widest(searched.span, one.first.zip(one.last));
        }
        searched
    }

    fn in_account(&self, account: &str) -> Result<Searched, OperationError> {
        #[derive(Default)]
        struct Found {
            exhibits: BTreeSet<usize>,
            records: u64,
            span: Option<(i64, i64)>,
        }
        // The plan of any filter is narrowed to the account.
        let plan = self.plan(&RecordFilter::default())?;
        let parts = self.fold(&plan, &[Field::SentAt], Found::default, |found, columns| {
            found.exhibits.insert(columns.place().position);
            found.records += columns.selection().count() as u64;
            let (mut first, mut last) = (i64::MAX, i64::MIN);
            columns.selection().for_each(|row| {
                if let Some(seconds) = columns.times().get(row) {
                    first = first.min(seconds);
                    last = last.max(seconds);
                }
            });
            found.span = widest(found.span, (first <= last).then_some((first, last)));
            Ok(())
        })?;
        let mut all = Found::default();
        for part in parts {
            all.exhibits.extend(part.exhibits);
            all.records += part.records;
            all.span = widest(all.span, part.span);
        }
        let mut quarantined = 0;
        for position in 0..self.exhibits.len() {
            let rows = self.quarantined_of(position, account)?;
            if rows > 0 {
                all.exhibits.insert(position);
            }
            quarantined += rows;
        }
        Ok(Searched {
            exhibits: all.exhibits.len() as u64,
            records: all.records,
            span: all.span,
            quarantined,
            erasures: self.erasures,
        })
    }

    /// How many rows in the quarantine of an exhibit name the account.
    fn quarantined_of(&self, position: usize, account: &str) -> Result<u64, OperationError> {
        let (Some(exhibit), Some(description)) =
            (self.exhibits.get(position), self.descriptions.get(position))
        else {
            return Ok(0);
        };
        let mut rows = 0;
        for no in 0..description.quarantine_parts {
            let damaged = || OperationError::Damaged {
                place: format!("exhibit {}, quarantine, part {no}", exhibit.id),
            };
            let table = &quarantine_rows::TABLE;
            let sealed = table
                .find(self.connection, exhibit.number, no)?
                .ok_or_else(damaged)?;
            let parts = ExhibitParts::of(&self.keys, &exhibit.id);
            let plain = parts.quarantine(no).open(&sealed).map_err(|_| damaged())?;
            rows += rejects_of_account(&plain, account).ok_or_else(damaged)?;
        }
        Ok(rows)
    }
}

fn widest(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
        (one, other) => one.or(other),
    }
}
