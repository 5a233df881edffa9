//! What a request is called where its kind is only a word.

use super::each_kind;
use super::kind::{EachKind, Kind};

/// The kind with this word, if it was seen.
struct Sought<'a> {
    word: &'a str,
    one: Option<&'static str>,
}

impl EachKind for Sought<'_> {
    fn kind<K: Kind>(mut self) -> Self {
        if K::WORDS.one == self.word {
            self.one = Some(K::CALLED.one);
        }
        self
    }
}

/// One request of the kind with this word in the API, as a heading or a link.
pub(in crate::console) fn one(word: &str) -> &str {
    let sought = each_kind(Sought { word, one: None });
    sought.one.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RequestWords;

    /// What the kinds are called.
    struct All(Vec<(&'static str, [&'static str; 3])>);

    impl EachKind for All {
        fn kind<K: Kind>(mut self) -> Self {
            let called = K::CALLED;
            let words = [called.one, called.several, called.asked_for];
            self.0.push((K::WORDS.one, words));
            self
        }
    }

    #[test]
    fn every_kind_of_request_has_its_pages_and_words() {
        let All(all) = each_kind(All(Vec::new()));
        assert_eq!(RequestWords::ALL.len(), all.len());
        for kind in RequestWords::ALL {
            let found = all.iter().find(|(word, _)| *word == kind.one);
            let (_, [heading, several, asked_for]) = found.unwrap();
            assert!(heading.starts_with(char::is_uppercase), "{heading}");
            assert!(several.starts_with(char::is_uppercase), "{several}");
            assert!(asked_for.starts_with(char::is_lowercase), "{asked_for}");
            assert_eq!(one(kind.one), *heading);
        }
        assert_eq!(one("nothing of the kind"), "nothing of the kind");
    }
}
