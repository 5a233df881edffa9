//! What nobody sees in a text: marks without width, and the many kinds of space.
//!
//! Logs come out of web pages, spreadsheets and messengers, which leave such characters behind. Two texts that differ
//! in them only look the same to everybody, so they have to be the same to the vault. This file is the only one that
//! says which characters these are: for numbers, cells, names, accounts, times and headers alike.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether nobody sees the character: it is a mark or a blank.
pub fn is_invisible(c: char) -> bool {
    is_blank(c) || is_mark(c)
}

/// A character without width: the format characters of Unicode (category `Cf`: byte order mark, soft hyphen, zero-width
/// space, marks of direction, …) and the others that Unicode lets a program ignore, such as variation selectors.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && (c.general_category() == GeneralCategory::Format || is_ignorable(c))
}

/// What makes a text look like another one: a separator of lines or paragraphs, and the marks that embed, override or
/// isolate a direction. What is written from right to left needs none of them, nor does a name.
pub fn is_disguise(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A space of any kind: white space as Unicode has it (with the no-break space and its kin, tabs and line ends), and
/// the fillers, which are as blank.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// The text without invisible characters at its ends.
#[inline]
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        // Most texts have nothing to trim.
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim_matches(is_invisible),
    }
}

/// The text as it looks: trimmed, without marks, with a plain space for each other kind of space, and with one
/// character for a letter and its accent, however they were typed (Unicode's form NFC). Control characters stay what
/// they are, because whoever reads the text has to refuse them.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    let stays = |c: char| c == ' ' || c.is_control() || !is_invisible(c);
    if text.is_ascii() || (text.chars().all(stays) && is_composed(text)) {
        return Cow::Borrowed(text);
    }
    let seen = text.chars().filter_map(|c| match c {
        _ if stays(c) => Some(c),
        _ if is_blank(c) => Some(' '),
        _ => None,
    });
    // Room for all of it: a text that grew would leave parts of a number in freed memory.
    let mut whole = String::with_capacity(text.len() * MOST_GROWTH);
    whole.extend(seen.nfc());
    Cow::Owned(whole)
}

/// Whether the text is surely in form NFC.
fn is_composed(text: &str) -> bool {
    // All characters before the first accent that stands alone are.
    text.chars().all(|c| c < '\u{300}') || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// How many times longer a text in UTF-8 may become in form NFC (Unicode Standard Annex 15).
const MOST_GROWTH: usize = 3;

/// `Default_Ignorable_Code_Point` of Unicode's `DerivedCoreProperties.txt`, as far as it is not in category `Cf`.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2065}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_dropped_and_spaces_of_any_kind_are_spaces() {
        for (text, seen) in [
            ("ACME", "ACME"),
            ("\u{feff}ACME\u{200b}", "ACME"),
            ("AC\u{ad}ME", "ACME"),
            ("\u{202a}ACME\u{202c}\u{a0}", "ACME"),
            ("A\u{fe0f}\u{2060}\u{200d}\u{e0100}\u{61c}B", "AB"),
            ("ACME\u{a0}Corp", "ACME Corp"),
            ("ACME\u{3000}Corp\u{202f}PM", "ACME Corp PM"),
            (" Côte d’Ivoire\r\n", "Côte d’Ivoire"),
            ("Telefo\u{301}nica", "Telefónica"),
            ("Telefo\u{200b}\u{301}nica", "Telefónica"),
            ("Ma\u{308}rz", "März"),
            ("\u{1100}\u{1161}", "\u{ac00}"),
            ("a\tb", "a\tb"),
            ("é\tb\u{200b}", "é\tb"),
            ("\u{200e}", ""),
        ] {
            assert_eq!(cleaned(text), seen, "{text:?}");
        }
        assert!(matches!(cleaned("Côte d’Ivoire"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_the_ends_are_trimmed() {
        assert_eq!(trim("\u{feff} a\u{200b}b \u{2068}"), "a\u{200b}b");
        assert_eq!(trim("\u{feff}"), "");
    }

    #[test]
    fn what_can_be_seen_is_no_mark() {
        for c in (' '..='~').chain("é’-–−·•+０（）ー٠".chars()) {
            assert!(!is_mark(c), "{c:?}");
            assert_eq!(is_invisible(c), c == ' ', "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_text_stays_as_it_is(text in "\\PC{0,20}[ \u{a0}\u{200b}\t]{0,3}\\PC{0,20}") {
            let seen = cleaned(&text);
            prop_assert_eq!(cleaned(&seen), seen.as_ref());
            prop_assert!(!seen.chars().any(is_mark));
        }
    }
}
