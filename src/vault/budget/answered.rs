//! Which questions were answered in which session, so that asking the same one again of the same records is free.
//!
//! In memory only: after a restart a question is paid again. Bounded: the oldest are forgotten first, and then paid
//! again. A digest stands for the question and for the records that its answer follows from.
//!
//! A session repeats 60 questions for nothing at once, and one more each second. What comes faster is paid like any
//! question, so that nobody makes the vault scan a case again and again for nothing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Moment, SessionId};

/// The most questions that are kept, of all sessions together.
const MOST: usize = 10_000;
/// How many questions a session repeats for nothing at once; one more each second.
const FREE_AT_ONCE: u32 = 60;
/// From so many sessions on, those that can repeat all of them again are forgotten.
const MANY_SESSIONS: usize = 1_000;

/// Questions with an answer, whose leaves are durable.
#[derive(Default)]
pub(in crate::vault) struct Answered(Mutex<Kept>);

/// A question of a session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::vault) struct Question {
    /// Whose it is.
    pub(in crate::vault) session: SessionId,
    /// Of the question and of the records.
    pub(in crate::vault) digest: [u8; 32],
}

#[derive(Default)]
struct Kept {
    known: HashSet<Question>,
    order: VecDeque<Question>,
    repeats: HashMap<SessionId, Repeats>,
}

/// What a session can still repeat for nothing.
struct Repeats {
    left: u32,
    since: Moment,
}

impl Answered {
    /// Whether the question was answered and its session may have it again for nothing now; that is then used up.
    pub(in crate::vault) fn repeats(&self, question: &Question, now: Moment) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.known.contains(question) {
            return false;
        }
        if kept.repeats.len() >= MANY_SESSIONS {
            kept.repeats
                .retain(|_, repeats| repeats.left_at(now) < FREE_AT_ONCE);
        }
        let full = || Repeats {
            left: FREE_AT_ONCE,
            since: now,
        };
        let session = question.session.clone();
        let repeats = kept.repeats.entry(session).or_insert_with(full);
        let left = repeats.left_at(now);
        *repeats = Repeats {
            left: left.saturating_sub(1),
            since: now,
        };
        left > 0
    }

    pub(in crate::vault) fn note(&self, question: Question) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.known.insert(question.clone()) {
            return;
        }
        kept.order.push_back(question);
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.known.remove(&oldest);
        }
    }
}

impl Repeats {
    fn left_at(&self, now: Moment) -> u32 {
        let seconds = now.seconds().saturating_sub(self.since.seconds());
        let more = u32::try_from(seconds.max(0)).unwrap_or(FREE_AT_ONCE);
        self.left.saturating_add(more).min(FREE_AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(seconds: i64) -> Moment {
        Moment::from_seconds(seconds)
    }

    #[test]
    fn a_session_repeats_so_many_at_once_and_then_one_each_second() {
        let answered = Answered::default();
        for session in [1, 2] {
            answered.note(question(session, 0));
            answered.note(question(session, 1));
        }
        let repeated = |session: u8, at: i64| {
            let free = |no: usize| answered.repeats(&question(session, no % 2), now(at));
            (0..200).filter(|no| free(*no)).count()
        };
        assert_eq!(repeated(1, 100), 60);
        assert_eq!(repeated(1, 100), 0);
        assert_eq!(repeated(2, 100), 60);
        assert_eq!(repeated(1, 103), 3);
        assert_eq!(repeated(1, 9_999), 60);
        // A clock that went back brings nothing.
        assert_eq!(repeated(1, 50), 0);
    }

    fn question(session: u8, number: usize) -> Question {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        Question {
            session: SessionId::from_random([session; 13]),
            digest,
        }
    }

    #[test]
    fn a_question_is_known_to_its_own_session_until_many_others_came() {
        let answered = Answered::default();
        answered.note(question(1, 0));
        answered.note(question(1, 0));
        let has = |question: &Question| answered.repeats(question, now(0));
        assert!(has(&question(1, 0)));
        assert!(!has(&question(2, 0)));
        assert!(!has(&question(1, 1)));
        for number in 1..MOST {
            answered.note(question(2, number));
        }
        assert!(has(&question(1, 0)));
        answered.note(question(2, MOST));
        assert!(!has(&question(1, 0)));
        assert!(has(&question(2, 1)));
        assert_eq!(answered.0.lock().unwrap().known.len(), MOST);
    }
}
