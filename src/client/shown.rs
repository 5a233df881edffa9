//! Text of the server as a terminal may get it. A terminal obeys control characters, and marks of direction make a text
//! look like another one, so both are spelt out.

use std::borrow::Cow;

use crate::domain::invisible::is_mark;

/// The text with each character that is obeyed or not seen as `\u{…}`.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match is_hidden(c) {
            true => safe.extend(c.escape_unicode()),
            false => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// The same for text of several lines.
pub(crate) fn shown_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(shown).collect();
    lines.join("\n")
}

/// The same for JSON, where these characters occur in strings only: the result means the same.
pub(crate) fn shown_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match is_hidden(c) {
            true => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => safe.push(c),
        }
    }
    safe
}

fn is_hidden(c: char) -> bool {
    c.is_control() || is_mark(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelt_out() {
        for (text, seen) in [
            ("plain, Grüße, 日本", "plain, Grüße, 日本"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\rb\tc\n", "a\\u{d}b\\u{9}c\\u{a}"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("\u{200b}\u{2028}", "\\u{200b}\\u{2028}"),
        ] {
            assert_eq!(shown(text), seen, "{text:?}");
        }
        assert_eq!(shown_lines("a\u{1b}\nb\n"), "a\\u{1b}\nb\n");
    }

    #[test]
    fn json_means_the_same_after_it() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}]0;x\u{7}\u{202e}\u{e0001}ü" });
        let safe = shown_json(&value.to_string());
        assert!(!safe.chars().any(is_hidden), "{safe}");
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(read, value);
    }
}
