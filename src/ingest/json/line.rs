//! JSON behind other text: at the end of a line of a log, or of a text in a cell.

use std::ops::Range;

use memchr::memchr_iter;
use serde::de::IgnoredAny;

/// Where in a line its JSON object is: at the end of the line, behind any text or none.
pub(super) fn json_in_line(line: &[u8]) -> Option<Range<usize>> {
    let whole = line.trim_ascii_end();
    // A terminal's end of colours.
    let plain = COLOURS_END.iter().find_map(|end| whole.strip_suffix(*end));
    let whole = plain.unwrap_or(whole).trim_ascii_end();
    let end = whole.len();
    if !whole.ends_with(b"}") {
        return None;
    }
    let starts = memchr_iter(b'{', whole).take(STARTS);
    let mut starts = starts.filter(|start| {
        let object = whole.get(*start..).unwrap_or_default();
        is_object(object)
    });
    starts.next().map(|start| start..end)
}

/// Where in a text the first JSON object is that is whole, whatever is behind it.
pub(super) fn first_object(text: &[u8]) -> Option<Range<usize>> {
    let mut starts = memchr_iter(b'{', text).take(STARTS);
    starts.find_map(|start| {
        let rest = text.get(start..)?;
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        let whole = values.next()?.is_ok();
        whole.then(|| start..start + values.byte_offset())
    })
}

/// The JSON object at the end of a text.
pub(in crate::ingest) fn json_in_text(text: &str) -> Option<&str> {
    text.get(json_in_line(text.as_bytes())?)
}

/// True if the bytes are one JSON object. The words for what is no number are let through, as
/// `plain_numbers` does.
fn is_object(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let valid = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    valid(text) || super::numbers::plain_numbers(text).is_some_and(|text| valid(&text))
}

const COLOURS_END: [&[u8]; 2] = [b"\x1b[0m", b"\x1b[m"];
/// How many braces may be in the text before an object.
const STARTS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_behind_text_and_nothing_else_is() {
        let object = r#"{"a": "x {y}", "b": {"c": 1}}"#;
        for before in [
            "",
            "2024-03-10T00:40:00.558Z ",
            "<134>1 2024-03-10T10:00:00Z host app 1 - [ex@1 k=\"v\"] ",
            "Mar 10 10:00:00 host {app}[7]: ",
            "2024-03-10T00:40:00Z stdout F ",
            "web-1  | ",
            "[2024-03-10 10:00:00,123] INFO: ",
            "\u{1b}[36mweb-1\u{1b}[0m | ",
        ] {
            for after in ["", " ", "\r", "\u{1b}[0m\r", " \u{1b}[m"] {
                let line = format!("{before}{object}{after}");
                let found = json_in_line(line.as_bytes());
                assert_eq!(found.map(|found| &line[found]), Some(object), "{line}");
            }
        }
        for line in [
            "",
            "text",
            "{",
            "}",
            "{text}",
            "a {\"b\": }",
            "[1, 2]",
            "{\"a\":1} behind",
        ] {
            assert_eq!(json_in_line(line.as_bytes()), None, "{line}");
        }
        assert!(json_in_line(b"x {\"a\": NaN}").is_some());
    }
}
