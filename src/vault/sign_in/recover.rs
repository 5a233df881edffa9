//! The recovery of an account whose passkeys are lost: name, password and the recovery code.
//!
//! Wrong ones are throttled as at a sign-in, refused in the same words, and cost the same time.

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
use crate::vault::identity::{Password, RecoveryCode};
use crate::vault::scope::{Recovered, Recovering, Scope, SessionFor};

/// What somebody types who lost their passkeys.
pub struct Recover {
    /// The operator's name.
    pub name: OperatorName,
    /// The operator's password.
    pub password: Password,
    /// The code that came with the newest passkey.
    pub code: RecoveryCode,
    /// From where; the throttle counts it.
    pub address: Option<IpAddr>,
    /// Whether the session that opens in the end is one that pages take.
    pub for_console: bool,
}

impl Vault {
    /// Begins a recovery, says how long it waits, or opens the session that enrols a new passkey.
    pub fn recover(&self, asked: Recover) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        let attempt = self.attempt(&asked.name, asked.address)?;
        let code = asked.code.tag(self.core.keys().root_keys().token_tags());
        let verified = self
            .has_right_password(&attempt, &asked.password)
            .map(|(row, secrets)| Recovering {
                operator: row.id.clone(),
                password: Zeroizing::new(secrets.password.clone().unwrap_or_default()),
                code,
                subnet: attempt.throttle_key.subnet,
            })
            .filter(|_| self.unknown_here(&attempt).is_none());
        let operation = Recovery {
            about: attempt.operator(),
            verified,
            session_for: match asked.for_console {
                true => SessionFor::Console,
                false => SessionFor::Api,
            },
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

struct Recovery {
    about: Option<OperatorId>,
    verified: Option<Recovering>,
    session_for: SessionFor,
}

impl Operation for Recovery {
    type Action = actions::Recover;
    type Answer = Recovered;

    fn target(&self) -> Target {
        self.about.clone().map_or(Target::Vault, Target::Operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Recovered, OperationError> {
        scope.recover(self.verified, self.session_for)
    }
}
