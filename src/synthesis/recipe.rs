//! What to make, and what was made.

use crate::domain::Format;

/// A log to make. The same recipe gives the same bytes; the same recipe in
/// another format gives the same messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// How many messages.
    pub rows: u64,
    /// The seed of all random choices.
    pub seed: u64,
    /// The format of the file.
    pub format: Format,
    /// How many people, each with one number; by default 0.14 a row. Never more than rows, because
    /// everybody gets at least one message.
    pub people: Option<u64>,
}

/// What is in the log that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many messages.
    pub rows: u64,
    /// How many distinct numbers occur.
    pub numbers: u64,
}

impl Recipe {
    pub(super) fn head_count(&self) -> u32 {
        let wanted = self
            .people
            .unwrap_or_else(|| self.rows / 100 * 14 + self.rows % 100 * 14 / 100);
        let most = self.rows.min(u64::from(MOST_PEOPLE));
        u32::try_from(wanted.clamp(1, most.max(1)).min(most)).unwrap_or(MOST_PEOPLE)
    }
}

/// The most people that every country's ranges have numbers for; a test checks it.
pub(super) const MOST_PEOPLE: u32 = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_a_seventh_of_the_rows_and_never_more_than_the_rows() {
        let count = |rows, people| {
            let format = Format::SupplierCsv;
            Recipe {
                rows,
                seed: 1,
                format,
                people,
            }
            .head_count()
        };
        assert_eq!(count(5_000_000, None), 700_000);
        assert_eq!(count(1, None), 1);
        assert_eq!(count(0, None), 0);
        assert_eq!(count(0, Some(5)), 0);
        assert_eq!(count(10, Some(50)), 10);
        assert_eq!(count(10, Some(0)), 1);
        assert_eq!(count(u64::MAX, None), MOST_PEOPLE);
    }
}
