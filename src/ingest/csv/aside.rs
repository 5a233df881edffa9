//! Lines of a delimited file that are no row: blank ones, rulers, totals. Asked only of records that cannot be
//! admitted, so that nothing that can be read is taken for one of them.

use super::first_cells::may_be_a_number;
use super::preamble::holds_a_number;
use crate::vault::plaintext::SkipKind;

/// Why the record is no row, if it is none. `record` is its bytes, with or without the delimiters; `number` is the
/// cell of the number, and `time` that of the time, if it is known which ones these are.
pub(in crate::ingest) fn aside(
    record: &[u8],
    (number, time): (Option<&str>, Option<&str>),
) -> Option<SkipKind> {
    let between = |byte: &u8| byte.is_ascii_whitespace() || b",;|\"'\x1f".contains(byte);
    if record.iter().all(between) {
        return Some(SkipKind::Blank);
    }
    if record
        .iter()
        .all(|byte| between(byte) || matches!(byte, 0 | 0x1a))
    {
        return Some(SkipKind::EndMark);
    }
    if record
        .iter()
        .all(|byte| between(byte) || b"-=+_:.~".contains(byte))
    {
        return Some(SkipKind::Ruler);
    }
    if number.is_some_and(|number| may_be_a_number(number.as_bytes()) || is_masked(number)) {
        return None;
    }
    if time.is_some_and(may_be_a_time) {
        return None;
    }
    let text = std::str::from_utf8(record).ok()?;
    (is_total(text) && !holds_a_number(text)).then_some(SkipKind::Total)
}

/// As many digits as a time has, with marks between them, or only digits.
fn may_be_a_time(time: &str) -> bool {
    let digits = time.bytes().filter(u8::is_ascii_digit).count();
    let marks = time.contains([':', '/', '-', 'T']) || digits == time.len() && digits >= 10;
    digits >= 6 && marks
}

/// A number of which nothing is left: `********`.
fn is_masked(number: &str) -> bool {
    number.contains(['*', '#', '•']) && !number.contains(char::is_alphabetic)
}

/// A sum or a count: words that say so, and numbers, but no other word.
fn is_total(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| word.chars().any(char::is_alphabetic));
    let (mut sums, mut counted, mut others) = (0, 0, 0);
    for word in words {
        match word {
            word if SUMS.contains(&word) => sums += 1,
            word if COUNTED.contains(&word) => counted += 1,
            word if BESIDE.contains(&word) => {}
            _ => others += 1,
        }
    }
    let first = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let counts_first = first.starts_with(|c: char| c.is_ascii_digit());
    // `Total,12`, `Total rows: 12`, `12 rows selected.`, `(3 rows)`, `no rows selected`, `end of report`
    others == 0 && (sums > 0 || (counted > 0 && (counts_first || first.starts_with("no "))))
}

/// The longest line that may be a total, in bytes.
const LONGEST: usize = 200;
const SUMS: [&str; 52] = [
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "grandtotal",
    "sum",
    "count",
    "eof",
    "end",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "anzahl",
    "totale",
    "totaux",
    "somme",
    "nombre",
    "suma",
    "totaal",
    "som",
    "aantal",
    "summa",
    "ukupno",
    "итого",
    "всего",
    "разом",
    "усього",
    "razem",
    "ogółem",
    "łącznie",
    "celkem",
    "spolu",
    "összesen",
    "toplam",
    "yhteensä",
    "totalt",
    "skupaj",
    "viso",
    "kokku",
    "kopā",
    "σύνολο",
    "jumlah",
    "tổng",
    "합계",
    "총계",
    "المجموع",
    "الإجمالي",
    "合計",
    "总计",
    "合计",
    "總計",
];
const COUNTED: [&str; 29] = [
    "row",
    "rows",
    "record",
    "records",
    "line",
    "lines",
    "result",
    "results",
    "message",
    "messages",
    "entry",
    "entries",
    "item",
    "items",
    "zeilen",
    "lignes",
    "filas",
    "righe",
    "linhas",
    "rijen",
    "rader",
    "wierszy",
    "строк",
    "datensätze",
    "nachrichten",
    "registros",
    "enregistrements",
    "mensajes",
    "mensagens",
];
const BESIDE: [&str; 27] = [
    "s",
    "of",
    "the",
    "and",
    "in",
    "set",
    "sec",
    "ms",
    "no",
    "number",
    "grand",
    "sub",
    "selected",
    "returned",
    "affected",
    "exported",
    "fetched",
    "found",
    "retrieved",
    "report",
    "file",
    "data",
    "sms",
    "général",
    "general",
    "de",
    "der",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_rulers_and_blanks_are_no_rows() {
        for (record, kind) in [
            ("", SkipKind::Blank),
            (" ,, ;\t|\"\"", SkipKind::Blank),
            ("\u{1a}", SkipKind::EndMark),
            ("-----+------+---", SkipKind::Ruler),
            ("|---|:---:|", SkipKind::Ruler),
            ("=====", SkipKind::Ruler),
            ("Total,2", SkipKind::Total),
            ("Total", SkipKind::Total),
            ("TOTAL:,,,,\"1,234\",,", SkipKind::Total),
            (",,Grand total,12345678,", SkipKind::Total),
            ("Total messages: 12", SkipKind::Total),
            ("3 rows", SkipKind::Total),
            ("(3 rows)", SkipKind::Total),
            ("(1 row)", SkipKind::Total),
            ("3 rows selected.", SkipKind::Total),
            ("no rows selected", SkipKind::Total),
            ("3 rows in set (0.00 sec)", SkipKind::Total),
            ("(2 row(s) affected)", SkipKind::Total),
            ("12 record(s) returned", SkipKind::Total),
            ("Summe;12", SkipKind::Total),
            ("End of report", SkipKind::Total),
            ("Razem;12", SkipKind::Total),
            ("合計,12", SkipKind::Total),
            ("12 Datensätze", SkipKind::Total),
        ] {
            let found = aside(record.as_bytes(), (None, None));
            assert_eq!(found, Some(kind), "{record:?}");
        }
    }

    #[test]
    fn what_may_be_a_row_is_one() {
        for record in [
            "Total Energies,12",
            "acme,+12025550142",
            "rows,12",
            "message 7 of acme",
            "Records Ltd,3",
            "x",
            "12",
        ] {
            assert_eq!(aside(record.as_bytes(), (None, None)), None, "{record:?}");
        }
        for (record, number) in [
            ("A,********,2024-03-10", "********"),
            ("********,****", "********"),
            ("Count,********", "********"),
            ("####,####", "####"),
        ] {
            let found = aside(record.as_bytes(), (Some(number), None));
            assert_eq!(found, None, "{record}");
        }
        for record in [
            "Subtotal +13035550100,1,,",
            "(1 row) +13035550100",
            "Total,1,12,+1 303 555 0100",
        ] {
            assert_eq!(aside(record.as_bytes(), (None, None)), None, "{record}");
        }
        let total = b"Total,+12025550142,12";
        assert_eq!(aside(total, (Some("+12025550142"), None)), None);
        assert_eq!(aside(total, (Some(""), Some("12"))), None);
        assert_eq!(
            aside(b"Total,,12", (Some(""), Some("12"))),
            Some(SkipKind::Total)
        );
        for time in ["2024-03-21 22:34:50", "21/03/24 22:34", "1711060489"] {
            let row = format!("2,1001,,{time},message");
            assert_eq!(aside(row.as_bytes(), (Some(""), Some(time))), None);
        }
    }
}
