//! A file that is about to be admitted.

use std::io::Read;

/// A file on its way in.
pub struct Arriving {
    /// Its bytes.
    pub file: Box<dyn Read + Send>,
    /// Its length in bytes, if it is known.
    pub bytes: Option<u64>,
    /// Ends a read that waits for more bytes. Called if the admission is cancelled.
    pub stop: Option<Box<dyn FnOnce() + Send>>,
}

impl Arriving {
    /// A file whose reads do not wait for a sender.
    pub fn whole(file: Box<dyn Read + Send>, bytes: Option<u64>) -> Self {
        Self {
            file,
            bytes,
            stop: None,
        }
    }
}
