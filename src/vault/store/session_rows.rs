//! Table `session`: who is signed in. It holds the keyed tag of a token, never a token.

use std::cmp::Reverse;

use super::control::{Cell, ControlRow, SESSION, blob, int, nothing, text};
use super::error::{StoreError, at, one, sound};
use super::operator_rows::{self, OperatorState};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{HomeRole, Moment, OperatorId, SessionId, words};

words! {
    /// By what a session was opened.
    pub(crate) enum SessionMeans {
        /// A password, and a code where there is a second factor.
        Password => "password",
        /// A password and a passkey.
        Passkey => "passkey",
        /// The vault's own command line, by whoever has the vault's passphrase too.
        Host => "host",
        /// A password and a recovery code, after the delay: good for enrolling a passkey.
        Recovery => "recovery",
        /// It is the token of a script.
        Script => "script",
        /// It is a machine, whose key a TLS handshake proves.
        Machine => "machine",
        /// An OpenID provider outside the vault.
        Provider => "provider",
    }
}

pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) operator: OperatorId,
    pub(crate) opened_at: Moment,
    pub(crate) expires_at: Moment,
    /// When it ends if it is not used before.
    pub(crate) idle_at: Moment,
    /// Whether it was opened with a second factor.
    pub(crate) second_factor: bool,
    pub(crate) means: SessionMeans,
    pub(crate) revoked: bool,
    /// What a script's token or a machine is good for, sealed.
    pub(crate) scope: Option<Vec<u8>>,
    /// When a script's token or a machine was used last.
    pub(crate) used_at: Option<Moment>,
}

impl SessionRow {
    /// When it ends by itself: after its whole time, or because it is not used.
    pub(crate) fn ends_at(&self) -> Moment {
        self.expires_at.min(self.idle_at)
    }
}

pub(crate) struct NewSession<'a> {
    pub(crate) id: &'a SessionId,
    pub(crate) token: &'a [u8],
    pub(crate) operator: &'a OperatorId,
    pub(crate) opened_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) idle_at: Moment,
    pub(crate) second_factor: bool,
    pub(crate) means: SessionMeans,
    pub(crate) scope: Option<&'a [u8]>,
}

pub(crate) fn insert(connection: &Transaction, new: &NewSession<'_>) -> Result<(), StoreError> {
    let cells = [
        ("id", text(new.id.as_str())),
        ("token", blob(new.token)),
        ("operator", text(new.operator.as_str())),
        ("opened_at", int(new.opened_at.seconds())),
        ("expires_at", int(new.expires_at.seconds())),
        ("idle_at", int(new.idle_at.seconds())),
        ("second_factor", int(i64::from(new.second_factor))),
        ("means", text(new.means.as_str())),
        ("revoked_at", nothing()),
        ("scope", new.scope.map_or(nothing(), blob)),
        ("used_at", nothing()),
    ];
    connection.insert(&SESSION, &cells)
}

pub(crate) fn find_by_token(
    connection: &Snapshot,
    token: &[u8],
) -> Result<Option<SessionRow>, StoreError> {
    connection.row(&SESSION, &[("token", blob(token))], read)
}

/// A session together with its operator, which show whether somebody may act.
pub(crate) struct Standing {
    pub(crate) operator: OperatorId,
    pub(crate) expires_at: Moment,
    pub(crate) idle_at: Moment,
    pub(crate) second_factor: bool,
    pub(crate) means: SessionMeans,
    pub(crate) revoked: bool,
    pub(crate) home: HomeRole,
    pub(crate) active: bool,
    pub(crate) scope: Option<Vec<u8>>,
    pub(crate) used_at: Option<Moment>,
}

pub(crate) fn standing(
    connection: &Snapshot,
    id: &SessionId,
) -> Result<Option<Standing>, StoreError> {
    let Some(session) = connection.row(&SESSION, &key(id), read)? else {
        return Ok(None);
    };
    let operator = operator_rows::find(connection, &session.operator)?;
    Ok(operator.map(|operator| Standing {
        operator: operator.id,
        expires_at: session.expires_at,
        idle_at: session.idle_at,
        second_factor: session.second_factor,
        means: session.means,
        revoked: session.revoked,
        home: operator.home,
        active: operator.state == OperatorState::Active,
        scope: session.scope,
        used_at: session.used_at,
    }))
}

pub(crate) fn revoke(
    connection: &Transaction,
    id: &SessionId,
    now: Moment,
) -> Result<(), StoreError> {
    let set = [("revoked_at", int(now.seconds()))];
    let changed = connection.update(&SESSION, &key(id), &[("revoked_at", nothing())], &set)?;
    one("session::revoke", usize::from(changed))
}

/// It was ended, or its time is over, and what stood for it may stand for another one: it gets a tag that nothing has.
pub(crate) fn let_go(
    connection: &Transaction,
    id: &SessionId,
    instead: &[u8],
) -> Result<(), StoreError> {
    let changed = connection.update(&SESSION, &key(id), &[], &[("token", blob(instead))])?;
    one("session::let_go", usize::from(changed))
}

/// The passkey of its owner was enrolled in it: it counts as opened with that.
pub(crate) fn has_passkey(connection: &Transaction, id: &SessionId) -> Result<(), StoreError> {
    let set = [
        ("second_factor", int(1)),
        ("means", text(SessionMeans::Passkey.as_str())),
    ];
    let changed = connection.update(&SESSION, &key(id), &[("revoked_at", nothing())], &set)?;
    one("session::has_passkey", usize::from(changed))
}

/// The token of a script, or a machine, was used.
pub(crate) fn used_at(
    connection: &Transaction,
    id: &SessionId,
    now: Moment,
) -> Result<(), StoreError> {
    let set = [("used_at", int(now.seconds()))];
    connection
        .update(&SESSION, &key(id), &[("revoked_at", nothing())], &set)
        .map(drop)
}

/// It was used: from now on it ends then, if it is not used again. One that was ended stays so.
pub(crate) fn use_until(
    connection: &Transaction,
    id: &SessionId,
    idle_at: Moment,
) -> Result<(), StoreError> {
    let set = [("idle_at", int(idle_at.seconds()))];
    connection
        .update(&SESSION, &key(id), &[("revoked_at", nothing())], &set)
        .map(drop)
}

/// The sessions of an operator, those that have ended too; the newest first.
pub(crate) fn of_operator(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<SessionRow>, StoreError> {
    let by = [("operator", text(operator.as_str()))];
    let mut all = connection.rows(&SESSION, &by, read)?;
    all.sort_by_cached_key(|row| (Reverse(row.opened_at), row.id.clone()));
    Ok(all)
}

/// Ends every session of an operator; returns how many.
pub(crate) fn revoke_all(
    connection: &Transaction,
    operator: &OperatorId,
    now: Moment,
) -> Result<usize, StoreError> {
    revoke_others(connection, operator, None, now)
}

/// The same but for one of them.
pub(crate) fn revoke_others(
    connection: &Transaction,
    operator: &OperatorId,
    stays: Option<&SessionId>,
    now: Moment,
) -> Result<usize, StoreError> {
    let mut open = of_operator(connection, operator)?;
    open.retain(|session| !session.revoked && Some(&session.id) != stays);
    for session in &open {
        revoke(connection, &session.id, now)?;
    }
    Ok(open.len())
}

/// Removes the row of a session that has ended.
pub(crate) fn remove(connection: &Transaction, id: &SessionId) -> Result<(), StoreError> {
    let changed = connection.delete(&SESSION, &key(id), &[])?;
    one("session::remove", usize::from(changed))
}

/// What the tokens of scripts are good for, sealed, by session.
pub(crate) fn scopes(connection: &Snapshot) -> Result<Vec<(SessionId, Vec<u8>)>, StoreError> {
    let all = connection.rows(&SESSION, &[], read)?;
    let scoped = all.into_iter().map(|row| (row.id, row.scope));
    Ok(scoped
        .filter_map(|(id, scope)| Some((id, scope?)))
        .collect())
}

/// Puts the same in its place, sealed under another key.
pub(crate) fn reseal_scope(
    connection: &Transaction,
    id: &SessionId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection.update(&SESSION, &key(id), &[], &[("scope", blob(sealed))])?;
    one("session::reseal_scope", usize::from(changed))
}

fn key(id: &SessionId) -> [Cell<'_>; 1] {
    [("id", text(id.as_str()))]
}

fn read(row: &ControlRow<'_>) -> Result<SessionRow, StoreError> {
    let failed = at("session::read");
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    let revoked_at: Option<i64> = row.get("revoked_at").map_err(&failed)?;
    Ok(SessionRow {
        id: sound("session::id", text("id")?.parse())?,
        operator: sound("session::operator", text("operator")?.parse())?,
        opened_at: Moment::from_seconds(row.get("opened_at").map_err(&failed)?),
        expires_at: Moment::from_seconds(row.get("expires_at").map_err(&failed)?),
        idle_at: Moment::from_seconds(row.get("idle_at").map_err(&failed)?),
        second_factor: row.get("second_factor").map_err(&failed)?,
        means: sound("session::means", text("means")?.parse())?,
        revoked: revoked_at.is_some(),
        scope: row.get("scope").map_err(&failed)?,
        used_at: row
            .get::<Option<i64>>("used_at")
            .map_err(&failed)?
            .map(Moment::from_seconds),
    })
}
