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
    fn a_buffer_grows_and_keeps_what_was_written() {
        let mut buffer = WipedBuffer::default();
        for _ in 0..100 {
            buffer.write_all(b"0123456789").unwrap();
        }
        assert_eq!(buffer.len(), 1000);
        assert_eq!(*buffer.into_bytes(), b"0123456789".repeat(100));
    }
}
