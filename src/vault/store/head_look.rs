//! Looks at where a server has the log's head, for all who want to know at the same time: one statement for many.

use std::sync::{Condvar, Mutex, PoisonError};

use super::engine::{Database, Session};
use super::error::StoreError;
use super::head::Head;

/// A connection of its own, and what was seen last.
pub(super) struct HeadLook {
    session: Mutex<Session>,
    seen: Mutex<Seen>,
    looked: Condvar,
}

#[derive(Default)]
struct Seen {
    /// How many looks have begun, and how many of them have ended.
    begun: u64,
    ended: u64,
    /// What the last one saw, or why it saw nothing.
    head: Option<Result<Option<Head>, StoreError>>,
}

impl HeadLook {
    pub(super) fn at(database: &Database) -> Result<Self, StoreError> {
        Ok(Self {
            session: Mutex::new(Session::reader(database)?),
            seen: Mutex::default(),
            looked: Condvar::new(),
        })
    }

    /// The head as it was at a moment after this was called.
    ///
    /// One of those who wait looks, and the others take what it saw, unless it had begun to look before they came.
    pub(super) fn look(&self) -> Result<Option<Head>, StoreError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let own = seen.begun + 1;
        loop {
            if let Some(head) = seen.head.as_ref().filter(|_| seen.ended >= own) {
                return head.clone();
            }
            if seen.begun > seen.ended {
                let woken = self.looked.wait(seen);
                seen = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            seen.begun += 1;
            drop(seen);
            let head = self.ask();
            seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.ended = seen.begun;
            seen.head = Some(head);
            self.looked.notify_all();
        }
    }

    fn ask(&self) -> Result<Option<Head>, StoreError> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.head_now()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::checkpoint_rows;
    use super::super::transaction::Writer;
    use super::*;
    use crate::domain::Moment;
    use crate::vault::store::Tables;

    #[test]
    fn nobody_is_told_of_a_head_from_before_they_asked() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let database = Database::noted(&tables.address()).unwrap();
        let writer = Writer::open(database.clone()).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        let heads = HeadLook::at(&database).unwrap();
        assert_eq!(heads.look(), Ok(None));
        let written = AtomicU64::new(0);
        let put = |size: u64| {
            let begun = writer.begin().unwrap();
            checkpoint_rows::put(&begun, size, "a note", b"a seal").unwrap();
            begun.commit().unwrap();
            written.store(size, Ordering::SeqCst);
        };
        put(1);
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    let mut last = 0;
                    while last < 200 {
                        let before = written.load(Ordering::SeqCst);
                        last = heads.look().unwrap().unwrap().size;
                        assert!(last >= before, "{last} {before}");
                    }
                });
            }
            (2..=200).for_each(put);
        });
    }
}
