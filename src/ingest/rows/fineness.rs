//! How finely a record says when its message was sent.
//!
//! The vault keeps whole seconds. Within one file more of the time is used, to tell rows apart that differ in it only.

use crate::ingest::formats::shape::Reads;
use crate::vault::plaintext::Fineness;

/// What the cell of a time says that its second does not.
pub(super) fn fineness(cell: &str, reads: Reads) -> Fineness {
    let bytes = cell.as_bytes();
    match reads {
        Reads::EpochSeconds => match bytes.iter().position(|byte| *byte == b'.') {
            Some(at) => of_fraction(bytes.get(at + 1..).unwrap_or_default()),
            None => Fineness::Second,
        },
        Reads::EpochMillis => of_parts(bytes, 3),
        Reads::EpochMicros => of_parts(bytes, 6),
        Reads::EpochNanos => of_parts(bytes, 9),
        _ => of_text(bytes),
    }
}

/// The last so many digits of a whole number are a fraction of a second.
fn of_parts(bytes: &[u8], digits: usize) -> Fineness {
    let whole = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    let parts = whole.count().saturating_sub(digits);
    of_fraction_in_parts(bytes.get(parts..).unwrap_or_default())
}

/// Looks for `22:34:49.123`, and for `22:34` without seconds. The marks between may be dots.
fn of_text(text: &[u8]) -> Fineness {
    // `2024-03-10T11:00:00Z`, which most logs write.
    if let [date @ .., h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = text
        && date.len() == DATE
        && [h1, h2, m1, m2, s1, s2].into_iter().all(u8::is_ascii_digit)
    {
        return Fineness::Second;
    }
    let mut to_the_minute = false;
    let mut rest = text;
    while let [_, tail @ ..] = rest {
        if let [h, mark @ (b':' | b'.'), m1, m2, after @ ..] = rest
            && [h, m1, m2].into_iter().all(u8::is_ascii_digit)
        {
            match after {
                [again, s1, s2, after @ ..]
                    if again == mark && s1.is_ascii_digit() && s2.is_ascii_digit() =>
                {
                    return match after {
                        [b'.' | b',', fraction @ ..] => of_fraction(fraction),
                        // A date with dots, such as 21.03.2024.
                        [digit, ..] if digit.is_ascii_digit() => {
                            rest = after;
                            continue;
                        }
                        _ => Fineness::Second,
                    };
                }
                // The first of them is the time of day; an offset may follow.
                _ if *mark == b':' => to_the_minute = true,
                _ => {}
            }
        }
        rest = tail;
    }
    match to_the_minute {
        true => Fineness::Minute,
        false => Fineness::Second,
    }
}

/// Digits behind the mark, and what follows them.
fn of_fraction(text: &[u8]) -> Fineness {
    let mut nanos = 0_u32;
    let mut digits = 0;
    for byte in text
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .take(NANOS)
    {
        nanos = nanos * 10 + u32::from(byte - b'0');
        digits += 1;
    }
    for _ in digits..NANOS {
        nanos *= 10;
    }
    match digits {
        0 => Fineness::Second,
        _ => Fineness::Fraction(nanos),
    }
}

/// The same with a dot somewhere among the digits.
fn of_fraction_in_parts(text: &[u8]) -> Fineness {
    let mut digits = [b'0'; NANOS];
    let found = text.iter().filter(|byte| **byte != b'.');
    for (digit, found) in digits.iter_mut().zip(found) {
        *digit = *found;
    }
    of_fraction(&digits)
}

/// The length of `2024-03-10T`.
const DATE: usize = 11;
/// Digits of a nanosecond.
const NANOS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_is_seen_in_every_spelling() {
        for (cell, reads, nanos) in [
            ("2024-03-10T11:00:00.100Z", Reads::Text, 100_000_000),
            ("2024-03-10T11:00:00.1Z", Reads::Text, 100_000_000),
            ("2024-03-10 11:00:00,35+00:00", Reads::Text, 350_000_000),
            (
                "2024-03-10T11:00:00.466370123456+0000",
                Reads::Text,
                466_370_123,
            ),
            ("10/03/2024 11:00:00.9 PM", Reads::Text, 900_000_000),
            ("10-MAR-24 11.00.00.123000 PM", Reads::Text, 123_000_000),
            ("10.03.2024 11:00:00.5", Reads::Text, 500_000_000),
            ("2024-03-10T11:00:00.000Z", Reads::Text, 0),
            ("1710068400.25", Reads::EpochSeconds, 250_000_000),
            ("1710068400250", Reads::EpochMillis, 250_000_000),
            ("1710068400250.5", Reads::EpochMillis, 250_500_000),
        ] {
            assert_eq!(fineness(cell, reads), Fineness::Fraction(nanos), "{cell}");
        }
    }

    #[test]
    fn whole_seconds_and_whole_minutes_are_told_apart() {
        for (cell, reads) in [
            ("2024-03-10T11:00:00Z", Reads::Text),
            ("2024-03-10T11:00:00+05:30", Reads::Text),
            ("10.03.2024 11:00:00", Reads::Text),
            ("10.03.2024 11.00.00", Reads::Text),
            ("Sun, 10 Mar 2024 11:00:00 +0000", Reads::Text),
            ("20240310T110000Z", Reads::Text),
            ("1710068400", Reads::EpochSeconds),
            ("", Reads::Text),
        ] {
            assert_eq!(fineness(cell, reads), Fineness::Second, "{cell}");
        }
        for cell in [
            "2024-03-10T11:00Z",
            "2024-03-10 11:00+05:30",
            "3/10/2024 9:00",
            "10.03.2024 11:00",
            "03/10/2024 11:00 PM",
        ] {
            assert_eq!(fineness(cell, Reads::Text), Fineness::Minute, "{cell}");
        }
    }
}
