//! Setting up a second factor with name and password, for whoever has none.
//!
//! It opens no session. Until its first code was used it can be set up again: before that, the
//! password alone was what somebody had to know. Throttled as a sign-in is.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::unauthenticated::Unauthenticated;
use crate::domain::{OperatorId, OperatorName};
use crate::policy::actions;
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply, Vault};
use crate::vault::error::OperationError;
use crate::vault::identity::{Password, TotpSecret};
use crate::vault::scope::{Scope, SecondFactorSet};

/// What somebody types to set up a second factor.
pub struct SetSecondFactor {
    /// The operator's name.
    pub name: OperatorName,
    /// The operator's password.
    pub password: Password,
    /// From where; the throttle counts it.
    pub address: Option<IpAddr>,
}

impl Vault {
    /// Sets up a second factor, whose secret is shown once. Wrong credentials, and a factor that is
    /// in use, are a denial with a leaf of its own.
    pub fn set_second_factor(
        &self,
        asked: SetSecondFactor,
    ) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        let attempt = self.attempt(&asked.name, asked.address)?;
        let verified = self
            .has_right_password(&attempt, &asked.password)
            .map(|(row, secrets)| {
                let password = secrets.password.clone().unwrap_or_default();
                (row.id.clone(), Zeroizing::new(password))
            })
            .filter(|_| self.unknown_here(&attempt).is_none());
        let totp =
            TotpSecret::draw(&*self.core.entropy).map_err(|_| Unauthenticated::Unavailable)?;
        let operation = SetUp {
            about: attempt.operator(),
            verified,
            totp,
        };
        let ended = self.perform(&Caller::stranger(), operation);
        let denial = match &ended {
            Err(Refusal::Denied(denial, _)) => Some(*denial),
            _ => None,
        };
        self.settle(&attempt, denial)?;
        Ok(ended)
    }
}

struct SetUp {
    about: Option<OperatorId>,
    /// With the hash that the password was compared with: it may be changed meanwhile.
    verified: Option<(OperatorId, Zeroizing<String>)>,
    totp: TotpSecret,
}

impl Operation for SetUp {
    type Action = actions::SetSecondFactor;
    type Answer = SecondFactorSet;

    fn target(&self) -> Target {
        self.about.clone().map_or(Target::Vault, Target::Operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SecondFactorSet, OperationError> {
        scope.set_second_factor(self.verified, self.totp)
    }
}
