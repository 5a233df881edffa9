//! What quotes in a delimited file mean.

use crate::domain::words;

words! {
    /// How quotes in a delimited file are read.
    #[derive(Default)]
    pub enum Quotes {
        /// As in RFC 4180. A quote that swallows lines refuses the file.
        #[default]
        Auto => "auto",
        /// As any other character: a line is a record. Quotes around a whole cell are taken off.
        None => "none",
        /// As in RFC 4180, whatever comes of it.
        Standard => "standard",
    }
}

/// The mark that all names are between, if CSV has no such quotes.
pub(in crate::ingest) fn other_quotes(names: &[&str]) -> Option<char> {
    let mark = names.first()?.chars().next()?;
    let close = QUOTES.iter().find(|(open, _)| *open == mark)?.1;
    let quoted =
        |name: &&str| name.chars().count() > 2 && name.starts_with(mark) && name.ends_with(close);
    (names.len() > 1 && names.iter().all(quoted)).then_some(mark)
}

/// Quotes of other kinds, as they open and close.
const QUOTES: [(char, char); 9] = [
    ('[', ']'),
    ('\'', '\''),
    ('`', '`'),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('\u{201d}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
    ('\u{ab}', '\u{bb}'),
    ('\u{2033}', '\u{2033}'),
];
