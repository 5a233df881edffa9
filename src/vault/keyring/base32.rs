//! Bytes of a share as text: base32 (RFC 4648, section 6), without padding.
//!
//! It works on secrets, so a letter is computed and never looked up.

use zeroize::Zeroizing;

/// The letters of the bytes; bits that are missing at the end are zero.
pub(super) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(5) * 8));
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter((held >> bits) as u8 & 31));
        }
    }
    if bits > 0 {
        text.push(letter((held << (5 - bits)) as u8 & 31));
    }
    text
}

/// Exactly `N` bytes from as many letters, of either case. 0, 1 and 8 are read as the letters that they look like.
pub(super) fn decode<const N: usize>(text: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    if text.len() != (N * 8).div_ceil(5) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; N]);
    let mut out = bytes.iter_mut();
    let (mut held, mut bits, mut wrong) = (0_u32, 0, 0_u8);
    for typed in text {
        let (value, fault) = value(*typed);
        wrong |= fault;
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *out.next()? = (held >> bits) as u8;
        }
    }
    let left = held & ((1 << bits) - 1);
    (wrong == 0 && left == 0).then_some(bytes)
}

/// `A` to `Z`, then `2` to `7`.
fn letter(value: u8) -> char {
    char::from(value + b'A' - (at_least(value, 26) & (b'A' + 26 - b'2')))
}

/// The value of a letter, and not zero where it is none.
fn value(typed: u8) -> (u8, u8) {
    let upper = typed & !(within(typed, b'a', b'z') & 0x20);
    let looks_like = |digit: u8, letter: u8| within(upper, digit, digit) & (digit ^ letter);
    let upper = upper ^ looks_like(b'0', b'O') ^ looks_like(b'1', b'I') ^ looks_like(b'8', b'B');
    let (letter, digit) = (within(upper, b'A', b'Z'), within(upper, b'2', b'7'));
    let value = (upper.wrapping_sub(b'A') & letter) | (upper.wrapping_sub(b'2' - 26) & digit);
    (value, !(letter | digit))
}

/// All ones if the value is at least this, else zero; for values below 128 apart.
fn at_least(value: u8, least: u8) -> u8 {
    ((u16::from(value).wrapping_sub(u16::from(least)) >> 8) as u8) ^ 0xff
}

fn within(value: u8, least: u8, most: u8) -> u8 {
    at_least(value, least) & !at_least(value, most + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_the_standard_come_out() {
        // RFC 4648, section 10, without their padding.
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(*encode(plain.as_bytes()), text);
        }
        assert_eq!(*decode::<6>(b"MZXW6YTBOI").unwrap(), *b"foobar");
        assert_eq!(*decode::<5>(b"mzxw6ytb").unwrap(), *b"fooba");
    }

    #[test]
    fn every_byte_is_a_letter_or_refused() {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        for typed in 0..=u8::MAX {
            let upper = match typed.to_ascii_uppercase() {
                b'0' => b'O',
                b'1' => b'I',
                b'8' => b'B',
                other => other,
            };
            let expected = LETTERS.iter().position(|letter| *letter == upper);
            let (found, fault) = value(typed);
            assert_eq!(
                (fault == 0).then_some(usize::from(found)),
                expected,
                "{typed}"
            );
        }
        for (value, letter) in (0_u8..).zip(LETTERS) {
            assert_eq!(super::letter(value), char::from(*letter));
        }
    }

    #[test]
    fn bits_that_are_left_must_be_zero() {
        assert!(decode::<1>(b"MY").is_some());
        assert!(decode::<1>(b"MZ").is_none());
        assert!(decode::<1>(b"M").is_none());
        assert!(decode::<1>(b"MYA").is_none());
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes in any::<[u8; 65]>()) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), 104);
            prop_assert_eq!(*decode::<65>(text.as_bytes()).unwrap(), bytes);
        }
    }
}
