//! What the vault keeps, sealed, of an operator: name, password hash, second factor, and from
//! where they signed in.
//!
//! Sees the key of operators' secrets. Opened at sign-in and where names are shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::fingerprint::Fingerprint;
use super::kept_passkey::{KeptPasskey, Unasserted};
use super::subnet::Subnet;
use super::token::RecoveryTag;
use super::totp::TotpStep;
use crate::domain::{Assertion, Moment, OperatorId, OperatorName, RelyingParty};
use crate::vault::clock::Term;
use crate::vault::entropy::{Entropy, EntropyError, draw};
use crate::vault::error::OperationError;
use crate::vault::keyring::Keyring;
use crate::vault::plaintext::{Aad, Nonce, open_json, seal_json};
use crate::vault::store::operator_rows::OperatorRow;

/// How many networks are remembered: those of the newest sign-ins.
const NETWORKS: usize = 16;
/// How many used codes are remembered one by one. The earliest of them is a floor: no code of its step or of an
/// earlier one is good. So what is no longer remembered is not good either, wherever the clock jumps. A clock that was
/// ahead keeps somebody out only after they signed in so many times by it.
const CODES: usize = 128;
/// A step of 1979: as long as those of today, so that the length tells nothing.
const NO_STEP: i64 = 10_000_000;
/// As long as an operator's id, so that the length tells nothing.
const NOBODY: &str = "----------------------";
/// A moment of 2001: as long as those of today.
const NO_MOMENT: i64 = 1_000_000_000;

/// One second later: two people agreed that the passkeys may be replaced.
const AGREED: i64 = NO_MOMENT + 1;

/// What is kept, sealed, of an operator.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct OperatorSecrets {
    pub(in crate::vault) name: String,
    pub(in crate::vault) password: Option<String>,
    /// Base64 of the 20 bytes.
    pub(in crate::vault) totp: Option<String>,
    /// Keyed tags of networks, base64; the newest last. Always as many, at first random ones.
    networks: Vec<String>,
    /// The latest steps whose codes were used, in any order.
    used_steps: Vec<i64>,
    /// Who asked that the second factor can be replaced; [`NOBODY`] if nobody did.
    reset_by: String,
    /// Until when another person can agree, in seconds of the vault's own time; [`AGREED`] once one did.
    reset_until: i64,
    /// The tag of the recovery code, base64; of no code, random bytes.
    recovery: String,
    /// The delay of a recovery, in seconds: by the vault's time, and as the vault measures it.
    recovery_ends: i64,
    recovery_runs_out: i64,
    /// 32 random bytes, base64, drawn anew at the enrolment and at a reset: what the fingerprint is of.
    print: String,
    /// The passkeys, in the order of their enrolment.
    pub(in crate::vault) passkeys: Vec<KeptPasskey>,
}

impl OperatorSecrets {
    /// Somebody who has not enrolled yet.
    pub(in crate::vault) fn of_invited(
        name: &OperatorName,
        entropy: &dyn Entropy,
    ) -> Result<Self, EntropyError> {
        let mut networks = Vec::with_capacity(NETWORKS);
        for _ in 0..NETWORKS {
            networks.push(STANDARD_NO_PAD.encode(draw::<16>(entropy)?));
        }
        Ok(Self {
            name: name.as_str().to_owned(),
            password: None,
            totp: None,
            networks,
            used_steps: vec![NO_STEP; CODES],
            reset_by: NOBODY.to_owned(),
            reset_until: NO_MOMENT,
            recovery: STANDARD_NO_PAD.encode(draw::<32>(entropy)?),
            recovery_ends: NO_MOMENT,
            recovery_runs_out: NO_MOMENT,
            print: new_print(entropy)?,
            passkeys: Vec::new(),
        })
    }

    /// From now on the account has another fingerprint.
    pub(in crate::vault) fn renew_fingerprint(
        &mut self,
        entropy: &dyn Entropy,
    ) -> Result<(), EntropyError> {
        self.print = new_print(entropy)?;
        Ok(())
    }

    /// What the owner reads out.
    pub(in crate::vault) fn fingerprint(
        &self,
        id: &OperatorId,
    ) -> Result<Fingerprint, OperationError> {
        let mut secret = Zeroizing::new([0; 32]);
        match STANDARD_NO_PAD.decode_slice(&self.print, &mut secret[..]) {
            Ok(32) => {}
            Ok(_) | Err(_) => {
                return Err(OperationError::Damaged {
                    place: "operator".to_owned(),
                });
            }
        }
        let first = self.passkeys.first().map(KeptPasskey::public_key);
        Ok(Fingerprint::of(&secret, id, first.unwrap_or_default()))
    }

    /// Whether the operator signed in from this network before.
    pub(in crate::vault) fn knows(
        &self,
        keyring: &Keyring,
        id: &OperatorId,
        subnet: Subnet,
    ) -> bool {
        self.networks.contains(&tag(keyring, id, subnet))
    }

    /// The operator signed in from this network.
    pub(in crate::vault) fn remember(
        &mut self,
        keyring: &Keyring,
        id: &OperatorId,
        subnet: Subnet,
    ) {
        let tag = tag(keyring, id, subnet);
        match self.networks.iter().position(|known| *known == tag) {
            Some(place) => drop(self.networks.remove(place)),
            None if self.networks.len() >= NETWORKS => drop(self.networks.remove(0)),
            None => {}
        }
        self.networks.push(tag);
    }

    /// Whether a code of this step was used, or may have been.
    pub(in crate::vault) fn has_used(&self, step: TotpStep) -> bool {
        let step = step.number();
        let floor = self.used_steps.iter().min();
        floor.is_none_or(|floor| step <= *floor) || self.used_steps.contains(&step)
    }

    /// Remembers the step in the place of the earliest one.
    pub(in crate::vault) fn use_up(&mut self, step: TotpStep) {
        if let Some(earliest) = self.used_steps.iter_mut().min() {
            *earliest = step.number();
        }
    }

    /// The newest step of which a code was used; `None` if none was.
    pub(in crate::vault) fn newest_step(&self) -> Option<i64> {
        let newest = self.used_steps.iter().copied().max();
        newest.filter(|step| *step != NO_STEP)
    }

    /// Whether somebody asked that the second factor can be replaced, or two people agreed.
    pub(in crate::vault) fn is_reset(&self) -> bool {
        self.reset_by != NOBODY || self.reset_until == AGREED
    }

    /// Who asked that the second factor can be replaced, and until when another person can agree.
    pub(in crate::vault) fn reset_asked(&self) -> Option<(&str, Moment)> {
        let until = Moment::from_seconds(self.reset_until);
        (self.reset_by != NOBODY).then_some((self.reset_by.as_str(), until))
    }

    pub(in crate::vault) fn ask_reset(&mut self, by: &OperatorId, until: Moment) {
        self.reset_by = by.to_string();
        self.reset_until = until.seconds();
    }

    /// Two people agreed: the passkeys stay, but may be replaced until one of them is used.
    pub(in crate::vault) fn agree_reset(&mut self) {
        self.reset_by = NOBODY.to_owned();
        self.reset_until = AGREED;
    }

    /// Whether the passkeys may be replaced by somebody who has the password only, or are none.
    pub(in crate::vault) fn has_replaceable_passkeys(&self) -> bool {
        let agreed = self.reset_by == NOBODY && self.reset_until == AGREED;
        agreed || self.passkeys.is_empty()
    }

    pub(in crate::vault) fn forget_reset(&mut self) {
        self.reset_by = NOBODY.to_owned();
        self.reset_until = NO_MOMENT;
    }

    /// Whether this is the recovery code, in constant time.
    pub(in crate::vault) fn is_recovery_code(&self, code: &RecoveryTag) -> bool {
        let kept = STANDARD_NO_PAD.decode(&self.recovery).unwrap_or_default();
        kept.ct_eq(code.as_bytes()).into()
    }

    /// A new recovery code; the one before is good no more, and no recovery is under way.
    pub(in crate::vault) fn set_recovery_code(&mut self, code: &RecoveryTag) {
        self.recovery = STANDARD_NO_PAD.encode(code.as_bytes());
        (self.recovery_ends, self.recovery_runs_out) = (NO_MOMENT, NO_MOMENT);
    }

    /// The delay of the recovery that is under way, over or not.
    pub(in crate::vault) fn recovery(&self) -> Option<Term> {
        let (ends, runs_out) = (self.recovery_ends, self.recovery_runs_out);
        (ends != NO_MOMENT || runs_out != NO_MOMENT).then(|| Term {
            ends: Moment::from_seconds(ends),
            runs_out: Moment::from_seconds(runs_out),
        })
    }

    pub(in crate::vault) fn begin_recovery(&mut self, delay: Term) {
        self.recovery_ends = delay.ends.seconds();
        self.recovery_runs_out = delay.runs_out.seconds();
    }

    /// No recovery is under way, and there is no code for one.
    pub(in crate::vault) fn forget_recovery(
        &mut self,
        entropy: &dyn Entropy,
    ) -> Result<(), EntropyError> {
        self.recovery = STANDARD_NO_PAD.encode(draw::<32>(entropy)?);
        (self.recovery_ends, self.recovery_runs_out) = (NO_MOMENT, NO_MOMENT);
        Ok(())
    }

    /// The passkey that its authenticator calls so.
    pub(in crate::vault) fn passkey(&self, credential: &[u8]) -> Option<&KeptPasskey> {
        let named = |kept: &&KeptPasskey| kept.credential().as_deref() == Some(credential);
        self.passkeys.iter().find(named)
    }

    /// Whether one of the passkeys signed the challenge; answers its new counter.
    pub(in crate::vault) fn signed(
        &self,
        assertion: &Assertion,
        at: &RelyingParty,
        challenge: &[u8; 32],
    ) -> Result<u32, Unasserted> {
        let kept = self.passkey(&assertion.credential);
        kept.ok_or(Unasserted::Wrong)?
            .signed(assertion, at, challenge)
    }

    /// The passkey was used so often by now. One that was removed meanwhile stays so.
    pub(in crate::vault) fn count(&mut self, credential: &[u8], counter: u32) {
        let mut all = self.passkeys.iter_mut();
        if let Some(kept) = all.find(|kept| kept.credential().as_deref() == Some(credential)) {
            kept.count(counter);
        }
    }

    /// What authenticators call the passkeys, base64url.
    pub(in crate::vault) fn credentials(&self) -> Vec<String> {
        let all = self.passkeys.iter().filter_map(KeptPasskey::credential);
        all.map(|credential| URL_SAFE_NO_PAD.encode(credential))
            .collect()
    }

    pub(in crate::vault) fn open(
        keyring: &Keyring,
        row: &OperatorRow,
    ) -> Result<Self, OperationError> {
        let aad = Aad::operator_secret(keyring.vault(), &row.id);
        let sealer = keyring.root_keys().operator_secrets();
        open_json(sealer, &aad, &row.sealed, "operator")
    }

    pub(in crate::vault) fn seal(
        &self,
        keyring: &Keyring,
        nonce: Nonce,
        id: &OperatorId,
    ) -> Result<Vec<u8>, OperationError> {
        let aad = Aad::operator_secret(keyring.vault(), id);
        seal_json(keyring.root_keys().operator_secrets(), nonce, &aad, self)
    }
}

fn new_print(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    let secret = Zeroizing::new(draw::<32>(entropy)?);
    Ok(STANDARD_NO_PAD.encode(&secret[..]))
}

/// A space is in no name, so this is no name's tag.
fn tag(keyring: &Keyring, id: &OperatorId, subnet: Subnet) -> String {
    let key = keyring.root_keys().operator_names();
    let tag = key.tag_operator(&format!("network {id} {subnet}"));
    STANDARD_NO_PAD.encode(tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::identity::RecoveryCode;
    use crate::vault::keyring::MacKey;

    #[test]
    fn a_step_that_was_used_is_never_good_again_however_many_others_are_used() {
        let name = OperatorName::parse("lead.one").unwrap();
        let mut secrets = OperatorSecrets::of_invited(&name, &SystemEntropy::new()).unwrap();
        let length = serde_json::to_vec(&secrets).unwrap().len();
        let today = 57_068_280;
        // The clock jumps ahead, back, and ahead again.
        let steps = (0..3 * CODES as i64).map(|no| today + no % 7 * 100_000 + no);
        let mut used = Vec::new();
        for step in steps.map(TotpStep::from_number) {
            if !secrets.has_used(step) {
                secrets.use_up(step);
                used.push(step);
            }
            assert!(used.iter().all(|step| secrets.has_used(*step)));
            // What comes after everything is good, whatever was used.
            assert!(!secrets.has_used(TotpStep::from_number(today + 1_000_000)));
        }
        assert!(used.len() > CODES);
        assert_eq!(serde_json::to_vec(&secrets).unwrap().len(), length);
    }

    #[test]
    fn a_clock_that_was_ahead_keeps_nobody_out_who_signed_in_by_it_for_long() {
        let name = OperatorName::parse("lead.one").unwrap();
        let mut secrets = OperatorSecrets::of_invited(&name, &SystemEntropy::new()).unwrap();
        let (today, year) = (57_068_280, 365 * 86_400 / 30);
        secrets.use_up(TotpStep::from_number(today));
        for no in 0..CODES as i64 - 2 {
            secrets.use_up(TotpStep::from_number(today + year + no));
        }
        assert!(secrets.has_used(TotpStep::from_number(today)));
        assert!(!secrets.has_used(TotpStep::from_number(today + 1)));
    }

    #[test]
    fn whether_somebody_asked_for_a_reset_does_not_show_in_the_length() {
        let name = OperatorName::parse("lead.one").unwrap();
        let mut secrets = OperatorSecrets::of_invited(&name, &SystemEntropy::new()).unwrap();
        let length = |secrets: &OperatorSecrets| serde_json::to_vec(secrets).unwrap().len();
        let before = length(&secrets);
        assert_eq!(secrets.reset_asked(), None);
        let by = OperatorId::from_random([7; 13]);
        let until = Moment::from_seconds(1_712_048_400);
        secrets.ask_reset(&by, until);
        assert_eq!(secrets.reset_asked(), Some((by.as_str(), until)));
        assert_eq!(length(&secrets), before);
        secrets.agree_reset();
        assert_eq!(secrets.reset_asked(), None);
        assert_eq!(length(&secrets), before);
        secrets.forget_reset();
        assert_eq!(secrets.reset_asked(), None);
        assert_eq!(length(&secrets), before);
    }

    #[test]
    fn only_the_newest_recovery_code_is_one_and_whether_one_is_used_does_not_show_in_the_length() {
        let (name, entropy) = (
            OperatorName::parse("lead.one").unwrap(),
            SystemEntropy::new(),
        );
        let mut secrets = OperatorSecrets::of_invited(&name, &entropy).unwrap();
        let length = |secrets: &OperatorSecrets| serde_json::to_vec(secrets).unwrap().len();
        let before = length(&secrets);
        let key = MacKey::new(&[1; 32]);
        let draw = || RecoveryCode::draw(&entropy).unwrap().tag(&key);
        let (one, two) = (draw(), draw());
        assert!(!secrets.is_recovery_code(&one) && secrets.recovery().is_none());
        secrets.set_recovery_code(&one);
        assert!(secrets.is_recovery_code(&one) && !secrets.is_recovery_code(&two));
        let delay = Term {
            ends: Moment::from_seconds(1_712_048_400),
            runs_out: Moment::from_seconds(1_712_048_401),
        };
        secrets.begin_recovery(delay);
        assert_eq!(secrets.recovery().unwrap().runs_out, delay.runs_out);
        assert_eq!(length(&secrets), before);
        secrets.set_recovery_code(&two);
        assert!(!secrets.is_recovery_code(&one) && secrets.recovery().is_none());
        secrets.begin_recovery(delay);
        secrets.forget_recovery(&entropy).unwrap();
        assert!(!secrets.is_recovery_code(&two) && secrets.recovery().is_none());
        assert_eq!(length(&secrets), before);
    }
}
