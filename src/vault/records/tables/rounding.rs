//! What a protected table shows instead of exact counts.
//!
//! NHS England: 1 to 7 is not shown, other counts are rounded to the nearest 5, and totals are rounded on their own.
//! CMS: 1 to 10 is not shown; other counts are rounded too, because a hidden cell could otherwise be computed by
//! subtraction.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};

use crate::domain::schema::{described, one_of};
use crate::domain::words;

words! {
    /// How a protected table is rounded; a later one is stricter.
    pub enum Rule {
        /// NHS England: counts below 8 are hidden, others are rounded to 5.
        Nhs => "nhs",
        /// CMS: counts below 11 are hidden, others are rounded to 5.
        Cms => "cms",
    }
}

described! {
    Shown as "Shown" => OneOfBuilder::new()
        .description(Some("A count; `*` is too few to be told."))
        .item(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)))
        .item(one_of("Too few to be told.", ["*"]));
}

/// A count as it is shown: a number, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shown {
    /// The count, exact or rounded.
    Number(u64),
    /// Always `*`: too few to be shown.
    Hidden(String),
}

impl Default for Shown {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl Shown {
    pub(in crate::vault::records) fn hidden() -> Self {
        Self::Hidden("*".to_owned())
    }

    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Hidden(_) => None,
        }
    }
}

impl Rule {
    /// The smallest count that is shown, never below the one that the configuration sets.
    pub(in crate::vault::records) fn threshold(self, least: u64) -> u64 {
        let own = match self {
            Self::Nhs => 8,
            Self::Cms => 11,
        };
        own.max(least)
    }
}

/// A count for somebody who may know no exact one.
pub(in crate::vault) fn protect(count: u64, least: u64) -> Shown {
    show(count, Rule::Nhs.threshold(least))
}

/// A count as the rule shows it: zero, hidden, or a multiple of 5 that is at least the threshold.
pub(in crate::vault::records) fn show(count: u64, threshold: u64) -> Shown {
    match count {
        0 => Shown::Number(0),
        _ if count < threshold => Shown::hidden(),
        _ => Shown::Number(nearest(count).max(threshold.next_multiple_of(STEP))),
    }
}

/// The total. It is hidden too if it would narrow a hidden cell further than the rule does, as often happens with one
/// hidden and one shown cell.
pub(in crate::vault::records) fn show_total(total: u64, cells: &[Shown], threshold: u64) -> Shown {
    let shown = show(total, threshold);
    if narrows(&shown, cells, threshold) {
        return Shown::hidden();
    }
    shown
}

/// Whether total and cells together narrow a hidden cell to less than the interval of the rule. A number is in at least
/// one cell, so the total is at most the sum of the cells. If the figures allow that nobody is in two cells, the reader
/// may know that, and then the total is at least their sum.
fn narrows(total: &Shown, cells: &[Shown], threshold: u64) -> bool {
    let Some(total) = total.number().filter(|total| *total > 0) else {
        return false;
    };
    let (total_least, total_most) = interval(total, threshold);
    let least: u64 = cells.iter().map(|cell| bounds(cell, threshold).0).sum();
    let most: u64 = cells.iter().map(|cell| bounds(cell, threshold).1).sum();
    if !cells.iter().any(|cell| cell.number().is_none()) {
        return false;
    }
    let others_most = most - (threshold - 1);
    let others_least = least - 1;
    let raised = total_least > others_most + 1;
    let lowered = least <= total_most && total_most - others_least < threshold - 1;
    raised || lowered
}

/// The smallest and the largest count of a cell that is shown like this.
pub(in crate::vault::records) fn bounds(cell: &Shown, threshold: u64) -> (u64, u64) {
    match cell.number() {
        Some(0) => (0, 0),
        Some(shown) => interval(shown, threshold),
        None => (1, threshold - 1),
    }
}

/// The smallest and the largest count that is shown as `shown`.
fn interval(shown: u64, threshold: u64) -> (u64, u64) {
    let lowest = threshold.next_multiple_of(STEP);
    let least = if shown <= lowest {
        threshold
    } else {
        shown - STEP / 2
    };
    (least.max(threshold), shown + STEP / 2)
}

fn nearest(count: u64) -> u64 {
    (count + STEP / 2) / STEP * STEP
}

const STEP: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_nhs_rule_hides_one_to_seven_and_rounds_the_rest() {
        let shown = |count| show(count, Rule::Nhs.threshold(8));
        assert_eq!(shown(0), Shown::Number(0));
        assert_eq!(shown(1), Shown::hidden());
        assert_eq!(shown(7), Shown::hidden());
        assert_eq!(shown(8), Shown::Number(10));
        assert_eq!(shown(12), Shown::Number(10));
        assert_eq!(shown(13), Shown::Number(15));
    }

    #[test]
    fn the_cms_rule_shows_nothing_from_one_to_ten() {
        let shown = |count| show(count, Rule::Cms.threshold(8));
        assert_eq!(shown(10), Shown::hidden());
        assert_eq!(shown(11), Shown::Number(15));
        assert_eq!(shown(17), Shown::Number(15));
        assert_eq!(shown(18), Shown::Number(20));
    }

    #[test]
    fn a_total_that_tells_two_hidden_cells_apart_is_hidden() {
        let cells = [Shown::hidden(), Shown::hidden()];
        assert_eq!(show_total(14, &cells, 8), Shown::hidden());
        let cells = vec![Shown::Number(500); 20];
        assert_eq!(show_total(10_001, &cells, 8), Shown::Number(10_000));
    }

    proptest! {
        #[test]
        fn an_interval_holds_what_is_shown_as_it_and_nothing_else(count in 0_u64..500) {
            for rule in Rule::ALL {
                let threshold = rule.threshold(8);
                if let Shown::Number(shown @ 1..) = show(count, threshold) {
                    let (least, most) = interval(shown, threshold);
                    prop_assert!((least..=most).contains(&count));
                    prop_assert_eq!(show(least, threshold), Shown::Number(shown));
                    prop_assert_eq!(show(most, threshold), Shown::Number(shown));
                    prop_assert_ne!(show(most + 1, threshold), Shown::Number(shown));
                }
            }
        }

        /// Where nobody is in two cells: whatever the hidden cells hold, every other
        /// value the rule allows one of them agrees with all that is shown.
        #[test]
        fn no_hidden_cell_can_be_told_from_another(
            cells in prop::collection::vec(0_u64..40, 1..12),
            rule in prop::sample::select(Rule::ALL.to_vec()),
        ) {
            let threshold = rule.threshold(8);
            let shown: Vec<Shown> = cells.iter().map(|count| show(*count, threshold)).collect();
            let total = show_total(cells.iter().sum(), &shown, threshold);
            let Some(total) = total.number().filter(|total| *total > 0) else {
                return Ok(());
            };
            let (total_least, total_most) = interval(total, threshold);
            for hidden in (0..cells.len()).filter(|at| shown[*at].number().is_none()) {
                for other in 1..threshold {
                    let (mut least, mut most) = (other, other);
                    for (_, cell) in shown.iter().enumerate().filter(|(at, _)| *at != hidden) {
                        let (low, high) = bounds(cell, threshold);
                        least += low;
                        most += high;
                    }
                    prop_assert!(least <= total_most && total_least <= most);
                }
            }
        }
    }
}
