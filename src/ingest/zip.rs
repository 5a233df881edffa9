//! A zip that holds one file, read from its front to its end without going
//! back: what is not one plain file, whole and unaltered, is refused.

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::packed::{Growth, Packed};
use super::zip_header::{DESCRIPTION, Entry, Method, Sum, damaged};

/// The file in a zip. An end without an error says that checksum, sizes and
/// directory were right.
pub(super) struct Zip {
    packed: Packed,
    entry: Entry,
    start: u64,
    inflate: Decompress,
    crc: Crc,
    growth: Growth,
    /// The last byte of the file has come out.
    whole: bool,
    ended: bool,
}

impl Zip {
    pub(super) fn open(mut packed: Packed) -> io::Result<Self> {
        let entry = Entry::read(&mut packed)?;
        Ok(Self {
            start: packed.taken(),
            packed,
            entry,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            growth: Growth::default(),
            whole: false,
            ended: false,
        })
    }

    /// Bytes of the packed file that were read.
    fn drawn(&self) -> u64 {
        self.packed.taken() - self.start
    }

    /// How many bytes the packed file may still have.
    fn room(&self) -> u64 {
        match (self.entry.method, self.entry.described) {
            (Method::Deflated, true) => u64::MAX,
            _ => self.entry.sum.packed.saturating_sub(self.drawn()),
        }
    }

    /// Some of the file, or nothing at its end.
    fn some(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.entry.method == Method::Stored {
            let room = usize::try_from(self.room()).unwrap_or(usize::MAX);
            let most = into.len().min(room);
            let read = self.packed.read(into.get_mut(..most).unwrap_or_default())?;
            return if read == 0 && most > 0 {
                Err(io::ErrorKind::UnexpectedEof.into())
            } else {
                Ok(read)
            };
        }
        while !self.whole {
            let room = usize::try_from(self.room()).unwrap_or(usize::MAX);
            let ready = self.packed.fill_buf()?;
            let cut = ready.is_empty();
            let ready = ready.get(..ready.len().min(room)).unwrap_or_default();
            let before = (self.inflate.total_in(), self.inflate.total_out());
            let inflated = self.inflate.decompress(ready, into, FlushDecompress::None);
            let status = inflated.map_err(|_| damaged())?;
            let after = (self.inflate.total_in(), self.inflate.total_out());
            let [used, made] = [after.0 - before.0, after.1 - before.1]
                .map(|count| usize::try_from(count).unwrap_or(usize::MAX));
            self.packed.consume(used);
            self.whole = status == Status::StreamEnd;
            match status {
                _ if made > 0 => return Ok(made),
                Status::StreamEnd => {}
                _ if cut => return Err(io::ErrorKind::UnexpectedEof.into()),
                // It wants more, and there is no more.
                _ if used == 0 => return Err(damaged()),
                _ => {}
            }
        }
        Ok(0)
    }

    /// Holds what was read against all that is said of it.
    fn finish(&mut self) -> io::Result<()> {
        let found = Sum {
            crc: self.crc.sum(),
            packed: self.drawn(),
            unpacked: self.growth.unpacked(),
        };
        if self.entry.described {
            self.check_description(found)?;
        } else if found != self.entry.sum {
            return Err(damaged());
        }
        self.entry.check_directory(found, &mut self.packed)
    }

    /// Checksum and sizes behind the file, with or without a mark before them,
    /// in four bytes each or in eight.
    fn check_description(&mut self, found: Sum) -> io::Result<()> {
        let mut crc = self.packed.array()?;
        if crc == DESCRIPTION {
            crc = self.packed.array()?;
        }
        let sizes = self.packed.u64()?;
        let fits = |size: u64| u32::try_from(size).is_ok();
        let narrow = fits(found.packed)
            && fits(found.unpacked)
            && sizes == found.unpacked << 32 | found.packed;
        // An empty file's sizes look the same for four bytes as for eight.
        let wide = sizes == found.packed && (self.entry.wide || !narrow);
        let right = if wide {
            self.packed.u64()? == found.unpacked
        } else {
            narrow
        };
        if right && u32::from_le_bytes(crc) == found.crc {
            Ok(())
        } else {
            Err(damaged())
        }
    }
}

impl Read for Zip {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended || into.is_empty() {
            return Ok(0);
        }
        let read = self.some(into)?;
        if read == 0 {
            self.finish()?;
            self.ended = true;
            return Ok(0);
        }
        self.crc.update(into.get(..read).unwrap_or_default());
        self.growth.count(read, self.packed.taken())?;
        Ok(read)
    }
}
