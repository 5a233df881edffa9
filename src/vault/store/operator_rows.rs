//! Table `operator`: who may sign in. Names, password hashes and TOTP secrets are in `sealed`,
//! which this file never opens.

use super::control::{Cell, ControlRow, OPERATOR, blob, int, nothing, text};
use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{HomeRole, Moment, OperatorId, words};

pub(crate) struct OperatorRow {
    pub(crate) id: OperatorId,
    pub(crate) home: HomeRole,
    pub(crate) state: OperatorState,
    pub(crate) sealed: Vec<u8>,
    pub(crate) enrol_by: Option<Moment>,
    pub(crate) totp_step: i64,
    /// Whether they come in by an OpenID provider, and have no password.
    pub(crate) by_provider: bool,
}

words! {
    pub(crate) enum OperatorState {
        Invited => "invited",
        Active => "active",
        Revoked => "revoked",
    }
}

pub(crate) struct NewOperator<'a> {
    pub(crate) id: &'a OperatorId,
    pub(crate) name_tag: &'a [u8],
    pub(crate) home: HomeRole,
    pub(crate) sealed: &'a [u8],
    pub(crate) enrolment: &'a [u8],
    pub(crate) enrol_by: Moment,
    pub(crate) created_at: Moment,
}

/// Somebody for whom an OpenID provider vouches.
pub(crate) struct ArrivedOperator<'a> {
    pub(crate) id: &'a OperatorId,
    pub(crate) name_tag: &'a [u8],
    pub(crate) home: HomeRole,
    pub(crate) sealed: &'a [u8],
    pub(crate) identity: &'a [u8],
    pub(crate) created_at: Moment,
}

/// Adds somebody who was not invited, and has no password.
pub(crate) fn insert_arrived(
    connection: &Transaction,
    new: &ArrivedOperator<'_>,
) -> Result<(), StoreError> {
    let cells = [
        ("id", text(new.id.as_str())),
        ("name_tag", blob(new.name_tag)),
        ("home", text(new.home.as_str())),
        ("state", text(OperatorState::Active.as_str())),
        ("sealed", blob(new.sealed)),
        ("enrolment", nothing()),
        ("enrol_by", nothing()),
        ("totp_step", int(0)),
        ("created_at", int(new.created_at.seconds())),
        ("identity", blob(new.identity)),
    ];
    connection.insert(&OPERATOR, &cells)
}

pub(crate) fn insert(connection: &Transaction, new: &NewOperator<'_>) -> Result<(), StoreError> {
    let cells = [
        ("id", text(new.id.as_str())),
        ("name_tag", blob(new.name_tag)),
        ("home", text(new.home.as_str())),
        ("state", text(OperatorState::Invited.as_str())),
        ("sealed", blob(new.sealed)),
        ("enrolment", blob(new.enrolment)),
        ("enrol_by", int(new.enrol_by.seconds())),
        ("totp_step", int(0)),
        ("created_at", int(new.created_at.seconds())),
        ("identity", nothing()),
    ];
    connection.insert(&OPERATOR, &cells)
}

pub(crate) fn find(
    connection: &Snapshot,
    id: &OperatorId,
) -> Result<Option<OperatorRow>, StoreError> {
    connection.row(&OPERATOR, &key(id), read)
}

pub(crate) fn find_by_name_tag(
    connection: &Snapshot,
    tag: &[u8],
) -> Result<Option<OperatorRow>, StoreError> {
    connection.row(&OPERATOR, &[("name_tag", blob(tag))], read)
}

pub(crate) fn find_by_enrolment(
    connection: &Snapshot,
    tag: &[u8],
) -> Result<Option<OperatorRow>, StoreError> {
    connection.row(&OPERATOR, &[("enrolment", blob(tag))], read)
}

/// Whoever has the identity, also if their account has ended.
pub(crate) fn find_by_identity(
    connection: &Snapshot,
    tag: &[u8],
) -> Result<Option<OperatorRow>, StoreError> {
    connection.row(&OPERATOR, &[("identity", blob(tag))], read)
}

/// Every operator, in the order in which they were invited.
pub(crate) fn list(connection: &Snapshot) -> Result<Vec<OperatorRow>, StoreError> {
    let mut all = connection.rows(&OPERATOR, &[], |row| {
        let created: i64 = row.get("created_at").map_err(at("operator::list"))?;
        Ok((created, read(row)?))
    })?;
    all.sort_by_cached_key(|(created, row)| (*created, row.id.clone()));
    Ok(all.into_iter().map(|(_, row)| row).collect())
}

/// Uses the invitation up: the operator has a password now.
pub(crate) fn activate(
    connection: &Transaction,
    id: &OperatorId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let meet = [("state", text(OperatorState::Invited.as_str()))];
    let set = [
        ("state", text(OperatorState::Active.as_str())),
        ("sealed", blob(sealed)),
        ("enrolment", nothing()),
        ("enrol_by", nothing()),
    ];
    let changed = connection.update(&OPERATOR, &key(id), &meet, &set)?;
    one("operator::activate", usize::from(changed))
}

/// Ends the account. `no_name` takes the place of the tag of its name, which somebody else may have from now on.
pub(crate) fn revoke(
    connection: &Transaction,
    id: &OperatorId,
    no_name: &[u8],
) -> Result<(), StoreError> {
    let set = [
        ("state", text(OperatorState::Revoked.as_str())),
        ("name_tag", blob(no_name)),
        ("enrolment", nothing()),
    ];
    let changed = connection.update(&OPERATOR, &key(id), &[], &set)?;
    one("operator::revoke", usize::from(changed))
}

/// Gives somebody another role in the vault.
pub(crate) fn set_home(
    connection: &Transaction,
    id: &OperatorId,
    home: HomeRole,
) -> Result<(), StoreError> {
    let meet = [("state", text(OperatorState::Active.as_str()))];
    let set = [("home", text(home.as_str()))];
    let changed = connection.update(&OPERATOR, &key(id), &meet, &set)?;
    one("operator::set_home", usize::from(changed))
}

/// Stores the secrets, and the step of the newest one-time code that was used. With step 0 the second factor counts as
/// not used yet: it can be set up anew.
pub(crate) fn keep_factor(
    connection: &Transaction,
    id: &OperatorId,
    step: i64,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let meet = [("state", text(OperatorState::Active.as_str()))];
    let set = [("totp_step", int(step)), ("sealed", blob(sealed))];
    let changed = connection.update(&OPERATOR, &key(id), &meet, &set)?;
    one("operator::keep_factor", usize::from(changed))
}

/// Gives somebody a second factor who has none or has never used it.
pub(crate) fn set_second_factor(
    connection: &Transaction,
    id: &OperatorId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let meet = [
        ("state", text(OperatorState::Active.as_str())),
        ("totp_step", int(0)),
    ];
    let changed = connection.update(&OPERATOR, &key(id), &meet, &[("sealed", blob(sealed))])?;
    one("operator::set_second_factor", usize::from(changed))
}

/// Puts the same secrets in their place, sealed under another key.
pub(crate) fn reseal(
    connection: &Transaction,
    id: &OperatorId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection.update(&OPERATOR, &key(id), &[], &[("sealed", blob(sealed))])?;
    one("operator::reseal", usize::from(changed))
}

fn key(id: &OperatorId) -> [Cell<'_>; 1] {
    [("id", text(id.as_str()))]
}

fn read(row: &ControlRow<'_>) -> Result<OperatorRow, StoreError> {
    let failed = at("operator::read");
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    Ok(OperatorRow {
        id: sound("operator::id", text("id")?.parse())?,
        home: sound("operator::home", text("home")?.parse())?,
        state: sound("operator::state", text("state")?.parse())?,
        sealed: row.get("sealed").map_err(&failed)?,
        enrol_by: row
            .get::<Option<i64>>("enrol_by")
            .map_err(&failed)?
            .map(Moment::from_seconds),
        totp_step: row.get("totp_step").map_err(&failed)?,
        by_provider: row
            .get::<Option<Vec<u8>>>("identity")
            .map_err(&failed)?
            .is_some(),
    })
}
