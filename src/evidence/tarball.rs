//! Writes the tar of a package: uncompressed ustar, the same bytes for the same input.
//!
//! Owner 0, fixed modes and one given time, so that it reveals nothing about the machine.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use tar::{EntryType, Header};

use crate::domain::Moment;

pub(super) struct Tarball {
    out: File,
    mtime: u64,
}

impl Tarball {
    pub(super) fn new(out: File, mtime: Moment) -> Self {
        Self {
            out,
            mtime: u64::try_from(mtime.seconds()).unwrap_or_default(),
        }
    }

    pub(super) fn directory(&mut self, path: &str) -> io::Result<()> {
        self.header(&format!("{path}/"), EntryType::Directory, 0o755, 0)
    }

    pub(super) fn bytes(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.header(path, EntryType::Regular, 0o644, bytes.len() as u64)?;
        self.out.write_all(bytes)?;
        self.pad(bytes.len() as u64)
    }

    /// The offset in a tar at which the content of the first file of `bag/data/` begins: after its
    /// own header and those of the two directories.
    pub(super) const FIRST_CONTENT: u64 = 3 * BLOCK;

    /// The tar's first file. Its content is already in place at [`Self::FIRST_CONTENT`], written
    /// before its length was known.
    pub(super) fn in_place(&mut self, path: &str, bytes: u64) -> io::Result<()> {
        self.header(path, EntryType::Regular, 0o644, bytes)?;
        let begin = self.out.stream_position()?;
        let end = self.out.seek(SeekFrom::End(0))?;
        if (begin, end) != (Self::FIRST_CONTENT, Self::FIRST_CONTENT + bytes) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.pad(bytes)
    }

    /// Copies `bytes` bytes of a file; fewer is an error. From file to file the system copies them.
    pub(super) fn file(&mut self, path: &str, bytes: u64, mut from: File) -> io::Result<()> {
        self.header(path, EntryType::Regular, 0o644, bytes)?;
        if io::copy(&mut from, &mut self.out)? != bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.pad(bytes)
    }

    /// Writes the end mark. The file is not durable yet.
    pub(super) fn finish(mut self) -> io::Result<File> {
        self.out.write_all(&[0; 2 * BLOCK as usize])?;
        Ok(self.out)
    }

    fn header(&mut self, path: &str, kind: EntryType, mode: u32, bytes: u64) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_path(path)?;
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.mtime);
        header.set_size(bytes);
        header.set_cksum();
        self.out.write_all(header.as_bytes())
    }

    fn pad(&mut self, bytes: u64) -> io::Result<()> {
        let over = usize::try_from(bytes % BLOCK).unwrap_or_default();
        let zeros = [0; BLOCK as usize];
        match over {
            0 => Ok(()),
            over => self.out.write_all(zeros.get(over..).unwrap_or_default()),
        }
    }
}

pub(super) const BLOCK: u64 = 512;
