//! A workbook that is packed on a thread of its own while its sheet is written.
//!
//! It is written from front to end, so nothing of it is kept: what is written goes in pieces to the thread, which packs
//! them into a zip and passes that on. A few pieces and the packer's windows, some 2 MB, are all the memory it takes,
//! however long the sheet is. Sees plaintext. Pieces are wiped when the workbook ends; what the packer holds, some 300
//! kB, is not.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use zeroize::Zeroizing;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::evidence::sealed::joined;
use crate::evidence::sheet_xml::{PARTS, SHEET};

/// Accepts the XML of the sheet.
pub(super) struct Workbook<W> {
    piece: Piece,
    /// How many bytes the sheet has so far.
    pub(super) bytes: u64,
    pieces: SyncSender<Piece>,
    /// Pieces that are packed.
    done: Receiver<Piece>,
    /// `None` once its failure was reported.
    packing: Option<JoinHandle<io::Result<W>>>,
}

/// Never grows, so that no copy is left behind.
type Piece = Zeroizing<Vec<u8>>;

impl<W: Write + Send + 'static> Workbook<W> {
    /// Begins a workbook that goes to `out`.
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let (pieces, arriving) = sync_channel(WAITING);
        let (give_back, done) = sync_channel(WAITING);
        let packing = thread::Builder::new()
            .name("evidence-workbook".to_owned())
            .spawn(move || pack(out, arriving, give_back))?;
        Ok(Self {
            piece: empty(),
            bytes: 0,
            pieces,
            done,
            packing: Some(packing),
        })
    }

    /// Ends the sheet and the workbook, and gives back where it went.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.send()?;
        drop(self.pieces);
        joined(self.packing)
    }

    /// If the thread no longer receives, it failed to write; this returns its error.
    fn send(&mut self) -> io::Result<()> {
        let next = self.done.try_recv().unwrap_or_else(|_| empty());
        let piece = std::mem::replace(&mut self.piece, next);
        match self.pieces.send(piece) {
            Ok(()) => Ok(()),
            Err(_) => Err(match joined(self.packing.take()) {
                Err(error) => error,
                Ok(_) => io::ErrorKind::BrokenPipe.into(),
            }),
        }
    }
}

impl<W: Write + Send + 'static> Write for Workbook<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == PIECE {
            self.send()?;
        }
        let fitting = bytes.len().min(PIECE - self.piece.len());
        self.piece
            .extend_from_slice(bytes.get(..fitting).unwrap_or_default());
        self.bytes += fitting as u64;
        Ok(fitting)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Packs the parts of a workbook and then the pieces of its sheet.
fn pack<W: Write>(out: W, pieces: Receiver<Piece>, give_back: SyncSender<Piece>) -> io::Result<W> {
    // The same time for every part, so that the same cells give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new_stream(out);
    for (name, text) in PARTS {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file(SHEET, options)?;
    for mut piece in pieces {
        zip.write_all(&piece)?;
        piece.clear();
        // The receiver may be gone already.
        let _ = give_back.try_send(piece);
    }
    Ok(zip.finish()?.into_inner())
}

fn empty() -> Piece {
    Zeroizing::new(Vec::with_capacity(PIECE))
}

const PIECE: usize = 256 * 1024;
/// How many pieces wait for the packer.
const WAITING: usize = 4;
/// The fastest. Most of a sheet is the same few tags again and again, which it finds as well as any other.
const LEVEL: i64 = 1;
