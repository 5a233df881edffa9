//! The headers of a zip (PKWARE's APPNOTE): the one before each file, and the directory after them.
//!
//! Sees the names of the files and keeps them only to compare the two. No error quotes them.

use std::io::{self, Read};

use super::packed::PackedSource;
use crate::ingest::error::ZipFault;

/// The header before a file.
#[derive(Clone)]
pub(super) struct ZipEntry {
    name: Vec<u8>,
    /// Where the header is in the zip.
    offset: u64,
    pub(super) method: Method,
    /// Checksum and sizes come after the file, not in this header.
    pub(super) described: bool,
    /// Sizes have eight bytes each.
    pub(super) wide: bool,
    pub(super) sums: Sums,
}

/// How the file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// The checksum and the sizes of the file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

impl ZipEntry {
    /// Reads the first header of a zip.
    pub(super) fn first(packed: &mut PackedSource) -> io::Result<Self> {
        match packed.array()? {
            FILE => Self::read(packed),
            END => Err(ZipFault::Empty.into()),
            _ => Err(ZipFault::Split.into()),
        }
    }

    /// Reads the header after a file; nothing if it is the directory, of which the signature was read.
    pub(super) fn next(packed: &mut PackedSource) -> io::Result<Option<Self>> {
        match packed.array()? {
            FILE => Self::read(packed).map(Some),
            LISTED => Ok(None),
            SEALED => Err(ZipFault::Encrypted.into()),
            _ => Err(damaged()),
        }
    }

    /// True for a folder, and for what a Mac or Windows puts beside a file.
    pub(super) fn is_shadow(&self) -> bool {
        let empty = !self.described && self.sums.unpacked == 0;
        if empty && matches!(self.name.last(), Some(b'/' | b'\\')) {
            return true;
        }
        let last = self.name.rsplit(|byte| *byte == b'/').next();
        let last = last.unwrap_or_default();
        self.name.starts_with(b"__MACOSX/")
            || last.starts_with(b"._")
            || SHADOWS.iter().any(|name| last.eq_ignore_ascii_case(name))
    }

    /// `Folder` if the name is not that of a file in the zip, in a folder or in none.
    pub(super) fn refuse_place(&self) -> io::Result<()> {
        match is_plain(&self.name) {
            true => Ok(()),
            false => Err(ZipFault::Folder.into()),
        }
    }

    /// Reads a header, of which the signature was read.
    fn read(packed: &mut PackedSource) -> io::Result<Self> {
        let offset = packed.taken() - FILE.len() as u64;
        let _version = packed.u16()?;
        let (flags, method) = (packed.u16()?, packed.u16()?);
        let _time_and_date = packed.u32()?;
        let mut sums = Sums {
            crc: packed.u32()?,
            packed: packed.u32()?.into(),
            unpacked: packed.u32()?.into(),
        };
        let (name, extra) = (packed.u16()?, packed.u16()?);
        let (name, extra) = (packed.bytes(name)?, packed.bytes(extra)?);
        if flags & ENCRYPTED != 0 || method == AES {
            return Err(ZipFault::Encrypted.into());
        }
        let described = flags & DESCRIBED != 0;
        let method = match method {
            // A stored file without its size has no end that could be found.
            0 if described && sums.packed == 0 => return Err(ZipFault::Method.into()),
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => return Err(ZipFault::Method.into()),
        };
        let wide = widen(&extra, [&mut sums.unpacked, &mut sums.packed])?;
        Ok(Self {
            name,
            offset,
            method,
            described,
            wide,
            sums,
        })
    }
}

/// Reads the rest of the zip, which must be a directory of these files, with the sums that were found. The first
/// signature was read.
pub(super) fn check_directory(
    files: &[(ZipEntry, Sums)],
    packed: &mut PackedSource,
) -> io::Result<()> {
    for (at, (entry, found)) in files.iter().enumerate() {
        if at > 0 {
            match packed.array()? {
                LISTED => {}
                _ => return Err(damaged()),
            }
        }
        check_listed(entry, *found, packed)?;
    }
    end(packed, files.len())
}

fn check_listed(entry: &ZipEntry, found: Sums, packed: &mut PackedSource) -> io::Result<()> {
    let _versions_flags_and_method = packed.u64()?;
    let _time_and_date = packed.u32()?;
    let mut listed = Sums {
        crc: packed.u32()?,
        packed: packed.u32()?.into(),
        unpacked: packed.u32()?.into(),
    };
    let [name, extra, comment] = [packed.u16()?, packed.u16()?, packed.u16()?];
    let _disk_and_attributes = packed.u64()?;
    let mut offset = u64::from(packed.u32()?);
    let (name, extra) = (packed.bytes(name)?, packed.bytes(extra)?);
    packed.bytes(comment)?;
    let Sums {
        packed: size,
        unpacked,
        ..
    } = &mut listed;
    widen(&extra, [unpacked, size, &mut offset])?;
    if listed != found || offset != entry.offset || name != entry.name {
        return Err(damaged());
    }
    Ok(())
}

/// Reads the end of the directory, which must be the end of the zip.
fn end(packed: &mut PackedSource, count: usize) -> io::Result<()> {
    let mut next = packed.array()?;
    if next == LISTED {
        return Err(ZipFault::Several.into());
    }
    if next == WIDE_END {
        let size = packed.u64()?;
        // Its 44 bytes, and room for a short extension.
        let room = u16::try_from(size).map_err(|_| damaged())?;
        packed.bytes(room)?;
        next = packed.array()?;
        if next == LOCATOR {
            packed.array::<16>()?;
            next = packed.array()?;
        }
    }
    if next != END {
        return Err(damaged());
    }
    let _disks = packed.u32()?;
    let files = [packed.u16()?, packed.u16()?];
    let _size_and_offset = packed.u64()?;
    let comment = packed.u16()?;
    packed.bytes(comment)?;
    let all = |files: &u16| usize::from(*files) == count || *files == u16::MAX;
    let all = files.iter().all(all);
    let mut more = Vec::new();
    packed.take(1).read_to_end(&mut more)?;
    if all && more.is_empty() {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// True for a name that leads to a place in the zip. The file is read wherever it is, and never written.
fn is_plain(name: &[u8]) -> bool {
    let mut parts = name.split(|byte| matches!(byte, b'/' | b'\\'));
    let odd = |byte: &u8| matches!(byte, b':' | 0);
    !name.iter().any(odd) && !parts.any(|part| matches!(part, b"" | b"." | b".."))
}

/// Replaces values that did not fit in four bytes by those of the zip64 field, if there is one.
/// True if there is.
fn widen<const N: usize>(extra: &[u8], values: [&mut u64; N]) -> io::Result<bool> {
    let mut rest = extra;
    while let [id1, id2, size1, size2, after @ ..] = rest {
        let size = usize::from(u16::from_le_bytes([*size1, *size2]));
        let field = after.get(..size).ok_or_else(damaged)?;
        rest = after.get(size..).unwrap_or_default();
        if [*id1, *id2] != ZIP64 {
            continue;
        }
        let mut wide = field.chunks_exact(8);
        for value in values {
            if *value == u64::from(u32::MAX) {
                let bytes = wide.next().and_then(|bytes| bytes.try_into().ok());
                *value = u64::from_le_bytes(bytes.ok_or_else(damaged)?);
            }
        }
        return Ok(true);
    }
    Ok(false)
}

/// What a wrong zip fails with.
pub(super) fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Names of files that show how a folder looks.
const SHADOWS: [&[u8]; 7] = [
    b".DS_Store",
    b"Thumbs.db",
    b"ehthumbs.db",
    b"desktop.ini",
    b".directory",
    b".localized",
    b"Icon\r",
];
const FILE: [u8; 4] = *b"PK\x03\x04";
const LISTED: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const WIDE_END: [u8; 4] = *b"PK\x06\x06";
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
/// Begins a directory that is encrypted.
const SEALED: [u8; 4] = *b"PK\x06\x08";
pub(super) const DESCRIPTION: [u8; 4] = *b"PK\x07\x08";
const ZIP64: [u8; 2] = [1, 0];
const AES: u16 = 99;
/// Flags of an encrypted file, a strongly encrypted one, and masked headers.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// The flag of `described`.
const DESCRIBED: u16 = 1 << 3;
