//! Table `membership`: who is what in a case. A liaison's account is sealed.

use rusqlite::{OptionalExtension, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{CaseRole, Moment, OperatorId};

pub(crate) struct MembershipRow {
    pub(crate) operator: OperatorId,
    pub(crate) role: CaseRole,
    pub(crate) account: Option<Vec<u8>>,
    /// Whether it gives no right until another lead says so.
    pub(crate) suspended: bool,
}

pub(crate) fn upsert(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    role: CaseRole,
    account: Option<&[u8]>,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- membership::upsert
             INSERT INTO membership (case_number, operator, role, account) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (case_number, operator)
             DO UPDATE SET role = excluded.role, account = excluded.account, suspended_at = NULL",
            params![case.0, operator.as_str(), role.as_str(), account],
        )
        .map_err(at("membership::upsert"))?;
    one("membership::upsert", changed)
}

pub(crate) fn suspend(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    now: Moment,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- membership::suspend
             UPDATE membership SET suspended_at = coalesce(suspended_at, ?3)
             WHERE case_number = ?1 AND operator = ?2",
            params![case.0, operator.as_str(), now.seconds()],
        )
        .map_err(at("membership::suspend"))?;
    one("membership::suspend", changed)
}

pub(crate) fn find(
    connection: &Snapshot,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<Option<MembershipRow>, StoreError> {
    let failed = at("membership::find");
    let mut statement = connection
        .prepare_cached(
            "-- membership::find
             SELECT role, account, suspended_at IS NOT NULL
             FROM membership WHERE case_number = ?1 AND operator = ?2",
        )
        .map_err(&failed)?;
    let found: Option<(String, Option<Vec<u8>>, bool)> = statement
        .query_row(params![case.0, operator.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(&failed)?;
    found
        .map(|(role, account, suspended)| {
            Ok(MembershipRow {
                operator: operator.clone(),
                role: sound("membership::role", role.parse())?,
                account,
                suspended,
            })
        })
        .transpose()
}

pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<MembershipRow>, StoreError> {
    let failed = at("membership::list");
    let mut statement = connection
        .prepare_cached(
            "-- membership::list
             SELECT operator, role, account, suspended_at IS NOT NULL
             FROM membership WHERE case_number = ?1 ORDER BY role, operator",
        )
        .map_err(&failed)?;
    let mut rows = statement.query(params![case.0]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(MembershipRow {
            operator: sound(
                "membership::operator",
                row.get::<_, String>(0).map_err(&failed)?.parse(),
            )?,
            role: sound(
                "membership::role",
                row.get::<_, String>(1).map_err(&failed)?.parse(),
            )?,
            account: row.get(2).map_err(&failed)?,
            suspended: row.get(3).map_err(&failed)?,
        });
    }
    Ok(all)
}
