//! Fingerprints of cells and rows: keyed 128-bit hashes, by which duplicates are found.
//!
//! Sees the message references, names and codes of a batch. The keys are those of a case, so that a later admission
//! computes the same prints, or random where a file is compared with itself only. Nobody can therefore construct rows
//! that collide, and a print says nothing without the key.

use zeroize::Zeroize;

use super::sip_hash::SipKey;

/// Makes the fingerprints of a case, or of one file.
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

    /// Of the key that is derived for a case.
    pub(in crate::vault) fn of_case(key: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(key.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        let prints = Self::new(words);
        words.zeroize();
        prints
    }

    /// The keys of the prints of numbers. No row has one field, so nothing else has this hash.
    pub fn keys_of_numbers(&self) -> [u64; 2] {
        let hash = self.rows.words(&[0]);
        [hash as u64, (hash >> 64) as u64]
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
        let other = Fingerprinter::new([1, 2, 3, 5]);
        assert!(fingerprinter.keys_of_numbers() != other.keys_of_numbers());
    }

    #[test]
    fn the_prints_of_a_case_come_of_the_four_words_of_its_key() {
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().enumerate() {
            *byte = place as u8;
        }
        let words = [
            0x0706_0504_0302_0100,
            0x0f0e_0d0c_0b0a_0908,
            0x1716_1514_1312_1110,
            0x1f1e_1d1c_1b1a_1918,
        ];
        let [a, b] = [Fingerprinter::of_case(&key), Fingerprinter::new(words)];
        assert_eq!(a.of_text("r-1"), b.of_text("r-1"));
        assert_eq!(a.of_row(&[1, 2]), b.of_row(&[1, 2]));
    }
}
