//! Signing in: a name, a password and a second factor become a session.
//!
//! Sees passwords on their way to Argon2id and tokens once. The slow hash runs
//! on the caller's thread, never on the ledger's; what the ledger gets is the
//! verdict. An operator who does not exist costs the same time as one who does.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::unauthenticated::Unauthenticated;
use crate::domain::{Moment, OperatorId, OperatorName};
use crate::policy::{Denial, actions};
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply, Vault};
use crate::vault::error::{OperationError, Stopped};
use crate::vault::identity::{
    OperatorSecrets, Password, PasswordHash, ThrottleKey, TotpCode, TotpSecret, TotpStep,
};
use crate::vault::keyring::Argon2Params;
use crate::vault::scope::{Scope, SignedIn};
use crate::vault::store::operator_rows;
use crate::vault::store::operator_rows::{OperatorRow, OperatorState};

/// What somebody types to sign in.
pub struct SignIn {
    /// The name as it was typed.
    pub name: OperatorName,
    /// The password as it was typed.
    pub password: Password,
    /// The code of the second factor, if one was typed.
    pub totp: Option<TotpCode>,
    /// From where; the throttle counts it.
    pub address: Option<IpAddr>,
}

impl Vault {
    /// Opens a session. Wrong credentials are a denial with a leaf of its own.
    pub fn sign_in(&self, attempt: SignIn) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        let operation = self.verify_credentials(attempt)?;
        let key = operation.throttle_key.clone();
        let ended = self.perform(&Caller::stranger(), operation);
        self.settle_throttle(&key, ended.is_err());
        Ok(ended)
    }

    /// The same for a command line, which goes on as the caller.
    pub fn sign_in_here(&self, attempt: SignIn) -> Result<Result<Caller, Denial>, Refusal> {
        let operation = match self.verify_credentials(attempt) {
            Ok(operation) => operation,
            Err(_) => return Ok(Err(Denial::WrongCredential)),
        };
        let key = operation.throttle_key.clone();
        let (receipt, ended) = self.perform_for(&Caller::stranger(), operation)?;
        self.settle_throttle(&key, ended.is_err());
        match ended {
            Ok(signed_in) => Ok(Ok(signed_in.into_caller())),
            Err(Stopped::Denied(denial)) => Ok(Err(denial)),
            Err(Stopped::Failed(error)) => Err(Refusal::Failed(error, receipt)),
        }
    }

    fn verify_credentials(&self, attempt: SignIn) -> Result<OpenSession, Unauthenticated> {
        let now = self.core.clock.now();
        let tag = *self
            .core
            .keys()
            .root_keys()
            .operator_names()
            .tag_operator(attempt.name.as_str())
            .as_bytes();
        let throttle_key = ThrottleKey {
            name: tag,
            address: attempt.address,
        };
        self.throttle
            .check(&throttle_key, now)
            .map_err(|retry_after| Unauthenticated::Throttled { retry_after })?;
        let row = {
            let reader = self
                .core
                .readers
                .snapshot()
                .map_err(Unauthenticated::from)?;
            let connection = reader.connection().map_err(Unauthenticated::from)?;
            operator_rows::find_by_name_tag(connection, &tag).map_err(Unauthenticated::from)?
        };
        let about = row.as_ref().map(|row| row.id.clone());
        let verified = self.check_secrets(row, &attempt, now);
        Ok(OpenSession {
            about,
            verified,
            throttle_key,
        })
    }

    fn check_secrets(
        &self,
        row: Option<OperatorRow>,
        attempt: &SignIn,
        now: Moment,
    ) -> Option<(OperatorId, Option<TotpStep>)> {
        let secrets = row
            .as_ref()
            .and_then(|row| OperatorSecrets::open(&self.core.keys(), row).ok());
        let hash = secrets
            .as_ref()
            .and_then(|secrets| secrets.password.as_deref());
        let Some(hash) = hash.and_then(|text| PasswordHash::parse(text).ok()) else {
            let _ = PasswordHash::dummy_verify(&attempt.password, Argon2Params::PASSWORD);
            return None;
        };
        let _verified = hash.verify(&attempt.password).ok()?;
        let row = row.filter(|row| row.state == OperatorState::Active)?;
        let step = match secrets.as_ref().and_then(|secrets| secrets.totp.as_deref()) {
            None => None,
            Some(secret) => {
                let bytes = Zeroizing::new(STANDARD.decode(secret).ok()?);
                let secret = TotpSecret::from_opened(&bytes)?;
                let last = TotpStep::from_number(row.totp_step);
                Some(secret.check(attempt.totp.as_ref()?, now, Some(last))?)
            }
        };
        Some((row.id, step))
    }

    fn settle_throttle(&self, key: &ThrottleKey, failed: bool) {
        if failed {
            self.throttle.count_failure(key, self.core.clock.now());
        } else {
            self.throttle.forget(key);
        }
    }
}

/// A sign-in whose credentials were checked.
struct OpenSession {
    /// Whose name was given, if anybody has it: the leaf of a failure says so to auditors.
    about: Option<OperatorId>,
    verified: Option<(OperatorId, Option<TotpStep>)>,
    throttle_key: ThrottleKey,
}

impl Operation for OpenSession {
    type Action = actions::SignIn;
    type Answer = SignedIn;

    fn target(&self) -> Target {
        self.about.clone().map_or(Target::Vault, Target::Operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SignedIn, OperationError> {
        scope.open_session(self.verified)
    }
}
