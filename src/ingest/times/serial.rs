//! The numbers by which spreadsheets keep times: days since the end of 1899, with the time of day as a fraction. And
//! what else stands in the place of a time and is none: a day alone.

use crate::vault::plaintext::RejectKind;

/// A time as a spreadsheet keeps it, in seconds since 1970 of its own clock. Too few digits do not tell its seconds,
/// and without a fraction it is a day.
pub(in crate::ingest) fn serial(text: &str) -> Option<i64> {
    let (days, fraction) = parts(text)?;
    (fraction.len() >= DIGITS).then_some(())?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    Some((days - EPOCH) * DAY + (fraction * DAY as f64).round() as i64)
}

/// Why a text is no time that can be read.
pub(in crate::ingest) fn bad_time(text: &str) -> RejectKind {
    match parts(text) {
        Some((_, "")) => RejectKind::NoTimeOfDay,
        Some((_, fraction)) if fraction.len() < DIGITS => RejectKind::Damaged,
        Some(_) => RejectKind::SpreadsheetTime,
        None if is_day(text) => RejectKind::NoTimeOfDay,
        None => RejectKind::BadTime,
    }
}

/// True for a day without a time of day: `2024-03-21`, `21/03/2024`, `21-Mar-24`, `21 March 2024`, `Mar 21, 2024`.
pub(in crate::ingest) fn is_day(text: &str) -> bool {
    let mark = |c: char| "-/. ,".contains(c);
    let parts: Vec<&str> = text.split(mark).filter(|part| !part.is_empty()).collect();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let day = |part: &str| digits(part) && part.len() <= 2;
    let month = |part: &str| day(part) || part.len() >= 3 && part.chars().all(char::is_alphabetic);
    let year = |part: &str| digits(part) && matches!(part.len(), 2 | 4);
    match parts.as_slice() {
        [a, b, c] => {
            let named = !digits(a) || !digits(b);
            year(a) && a.len() == 4 && month(b) && day(c)
                || day(a) && month(b) && year(c)
                || named && month(a) && day(b) && year(c)
        }
        _ => false,
    }
}

/// The days and the digits of the fraction, if the days are between 2000 and 2040.
fn parts(text: &str) -> Option<(i64, &str)> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let days: i64 = days
        .parse()
        .ok()
        .filter(|_| digits(days) && digits(fraction))?;
    (36_526..51_500).contains(&days).then_some((days, fraction))
}

/// The days from the end of 1899, from which spreadsheets count, to 1970.
const EPOCH: i64 = 25_569;
/// The seconds of a day.
const DAY: i64 = 86_400;
/// So many digits of a day tell its seconds.
const DIGITS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_spreadsheet_is_a_time_to_the_second() {
        for text in ["45372.9408449074", "45372.94084490741", "45372,94084"] {
            assert_eq!(serial(text), Some(1_711_060_489), "{text}");
        }
        for (text, kind) in [
            ("45372", RejectKind::NoTimeOfDay),
            ("45372.94", RejectKind::Damaged),
            ("2024-03-21", RejectKind::NoTimeOfDay),
            ("1711060489", RejectKind::BadTime),
            ("x", RejectKind::BadTime),
        ] {
            assert_eq!((serial(text), bad_time(text)), (None, kind), "{text}");
        }
        assert_eq!(bad_time("45372.9408449074"), RejectKind::SpreadsheetTime);
    }

    #[test]
    fn a_day_alone_is_told_from_other_texts() {
        for text in [
            "2024-03-21",
            "2024/3/1",
            "21.03.2024",
            "3/21/24",
            "21-Mar-2024",
            "21 March 2024",
            "Mar 21, 2024",
        ] {
            assert!(is_day(text), "{text}");
        }
        for text in [
            "",
            "2024-03-21 22:34:49",
            "22:34:49",
            "12.5",
            "1.2.3.4",
            "ACME Corp Ltd",
            "192.168.1.1",
            "303-555-0101",
            "303.555.0101",
        ] {
            assert!(!is_day(text), "{text}");
        }
    }
}
