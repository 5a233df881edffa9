//! How somebody becomes a caller: sign-in, enrolment, sessions.
//!
//! Sees passwords on their way to Argon2id and tokens once. The slow hash runs
//! on the caller's thread, never on the ledger's; what the ledger gets is the
//! verdict. An operator who does not exist costs the same time as one who does.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Vault;
use super::caller::Caller;
use super::core::{Core, open_json};
use super::edition::Edition;
use super::identity::{
    EnrolmentToken, NewPassword, Password, PasswordHash, SessionToken, TotpCode, TotpSecret,
    TotpStep,
};
use super::keyring::Argon2Params;
use super::operation::{Answer, Operation, OperationError, Target};
use super::perform::{Reply, Stopped};
use super::plaintext::Aad;
use super::receipt::Receipt;
use super::refusal::Refusal;
use super::scope::{Scope, SignedIn};
use super::shown_once::ShownOnce;
use super::store::operator_rows::{OperatorRow, OperatorState};
use super::store::{operator_rows, session_rows};
use crate::domain::{Bucket, Moment, OperatorId, OperatorName};
use crate::policy::{Denial, actions};

/// What somebody types to sign in.
pub struct SignIn {
    pub name: OperatorName,
    pub password: Password,
    pub totp: Option<TotpCode>,
    /// From where; the throttle counts it.
    pub address: Option<IpAddr>,
}

/// Why nobody is signed in. The wrong name and the wrong password look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    NoSession,
    Expired,
    Revoked,
    Throttled {
        retry_after: u32,
    },
    /// The database did not answer.
    Unavailable,
}

/// What is kept, sealed, of an operator.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct OperatorSecrets {
    pub(in crate::vault) name: String,
    pub(in crate::vault) password: Option<String>,
    /// Base64 of the 20 bytes.
    pub(in crate::vault) totp: Option<String>,
}

impl OperatorSecrets {
    pub(in crate::vault) fn open(core: &Core, row: &OperatorRow) -> Result<Self, OperationError> {
        let aad = Aad::operator_secret(&core.vault, &row.id);
        open_json(
            core.keys().root_keys().operator_secrets(),
            &aad,
            &row.sealed,
            "operator",
        )
    }

    pub(in crate::vault) fn seal(
        &self,
        core: &Core,
        id: &OperatorId,
    ) -> Result<Vec<u8>, OperationError> {
        let aad = Aad::operator_secret(&core.vault, id);
        core.seal_json(core.keys().root_keys().operator_secrets(), &aad, self)
    }
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

    /// Whose token this is, if that is known without looking: nothing is read, and
    /// an asynchronous thread may ask. What the caller may do is decided at the door
    /// all the same, over the rows.
    pub fn recognise(&self, token: &SessionToken) -> Option<Caller> {
        let edition = self.core.editions.now()?;
        let hash = token.hash();
        self.core
            .sessions
            .find(hash.as_bytes(), edition, self.core.clock.now())
    }

    /// Whose token this is, if its session lives.
    pub fn authenticate(&self, token: &SessionToken) -> Result<Caller, Unauthenticated> {
        let edition = self.core.editions.now();
        let hash = token.hash();
        let reader = self
            .core
            .readers
            .snapshot()
            .map_err(|_| Unauthenticated::Unavailable)?;
        let connection = reader
            .connection()
            .map_err(|_| Unauthenticated::Unavailable)?;
        let row = session_rows::find_by_token(connection, hash.as_bytes())
            .map_err(|_| Unauthenticated::Unavailable)?
            .ok_or(Unauthenticated::NoSession)?;
        if row.revoked {
            return Err(Unauthenticated::Revoked);
        }
        if row.expires_at <= self.core.clock.now() {
            return Err(Unauthenticated::Expired);
        }
        let caller = Caller::operator(row.operator, row.id);
        if let Some(edition) = edition {
            self.core
                .sessions
                .keep(*hash.as_bytes(), edition, &caller, row.expires_at);
        }
        Ok(caller)
    }

    /// Uses an invitation up: sets the password, and a second factor if wanted.
    pub fn enrol(
        &self,
        enrolment: &EnrolmentToken,
        password: NewPassword,
        with_totp: bool,
    ) -> Result<Reply, Refusal> {
        let hash = PasswordHash::make(&password, Argon2Params::PASSWORD, &*self.core.entropy);
        let totp = with_totp
            .then(|| TotpSecret::draw(&*self.core.entropy))
            .transpose();
        let operation = Enrol {
            enrolment: enrolment.hash().as_bytes().to_vec(),
            password: hash.ok().map(|hash| Zeroizing::new(hash.to_phc())),
            totp: totp.ok().flatten(),
        };
        self.perform(&Caller::stranger(), operation)
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
        self.throttle.check(&throttle_key, now)?;
        let row = {
            let reader = self
                .core
                .readers
                .snapshot()
                .map_err(|_| Unauthenticated::Unavailable)?;
            let connection = reader
                .connection()
                .map_err(|_| Unauthenticated::Unavailable)?;
            operator_rows::find_by_name_tag(connection, &tag)
                .map_err(|_| Unauthenticated::Unavailable)?
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
            .and_then(|row| OperatorSecrets::open(&self.core, row).ok());
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

/// An invitation being used up.
struct Enrol {
    enrolment: Vec<u8>,
    password: Option<Zeroizing<String>>,
    totp: Option<TotpSecret>,
}

/// What an operator is told once, at enrolment.
pub struct Enrolled {
    pub(in crate::vault) operator: OperatorId,
    pub(in crate::vault) name: OperatorName,
    pub(in crate::vault) totp: Option<TotpSecret>,
}

/// Who enrolled; the second factor's secret is shown once.
#[derive(Serialize, ToSchema)]
pub struct InvitationUsed {
    pub operator: OperatorId,
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// Base32, for an authenticator; null without a second factor.
    pub totp_secret: Option<ShownOnce>,
    /// The same as an `otpauth:` address.
    pub totp_url: Option<ShownOnce>,
}

impl Answer for Enrolled {
    type View = InvitationUsed;

    fn view(self, _: &Receipt) -> Result<InvitationUsed, OperationError> {
        let totp = self.totp.as_ref();
        Ok(InvitationUsed {
            totp_secret: totp.map(|totp| totp.expose_once().into()),
            totp_url: totp.map(|totp| totp.expose_url_once(&self.name).into()),
            operator: self.operator,
            name: self.name.as_str().to_owned(),
        })
    }
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

/// Sessions that were looked up since anything was last written: no session can
/// have ended since but by its time. Holds hashes of tokens.
#[derive(Default)]
pub(in crate::vault) struct KnownSessions(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    edition: Option<Edition>,
    callers: HashMap<[u8; 32], (Caller, Moment)>,
}

impl KnownSessions {
    fn find(&self, token: &[u8; 32], edition: Edition, now: Moment) -> Option<Caller> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (caller, expires_at) = sessions.callers.get(token)?;
        (sessions.edition == Some(edition) && *expires_at > now).then(|| caller.clone())
    }

    fn keep(&self, token: [u8; 32], edition: Edition, caller: &Caller, expires_at: Moment) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.edition != Some(edition) || sessions.callers.len() >= MOST_SESSIONS {
            sessions.callers.clear();
            sessions.edition = Some(edition);
        }
        sessions.callers.insert(token, (caller.clone(), expires_at));
    }
}

const MOST_SESSIONS: usize = 4096;

/// Failed sign-ins of late, by name and by address: two leaking buckets. In
/// memory only; every failure that is not throttled has its leaf.
#[derive(Default)]
pub(in crate::vault) struct Throttle {
    buckets: Mutex<HashMap<Tried, (f64, Moment)>>,
}

#[derive(Clone)]
struct ThrottleKey {
    name: [u8; 16],
    address: Option<IpAddr>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Tried {
    Name([u8; 16]),
    Address(IpAddr),
}

const FAILURES_A_NAME: f64 = 5.0;
const FAILURES_AN_ADDRESS: f64 = 30.0;
/// One failure is forgotten in so many seconds.
const SECONDS_A_FAILURE: f64 = 30.0;
/// More buckets than this are not kept: the emptiest go first.
const BUCKETS: usize = 100_000;

impl Throttle {
    fn check(&self, key: &ThrottleKey, now: Moment) -> Result<(), Unauthenticated> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for (tried, capacity) in key.buckets() {
            let level = buckets
                .get(&tried)
                .map_or(0.0, |(level, at)| leaked(*level, *at, now));
            bucket(capacity)
                .pour(level, 1.0)
                .map_err(|retry_after| Unauthenticated::Throttled { retry_after })?;
        }
        Ok(())
    }

    fn count_failure(&self, key: &ThrottleKey, now: Moment) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, (level, at)| leaked(*level, *at, now) > 0.5);
        }
        for (tried, _) in key.buckets() {
            let entry = buckets.entry(tried).or_insert((0.0, now));
            *entry = (leaked(entry.0, entry.1, now) + 1.0, now);
        }
    }

    fn forget(&self, key: &ThrottleKey) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Tried::Name(key.name));
    }
}

impl ThrottleKey {
    fn buckets(&self) -> Vec<(Tried, f64)> {
        let mut all = vec![(Tried::Name(self.name), FAILURES_A_NAME)];
        if let Some(address) = self.address {
            all.push((Tried::Address(address), FAILURES_AN_ADDRESS));
        }
        all
    }
}

fn leaked(level: f64, at: Moment, now: Moment) -> f64 {
    bucket(0.0).leaked(level, (now.seconds() - at.seconds()) as f64)
}

fn bucket(capacity: f64) -> Bucket {
    Bucket {
        capacity,
        leaks: 1.0,
        seconds: SECONDS_A_FAILURE,
    }
}
