//! The turn of a workbook: one is in memory at a time, whoever sent it. Others wait, for as long as somebody waits for
//! them.

use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::workbook_bytes::still_wanted;
use crate::ingest::error::IngestError;

/// The turn. The next workbook may be read when it is dropped.
pub(super) struct Turn(());

impl Turn {
    /// Waits until no other workbook is in memory. `source` is what the workbook came from: it fails if nobody waits
    /// for it any longer.
    pub(super) fn wait(source: &mut dyn Read) -> Result<Self, IngestError> {
        while TAKEN.swap(true, Ordering::Acquire) {
            still_wanted(source)?;
            thread::sleep(PAUSE);
        }
        Ok(Self(()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        TAKEN.store(false, Ordering::Release);
    }
}

/// The text of a workbook. It keeps the turn for as long as it is in memory.
pub(super) struct WorkbookText {
    text: Cursor<Zeroizing<Vec<u8>>>,
    _turn: Turn,
}

impl WorkbookText {
    pub(super) fn new(text: Zeroizing<Vec<u8>>, turn: Turn) -> Self {
        Self {
            text: Cursor::new(text),
            _turn: turn,
        }
    }
}

impl Read for WorkbookText {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.text.read(into)
    }
}

/// Whether a workbook is in memory.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// How long a workbook waits before it looks again.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_nobody_waits_for_gives_up_its_place() {
        struct Gone;
        impl Read for Gone {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionAborted.into())
            }
        }
        let turn = Turn::wait(&mut io::empty()).unwrap();
        let refused = Turn::wait(&mut Gone).err().unwrap();
        assert_eq!(refused, IngestError::Io(io::ErrorKind::ConnectionAborted));
        drop(turn);
        assert!(Turn::wait(&mut io::empty()).is_ok());
    }
}
