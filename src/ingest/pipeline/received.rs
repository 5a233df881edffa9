//! The file as received: every byte is counted and hashed on its way to the reader, before it is
//! unpacked.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::vault::AdmissionProgress;

/// A file whose bytes are counted and hashed. Clones are the same file.
#[derive(Clone)]
pub(super) struct Received(Arc<Shared>);

struct Shared {
    source: Mutex<Source>,
    /// Counts the bytes, and knows whether the admission was cancelled.
    progress: AdmissionProgress,
    stopped: AtomicBool,
}

struct Source {
    file: Box<dyn Read + Send>,
    hash: Context,
}

/// How much is read at once, in bytes.
const DRAIN: usize = 1 << 16;

impl Received {
    pub(super) fn new(file: Box<dyn Read + Send>, progress: AdmissionProgress) -> Self {
        Self(Arc::new(Shared {
            source: Mutex::new(Source {
                file,
                hash: Context::new(&SHA256),
            }),
            progress,
            stopped: AtomicBool::new(false),
        }))
    }

    /// How many bytes were received so far.
    pub(super) fn so_far(&self) -> u64 {
        self.0.progress.bytes()
    }

    /// Makes the next read fail.
    pub(super) fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// Reads what the reader left, to the end. Gives SHA-256 over the whole file.
    pub(super) fn drain(mut self) -> io::Result<[u8; 32]> {
        let mut rest = Zeroizing::new(vec![0; DRAIN]);
        loop {
            match self.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let source = self.0.source.lock().unwrap_or_else(PoisonError::into_inner);
        let mut digest = [0; 32];
        for (out, byte) in digest.iter_mut().zip(source.hash.clone().finish().as_ref()) {
            *out = *byte;
        }
        Ok(digest)
    }
}

impl Read for Received {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.stopped.load(Ordering::Relaxed) || self.0.progress.is_cancelled() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let mut source = self.0.source.lock().unwrap_or_else(PoisonError::into_inner);
        let read = source.file.read(into)?;
        source.hash.update(into.get(..read).unwrap_or_default());
        self.0.progress.read(read as u64);
        Ok(read)
    }
}
