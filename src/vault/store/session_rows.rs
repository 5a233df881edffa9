//! Table `session`: who is signed in. It holds the hash of a token, never a token.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{HomeRole, Moment, OperatorId, SessionId};

pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) operator: OperatorId,
    pub(crate) expires_at: Moment,
    pub(crate) revoked: bool,
}

pub(crate) fn insert(
    connection: &Transaction,
    id: &SessionId,
    token: &[u8],
    operator: &OperatorId,
    opened_at: Moment,
    expires_at: Moment,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- session::insert
             INSERT INTO session (id, token, operator, opened_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id.as_str(), token, operator.as_str(), opened_at.seconds(), expires_at.seconds()],
        )
        .map_err(at("session::insert"))?;
    one("session::insert", changed)
}

pub(crate) fn find_by_token(
    connection: &Snapshot,
    token: &[u8],
) -> Result<Option<SessionRow>, StoreError> {
    lookup(
        connection,
        "-- session::find_by_token
         SELECT id, operator, expires_at, revoked_at FROM session WHERE token = ?1",
        &token,
    )
}

/// A session together with its operator, which show whether somebody may act.
pub(crate) struct Standing {
    pub(crate) operator: OperatorId,
    pub(crate) expires_at: Moment,
    pub(crate) revoked: bool,
    pub(crate) home: HomeRole,
    pub(crate) active: bool,
}

pub(crate) fn standing(
    connection: &Snapshot,
    id: &SessionId,
) -> Result<Option<Standing>, StoreError> {
    let failed = at("session::standing");
    let mut statement = connection
        .prepare_cached(
            "-- session::standing
             SELECT s.operator, s.expires_at, s.revoked_at IS NOT NULL, o.home, o.state = 'active'
             FROM session AS s JOIN operator AS o ON o.id = s.operator WHERE s.id = ?1",
        )
        .map_err(&failed)?;
    let found: Option<(String, i64, bool, String, bool)> = statement
        .query_row([id.as_str()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })
        .optional()
        .map_err(&failed)?;
    found
        .map(|(operator, expires_at, revoked, home, active)| {
            Ok(Standing {
                operator: sound("session::operator", operator.parse())?,
                expires_at: Moment::from_seconds(expires_at),
                revoked,
                home: sound("operator::home", home.parse())?,
                active,
            })
        })
        .transpose()
}

pub(crate) fn revoke(
    connection: &Transaction,
    id: &SessionId,
    now: Moment,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- session::revoke
             UPDATE session SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
            params![id.as_str(), now.seconds()],
        )
        .map_err(at("session::revoke"))?;
    one("session::revoke", changed)
}

/// Ends every session of an operator; returns how many.
pub(crate) fn revoke_all(
    connection: &Transaction,
    operator: &OperatorId,
    now: Moment,
) -> Result<usize, StoreError> {
    connection
        .execute(
            "-- session::revoke_all
             UPDATE session SET revoked_at = ?2 WHERE operator = ?1 AND revoked_at IS NULL",
            params![operator.as_str(), now.seconds()],
        )
        .map_err(at("session::revoke_all"))
}

fn lookup(
    connection: &Snapshot,
    sql: &str,
    key: &dyn rusqlite::ToSql,
) -> Result<Option<SessionRow>, StoreError> {
    let failed = at("session::find");
    let mut statement = connection.prepare_cached(sql).map_err(&failed)?;
    let found: Option<(String, String, i64, Option<i64>)> = statement
        .query_row([key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()
        .map_err(&failed)?;
    found
        .map(|(id, operator, expires_at, revoked_at)| {
            Ok(SessionRow {
                id: sound("session::id", id.parse())?,
                operator: sound("session::operator", operator.parse())?,
                expires_at: Moment::from_seconds(expires_at),
                revoked: revoked_at.is_some(),
            })
        })
        .transpose()
}
