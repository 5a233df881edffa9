//! One sealed file of a package while it is being written.
//!
//! Plaintext goes from the caller into age and nowhere else. Its SHA-256 is kept in memory until it
//! is sealed too. Ciphertext goes to two more threads, which compute its digests and write it: most
//! of the work is hashing, not sealing.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use age::stream::StreamWriter;
use ring::digest::{Algorithm, Context, Digest, SHA256, SHA512};

use crate::evidence::digest::{Digests, array};
use crate::evidence::error::During;
use crate::evidence::{EvidenceError, Recipient};

/// Accepts plaintext; [`SealedFile::finish`] adds the file to the package. If one is dropped
/// unfinished, the package cannot be finished.
pub struct SealedFile {
    name: String,
    age: StreamWriter<Sink>,
    plaintext: Context,
    plaintext_bytes: u64,
    parts: Parts,
}

/// The package's record of a finished sealed file.
pub(super) struct Part {
    /// The name without `.age`.
    pub(super) name: String,
    pub(super) ciphertext: Digests,
    pub(super) plaintext_sha256: [u8; 32],
    pub(super) plaintext_bytes: u64,
}

/// The finished parts, shared by the package and its open files.
#[derive(Clone, Default)]
pub(super) struct Parts(Arc<Mutex<Vec<Part>>>);

impl SealedFile {
    pub(super) fn begin(
        name: &str,
        recipients: &[Recipient],
        file: File,
        parts: Parts,
    ) -> Result<Self, EvidenceError> {
        let encryptor = age::Encryptor::with_recipients(recipients.iter().map(Recipient::age))
            .map_err(|_| EvidenceError::Recipients)?;
        let sink = Sink::begin(file).during("start a thread for a sealed file")?;
        let age = encryptor.wrap_output(sink).during("write a sealed file")?;
        Ok(Self {
            name: name.to_owned(),
            age,
            plaintext: Context::new(&SHA256),
            plaintext_bytes: 0,
            parts,
        })
    }

    /// Without `.age`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes the last chunk; the file now belongs to the package.
    pub fn finish(self) -> Result<(), EvidenceError> {
        let sink = self.age.finish().during("write a sealed file")?;
        let ciphertext = sink.finish().during("write a sealed file")?;
        self.parts.add(Part {
            name: self.name,
            ciphertext,
            plaintext_sha256: array(self.plaintext.finish().as_ref()),
            plaintext_bytes: self.plaintext_bytes,
        });
        Ok(())
    }
}

impl Write for SealedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.age.write(bytes)?;
        self.plaintext
            .update(bytes.get(..written).unwrap_or_default());
        self.plaintext_bytes += written as u64;
        Ok(written)
    }

    /// age holds back its last chunk until the end, so there is nothing to flush.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Parts {
    fn add(&self, part: Part) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part);
    }

    pub(super) fn take(&self) -> Vec<Part> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Collects ciphertext into large pieces and passes each to two threads. One computes the SHA-512,
/// the slowest digest; the other computes the SHA-256 and writes.
struct Sink {
    bytes: u64,
    piece: Vec<u8>,
    /// Pieces that both threads have finished with.
    done: Receiver<Vec<u8>>,
    sha512: Follower,
    sha256: Follower,
}

impl Sink {
    fn begin(file: File) -> io::Result<Self> {
        let (give_back, done) = sync_channel(PIECES_WAITING);
        Ok(Self {
            bytes: 0,
            piece: Vec::with_capacity(PIECE),
            done,
            sha512: Follower::begin("evidence-sha512", &SHA512, None, give_back.clone())?,
            sha256: Follower::begin("evidence-writer", &SHA256, Some(file), give_back)?,
        })
    }

    fn send(&mut self) -> io::Result<()> {
        let next = self.done.try_recv();
        let next = next.unwrap_or_else(|_| Vec::with_capacity(PIECE));
        let piece = Arc::new(std::mem::replace(&mut self.piece, next));
        self.sha512.show(piece.clone())?;
        self.sha256.show(piece)
    }

    fn finish(mut self) -> io::Result<Digests> {
        self.send()?;
        let sha256 = self.sha256.finish()?;
        let sha512 = self.sha512.finish()?;
        Ok(Digests {
            sha256: array(sha256.as_ref()),
            sha512: array(sha512.as_ref()),
            bytes: self.bytes,
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() + bytes.len() > PIECE && !self.piece.is_empty() {
            self.send()?;
        }
        self.bytes += bytes.len() as u64;
        self.piece.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A thread that computes one digest of all pieces, and may write them.
struct Follower {
    pieces: SyncSender<Arc<Vec<u8>>>,
    /// `None` once its failure was reported.
    thread: Option<JoinHandle<io::Result<Digest>>>,
}

impl Follower {
    fn begin(
        name: &str,
        algorithm: &'static Algorithm,
        mut file: Option<File>,
        give_back: SyncSender<Vec<u8>>,
    ) -> io::Result<Self> {
        let (pieces, arriving) = sync_channel::<Arc<Vec<u8>>>(PIECES_WAITING);
        let follow = move || {
            let mut digest = Context::new(algorithm);
            let mut unsynced = 0;
            for piece in arriving {
                if let Some(file) = &mut file {
                    file.write_all(&piece)?;
                    unsynced += piece.len();
                    if unsynced >= SYNCED_EVERY {
                        file.sync_data()?;
                        unsynced = 0;
                    }
                }
                digest.update(&piece);
                if let Some(mut piece) = Arc::into_inner(piece) {
                    piece.clear();
                    // The receiver may be gone already.
                    let _ = give_back.try_send(piece);
                }
            }
            Ok(digest.finish())
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(follow)?;
        Ok(Self {
            pieces,
            thread: Some(thread),
        })
    }

    /// If the thread no longer receives, it failed to write; this returns its error.
    fn show(&mut self, piece: Arc<Vec<u8>>) -> io::Result<()> {
        match self.pieces.send(piece) {
            Ok(()) => Ok(()),
            Err(_) => Err(match Self::result(self.thread.take()) {
                Err(error) => error,
                Ok(_) => io::ErrorKind::BrokenPipe.into(),
            }),
        }
    }

    fn finish(self) -> io::Result<Digest> {
        drop(self.pieces);
        Self::result(self.thread)
    }

    fn result(thread: Option<JoinHandle<io::Result<Digest>>>) -> io::Result<Digest> {
        match thread.map(JoinHandle::join) {
            Some(Ok(result)) => result,
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

const PIECE: usize = 256 * 1024;
const PIECES_WAITING: usize = 16;

/// Bytes between syncs, so that the disk works during the sealing and not only at its end.
const SYNCED_EVERY: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one_and_makes_no_part() {
        let recipient = age::x25519::Identity::generate().to_public().to_string();
        let recipients = [recipient.parse().unwrap()];
        for megabytes in [0, 40] {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let parts = Parts::default();
            let mut sealed = SealedFile::begin("x", &recipients, full, parts.clone()).unwrap();
            let mut write = || (0..megabytes).try_for_each(|_| sealed.write_all(&[7; 1 << 20]));
            let error = match write() {
                Err(error) => error,
                Ok(()) => match sealed.finish() {
                    Err(EvidenceError::Io { source, .. }) => source,
                    other => panic!("{other:?}"),
                },
            };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert_eq!(parts.count(), 0);
        }
    }
}
