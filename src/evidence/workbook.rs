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

use crate::evidence::sheet_xml::{PARTS, SHEET};

/// Accepts the XML of the sheet.
pub(super) struct Workbook<W> {
    piece: Piece,
    /// How many bytes the sheet has so far.
    pub(super) bytes: u64,
    pieces: SyncSender<Piece>,
    /// Pieces that are packed.
    done: Receiver<Piece>,
    packing: JoinHandle<io::Result<W>>,
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
            packing,
        })
    }

    /// Ends the sheet and the workbook, and gives back where it went. What could not be written is reported here.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.send()?;
        drop(self.pieces);
        self.packing.join().unwrap_or_else(|_| Err(stopped()))
    }

    fn send(&mut self) -> io::Result<()> {
        let next = self.done.try_recv().unwrap_or_else(|_| empty());
        let piece = std::mem::replace(&mut self.piece, next);
        self.pieces.send(piece).map_err(|_| stopped())
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

    /// Most of what is written is short and fits.
    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while bytes.len() > PIECE - self.piece.len() {
            let written = self.write(bytes)?;
            bytes = bytes.get(written..).unwrap_or_default();
        }
        self.piece.extend_from_slice(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
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
    let mut zip = ZipWriter::new_stream(Packed { out, failed: None });
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
    let packed = zip.finish()?.into_inner();
    match packed.failed {
        None => Ok(packed.out),
        Some(error) => Err(error),
    }
}

/// Passes on what is packed until that fails, and then keeps the error. A [`ZipWriter`] that is told of one writes to
/// the standard error output when it is dropped.
struct Packed<W> {
    out: W,
    failed: Option<io::Error>,
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The thread ended before the sheet did.
fn stopped() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

fn empty() -> Piece {
    Zeroizing::new(Vec::with_capacity(PIECE))
}

const PIECE: usize = 256 * 1024;
/// How many pieces wait for the packer.
const WAITING: usize = 4;
/// The fastest. Most of a sheet is the same few tags again and again, which it finds as well as any other.
const LEVEL: i64 = 1;
