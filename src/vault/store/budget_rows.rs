//! Table `budget`: what was spent in a case, by each operator for each kind of budget, and on lookups by all together.
//! Read and written whole.

use super::case_rows::CaseNumber;
use super::control::{BUDGET, Cell, ControlRow, blob, int, nothing, real, text};
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

/// The kind of the rows of all together.
const TOGETHER: &str = "together";

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

impl BudgetKey<'_> {
    fn cells(&self) -> [Cell<'_>; 3] {
        cells(self.case, self.kind, self.operator.as_str())
    }
}

fn cells<'k>(case: CaseNumber, kind: &'k str, payer: &'k str) -> [Cell<'k>; 3] {
    [
        ("case_number", int(case.0)),
        ("kind", text(kind)),
        ("payer", text(payer)),
    ]
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
    connection.row(&BUDGET, &key.cells(), read)
}

pub(crate) fn upsert(
    connection: &Transaction,
    key: BudgetKey<'_>,
    row: &BudgetRow,
) -> Result<(), StoreError> {
    let mut refused = Vec::with_capacity(row.refused.len() * 8);
    for moment in &row.refused {
        refused.extend_from_slice(&moment.seconds().to_be_bytes());
    }
    let days = row.days.to_bytes();
    let moment = |moment: Option<Moment>| moment.map_or(nothing(), |moment| int(moment.seconds()));
    let set = [
        ("days", blob(&days)),
        ("spent", real(row.spent)),
        ("at", int(row.at.seconds())),
        ("refused", blob(&refused)),
        ("retry_at", moment(row.retry_at)),
        ("frozen_until", moment(row.frozen_until)),
        (
            "raised",
            row.raised
                .map_or(nothing(), |raised| int(raised.points.into())),
        ),
        (
            "raised_until",
            moment(row.raised.map(|raised| raised.until)),
        ),
    ];
    connection.put(&BUDGET, &key.cells(), &set)
}

/// What all together have spent on lookups. `party` is empty for the team of the case, and a keyed tag of the account
/// for its liaisons.
pub(crate) fn together(
    connection: &Snapshot,
    case: CaseNumber,
    party: &str,
) -> Result<Daily, StoreError> {
    let found = connection.row(&BUDGET, &cells(case, TOGETHER, party), days)?;
    Ok(found.unwrap_or_default())
}

pub(crate) fn put_together(
    connection: &Transaction,
    case: CaseNumber,
    party: &str,
    days: &Daily,
) -> Result<(), StoreError> {
    let days = days.to_bytes();
    let of_one = [
        "spent",
        "at",
        "refused",
        "retry_at",
        "frozen_until",
        "raised",
        "raised_until",
    ];
    let mut set = vec![("days", blob(&days))];
    set.extend(of_one.map(|column| (column, nothing())));
    connection.put(&BUDGET, &cells(case, TOGETHER, party), &set)
}

/// Removes at most so many budgets of a destroyed case, and says how many went.
pub(crate) fn shred(
    connection: &Transaction,
    case: CaseNumber,
    most: u32,
) -> Result<usize, StoreError> {
    let failed = at("budget::shred");
    // No group has a case's budgets alone; a case is destroyed once.
    let all = connection.rows(&BUDGET, &[], |row| {
        let of: i64 = row.get("case_number").map_err(&failed)?;
        let kind: String = row.get("kind").map_err(&failed)?;
        let payer: String = row.get("payer").map_err(&failed)?;
        Ok((of, kind, payer))
    })?;
    let of_case = all.into_iter().filter(|(of, ..)| *of == case.0);
    let of_case = of_case.map(|(_, kind, payer)| (kind, payer));
    let found: Vec<(String, String)> = of_case.take(most as usize).collect();
    for (kind, payer) in &found {
        let changed = connection.delete(&BUDGET, &cells(case, kind, payer), &[])?;
        one("budget::shred", usize::from(changed))?;
    }
    Ok(found.len())
}

fn days(row: &ControlRow<'_>) -> Result<Daily, StoreError> {
    let days: Vec<u8> = row.get("days").map_err(at("budget::days"))?;
    Daily::from_bytes(&days).ok_or(StoreError::inconsistent("budget::days"))
}

fn read(row: &ControlRow<'_>) -> Result<BudgetRow, StoreError> {
    let failed = at("budget::find");
    let moment = |column: &str| -> Result<Option<Moment>, StoreError> {
        let seconds: Option<i64> = row.get(column).map_err(&failed)?;
        Ok(seconds.map(Moment::from_seconds))
    };
    let refused: Vec<u8> = row.get("refused").map_err(&failed)?;
    let (refused, rest) = refused.as_chunks::<8>();
    let points: Option<u32> = row.get("raised").map_err(&failed)?;
    if !rest.is_empty() {
        return Err(StoreError::inconsistent("budget::find"));
    }
    Ok(BudgetRow {
        spent: row.get("spent").map_err(&failed)?,
        at: Moment::from_seconds(row.get("at").map_err(&failed)?),
        days: days(row)?,
        refused: refused
            .iter()
            .map(|bytes| Moment::from_seconds(i64::from_be_bytes(*bytes)))
            .collect(),
        retry_at: moment("retry_at")?,
        frozen_until: moment("frozen_until")?,
        raised: points
            .zip(moment("raised_until")?)
            .map(|(points, until)| Raised { points, until }),
    })
}
