//! Tokens of scripts: made, listed and revoked; and what machines (`machines.rs`) share with them.
//!
//! A token is a row among the sessions, whose scope is sealed. It ends like one: with its time, with the account, with
//! a new password or a reset of its owner. What it is for is decided for each act (`policy/decide.rs`).

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Reading, RowsOf, Scope, WantedRows};
use crate::domain::schema::{ScriptSecret, TokenId};
use crate::domain::{CaseId, HomeRole, Moment, OperatorId, OperatorName, SessionId, Title};
use crate::policy::{Action, ActionKind, Denial, Seat, Writes, allows_seat};
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::SessionToken;
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::store::session_rows::{self, NewSession, SessionMeans, SessionRow};
use crate::vault::store::{case_rows, membership_rows, operator_rows};

/// How many tokens, or machines, of one person are good at the same time.
const MOST: usize = 20;

/// What the vault keeps, sealed, of a token or a machine.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct TokenScope {
    pub(super) label: String,
    pub(super) actions: Vec<String>,
    /// The one case that it is for; none means all of its owner's.
    pub(in crate::vault) case: Option<String>,
    /// Whether its owner had signed in with a passkey.
    pub(in crate::vault) by_passkey: bool,
}

/// What somebody wants a token for, or a machine.
pub struct TokenWanted {
    /// What its owner calls it.
    pub label: Title,
    /// How many days it is good for.
    pub days: u16,
    /// What it is for.
    pub actions: Vec<ActionKind>,
    /// The one case that it is for.
    pub case: Option<CaseId>,
}

/// A token that was just made.
pub struct TokenMade {
    id: SessionId,
    secret: SessionToken,
    expires_at: Moment,
}

/// A token that was made. It is shown in this answer only.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenMade)]
pub struct TokenMadeView {
    /// Its id, as leaves have it in the place of a session's.
    #[schema(value_type = TokenId)]
    pub token: SessionId,
    /// What the script sends: `Authorization: Bearer …`.
    #[schema(value_type = ScriptSecret)]
    pub secret: ShownOnce,
    /// When it ends by itself.
    pub expires_at: Moment,
}

/// A token of a script that is good.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScriptToken)]
pub struct TokenView {
    /// Its id, as leaves have it in the place of a session's.
    #[schema(value_type = TokenId)]
    pub token: SessionId,
    /// What its owner calls it.
    #[schema(value_type = Title)]
    pub label: String,
    /// Whose it is.
    pub operator: OperatorId,
    /// The name its owner signs in with.
    #[schema(value_type = OperatorName)]
    pub owner: String,
    /// What it is for.
    #[schema(value_type = Vec<ActionKind>)]
    pub actions: Vec<String>,
    /// The one case that it is for; null if it is for all of its owner's.
    #[schema(value_type = Option<CaseId>)]
    pub case: Option<String>,
    /// When it was made.
    pub made_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// When it was used last, to a minute; null if it never was.
    pub used_at: Option<Moment>,
}

impl Answer for TokenMade {
    type View = TokenMadeView;

    fn view(self, _: &Receipt) -> Result<TokenMadeView, OperationError> {
        Ok(TokenMadeView {
            token: self.id,
            secret: self.secret.expose_script_once().into(),
            expires_at: self.expires_at,
        })
    }
}

impl TokenScope {
    pub(in crate::vault) fn open(
        core: &Core,
        id: &SessionId,
        sealed: &[u8],
    ) -> Result<Self, OperationError> {
        let aad = Aad::token_scope(&core.vault, id);
        open_json(
            core.keys().root_keys().operator_secrets(),
            &aad,
            sealed,
            "token",
        )
    }

    /// What it is for. A name that this program does not know is for nothing.
    pub(in crate::vault) fn actions(&self) -> Vec<ActionKind> {
        let all = self.actions.iter();
        all.filter_map(|name| ActionKind::named(name)).collect()
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Makes a token for a script of the caller, for actions that they may do.
    pub fn make_token(&mut self, wanted: &TokenWanted) -> Result<TokenMade, OperationError> {
        let scope = self.wanted_scope(wanted, SessionMeans::Script)?;
        let id = SessionId::of_script(self.core.draw()?);
        let secret = SessionToken::draw(&*self.core.entropy)?.of_script();
        let tag = secret.tag(self.core.keys().root_keys().token_tags());
        let expires_at = self.keep_scope(&id, tag.as_bytes(), &scope, wanted.days)?;
        Ok(TokenMade {
            id,
            secret,
            expires_at,
        })
    }

    /// What is wanted, if the caller may have it: they came with a second factor, and may do it themselves.
    pub(super) fn wanted_scope(
        &mut self,
        wanted: &TokenWanted,
        means: SessionMeans,
    ) -> Result<TokenScope, OperationError> {
        let session = self.caller.session_id().ok_or(OperationError::NotFound)?;
        let standing =
            session_rows::standing(self.connection, session)?.ok_or(OperationError::NotFound)?;
        if !standing.second_factor {
            return Err(self.deny(Denial::SecondFactorNeeded));
        }
        self.check_subset(wanted, standing.home)?;
        let own = session_rows::of_operator(self.connection, self.operator()?)?;
        if own.iter().filter(|row| self.is_good(row, means)).count() >= MOST {
            return Err(OperationError::Conflict(Conflict::TooManyTokens));
        }
        Ok(TokenScope {
            label: wanted.label.as_str().to_owned(),
            actions: wanted.actions.iter().map(ToString::to_string).collect(),
            case: wanted.case.as_ref().map(ToString::to_string),
            by_passkey: standing.means == SessionMeans::Passkey,
        })
    }

    /// Keeps a token or a machine of the caller, known by its tag. Returns when it ends.
    pub(super) fn keep_scope(
        &mut self,
        id: &SessionId,
        tag: &[u8],
        scope: &TokenScope,
        days: u16,
    ) -> Result<Moment, OperationError> {
        let aad = Aad::token_scope(&self.core.vault, id);
        let sealed = {
            let keys = self.core.keys();
            self.core
                .seal_json(keys.root_keys().operator_secrets(), &aad, scope)?
        };
        let expires_at = self.core.clock.in_seconds(i64::from(days) * 86_400);
        let owner = self.operator()?.clone();
        self.forget_ended_sessions(&owner)?;
        session_rows::insert(
            self.transaction()?,
            &NewSession {
                id,
                token: tag,
                operator: &owner,
                opened_at: self.now,
                expires_at,
                idle_at: expires_at,
                second_factor: true,
                means: match id.is_machine() {
                    true => SessionMeans::Machine,
                    false => SessionMeans::Script,
                },
                scope: Some(&sealed),
            },
        )?;
        self.notes.object = Some(id.to_string());
        Ok(self.core.clock.shown(expires_at))
    }

    /// Ends a token or a machine of the caller; an administrator ends anybody's. Others are like those that are not
    /// there.
    pub fn revoke_token(&mut self, token: &SessionId) -> Result<(), OperationError> {
        let found = session_rows::standing(self.connection, token)?;
        let found = found.filter(|found| {
            found.scope.is_some() && !found.revoked && !self.core.clock.is_over(found.expires_at)
        });
        let owner = found.ok_or(OperationError::NotFound)?.operator;
        if owner != *self.operator()? && self.home_role()? != HomeRole::Administrator {
            return Err(OperationError::NotFound);
        }
        self.notes.object = Some(token.to_string());
        self.note_detail(json!({ "owner": owner }));
        Ok(session_rows::revoke(self.transaction()?, token, self.now)?)
    }
}

impl<A: Action> Scope<'_, A> {
    /// A page of the caller's tokens that are good, the newest first; of everybody's for an administrator.
    pub fn list_tokens(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<TokenView>, OperationError> {
        self.good_ones(wanted, SessionMeans::Script)?
            .try_map(|row| {
                let sealed = row.scope.as_deref().unwrap_or_default();
                let scope = TokenScope::open(self.core, &row.id, sealed)?;
                Ok(TokenView {
                    owner: self.operator_name(&row.operator)?,
                    token: row.id,
                    label: scope.label,
                    operator: row.operator,
                    actions: scope.actions,
                    case: scope.case,
                    made_at: row.opened_at,
                    expires_at: self.core.clock.shown(row.expires_at),
                    used_at: row.used_at,
                })
            })
    }

    /// A page of the caller's tokens or machines that are good; of everybody's for an administrator.
    pub(super) fn good_ones(
        &mut self,
        wanted: &WantedRows,
        means: SessionMeans,
    ) -> Result<RowsOf<SessionRow>, OperationError> {
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
        Ok(page)
    }
}

impl Reading<'_> {
    fn is_good(&self, row: &SessionRow, means: SessionMeans) -> bool {
        row.means == means && !row.revoked && !self.core.clock.is_over(row.expires_at)
    }

    /// Whether the caller may do each of the actions: by their role in the vault, or by that in the case, or in one of
    /// their cases.
    fn check_subset(&self, wanted: &TokenWanted, home: HomeRole) -> Result<(), OperationError> {
        let operator = self.operator()?;
        let numbers = match &wanted.case {
            Some(case) => {
                let case = case_rows::find(self.connection, case)?;
                case.map(|case| case.number).into_iter().collect()
            }
            None => membership_rows::case_numbers_of(self.connection, operator)?,
        };
        let mut roles = Vec::new();
        for number in numbers {
            let member = membership_rows::find(self.connection, number, operator)?;
            roles.extend(
                member
                    .filter(|member| member.counts())
                    .map(|member| member.role),
            );
        }
        if wanted.case.is_some() && (roles.is_empty() || home.stays_outside_cases()) {
            let rule = "must be one in which you are a member whom a lead has recognised";
            return Err(OperationError::invalid("case", rule));
        }
        for (place, action) in wanted.actions.iter().enumerate() {
            let by_home = wanted.case.is_none() && allows_seat(*action, Seat::Home(home));
            let in_case = roles
                .iter()
                .any(|role| allows_seat(*action, Seat::Member(*role)));
            if !by_home && !in_case {
                let rule = "must be one that you may do";
                return Err(OperationError::invalid(format!("actions[{place}]"), rule));
            }
        }
        Ok(())
    }
}
