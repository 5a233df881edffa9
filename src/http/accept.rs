//! `Accept`: which of the forms an address has the client likes best (RFC 9110, section 12.5.1).
//!
//! A form that no range names may be sent, unless the client named others that are there. A form
//! with `q=0` is never sent. Ranges that cannot be read are passed over.

use http::HeaderMap;
use http::header::ACCEPT;

/// The place in `offered` of the form to send, the server's favourite first; `None` if the client
/// refuses all of them.
pub(super) fn choose(headers: &HeaderMap, offered: &[&str]) -> Option<usize> {
    let ranges = ranges(headers);
    let liked = |(place, form): (usize, &&str)| weigh(&ranges, form).map(|weight| (place, weight));
    // Of several that are liked best, the last of the reversed is the first.
    let best = offered.iter().enumerate().rev().filter_map(liked);
    match best.max_by_key(|(_, weight)| *weight) {
        Some((place, weight)) if weight.quality > 0 => Some(place),
        _ => offered
            .iter()
            .position(|form| weigh(&ranges, form).is_none()),
    }
}

/// How well a form is liked: by its quality in thousandths, then by how exactly it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    quality: u16,
    exactness: u8,
}

struct Range {
    kind: String,
    quality: u16,
}

/// What the most exact range that covers the form says of it.
fn weigh(ranges: &[Range], form: &str) -> Option<Weight> {
    let (group, _) = form.split_once('/')?;
    ranges
        .iter()
        .filter_map(|range| {
            let exactness = match range.kind.as_str() {
                "*/*" => 0,
                kind if kind == form => 2,
                kind if kind.strip_suffix("/*") == Some(group) => 1,
                _ => return None,
            };
            Some((exactness, range.quality))
        })
        .max()
        .map(|(exactness, quality)| Weight { quality, exactness })
}

fn ranges(headers: &HeaderMap) -> Vec<Range> {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split(value, ','))
        .filter_map(range)
        .collect()
}

/// One media range. Parameters other than `q` and `charset` name a form that no address has.
fn range(text: &str) -> Option<Range> {
    let mut parts = split(text, ';').into_iter().map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let mut quality = 1000;
    for parameter in parts.filter(|part| !part.is_empty()) {
        let (name, value) = parameter.split_once('=')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => {
                quality = thousandths(value.trim())?;
                // What follows the weight belongs to no media type.
                break;
            }
            "charset" if value.trim_matches('"').eq_ignore_ascii_case("utf-8") => {}
            _ => return None,
        }
    }
    kind.contains('/').then_some(Range { kind, quality })
}

/// `0`, `1`, `0.5`, `1.000`: at most three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    match (whole, rest) {
        ("0", rest) => Some(rest),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// Splits at a sign that does not stand between quotes.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|c| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '\\' if quoted && !was_escaped => escaped = true,
            '"' if !was_escaped => quoted = !quoted,
            _ => {}
        }
        c == sign && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json";
    const OCTETS: &str = "application/octet-stream";

    fn chosen(accept: &[&str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, value.parse().unwrap());
        }
        choose(&headers, &[JSON, OCTETS]).map(|place| [JSON, OCTETS][place])
    }

    #[test]
    fn the_form_that_is_liked_best_is_sent() {
        for (accept, expected) in [
            (&[][..], JSON),
            (&["*/*"], JSON),
            (&[OCTETS], OCTETS),
            (&["APPLICATION/OCTET-STREAM"], OCTETS),
            (&["text/html, application/octet-stream;q=0.9"], OCTETS),
            (&["application/octet-stream;q=0.5, application/json"], JSON),
            (
                &["application/octet-stream;q=0.5, application/json;q=0.4"],
                OCTETS,
            ),
            (
                &["application/json;q=0.1", "application/octet-stream;q=0.2"],
                OCTETS,
            ),
            (&["application/octet-stream;q=0"], JSON),
            (&["application/octet-stream;q=0, */*"], JSON),
            (&["application/json;q=0, */*"], OCTETS),
            (&["application/json;q=0"], OCTETS),
            (&["application/*;q=0.3, application/json;q=0.2"], OCTETS),
            (&["application/octet-stream, */*"], OCTETS),
            (&["application/json, application/octet-stream"], JSON),
            (&["text/html"], JSON),
            // Not a weight, and not our form: passed over.
            (
                &["application/octet-stream;q=2, application/json;q=0.1"],
                JSON,
            ),
            (
                &["application/octet-stream;v=\"1,2\", application/json"],
                JSON,
            ),
            (&["x/y;a=\",application/octet-stream,\";q=1"], JSON),
            (&["application/octet-stream ; q=0.001"], OCTETS),
        ] {
            assert_eq!(chosen(accept), Some(expected), "{accept:?}");
        }
    }

    #[test]
    fn where_everything_is_refused_nothing_is_sent() {
        for accept in [
            "*/*;q=0",
            "application/*;q=0.000",
            "application/json;q=0, application/octet-stream;q=0",
            "application/json;q=0.0, */*;q=0",
        ] {
            assert_eq!(chosen(&[accept]), None, "{accept}");
        }
    }
}
