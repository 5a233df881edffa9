//! The words and numbers of a cell, and what is told of each by the lists of words.

use std::cell::OnceCell;

use super::names;
use super::words::{Says, is_of_a_sentence, says};

/// The words and numbers of a cell.
pub(super) struct CellText {
    pub(super) lower: String,
    pub(super) parts: Vec<Part>,
    /// Words of two letters and more.
    pub(super) words: usize,
    /// Letters of scripts that have no capitals, other than Arabic and the like.
    pub(super) caseless: usize,
    /// It is not all in Latin, Greek and Cyrillic letters.
    pub(super) other_script: bool,
    /// Its number is a code of the post.
    pub(super) postal: bool,
    /// Whether somebody is spoken to in a script without capitals, once that was asked.
    pub(super) speaks_without_capitals: OnceCell<i32>,
}

/// A word, a number, or a mixture.
pub(super) struct Part {
    /// In lower case.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// It begins with a capital, or is written in a script without them.
    pub(super) capital: bool,
    /// All of it is capitals and digits.
    pub(super) upper: bool,
    /// There is a capital behind its first letter.
    pub(super) inner: bool,
    /// What is between it and the next one.
    pub(super) after: String,
    /// Where it ends in the cell, in bytes.
    pub(super) end: usize,
    /// What the lists say of it.
    pub(super) says: Option<Says>,
    /// A short piece of a name with hyphens, as `ki` in `Āwherika-ki-te-tonga`: no word of its own.
    pub(super) piece: bool,
}

impl Part {
    /// True for the code of a state and the like: two capitals.
    pub(super) fn is_short_code(&self) -> bool {
        self.upper && self.text.is_ascii() && self.text.len() == 2
    }

    /// True for a letter with a point: `d.d.`.
    pub(super) fn is_initial(&self) -> bool {
        self.after.starts_with('.') && self.text.chars().count() == 1
    }

    /// True for what may be a word of a sentence.
    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word && !self.piece && !self.is_short_code()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Mixed,
}

impl CellText {
    pub(super) fn of(cell: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut open = false;
        let mut caseless = 0;
        for (at, c) in cell.char_indices() {
            let alphabetic = c.is_alphabetic();
            let digit = !alphabetic && c.is_numeric();
            let letter = alphabetic || (!digit && is_of_letters(c));
            caseless +=
                usize::from(letter && !c.is_ascii() && !c.is_lowercase() && !c.is_uppercase());
            if !letter && !digit {
                open = false;
                if let Some(last) = parts.last_mut() {
                    last.after.push(c);
                }
                continue;
            }
            // Where words are written without spaces, a number between them is one of its own.
            let splits = parts.last().is_some_and(|last| match last.kind {
                Kind::Number => letter && !c.is_ascii(),
                Kind::Word => digit && !last.text.is_ascii(),
                Kind::Mixed => false,
            });
            if !open || splits {
                open = true;
                parts.push(Part {
                    text: String::new(),
                    kind: if digit { Kind::Number } else { Kind::Word },
                    capital: !c.is_lowercase(),
                    upper: true,
                    inner: false,
                    after: String::new(),
                    end: at,
                    says: None,
                    piece: false,
                });
            }
            if let Some(last) = parts.last_mut() {
                last.text.extend(c.to_lowercase());
                last.end = at + c.len_utf8();
                last.inner |= c.is_uppercase() && last.text.len() > 1;
                last.upper &= !c.is_lowercase();
                match last.kind {
                    Kind::Number if !digit => last.kind = Kind::Mixed,
                    Kind::Word if digit => last.kind = Kind::Mixed,
                    _ => {}
                }
            }
        }
        mark_pieces(&mut parts);
        for part in &mut parts {
            part.says = says(&part.text);
        }
        let long = |part: &&Part| part.kind == Kind::Word && part.text.chars().count() > 1;
        Self {
            lower: cell.to_lowercase(),
            words: parts.iter().filter(long).count(),
            parts,
            caseless,
            other_script: cell.chars().any(|c| c >= '\u{530}'),
            postal: false,
            speaks_without_capitals: OnceCell::new(),
        }
    }

    /// How many words say this. Short words in capitals are codes of states and the like.
    pub(super) fn count(&self, what: Says) -> i32 {
        let words = self
            .parts
            .iter()
            .filter(|part| part.is_word() && part.says == Some(what));
        let mut words: Vec<_> = words.map(|part| part.text.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.len() as i32
    }

    /// How many different words are of a sentence.
    pub(super) fn joins(&self, named: bool) -> i32 {
        let words = self
            .parts
            .iter()
            .filter(|part| part.is_word() && part.says == Some(Says::Joins))
            .filter(|part| is_of_a_sentence(&part.text, named));
        let mut words: Vec<_> = words.map(|part| part.text.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.len() as i32
    }

    /// True if all words begin with a capital, but those that join names.
    pub(super) fn is_titled(&self) -> bool {
        let mut words = self
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Word && !part.piece && !part.is_initial());
        let titled = words.all(|part| part.capital || LINKS.contains(&part.text.as_str()));
        titled && self.words >= 2 && self.caseless == 0
    }

    /// True if all words of more than three letters begin with a capital, as in names of places in many languages.
    pub(super) fn is_loosely_titled(&self) -> bool {
        let long = self
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Word && !part.piece && part.text.chars().count() > 3);
        let long: Vec<_> = long.collect();
        self.caseless == 0 && long.len() >= 2 && long.iter().all(|part| part.capital)
    }

    /// True for one word, which is no sentence, perhaps with hyphens. Some scripts have no spaces
    /// between words; what is as short as a name counts as one word there.
    pub(super) fn is_one_word(&self, named: bool) -> bool {
        let runs_on = self
            .lower
            .chars()
            .filter(|c| is_of_script_without_spaces(*c));
        let mut others = self.parts.iter().rev().skip(1);
        others.all(|part| part.after == "-")
            && runs_on.count() <= if named { OF_A_SHORT_NAME } else { 0 }
    }

    pub(super) fn has_legal_form(&self, anywhere: bool) -> bool {
        let words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        names::has_legal_form(&self.lower, words.map(|part| part.text.as_str()), anywhere)
    }
}

/// Marks the short pieces of names with hyphens, but not what French and others join to a verb: `es-tu`.
fn mark_pieces(parts: &mut [Part]) {
    let joined = |part: &Part| part.kind == Kind::Word && part.after == "-";
    let mut from = 0;
    while from < parts.len() {
        let rest = parts.get_mut(from..).unwrap_or_default();
        let size = 1 + rest.iter().take_while(|part| joined(part)).count();
        let meeting = rest.first().is_some_and(|part| part.text == "rendez");
        for (at, part) in rest.iter_mut().take(size).enumerate() {
            // A date, and nobody is spoken to: `rendez-vous`.
            part.piece = meeting && at == 1 && part.text == "vous";
            let short = part.text.chars().count() <= OF_A_PIECE;
            let of_verb = size == 2 && at == 1 && BEHIND_VERBS.contains(&part.text.as_str());
            part.piece |= size > 1 && short && !of_verb;
        }
        from += size;
    }
}

/// True for the scripts that write without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_of_script_without_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// True for the marks that belong to letters, of what is neither a letter nor a digit.
fn is_of_letters(c: char) -> bool {
    matches!(c, '\'' | '’')
        || (!c.is_ascii()
            && !c.is_whitespace()
            && !is_emoji(c)
            && !matches!(c, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}'
                | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{60c}' | '\u{61b}'
                | '\u{61f}' | '\u{964}' | '\u{965}'))
}

pub(super) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

/// A name in a script without spaces, as short as most texts are not.
const OF_A_SHORT_NAME: usize = 4;
/// A piece of a name with hyphens has at most so many letters.
const OF_A_PIECE: usize = 3;

/// What some languages join to a verb with a hyphen.
const BEHIND_VERBS: [&str; 16] = [
    "tu", "toi", "moi", "je", "il", "on", "ce", "me", "te", "se", "nos", "vos", "lhe", "lo", "la",
    "le",
];

/// Small words within the names of places and companies.
pub(super) const LINKS: [&str; 28] = [
    "of", "the", "and", "de", "la", "le", "les", "du", "des", "del", "los", "las", "von", "und",
    "der", "die", "das", "y", "et", "da", "do", "dos", "di", "della", "van", "het", "al", "en",
];
