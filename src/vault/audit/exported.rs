//! Reads an exported log: its leaves in order, and its stored hashes.
//!
//! Nothing is checked here; `verify_log` does that.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::checkpoint::Checkpoint;
use super::export::ExportError;
use super::hash::Hash;
use super::leaf::LEAF_BYTES_MAX;
use super::tile::{CHECKPOINT, TILE_WIDTH, subtree, tile_name};
use super::tree::{Hashes, stored_hash_place};

/// An exported log to read: its leaves in order, and its stored hashes.
pub struct ExportedLog {
    directory: PathBuf,
    checkpoint: Vec<u8>,
    size: u64,
}

impl ExportedLog {
    /// Opens an export and reads its checkpoint.
    pub fn open(directory: &Path) -> Result<Self, ExportError> {
        let checkpoint = read_file(directory, CHECKPOINT, CHECKPOINT_BYTES_MAX)?;
        let claimed = Checkpoint::unverified(&checkpoint).map_err(ExportError::Checkpoint)?;
        Ok(Self {
            directory: directory.to_owned(),
            checkpoint,
            size: claimed.size,
        })
    }

    /// The signed note, not opened yet.
    pub fn checkpoint(&self) -> &[u8] {
        &self.checkpoint
    }

    /// The leaves with their numbers, as many as the checkpoint says.
    pub fn leaves(&self) -> ExportedLeaves<'_> {
        ExportedLeaves {
            log: self,
            next: 0,
            entries: Vec::new(),
            at: 0,
            spoilt: false,
        }
    }

    /// How many of `count` things are in tile `n`, if there is such a tile.
    fn width(count: u64, n: u64) -> Option<u64> {
        let left = count.checked_sub(n.checked_mul(TILE_WIDTH)?)?;
        (left > 0).then(|| left.min(TILE_WIDTH))
    }

    fn tile(&self, level: u32, n: u64) -> Result<Option<Vec<Hash>>, ExportError> {
        let count = self.size.checked_shr(8 * level).unwrap_or(0);
        let Some(width) = Self::width(count, n) else {
            return Ok(None);
        };
        let file = tile_name(&level.to_string(), n, width);
        let bytes = read_file(&self.directory, &file, Hash::BYTES as u64 * TILE_WIDTH)?;
        let (hashes, rest) = bytes.as_chunks();
        if hashes.len() as u64 != width || !rest.is_empty() {
            return Err(ExportError::Length { file });
        }
        Ok(Some(hashes.iter().copied().map(Hash::from_bytes).collect()))
    }
}

impl Hashes for ExportedLog {
    type Error = ExportError;

    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, ExportError> {
        let mut open: Vec<(u32, u64, Vec<Hash>)> = Vec::new();
        let mut hashes = Vec::with_capacity(positions.len());
        for &position in positions {
            let none = || ExportError::NoHash { position };
            let (level, n) = stored_hash_place(position);
            // A level between two tiled levels is computed from the lower one.
            let (tiled, above) = (level / 8, level % 8);
            let first = n << above;
            let (tile, start) = (first / TILE_WIDTH, (first % TILE_WIDTH) as usize);
            let known = open
                .iter()
                .position(|(of, number, _)| (*of, *number) == (tiled, tile));
            let at = match known {
                Some(at) => at,
                None => {
                    // Keeps only the newest tile of a level open.
                    open.retain(|(of, _, _)| *of != tiled);
                    open.push((tiled, tile, self.tile(tiled, tile)?.ok_or_else(none)?));
                    open.len() - 1
                }
            };
            let under = open[at]
                .2
                .get(start..start + (1 << above))
                .ok_or_else(none)?;
            hashes.push(subtree(under).ok_or_else(none)?);
        }
        Ok(hashes)
    }

    fn keeps_level(&self, level: u32) -> bool {
        level.is_multiple_of(8)
    }
}

/// The leaves of an exported log, in order.
pub struct ExportedLeaves<'a> {
    log: &'a ExportedLog,
    next: u64,
    entries: Vec<u8>,
    at: usize,
    spoilt: bool,
}

impl ExportedLeaves<'_> {
    fn read_next(&mut self) -> Result<(u64, Vec<u8>), ExportError> {
        let tile = self.next / TILE_WIDTH;
        let width = ExportedLog::width(self.log.size, tile).unwrap_or(0);
        let file = || tile_name("entries", tile, width);
        if self.next.is_multiple_of(TILE_WIDTH) {
            self.entries = read_file(&self.log.directory, &file(), ENTRIES_BYTES_MAX)?;
            self.at = 0;
        }
        let short = || ExportError::Length { file: file() };
        let rest = self.entries.get(self.at..).ok_or_else(short)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let leaf = rest
            .get(..usize::from(u16::from_be_bytes(*length)))
            .ok_or_else(short)?;
        self.at += length.len() + leaf.len();
        let leaf = (self.next, leaf.to_vec());
        self.next += 1;
        if self.next == tile * TILE_WIDTH + width && self.at != self.entries.len() {
            return Err(short());
        }
        Ok(leaf)
    }
}

impl Iterator for ExportedLeaves<'_> {
    type Item = Result<(u64, Vec<u8>), ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.spoilt || self.next >= self.log.size {
            return None;
        }
        let leaf = self.read_next();
        self.spoilt = leaf.is_err();
        Some(leaf)
    }
}

fn read_file(directory: &Path, file: &str, bytes_max: u64) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    let read = File::open(directory.join(file))
        .and_then(|open| open.take(bytes_max + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 <= bytes_max => Ok(bytes),
        Ok(_) => Err(ExportError::Length {
            file: file.to_owned(),
        }),
        Err(source) => Err(ExportError::Read {
            file: file.to_owned(),
            source,
        }),
    }
}

const CHECKPOINT_BYTES_MAX: u64 = 1_000_000;
const ENTRIES_BYTES_MAX: u64 = TILE_WIDTH * (2 + LEAF_BYTES_MAX as u64);
