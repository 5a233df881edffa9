//! The packed bytes of a workbook: every read of them first looks whether somebody still waits for the workbook, so
//! that no work on it goes on for nobody.

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use crate::ingest::error::IngestError;

/// What a workbook came from, and what may still be read of its bytes.
pub(super) struct Watch<'s> {
    source: RefCell<&'s mut dyn Read>,
    /// Why nobody waits any longer.
    gone: RefCell<Option<IngestError>>,
    /// How many packed bytes may still be read.
    left: Cell<u64>,
}

impl<'s> Watch<'s> {
    pub(super) fn new(source: &'s mut dyn Read) -> Self {
        Self {
            source: RefCell::new(source),
            gone: RefCell::new(None),
            left: Cell::new(u64::MAX),
        }
    }

    /// Lets so many packed bytes be read from now on; then every read fails.
    pub(super) fn allow(&self, bytes: u64) {
        self.left.set(bytes);
    }

    /// Why nobody waits for the workbook, if that was seen.
    pub(super) fn gone(&self) -> Option<IngestError> {
        self.gone.borrow_mut().take()
    }

    fn look(&self) -> io::Result<()> {
        let mut source = self.source.borrow_mut();
        still_wanted(&mut **source).map_err(|error| {
            *self.gone.borrow_mut() = Some(error);
            io::ErrorKind::ConnectionAborted.into()
        })
    }
}

/// Fails if nobody waits for the file any longer. It was read to its end; a read of no byte still tells that.
pub(super) fn still_wanted(source: &mut dyn Read) -> Result<(), IngestError> {
    let read = source.read(&mut []).map(drop);
    read.map_err(|error| IngestError::reading(error, 1))
}

/// The bytes, watched.
pub(super) struct WatchedBytes<'b, 's> {
    bytes: Cursor<&'b [u8]>,
    watch: &'b Watch<'s>,
}

impl<'b, 's> WatchedBytes<'b, 's> {
    pub(super) fn new(bytes: &'b [u8], watch: &'b Watch<'s>) -> Self {
        Self {
            bytes: Cursor::new(bytes),
            watch,
        }
    }
}

impl Read for WatchedBytes<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.watch.look()?;
        let read = self.bytes.read(into)?;
        let left = self.watch.left.get().checked_sub(read as u64);
        let left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        self.watch.left.set(left);
        Ok(read)
    }
}

impl Seek for WatchedBytes<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source whose sender goes away after some looks.
    struct Leaves(u32);

    impl Read for Leaves {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::TimedOut)?;
            Ok(0)
        }
    }

    #[test]
    fn a_read_fails_when_nobody_waits_and_when_enough_was_read() {
        let mut source = Leaves(3);
        let watch = Watch::new(&mut source);
        let mut bytes = WatchedBytes::new(b"abcdefgh", &watch);
        assert_eq!(bytes.read(&mut [0; 2]).unwrap(), 2);
        watch.allow(3);
        assert_eq!(bytes.read(&mut [0; 2]).unwrap(), 2);
        assert!(bytes.read(&mut [0; 2]).is_err());
        assert_eq!(watch.gone(), None);
        watch.allow(100);
        assert!(bytes.read(&mut [0; 2]).is_err());
        assert_eq!(watch.gone(), Some(IngestError::Io(io::ErrorKind::TimedOut)));
    }
}
