//! `Range` and `If-Range`: the part of a package that a client still lacks (RFC 9110, sections 13.1.5
//! and 14.2). A range that cannot be read, or of several parts, is passed over: all is sent.

use http::HeaderMap;
use http::header::{IF_RANGE, RANGE};
use utoipa::ToSchema;

use crate::domain::schema::{described, pattern};
use crate::vault::scope::requests::{WantedBytes, WantedPart};

/// The headers that ask for a part, for the API's description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe the headers")]
pub(super) struct RangeHeaders {
    /// Which bytes are wanted, as one range. Anything else is passed over, and all is sent.
    #[schema(value_type = ByteRange, required = false, rename = "Range")]
    range: String,
    /// The `ETag` of the package that the wanted bytes belong to. If it is another one, all is sent.
    #[schema(value_type = StrongTag, required = false, rename = "If-Range")]
    of: String,
}

enum ByteRange {}
enum StrongTag {}

described! {
    ByteRange as "ByteRange" => pattern(
        "A range of bytes.",
        "^bytes=([0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})$",
    );
    StrongTag as "StrongTag" => pattern("A tag, in quotes.", "^\"[0-9a-f]{64}\"$");
}

pub(super) fn read(headers: &HeaderMap) -> Option<WantedPart> {
    let mut ranges = headers.get_all(RANGE).iter();
    let bytes = parse(ranges.next()?.to_str().ok()?)?;
    if ranges.next().is_some() {
        return None;
    }
    let of = match headers.get(IF_RANGE) {
        None => None,
        // A date or a weak tag says too little about the bytes.
        Some(tag) => Some(strong(tag.to_str().ok()?)?.to_owned()),
    };
    Some(WantedPart { bytes, of })
}

fn strong(tag: &str) -> Option<&str> {
    tag.trim().strip_prefix('"')?.strip_suffix('"')
}

fn parse(range: &str) -> Option<WantedBytes> {
    let (unit, range) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().ok()).flatten()
    };
    match (first, last) {
        ("", last) => number(last).map(WantedBytes::Last),
        (first, "") => Some(WantedBytes::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(WantedBytes::From(first, Some(last)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Part;

    fn wanted(headers: &[(&'static str, &str)]) -> Option<(WantedBytes, Option<String>)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        read(&map).map(|part| (part.bytes, part.of))
    }

    #[test]
    fn one_range_of_bytes_is_read_and_others_are_passed_over() {
        for (range, expected) in [
            ("bytes=0-", Some(WantedBytes::From(0, None))),
            ("bytes=5-9", Some(WantedBytes::From(5, Some(9)))),
            ("Bytes = 5-9", Some(WantedBytes::From(5, Some(9)))),
            ("bytes=-7", Some(WantedBytes::Last(7))),
            ("bytes=9-5", None),
            ("bytes=-", None),
            ("bytes=0-1,5-6", None),
            ("bytes=+1-2", None),
            ("lines=1-2", None),
            ("bytes=99999999999999999999-", None),
        ] {
            let found = wanted(&[("range", range)]).map(|(bytes, _)| bytes);
            assert_eq!(found, expected, "{range}");
        }
        assert_eq!(
            wanted(&[("range", "bytes=1-"), ("range", "bytes=2-")]),
            None
        );
        let of = |tag| wanted(&[("range", "bytes=1-"), ("if-range", tag)]).map(|(_, of)| of);
        assert_eq!(of("\"a\""), Some(Some("a".to_owned())));
        assert_eq!(of("W/\"a\""), None);
        assert_eq!(of("Mon, 01 Apr 2024 00:00:00 GMT"), None);
    }

    #[test]
    fn a_range_is_cut_to_the_file_or_outside_it() {
        let part = |first, last| Some(Part { first, last });
        assert_eq!(WantedBytes::From(3, None).of(10), part(3, 9));
        assert_eq!(WantedBytes::From(3, Some(99)).of(10), part(3, 9));
        assert_eq!(WantedBytes::From(10, None).of(10), None);
        assert_eq!(WantedBytes::Last(99).of(10), part(0, 9));
        assert_eq!(WantedBytes::Last(0).of(10), None);
        assert_eq!(WantedBytes::Last(1).of(0), None);
    }
}
