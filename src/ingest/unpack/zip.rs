//! A zip that holds one file, and perhaps folders and what a Mac or Windows puts beside it. It is read from front to
//! end, without going back. A zip of anything but one file, or one that is damaged, is refused.

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zeroize::Zeroizing;

use super::growth::Growth;
use super::packed::PackedSource;
use super::zip_header::{DESCRIPTION, Method, Sums, ZipEntry, check_directory, damaged};
use crate::ingest::error::ZipFault;

/// The file in a zip. If it ends without an error, checksum, sizes and directory were right.
pub(super) struct Zip {
    packed: PackedSource,
    entry: ZipEntry,
    /// The files before this one.
    before: Vec<(ZipEntry, Sums)>,
    start: u64,
    inflate: Decompress,
    crc: Crc,
    growth: Growth,
    /// How many bytes came out of the files before this one.
    grown: u64,
    /// The last byte of the file came out.
    whole: bool,
    ended: bool,
}

impl Zip {
    pub(super) fn open(mut packed: PackedSource) -> io::Result<Self> {
        let entry = ZipEntry::first(&mut packed)?;
        let mut zip = Self {
            start: packed.taken(),
            packed,
            entry,
            before: Vec::new(),
            inflate: Decompress::new(false),
            crc: Crc::new(),
            growth: Growth::default(),
            grown: 0,
            whole: false,
            ended: false,
        };
        while zip.entry.is_shadow() {
            let next = zip.pass_over()?.ok_or(ZipFault::Empty)?;
            zip.begin(next);
        }
        zip.entry.refuse_place()?;
        Ok(zip)
    }

    /// Goes on with another file; the sums of the one before were found.
    fn begin(&mut self, next: ZipEntry) {
        let found = self.found();
        let before = std::mem::replace(&mut self.entry, next);
        self.before.push((before, found));
        self.start = self.packed.taken();
        self.grown = self.growth.unpacked();
        self.inflate = Decompress::new(false);
        self.crc = Crc::new();
        self.whole = false;
    }

    /// Reads a file that nobody wants, and the header after it.
    fn pass_over(&mut self) -> io::Result<Option<ZipEntry>> {
        if self.before.len() >= MOST_SHADOWS {
            return Err(ZipFault::Several.into());
        }
        let mut bytes = Zeroizing::new(vec![0; 8 << 10]);
        loop {
            let read = self.some(&mut bytes)?;
            self.take_in(bytes.get(..read).unwrap_or_default())?;
            if read == 0 {
                break;
            }
        }
        self.check_sums()?;
        ZipEntry::next(&mut self.packed)
    }

    /// Counts bytes of the file.
    fn take_in(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.crc.update(bytes);
        self.growth.count(bytes.len(), self.packed.taken())
    }

    /// What was found of the file that was read.
    fn found(&self) -> Sums {
        Sums {
            crc: self.crc.sum(),
            packed: match self.entry.method {
                Method::Stored => self.growth.unpacked() - self.grown,
                Method::Deflated => self.inflate.total_in(),
            },
            unpacked: self.growth.unpacked() - self.grown,
        }
    }

    /// How many packed bytes of the file were read.
    fn drawn(&self) -> u64 {
        self.packed.taken() - self.start
    }

    /// How many packed bytes of the file may still come.
    fn room(&self) -> u64 {
        match (self.entry.method, self.entry.described) {
            (Method::Deflated, true) => u64::MAX,
            _ => self.entry.sums.packed.saturating_sub(self.drawn()),
        }
    }

    /// Reads some of the file; 0 at its end.
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
                // The deflate stream is not complete, but the bytes of the file have ended.
                _ if used == 0 => return Err(damaged()),
                _ => {}
            }
        }
        Ok(0)
    }

    /// Compares what was read with the header, or with the description after the file.
    fn check_sums(&mut self) -> io::Result<()> {
        let found = self.found();
        if self.entry.described {
            self.check_description(found)
        } else if found != self.entry.sums {
            Err(damaged())
        } else {
            Ok(())
        }
    }

    /// Reads what is behind the file: shadows, and the directory of all files.
    fn finish(&mut self) -> io::Result<()> {
        self.check_sums()?;
        let mut next = ZipEntry::next(&mut self.packed)?;
        while let Some(entry) = next {
            if !entry.is_shadow() {
                return Err(ZipFault::Several.into());
            }
            self.begin(entry);
            next = self.pass_over()?;
        }
        let mut files = std::mem::take(&mut self.before);
        let (found, last) = (self.found(), &self.entry);
        files.push((last.clone(), found));
        check_directory(&files, &mut self.packed)
    }

    /// Checks the description after the file: checksum and sizes, with or without a signature
    /// before them, the sizes in four or eight bytes each.
    fn check_description(&mut self, found: Sums) -> io::Result<()> {
        let mut crc = self.packed.array()?;
        if crc == DESCRIPTION {
            crc = self.packed.array()?;
        }
        let sizes = self.packed.u64()?;
        let fits = |size: u64| u32::try_from(size).is_ok();
        let narrow = fits(found.packed)
            && fits(found.unpacked)
            && sizes == found.unpacked << 32 | found.packed;
        // The sizes of an empty file look the same in four bytes as in eight.
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
        self.take_in(into.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}

/// How many files may be beside the one that is read.
const MOST_SHADOWS: usize = 1000;
