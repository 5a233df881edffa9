//! The recipient of a package: an age X25519 key, and nothing else.
//!
//! An `age1…` text is parsed once, here. Passphrases, SSH keys, plugins and the post-quantum kinds
//! are refused, because the age of stable distributions cannot open the last two. An error never
//! repeats the text, because people paste secrets by mistake.

use std::fmt;
use std::str::FromStr;

/// A public key. People have to check whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    text: String,
    key: age::x25519::Recipient,
}

/// Why a recipient is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// This is an age SECRET key: treat it as leaked, make a new one, and give the public key that begins with age1.
    #[error(
        "this is an age SECRET key: treat it as leaked, make a new one, and give the public key that begins with age1"
    )]
    SecretKey,
    /// SSH keys are not accepted: give an age X25519 key that begins with age1.
    #[error("SSH keys are not accepted: give an age X25519 key that begins with age1")]
    SshKey,
    /// Age keys of plugins and post-quantum age keys are not accepted: give a plain X25519 key.
    #[error(
        "age keys of plugins and post-quantum age keys are not accepted: give a plain X25519 key"
    )]
    OtherKind,
    /// This is not an age X25519 key.
    #[error("this is not an age X25519 key")]
    Malformed,
    /// This key is a weak point of the curve: anybody could open what is sealed to it.
    #[error("this key is a weak point of the curve: anybody could open what is sealed to it")]
    Weak,
}

impl Recipient {
    /// The recipient as text, `age1…`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn age(&self) -> &dyn age::Recipient {
        &self.key
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let text = text.trim();
        if begins(text, "AGE-SECRET-KEY-") || begins(text, "AGE-PLUGIN-") {
            return Err(RecipientError::SecretKey);
        }
        if ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"]
            .iter()
            .any(|kind| begins(text, kind))
        {
            return Err(RecipientError::SshKey);
        }
        let data = text.strip_prefix("age1").ok_or(RecipientError::Malformed)?;
        if data.contains('1') && !data.contains(char::is_whitespace) {
            // The data part of a Bech32 text has no '1', so this is age1<kind>1…
            return Err(RecipientError::OtherKind);
        }
        let key: age::x25519::Recipient = text.parse().map_err(|_| RecipientError::Malformed)?;
        if key.to_string() != text {
            return Err(RecipientError::Malformed);
        }
        let point = point(data).ok_or(RecipientError::Malformed)?;
        if WEAK.contains(&point) {
            return Err(RecipientError::Weak);
        }
        if point.last().is_some_and(|byte| byte & 0x80 != 0) {
            // X25519 ignores the top bit, so one key could be written as two texts.
            return Err(RecipientError::Malformed);
        }
        Ok(Self {
            text: text.to_owned(),
            key,
        })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The 32 bytes of a Bech32 data part (BIP 173): five bits a character, most significant first. The
/// age crate has checked the checksum, which is not returned.
fn point(data: &str) -> Option<[u8; 32]> {
    let mut point = [0; 32];
    let mut bytes = point.iter_mut();
    let (mut held, mut bits) = (0_u32, 0);
    for character in data.bytes() {
        let value = BECH32.iter().position(|c| *c == character)?;
        held = (held << 5 | u32::try_from(value).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            let Some(byte) = bytes.next() else { break };
            *byte = u8::try_from(held >> bits & 0xff).ok()?;
        }
    }
    bytes.next().is_none().then_some(point)
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The points of small order, little-endian u: 0, 1, two of order 8, p - 1, p, p + 1. RFC 7748 §6.1
/// asks to check the shared secret, which is zero for each of them. The age crate panics when it
/// wraps to one of them.
const WEAK: [[u8; 32]; 7] = [
    [0; 32],
    ends(1, 0, 0),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
    ],
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
];

const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut point = [middle; 32];
    point[0] = first;
    point[31] = last;
    point
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;

    use super::*;

    fn refusal(text: &str) -> RecipientError {
        text.parse::<Recipient>().err().unwrap()
    }

    #[test]
    fn an_x25519_key_is_a_recipient() {
        let key = age::x25519::Identity::generate().to_public().to_string();
        let recipient: Recipient = format!(" {key}\n").parse().unwrap();
        assert_eq!(recipient.to_string(), key);
        assert_eq!(recipient.as_str(), key);
    }

    #[test]
    fn a_pasted_secret_key_is_refused_and_never_repeated() {
        let secret = age::x25519::Identity::generate().to_string();
        let secret = secret.expose_secret();
        for text in [
            secret.to_owned(),
            secret.to_lowercase(),
            format!("  {secret}\n"),
        ] {
            let error = refusal(&text);
            assert_eq!(error, RecipientError::SecretKey);
            let body = secret.trim_start_matches("AGE-SECRET-KEY-1");
            assert!(!error.to_string().to_uppercase().contains(body));
        }
        assert_eq!(
            refusal("AGE-PLUGIN-YUBIKEY-1QQQ"),
            RecipientError::SecretKey
        );
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        assert_eq!(
            refusal("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"),
            RecipientError::SshKey
        );
        assert_eq!(refusal("ssh-rsa AAAA"), RecipientError::SshKey);
        assert_eq!(refusal("age1pq1qqqqqq"), RecipientError::OtherKind);
        assert_eq!(refusal("age1tag1qqqqqq"), RecipientError::OtherKind);
        assert_eq!(refusal("age1yubikey1qqqqqq"), RecipientError::OtherKind);
    }

    #[test]
    fn a_damaged_key_is_refused() {
        let key = age::x25519::Identity::generate().to_public().to_string();
        let last = if key.ends_with('q') { 'p' } else { 'q' };
        let changed = format!("{}{last}", key.get(..key.len() - 1).unwrap());
        for text in [
            "",
            "age1",
            "age",
            "é",
            &changed,
            &key.to_uppercase(),
            &format!("{key} {key}"),
        ] {
            assert_eq!(refusal(text), RecipientError::Malformed, "{text}");
        }
    }

    #[test]
    fn a_weak_point_is_refused_before_the_age_crate_sees_it() {
        for text in [
            "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
            "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
            "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
            "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
            "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
            "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
            "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
        ] {
            assert!(text.parse::<age::x25519::Recipient>().is_ok(), "{text}");
            assert_eq!(refusal(text), RecipientError::Weak, "{text}");
        }
        let top_bit_set = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqsuwj9m";
        assert_eq!(refusal(top_bit_set), RecipientError::Malformed);
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(text in "(age1|AGE|ssh-)?[a-z0-9é -]{0,70}") {
            let _ = text.parse::<Recipient>();
        }
    }
}
