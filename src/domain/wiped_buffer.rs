//! A buffer that is wiped when it is dropped, and when it moves to a bigger allocation (which a
//! `Vec` would leave unwiped).

use std::io;

use zeroize::Zeroizing;

/// A growing buffer of bytes that wipes every allocation it leaves.
#[derive(Default)]
pub struct WipedBuffer(Zeroizing<Vec<u8>>);

impl WipedBuffer {
    /// An empty buffer with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// Appends the bytes. If they do not fit, the buffer moves and the old one is wiped.
    pub fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut bigger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two()));
            bigger.extend_from_slice(&self.0);
            self.0 = bigger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes; they are still wiped when dropped.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Overwrites all of a large buffer with zeros. Afterwards it is as long as its allocation. [`zeroize::Zeroize`] writes
/// byte by byte, which takes as long as it took to open what the buffer has.
pub fn wipe(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.capacity(), 0);
    bytes.fill(0);
    zeroize::optimization_barrier(bytes.as_slice());
}

impl io::Write for WipedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_wiped_buffer_has_zeros_only_also_where_it_was_cut() {
        let mut bytes = b"0123456789".repeat(100);
        bytes.truncate(7);
        wipe(&mut bytes);
        assert!(bytes.len() >= 1000 && bytes.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_buffer_grows_and_keeps_what_was_written() {
        let mut buffer = WipedBuffer::default();
        for _ in 0..100 {
            buffer.write_all(b"0123456789").unwrap();
        }
        assert_eq!(buffer.len(), 1000);
        assert_eq!(*buffer.into_bytes(), b"0123456789".repeat(100));
    }
}
