//! A limit on what may come out of a packed file.

use std::io;

use crate::ingest::error::IngestError;

/// Counts what came out of a packed file.
#[derive(Default)]
pub(super) struct Growth(u64);

impl Growth {
    /// How many bytes came out so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.0
    }

    /// The most bytes that may come out of so many.
    pub(super) fn most(packed: u64) -> u64 {
        packed.saturating_mul(RATIO).max(RATIO_FROM)
    }

    /// Counts `more` bytes that came out; `packed` is how many went in so far.
    pub(super) fn count(&mut self, more: usize, packed: u64) -> io::Result<()> {
        self.0 += more as u64;
        let unpacked = self.0;
        if unpacked > Self::most(packed) || unpacked > TOTAL {
            return Err(IngestError::Bomb { packed, unpacked }.into());
        }
        Ok(())
    }
}

/// The most bytes that may come out: more than any log of one incident.
const TOTAL: u64 = 64 << 30;
/// How many times larger than its packed form a file may be. Logs reach 5 to 20, deflate can
/// reach 1,032.
const RATIO: u64 = 200;
/// The ratio is looked at from so many bytes on.
const RATIO_FROM: u64 = 1 << 20;
