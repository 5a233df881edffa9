//! The words that some programs write where a number is none: `NaN` and `Infinity`, which are no
//! JSON.

use zeroize::Zeroizing;

/// The text with `null` for each such word, or nothing if it has none. Words in strings stay.
pub(super) fn plain_numbers(text: &str) -> Option<Zeroizing<String>> {
    let words = WORDS.iter().any(|word| text.contains(word));
    if !words {
        return None;
    }
    // `null` is at most one byte longer than a word, and each word needs a byte beside it.
    let mut plain = Zeroizing::new(String::with_capacity(text.len() * 2));
    let mut rest = text;
    let mut found = false;
    while let Some(next) = rest.chars().next() {
        if next == '"' {
            let string = string(rest);
            plain.push_str(string);
            rest = rest.get(string.len()..).unwrap_or_default();
            continue;
        }
        if let Some(after) = WORDS.iter().find_map(|word| rest.strip_prefix(word)) {
            plain.push_str("null");
            (rest, found) = (after, true);
            continue;
        }
        plain.push(next);
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    found.then_some(plain)
}

/// The string at the beginning of a text, with its quotes; without the last if there is none.
fn string(text: &str) -> &str {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return text.get(..=at).unwrap_or_default(),
            _ => {}
        }
    }
    text
}

/// As Python and JavaScript write them. The sign comes first.
const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_no_number_become_null_outside_strings() {
        for (text, plain) in [
            (
                r#"{"a":NaN,"b":[-Infinity,Infinity]}"#,
                r#"{"a":null,"b":[null,null]}"#,
            ),
            (
                r#"{"NaN":"NaN \" NaN","b":NaN}"#,
                r#"{"NaN":"NaN \" NaN","b":null}"#,
            ),
        ] {
            assert_eq!(
                plain_numbers(text).as_deref().map(String::as_str),
                Some(plain)
            );
        }
        for text in [r#"{"a":1}"#, r#"{"a":"NaN"}"#, r#"{"a":"NaN"#] {
            assert_eq!(plain_numbers(text).as_deref(), None, "{text}");
        }
    }
}
