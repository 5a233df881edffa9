//! The points of calls that are under way. A call spends them when it begins to read, before the ledger writes them
//! down.
//!
//! A call enters before its snapshot begins. The charge of an earlier call is then in the snapshot or still here, so
//! two calls at once cannot read for the same points. A charge may be in both for a moment. A call that is refused for
//! that reason alone may be repeated at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::price::{BudgetKind, Price};
use crate::domain::OperatorId;

/// Points by operator and kind of budget, over all cases.
#[derive(Default)]
pub(in crate::vault) struct PointsUnderWay(Mutex<HashMap<(OperatorId, BudgetKind), u64>>);

/// The points of one call; they are taken out when it is dropped.
pub(in crate::vault) struct Entered {
    all: Arc<PointsUnderWay>,
    key: (OperatorId, BudgetKind),
    points: u32,
    before: u64,
}

impl PointsUnderWay {
    pub(in crate::vault) fn enter(
        self: &Arc<Self>,
        operator: &OperatorId,
        price: Price,
    ) -> Entered {
        let key = (operator.clone(), price.kind);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = all.entry(key.clone()).or_default();
        let before = *sum;
        *sum += u64::from(price.points);
        Entered {
            all: Arc::clone(self),
            key,
            points: price.points,
            before,
        }
    }
}

impl Entered {
    /// What was under way when this call entered.
    pub(in crate::vault) fn before(&self) -> u64 {
        self.before
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sum) = all.get_mut(&self.key) {
            *sum -= u64::from(self.points).min(*sum);
            if *sum == 0 {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_under_way_until_their_call_has_ended() {
        let all = Arc::new(PointsUnderWay::default());
        let (one, other) = (
            OperatorId::from_random([1; 13]),
            OperatorId::from_random([2; 13]),
        );
        let first = all.enter(&one, Price::of_numbers(5));
        let second = all.enter(&one, Price::of_numbers(3));
        assert_eq!((first.before(), second.before()), (0, 5));
        assert_eq!(all.enter(&one, Price::of_table()).before(), 0);
        assert_eq!(all.enter(&other, Price::of_numbers(1)).before(), 0);
        drop(first);
        assert_eq!(all.enter(&one, Price::of_numbers(1)).before(), 3);
        drop(second);
        assert!(all.0.lock().unwrap().is_empty());
    }
}
