//! A passkey as the vault keeps it, sealed with the other secrets of its owner.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::{
    Assertion, MadePasskey, Moment, NotByPasskey, PasskeyId, PasskeyPoint, RelyingParty,
};

/// How many passkeys one operator may have.
pub(in crate::vault) const PASSKEYS_MOST: usize = 8;

/// One passkey of an operator.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct KeptPasskey {
    pub(in crate::vault) id: String,
    /// What its owner calls it.
    pub(in crate::vault) label: String,
    /// What the authenticator calls it, base64.
    credential: String,
    /// The public key, base64.
    point: String,
    /// As it was used last.
    counter: u32,
    enrolled_at: i64,
    /// The leaf of its enrolment.
    pub(in crate::vault) leaf: u64,
}

/// Why an assertion by a passkey is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Unasserted {
    /// It is not by this passkey, or not about this.
    Wrong,
    /// Its counter did not rise: somebody has a copy of the passkey.
    Cloned,
}

impl KeptPasskey {
    pub(in crate::vault) fn of(
        id: &PasskeyId,
        label: &str,
        made: &MadePasskey,
        enrolled_at: Moment,
        leaf: u64,
    ) -> Self {
        Self {
            id: id.to_string(),
            label: label.to_owned(),
            credential: STANDARD_NO_PAD.encode(&made.credential),
            point: STANDARD_NO_PAD.encode(made.point.as_bytes()),
            counter: made.counter,
            enrolled_at: enrolled_at.seconds(),
            leaf,
        }
    }

    pub(in crate::vault) fn enrolled_at(&self) -> Moment {
        Moment::from_seconds(self.enrolled_at)
    }

    /// What the authenticator calls it.
    pub(in crate::vault) fn credential(&self) -> Option<Vec<u8>> {
        STANDARD_NO_PAD.decode(&self.credential).ok()
    }

    /// The public key.
    pub(in crate::vault) fn point(&self) -> Result<PasskeyPoint, NotByPasskey> {
        let point = STANDARD_NO_PAD.decode(&self.point);
        PasskeyPoint::parse(&point.map_err(|_| NotByPasskey)?)
    }

    /// The public key, as it is kept.
    pub(in crate::vault) fn public_key(&self) -> &[u8] {
        self.point.as_bytes()
    }

    /// Whether this passkey signed the challenge; answers the new counter. One that has counted before has to count on.
    pub(in crate::vault) fn signed(
        &self,
        assertion: &Assertion,
        at: &RelyingParty,
        challenge: &[u8; 32],
    ) -> Result<u32, Unasserted> {
        let counter = self.point();
        let counter = counter.and_then(|point| assertion.verify(at, challenge, &point));
        let counter = counter.map_err(|_| Unasserted::Wrong)?;
        match (counter, self.counter) {
            (0, 0) => Ok(0),
            (now, then) if now > then => Ok(now),
            _ => Err(Unasserted::Cloned),
        }
    }

    pub(in crate::vault) fn count(&mut self, counter: u32) {
        self.counter = counter;
    }
}
