//! A time whose day and time of day are in two columns, or in one and not written as usual.

/// Puts the two together, with a space between. If nobody said how they are written, the time of day may have twelve
/// hours, or an hour of one digit, and the day may be written with slashes or dots, year first.
pub(super) fn join<'a>(day: &str, clock: &str, any_form: bool, room: &'a mut String) -> &'a str {
    room.clear();
    let day = without_midnight(day);
    let parts = day.split(['/', '.']).map(str::len);
    match parts.collect::<Vec<_>>().as_slice() {
        [4, 2, 2] if any_form => {
            let dashed = |c| if matches!(c, '/' | '.') { '-' } else { c };
            room.extend(day.chars().map(dashed));
        }
        _ => room.push_str(day),
    }
    room.push(' ');
    match twenty_four(clock).filter(|_| any_form) {
        Some((hour, rest, zone)) => {
            room.push_str(hour);
            room.push_str(rest);
            room.push_str(zone);
        }
        None => room.push_str(clock),
    }
    room
}

/// The day and the time of day of a text that begins with a year.
pub(super) fn halves(text: &str) -> Option<(&str, &str)> {
    let (day, clock) = text.split_once([' ', 'T'])?;
    let year = day.get(..4)?;
    let begins = year.bytes().all(|byte| byte.is_ascii_digit());
    begins.then(|| (day.trim_end_matches(','), clock.trim_start()))
}

/// True for a day that is written as its midnight.
pub(super) fn is_midnight(time: &str) -> bool {
    without_midnight(time).len() < time.len()
}

/// A spreadsheet writes a day as its midnight.
fn without_midnight(day: &str) -> &str {
    let midnight = ["T00:00:00", " 00:00:00", " 0:00", " 00:00"];
    let mut days = midnight.iter().filter_map(|time| day.strip_suffix(time));
    days.next().unwrap_or(day)
}

/// The hour of 24 in two digits, the rest before `AM` or `PM`, and what is behind that: a zone.
fn twenty_four(clock: &str) -> Option<(&'static str, &str, &str)> {
    let (hour, _) = clock.split_once(':')?;
    let rest = clock.get(hour.len()..)?;
    let hour: usize = hour.parse().ok().filter(|_| hour.len() <= 2)?;
    let (hour, rest, zone) = match (hour, half_of_day(rest)) {
        (12, Some((before, false, zone))) => (0, before, zone),
        (1..=11, Some((before, false, zone))) | (12, Some((before, true, zone))) => {
            (hour, before, zone)
        }
        (1..=11, Some((before, true, zone))) => (hour + 12, before, zone),
        (_, Some(_)) => return None,
        (_, None) => (hour, rest, ""),
    };
    Some((HOURS.get(hour)?, rest, zone))
}

/// What is before `AM`, `PM`, `a.m.` or `p.m.`, whether it is after noon, and what is behind it, which may be a zone.
fn half_of_day(rest: &str) -> Option<(&str, bool, &str)> {
    let (before, half) = rest.split_at_checked(rest.find(['A', 'a', 'P', 'p'])?)?;
    let behind = ["am", "pm", "a.m.", "p.m."].iter().find_map(|name| {
        let (said, behind) = half.split_at_checked(name.len())?;
        said.eq_ignore_ascii_case(name).then_some(behind)
    })?;
    let zone = behind.is_empty() || behind.starts_with([' ', '+', '-']);
    let after_noon = half.starts_with(['P', 'p']);
    zone.then_some((before.trim_end(), after_noon, behind))
}

const HOURS: [&str; 24] = [
    "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15",
    "16", "17", "18", "19", "20", "21", "22", "23",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_of_day_are_one_time() {
        for (day, clock, whole) in [
            ("2024-03-10", "11:00:00", "2024-03-10 11:00:00"),
            ("2024/03/10", "9:05", "2024-03-10 09:05"),
            ("2024-03-10T00:00:00", "10:34:49 PM", "2024-03-10 22:34:49"),
            ("2024-03-10 00:00:00", "12:01:00AM", "2024-03-10 00:01:00"),
            ("2024-03-10", "12:01 pm", "2024-03-10 12:01"),
            ("2024-03-10", "1:00:00 PM UTC", "2024-03-10 13:00:00 UTC"),
            ("2024-03-10", "1:00 p.m. +02:00", "2024-03-10 13:00 +02:00"),
            ("2024-03-10", "1:00:00PMX", "2024-03-10 01:00:00PMX"),
            (
                "2024-03-10",
                "9:05 America/Lima",
                "2024-03-10 09:05 America/Lima",
            ),
            ("2024-03-10", "11:00:00+02:00", "2024-03-10 11:00:00+02:00"),
            ("2024.03.10", "9:05 AM", "2024-03-10 09:05"),
            ("03/10/2024", "13:00 PM", "03/10/2024 13:00 PM"),
            ("2024-03-10", "noon", "2024-03-10 noon"),
        ] {
            let mut room = String::new();
            assert_eq!(join(day, clock, true, &mut room), whole);
        }
        let mut room = String::new();
        let read = join("03/10/2024", "9:05 PM", false, &mut room);
        assert_eq!(read, "03/10/2024 9:05 PM");
    }
}
