//! Looks at where a server has the log's head, for all who want to know at the same time: one statement for many.

use std::sync::mpsc::{Sender, channel, sync_channel};

use super::engine::{Database, Session};
use super::error::{StoreError, StoreFault};
use super::head::Head;

/// Where the head was at a moment after somebody asked.
pub struct Look(pub(super) Result<Option<Head>, StoreError>);

/// Called with what was seen, on the thread that looks: it must return soon.
type Then = Box<dyn FnOnce(Look) + Send>;

/// The thread that looks, on a connection of its own. It ends when this is dropped.
pub(super) struct HeadLook {
    asked: Sender<Then>,
}

impl HeadLook {
    pub(super) fn at(database: &Database) -> Result<Self, StoreError> {
        let session = Session::reader(database)?;
        let (asked, asking) = channel::<Then>();
        let thread = std::thread::Builder::new().name("head look".to_owned());
        let looking = thread.spawn(move || {
            while let Ok(first) = asking.recv() {
                // Whoever asks from now on waits for the next look.
                let all: Vec<Then> = std::iter::once(first).chain(asking.try_iter()).collect();
                let head = session.head_now();
                for then in all {
                    then(Look(head.clone()));
                }
            }
        });
        looking.map_err(|_| NOBODY_LOOKS)?;
        Ok(Self { asked })
    }

    /// Looks once `then` is here, and hands it what was seen.
    pub(super) fn look_then(&self, then: Then) {
        if let Err(unsent) = self.asked.send(then) {
            (unsent.0)(Look(Err(NOBODY_LOOKS)));
        }
    }

    /// The same for whoever waits for it.
    pub(super) fn look(&self) -> Look {
        let (back, seen) = sync_channel(1);
        self.look_then(Box::new(move |look| drop(back.send(look))));
        seen.recv().unwrap_or(Look(Err(NOBODY_LOOKS)))
    }
}

/// The thread is gone, or could not be started.
const NOBODY_LOOKS: StoreError = StoreError {
    at: "head_look",
    fault: StoreFault::Busy,
};

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
        assert_eq!(heads.look().0, Ok(None));
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
                        last = heads.look().0.unwrap().unwrap().size;
                        assert!(last >= before, "{last} {before}");
                    }
                });
            }
            (2..=200).for_each(put);
        });
    }
}
