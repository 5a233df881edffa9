//! Cells that say that there is no value: what programs write for an absent one.

use crate::domain::Field;

/// True if the cell of this field only says that there is no value.
pub(super) fn says_nothing(field: Field, cell: &str) -> bool {
    // Asked of nearly every cell of a file, of which nearly every one is told by its first byte or its length.
    let bytes = cell.as_bytes();
    match bytes {
        [] => return false,
        [first, ..] if !STARTS[usize::from(*first)] || bytes.len() > LONGEST => return false,
        [_, second] if second.is_ascii_alphabetic() && bytes[0] != b'\\' => {
            return is_na(field, cell);
        }
        _ => {}
    }
    // What a spreadsheet shows of a value that its column is too narrow for: it was there, and is lost.
    if bytes.iter().all(|byte| *byte == b'#') {
        return false;
    }
    let word = cell.trim_matches(['(', ')', '<', '>', '[', ']', '#']);
    if word
        .chars()
        .all(|c| matches!(c, '-' | '–' | '—' | '?' | '.'))
    {
        return true;
    }
    if word.bytes().all(|byte| byte == b'0') {
        // A user may have this name.
        return field != Field::User;
    }
    is_na(field, word) || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// As statisticians write it. It is Namibia too, and perhaps a state or a name of two letters.
fn is_na(field: Field, word: &str) -> bool {
    word.eq_ignore_ascii_case("na") && !matches!(field, Field::Country | Field::State | Field::User)
}

/// The longest of these cells, in bytes.
const LONGEST: usize = 16;
/// The bytes that they begin with.
const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let first = b"nNuUmMeEbB-\xe2?.\\(<[#0";
    let mut at = 0;
    while at < first.len() {
        starts[first[at] as usize] = true;
        at += 1;
    }
    starts
};
const WORDS: [&str; 20] = [
    "null",
    "n/a",
    "n.a.",
    "n.a",
    "\\n",
    "nan",
    "nat",
    "none",
    "nil",
    "unknown",
    "undefined",
    "unavailable",
    "not available",
    "not applicable",
    "not set",
    "not known",
    "unspecified",
    "missing",
    "empty",
    "blank",
];

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
        ] {
            assert!(!says_nothing(Field::Carrier, cell), "{cell}");
        }
        assert!(!says_nothing(Field::Country, "NA"));
        assert!(!says_nothing(Field::State, "NA"));
        assert!(!says_nothing(Field::User, "0"));
        assert!(says_nothing(Field::Country, "0"));
    }
}
