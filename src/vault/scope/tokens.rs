//! Tokens of scripts: how one is made; and what machines (`machines.rs`) share with that.
//!
//! A token is a row among the sessions, whose scope is sealed. It ends like one: with its time, with the account, with
//! a new password or a reset of its owner. What it is for is decided for each act (`policy/decide.rs`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Reading, Scope};
use crate::domain::schema::{ScriptSecret, TokenId};
use crate::domain::{CaseId, HomeRole, Moment, SessionId, Title};
use crate::policy::{ActionKind, Denial, Seat, Writes, allows_seat};
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::SessionToken;
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::store::session_rows::{self, NewSession, SessionMeans, SessionRow};
use crate::vault::store::{case_rows, membership_rows};

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
}

impl Reading<'_> {
    pub(super) fn is_good(&self, row: &SessionRow, means: SessionMeans) -> bool {
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
