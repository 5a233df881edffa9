//! Table `budget`: what an operator has spent in a case, one row for each kind of budget. Read and
//! written whole.

use rusqlite::{OptionalExtension, Row, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{Daily, Moment, OperatorId};

/// Whose budget it is, where and of which kind: the key of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BudgetKey<'k> {
    pub(crate) operator: &'k OperatorId,
    pub(crate) case: CaseNumber,
    pub(crate) kind: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BudgetRow {
    /// The level of the leaking bucket, in points.
    pub(crate) spent: f64,
    /// When it was so high.
    pub(crate) at: Moment,
    /// The points of the last 30 days.
    pub(crate) days: Daily,
    /// When calls were refused for want of points, within the last hour.
    pub(crate) refused: Vec<Moment>,
    /// Until then a further refusal is one with the last.
    pub(crate) retry_at: Option<Moment>,
    pub(crate) frozen_until: Option<Moment>,
    pub(crate) raised: Option<Raised>,
}

/// Points beside the usual ones, until they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raised {
    pub(crate) points: u32,
    pub(crate) until: Moment,
}

impl BudgetRow {
    /// Nothing was spent yet.
    pub(crate) fn unused(now: Moment) -> Self {
        Self {
            spent: 0.0,
            at: now,
            days: Daily::default(),
            refused: Vec::new(),
            retry_at: None,
            frozen_until: None,
            raised: None,
        }
    }
}

pub(crate) fn find(
    connection: &Snapshot,
    key: BudgetKey<'_>,
) -> Result<Option<BudgetRow>, StoreError> {
    let failed = at("budget::find");
    connection
        .prepare_cached(
            "-- budget::find
             SELECT spent, at, days, refused, retry_at, frozen_until, raised, raised_until
             FROM budget WHERE operator = ?1 AND case_number = ?2 AND kind = ?3",
        )
        .map_err(&failed)?
        .query_row(
            params![key.operator.as_str(), key.case.0, key.kind],
            |row| Ok(read(row)),
        )
        .optional()
        .map_err(&failed)?
        .transpose()
}

pub(crate) fn upsert(
    connection: &Transaction,
    key: BudgetKey<'_>,
    row: &BudgetRow,
) -> Result<(), StoreError> {
    let failed = at("budget::upsert");
    let mut refused = Vec::with_capacity(row.refused.len() * 8);
    for moment in &row.refused {
        refused.extend_from_slice(&moment.seconds().to_be_bytes());
    }
    let changed = connection
        .prepare_cached(
            "-- budget::upsert
             INSERT INTO budget (operator, case_number, kind, spent, at, days, refused, retry_at,
                                 frozen_until, raised, raised_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (operator, case_number, kind) DO UPDATE SET
                spent = excluded.spent, at = excluded.at, days = excluded.days,
                refused = excluded.refused, retry_at = excluded.retry_at,
                frozen_until = excluded.frozen_until, raised = excluded.raised,
                raised_until = excluded.raised_until",
        )
        .map_err(&failed)?
        .execute(params![
            key.operator.as_str(),
            key.case.0,
            key.kind,
            row.spent,
            row.at.seconds(),
            row.days.to_bytes(),
            refused,
            row.retry_at.map(Moment::seconds),
            row.frozen_until.map(Moment::seconds),
            row.raised.map(|raised| raised.points),
            row.raised.map(|raised| raised.until.seconds()),
        ])
        .map_err(&failed)?;
    one("budget::upsert", changed)
}

fn read(row: &Row<'_>) -> Result<BudgetRow, StoreError> {
    let failed = at("budget::find");
    let moment = |place: usize| -> Result<Option<Moment>, StoreError> {
        let seconds: Option<i64> = row.get(place).map_err(&failed)?;
        Ok(seconds.map(Moment::from_seconds))
    };
    let unsound = || StoreError::inconsistent("budget::find");
    let days: Vec<u8> = row.get(2).map_err(&failed)?;
    let refused: Vec<u8> = row.get(3).map_err(&failed)?;
    let (refused, rest) = refused.as_chunks::<8>();
    let points: Option<u32> = row.get(6).map_err(&failed)?;
    if !rest.is_empty() {
        return Err(unsound());
    }
    Ok(BudgetRow {
        spent: row.get(0).map_err(&failed)?,
        at: Moment::from_seconds(row.get(1).map_err(&failed)?),
        days: Daily::from_bytes(&days).ok_or_else(unsound)?,
        refused: refused
            .iter()
            .map(|bytes| Moment::from_seconds(i64::from_be_bytes(*bytes)))
            .collect(),
        retry_at: moment(4)?,
        frozen_until: moment(5)?,
        raised: points
            .zip(moment(7)?)
            .map(|(points, until)| Raised { points, until }),
    })
}
