//! The second factor: time-based one-time passwords (RFC 6238, HMAC-SHA-1, six digits, 30 seconds),
//! as every authenticator application supports them.
//!
//! `code = truncate(HMAC-SHA-1(secret, step)) mod 10^6`, `step = time / 30`.

use ring::hmac;
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::{Moment, OperatorName};
use crate::vault::entropy::{Entropy, EntropyError};
use crate::vault::plaintext::RawText;

const LENGTH: usize = 20;
const SECONDS: i64 = 30;
const DIGITS: usize = 6;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Twenty random bytes that the operator's authenticator has too; wiped on drop.
pub struct TotpSecret(Zeroizing<[u8; LENGTH]>);

/// A six-digit code that somebody typed.
pub struct TotpCode(Zeroizing<[u8; DIGITS]>);

/// The time step of an accepted code. It is stored; codes of this step or an earlier one are not
/// accepted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(i64);

/// The text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be six digits")]
pub struct TotpCodeError;

impl TotpSecret {
    /// Draws a random secret.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        entropy.fill(&mut bytes[..])?;
        Ok(Self(bytes))
    }

    /// The secret from its opened bytes; `None` if there are not twenty.
    pub(in crate::vault) fn from_opened(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(*bytes)))
    }

    /// The bytes to seal under the operator-secret key.
    pub(in crate::vault) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The secret in base32, for the operator only.
    pub fn expose_once(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH * 8 / 5));
        for five in self.0.chunks(5) {
            let bits = five
                .iter()
                .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
            for place in (0..8).rev() {
                text.push(char::from(BASE32[(bits >> (5 * place) & 31) as usize]));
            }
        }
        text
    }

    /// The secret as the `otpauth` address that an authenticator scans.
    pub fn expose_url_once(&self, name: &OperatorName) -> Zeroizing<String> {
        let secret = self.expose_once();
        Zeroizing::new(format!(
            "otpauth://totp/breachvault:{}?secret={}&issuer=breachvault&algorithm=SHA1&digits={DIGITS}&period={SECONDS}",
            name.as_str(),
            secret.as_str(),
        ))
    }

    /// The step of the code: the current one, the one before or the one after, and later than the
    /// last one used. Every candidate is computed, and compared in constant time.
    pub fn check(
        &self,
        code: &TotpCode,
        now: Moment,
        last_used: Option<TotpStep>,
    ) -> Option<TotpStep> {
        let present = now.seconds().div_euclid(SECONDS);
        let mut found = None;
        for step in [present - 1, present, present + 1].map(TotpStep) {
            let fits = bool::from(self.code(step).ct_eq(&*code.0));
            if fits && last_used.is_none_or(|last| last < step) {
                found = Some(step);
            }
        }
        found
    }

    /// The same at one of several moments, for a clock that may have been wrong. A step that is
    /// later than the moment was used while the clock was ahead: it does not keep earlier ones out.
    pub(in crate::vault) fn check_at_any(
        &self,
        code: &TotpCode,
        moments: &[Moment],
        last_used: TotpStep,
    ) -> Option<TotpStep> {
        moments.iter().find_map(|now| {
            let present = now.seconds().div_euclid(SECONDS);
            let last_used = Some(last_used).filter(|last| last.0 <= present + 1);
            self.check(code, *now, last_used)
        })
    }

    fn code(&self, step: TotpStep) -> [u8; DIGITS] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0[..]);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        // RFC 4226, 5.3: the last four bits tell where to take the 31 bits.
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 15);
        let mut number = tag
            .iter()
            .skip(offset)
            .take(4)
            .fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte))
            & 0x7fff_ffff;
        let mut code = [0; DIGITS];
        for digit in code.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        code
    }
}

impl TotpCode {
    /// Parses six digits; a space in the middle, as authenticators show it, is dropped.
    pub fn parse(text: &str) -> Result<Self, TotpCodeError> {
        let mut code = Zeroizing::new([0; DIGITS]);
        let mut length = 0;
        for byte in text.bytes().filter(|byte| *byte != b' ') {
            let place = code.get_mut(length).ok_or(TotpCodeError)?;
            *place = Some(byte).filter(u8::is_ascii_digit).ok_or(TotpCodeError)?;
            length += 1;
        }
        (length == DIGITS)
            .then_some(Self(code))
            .ok_or(TotpCodeError)
    }
}

impl<'de> Deserialize<'de> for TotpCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = RawText::deserialize(deserializer)?;
        Self::parse(text.text()).map_err(serde::de::Error::custom)
    }
}

impl TotpStep {
    /// The step with this number.
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number of the step: seconds since 1970 divided by 30.
    pub fn number(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    fn code(text: &str) -> TotpCode {
        TotpCode::parse(text).ok().unwrap()
    }

    fn secret() -> TotpSecret {
        TotpSecret::from_opened(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for case in crate::vault::plaintext::tests::vectors::cases("totp") {
            let secret = TotpSecret::from_opened(&case.bytes("secret")).unwrap();
            let now = Moment::from_seconds(case.number("time"));
            let step = secret.check(&code(case.text("code")), now, None);
            assert_eq!(
                step.map(TotpStep::number),
                Some(now.seconds() / 30),
                "{}",
                case.name
            );
        }
    }

    #[test]
    fn one_step_either_side_is_taken_and_no_more() {
        let code = code("287082");
        for (seconds, taken) in [
            (0, true),
            (30, true),
            (59, true),
            (60, true),
            (89, true),
            (90, false),
        ] {
            let step = secret().check(&code, Moment::from_seconds(seconds), None);
            assert_eq!(step.is_some(), taken, "{seconds}");
        }
        let early = secret().code(TotpStep(2));
        let early = TotpCode(Zeroizing::new(early));
        assert!(
            secret()
                .check(&early, Moment::from_seconds(29), None)
                .is_none()
        );
        assert!(
            secret()
                .check(&early, Moment::from_seconds(30), None)
                .is_some()
        );
    }

    #[test]
    fn a_code_is_taken_once() {
        let (code, now) = (code("287082"), Moment::from_seconds(59));
        let step = secret().check(&code, now, None).unwrap();
        assert_eq!(secret().check(&code, now, Some(step)), None);
        let later = Some(TotpStep::from_number(step.number() + 1));
        assert_eq!(secret().check(&code, now, later), None);
        let earlier = Some(TotpStep::from_number(step.number() - 1));
        assert_eq!(secret().check(&code, now, earlier), Some(step));
    }

    #[test]
    fn a_step_that_was_used_ahead_of_time_keeps_no_code_out() {
        let (code, now) = (code("287082"), Moment::from_seconds(59));
        let year = TotpStep(365 * 86_400 / 30);
        assert_eq!(
            secret().check_at_any(&code, &[now], year),
            Some(TotpStep(1))
        );
        assert_eq!(secret().check_at_any(&code, &[now], TotpStep(2)), None);
        let wrong = Moment::from_seconds(1_000_000);
        assert_eq!(secret().check_at_any(&code, &[wrong], TotpStep(0)), None);
        assert!(
            secret()
                .check_at_any(&code, &[wrong, now], TotpStep(0))
                .is_some()
        );
    }

    #[test]
    fn another_secret_or_code_is_refused() {
        let now = Moment::from_seconds(59);
        assert_eq!(secret().check(&code("287083"), now, None), None);
        let other = TotpSecret::draw(&SystemEntropy::new()).unwrap();
        let taken = ["287082", "005924", "279037"]
            .iter()
            .filter(|text| other.check(&code(text), now, None).is_some())
            .count();
        assert!(taken < 2);
    }

    #[test]
    fn a_code_is_six_digits() {
        assert!(TotpCode::parse("287 082").is_ok());
        for text in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "-28708"] {
            assert!(TotpCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_secret_is_shown_as_base32() {
        let shown = secret().expose_once();
        assert_eq!(shown.as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let name = OperatorName::parse("lead.one").unwrap();
        assert_eq!(
            secret().expose_url_once(&name).as_str(),
            "otpauth://totp/breachvault:lead.one?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=breachvault&algorithm=SHA1&digits=6&period=30"
        );
        assert!(TotpSecret::from_opened(secret().bytes()).is_some());
        assert!(TotpSecret::from_opened(&[0; 19]).is_none());
    }
}
