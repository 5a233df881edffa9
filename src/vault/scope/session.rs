//! Sessions: opening, ending, and who the caller is.

use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{Reading, RowsOf, Scope, WantedRows, open_account, party_of};
use crate::domain::schema::{PageCursor, SpokenFingerprint, Token};
use crate::domain::{
    Assertion, CaseId, CaseRole, HomeRole, Moment, OperatorId, OperatorName, SessionId, Title,
};
use crate::policy::{Action, CaseState, Denial, Writes};
use crate::vault::budget::alarm::Alarm;
use crate::vault::budget::charge::Payer;
use crate::vault::budget::price::BudgetKind;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::error::OperationError;
use crate::vault::identity::OperatorSecrets;
use crate::vault::identity::{SessionToken, Subnet, TotpStep, Unasserted};
use crate::vault::store::operator_rows::OperatorState;
use crate::vault::store::session_rows::{NewSession, SessionMeans, SessionRow};
use crate::vault::store::{case_rows, membership_rows, operator_rows, session_rows};

/// A session that was just opened; its token is shown once.
pub struct SignedIn {
    token: Option<SessionToken>,
    session: SessionId,
    operator: OperatorId,
    pub(super) expires_at: Moment,
    idle_at: Moment,
}

/// What was found out about somebody who signs in.
pub(in crate::vault) enum Entering {
    Verified(Verified),
    Refused(Denial),
    /// Somebody with the right password tries code after code.
    Guessing,
    /// Somebody with the right password of an operator who has a passkey came without it.
    WithoutPasskey,
}

/// Where the token of a session is taken.
#[derive(Clone, Copy)]
pub(in crate::vault) enum SessionFor {
    Api,
    Console,
}

/// Somebody whose password and code are right.
pub(in crate::vault) struct Verified {
    pub(in crate::vault) operator: OperatorId,
    /// The step of the code, where there is a second factor.
    pub(in crate::vault) step: Option<TotpStep>,
    /// From where; none at the vault's own command line.
    pub(in crate::vault) subnet: Option<Subnet>,
    /// The hash that the password was compared with: it may be changed meanwhile.
    pub(in crate::vault) password: Zeroizing<String>,
    /// With what else somebody signs in.
    pub(in crate::vault) with: SignsInWith,
}

/// With what somebody signs in beside the password.
pub(in crate::vault) enum SignsInWith {
    /// A code, where there is a second factor.
    Code,
    /// What a passkey signed.
    Passkey(Box<Assertion>),
    /// The vault's passphrase: at its own command line, which has no authenticator.
    Passphrase,
}

impl SignsInWith {
    fn means(&self) -> SessionMeans {
        match self {
            Self::Code => SessionMeans::Password,
            Self::Passkey(_) => SessionMeans::Passkey,
            Self::Passphrase => SessionMeans::Host,
        }
    }
}

impl SignedIn {
    pub(super) fn into_token(self) -> Option<ShownOnce> {
        Some(self.token?.expose_once().into())
    }

    pub(in crate::vault) fn into_caller(self) -> Caller {
        Caller::operator(self.operator, self.session)
    }
}

/// A session; the token is shown once.
#[derive(Serialize, ToSchema)]
pub struct SessionOpened {
    /// Sent with every request: `Authorization: Bearer …`.
    #[schema(value_type = Token)]
    pub token: ShownOnce,
    /// When the session ends, whatever is done in it.
    pub expires_at: Moment,
    /// When it ends if nothing is done in it until then; each request moves that. It may end a minute earlier.
    pub idle_at: Moment,
    /// Who signed in.
    pub operator: OperatorId,
}

impl Answer for SignedIn {
    type View = SessionOpened;

    fn view(self, _: &Receipt) -> Result<SessionOpened, OperationError> {
        let token = self.token.ok_or(OperationError::Internal("no token"))?;
        Ok(SessionOpened {
            token: token.expose_once().into(),
            expires_at: self.expires_at,
            idle_at: self.idle_at,
            operator: self.operator,
        })
    }
}

/// The caller as it sees itself.
#[derive(Serialize, ToSchema)]
#[schema(as = Myself)]
pub struct SelfView {
    /// The caller's id.
    pub operator: OperatorId,
    /// The name it signs in with.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// What it is in the vault as a whole.
    #[schema(value_type = HomeRole)]
    pub role: &'static str,
    /// The session the question came with.
    pub session: SessionId,
    /// When the session ends, whatever is done in it.
    pub expires_at: Moment,
    /// When it ends if nothing is done in it until then; each request moves that. It may end a minute earlier.
    pub idle_at: Moment,
    /// How many wrong codes came with the caller's right password since the vault was started; left out below five. If
    /// they were not the caller's, somebody else knows the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub wrong_codes: Option<u32>,
    /// What it reads out to a lead of a case, who so knows that the account is theirs.
    #[schema(value_type = SpokenFingerprint)]
    pub fingerprint: ShownOnce,
    /// The cases in which it was named and no lead has recognised it yet: it has no right there.
    pub unrecognised_in: Vec<CaseId>,
    /// The cases it is a member of, newest first.
    pub cases: Vec<SelfMembership>,
    /// The `after` of the next page of cases; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

/// A case the caller is a member of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SelfMembership)]
pub struct SelfMembership {
    /// The id of the case.
    pub case: CaseId,
    /// Its title.
    #[schema(value_type = Title)]
    pub title: String,
    /// Whether it is open, on hold or closed.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
    /// What the caller is in it.
    #[schema(value_type = CaseRole)]
    pub role: &'static str,
    /// What is left of the lookup budget, in points.
    pub lookup_budget: u64,
    /// The most that can be left of it, with what was raised.
    pub lookup_most: u64,
    /// When that is left again, if nothing else is spent. Left out if it is left now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lookup_full_at: Option<Moment>,
    /// Lookup points in addition to the usual ones. Left out if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub raised: Option<u32>,
    /// Until when they are there. Left out if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub raised_until: Option<Moment>,
    /// What is left of the budget for pages of records, timelines and tables, in points.
    pub view_budget: u64,
    /// The most that can be left of it.
    pub view_most: u64,
    /// When that is left again, if nothing else is spent. Left out if it is left now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub view_full_at: Option<Moment>,
    /// Until then lookups are frozen, unless another lead thaws them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub frozen_until: Option<Moment>,
}

/// An open session of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Its id, as leaves have it.
    pub session: SessionId,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it ends, whatever is done in it.
    pub expires_at: Moment,
    /// When it ends if nothing is done in it until then.
    pub idle_at: Moment,
    /// Whether it was opened with a second factor.
    pub second_factor: bool,
    /// Whether the question came with it.
    pub current: bool,
}

impl<A: Writes> Scope<'_, A> {
    /// Opens a session for whoever was verified; nobody was: a denial.
    pub(in crate::vault) fn open_session(
        &mut self,
        entering: Entering,
        session_for: SessionFor,
    ) -> Result<SignedIn, OperationError> {
        let (operator, second_factor, means) = match self.enter(entering)? {
            Ok(entered) => entered,
            Err(denial) => {
                self.notes.denial = Some(denial);
                return Err(OperationError::NotFound);
            }
        };
        let seconds = self.core.settings.session_s;
        self.begin_session(session_for, operator, means, second_factor, seconds)
    }

    /// Opens a session for somebody who may have one.
    pub(super) fn begin_session(
        &mut self,
        session_for: SessionFor,
        operator: OperatorId,
        means: SessionMeans,
        second_factor: bool,
        seconds: i64,
    ) -> Result<SignedIn, OperationError> {
        let session = SessionId::from_random(self.core.draw()?);
        let token = SessionToken::draw(&*self.core.entropy)?;
        let token = match session_for {
            SessionFor::Api => token,
            SessionFor::Console => token.of_console(),
        };
        let expires_at = self.core.clock.in_seconds(seconds);
        let idle = self.core.settings.idle();
        let idle_at = idle.map_or(expires_at, |(idle, _)| self.core.clock.in_seconds(idle));
        let idle_at = idle_at.min(expires_at);
        let tag = token.tag(self.core.keys().root_keys().token_tags());
        self.forget_ended_sessions(&operator)?;
        session_rows::insert(
            self.transaction()?,
            &NewSession {
                id: &session,
                token: tag.as_bytes(),
                operator: &operator,
                opened_at: self.now,
                expires_at,
                idle_at,
                second_factor,
                means,
                scope: None,
            },
        )?;
        self.notes.caller = Some(Caller::operator(operator.clone(), session.clone()));
        Ok(SignedIn {
            token: Some(token),
            session,
            operator,
            expires_at: self.core.clock.shown(expires_at),
            idle_at: self.core.clock.shown(idle_at),
        })
    }

    /// Whether whoever was verified may come in, and whether with a second factor; the code is used up, the network
    /// remembered.
    fn enter(
        &mut self,
        entering: Entering,
    ) -> Result<Result<(OperatorId, bool, SessionMeans), Denial>, OperationError> {
        let verified = match self.entered(entering) {
            Ok(verified) => verified,
            Err(denial) => return Ok(Err(denial)),
        };
        let row = operator_rows::find(self.connection, &verified.operator)?
            .filter(|row| row.state == OperatorState::Active);
        let Some(row) = row else {
            return Ok(Err(Denial::WrongCredential));
        };
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        if secrets.password.as_deref() != Some(verified.password.as_str()) {
            return Ok(Err(Denial::WrongCredential));
        }
        let by_passkey = match &verified.with {
            SignsInWith::Passkey(assertion) => match self.signed_in(&mut secrets, assertion) {
                Ok(()) => true,
                Err(Unasserted::Wrong) => {
                    self.notes.alarm = Some(Alarm::PasswordKnown);
                    return Ok(Err(Denial::WrongCredential));
                }
                Err(Unasserted::Cloned) => {
                    self.notes.alarm = Some(Alarm::PasskeyCopied);
                    return Ok(Err(Denial::WrongCredential));
                }
            },
            // It was enrolled meanwhile.
            SignsInWith::Code if !secrets.passkeys.is_empty() => {
                return Ok(Err(Denial::WrongCredential));
            }
            SignsInWith::Code | SignsInWith::Passphrase => false,
        };
        let step = match verified.step {
            _ if by_passkey => {
                // It is not lost.
                secrets.forget_reset();
                self.end_recovery(&mut secrets, &row.id)?;
                row.totp_step
            }
            // The same code came twice at once, or the factor was set up meanwhile.
            Some(step) if secrets.has_used(step) => return Ok(Err(Denial::WrongCredential)),
            None if secrets.totp.is_some() => return Ok(Err(Denial::WrongCredential)),
            None if self.needs_second_factor(&row)? => {
                return Ok(Err(Denial::SecondFactorNeeded));
            }
            Some(step) => {
                secrets.use_up(step);
                // It is not lost.
                secrets.forget_reset();
                step.number()
            }
            None => row.totp_step,
        };
        if let Some(subnet) = verified.subnet {
            secrets.remember(&self.core.keys(), &row.id, subnet);
        }
        let sealed = self.seal_secrets(&secrets, &row.id)?;
        operator_rows::keep_factor(self.transaction()?, &row.id, step, &sealed)?;
        let second_factor = by_passkey || verified.step.is_some();
        Ok(Ok((row.id, second_factor, verified.with.means())))
    }

    fn entered(&mut self, entering: Entering) -> Result<Verified, Denial> {
        match entering {
            Entering::Verified(verified) => Ok(verified),
            Entering::Refused(denial) => Err(denial),
            Entering::Guessing => {
                self.notes.alarm = Some(Alarm::WrongCodes);
                Err(Denial::WrongCredential)
            }
            Entering::WithoutPasskey => {
                self.notes.alarm = Some(Alarm::PasswordKnown);
                Err(Denial::WrongCredential)
            }
        }
    }

    /// The step of the code of the caller, whose password was asked for again.
    pub(super) fn verified(
        &mut self,
        entering: Entering,
    ) -> Result<Option<TotpStep>, OperationError> {
        let operator = self.operator()?.clone();
        match self.entered(entering) {
            Ok(verified) if verified.operator == operator => Ok(verified.step),
            Ok(_) => Err(self.deny(Denial::WrongCredential)),
            Err(denial) => Err(self.deny(denial)),
        }
    }

    /// Ends one open session of the caller, this one or another. Nobody learns of anybody else's.
    pub fn end_session(&mut self, session: &SessionId) -> Result<(), OperationError> {
        let operator = self.operator()?;
        let open = session_rows::of_operator(self.connection, operator)?;
        if !open
            .iter()
            .any(|row| row.id == *session && self.is_open(row))
        {
            return Err(OperationError::NotFound);
        }
        Ok(session_rows::revoke(
            self.transaction()?,
            session,
            self.now,
        )?)
    }

    /// Ends the caller's own session.
    pub fn close_session(&mut self) -> Result<(), OperationError> {
        let session = self.caller.session_id().ok_or(OperationError::NotFound)?;
        Ok(session_rows::revoke(
            self.transaction()?,
            session,
            self.now,
        )?)
    }
}

impl Reading<'_> {
    fn is_open(&self, row: &SessionRow) -> bool {
        row.scope.is_none() && !row.revoked && !self.core.clock.is_over(row.ends_at())
    }
}

impl<A: Action> Scope<'_, A> {
    /// A page of the caller's open sessions, the newest first.
    pub fn list_sessions(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<SessionView>, OperationError> {
        let all = session_rows::of_operator(self.connection, self.operator()?)?;
        let page = wanted.cut_where(all, |row| row.id.to_string(), |row| self.is_open(row))?;
        self.note_rows(page.rows.len() as u64);
        let current = self.caller.session_id();
        page.try_map(|row| {
            let current = Some(&row.id) == current;
            let idle_at = match current {
                true => self.core.used_until(row.idle_at),
                false => row.idle_at,
            };
            Ok(SessionView {
                current,
                session: row.id,
                opened_at: row.opened_at,
                expires_at: self.core.clock.shown(row.expires_at),
                idle_at: self.core.clock.shown(idle_at),
                second_factor: row.second_factor,
            })
        })
    }

    /// The caller, its session and a page of its cases.
    pub fn read_self(&mut self, wanted: &WantedRows) -> Result<SelfView, OperationError> {
        let operator = self.operator()?;
        let session = self.caller.session_id().ok_or(OperationError::NotFound)?;
        let row =
            operator_rows::find(self.connection, operator)?.ok_or(OperationError::NotFound)?;
        let standing =
            session_rows::standing(self.connection, session)?.ok_or(OperationError::NotFound)?;
        let idle_at = self.core.used_until(standing.idle_at);
        let page = self.own_cases(wanted)?;
        let mut cases = Vec::new();
        for case in page.rows {
            if self.core.is_destroyed(&case) {
                continue;
            }
            if let Some(member) = membership_rows::find(self.connection, case.number, operator)? {
                let account = match &member.account {
                    Some(sealed) => Some(open_account(self.core, &case, operator, sealed)?),
                    None => None,
                };
                let payer = Payer {
                    operator,
                    case: case.number,
                    party: &party_of(self.core, &case, account.as_ref())?,
                };
                let measured = self.core.clock.measured();
                let told = |kind| payer.told(&self.core.settings, self.connection, kind, measured);
                let (lookups, views) = (told(BudgetKind::Lookups)?, told(BudgetKind::Views)?);
                // Kept as the vault measures time, shown as its clock shows it.
                let shown =
                    |then: Moment| self.now.plus_seconds(then.seconds() - measured.seconds());
                let full =
                    |seconds: u32| (seconds > 0).then(|| self.now.plus_seconds(i64::from(seconds)));
                cases.push(SelfMembership {
                    title: self.describe(&case)?.title,
                    case: case.id,
                    state: case.state.as_str(),
                    role: member.role.as_str(),
                    lookup_budget: lookups.left,
                    lookup_most: lookups.most,
                    lookup_full_at: full(lookups.full_in),
                    raised: lookups.raised.map(|raised| raised.points),
                    raised_until: lookups.raised.map(|raised| shown(raised.until)),
                    view_budget: views.left,
                    view_most: views.most,
                    view_full_at: full(views.full_in),
                    frozen_until: lookups.frozen_until.map(shown),
                });
            }
        }
        let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        let mut unrecognised_in = Vec::new();
        for number in membership_rows::unrecognised_of(self.connection, operator)? {
            let case = case_rows::find_by_number(self.connection, number)?;
            unrecognised_in.extend(case.map(|case| case.id));
        }
        let name = secrets.name.clone();
        Ok(SelfView {
            fingerprint: secrets.fingerprint(operator)?.expose_once().into(),
            unrecognised_in,
            operator: operator.clone(),
            wrong_codes: self.alarming_codes(&name),
            name,
            role: row.home.as_str(),
            session: session.clone(),
            expires_at: self.core.clock.shown(standing.expires_at),
            idle_at: self.core.clock.shown(idle_at),
            cases,
            next: page.next,
        })
    }
}
