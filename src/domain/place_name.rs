//! One form for the names of countries and states, however they are written.

use super::invisible::{cleaned, is_blank};

/// In lower case, without dots, commas, invisible marks and a leading `the`; `&` is `and`, and one space is between two
/// words.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let is_gap = |c: char| is_blank(c) || c == ',';
    let lower = cleaned(text).to_lowercase().replace('&', " and ");
    // `U.S.` is one word; `Washington, D.C.` is two.
    let joined = lower.replace('.', "");
    for word in joined.split(is_gap).filter(|word| !word.is_empty()) {
        if folded.is_empty() && word == "the" {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_form() {
        for (text, form) in [
            ("U.S.", "us"),
            (" U. S. A. ", "u s a"),
            ("Washington, D.C.", "washington dc"),
            ("The Bahamas", "bahamas"),
            ("Antigua & Barbuda", "antigua and barbuda"),
            ("NEW\u{a0}\u{200b} York", "new york"),
            ("the", ""),
            ("\u{feff}", ""),
        ] {
            assert_eq!(folded(text), form, "{text:?}");
        }
    }
}
