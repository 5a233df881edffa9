//! Payment, in two steps: a look at the act's snapshot before the act reads, then the charge in the ledger's
//! transaction.
//!
//! A charge that does not fit is refused whole. An act that has begun is paid, however it ends.

use super::alarm::Alarm;
use super::limits::{Limits, Verdict};
use super::price::{BudgetKind, Price};
use crate::domain::{Daily, Moment, OperatorId};
use crate::policy::{Denial, Points};
use crate::vault::error::Stopped;
use crate::vault::settings::Settings;
use crate::vault::store::budget_rows::{BudgetKey, BudgetRow, Raised};
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::{Snapshot, StoreError, Transaction, budget_rows};

/// Who pays, in which case, and with whom they share the case's limit.
pub(in crate::vault) struct Payer<'p> {
    pub(in crate::vault) operator: &'p OperatorId,
    pub(in crate::vault) case: CaseNumber,
    /// Empty for the team of the case; a keyed tag of the account for its liaisons.
    pub(in crate::vault) party: &'p str,
}

/// How a budget stands. Its moments are as the vault measures time.
pub(in crate::vault) struct Told {
    /// The points that could be spent now.
    pub(in crate::vault) left: u64,
    /// The most that could be left.
    pub(in crate::vault) most: u64,
    /// In how many seconds that is left again, if nothing else is spent; 0 if it is.
    pub(in crate::vault) full_in: u32,
    /// Until when lookups are frozen.
    pub(in crate::vault) frozen_until: Option<Moment>,
    /// Points in addition to the usual ones.
    pub(in crate::vault) raised: Option<Raised>,
}

/// A price that was not paid.
pub(in crate::vault) struct Refused {
    pub(in crate::vault) stopped: Stopped,
    pub(in crate::vault) alarm: Option<Alarm>,
}

/// The budget of one kind as it stands.
struct Standing {
    row: BudgetRow,
    limits: Limits,
    all: Daily,
    first_use: bool,
}

const HOUR: i64 = 3600;
const FREEZE: u32 = 86_400;
const MOST_REFUSALS: usize = 10;

impl<'p> Payer<'p> {
    /// Whether the price can be paid while other calls have so many points under way.
    pub(in crate::vault) fn look(
        &self,
        settings: &Settings,
        connection: &Snapshot,
        price: Price,
        under_way: u64,
        now: Moment,
    ) -> Result<(), Stopped> {
        let standing = self.standing(settings, connection, price.kind, now)?;
        let Standing {
            row, limits, all, ..
        } = standing;
        let points = u64::from(price.points);
        let left = limits.left(&row, &all, now);
        let alone = limits.verdict(&row, &all, points, now);
        if alone == Verdict::Fits
            && limits.verdict(&row, &all, points.saturating_add(under_way), now) != Verdict::Fits
        {
            let left = left.saturating_sub(under_way);
            let points = Points {
                costs: points,
                left,
            };
            return Err(Stopped::Denied(Denial::BudgetSpent {
                retry_after: 1,
                points,
            }));
        }
        let points = Points {
            costs: points,
            left,
        };
        refusal(alone, points).map_or(Ok(()), |denial| Err(Stopped::Denied(denial)))
    }

    /// Takes the points. If there are too few, it takes none and counts the refusal.
    pub(in crate::vault) fn pay(
        &self,
        settings: &Settings,
        connection: &Transaction,
        price: Price,
        now: Moment,
    ) -> Result<Option<Alarm>, Refused> {
        let mut standing = self.standing(settings, connection, price.kind, now)?;
        let Standing {
            row, limits, all, ..
        } = &mut standing;
        match limits.verdict(row, all, u64::from(price.points), now) {
            Verdict::Fits => {}
            verdict => return Err(self.refuse_as(connection, price, standing, verdict, now)),
        }
        let slowed = limits.slows(all.sum(now));
        row.spent = limits.level(row, now) + f64::from(price.points);
        row.at = row.at.max(now);
        row.days.add(now, price.points);
        budget_rows::upsert(connection, self.key(price.kind), row)?;
        if price.kind == BudgetKind::Views {
            return Ok(None);
        }
        all.add(now, price.points);
        budget_rows::put_together(connection, self.case, self.party, all)?;
        Ok(
            match (!slowed && limits.slows(all.sum(now)), standing.first_use) {
                (true, _) => Some(Alarm::CaseBudget),
                (false, true) => Some(Alarm::FirstUse),
                (false, false) => None,
            },
        )
    }

    /// Counts a refusal that the first look found, and says when the caller may try again.
    pub(in crate::vault) fn refuse(
        &self,
        settings: &Settings,
        connection: &Transaction,
        price: Price,
        now: Moment,
    ) -> Refused {
        let standing = match self.standing(settings, connection, price.kind, now) {
            Ok(standing) => standing,
            Err(error) => return error.into(),
        };
        let Standing {
            row, limits, all, ..
        } = &standing;
        match limits.verdict(row, all, u64::from(price.points), now) {
            // Points of another call were counted twice for a moment, or time has passed.
            Verdict::Fits => {
                let points = standing.points(price, now);
                let retry_after = 1;
                Refused::by(
                    Denial::BudgetSpent {
                        retry_after,
                        points,
                    },
                    None,
                )
            }
            verdict => self.refuse_as(connection, price, standing, verdict, now),
        }
    }

    /// How the budget stands, for the answer to `GET /me`.
    pub(in crate::vault) fn told(
        &self,
        settings: &Settings,
        connection: &Snapshot,
        kind: BudgetKind,
        now: Moment,
    ) -> Result<Told, StoreError> {
        let Standing {
            row, limits, all, ..
        } = self.standing(settings, connection, kind, now)?;
        let most = limits.most(&all, now);
        Ok(Told {
            left: limits.left(&row, &all, now),
            most,
            full_in: match limits.verdict(&row, &all, most, now) {
                Verdict::Later(seconds) | Verdict::Frozen(seconds) => seconds,
                Verdict::Fits | Verdict::TooLarge => 0,
            },
            frozen_until: row.frozen_until.filter(|until| *until > now),
            raised: row.raised.filter(|raised| raised.until > now),
        })
    }

    /// Counts as spent whatever the payer may have spent in so many seconds: a full bucket, and what flowed back into
    /// it, but not more than 30 days allow. A raise is gone.
    pub(in crate::vault) fn count_as_spent(
        &self,
        settings: &Settings,
        connection: &Transaction,
        kind: BudgetKind,
        seconds: i64,
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut standing = self.standing(settings, connection, kind, now)?;
        standing.row.raised = None;
        let limits = Limits::of(settings, kind, &standing.row, now);
        let Standing { row, all, .. } = &mut standing;
        let spent = limits.most_in(row, seconds, now);
        row.spent = limits.full();
        row.at = row.at.max(now);
        row.days.add(now, spent);
        budget_rows::upsert(connection, self.key(kind), row)?;
        if kind == BudgetKind::Views {
            return Ok(());
        }
        all.add(now, spent);
        budget_rows::put_together(connection, self.case, self.party, all)
    }

    fn refuse_as(
        &self,
        connection: &Transaction,
        price: Price,
        standing: Standing,
        verdict: Verdict,
        now: Moment,
    ) -> Refused {
        let points = standing.points(price, now);
        let (mut denial, mut alarm) = (refusal(verdict, points), None);
        if let (Verdict::Later(wait), BudgetKind::Lookups) = (verdict, price.kind) {
            let mut row = standing.row;
            if count_refusal(&mut row, wait, now) {
                denial = Some(Denial::LookupsFrozen {
                    retry_after: FREEZE,
                });
                alarm = Some(Alarm::RepeatedRefusals);
            }
            if let Err(error) = budget_rows::upsert(connection, self.key(price.kind), &row) {
                return error.into();
            }
        }
        let denial = denial.unwrap_or(Denial::BudgetSpent {
            retry_after: 1,
            points,
        });
        Refused::by(denial, alarm)
    }

    fn standing(
        &self,
        settings: &Settings,
        connection: &Snapshot,
        kind: BudgetKind,
        now: Moment,
    ) -> Result<Standing, StoreError> {
        let found = budget_rows::find(connection, self.key(kind))?;
        let first_use = found.is_none();
        let row = found.unwrap_or_else(|| BudgetRow::unused(now));
        let all = match kind {
            BudgetKind::Lookups => budget_rows::together(connection, self.case, self.party)?,
            BudgetKind::Views => Daily::default(),
        };
        Ok(Standing {
            limits: Limits::of(settings, kind, &row, now),
            row,
            all,
            first_use,
        })
    }

    fn key(&self, kind: BudgetKind) -> BudgetKey<'p> {
        key(self.operator, self.case, kind)
    }
}

/// Gives an operator points in addition to the usual ones. It takes the place of an earlier raise.
pub(in crate::vault) fn raise(
    connection: &Transaction,
    operator: &OperatorId,
    case: CaseNumber,
    raised: Raised,
    now: Moment,
) -> Result<(), StoreError> {
    let key = key(operator, case, BudgetKind::Lookups);
    let found = budget_rows::find(connection, key)?;
    let mut row = found.unwrap_or_else(|| BudgetRow::unused(now));
    row.raised = Some(raised);
    budget_rows::upsert(connection, key, &row)
}

/// Ends a freeze and forgets the refusals; `false` if nothing was frozen.
pub(in crate::vault) fn thaw(
    connection: &Transaction,
    operator: &OperatorId,
    case: CaseNumber,
    now: Moment,
) -> Result<bool, StoreError> {
    let key = key(operator, case, BudgetKind::Lookups);
    let Some(mut row) = budget_rows::find(connection, key)? else {
        return Ok(false);
    };
    let frozen = row.frozen_until.take().is_some_and(|until| until > now);
    row.refused.clear();
    row.retry_at = None;
    budget_rows::upsert(connection, key, &row)?;
    Ok(frozen)
}

fn key(operator: &OperatorId, case: CaseNumber, kind: BudgetKind) -> BudgetKey<'_> {
    BudgetKey {
        operator,
        case,
        kind: kind.as_str(),
    }
}

impl Standing {
    /// What a request of this price costs, and what its sender has.
    fn points(&self, price: Price, now: Moment) -> Points {
        Points {
            costs: u64::from(price.points),
            left: self.limits.left(&self.row, &self.all, now),
        }
    }
}

fn refusal(verdict: Verdict, points: Points) -> Option<Denial> {
    match verdict {
        Verdict::Fits => None,
        Verdict::Later(retry_after) => Some(Denial::BudgetSpent {
            retry_after,
            points,
        }),
        Verdict::TooLarge => Some(Denial::OverBudget { points }),
        Verdict::Frozen(retry_after) => Some(Denial::LookupsFrozen { retry_after }),
    }
}

/// Counts a refusal; true if it is one too many. A retry that comes earlier than the last refusal allowed is not
/// counted again.
fn count_refusal(row: &mut BudgetRow, wait: u32, now: Moment) -> bool {
    if row.retry_at.is_some_and(|at| at > now) {
        return false;
    }
    row.retry_at = Some(now.plus_seconds(i64::from(wait)));
    row.refused.retain(|at| at.plus_seconds(HOUR) > now);
    row.refused.push(now);
    let too_many = row.refused.len() >= MOST_REFUSALS;
    if too_many {
        row.frozen_until = Some(now.plus_seconds(i64::from(FREEZE)));
        row.refused.clear();
        row.retry_at = None;
    }
    too_many
}

impl Refused {
    fn by(denial: Denial, alarm: Option<Alarm>) -> Self {
        Self {
            stopped: Stopped::Denied(denial),
            alarm,
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self {
            stopped: error.into(),
            alarm: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_within_the_time_they_were_told_are_one_refusal() {
        let mut row = BudgetRow::unused(Moment::from_seconds(0));
        for second in 0..200 {
            assert!(!count_refusal(&mut row, 240, Moment::from_seconds(second)));
        }
        assert_eq!(row.refused.len(), 1);
    }

    #[test]
    fn ten_refusals_in_an_hour_freeze_and_ten_in_two_hours_do_not() {
        let count = |apart: i64| {
            let mut row = BudgetRow::unused(Moment::from_seconds(0));
            let times = (0..10).map(|no| Moment::from_seconds(no * apart));
            let frozen = times
                .filter(|now| count_refusal(&mut row, 60, *now))
                .count();
            (frozen, row.frozen_until)
        };
        let until = Moment::from_seconds(9 * 360 + i64::from(FREEZE));
        assert_eq!(count(360), (1, Some(until)));
        assert_eq!(count(720), (0, None));
    }
}
