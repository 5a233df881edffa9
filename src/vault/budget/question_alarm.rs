//! Notices that somebody asks about number after number, samples a range, or asks at night.
//!
//! Sees the numbers as `RecentNumbers`, never their digits. It raises an alarm in the leaf and refuses
//! nothing: a customer may own a whole range. It forgets the numbers at every start.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::alarm::Alarm;
use crate::domain::{CaseId, Moment, OperatorId};
use crate::vault::plaintext::{AskedNumbers, RecentNumbers};
use crate::vault::settings::WorkHours;

/// The numbers that were asked lately, by operator and case.
#[derive(Default)]
pub(in crate::vault) struct QuestionAlarm {
    asked: Mutex<HashMap<(OperatorId, CaseId), RecentNumbers>>,
}

impl QuestionAlarm {
    /// Takes in the numbers of one question, and returns the alarm that they raise, if they raise one.
    pub(in crate::vault) fn note(
        &self,
        operator: &OperatorId,
        case: &CaseId,
        numbers: &AskedNumbers,
        hours: WorkHours,
        now: Moment,
    ) -> Option<Alarm> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (operator.clone(), case.clone());
        if asked.len() >= MOST_CALLERS && !asked.contains_key(&key) {
            asked.clear();
        }
        let stands_out = asked.entry(key).or_default().take(numbers.readable());
        [
            (stands_out.run >= RUN, Alarm::ConsecutiveNumbers),
            (stands_out.range >= SAMPLED, Alarm::SampledRange),
            (!hours.cover(now), Alarm::OffHours),
        ]
        .into_iter()
        .find_map(|(raised, alarm)| raised.then_some(alarm))
    }

    /// Forgets what was asked in a case.
    pub(in crate::vault) fn forget(&self, case: &CaseId) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|(_, of), _| of != case);
    }
}

const RUN: usize = 10;
const SAMPLED: usize = 25;
const MOST_CALLERS: usize = 4096;
