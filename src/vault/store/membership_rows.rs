//! Table `membership`: who is what in a case. A liaison's account is sealed.

use std::cmp::Reverse;

use super::case_rows::{self, CaseNumber, CaseRow};
use super::control::{Cell, ControlRow, MEMBERSHIP, blob, int, nothing, text};
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
    /// Who suspended it; nobody if a restore did.
    pub(crate) suspended_by: Option<OperatorId>,
    /// Whether a lead knows whose account it is.
    pub(crate) recognised: bool,
    /// Who knows it; whoever opened the case is their own.
    pub(crate) recognised_by: Option<OperatorId>,
}

impl MembershipRow {
    /// Whether it gives its role.
    pub(crate) fn counts(&self) -> bool {
        self.recognised && !self.suspended
    }
}

/// Gives the role. Whoever is new has to be recognised before it gives a right; whoever was recognised stays so, unless
/// the caller says otherwise ([`unrecognise`]).
pub(crate) fn upsert(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    role: CaseRole,
    account: Option<&[u8]>,
) -> Result<(), StoreError> {
    let set = [
        ("role", text(role.as_str())),
        ("account", account.map_or(nothing(), blob)),
        ("suspended_at", nothing()),
        ("suspended_by", nothing()),
    ];
    let key = key(case, operator);
    if connection.update(&MEMBERSHIP, &key, &[], &set)? {
        return Ok(());
    }
    let unrecognised = [("recognised_at", nothing()), ("recognised_by", nothing())];
    connection.insert(&MEMBERSHIP, &[&key[..], &set, &unrecognised].concat())
}

/// Somebody knows whose account it is.
pub(crate) fn recognise(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    by: &OperatorId,
    now: Moment,
) -> Result<(), StoreError> {
    let set = [
        ("recognised_at", int(now.seconds())),
        ("recognised_by", text(by.as_str())),
    ];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::recognise", usize::from(changed))
}

/// Nobody knows any more in this case whose account it is.
pub(crate) fn unrecognise(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let set = [("recognised_at", nothing()), ("recognised_by", nothing())];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::unrecognise", usize::from(changed))
}

/// The cases in which somebody knows whose account it is, with what the operator is in each, and who knows it.
pub(crate) fn recognitions_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<(CaseNumber, CaseRole, OperatorId)>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let failed = at("membership::recognitions_of");
    let all = connection.rows(&MEMBERSHIP, &by, |row| {
        let number: i64 = row.get("case_number").map_err(&failed)?;
        let by: Option<String> = row.get("recognised_by").map_err(&failed)?;
        let by = by.map(|by| sound("membership::recognised_by", by.parse()));
        Ok((CaseNumber(number), read(row)?.role, by.transpose()?))
    })?;
    let all = all.into_iter();
    Ok(all
        .filter_map(|(case, role, by)| Some((case, role, by?)))
        .collect())
}

/// Nobody knows any more whose account it is; answers in how many cases somebody knew.
pub(crate) fn forget_recognition(
    connection: &Transaction,
    operator: &OperatorId,
) -> Result<usize, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let mut known = connection.rows(&MEMBERSHIP, &by, |row| {
        let number: i64 = row
            .get("case_number")
            .map_err(at("membership::forget_recognition"))?;
        Ok((CaseNumber(number), read(row)?.recognised))
    })?;
    known.retain(|(_, recognised)| *recognised);
    let set = [("recognised_at", nothing()), ("recognised_by", nothing())];
    for (case, _) in &known {
        connection.update(&MEMBERSHIP, &key(*case, operator), &[], &set)?;
    }
    Ok(known.len())
}

/// Suspends the member. Whoever did so before is forgotten. Nobody did it if a restore does.
pub(crate) fn suspend(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    by: Option<&OperatorId>,
    now: Moment,
) -> Result<(), StoreError> {
    let set = [
        ("suspended_at", int(now.seconds())),
        ("suspended_by", by.map_or(nothing(), |by| text(by.as_str()))),
    ];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::suspend", usize::from(changed))
}

/// Lets the member in again, in the role they had.
pub(crate) fn lift(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let set = [("suspended_at", nothing()), ("suspended_by", nothing())];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::lift", usize::from(changed))
}

/// The operator is no member any more.
pub(crate) fn remove(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let gone = connection.delete(&MEMBERSHIP, &key(case, operator), &[])?;
    one("membership::remove", usize::from(gone))
}

/// Puts the same account in its place, sealed under another key.
pub(crate) fn reseal_account(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
    account: &[u8],
) -> Result<(), StoreError> {
    let set = [("account", blob(account))];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::reseal_account", usize::from(changed))
}

/// The operator is no member of any case any more; answers of how many they were one, suspended ones included.
pub(crate) fn remove_all(
    connection: &Transaction,
    operator: &OperatorId,
) -> Result<usize, StoreError> {
    let numbers = numbers_of(connection, operator)?;
    for number in &numbers {
        remove(connection, *number, operator)?;
    }
    Ok(numbers.len())
}

/// The numbers of all cases in which the operator is a member, suspended or not.
pub(crate) fn numbers_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseNumber>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    connection.rows(&MEMBERSHIP, &by, |row| {
        let number = row.get("case_number");
        number.map(CaseNumber).map_err(at("membership::numbers_of"))
    })
}

/// Takes away the sealed account of a member of a destroyed case.
pub(crate) fn shred_account(
    connection: &Transaction,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let set = [("account", nothing())];
    let changed = connection.update(&MEMBERSHIP, &key(case, operator), &[], &set)?;
    one("membership::shred_account", usize::from(changed))
}

pub(crate) fn find(
    connection: &Snapshot,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<Option<MembershipRow>, StoreError> {
    connection.row(&MEMBERSHIP, &key(case, operator), read)
}

/// The members of a case, by role.
pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<MembershipRow>, StoreError> {
    let mut all = connection.rows(&MEMBERSHIP, &[("case_number", int(case.0))], read)?;
    all.sort_by_cached_key(|row| (row.role.as_str(), row.operator.clone()));
    Ok(all)
}

/// The members whom somebody suspended, by the number of the case.
pub(crate) fn suspended_by(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<(CaseNumber, MembershipRow)>, StoreError> {
    let by = [("suspended_by", text(operator.as_str()))];
    let mut all = connection.rows(&MEMBERSHIP, &by, |row| {
        let number: i64 = row
            .get("case_number")
            .map_err(at("membership::suspended_by"))?;
        Ok((CaseNumber(number), read(row)?))
    })?;
    all.sort_by_key(|(number, _)| number.0);
    Ok(all)
}

/// The cases an operator works on, newest first: where they are not suspended, and recognised.
pub(crate) fn cases_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseRow>, StoreError> {
    let numbers = case_numbers_of(connection, operator)?;
    let mut all = Vec::with_capacity(numbers.len());
    for number in numbers {
        all.extend(case_rows::find_by_number(connection, number)?);
    }
    Ok(all)
}

/// The numbers of the cases where the operator was named, is not suspended, and has not been recognised; newest first.
pub(crate) fn unrecognised_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseNumber>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let mut numbers = connection.rows(&MEMBERSHIP, &by, |row| {
        let number: i64 = row
            .get("case_number")
            .map_err(at("membership::unrecognised_of"))?;
        let member = read(row)?;
        Ok((number, !member.suspended && !member.recognised))
    })?;
    numbers.retain(|(_, waits)| *waits);
    numbers.sort_by_key(|(number, _)| Reverse(*number));
    let numbers = numbers.into_iter();
    Ok(numbers.map(|(number, _)| CaseNumber(number)).collect())
}

/// The numbers of these cases, newest first.
pub(crate) fn case_numbers_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseNumber>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let mut numbers = connection.rows(&MEMBERSHIP, &by, |row| {
        let number: i64 = row.get("case_number").map_err(at("membership::cases_of"))?;
        Ok((number, read(row)?.counts()))
    })?;
    numbers.retain(|(_, counts)| *counts);
    numbers.sort_by_key(|(number, _)| Reverse(*number));
    let numbers = numbers.into_iter();
    Ok(numbers.map(|(number, _)| CaseNumber(number)).collect())
}

/// What an operator is in their cases, where they are not suspended.
pub(crate) fn roles_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseRole>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let mut all = connection.rows(&MEMBERSHIP, &by, read)?;
    all.retain(|member| !member.suspended);
    Ok(all.into_iter().map(|member| member.role).collect())
}

fn key(case: CaseNumber, operator: &OperatorId) -> [Cell<'_>; 2] {
    [
        ("case_number", int(case.0)),
        ("operator", text(operator.as_str())),
    ]
}

fn read(row: &ControlRow<'_>) -> Result<MembershipRow, StoreError> {
    let failed = at("membership::read");
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    Ok(MembershipRow {
        operator: sound("membership::operator", text("operator")?.parse())?,
        role: sound("membership::role", text("role")?.parse())?,
        account: row.get("account").map_err(&failed)?,
        suspended: row
            .get::<Option<i64>>("suspended_at")
            .map_err(&failed)?
            .is_some(),
        suspended_by: row
            .get::<Option<String>>("suspended_by")
            .map_err(&failed)?
            .map(|by| sound("membership::suspended_by", by.parse()))
            .transpose()?,
        recognised: row
            .get::<Option<i64>>("recognised_at")
            .map_err(&failed)?
            .is_some(),
        recognised_by: row
            .get::<Option<String>>("recognised_by")
            .map_err(&failed)?
            .map(|by| sound("membership::recognised_by", by.parse()))
            .transpose()?,
    })
}
