//! A new password, set by its owner. Whoever has only their session has not got it: the old one and the second factor
//! are asked for again, and tries are counted as at a sign-in.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::credentials::{counted_step, right_password};
use super::{Entering, Reading, Scope, SignsInWith, Verified};
use crate::policy::{Denial, Writes};
use crate::vault::error::OperationError;
use crate::vault::identity::{
    NewPassword, OperatorSecrets, Password, PasswordHash, ThrottleKey, TotpCode,
};
use crate::vault::store::operator_rows::{self, OperatorState};
use crate::vault::store::session_rows;

/// A password that was set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordChanged {
    /// How many other sessions of the caller were ended.
    pub sessions_ended: usize,
}

/// What was found out about somebody who wants a new password, and the hash of it.
pub struct NewPasswordChecked {
    entering: Entering,
    /// The hash that the old password was compared with: another change may come before this one.
    before: Zeroizing<String>,
    after: Zeroizing<String>,
}

/// Whether a password, and a code where codes count, are the caller's.
pub(super) struct OwnChecked {
    pub(super) entering: Entering,
    /// The hash that the password was compared with: a change may come before the act.
    pub(super) before: Zeroizing<String>,
}

impl Reading<'_> {
    /// Compares a password and a code with the caller's own. It is slow on purpose, and tries are counted as at a
    /// sign-in. Who has a passkey signed the act with it, and no code counts.
    pub(super) fn check_own(
        &self,
        password: &Password,
        code: Option<&TotpCode>,
    ) -> Result<OwnChecked, OperationError> {
        let refused = |denial| OwnChecked {
            entering: Entering::Refused(denial),
            before: Zeroizing::default(),
        };
        let row = operator_rows::find(self.connection, self.operator()?)?;
        let row = row.filter(|row| row.state == OperatorState::Active);
        let row = row.ok_or(OperationError::NotFound)?;
        let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        let tag = {
            let keys = self.core.keys();
            *keys
                .root_keys()
                .operator_names()
                .tag_operator(&secrets.name)
                .as_bytes()
        };
        // Whose session it is, is known; so the network does not matter.
        let key = ThrottleKey {
            name: tag,
            subnet: None,
        };
        let throttle = &self.core.throttle;
        if let Err(retry_after) = throttle.enter(&key, self.core.clock.measured()) {
            return Ok(refused(Denial::Throttled { retry_after }));
        }
        let before = Zeroizing::new(secrets.password.clone().unwrap_or_default());
        let found = (row, secrets);
        let Some((row, secrets)) =
            right_password(Some(&found), password, self.core.settings.password_cost)
        else {
            return Ok(refused(Denial::WrongCredential));
        };
        // Whoever guesses codes with a stolen session and the password is nowhere at home.
        let nowhere = |_: &OperatorSecrets| false;
        let (step, guessing) = match secrets.passkeys.is_empty() {
            true => counted_step(self.core, &key, row, secrets, code, nowhere),
            false => (Some(None), false),
        };
        let entering = match step {
            Some(step) => {
                throttle.forget(&key, self.core.clock.measured());
                Entering::Verified(Verified {
                    operator: row.id.clone(),
                    step,
                    subnet: None,
                    password: before.clone(),
                    with: SignsInWith::Code,
                })
            }
            None if guessing => Entering::Guessing,
            None => Entering::Refused(Denial::WrongCredential),
        };
        Ok(OwnChecked { entering, before })
    }

    /// Compares the old password and the code with the caller's own, and hashes the new one.
    pub fn check_new_password(
        &self,
        old: &Password,
        code: Option<&TotpCode>,
        new: &NewPassword,
    ) -> Result<NewPasswordChecked, OperationError> {
        let OwnChecked { entering, before } = self.check_own(old, code)?;
        // Nothing is hashed for a wrong password.
        let after = match before.is_empty() {
            true => String::new(),
            false => PasswordHash::make(new, self.core.settings.password_cost, &*self.core.entropy)
                .map_err(|_| OperationError::Internal("the password was not hashed"))?
                .to_phc(),
        };
        Ok(NewPasswordChecked {
            entering,
            before,
            after: Zeroizing::new(after),
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Sets the caller's new password. The code is used up, and all other sessions of the caller end.
    pub fn change_password(
        &mut self,
        checked: NewPasswordChecked,
    ) -> Result<PasswordChanged, OperationError> {
        let operator = self.operator()?.clone();
        self.notes.object = Some(operator.to_string());
        let step = self.verified(checked.entering)?;
        let row = operator_rows::find(self.connection, &operator)?
            .filter(|row| row.state == OperatorState::Active)
            .ok_or(OperationError::NotFound)?;
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        let same = secrets.password.as_deref() == Some(checked.before.as_str());
        let used = step.is_some_and(|step| secrets.has_used(step));
        // It was changed meanwhile, or the same code came twice at once.
        let by_code = secrets.passkeys.is_empty();
        if !same || used || (by_code && step.is_none() != secrets.totp.is_none()) {
            return Err(self.deny(Denial::WrongCredential));
        }
        if let Some(step) = step {
            secrets.use_up(step);
            // It is not lost.
            secrets.forget_reset();
        }
        secrets.password = Some(checked.after.as_str().to_owned());
        let number = step.map_or(row.totp_step, |step| step.number());
        let sealed = self.seal_secrets(&secrets, &operator)?;
        operator_rows::keep_factor(self.transaction()?, &operator, number, &sealed)?;
        let stays = self.caller.session_id();
        let sessions_ended =
            session_rows::revoke_others(self.transaction()?, &operator, stays, self.now)?;
        self.note_detail(json!({ "sessions_ended": sessions_ended }));
        Ok(PasswordChanged { sessions_ended })
    }
}
