//! Coming in by an OpenID provider: the sign-in is begun here, done there, and finished here.
//!
//! Nothing is kept between the two. The browser keeps a nonce of this process in a cookie, and state, nonce and code
//! verifier of the sign-in follow from it under the key of this process. So the answer of the provider counts once,
//! for some minutes, and in the browser that began; whoever else has it has no cookie that fits.
//!
//! Sees whom the provider vouches for, which nobody can make up: see `domain::oidc`. An account that comes into being
//! here is a member of no case.

use std::net::IpAddr;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::unauthenticated::Unauthenticated;
use crate::domain::oidc::Vouched;
use crate::domain::{Assertion, HomeRole, OperatorId};
use crate::policy::actions;
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply, Vault};
use crate::vault::error::OperationError;
use crate::vault::identity::Subnet;
use crate::vault::scope::{Arrived, Arriving, Regrouped, Regrouping, Scope};
use crate::vault::store::operator_rows;
use crate::vault::store::operator_rows::OperatorState;

const STATE: &[u8] = b"breachvault provider state 1\0";
const NONCE: &[u8] = b"breachvault provider nonce 1\0";
const VERIFIER: &[u8] = b"breachvault provider verifier 1\0";

/// A sign-in that was begun. Whoever has `kept` and the provider's answer can finish it.
pub struct ProviderFlow {
    /// For the cookie of the browser that began.
    pub kept: Zeroizing<String>,
    /// Goes with the browser to the provider and back.
    pub state: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// What the code is taken with.
    pub verifier: Zeroizing<String>,
}

/// Somebody who comes back from the provider.
pub struct Arrival {
    /// Whom it vouches for.
    pub vouched: Vouched,
    /// What their passkey signed, if they have one.
    pub assertion: Option<Assertion>,
    /// From where they come.
    pub address: Option<IpAddr>,
}

impl Vault {
    /// Begins a sign-in at the provider.
    pub fn begin_at_provider(&self) -> Result<ProviderFlow, Unauthenticated> {
        let now = self.core.clock.measured();
        let kept = self.core.challenges.nonce(&*self.core.entropy, now);
        let kept = kept.map_err(|_| Unauthenticated::Unavailable)?;
        Ok(self.flow_of(&kept))
    }

    /// The sign-in that this browser began and to which the provider's answer belongs. It is used up: there is none the
    /// second time, none after some minutes, and none for another state.
    pub fn finish_at_provider(&self, kept: &str, state: &str) -> Option<ProviderFlow> {
        let flow = self.flow_of(kept);
        let same = bool::from(flow.state.as_bytes().ct_eq(state.as_bytes()));
        let now = self.core.clock.measured();
        (same && self.core.challenges.use_up(kept, now)).then_some(flow)
    }

    fn flow_of(&self, kept: &str) -> ProviderFlow {
        let text = |label| self.core.challenges.text_of(kept, label);
        ProviderFlow {
            state: text(STATE),
            nonce: text(NONCE),
            verifier: Zeroizing::new(text(VERIFIER)),
            kept: Zeroizing::new(kept.to_owned()),
        }
    }

    /// Opens a session of the console for somebody for whom the provider vouches, whose account comes into being the
    /// first time. What the provider says of their groups counts before anything else: another role ends memberships
    /// and sessions, and no role ends sessions, whether they come in now or not.
    pub fn arrive(&self, arrival: Arrival) -> Result<Result<Reply, Refusal>, Unauthenticated> {
        let Arrival {
            vouched,
            assertion,
            address,
        } = arrival;
        let trusted = self.core.settings.provider.as_ref();
        let trusted = trusted.filter(|trusted| trusted.issuer == vouched.issuer());
        let role = trusted.and_then(|trusted| trusted.role_of(vouched.groups()));
        let (issuer, subject) = (vouched.issuer(), vouched.subject());
        let identity = {
            let keys = self.core.keys();
            let tags = keys.root_keys().operator_names();
            // A space is in no name, so this is no name's tag.
            *tags
                .tag_operator(&format!("identity {} {issuer} {subject}", issuer.len()))
                .as_bytes()
        };
        let known = self.identified(&identity)?;
        let about = known.as_ref().map(|known| known.0.clone());
        if let Some((operator, home)) = known
            && role != Some(home)
        {
            let regroup = Regroup { operator, role };
            if let Err(refusal) = self.perform(&Caller::system(), regroup) {
                return Ok(Err(refusal));
            }
        }
        let arrive = Arrive {
            about,
            arriving: Arriving {
                identity,
                called: vouched.name().map(str::to_owned),
                role,
                subnet: address.map(Subnet::of),
                assertion: assertion.map(Box::new),
            },
        };
        Ok(self.perform(&Caller::stranger(), arrive))
    }

    /// Whose identity it is, if their account has not ended.
    fn identified(
        &self,
        identity: &[u8; 16],
    ) -> Result<Option<(OperatorId, HomeRole)>, Unauthenticated> {
        let reader = self.core.readers.snapshot()?;
        let row = operator_rows::find_by_identity(reader.connection()?, identity)
            .map_err(|error| self.core.control.note_failure(error))?;
        let row = row.filter(|row| row.state == OperatorState::Active);
        Ok(row.map(|row| (row.id, row.home)))
    }
}

/// Somebody comes in.
struct Arrive {
    about: Option<OperatorId>,
    arriving: Arriving,
}

impl Operation for Arrive {
    type Action = actions::SignIn;
    type Answer = Arrived;

    fn target(&self) -> Target {
        self.about.clone().map_or(Target::Vault, Target::Operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Arrived, OperationError> {
        scope.arrive(self.arriving)
    }
}

/// The provider says another role of somebody than they had, or none.
struct Regroup {
    operator: OperatorId,
    role: Option<HomeRole>,
}

impl Operation for Regroup {
    type Action = actions::RegroupOperator;
    type Answer = Regrouped;

    fn target(&self) -> Target {
        Target::Operator(self.operator.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Regrouped, OperationError> {
        scope.regroup(&Regrouping {
            operator: self.operator,
            role: self.role,
        })
    }
}
