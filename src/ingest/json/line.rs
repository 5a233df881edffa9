//! JSON behind other text: at the end of a line of a log, or of a text in a cell.

use std::ops::Range;

use memchr::memchr_iter;
use serde::de::IgnoredAny;

use super::value_end::{Step, ValueEnd};

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
pub(in crate::ingest) fn first_object(text: &[u8]) -> Option<Range<usize>> {
    let mut starts = memchr_iter(b'{', text).take(STARTS);
    starts.find_map(|start| {
        let rest = text.get(start..)?;
        let found = match whole_object(rest) {
            Some(end) => rest.get(..end).filter(|object| is_text(object)),
            // With the words for what is no number it is none, and is let through.
            None => match ValueEnd::new(false).over(rest) {
                (end, Step::End) => rest.get(..end).filter(|object| is_object(object)),
                _ => None,
            },
        };
        found.map(|object| start..start + object.len())
    })
}

/// Where the JSON object ends that these bytes begin with.
fn whole_object(bytes: &[u8]) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// The JSON objects in a text, whatever is between them.
pub(super) fn objects_in_text(text: &str) -> Vec<&str> {
    let (mut objects, mut rest) = (Vec::new(), text);
    while let Some(found) = first_object(rest.as_bytes()) {
        let (before, behind) = rest.split_at(found.end);
        objects.extend(before.get(found.start..));
        rest = behind;
    }
    objects
}

/// True if a text has objects in it, and no brace that is of none.
pub(in crate::ingest) fn is_of_objects(text: &[u8]) -> bool {
    let (mut rest, mut any) = (text, false);
    while let Some(found) = first_object(rest) {
        (rest, any) = (rest.get(found.end..).unwrap_or_default(), true);
    }
    any && !rest.contains(&b'{')
}

/// True if nothing is behind the object of a line but blanks and a terminal's end of colours.
pub(super) fn ends_line(behind: &[u8]) -> bool {
    let behind = behind.trim_ascii();
    behind.is_empty() || COLOURS_END.contains(&behind)
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

    #[test]
    fn every_object_of_a_text_is_found() {
        let [one, two] = [r#"{"a": "x {y}", "b": {"c": NaN}}"#, r#"{"d": 1}"#];
        for text in [
            format!("{one}{two}"),
            format!("{one}\n{two}\n"),
            format!("{{app}} [7]: {one} took 5 ms, {two} too"),
            format!("202 <134>1 - {one}31 <134>1 - {two}"),
        ] {
            assert_eq!(objects_in_text(&text), [one, two], "{text}");
        }
        for text in ["", "text", "{text}", "{\"a\": {\"b\"", "[1]"] {
            assert_eq!(objects_in_text(text), Vec::<&str>::new(), "{text}");
        }
        for behind in ["", " \r", "\u{1b}[0m", " \u{1b}[m\r"] {
            assert!(ends_line(behind.as_bytes()), "{behind:?}");
        }
        assert!(!ends_line(b" took 5 ms"));
    }
}
