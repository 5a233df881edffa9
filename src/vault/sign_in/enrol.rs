//! Enrolment: an invitation is used up for a password and, if wanted, a second factor.

use zeroize::Zeroizing;

use super::unauthenticated::Unauthenticated;
use crate::policy::actions;
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply, Vault};
use crate::vault::error::OperationError;
use crate::vault::identity::{EnrolmentToken, NewPassword, PasswordHash, TotpSecret};
use crate::vault::scope::{Enrolled, Scope};
use crate::vault::store::operator_rows;

impl Vault {
    /// Whether somebody was invited with this token and can still use it. Whoever sends another one is a stranger: no
    /// password is hashed for them, and no leaf is written.
    pub fn knows_invitation(&self, enrolment: &EnrolmentToken) -> Result<bool, Unauthenticated> {
        let tag = enrolment.tag(self.core.keys().root_keys().token_tags());
        let reader = self.core.readers.snapshot()?;
        let row = operator_rows::find_by_enrolment(reader.connection()?, tag.as_bytes())
            .map_err(|error| self.core.control.note_failure(error))?;
        let enrol_by = row.and_then(|row| row.enrol_by);
        Ok(enrol_by.is_some_and(|by| !self.core.clock.is_over(by)))
    }

    /// Uses an invitation up: sets the password, and a second factor if wanted.
    pub fn enrol(
        &self,
        enrolment: &EnrolmentToken,
        password: NewPassword,
        with_totp: bool,
    ) -> Result<Reply, Refusal> {
        let hash = PasswordHash::make(
            &password,
            self.core.settings.password_cost,
            &*self.core.entropy,
        );
        let totp = with_totp
            .then(|| TotpSecret::draw(&*self.core.entropy))
            .transpose();
        let operation = Enrol {
            enrolment: enrolment
                .tag(self.core.keys().root_keys().token_tags())
                .as_bytes()
                .to_vec(),
            password: hash.ok().map(|hash| Zeroizing::new(hash.to_phc())),
            totp: totp.ok().flatten(),
        };
        self.perform(&Caller::stranger(), operation)
    }
}

/// An invitation being used up.
struct Enrol {
    enrolment: Vec<u8>,
    password: Option<Zeroizing<String>>,
    totp: Option<TotpSecret>,
}

impl Operation for Enrol {
    type Action = actions::Enrol;
    type Answer = Enrolled;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Enrolled, OperationError> {
        let password = self
            .password
            .ok_or(OperationError::Internal("the password was not hashed"))?;
        scope.enrol(&self.enrolment, &password, self.totp)
    }
}
