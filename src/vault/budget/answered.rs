//! Which questions were answered in which session, so that asking the same one again of the same records is free.
//!
//! In memory only: after a restart a question is paid again. Bounded: the oldest are forgotten first, and then paid
//! again. A digest stands for the question and for the records that its answer follows from.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::SessionId;

/// The most questions that are kept, of all sessions together.
const MOST: usize = 10_000;

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
}

impl Answered {
    pub(in crate::vault) fn has(&self, question: &Question) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.known.contains(question)
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(answered.has(&question(1, 0)));
        assert!(!answered.has(&question(2, 0)));
        assert!(!answered.has(&question(1, 1)));
        for number in 1..MOST {
            answered.note(question(2, number));
        }
        assert!(answered.has(&question(1, 0)));
        answered.note(question(2, MOST));
        assert!(!answered.has(&question(1, 0)));
        assert!(answered.has(&question(2, 1)));
        assert_eq!(answered.0.lock().unwrap().known.len(), MOST);
    }
}
