//! Whether a price can be paid, and when. This follows from what was spent and from the time alone.

use crate::domain::{Bucket, Daily, Moment};
use crate::vault::settings::{Budget, Settings};
use crate::vault::store::budget_rows::BudgetRow;

use super::price::BudgetKind;

/// What limits one kind of budget at one moment.
#[derive(Debug, Clone, Copy)]
pub(in crate::vault) struct Limits {
    budget: Budget,
    /// Points in addition to the usual ones.
    raised: u32,
    /// Lookups only: the points that all operators together may spend in 30 days before they are slowed down, and
    /// those that each of them may then spend in a day.
    case: Option<(u32, u32)>,
}

/// Whether a price can be paid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Verdict {
    Fits,
    /// Not now, but in so many seconds, if nothing else is spent.
    Later(u32),
    /// Never: it is more than the budget holds.
    TooLarge,
    /// Frozen for so many seconds, or until somebody thaws it.
    Frozen(u32),
}

const MONTH_DAYS: i64 = 31;

impl Limits {
    pub(in crate::vault) fn of(
        settings: &Settings,
        kind: BudgetKind,
        row: &BudgetRow,
        now: Moment,
    ) -> Self {
        let raised = row.raised.filter(|raised| raised.until > now);
        Self {
            budget: match kind {
                BudgetKind::Lookups => settings.lookup_budget,
                BudgetKind::Views => settings.view_budget,
            },
            raised: raised.map_or(0, |raised| raised.points),
            case: match kind {
                BudgetKind::Lookups => Some((settings.case_points, settings.slowed_points)),
                BudgetKind::Views => None,
            },
        }
    }

    /// `all` is what all operators together have spent in the case.
    pub(in crate::vault) fn verdict(
        self,
        row: &BudgetRow,
        all: &Daily,
        points: u64,
        now: Moment,
    ) -> Verdict {
        if let Some(until) = row.frozen_until.filter(|until| *until > now) {
            return Verdict::Frozen(seconds(until.seconds() - now.seconds()));
        }
        if points > self.capacity().min(self.month()) {
            return Verdict::TooLarge;
        }
        if self.fits(row, all, points, now) {
            return Verdict::Fits;
        }
        let level = self.level(row, now) + points as f64;
        let leak = match level > self.capacity() as f64 {
            true => i64::from(
                self.bucket()
                    .seconds_to_leak(level - self.capacity() as f64),
            ),
            false => 0,
        };
        let days = (1..=MONTH_DAYS).map(|days| Daily::seconds_to_day(now, days).max(leak));
        let wait = [leak]
            .into_iter()
            .chain(days)
            .filter(|wait| *wait > 0)
            .find(|wait| self.fits(row, all, points, now.plus_seconds(*wait)));
        Verdict::Later(seconds(wait.unwrap_or(MONTH_DAYS * 86_400)))
    }

    /// How many points could be spent at once, if nothing was spent lately.
    pub(in crate::vault) fn most(self, all: &Daily, now: Moment) -> u64 {
        let day = self.day(all, now).unwrap_or(u64::MAX);
        self.capacity().min(self.month()).min(day)
    }

    /// How many points could be spent now.
    pub(in crate::vault) fn left(self, row: &BudgetRow, all: &Daily, now: Moment) -> u64 {
        if row.frozen_until.is_some_and(|until| until > now) {
            return 0;
        }
        let held = (self.capacity() as f64 - self.level(row, now)).max(0.0) as u64;
        let month = self.month().saturating_sub(row.days.sum(now));
        let day = self
            .day(all, now)
            .map(|most| most.saturating_sub(row.days.today(now)));
        held.min(month).min(day.unwrap_or(u64::MAX))
    }

    /// The most that can have been spent in the last so many seconds, beside what is counted already.
    pub(in crate::vault) fn most_in(self, row: &BudgetRow, seconds: i64, now: Moment) -> u32 {
        let hours = u64::try_from(seconds / 3600 + 1).unwrap_or_default();
        let flowed = u64::from(self.budget.per_hour).saturating_mul(hours);
        let month = self.month().saturating_sub(row.days.sum(now));
        let most = self.capacity().saturating_add(flowed).min(month);
        u32::try_from(most).unwrap_or(u32::MAX)
    }

    /// The level of a bucket of which nothing is left.
    pub(in crate::vault) fn full(self) -> f64 {
        self.capacity() as f64
    }

    /// The level of the bucket, leaked up to now.
    pub(in crate::vault) fn level(self, row: &BudgetRow, now: Moment) -> f64 {
        let elapsed = now.seconds().saturating_sub(row.at.seconds());
        self.bucket().leaked(row.spent, elapsed as f64)
    }

    /// Whether all operators together have spent more than a case allows, if they have spent `sum`.
    pub(in crate::vault) fn slows(self, sum: u64) -> bool {
        self.case.is_some_and(|(most, _)| sum > u64::from(most))
    }

    fn fits(self, row: &BudgetRow, all: &Daily, points: u64, now: Moment) -> bool {
        let day = self.day(all, now);
        self.level(row, now) + points as f64 <= self.capacity() as f64
            && row.days.sum(now) + points <= self.month()
            && day.is_none_or(|most| row.days.today(now) + points <= most)
    }

    /// The most that one operator may spend in a day, while everybody is slowed down.
    fn day(self, all: &Daily, now: Moment) -> Option<u64> {
        let (_, slowed) = self.case.filter(|_| self.slows(all.sum(now)))?;
        Some(u64::from(slowed) + u64::from(self.raised))
    }

    fn capacity(self) -> u64 {
        u64::from(self.budget.capacity) + u64::from(self.raised)
    }

    fn month(self) -> u64 {
        u64::from(self.budget.per_month) + u64::from(self.raised)
    }

    fn bucket(self) -> Bucket {
        Bucket {
            capacity: self.capacity() as f64,
            leaks: f64::from(self.budget.per_hour),
            seconds: 3600.0,
        }
    }
}

fn seconds(seconds: i64) -> u32 {
    u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::store::budget_rows::Raised;

    const DAY: i64 = 86_400;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(20_000 * DAY + seconds)
    }

    fn spend(row: &mut BudgetRow, points: u32, now: Moment) {
        let limits = limits(row, now);
        row.spent = limits.level(row, now) + f64::from(points);
        row.at = now;
        row.days.add(now, points);
    }

    fn limits(row: &BudgetRow, now: Moment) -> Limits {
        Limits::of(&Settings::default(), BudgetKind::Lookups, row, now)
    }

    fn verdict(row: &BudgetRow, points: u64, now: Moment) -> Verdict {
        limits(row, now).verdict(row, &Daily::default(), points, now)
    }

    #[test]
    fn a_bucket_gives_its_points_and_then_fifteen_an_hour() {
        let mut row = BudgetRow::unused(at(0));
        assert_eq!(verdict(&row, 250, at(0)), Verdict::Fits);
        assert_eq!(verdict(&row, 251, at(0)), Verdict::TooLarge);
        spend(&mut row, 250, at(0));
        assert_eq!(verdict(&row, 1, at(0)), Verdict::Later(240));
        assert_eq!(verdict(&row, 1, at(240)), Verdict::Fits);
        assert_eq!(verdict(&row, 15, at(3600)), Verdict::Fits);
        assert_eq!(
            limits(&row, at(3600)).left(&row, &Daily::default(), at(3600)),
            15
        );
    }

    #[test]
    fn a_month_gives_two_thousand_whatever_leaks() {
        let mut row = BudgetRow::unused(at(0));
        for day in 0..8 {
            assert_eq!(verdict(&row, 250, at(day * DAY)), Verdict::Fits);
            spend(&mut row, 250, at(day * DAY));
        }
        let now = at(8 * DAY);
        assert_eq!(verdict(&row, 1, now), Verdict::Later(23 * 86_400));
        assert_eq!(verdict(&row, 250, at(31 * DAY)), Verdict::Fits);
        assert_eq!(limits(&row, now).left(&row, &Daily::default(), now), 0);
    }

    #[test]
    fn a_case_that_was_asked_too_much_slows_everybody_and_shuts_nobody_out() {
        let mut all = Daily::default();
        all.add(at(0), 10_001);
        let mut row = BudgetRow::unused(at(0));
        let ask = |row: &BudgetRow, points, now| limits(row, now).verdict(row, &all, points, now);
        assert_eq!(ask(&row, 50, at(0)), Verdict::Fits);
        assert_eq!(ask(&row, 51, at(0)), Verdict::Later(31 * 86_400));
        spend(&mut row, 50, at(0));
        assert_eq!(ask(&row, 1, at(0)), Verdict::Later(86_400));
        assert_eq!(ask(&row, 50, at(DAY)), Verdict::Fits);
    }

    #[test]
    fn what_may_have_been_spent_is_a_full_bucket_and_what_flowed_back_and_at_most_a_month() {
        let row = BudgetRow::unused(at(0));
        let limits = limits(&row, at(0));
        assert_eq!(limits.most_in(&row, 0, at(0)), 250 + 15);
        assert_eq!(limits.most_in(&row, 86_400, at(0)), 250 + 15 * 25);
        assert_eq!(limits.most_in(&row, 30 * 86_400, at(0)), 2000);
        let mut spent = row.clone();
        spent.days.add(at(0), 1900);
        assert_eq!(limits.most_in(&spent, 86_400, at(0)), 100);
    }

    #[test]
    fn a_raise_holds_until_its_end() {
        let mut row = BudgetRow::unused(at(0));
        row.raised = Some(Raised {
            points: 100,
            until: at(DAY),
        });
        assert_eq!(verdict(&row, 350, at(0)), Verdict::Fits);
        assert_eq!(verdict(&row, 351, at(0)), Verdict::TooLarge);
        assert_eq!(verdict(&row, 350, at(DAY)), Verdict::TooLarge);
    }

    #[test]
    fn what_is_frozen_says_when_it_thaws() {
        let mut row = BudgetRow::unused(at(0));
        row.frozen_until = Some(at(100));
        assert_eq!(verdict(&row, 1, at(40)), Verdict::Frozen(60));
        assert_eq!(verdict(&row, 1, at(100)), Verdict::Fits);
    }
}
