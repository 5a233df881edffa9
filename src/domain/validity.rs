//! From when until when a certificate is good: the validity of X.509 (RFC 5280, 4.1.2.5), and nothing else of it.
//! rustls has read the certificate before; this only reads the dates, and answers nothing for what it does not know.

use super::Moment;

/// From when until when a certificate is good; both count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// `notBefore`.
    pub from: Moment,
    /// `notAfter`.
    pub until: Moment,
}

impl Validity {
    /// That of a certificate in DER.
    pub fn of_certificate(certificate: &[u8]) -> Option<Self> {
        let (certificate, _) = within(certificate, SEQUENCE)?;
        let (mut rest, _) = within(certificate, SEQUENCE)?;
        // The version has a tag of its own and may be absent.
        if let Some((_, after)) = within(rest, VERSION) {
            rest = after;
        }
        for tag in [INTEGER, SEQUENCE, SEQUENCE] {
            (_, rest) = within(rest, tag)?;
        }
        let (validity, _) = within(rest, SEQUENCE)?;
        let (from, rest) = time(validity)?;
        let (until, _) = time(rest)?;
        Some(Self { from, until })
    }

    /// Whether a moment is in it.
    pub fn covers(&self, moment: Moment) -> bool {
        self.from <= moment && moment <= self.until
    }
}

/// The first element, which must be a time, and what is behind it.
fn time(bytes: &[u8]) -> Option<(Moment, &[u8])> {
    let (tag, text, rest) = element(bytes)?;
    let text = std::str::from_utf8(text).ok()?;
    let time = match tag {
        UTC_TIME => {
            let year: u32 = text.get(..2)?.parse().ok()?;
            let century = if year < 50 { "20" } else { "19" };
            moment(&format!("{century}{text}"))
        }
        GENERALIZED_TIME => moment(text),
        _ => None,
    };
    Some((time?, rest))
}

/// `YYYYMMDDHHMMSSZ`.
fn moment(text: &str) -> Option<Moment> {
    let digits = text.strip_suffix('Z')?;
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| digits.get(from..from + 2);
    let (month, day) = (part(4)?, part(6)?);
    let (hour, minute, second) = (part(8)?, part(10)?, part(12)?);
    let year = digits.get(..4)?;
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")
        .parse()
        .ok()
}

/// The content of the first element, which must have this tag, and what is behind it.
fn within(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag, content and rest of DER (X.690, 8.1). Tags have one byte, lengths at most four.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (more, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = more
                .iter()
                .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            (usize::try_from(length).ok()?, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// `[0]`, constructed.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    fn of(certificate: &[u8]) -> Option<Validity> {
        Validity::of_certificate(certificate)
    }

    fn certificate(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 11, 28);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_of_both_forms_of_a_time() {
        let end = |year| of(&certificate(year)).map(|found| found.until.to_string());
        assert_eq!(end(2026).as_deref(), Some("2026-11-28T00:00:00Z"));
        assert_eq!(end(2049).as_deref(), Some("2049-11-28T00:00:00Z"));
        // From 2050 on the other form is used.
        assert_eq!(end(2050).as_deref(), Some("2050-11-28T00:00:00Z"));
    }

    #[test]
    fn both_ends_count_and_what_is_outside_does_not() {
        let found = of(&certificate(2026)).unwrap();
        assert_eq!(found.from.to_string(), "2020-01-01T00:00:00Z");
        for (moment, covered) in [
            (found.from, true),
            (found.until, true),
            (found.from.plus_seconds(-1), false),
            (found.until.plus_seconds(1), false),
        ] {
            assert_eq!(found.covers(moment), covered, "{moment}");
        }
    }

    #[test]
    fn a_cut_certificate_has_no_end_or_the_same_one() {
        let whole = certificate(2026);
        let end = of(&whole);
        for length in 0..whole.len() {
            let found = of(&whole[..length]);
            assert!(found.is_none() || found == end, "{length}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_panic(bytes: Vec<u8>, tail: Vec<u8>) {
            let _ = of(&bytes);
            let _ = of(&[&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff], tail.as_slice()].concat());
        }
    }
}
