//! One sealed file of a package while it is being written.
//!
//! Plaintext goes from the caller into age and nowhere else; its SHA-256 is kept
//! in memory until it is sealed too. Ciphertext goes to a second thread, which
//! takes its digests and writes it, so that hashing does not slow the sealing.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use age::stream::StreamWriter;
use ring::digest::{Context, SHA256, SHA512};

use crate::evidence::digest::{Digests, array};
use crate::evidence::error::During;
use crate::evidence::{EvidenceError, Recipient};

/// Writes plaintext in; [`SealedFile::finish`] makes it part of the package.
/// One that is dropped unfinished keeps the package from being finished.
pub struct SealedFile {
    name: String,
    age: StreamWriter<Sink>,
    plaintext: Context,
    plaintext_bytes: u64,
    parts: Parts,
}

/// What the package needs to know of a finished sealed file.
pub(super) struct Part {
    /// Without `.age`.
    pub(super) name: String,
    pub(super) ciphertext: Digests,
    pub(super) plaintext_sha256: [u8; 32],
    pub(super) plaintext_bytes: u64,
}

/// Finished parts, shared by the package and its open files.
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

/// Takes the SHA-256 of ciphertext and gathers it into large pieces; a thread
/// takes the SHA-512, the slower of the two, and writes.
struct Sink {
    sha256: Context,
    bytes: u64,
    piece: Vec<u8>,
    pieces: SyncSender<Vec<u8>>,
    writer: JoinHandle<io::Result<[u8; 64]>>,
}

impl Sink {
    fn begin(mut file: File) -> io::Result<Self> {
        let (pieces, arriving) = sync_channel::<Vec<u8>>(PIECES_WAITING);
        let writer = thread::Builder::new()
            .name("evidence-writer".to_owned())
            .spawn(move || {
                let mut sha512 = Context::new(&SHA512);
                for piece in arriving {
                    file.write_all(&piece)?;
                    sha512.update(&piece);
                }
                Ok(array(sha512.finish().as_ref()))
            })?;
        Ok(Self {
            sha256: Context::new(&SHA256),
            bytes: 0,
            piece: Vec::with_capacity(PIECE),
            pieces,
            writer,
        })
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        // The thread has gone only if it failed to write: `finish` says how.
        self.pieces
            .send(piece)
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn finish(mut self) -> io::Result<Digests> {
        let sent = self.send();
        drop(self.pieces);
        let sha512 = self
            .writer
            .join()
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))??;
        sent?;
        Ok(Digests {
            sha256: array(self.sha256.finish().as_ref()),
            sha512,
            bytes: self.bytes,
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() + bytes.len() > PIECE && !self.piece.is_empty() {
            self.send()?;
        }
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
        self.piece.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const PIECE: usize = 256 * 1024;
const PIECES_WAITING: usize = 4;
