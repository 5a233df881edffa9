//! Signing in: a name, a password and a second factor become a session.
//!
//! Sees passwords on their way to Argon2id and tokens once. The slow hash runs
//! on the caller's thread, never on the ledger's; what the ledger gets is the
//! verdict. An operator who does not exist costs the same time as one who does, and
//! is refused in the same words.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::unauthenticated::Unauthenticated;
use crate::domain::{Assertion, OperatorId, OperatorName};
use crate::policy::{Denial, actions};
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply, Vault};
use crate::vault::error::{OperationError, Stopped};
use crate::vault::identity::{Admitted, OperatorSecrets, Password, Subnet, ThrottleKey, TotpCode};
use crate::vault::scope::{
    Entering, Scope, SessionFor, SignedIn, SignsInWith, Verified, counted_step, right_password,
    was_here,
};
use crate::vault::store::operator_rows;
use crate::vault::store::operator_rows::OperatorRow;

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

/// An attempt that the throttle let through, with the rows it is about.
pub(super) struct Attempt {
    pub(super) throttle_key: ThrottleKey,
    admitted: Admitted,
    found: Option<(OperatorRow, OperatorSecrets)>,
}

impl Vault {
    /// Opens a session. Wrong credentials are a denial with a leaf of its own.
    pub fn sign_in(&self, attempt: SignIn) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        self.open_session(attempt, None, SessionFor::Api)
    }

    /// The same for a session that pages take, and the API does not.
    pub fn sign_in_to_console(
        &self,
        attempt: SignIn,
    ) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        self.open_session(attempt, None, SessionFor::Console)
    }

    /// Opens a session for somebody who has a passkey, which signed the challenge of [`Vault::sign_in_challenge`].
    pub fn sign_in_with(
        &self,
        attempt: SignIn,
        assertion: Assertion,
    ) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        self.open_session(attempt, Some(assertion), SessionFor::Api)
    }

    /// The same for a session that pages take, and the API does not.
    pub fn sign_in_to_console_with(
        &self,
        attempt: SignIn,
        assertion: Assertion,
    ) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        self.open_session(attempt, Some(assertion), SessionFor::Console)
    }

    fn open_session(
        &self,
        attempt: SignIn,
        assertion: Option<Assertion>,
        session_for: SessionFor,
    ) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        let by_passkey = |assertion| SignsInWith::Passkey(Box::new(assertion));
        let with = assertion.map_or(SignsInWith::Code, by_passkey);
        let (operation, attempt) = self.verify_credentials(attempt, with, session_for)?;
        let ended = self.perform(&Caller::stranger(), operation);
        let denial = match &ended {
            Err(Refusal::Denied(denial, _)) => Some(*denial),
            _ => None,
        };
        self.settle(&attempt, denial)?;
        Ok(ended)
    }

    /// The same for a command line, which goes on as the caller.
    pub fn sign_in_here(&self, attempt: SignIn) -> Result<Result<Caller, Denial>, Refusal> {
        let with = SignsInWith::Passphrase;
        let verified = self.verify_credentials(attempt, with, SessionFor::Api);
        let (operation, attempt) = match verified {
            Ok(verified) => verified,
            Err(_) => return Ok(Err(Denial::WrongCredential)),
        };
        let (receipt, ended) = self.perform_for(&Caller::stranger(), operation)?;
        let denial = match &ended {
            Err(Stopped::Denied(denial)) => Some(*denial),
            _ => None,
        };
        // The person at the command line gets the reason that the leaf has.
        let _ = self.settle(&attempt, denial);
        match ended {
            Ok(signed_in) => Ok(Ok(signed_in.into_caller())),
            Err(Stopped::Denied(denial)) => Ok(Err(denial)),
            Err(Stopped::Failed(error)) => Err(Refusal::Failed(error, receipt)),
        }
    }

    fn verify_credentials(
        &self,
        attempt: SignIn,
        with: SignsInWith,
        session_for: SessionFor,
    ) -> Result<(OpenSession, Attempt), Unauthenticated> {
        let found = self.attempt(&attempt.name, attempt.address)?;
        let about = found.operator();
        let (mut guessing, mut without_passkey) = (false, false);
        let verified =
            self.has_right_password(&found, &attempt.password)
                .and_then(|(row, secrets)| {
                    let key = &found.throttle_key;
                    let code = attempt.totp.as_ref();
                    let password = Zeroizing::new(secrets.password.clone().unwrap_or_default());
                    let step = match &with {
                        // What the passkey signed is looked at when the session is opened.
                        SignsInWith::Passkey(_) => {
                            let apart = code.is_none() && !secrets.passkeys.is_empty();
                            without_passkey = !apart && !secrets.passkeys.is_empty();
                            apart.then_some(None)
                        }
                        // A code is none for whoever has a passkey, right or wrong.
                        SignsInWith::Code if !secrets.passkeys.is_empty() => {
                            without_passkey = true;
                            None
                        }
                        SignsInWith::Code | SignsInWith::Passphrase => {
                            let step;
                            let here = |secrets: &OperatorSecrets| {
                                was_here(&self.core, key, &row.id, secrets)
                            };
                            (step, guessing) =
                                counted_step(&self.core, key, row, secrets, code, here);
                            step
                        }
                    };
                    Some(Verified {
                        operator: row.id.clone(),
                        step: step?,
                        subnet: key.subnet,
                        password,
                        with,
                    })
                });
        let entering = match verified {
            Some(verified) => match self.unknown_here(&found) {
                Some(retry_after) => Entering::Refused(Denial::Throttled { retry_after }),
                None => Entering::Verified(verified),
            },
            None if guessing => Entering::Guessing,
            None if without_passkey => Entering::WithoutPasskey,
            None => Entering::Refused(Denial::WrongCredential),
        };
        let operation = OpenSession {
            about,
            entering,
            session_for,
        };
        Ok((operation, found))
    }

    /// Counts the try, and finds whose name it is.
    pub(super) fn attempt(
        &self,
        name: &OperatorName,
        address: Option<IpAddr>,
    ) -> Result<Attempt, Unauthenticated> {
        let tag = *self
            .core
            .keys()
            .root_keys()
            .operator_names()
            .tag_operator(name.as_str())
            .as_bytes();
        let throttle_key = ThrottleKey {
            name: tag,
            subnet: address.map(Subnet::of),
        };
        let admitted = self
            .core
            .throttle
            .enter(&throttle_key, self.core.clock.measured())
            .map_err(|retry_after| Unauthenticated::Throttled { retry_after })?;
        let found = self.named(&tag).inspect_err(|_| {
            let now = self.core.clock.measured();
            self.core.throttle.give_back(&throttle_key, now);
        })?;
        Ok(Attempt {
            throttle_key,
            admitted,
            found,
        })
    }

    /// Whose name has this tag.
    fn named(
        &self,
        tag: &[u8; 16],
    ) -> Result<Option<(OperatorRow, OperatorSecrets)>, Unauthenticated> {
        let reader = self.core.readers.snapshot()?;
        let row = operator_rows::find_by_name_tag(reader.connection()?, tag)
            .map_err(|error| self.core.control.note_failure(error))?;
        Ok(row.and_then(|row| {
            let secrets = OperatorSecrets::open(&self.core.keys(), &row).ok()?;
            Some((row, secrets))
        }))
    }

    /// The operator behind the name, if the password is theirs. It takes one hash in any case.
    pub(super) fn has_right_password<'a>(
        &self,
        attempt: &'a Attempt,
        password: &Password,
    ) -> Option<(&'a OperatorRow, &'a OperatorSecrets)> {
        right_password(
            attempt.found.as_ref(),
            password,
            self.core.settings.password_cost,
        )
    }

    /// If only those who were here before may come in, and the operator was not: in how many
    /// seconds others may.
    pub(super) fn unknown_here(&self, attempt: &Attempt) -> Option<u32> {
        let Admitted::Known { retry_after } = attempt.admitted else {
            return None;
        };
        let (row, secrets) = attempt.found.as_ref()?;
        let known = was_here(&self.core, &attempt.throttle_key, &row.id, secrets);
        (!known).then_some(retry_after)
    }

    /// Leaves a failure counted, or forgets it and those before a success. Where only those may come in who were
    /// here before, every refusal is the same, whoever has the name: to wait.
    pub(super) fn settle(
        &self,
        attempt: &Attempt,
        denial: Option<Denial>,
    ) -> Result<(), Unauthenticated> {
        match denial {
            None | Some(Denial::SecondFactorNeeded) => {
                let now = self.core.clock.measured();
                self.core.throttle.forget(&attempt.throttle_key, now);
            }
            Some(_) => {
                if let Admitted::Known { retry_after } = attempt.admitted {
                    return Err(Unauthenticated::Throttled { retry_after });
                }
            }
        }
        Ok(())
    }
}

impl Attempt {
    /// Whose name was given, if anybody has it: the leaf of a failure says so to auditors.
    pub(super) fn operator(&self) -> Option<OperatorId> {
        self.found.as_ref().map(|(row, _)| row.id.clone())
    }
}

/// A sign-in whose credentials were checked.
struct OpenSession {
    about: Option<OperatorId>,
    entering: Entering,
    session_for: SessionFor,
}

impl Operation for OpenSession {
    type Action = actions::SignIn;
    type Answer = SignedIn;

    fn target(&self) -> Target {
        self.about.clone().map_or(Target::Vault, Target::Operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SignedIn, OperationError> {
        scope.open_session(self.entering, self.session_for)
    }
}
