//! When a certificate ends: the `notAfter` of X.509 (RFC 5280, 4.1.2.5), and nothing else of it. rustls has checked the
//! certificate before; this only reads the date, and answers nothing for what it does not know.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::domain::Moment;

/// The end of the first certificate in a PEM file, which is that of the server.
pub(super) fn of_file(path: &Path) -> Option<Moment> {
    let mut all = CertificateDer::pem_file_iter(path).ok()?;
    of(&all.next()?.ok()?)
}

/// The end of a certificate in DER.
fn of(certificate: &[u8]) -> Option<Moment> {
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
    let (_, _, after) = element(validity)?;
    let (tag, text, _) = element(after)?;
    let text = std::str::from_utf8(text).ok()?;
    match tag {
        UTC_TIME => {
            let year: u32 = text.get(..2)?.parse().ok()?;
            let century = if year < 50 { "20" } else { "19" };
            moment(&format!("{century}{text}"))
        }
        GENERALIZED_TIME => moment(text),
        _ => None,
    }
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

    fn certificate(year: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 11, 28);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_of_both_forms_of_a_time() {
        let end = |year| of(&certificate(year)).map(|end| end.to_string());
        assert_eq!(end(2026).as_deref(), Some("2026-11-28T00:00:00Z"));
        assert_eq!(end(2049).as_deref(), Some("2049-11-28T00:00:00Z"));
        // From 2050 on the other form is used.
        assert_eq!(end(2050).as_deref(), Some("2050-11-28T00:00:00Z"));
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
