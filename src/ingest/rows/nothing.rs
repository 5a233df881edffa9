//! Cells that say that there is no value: what programs write for an absent one.

use crate::domain::Field;

/// True if the cell of this field only says that there is no value.
pub(super) fn says_nothing(field: Field, cell: &str) -> bool {
    // Nearly every cell is something else, and is told by its length or its first byte.
    let bytes = cell.as_bytes();
    if bytes.len() > LONGEST || !bytes.first().is_some_and(|first| FIRST.contains(first)) {
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
    if word.eq_ignore_ascii_case("na") {
        // Namibia, and a state or a name of two letters.
        return !matches!(field, Field::Country | Field::State | Field::User);
    }
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The longest of these cells, in bytes.
const LONGEST: usize = 16;
/// What they begin with.
const FIRST: &[u8] = b"nNuUmMeEbB-\xe2?.\\(<[#0";
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
        ] {
            assert!(!says_nothing(Field::Carrier, cell), "{cell}");
        }
        assert!(!says_nothing(Field::Country, "NA"));
        assert!(!says_nothing(Field::State, "NA"));
        assert!(!says_nothing(Field::User, "0"));
        assert!(says_nothing(Field::Country, "0"));
    }
}
