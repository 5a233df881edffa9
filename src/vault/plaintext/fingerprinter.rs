//! Fingerprints of cells and rows: keyed 128-bit hashes, by which duplicates are found.
//!
//! Sees the message references, names and codes of a batch. Each admission draws a key of its own. Nobody can therefore
//! construct rows that collide, and a fingerprint in memory says nothing without the key.

use super::sip_hash::SipKey;

/// Makes the fingerprints of one admission.
pub struct Fingerprinter {
    references: SipKey,
    rows: SipKey,
}

impl Fingerprinter {
    /// The four words must be random.
    pub fn new(keys: [u64; 4]) -> Self {
        Self {
            references: SipKey::new([keys[0], keys[1]]),
            rows: SipKey::new([keys[2], keys[3]]),
        }
    }

    /// The fingerprint of a message with a reference: made of the fingerprint of the reference and the recipient,
    /// because one message may go to many.
    pub fn of_message(reference: u128, number: u64) -> u128 {
        reference ^ u128::from(number).wrapping_add(1).wrapping_mul(SPREAD)
    }

    /// The fingerprint of one text.
    pub fn of_text(&self, text: &str) -> u128 {
        self.references.bytes(text.as_bytes())
    }

    /// The fingerprint of a row; every row must give the same fields in the same order.
    pub fn of_row(&self, fields: &[u64]) -> u128 {
        self.rows.words(fields)
    }
}

/// Odd, so that no two numbers come out alike: 2^128 over the golden ratio.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_rows_and_keys_are_kept_apart() {
        let fingerprinter = Fingerprinter::new([1, 2, 3, 4]);
        let word = u64::from_le_bytes(*b"reference".first_chunk().unwrap());
        assert!(fingerprinter.of_text("referenc") != fingerprinter.of_row(&[word]));
        let [a, b] = ["a", "b"].map(|text| fingerprinter.of_text(text));
        assert!(Fingerprinter::of_message(a, 1) != Fingerprinter::of_message(a, 2));
        assert!(Fingerprinter::of_message(a, 1) != Fingerprinter::of_message(b, 1));
        let other = Fingerprinter::new([1, 3, 3, 4]);
        assert!(fingerprinter.of_text("a") != other.of_text("a"));
        assert!(fingerprinter.of_row(&[0]) != fingerprinter.of_row(&[0, 0]));
    }
}
