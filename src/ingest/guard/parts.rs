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
            let from = self
                .0
                .partition_point(|part| part.chars().next() < Some(letter));
            let same = self
                .0
                .iter()
                .skip(from)
                .take_while(|part| part.starts_with(letter));
            same.into_iter().any(|part| rest.starts_with(part))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_wherever_it_is() {
        let parts = Parts::of("code, 验证码, co");
        for text in ["xcode", "您的验证码", "taco"] {
            assert!(parts.are_in(text), "{text}");
        }
        for text in ["", "c", "验证", "cod\u{301}e".get(1..).unwrap_or_default()] {
            assert!(!parts.are_in(text), "{text}");
        }
    }
}
