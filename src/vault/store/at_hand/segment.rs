//! One file of kept parts: a header and the ciphertext of each, one after the other.
//!
//! Header: the number of the exhibit (8 bytes, big-endian), the length of the part (4, likewise), its SHA-256 (32). A
//! digest of zeros says that the part was overwritten. What is added is not fsynced: what a crash left half written has
//! not the digest that it names, and is not given out. What is overwritten is.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use crate::vault::store::part_list::PartDigest;

/// The length of a header.
pub(super) const HEADER: u64 = 44;
/// In the place of the digest of a part that was overwritten.
const GONE: PartDigest = [0; 32];
/// Zeros are written in pieces of this length.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// One file.
pub(super) struct Segment {
    path: PathBuf,
    pub(super) file: Arc<File>,
    /// Where the next part goes.
    pub(super) end: u64,
    /// How many parts of it can be asked for.
    pub(super) parts: usize,
    /// When one of them was asked for last, in the order of all that were.
    pub(super) used: u64,
}

/// A part in a file.
pub(super) struct Found {
    pub(super) exhibit: i64,
    pub(super) digest: PartDigest,
    /// Where its ciphertext begins.
    pub(super) at: u64,
    pub(super) length: u32,
}

impl Segment {
    /// An empty one.
    pub(super) fn make(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(&path)?;
        Ok(Self::of(path, file, 0))
    }

    /// One that is there, and the parts that it has. What cannot be read as a part, and all behind it, is cut off.
    pub(super) fn open(path: PathBuf) -> io::Result<(Self, Vec<Found>)> {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let length = file.metadata()?.len();
        let (mut all, mut at) = (Vec::new(), 0);
        let mut header = [0; HEADER as usize];
        while at + HEADER <= length {
            file.read_exact_at(&mut header, at)?;
            let found = read(&header, at + HEADER);
            let end = found.at + u64::from(found.length);
            if end > length || found.length == 0 {
                break;
            }
            if found.digest != GONE {
                all.push(found);
            }
            at = end;
        }
        file.set_len(at)?;
        let mut segment = Self::of(path, file, at);
        segment.parts = all.len();
        Ok((segment, all))
    }

    fn of(path: PathBuf, file: File, end: u64) -> Self {
        Self {
            path,
            file: Arc::new(file),
            end,
            parts: 0,
            used: 0,
        }
    }

    /// Adds a part; says where its ciphertext begins.
    pub(super) fn add(
        &mut self,
        exhibit: i64,
        digest: &PartDigest,
        sealed: &[u8],
    ) -> io::Result<(u64, u32)> {
        let length = u32::try_from(sealed.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let at = self.end + HEADER;
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend_from_slice(&exhibit.to_be_bytes());
        header.extend_from_slice(&length.to_be_bytes());
        header.extend_from_slice(digest);
        let written = self.file.write_all_at(sealed, at);
        let written = written.and_then(|()| self.file.write_all_at(&header, self.end));
        if let Err(error) = written {
            // Nobody would overwrite what is behind the end.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end = at + u64::from(length);
        self.parts += 1;
        Ok((at, length))
    }

    /// Overwrites a part and its digest. See [`Self::sync`].
    pub(super) fn overwrite(&mut self, at: u64, length: u32) -> io::Result<()> {
        zero(&self.file, at - GONE.len() as u64, at + u64::from(length))?;
        self.parts = self.parts.saturating_sub(1);
        Ok(())
    }

    /// What was overwritten is so on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Removes the file. Whoever reads it at this moment still can.
    pub(super) fn remove(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }

    /// Overwrites all of the file, and removes it. The folder is for the caller to make durable.
    pub(super) fn destroy(&self) -> io::Result<()> {
        let file = match OpenOptions::new().write(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        zero(&file, 0, file.metadata()?.len())?;
        file.sync_data()?;
        fs::remove_file(&self.path)
    }
}

/// Writes zeros.
fn zero(file: &File, mut from: u64, end: u64) -> io::Result<()> {
    while from < end {
        let next = (end - from).min(ZEROS.len() as u64);
        file.write_all_at(&ZEROS[..next as usize], from)?;
        from += next;
    }
    Ok(())
}

fn read(header: &[u8; HEADER as usize], at: u64) -> Found {
    let mut found = Found {
        exhibit: 0,
        digest: GONE,
        at,
        length: 0,
    };
    if let Some((exhibit, rest)) = header.split_first_chunk()
        && let Some((length, digest)) = rest.split_first_chunk()
        && let Ok(digest) = digest.try_into()
    {
        found.exhibit = i64::from_be_bytes(*exhibit);
        found.length = u32::from_be_bytes(*length);
        found.digest = digest;
    }
    found
}
