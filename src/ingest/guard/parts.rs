//! A list of parts of words, and whether a text has one of them: in one pass over the text.

/// In their order, so that those with the same first letter are together.
pub(super) struct Parts(Vec<&'static str>);

impl Parts {
    /// Of a list with commas, each with a space behind it.
    pub(super) fn of(list: &'static str) -> Self {
        let mut parts: Vec<_> = list.split(", ").collect();
        parts.sort_unstable();
        Self(parts)
    }

    /// True if the text has one of them, wherever it is.
    pub(super) fn are_in(&self, text: &str) -> bool {
        text.char_indices().any(|(at, letter)| {
            let rest = text.get(at..).unwrap_or_default();
            let first = |part: &&str| part.chars().next() < Some(letter);
            let from = self.0.partition_point(first);
            let others = self.0.get(from..).unwrap_or_default();
            let mut same = others.iter().take_while(|part| part.starts_with(letter));
            same.any(|part| rest.starts_with(part)) && begins_word(text, at, letter)
        })
    }
}

/// Hebrew and Arabic have spaces between words, so a part of one is a part only where the word
/// begins: the province `هرمزگان` has no `رمز`. Before it may be what they join to words: an article,
/// `and`, `in`.
fn begins_word(text: &str, at: usize, letter: char) -> bool {
    let is_such = |c: char| matches!(c, '\u{590}'..='\u{6ff}');
    if !is_such(letter) {
        return true;
    }
    let before = text.get(..at).unwrap_or_default();
    let word = before.rsplit(|c: char| !is_such(c)).next();
    let word = word.unwrap_or_default();
    word.is_empty() || JOINED.contains(&word)
}

/// What Hebrew and Arabic write before a word without a space.
const JOINED: [&str; 16] = [
    "ال", "وال", "بال", "فال", "لل", "و", "ب", "ل", "ف", "ה", "ב", "ל", "ו", "ש", "כ", "מה",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_wherever_it_is() {
        let parts = Parts::of("code, 验证码, co");
        for text in ["xcode", "您的验证码", "taco"] {
            assert!(parts.are_in(text), "{text}");
        }
        for text in ["", "c", "验证"] {
            assert!(!parts.are_in(text), "{text}");
        }
    }

    #[test]
    fn where_words_are_joined_to_others_a_part_begins_one() {
        let parts = Parts::of("رمز, קוד");
        for text in ["رمز 12", "12 الرمز", "הקוד", "קוד: 1"] {
            assert!(parts.are_in(text), "{text}");
        }
        for text in ["هرمزگان 12", "מיקוד 12"] {
            assert!(!parts.are_in(text), "{text}");
        }
    }
}
