//! A text that is wiped when it is dropped, cleared, or moved to a larger buffer (a `String` would not wipe its old
//! buffer).

use zeroize::{Zeroize, optimization_barrier};

#[derive(Default)]
pub(in crate::vault) struct WipedText(String);

impl WipedText {
    pub(in crate::vault) fn push_str(&mut self, text: &str) {
        self.reserve(text.len());
        self.0.push_str(text);
    }

    pub(in crate::vault) fn as_str(&self) -> &str {
        &self.0
    }

    pub(in crate::vault) fn len(&self) -> usize {
        self.0.len()
    }

    /// Wipes what was written and keeps the room.
    pub(in crate::vault) fn clear(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        // One memset and a barrier: the byte-by-byte volatile writes of
        // `zeroize` cost more than filling the batch did.
        bytes.fill(0);
        optimization_barrier(bytes.as_slice());
        bytes.clear();
        self.0 = String::from_utf8(bytes).unwrap_or_default();
    }

    fn reserve(&mut self, more: usize) {
        let needed = self.0.len().saturating_add(more);
        if needed <= self.0.capacity() {
            return;
        }
        let mut bigger = String::with_capacity(needed.max(self.0.capacity().saturating_mul(2)));
        bigger.push_str(&self.0);
        self.0.zeroize();
        self.0 = bigger;
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_and_clears_and_keeps_its_room() {
        let mut text = WipedText::default();
        for _ in 0..100 {
            text.push_str("0123456789");
        }
        assert_eq!(text.as_str(), "0123456789".repeat(100));
        let room = text.0.capacity();
        text.clear();
        assert_eq!((text.as_str(), text.0.capacity()), ("", room));
    }
}
