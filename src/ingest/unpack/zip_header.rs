//! The headers of a zip (PKWARE's APPNOTE): the one before its file, and the directory after it.
//!
//! Sees the name of the file and keeps it only to compare the two. No error quotes it.

use std::io::{self, Read};

use super::packed::PackedSource;
use crate::ingest::error::ZipFault;

/// The header before a file.
pub(super) struct ZipEntry {
    name: Vec<u8>,
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
    /// Reads the header of a file, from the first byte of the zip.
    pub(super) fn read(packed: &mut PackedSource) -> io::Result<Self> {
        match packed.array()? {
            FILE => {}
            END => return Err(ZipFault::Empty.into()),
            _ => return Err(ZipFault::Split.into()),
        }
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
        if !is_plain(&name) {
            return Err(ZipFault::Folder.into());
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
            method,
            described,
            wide,
            sums,
        })
    }

    /// Reads the rest of the zip, which must be a directory of this file alone, with the sums that
    /// were found.
    pub(super) fn check_directory(&self, found: Sums, packed: &mut PackedSource) -> io::Result<()> {
        match packed.array()? {
            LISTED => {}
            FILE => return Err(ZipFault::Several.into()),
            SEALED => return Err(ZipFault::Encrypted.into()),
            _ => return Err(damaged()),
        }
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
        if listed != found || offset != 0 || name != self.name {
            return Err(damaged());
        }
        end(packed)
    }
}

/// Reads the end of the directory, which must be the end of the zip.
fn end(packed: &mut PackedSource) -> io::Result<()> {
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
    let one = files.into_iter().all(|files| matches!(files, 1 | u16::MAX));
    let mut more = Vec::new();
    packed.take(1).read_to_end(&mut more)?;
    if one && more.is_empty() {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// True for a name without a folder.
fn is_plain(name: &[u8]) -> bool {
    let path = |byte: &u8| matches!(byte, b'/' | b'\\' | b':' | 0);
    !name.iter().any(path) && !matches!(name, b"" | b"." | b"..")
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
