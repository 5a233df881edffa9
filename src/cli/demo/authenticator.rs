//! Does what an authenticator application does (RFC 6238), so that the demo's people can sign in
//! while the demo is set up.

use ring::hmac;
use zeroize::Zeroizing;

use crate::domain::Moment;

/// The six-digit code for a secret in base32 at a moment.
pub(super) fn code(secret: &str, at: Moment) -> Zeroizing<String> {
    let mut bits: u64 = 0;
    let mut held = 0;
    let mut bytes = Zeroizing::new(Vec::with_capacity(secret.len()));
    for value in secret.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }) {
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let step = at.seconds().div_euclid(30);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    // RFC 4226, 5.3: the last four bits tell where to take the 31 bits.
    let offset = usize::from(tag.as_ref().last().copied().unwrap_or_default() & 15);
    let number = tag
        .as_ref()
        .iter()
        .skip(offset)
        .take(4)
        .fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte))
        & 0x7fff_ffff;
    Zeroizing::new(format!("{:06}", number % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, digits) in [(59, "287082"), (1_111_111_109, "081804")] {
            assert_eq!(code(secret, Moment::from_seconds(seconds)).as_str(), digits);
        }
    }
}
