//! When messages are sent: office hours and the working week, in local time.
//!
//! Two tables of weights, estimated after the usual pattern of sign-ins at work, without a public
//! figure. Public holidays are not modelled.

use super::zone::Zone;

/// How busy this minute after 2024-03-01T00:00Z is for people in the zone, relative to other
/// minutes.
pub(super) fn busy(zone: Zone, minute: i64) -> f64 {
    let local = minute + zone.offset(minute);
    let of_day = local.rem_euclid(DAY);
    // 1 March 2024 was a Friday, day 4 of a week from Monday.
    let weekday = (local.div_euclid(DAY) + 4 + zone.week_starts_early()).rem_euclid(7);
    let (hour, past) = (of_day / 60, of_day % 60);
    let (now, next) = (HOURS[hour as usize], HOURS[((hour + 1) % 24) as usize]);
    let level = u32::from(now) * (60 - past as u32) + u32::from(next) * past as u32;
    f64::from(level) * f64::from(DAYS[weekday as usize])
}

pub(super) const MINUTES: i64 = 31 * DAY;
const DAY: i64 = 24 * 60;

/// From midnight; between two full hours the level changes linearly.
const HOURS: [u8; 24] = [
    3, 2, 1, 1, 2, 5, 14, 38, 72, 85, 78, 66, 58, 66, 66, 58, 48, 34, 24, 20, 18, 14, 9, 5,
];

/// From Monday.
const DAYS: [u8; 7] = [104, 106, 105, 103, 92, 24, 20];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekday_morning_is_busier_than_its_night_and_than_a_sunday() {
        // Monday 4 March, 14:00 UTC is nine in New York; Sunday 3 March; 06:00 UTC is one at night.
        let minute = |day: i64, hour: i64| ((day - 1) * 24 + hour) * 60;
        let morning = busy(Zone::Eastern, minute(4, 14));
        assert!(morning > 20.0 * busy(Zone::Eastern, minute(4, 6)));
        assert!(morning > 4.0 * busy(Zone::Eastern, minute(3, 14)));
        // Sunday is a working day in Israel, Friday is not.
        assert!(busy(Zone::Israel, minute(3, 7)) > 3.0 * busy(Zone::Israel, minute(8, 7)));
    }
}
