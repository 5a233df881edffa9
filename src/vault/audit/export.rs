//! An exported log: a directory of plain files (c2sp.org/tlog-tiles) that other
//! people's tools read too.
//!
//! `checkpoint`, `tile/<level>/<n>` (256 hashes a tile) and `tile/entries/<n>`
//! (each leaf after its length in two bytes). The leaves are as the log holds
//! them: the details they commit to are not in it. Reading believes nothing;
//! `verify_log` does the checking.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::{Hash, leaf_hash, node_hash};
use super::leaf::LEAF_BYTES_MAX;
use super::tree::{Hashes, stored_hash_place};

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("leaf {seq} could not be read from the log")]
    Leaf {
        seq: u64,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("leaf {seq} is too long for an entry")]
    TooLong { seq: u64 },
    #[error("the log has {leaves} leaves and the checkpoint was signed over {size}")]
    Size { leaves: u64, size: u64 },
    #[error("the exported log's checkpoint is malformed")]
    Checkpoint(#[source] CheckpointError),
    #[error("could not write {file} of the exported log")]
    Write { file: String, source: io::Error },
    #[error("could not read {file} of the exported log")]
    Read { file: String, source: io::Error },
    #[error("{file} of the exported log has not the length that the checkpoint's size asks for")]
    Length { file: String },
    #[error("the exported log holds no stored hash {position}")]
    NoHash { position: u64 },
}

/// Writes a log as files through `create`, which is given each name and content
/// once; the checkpoint is last, so that a torn export has none.
pub fn write_log<E: Error + Send + Sync + 'static>(
    leaves: impl Iterator<Item = Result<Vec<u8>, E>>,
    checkpoint: &str,
    mut create: impl FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let claimed = Checkpoint::unverified(checkpoint.as_bytes()).map_err(ExportError::Checkpoint)?;
    let mut tiles = Tiles {
        create: &mut create,
        levels: Vec::new(),
    };
    let mut entries = Vec::new();
    let mut seq = 0;
    for leaf in leaves {
        let leaf = leaf.map_err(|e| ExportError::Leaf {
            seq,
            source: Box::new(e),
        })?;
        let length = u16::try_from(leaf.len()).map_err(|_| ExportError::TooLong { seq })?;
        entries.extend_from_slice(&length.to_be_bytes());
        entries.extend_from_slice(&leaf);
        tiles.add(0, seq, *leaf_hash(&leaf).as_hash())?;
        seq += 1;
        if seq % TILE_WIDTH == 0 {
            tiles.file(
                &tile_name("entries", seq / TILE_WIDTH - 1, TILE_WIDTH),
                &entries,
            )?;
            entries.clear();
        }
    }
    if seq != claimed.size {
        return Err(ExportError::Size {
            leaves: seq,
            size: claimed.size,
        });
    }
    if !entries.is_empty() {
        tiles.file(
            &tile_name("entries", seq / TILE_WIDTH, seq % TILE_WIDTH),
            &entries,
        )?;
    }
    tiles.finish(seq)?;
    tiles.file(CHECKPOINT, checkpoint.as_bytes())?;
    Ok(seq)
}

/// Writes a log as files under `directory`. No file that exists is overwritten.
pub fn write_log_to<E: Error + Send + Sync + 'static>(
    directory: &Path,
    leaves: impl Iterator<Item = Result<Vec<u8>, E>>,
    checkpoint: &str,
) -> Result<u64, ExportError> {
    write_log(leaves, checkpoint, |name, bytes| {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)?
            .write_all(bytes)
    })
}

/// An exported log to read: its leaves in order, and its stored hashes.
pub struct ExportedLog {
    directory: PathBuf,
    checkpoint: Vec<u8>,
    size: u64,
}

impl ExportedLog {
    pub fn open(directory: &Path) -> Result<Self, ExportError> {
        let checkpoint = read_file(directory, CHECKPOINT, CHECKPOINT_BYTES_MAX)?;
        let claimed = Checkpoint::unverified(&checkpoint).map_err(ExportError::Checkpoint)?;
        Ok(Self {
            directory: directory.to_owned(),
            checkpoint,
            size: claimed.size,
        })
    }

    /// The signed note, not yet opened.
    pub fn checkpoint(&self) -> &[u8] {
        &self.checkpoint
    }

    /// The leaves with their numbers, as far as the checkpoint says there are.
    pub fn leaves(&self) -> ExportedLeaves<'_> {
        ExportedLeaves {
            log: self,
            next: 0,
            entries: Vec::new(),
            at: 0,
            spoilt: false,
        }
    }

    /// How many of `count` things are in tile `n`, if it is a tile.
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
            // A level between two tiled ones is computed from the lower of them.
            let (tiled, above) = (level / 8, level % 8);
            let first = n << above;
            let (tile, start) = (first / TILE_WIDTH, (first % TILE_WIDTH) as usize);
            let known = open
                .iter()
                .position(|(of, number, _)| (*of, *number) == (tiled, tile));
            let at = match known {
                Some(at) => at,
                None => {
                    // The newest tile of a level takes the place of the one before it.
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

/// The tiles under construction, one a level.
struct Tiles<'a, F> {
    create: &'a mut F,
    levels: Vec<Vec<Hash>>,
}

impl<F: FnMut(&str, &[u8]) -> io::Result<()>> Tiles<'_, F> {
    /// Adds hash `n` of a tiled level; a tile that is full is written and counts one level up.
    fn add(&mut self, level: usize, n: u64, hash: Hash) -> Result<(), ExportError> {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        self.levels[level].push(hash);
        if !(n + 1).is_multiple_of(TILE_WIDTH) {
            return Ok(());
        }
        let tile = std::mem::take(&mut self.levels[level]);
        self.tile(level, n / TILE_WIDTH, &tile)?;
        match subtree(&tile) {
            Some(root) => self.add(level + 1, n / TILE_WIDTH, root),
            None => Ok(()),
        }
    }

    /// Writes the tiles that are not full.
    fn finish(&mut self, size: u64) -> Result<(), ExportError> {
        let mut count = size;
        for (level, tile) in std::mem::take(&mut self.levels).into_iter().enumerate() {
            if !tile.is_empty() {
                self.tile(level, count / TILE_WIDTH, &tile)?;
            }
            count /= TILE_WIDTH;
        }
        Ok(())
    }

    fn tile(&mut self, level: usize, n: u64, hashes: &[Hash]) -> Result<(), ExportError> {
        let name = tile_name(&level.to_string(), n, hashes.len() as u64);
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
        self.file(&name, &bytes)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        (self.create)(name, bytes).map_err(|source| ExportError::Write {
            file: name.to_owned(),
            source,
        })
    }
}

/// The root over a power of two of hashes.
fn subtree(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [one] => Some(*one),
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&subtree(left)?, &subtree(right)?))
        }
    }
}

/// `tile/0/x001/x234/067`, and with `.p/W` when only W wide.
fn tile_name(level: &str, n: u64, width: u64) -> String {
    let mut number = format!("{:03}", n % 1_000);
    let mut rest = n / 1_000;
    while rest > 0 {
        number = format!("x{:03}/{number}", rest % 1_000);
        rest /= 1_000;
    }
    let partial = if width < TILE_WIDTH {
        format!(".p/{width}")
    } else {
        String::new()
    };
    format!("tile/{level}/{number}{partial}")
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

const CHECKPOINT: &str = "checkpoint";
const CHECKPOINT_BYTES_MAX: u64 = 1_000_000;
const TILE_WIDTH: u64 = 256;
const ENTRIES_BYTES_MAX: u64 = TILE_WIDTH * (2 + LEAF_BYTES_MAX as u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_names_are_those_of_the_specification() {
        assert_eq!(tile_name("0", 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_name("entries", 0, 256), "tile/entries/000");
        assert_eq!(tile_name("1", 1_000, 17), "tile/1/x001/000.p/17");
    }
}
