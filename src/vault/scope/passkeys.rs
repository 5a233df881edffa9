//! The caller's own passkeys: listed, enrolled, removed; and whether one of them signed a sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::password::OwnChecked;
use super::session::{Entering, SignsInWith, Verified};
use super::{Reading, Scope};
use crate::domain::schema::Token;
use crate::domain::{ActStatement, Assertion, Making, Moment, OperatorId, PasskeyId, Title};
use crate::policy::{Action, Denial, Seat, Writes};
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::{
    CHALLENGE_S, KeptPasskey, OperatorSecrets, PASSKEYS_MOST, Password, RecoveryCode, TotpCode,
    Unasserted,
};
use crate::vault::store::operator_rows::{OperatorRow, OperatorState};
use crate::vault::store::{Transaction, case_rows, membership_rows, operator_rows, session_rows};

/// For how many seconds after a sign-in by a provider somebody without a password can enrol their first passkey.
const ARRIVED_S: i64 = 600;

/// A passkey of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyView {
    /// Its id, as leaves have it.
    pub passkey: PasskeyId,
    /// What its owner calls it.
    #[schema(value_type = Title)]
    pub label: String,
    /// When it was enrolled.
    pub enrolled_at: Moment,
    /// The leaf of its enrolment.
    pub leaf: u64,
}

/// What an authenticator needs to make a passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyBegun)]
pub struct PasskeyBegun {
    /// Sent back with what the authenticator answers.
    pub nonce: String,
    /// What the authenticator makes it for, base64url.
    pub challenge: String,
    /// The id of the relying party: the name at which the vault is opened.
    pub relying_party: String,
    /// The caller's id, base64url: what the authenticator keeps the passkey under.
    pub user: String,
    /// The caller's name, which the authenticator shows.
    pub name: String,
    /// Passkeys that the caller has: the same authenticator makes no second one. Base64url.
    pub exclude: Vec<String>,
    /// For how many seconds it can be answered.
    pub seconds: i64,
}

/// A passkey that was enrolled.
#[derive(Serialize, ToSchema)]
pub struct PasskeyEnrolled {
    /// Its id.
    pub passkey: PasskeyId,
    /// With this its owner begins to recover the account if all passkeys are lost (`POST /recoveries`). It takes the
    /// place of the one before.
    #[schema(value_type = Token)]
    pub recovery_code: ShownOnce,
    /// How many other sessions of the caller were ended.
    pub sessions_ended: usize,
}

/// What somebody wants to enrol.
pub struct PasskeyWanted {
    /// What they call it.
    pub label: Title,
    /// The nonce of the challenge.
    pub nonce: String,
    /// What the authenticator answered.
    pub making: Making,
}

/// Whether the password, and the code of whoever has a second factor and no passkey yet, are the caller's.
pub struct OwnPassword(OwnChecked);

impl Reading<'_> {
    /// Compares a password and a code with the caller's own. It is slow on purpose, and tries are counted as at a
    /// sign-in.
    pub fn check_own_password(
        &self,
        password: &Password,
        code: Option<&TotpCode>,
    ) -> Result<OwnPassword, OperationError> {
        let (row, secrets) = self.own_secrets()?;
        match row.by_provider {
            true => self.check_arrival(&secrets).map(OwnPassword),
            false => self.check_own(password, code).map(OwnPassword),
        }
    }

    /// The same for somebody who has no password because a provider vouches for them: that has just been done. Who has
    /// a passkey signs the act with it instead.
    fn check_arrival(&self, secrets: &OperatorSecrets) -> Result<OwnChecked, OperationError> {
        let session = self.caller.session_id().ok_or(OperationError::NotFound)?;
        let standing =
            session_rows::standing(self.connection, session)?.ok_or(OperationError::NotFound)?;
        let opened = standing.expires_at.seconds() - self.core.settings.session_s;
        let age = self.core.clock.measured().seconds() - opened;
        let good = !secrets.passkeys.is_empty() || (0..=ARRIVED_S).contains(&age);
        let entering = match good {
            true => Entering::Verified(Verified {
                operator: standing.operator,
                step: None,
                subnet: None,
                password: Zeroizing::default(),
                with: SignsInWith::Code,
            }),
            false => Entering::Refused(Denial::WrongCredential),
        };
        Ok(OwnChecked {
            entering,
            before: Zeroizing::default(),
        })
    }

    fn own_secrets(&self) -> Result<(OperatorRow, OperatorSecrets), OperationError> {
        let row = operator_rows::find(self.connection, self.operator()?)?
            .filter(|row| row.state == OperatorState::Active)
            .ok_or(OperationError::NotFound)?;
        let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        Ok((row, secrets))
    }

    fn making_of(&self, nonce: &str) -> Result<[u8; 32], OperationError> {
        let session = self.caller.session_id().map(ToString::to_string);
        let statement = bare_statement("passkey.begin", session, nonce);
        let unwritten = OperationError::Internal("the statement of an act");
        statement.challenge().ok_or(unwritten)
    }
}

impl<A: Action> Scope<'_, A> {
    /// The caller's passkeys, in the order of their enrolment.
    pub fn list_passkeys(&mut self) -> Result<Vec<PasskeyView>, OperationError> {
        let (_, secrets) = self.own_secrets()?;
        self.note_rows(secrets.passkeys.len() as u64);
        let view = |kept: &KeptPasskey| {
            let damaged = |_| OperationError::Damaged {
                place: "operator".to_owned(),
            };
            Ok(PasskeyView {
                passkey: kept.id.parse().map_err(damaged)?,
                label: kept.label.clone(),
                enrolled_at: kept.enrolled_at(),
                leaf: kept.leaf,
            })
        };
        secrets.passkeys.iter().map(view).collect()
    }

    /// What an authenticator needs to make a passkey for the caller, in this session.
    pub fn begin_passkey(&mut self) -> Result<PasskeyBegun, OperationError> {
        let (row, secrets) = self.own_secrets()?;
        let core = self.core;
        let nonce = core
            .challenges
            .nonce(&*core.entropy, core.clock.measured())?;
        let challenge = self.making_of(&nonce)?;
        Ok(PasskeyBegun {
            challenge: URL_SAFE_NO_PAD.encode(challenge),
            nonce,
            relying_party: core.settings.relying_party.id().to_owned(),
            user: URL_SAFE_NO_PAD.encode(row.id.as_str()),
            name: secrets.name.clone(),
            // Of whoever recovers, all of them go.
            exclude: match self.is_recovering()? {
                true => Vec::new(),
                false => secrets.credentials(),
            },
            seconds: CHALLENGE_S,
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Enrols a passkey of the caller, and makes a new recovery code. Whoever recovers loses the old passkeys by it.
    /// With the first one this session counts as opened with it, and all others end:
    /// they were opened with less.
    pub fn enrol_passkey(
        &mut self,
        wanted: &PasskeyWanted,
        password: OwnPassword,
    ) -> Result<PasskeyEnrolled, OperationError> {
        let OwnPassword(checked) = password;
        let step = self.verified(checked.entering)?;
        let (row, mut secrets) = self.own_secrets()?;
        // It was changed meanwhile, or the same code came twice at once.
        // Whoever comes in by a provider has none, before and after.
        let same = secrets.password.as_deref().unwrap_or_default() == checked.before.as_str();
        let used = step.is_some_and(|step| secrets.has_used(step));
        let by_code = secrets.passkeys.is_empty();
        if !same || used || (by_code && step.is_none() != secrets.totp.is_none()) {
            return Err(self.deny(Denial::WrongCredential));
        }
        if let Some(step) = step {
            secrets.use_up(step);
        }
        let challenge = self.making_of(&wanted.nonce)?;
        let made = wanted
            .making
            .made(&self.core.settings.relying_party, &challenge);
        let now = self.core.clock.measured();
        let (Ok(made), true) = (made, self.core.challenges.is_good(&wanted.nonce, now)) else {
            return Err(self.deny(Denial::AssertionRefused));
        };
        let recovers = self.is_recovering()?;
        if recovers {
            // It lapsed meanwhile, or the reset was taken back.
            if self.recovers_at(&secrets).is_none() && !secrets.has_replaceable_passkeys() {
                return Err(self.deny(Denial::AssertionRefused));
            }
            secrets.passkeys.clear();
            secrets.renew_fingerprint(&*self.core.entropy)?;
        }
        if secrets.passkey(&made.credential).is_some() {
            return Err(OperationError::Conflict(Conflict::PasskeyKnown));
        }
        if secrets.passkeys.len() >= PASSKEYS_MOST {
            return Err(OperationError::Conflict(Conflict::TooManyPasskeys));
        }
        let id = PasskeyId::from_random(self.core.draw()?);
        let leaf = self
            .leaf
            .ok_or(OperationError::Internal("an enrolment without a leaf"))?;
        let first = secrets.passkeys.is_empty();
        let kept = KeptPasskey::of(&id, wanted.label.as_str(), &made, self.now, leaf);
        secrets.passkeys.push(kept);
        // Nothing is lost.
        secrets.forget_reset();
        let code = RecoveryCode::draw(&*self.core.entropy)?;
        secrets.set_recovery_code(&code.tag(self.core.keys().root_keys().token_tags()));
        let number = step.map_or(row.totp_step, |step| step.number());
        let sealed = self.seal_secrets(&secrets, &row.id)?;
        operator_rows::keep_factor(self.transaction()?, &row.id, number, &sealed)?;
        let session = self.caller.session_id();
        let session = session.ok_or(OperationError::Internal("nobody is signed in"))?;
        if recovers {
            // As after a reset, a lead of each case has to recognise whoever came back.
            membership_rows::forget_recognition(self.transaction()?, &row.id)?;
        }
        let mut sessions_ended = 0;
        if first && !recovers {
            self.recognised_too_early(&row)?;
        }
        if first {
            session_rows::has_passkey(self.transaction()?, session)?;
            sessions_ended =
                session_rows::revoke_others(self.transaction()?, &row.id, Some(session), self.now)?;
        }
        if !self.core.challenges.use_up(&wanted.nonce, now) {
            return Err(self.deny(Denial::AssertionRefused));
        }
        self.notes.object = Some(id.to_string());
        self.notes.digest = Some(made.point.digest_with(&made.credential));
        self.note_detail(json!({ "sessions_ended": sessions_ended }));
        Ok(PasskeyEnrolled {
            passkey: id,
            recovery_code: code.expose_once().into(),
            sessions_ended,
        })
    }

    /// With the first passkey the fingerprint changes. Where the role needs a passkey, a recognition from before says
    /// nothing of whose passkey it is, so a lead recognises them anew; but for the only lead of a case, whom nobody
    /// could recognise. It is the second factor of whoever comes in by a provider.
    fn recognised_too_early(&self, row: &OperatorRow) -> Result<(), OperationError> {
        let operator = &row.id;
        for (number, role, _) in membership_rows::recognitions_of(self.connection, operator)? {
            let mut needed = self.core.settings.needed([Seat::Member(role)]);
            if row.by_provider {
                needed = needed.by_provider();
            }
            if !needed.passkey {
                continue;
            }
            let Some(case) = case_rows::find_by_number(self.connection, number)? else {
                continue;
            };
            let acting = self.acting_leads(&case)?;
            if acting.iter().any(|lead| lead != operator) {
                membership_rows::unrecognise(self.transaction()?, number, operator)?;
            }
        }
        Ok(())
    }

    /// Removes a passkey of the caller. The last one stays: without it a password and a code would be enough. All other
    /// sessions of the caller end.
    pub fn remove_passkey(&mut self, passkey: &PasskeyId) -> Result<usize, OperationError> {
        let (row, mut secrets) = self.own_secrets()?;
        let before = secrets.passkeys.len();
        if !secrets
            .passkeys
            .iter()
            .any(|kept| kept.id == passkey.as_str())
        {
            return Err(OperationError::NotFound);
        }
        if before == 1 {
            return Err(OperationError::Conflict(Conflict::LastPasskey));
        }
        secrets.passkeys.retain(|kept| kept.id != passkey.as_str());
        keep_secrets(self.core, self.transaction()?, &row, &secrets)?;
        let stays = self.caller.session_id();
        let ended = session_rows::revoke_others(self.transaction()?, &row.id, stays, self.now)?;
        self.notes.object = Some(passkey.to_string());
        self.note_detail(json!({ "sessions_ended": ended }));
        Ok(ended)
    }

    /// Whether a passkey of whoever signs in signed this sign-in. Its nonce is used up.
    pub(super) fn signed_in(
        &self,
        secrets: &mut OperatorSecrets,
        assertion: &Assertion,
    ) -> Result<(), Unasserted> {
        let core = self.core;
        let (nonce, now) = (&assertion.nonce, core.clock.measured());
        let challenge = sign_in_statement(nonce)
            .challenge()
            .ok_or(Unasserted::Wrong)?;
        let at = &core.settings.relying_party;
        if !core.challenges.is_good(nonce, now) {
            return Err(Unasserted::Wrong);
        }
        let counter = secrets.signed(assertion, at, &challenge)?;
        if !core.challenges.use_up(nonce, now) {
            return Err(Unasserted::Wrong);
        }
        secrets.count(&assertion.credential, counter);
        Ok(())
    }
}

/// What a passkey signs at a sign-in.
pub(in crate::vault) fn sign_in_statement(nonce: &str) -> ActStatement {
    bare_statement("session.open", None, nonce)
}

/// Of an act that is described by nothing but its name.
fn bare_statement(action: &str, session: Option<String>, nonce: &str) -> ActStatement {
    ActStatement {
        action: action.to_owned(),
        asked: None,
        case: None,
        decision: None,
        nonce: nonce.to_owned(),
        object: None,
        request: String::new(),
        session,
        v: 1,
    }
}

/// Stores what changed of somebody's secrets; the newest code that was used stays what it is.
pub(in crate::vault) fn keep_secrets(
    core: &Core,
    transaction: &Transaction,
    row: &OperatorRow,
    secrets: &OperatorSecrets,
) -> Result<(), OperationError> {
    let id: &OperatorId = &row.id;
    let sealed = secrets.seal(&core.keys(), core.nonce()?, id)?;
    Ok(operator_rows::keep_factor(
        transaction,
        id,
        row.totp_step,
        &sealed,
    )?)
}
