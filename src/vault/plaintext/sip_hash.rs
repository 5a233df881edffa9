//! SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, "SipHash: a fast
//! short-input PRF", 2012, and the authors' later 128-bit variant).
//!
//! The standard library's SipHash has 64 bits of output, with which 50 million rows would collide too often. HMAC would
//! cost ten times as much.

use zeroize::Zeroize;

/// The four words of the state after the key; wiped on drop.
pub(super) struct SipKey([u64; 4]);

impl SipKey {
    pub(super) fn new(key: [u64; 2]) -> Self {
        Self([
            key[0] ^ 0x736f_6d65_7073_6575,
            key[1] ^ 0x646f_7261_6e64_6f6d ^ 0xee,
            key[0] ^ 0x6c79_6765_6e65_7261,
            key[1] ^ 0x7465_6462_7974_6573,
        ])
    }

    /// The hash of the bytes; its first output byte is the lowest.
    pub(super) fn bytes(&self, bytes: &[u8]) -> u128 {
        State(self.0).end(bytes)
    }

    /// The hash of the words' little-endian bytes.
    pub(super) fn words(&self, words: &[u64]) -> u128 {
        let mut state = State(self.0);
        for word in words {
            state.take(*word);
        }
        state.finish(0, words.len() * 8)
    }
}

impl Drop for SipKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

struct State([u64; 4]);

impl State {
    /// Takes the bytes in and ends.
    fn end(mut self, bytes: &[u8]) -> u128 {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.take(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (target, byte) in last.iter_mut().zip(rest) {
            *target = *byte;
        }
        self.finish(u64::from_le_bytes(last), bytes.len())
    }

    fn take(&mut self, word: u64) {
        self.0[3] ^= word;
        self.rounds(2);
        self.0[0] ^= word;
    }

    fn finish(mut self, rest: u64, len: usize) -> u128 {
        self.take(rest | (len as u64 & 0xff) << 56);
        self.0[2] ^= 0xee;
        self.rounds(4);
        let low = self.fold();
        self.0[1] ^= 0xdd;
        self.rounds(4);
        u128::from(self.fold()) << 64 | u128::from(low)
    }

    fn fold(&self) -> u64 {
        self.0[0] ^ self.0[1] ^ self.0[2] ^ self.0[3]
    }

    fn rounds(&mut self, rounds: usize) {
        let [mut a, mut b, mut c, mut d] = self.0;
        for _ in 0..rounds {
            a = a.wrapping_add(b);
            c = c.wrapping_add(d);
            b = b.rotate_left(13) ^ a;
            d = d.rotate_left(16) ^ c;
            a = a.rotate_left(32).wrapping_add(d);
            c = c.wrapping_add(b);
            b = b.rotate_left(17) ^ c;
            d = d.rotate_left(21) ^ a;
            c = c.rotate_left(32);
        }
        self.0 = [a, b, c, d];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_vectors_come_out() {
        let key = SipKey::new([0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908]);
        let input: Vec<u8> = (0..64).collect();
        for (len, expected) in [
            (0, 0xa3817f04ba25a8e66df67214c7550293_u128),
            (1, 0xda87c1d86b99af44347659119b22fc45),
            (2, 0x8177228da4a45dc7fca38bdef60affe4),
            (3, 0x9c70b60c5267a94e5f33b6b02985ed51),
            (4, 0xf88164c12d9c8faf7d0f6e7c7bcd5579),
            (15, 0x5493e99933b0a8117e08ec0f97cfc3d9),
        ] {
            assert!(key.bytes(&input[..len]).to_le_bytes() == expected.to_be_bytes());
        }
    }

    #[test]
    fn words_hash_as_their_bytes() {
        let key = SipKey::new([1, 2]);
        let words = [3, u64::MAX, 1 << 40];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert!(key.words(&words) == key.bytes(&bytes));
    }
}
