//! Notices that somebody asks about number after number.
//!
//! Sees the numbers as `RecentNumbers`, never their digits. It raises an alarm
//! in the leaf and refuses nothing: a customer may own a whole range. It forgets
//! at every start.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::OperatorId;
use crate::vault::plaintext::{Phone, RecentNumbers};
use crate::vault::store::case_rows::CaseNumber;

/// The numbers looked up recently, by operator and case.
#[derive(Default)]
pub(in crate::vault) struct RunAlarm {
    asked: Mutex<HashMap<(OperatorId, CaseNumber), RecentNumbers>>,
}

impl RunAlarm {
    /// Takes in the numbers of one request; the alarm it raises, if it does.
    pub(in crate::vault) fn note<'p>(
        &self,
        operator: &OperatorId,
        case: CaseNumber,
        numbers: impl Iterator<Item = &'p Phone> + Clone,
    ) -> Option<&'static str> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (operator.clone(), case);
        if asked.len() >= MOST_CALLERS && !asked.contains_key(&key) {
            asked.clear();
        }
        let run = asked.entry(key).or_default().longest_run(numbers);
        (run >= RUN).then_some("consecutive-numbers")
    }
}

const RUN: usize = 10;
const MOST_CALLERS: usize = 4096;
