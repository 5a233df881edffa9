//! What programs come with in the place of a session, listed and ended: tokens of scripts, and machines.
//!
//! Both are rows among the sessions that have a scope. How one is made is in `tokens.rs` and `machines.rs`.

use serde_json::json;

use super::tokens::TokenScope;
use super::{RowsOf, Scope, WantedRows};
use crate::domain::{HomeRole, Moment, OperatorId, SessionId};
use crate::policy::{Action, Writes};
use crate::vault::error::OperationError;
use crate::vault::store::operator_rows;
use crate::vault::store::session_rows::{self, SessionMeans, SessionRow};

/// What a program comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassKind {
    /// The token of a script.
    Token,
    /// The key of a machine's certificate.
    Machine,
}

/// A token or a machine that is good.
#[derive(Debug)]
pub struct Pass {
    /// Its id, as leaves have it in the place of a session's.
    pub id: SessionId,
    /// What its owner calls it.
    pub label: String,
    /// Whose it is.
    pub operator: OperatorId,
    /// The name its owner signs in with.
    pub owner: String,
    /// What it is for.
    pub actions: Vec<String>,
    /// The one case that it is for; none if it is for all of its owner's.
    pub case: Option<String>,
    /// When it was made or added.
    pub since: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// When it was used last, to a minute; none if it never was.
    pub used_at: Option<Moment>,
}

impl<A: Writes> Scope<'_, A> {
    /// Ends a token or a machine of the caller; an administrator ends anybody's. Others are like those that are not
    /// there.
    pub fn end_pass(&mut self, id: &SessionId) -> Result<(), OperationError> {
        let found = session_rows::standing(self.connection, id)?;
        let found = found.filter(|found| {
            found.scope.is_some() && !found.revoked && !self.core.clock.is_over(found.expires_at)
        });
        let owner = found.ok_or(OperationError::NotFound)?.operator;
        if owner != *self.operator()? && self.home_role()? != HomeRole::Administrator {
            return Err(OperationError::NotFound);
        }
        self.notes.object = Some(id.to_string());
        self.note_detail(json!({ "owner": owner }));
        Ok(session_rows::revoke(self.transaction()?, id, self.now)?)
    }
}

impl<A: Action> Scope<'_, A> {
    /// A page of the caller's tokens or machines that are good, the newest first; of everybody's for an administrator,
    /// owner by owner.
    pub fn list_passes(
        &mut self,
        kind: PassKind,
        wanted: &WantedRows,
    ) -> Result<RowsOf<Pass>, OperationError> {
        let means = match kind {
            PassKind::Token => SessionMeans::Script,
            PassKind::Machine => SessionMeans::Machine,
        };
        let all = match self.home_role()? {
            HomeRole::Administrator => {
                let mut all = Vec::new();
                for operator in operator_rows::list(self.connection)? {
                    all.extend(session_rows::of_operator(self.connection, &operator.id)?);
                }
                all
            }
            _ => session_rows::of_operator(self.connection, self.operator()?)?,
        };
        let good = |row: &SessionRow| self.is_good(row, means);
        let page = wanted.cut_where(all, |row| row.id.to_string(), good)?;
        self.note_rows(page.rows.len() as u64);
        page.try_map(|row| {
            let sealed = row.scope.as_deref().unwrap_or_default();
            let scope = TokenScope::open(self.core, &row.id, sealed)?;
            Ok(Pass {
                owner: self.operator_name(&row.operator)?,
                id: row.id,
                label: scope.label,
                operator: row.operator,
                actions: scope.actions,
                case: scope.case,
                since: row.opened_at,
                expires_at: self.core.clock.shown(row.expires_at),
                used_at: row.used_at,
            })
        })
    }
}
