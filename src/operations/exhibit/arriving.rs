//! A file on its way in, and what is known of its coming.

use std::io::Read;

pub struct Arriving {
    pub file: Box<dyn Read + Send>,
    /// How long it is said to be.
    pub bytes: Option<u64>,
    /// Ends a read that waits for more of it: called if the admission is cancelled.
    pub stop: Option<Box<dyn FnOnce() + Send>>,
}

impl Arriving {
    /// A file whose reads do not wait for anybody.
    pub fn whole(file: Box<dyn Read + Send>, bytes: Option<u64>) -> Self {
        Self {
            file,
            bytes,
            stop: None,
        }
    }
}
