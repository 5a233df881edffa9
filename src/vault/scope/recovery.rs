//! Recovery of somebody who lost their passkeys: a code, a delay that others see and can stop, then a new passkey.
//!
//! The code and the password only begin it. Until the delay is over there is no session. The session that opens then
//! enrols a passkey and does nothing else; with that the old passkeys go. Whoever signs in with a passkey has not lost
//! it, so that ends the recovery. The code is used up by whatever ends it.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::session::{SessionFor, SignedIn};
use super::{Reading, Scope};
use crate::domain::schema::Token;
use crate::domain::{Moment, OperatorId};
use crate::policy::{Denial, Writes, actions};
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::error::OperationError;
use crate::vault::identity::{OperatorSecrets, RecoveryTag, Subnet};
use crate::vault::store::operator_rows::{self, OperatorRow, OperatorState};
use crate::vault::store::session_rows::{self, SessionMeans};

/// For how long a recovery can be ended with a new passkey once its delay is over, in seconds.
const OPEN_S: i64 = 7 * 86_400;
/// How long the session lasts that enrols it.
pub(super) const SESSION_S: i64 = 15 * 60;

/// Who was verified for a recovery.
pub(in crate::vault) struct Recovering {
    pub(in crate::vault) operator: OperatorId,
    /// The hash that the password was compared with: it may be changed meanwhile.
    pub(in crate::vault) password: Zeroizing<String>,
    pub(in crate::vault) code: RecoveryTag,
    pub(in crate::vault) subnet: Option<Subnet>,
}

/// How a recovery stands.
pub struct Recovered {
    operator: OperatorId,
    left_s: i64,
    not_before: Moment,
    session: Option<SignedIn>,
}

/// How the recovery of an account stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Recovery)]
pub struct RecoveryView {
    /// Whose it is.
    pub operator: OperatorId,
    /// From when a new passkey can be enrolled.
    pub not_before: Moment,
    /// How many seconds that is from now; 0 once the delay is over.
    pub left_s: i64,
    /// Once the delay is over: a session that is good for enrolling a passkey and for nothing else.
    #[schema(value_type = Option<Token>)]
    pub token: Option<ShownOnce>,
    /// When that session ends.
    pub expires_at: Option<Moment>,
}

impl Answer for Recovered {
    type View = RecoveryView;

    fn view(self, _: &Receipt) -> Result<RecoveryView, OperationError> {
        let expires_at = self.session.as_ref().map(|session| session.expires_at);
        Ok(RecoveryView {
            operator: self.operator,
            not_before: self.not_before,
            left_s: self.left_s,
            token: self.session.and_then(SignedIn::into_token),
            expires_at,
        })
    }
}

/// A recovery that was stopped, or was not there.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryStopped {
    /// Whose it was.
    pub operator: OperatorId,
    /// Whether there was one. Its code is used up.
    pub stopped: bool,
}

impl Reading<'_> {
    /// From when somebody who lost their passkeys can enrol a new one, if they recover.
    pub(super) fn recovers_at(&self, secrets: &OperatorSecrets) -> Option<Moment> {
        let delay = secrets.recovery()?;
        let over = self.core.clock.measured().seconds();
        let ends = delay.runs_out.plus_seconds(OPEN_S).seconds();
        let left = self.core.clock.left_of_delay(delay);
        (over < ends).then(|| self.now.plus_seconds(left))
    }

    /// Everybody whose recovery is under way.
    pub(super) fn recovering(&self) -> Result<Vec<(OperatorId, String, Moment)>, OperationError> {
        let mut all = Vec::new();
        for row in operator_rows::list(self.connection)? {
            if row.state != OperatorState::Active {
                continue;
            }
            let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
            if let Some(at) = self.recovers_at(&secrets) {
                all.push((row.id, secrets.name.clone(), at));
            }
        }
        Ok(all)
    }

    /// Whether the caller's session was opened by a recovery.
    pub(super) fn is_recovering(&self) -> Result<bool, OperationError> {
        let Some(session) = self.caller.session_id() else {
            return Ok(false);
        };
        let standing = session_rows::standing(self.connection, session)?;
        Ok(standing.is_some_and(|standing| standing.means == SessionMeans::Recovery))
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Begins a recovery, says how long it still waits, or opens the session that enrols the new passkey.
    pub(in crate::vault) fn recover(
        &mut self,
        verified: Option<Recovering>,
        session_for: SessionFor,
    ) -> Result<Recovered, OperationError> {
        let wrong = Denial::WrongCredential;
        let Some(verified) = verified else {
            return Err(self.deny(wrong));
        };
        let row = operator_rows::find(self.connection, &verified.operator)?
            .filter(|row| row.state == OperatorState::Active);
        let Some(row) = row else {
            return Err(self.deny(wrong));
        };
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        if secrets.password.as_deref() != Some(verified.password.as_str())
            || secrets.passkeys.is_empty()
        {
            return Err(self.deny(wrong));
        }
        if !secrets.is_recovery_code(&verified.code) {
            // Whoever tries has the password.
            self.notes.alarm = Some(Alarm::PasswordKnown);
            return Err(self.deny(wrong));
        }
        self.notes.object = Some(row.id.to_string());
        let delay = secrets
            .recovery()
            .filter(|_| self.recovers_at(&secrets).is_some());
        let delay = match delay {
            Some(delay) => delay,
            None => {
                let delay = self.core.clock.term(self.core.settings.recovery_s);
                secrets.begin_recovery(delay);
                self.keep(&row, &secrets)?;
                self.notes.alarm = Some(Alarm::RecoveryBegun);
                delay
            }
        };
        let left_s = self.core.clock.left_of_delay(delay);
        self.note_detail(json!({ "left_s": left_s }));
        let session = match left_s {
            0 => {
                if let Some(subnet) = verified.subnet {
                    secrets.remember(&self.core.keys(), &row.id, subnet);
                    self.keep(&row, &secrets)?;
                }
                self.notes.alarm = Some(Alarm::RecoveryBegun);
                Some(self.begin_session(
                    session_for,
                    row.id.clone(),
                    SessionMeans::Recovery,
                    true,
                    SESSION_S,
                )?)
            }
            _ => None,
        };
        Ok(Recovered {
            operator: row.id,
            left_s,
            not_before: self.now.plus_seconds(left_s),
            session,
        })
    }

    /// Ends a recovery, and the sessions that it opened. Its code is used up.
    pub(super) fn end_recovery(
        &self,
        secrets: &mut OperatorSecrets,
        operator: &OperatorId,
    ) -> Result<bool, OperationError> {
        if secrets.recovery().is_none() {
            return Ok(false);
        }
        secrets.forget_recovery(&*self.core.entropy)?;
        for session in session_rows::of_operator(self.connection, operator)? {
            if session.means == SessionMeans::Recovery && !session.revoked {
                session_rows::revoke(self.transaction()?, &session.id, self.now)?;
            }
        }
        Ok(true)
    }

    fn keep(&self, row: &OperatorRow, secrets: &OperatorSecrets) -> Result<(), OperationError> {
        super::keep_secrets(self.core, self.transaction()?, row, secrets)
    }
}

impl Scope<'_, actions::StopRecovery> {
    /// Stops the recovery of somebody, whoever asked for it.
    pub fn stop_recovery(
        &mut self,
        operator: &OperatorId,
    ) -> Result<RecoveryStopped, OperationError> {
        if !self.is_vouched_for_here()? {
            return Err(self.deny(Denial::NotAllowed));
        }
        let row = operator_rows::find(self.connection, operator)?;
        let row = row.ok_or(OperationError::NotFound)?;
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        let stopped = self.end_recovery(&mut secrets, operator)?;
        if stopped {
            self.keep(&row, &secrets)?;
        }
        self.note_detail(json!({ "stopped": stopped }));
        Ok(RecoveryStopped {
            operator: operator.clone(),
            stopped,
        })
    }
}
