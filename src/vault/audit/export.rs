//! Exports a log as a directory of plain files (c2sp.org/tlog-tiles), which other tools can read
//! too.
//!
//! The files are `checkpoint`, `tile/<level>/<n>` (256 hashes a tile) and `tile/entries/<n>` (each
//! leaf after its length in two bytes). The leaves are exact; the details they commit to are not
//! exported. Reading checks nothing; `verify_log` does.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::{Hash, leaf_hash};
use super::tile::{CHECKPOINT, TILE_WIDTH, subtree, tile_name};

/// Why a log cannot be exported, or an export not read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Leaf `seq` could not be read from the log.
    #[error("leaf {seq} could not be read from the log")]
    Leaf {
        /// The number of the leaf.
        seq: u64,
        /// The error of the log.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Leaf `seq` is too long for an entry.
    #[error("leaf {seq} is too long for an entry")]
    TooLong {
        /// The number of the leaf.
        seq: u64,
    },
    /// The log has `leaves` leaves, but the checkpoint was signed over `size`.
    #[error("the log has {leaves} leaves, but the checkpoint was signed over {size}")]
    Size {
        /// The number of leaves in the log.
        leaves: u64,
        /// The number of leaves in the tree.
        size: u64,
    },
    /// The exported log's checkpoint is malformed.
    #[error("the exported log's checkpoint is malformed")]
    Checkpoint(#[source] CheckpointError),
    /// Could not write `file` of the exported log.
    #[error("could not write {file} of the exported log")]
    Write {
        /// The file.
        file: String,
        /// The error of the system.
        source: io::Error,
    },
    /// Could not read `file` of the exported log.
    #[error("could not read {file} of the exported log")]
    Read {
        /// The file.
        file: String,
        /// The error of the system.
        source: io::Error,
    },
    /// `file` of the exported log does not have the length that fits the checkpoint's size.
    #[error("{file} of the exported log does not have the length that fits the checkpoint's size")]
    Length {
        /// The file.
        file: String,
    },
    /// The exported log has no stored hash `position`.
    #[error("the exported log has no stored hash {position}")]
    NoHash {
        /// Its position, from 1.
        position: u64,
    },
}

/// Writes a log as files through `create`, which gets each name and content once. The checkpoint
/// comes last, so that an incomplete export has none.
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

/// Writes a log as files under `directory`. Existing files are never overwritten.
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

/// The tiles under construction, one for each level.
struct Tiles<'a, F> {
    create: &'a mut F,
    levels: Vec<Vec<Hash>>,
}

impl<F: FnMut(&str, &[u8]) -> io::Result<()>> Tiles<'_, F> {
    /// Adds hash `n` of a tiled level. A full tile is written, and its root is added one level up.
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

    /// Writes the partial tiles.
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
