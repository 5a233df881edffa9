//! Cells that say that there is no value: what programs, databases and spreadsheets write for an absent one. The one
//! list of such words serves every field; `reference` has more rules of its own.

use crate::domain::Field;

/// What stands in a cell in place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholder {
    /// Nothing but marks: `-`, `?`, `…`.
    Marks,
    /// Zeros, perhaps with marks: `0`, `0.0`, `0000-00-00`.
    Zeros,
    /// Letters that are a country, a state or somebody's initials elsewhere: `NA`, as statisticians write it.
    Initials,
    /// A word for it, or what a spreadsheet shows of a formula that failed.
    Word,
}

impl Placeholder {
    /// What the cell has in place of a value; nothing if it may be one. Of a word only the letters count, in any case:
    /// `(null)` is `null`, `NOT_SET` is `not set`.
    pub(super) fn of(cell: &str) -> Option<Self> {
        // A digit is in nearly every value, and in none of these cells.
        if cell.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            return None;
        }
        let mut room = [0; LONGEST];
        let letters = letters(cell, &mut room);
        match letters {
            [] => return Some(Self::Marks),
            [b'0', ..] if cell.chars().all(|c| c == '0' || !c.is_alphanumeric()) => {
                return Some(Self::Zeros);
            }
            _ => {}
        }
        let inside = cell.trim_matches(AROUND);
        let is = |text: &&str| text.eq_ignore_ascii_case(inside);
        if INITIALS.iter().any(is) && inside == cell {
            return Some(Self::Initials);
        }
        let failed = cell.starts_with('#') && (cell.ends_with(['!', '?']) || inside == "NV");
        // `\N` of MySQL and PostgreSQL; the letter alone may be a value.
        let known =
            failed || MARKED.iter().chain(&INITIALS).any(is) || inside.eq_ignore_ascii_case("\\n");
        let word = || WORDS.iter().any(|word| word.as_bytes() == letters);
        (known || word()).then_some(Self::Word)
    }
}

/// The letters and digits of a cell in lower case, as far as there is room.
fn letters<'r>(cell: &str, room: &'r mut [u8; LONGEST]) -> &'r [u8] {
    let mut filled = 0;
    let letters = cell.chars().filter(|c| c.is_alphanumeric());
    for c in letters.flat_map(char::to_lowercase) {
        let Some(to) = room.get_mut(filled..filled + c.len_utf8()) else {
            break;
        };
        c.encode_utf8(to);
        filled += c.len_utf8();
    }
    room.get(..filled).unwrap_or_default()
}

/// True if the cell of this field only says that there is no value.
pub(in crate::ingest) fn says_nothing(field: Field, cell: &str) -> bool {
    if !may_say_nothing(cell.as_bytes()) {
        return false;
    }
    match Placeholder::of(cell) {
        // Other marks stand for something: stars for digits that somebody masked, `####` for a value that a column
        // was too narrow for.
        Some(Placeholder::Marks) => cell.chars().all(|c| MARKS.contains(c)),
        // A user may have this name.
        Some(Placeholder::Zeros) => field != Field::User,
        Some(Placeholder::Initials) => {
            !matches!(field, Field::Country | Field::State | Field::User)
        }
        Some(Placeholder::Word) => true,
        None => false,
    }
}

/// Whether such a cell may be this long and begin like this. Asked of nearly every cell of a file, of which nearly
/// every one is told by its first two bytes.
fn may_say_nothing(cell: &[u8]) -> bool {
    match cell {
        [] => false,
        [first, ..] if !STARTS[usize::from(*first)] || cell.len() > LONGEST => false,
        [first, second, rest @ ..]
            if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() =>
        {
            let pair = [first, second].map(u8::to_ascii_lowercase);
            // Two letters are most often a country or a state.
            pair == *b"na" || (!rest.is_empty() && PAIRS.contains(&pair))
        }
        [first] => !first.is_ascii_alphabetic(),
        _ => true,
    }
}

/// The longest of these cells, in bytes.
const LONGEST: usize = 36;
/// The bytes that they begin with. All letters beyond ASCII are among them.
const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let first = b"nNuUmMeEbBdDiIoOsSkK-_.?/\\|~'\"(<[{#0:,;";
    let mut at = 0;
    while at < first.len() {
        starts[first[at] as usize] = true;
        at += 1;
    }
    at = 128;
    while at < 256 {
        starts[at] = true;
        at += 1;
    }
    starts
};
/// The two letters that words of ASCII letters begin with.
const PAIRS: [[u8; 2]; 14] = [
    *b"na", *b"ni", *b"no", *b"nu", *b"un", *b"mi", *b"em", *b"bl", *b"de", *b"in", *b"on", *b"sc",
    *b"si", *b"ke",
];
/// Marks that stand for nothing.
const MARKS: &str = "-‐‑‒–—―−_.…?/\\|~'\"()<>[]{}:,; ";
/// What is put around such a word.
const AROUND: [char; 11] = ['(', ')', '<', '>', '[', ']', '{', '}', '"', '\'', '#'];
/// Letters and digits only, in lower case.
const WORDS: [&str; 41] = [
    "null",
    "nul",
    "nil",
    "nan",
    "nat",
    "none",
    "undefined",
    "undef",
    "unknown",
    "unavailable",
    "notavailable",
    "notapplicable",
    "notset",
    "notprovided",
    "notspecified",
    "notknown",
    "notfound",
    "nodata",
    "novalue",
    "unset",
    "unspecified",
    "missing",
    "empty",
    "emptystring",
    "blank",
    // As others say it.
    "unbekannt",
    "keineangabe",
    "inconnu",
    "inconnue",
    "nonrenseigné",
    "desconocido",
    "sindatos",
    "desconhecido",
    "nãoinformado",
    "sconosciuto",
    "onbekend",
    "nieznany",
    "неизвестно",
    "未知",
    "不明",
    "없음",
];
/// Words that are others without their marks: `NA` is Namibia, `ND` is North Dakota.
const MARKED: [&str; 5] = ["n/a", "n.a.", "n.a", "n/d", "s/d"];
const INITIALS: [&str; 3] = ["na", "k.a.", "k. a."];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_an_absent_value_say_nothing() {
        for cell in [
            "NULL",
            "null",
            "(null)",
            "<NA>",
            "N/A",
            "#N/A",
            "-",
            "--",
            "—",
            "\\N",
            "nan",
            "NaN",
            "None",
            "unknown",
            "Unknown",
            "undefined",
            "0",
            "000",
            "NA",
            "(blank)",
            "_",
            "...",
            "\u{2026}",
            "''",
            "0.0",
            "0000-00-00 00:00:00",
            "not provided",
            "NOT_SET",
            "No data",
            "{null}",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#¡VALOR!",
            "#NV",
            "k.A.",
            "Unbekannt",
            "desconocido",
            "неизвестно",
            "未知",
        ] {
            assert!(says_nothing(Field::Carrier, cell), "{cell}");
        }
    }

    #[test]
    fn other_cells_say_something() {
        for cell in [
            "",
            "AT&T",
            "0 Telecom",
            "Nova",
            "N",
            "10",
            "none1",
            "Unknown Ltd",
            "#######",
            "##",
            "***",
            "+",
            "O",
            "ND",
            "Nil Telecom",
            "Blanket",
            "Sin",
            "Ontario",
            "United States",
            "Île-de-France",
            "日本",
            "#general",
        ] {
            assert!(!says_nothing(Field::Carrier, cell), "{cell}");
        }
        assert!(!says_nothing(Field::Country, "NA"));
        assert!(!says_nothing(Field::State, "NA"));
        assert!(!says_nothing(Field::User, "0"));
        assert!(says_nothing(Field::Country, "0"));
        for field in [Field::Country, Field::State, Field::User] {
            assert!(says_nothing(field, "<NA>"));
            assert!(says_nothing(field, "N/A"));
        }
    }

    #[test]
    fn every_word_passes_the_first_look() {
        for word in WORDS.iter().chain(&MARKED).chain(&INITIALS) {
            for cell in [(*word).to_owned(), word.to_uppercase(), format!("<{word}>")] {
                assert!(may_say_nothing(cell.as_bytes()), "{cell}");
                assert!(says_nothing(Field::Carrier, &cell), "{cell}");
            }
        }
    }
}
