//! The bytes of a packed file, in a buffer that is wiped.

use std::io::{self, BufRead, Read};

use zeroize::Zeroizing;

/// A buffered source that counts how many bytes were taken of it.
pub(super) struct PackedSource {
    source: Box<dyn Read + Send>,
    buffer: Zeroizing<Vec<u8>>,
    at: usize,
    filled: usize,
    taken: u64,
}

impl PackedSource {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(vec![0; BUFFER]),
            at: 0,
            filled: 0,
            taken: 0,
        }
    }

    /// How many bytes were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    pub(super) fn u16(&mut self) -> io::Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes).map(|()| bytes)
    }

    pub(super) fn bytes(&mut self, count: u16) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::from(count)];
        self.read_exact(&mut bytes).map(|()| bytes)
    }
}

impl Read for PackedSource {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        for (to, from) in into.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for PackedSource {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.filled {
            (self.at, self.filled) = (0, 0);
            self.filled = self.source.read(&mut self.buffer)?;
        }
        Ok(self.buffer.get(self.at..self.filled).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.taken += count as u64;
    }
}

/// Room in the buffer, in bytes.
const BUFFER: usize = 32 << 10;
