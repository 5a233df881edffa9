//! The second factor: time-based one-time passwords (RFC 6238, HMAC-SHA-1, six
//! digits, 30 seconds: what every authenticator reads).
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

/// Twenty random bytes that the operator's authenticator has too; wiped.
pub struct TotpSecret(Zeroizing<[u8; LENGTH]>);

/// Six digits that somebody typed.
pub struct TotpCode(Zeroizing<[u8; DIGITS]>);

/// The time step a code was good for. It is stored, and neither it nor an
/// earlier one is taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(i64);

/// The text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be six digits")]
pub struct TotpCodeError;

impl TotpSecret {
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        entropy.fill(&mut bytes[..])?;
        Ok(Self(bytes))
    }

    /// From what was sealed; `None` if there are not twenty bytes.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "until the vault's other parts are there")
    )]
    pub(in crate::vault) fn from_opened(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(*bytes)))
    }

    /// To be sealed under the operator-secret key.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "until the vault's other parts are there")
    )]
    pub(in crate::vault) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The secret as base32, for the operator and nobody else.
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

    /// The same as the address that an authenticator scans.
    pub fn expose_url_once(&self, name: &OperatorName) -> Zeroizing<String> {
        let secret = self.expose_once();
        Zeroizing::new(format!(
            "otpauth://totp/breachvault:{}?secret={}&issuer=breachvault&algorithm=SHA1&digits={DIGITS}&period={SECONDS}",
            name.as_str(),
            secret.as_str(),
        ))
    }

    /// The step the code is good for: this one, the one before or the one after,
    /// and later than the last one used. Every candidate is computed and
    /// compared in constant time.
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

    fn code(&self, step: TotpStep) -> [u8; DIGITS] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0[..]);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        // RFC 4226, 5.3: the last four bits say where 31 bits are taken from.
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
    /// Takes six digits; a space in the middle, as authenticators show, is dropped.
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
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    pub fn number(self) -> i64 {
        self.0
    }
}
