//! Points by day, for limits that look back over 30 days.
//!
//! A day is one of UTC. The window is today and the thirty days before, so that no 30 times 24
//! hours are counted too low.

use super::Moment;

/// What was spent on each day of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Daily(Vec<(i32, u32)>);

const DAY: i64 = 86_400;
const DAYS: i32 = 31;
const ENTRY: usize = 8;

impl Daily {
    /// The points of the window that ends now. Days after today count too: a clock that was set back
    /// gives nothing back.
    pub fn sum(&self, now: Moment) -> u64 {
        let oldest = day(now).saturating_sub(DAYS);
        let counted = self.0.iter().filter(|(day, _)| *day > oldest);
        counted.map(|(_, points)| u64::from(*points)).sum()
    }

    /// The points of today.
    pub fn today(&self, now: Moment) -> u64 {
        let today = day(now);
        let counted = self.0.iter().filter(|(day, _)| *day >= today);
        counted.map(|(_, points)| u64::from(*points)).sum()
    }

    /// Adds to today, and drops the days that no window needs.
    pub fn add(&mut self, now: Moment, points: u32) {
        let today = day(now);
        self.0.retain(|(day, _)| *day > today.saturating_sub(DAYS));
        match self.0.iter_mut().find(|(day, _)| *day == today) {
            Some((_, sum)) => *sum = sum.saturating_add(points),
            None => self.0.push((today, points)),
        }
    }

    /// In how many seconds the day after so many more days begins.
    pub fn seconds_to_day(now: Moment, days: i64) -> i64 {
        days.saturating_mul(DAY) - now.seconds().rem_euclid(DAY)
    }

    /// For each day its number since 1970 and its points, 4 bytes each, big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * ENTRY);
        for (day, points) in &self.0 {
            bytes.extend_from_slice(&day.to_be_bytes());
            bytes.extend_from_slice(&points.to_be_bytes());
        }
        bytes
    }

    /// Back from the same bytes; `None` if they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (entries, rest) = bytes.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return None;
        }
        let read = |[a, b, c, d, e, f, g, h]: &[u8; ENTRY]| {
            let day = i32::from_be_bytes([*a, *b, *c, *d]);
            (day, u32::from_be_bytes([*e, *f, *g, *h]))
        };
        Some(Self(entries.iter().map(read).collect()))
    }
}

fn day(now: Moment) -> i32 {
    i32::try_from(now.seconds().div_euclid(DAY)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Moment {
        Moment::from_seconds(day * DAY + 600)
    }

    #[test]
    fn a_window_has_thirty_days_and_today() {
        let mut daily = Daily::default();
        daily.add(at(100), 5);
        daily.add(at(100), 2);
        daily.add(at(101), 1);
        assert_eq!((daily.sum(at(101)), daily.today(at(101))), (8, 1));
        assert_eq!(daily.sum(at(130)), 8);
        assert_eq!(daily.sum(at(131)), 1);
        daily.add(at(140), 3);
        assert_eq!(daily.sum(at(140)), 3);
        assert_eq!(daily.to_bytes().len(), ENTRY);
    }

    #[test]
    fn a_clock_that_was_set_back_gives_nothing_back() {
        let mut daily = Daily::default();
        daily.add(at(100), 5);
        assert_eq!((daily.sum(at(90)), daily.today(at(90))), (5, 5));
    }

    #[test]
    fn its_bytes_read_back_and_others_do_not() {
        let mut daily = Daily::default();
        daily.add(at(19_800), 70_000);
        daily.add(at(19_801), 1);
        assert_eq!(Daily::from_bytes(&daily.to_bytes()), Some(daily));
        assert_eq!(Daily::from_bytes(&[0; 7]), None);
        assert_eq!(Daily::seconds_to_day(at(3), 1), DAY - 600);
    }
}
