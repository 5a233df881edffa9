//! What the tables of requests have in common: one person asks, another decides in time. A table
//! may have further columns.

use std::str::FromStr;

use rusqlite::{OptionalExtension, Row, ToSql};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use super::sealed_parts::Statement;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{Moment, OperatorId};
use crate::policy::RequestState;

/// The columns that every request has: the first ten of a row. `sealed` holds what was asked and
/// why.
pub(crate) struct RequestRow<I> {
    pub(crate) id: I,
    pub(crate) case: CaseNumber,
    pub(crate) asker: OperatorId,
    pub(crate) state: RequestState,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) decider: Option<OperatorId>,
    pub(crate) decided_at: Option<Moment>,
    /// Binds the request to its result set; the decision is about this digest.
    pub(crate) digest: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) struct NewRequest<'a> {
    pub(crate) id: &'a str,
    pub(crate) case: CaseNumber,
    pub(crate) asker: &'a OperatorId,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) digest: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

/// A decision, and the request sealed again with its reason.
pub(crate) struct Decision<'a> {
    pub(crate) to: RequestState,
    pub(crate) decider: &'a OperatorId,
    pub(crate) now: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) sealed: &'a [u8],
}

/// The statements of one such table, each with its name in errors. They take the common columns in
/// the order of the structs above, then the table's own.
pub(crate) struct Requests {
    pub(super) insert: Statement,
    pub(super) find: Statement,
    pub(super) list: Statement,
    pub(super) decide: Statement,
}

impl Requests {
    pub(crate) fn insert(
        &self,
        connection: &Transaction,
        new: &NewRequest<'_>,
        own: &[&dyn ToSql],
    ) -> Result<(), StoreError> {
        let (asked_at, expires_at) = (new.asked_at.seconds(), new.expires_at.seconds());
        let (id, asker) = (new.id, new.asker.as_str());
        let common: [&dyn ToSql; 7] = [
            &id,
            &new.case.0,
            &asker,
            &asked_at,
            &expires_at,
            &new.digest,
            &new.sealed,
        ];
        change(connection, &self.insert, &[&common, own].concat())
    }

    pub(crate) fn find<R>(
        &self,
        connection: &Snapshot,
        id: &str,
        read: impl Fn(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Option<R>, StoreError> {
        let failed = at(self.find.at);
        connection
            .prepare_cached(self.find.sql)
            .map_err(&failed)?
            .query_row([id], |row| Ok(read(row)))
            .optional()
            .map_err(&failed)?
            .transpose()
    }

    /// The requests of a case, newest first, at most 500.
    pub(crate) fn list<R>(
        &self,
        connection: &Snapshot,
        case: CaseNumber,
        read: impl Fn(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Vec<R>, StoreError> {
        let failed = at(self.list.at);
        let mut statement = connection.prepare_cached(self.list.sql).map_err(&failed)?;
        let mut rows = statement.query([case.0]).map_err(&failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    /// Writes the decision and sets the new expiry.
    pub(crate) fn decide(
        &self,
        connection: &Transaction,
        id: &str,
        decision: &Decision<'_>,
        own: &[&dyn ToSql],
    ) -> Result<(), StoreError> {
        let (now, expires_at) = (decision.now.seconds(), decision.expires_at.seconds());
        let (to, decider) = (decision.to.as_str(), decision.decider.as_str());
        let common: [&dyn ToSql; 6] = [&id, &to, &decider, &now, &expires_at, &decision.sealed];
        change(connection, &self.decide, &[&common, own].concat())
    }
}

/// Reads the common columns.
pub(super) fn read<I: FromStr>(
    at_row: &'static str,
    row: &Row<'_>,
) -> Result<RequestRow<I>, StoreError> {
    let failed = at(at_row);
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    let decider = row.get::<_, Option<String>>(6).map_err(&failed)?;
    Ok(RequestRow {
        id: sound(at_row, text(0)?.parse())?,
        case: CaseNumber(row.get(1).map_err(&failed)?),
        asker: sound(at_row, text(2)?.parse())?,
        state: sound(at_row, text(3)?.parse())?,
        asked_at: Moment::from_seconds(row.get(4).map_err(&failed)?),
        expires_at: Moment::from_seconds(row.get(5).map_err(&failed)?),
        decider: decider.map(|id| sound(at_row, id.parse())).transpose()?,
        decided_at: row
            .get::<_, Option<i64>>(7)
            .map_err(&failed)?
            .map(Moment::from_seconds),
        digest: row.get(8).map_err(&failed)?,
        sealed: row.get(9).map_err(&failed)?,
    })
}

fn change(
    connection: &Transaction,
    statement: &Statement,
    values: &[&dyn ToSql],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(statement.sql, values)
        .map_err(at(statement.at))?;
    one(statement.at, changed)
}
