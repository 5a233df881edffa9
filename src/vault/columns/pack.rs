//! Bit-packing of codes (`u32`) and offsets (`u64`) at any width.
//!
//! Values stand in groups of 1,024. A group is a table of 32 lanes by 32 rows of
//! `u32` (16 by 64 of `u64`): value `i` is in lane `i % lanes`, row `i / lanes`,
//! and each lane packs its rows into `width` words. Word `k` of all lanes stands
//! together, so that one shift serves a whole row and the compiler makes vector
//! code of it for any width, without a line of machine-dependent code. Both kinds
//! take `width * 128` bytes a group; words are little-endian; missing values of a
//! last group are zero bits. Values are stored as their distance from a base.

use zeroize::Zeroizing;

use super::CodecError;

/// Values of a group; every packed run is a whole number of groups.
const GROUP: usize = 1024;

/// No packed run holds more: a bound for what a wrong header can make us allocate.
const MAX_VALUES: usize = 1 << 22;

/// How many bytes `count` values take at `width` bits.
pub fn packed_len(width: u8, count: usize) -> usize {
    count.div_ceil(GROUP) * usize::from(width) * (GROUP / 8)
}

/// The least value, and the bits the distance of the greatest from it needs.
pub fn frame_of_codes(values: &[u32]) -> (u32, u8) {
    let (least, greatest) = bounds(values);
    (
        least,
        (u32::BITS - (greatest - least).leading_zeros()) as u8,
    )
}

/// The least value, and the bits the distance of the greatest from it needs.
pub fn frame_of_offsets(values: &[u64]) -> (u64, u8) {
    let (least, greatest) = bounds(values);
    (
        least,
        (u64::BITS - (greatest - least).leading_zeros()) as u8,
    )
}

fn bounds<T: Copy + Ord + Default>(values: &[T]) -> (T, T) {
    let Some(&first) = values.first() else {
        return (T::default(), T::default());
    };
    values.iter().fold((first, first), |(least, greatest), &v| {
        (least.min(v), greatest.max(v))
    })
}

macro_rules! codec {
    ($word:ty, $lanes:literal, $pack:ident, $unpack:ident) => {
        /// Appends the packed values; one that needs more than `width` bits above
        /// `base` is refused.
        pub fn $pack(
            values: &[$word],
            base: $word,
            width: u8,
            out: &mut Vec<u8>,
        ) -> Result<(), CodecError> {
            const BITS: usize = <$word>::BITS as usize;
            let width = usize::from(width);
            if width > BITS {
                return Err(CodecError::Width);
            }
            if values.len() > MAX_VALUES {
                return Err(CodecError::TooMany);
            }
            let low = match width {
                0 => 0,
                _ => <$word>::MAX >> (BITS - width),
            };
            let used = values.iter().fold(0, |all, v| all | v.wrapping_sub(base));
            if used & !low != 0 {
                return Err(CodecError::TooWide);
            }
            if width == 0 {
                return Ok(());
            }
            let mut words = Zeroizing::new(vec![[<$word>::MIN; $lanes]; width]);
            out.reserve(packed_len(width as u8, values.len()));
            for group in values.chunks(GROUP) {
                words.fill([0; $lanes]);
                for (row, values) in group.chunks($lanes).enumerate() {
                    let (word, shift) = (row * width / BITS, row * width % BITS);
                    for (target, value) in words[word].iter_mut().zip(values) {
                        *target |= value.wrapping_sub(base) << shift;
                    }
                    if shift + width > BITS {
                        for (target, value) in words[word + 1].iter_mut().zip(values) {
                            *target |= value.wrapping_sub(base) >> (BITS - shift);
                        }
                    }
                }
                for word in words.as_flattened() {
                    out.extend_from_slice(&word.to_le_bytes());
                }
            }
            Ok(())
        }

        /// Replaces `out` by the `count` values that `bytes` must hold exactly. A sum
        /// that leaves the word's range wraps: it can only come of a wrong base.
        pub fn $unpack(
            bytes: &[u8],
            base: $word,
            width: u8,
            count: usize,
            out: &mut Vec<$word>,
        ) -> Result<(), CodecError> {
            const BITS: usize = <$word>::BITS as usize;
            if usize::from(width) > BITS {
                return Err(CodecError::Width);
            }
            if count > MAX_VALUES {
                return Err(CodecError::TooMany);
            }
            if bytes.len() != packed_len(width, count) {
                return Err(CodecError::Length);
            }
            if width == 0 {
                out.clear();
                out.resize(count, base);
                return Ok(());
            }
            let width = usize::from(width);
            let low = match width {
                0 => 0,
                _ => <$word>::MAX >> (BITS - width),
            };
            // A buffer that is used again keeps its length, and nothing is zeroed.
            out.resize(count.next_multiple_of(GROUP), 0);
            let (words, _) = bytes.as_chunks::<{ BITS / 8 }>();
            let (words, _) = words.as_chunks::<$lanes>();
            let (rows, _) = out.as_chunks_mut::<$lanes>();
            for (words, rows) in words.chunks_exact(width).zip(rows.chunks_exact_mut(BITS)) {
                for (row, values) in rows.iter_mut().enumerate() {
                    let (word, shift) = (row * width / BITS, row * width % BITS);
                    let first = &words[word];
                    if shift + width <= BITS {
                        for (value, first) in values.iter_mut().zip(first) {
                            let bits = <$word>::from_le_bytes(*first) >> shift;
                            *value = (bits & low).wrapping_add(base);
                        }
                    } else {
                        let second = &words[word + 1];
                        for ((value, first), second) in values.iter_mut().zip(first).zip(second) {
                            let bits = <$word>::from_le_bytes(*first) >> shift
                                | <$word>::from_le_bytes(*second) << (BITS - shift);
                            *value = (bits & low).wrapping_add(base);
                        }
                    }
                }
            }
            out.truncate(count);
            Ok(())
        }
    };
}

codec!(u32, 32, pack_codes, unpack_codes);
codec!(u64, 16, pack_offsets, unpack_offsets);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn low_bits(width: u8) -> u64 {
        match width {
            0 => 0,
            _ => u64::MAX >> (64 - width),
        }
    }

    fn some_codes() -> impl Strategy<Value = (Vec<u32>, u32, u8)> {
        (0_u8..=32, any::<u32>(), 0_usize..3000).prop_flat_map(|(width, base, len)| {
            let low = low_bits(width) as u32;
            let base = base.min(u32::MAX - low);
            (
                prop::collection::vec((0..=low).prop_map(move |v| base + v), len),
                Just(base),
                Just(width),
            )
        })
    }

    fn some_offsets() -> impl Strategy<Value = (Vec<u64>, u64, u8)> {
        (0_u8..=64, any::<u64>(), 0_usize..3000).prop_flat_map(|(width, base, len)| {
            let low = low_bits(width);
            let base = base.min(u64::MAX - low);
            (
                prop::collection::vec((0..=low).prop_map(move |v| base + v), len),
                Just(base),
                Just(width),
            )
        })
    }

    proptest! {
        #[test]
        fn codes_of_any_width_round_trip((values, base, width) in some_codes()) {
            let mut bytes = Vec::new();
            pack_codes(&values, base, width, &mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), packed_len(width, values.len()));
            let mut back = vec![7; 11];
            unpack_codes(&bytes, base, width, values.len(), &mut back).unwrap();
            prop_assert!(back == values);
        }

        #[test]
        fn offsets_of_any_width_round_trip((values, base, width) in some_offsets()) {
            let mut bytes = Vec::new();
            pack_offsets(&values, base, width, &mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), packed_len(width, values.len()));
            let mut back = Vec::new();
            unpack_offsets(&bytes, base, width, values.len(), &mut back).unwrap();
            prop_assert!(back == values);
        }

        #[test]
        fn a_frame_holds_its_values(values in prop::collection::vec(any::<u32>(), 0..50)) {
            let (base, width) = frame_of_codes(&values);
            let mut bytes = Vec::new();
            prop_assert!(pack_codes(&values, base, width, &mut bytes).is_ok());
            if let Some(narrower) = width.checked_sub(1) {
                prop_assert!(pack_codes(&values, base, narrower, &mut bytes).is_err());
            }
        }

        #[test]
        fn any_bytes_unpack_or_are_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..600),
            width in any::<u8>(),
            base in any::<u32>(),
            count in prop_oneof![0_usize..3000, any::<usize>().prop_map(|n| n >> 1)],
        ) {
            let _ = unpack_codes(&bytes, base, width, count, &mut Vec::new());
            let _ = unpack_offsets(&bytes, u64::from(base), width, count, &mut Vec::new());
        }
    }

    #[test]
    fn short_and_long_input_is_refused() {
        let mut bytes = Vec::new();
        pack_codes(&[1, 2, 3], 0, 5, &mut bytes).unwrap();
        let mut out = Vec::new();
        assert_eq!(
            unpack_codes(&bytes[1..], 0, 5, 3, &mut out),
            Err(CodecError::Length)
        );
        bytes.push(0);
        assert_eq!(
            unpack_codes(&bytes, 0, 5, 3, &mut out),
            Err(CodecError::Length)
        );
        assert_eq!(
            unpack_codes(&bytes, 0, 33, 3, &mut out),
            Err(CodecError::Width)
        );
        assert_eq!(
            unpack_codes(&[], 0, 0, MAX_VALUES + 1, &mut out),
            Err(CodecError::TooMany)
        );
        assert_eq!(
            pack_codes(&[32], 0, 5, &mut bytes),
            Err(CodecError::TooWide)
        );
    }

    #[test]
    fn the_layout_is_lanes_of_little_endian_words() {
        // Value 0 is the lowest bits of lane 0, value 1 of lane 1; value 32 follows
        // value 0 in lane 0.
        let mut values = vec![0; 33];
        (values[0], values[1], values[32]) = (0x15, 0x0a, 0x1f);
        let mut bytes = Vec::new();
        pack_codes(&values, 0, 5, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 5 * 128);
        assert_eq!(bytes[..4], (0x15_u32 | 0x1f << 5).to_le_bytes());
        assert_eq!(bytes[4..8], 0x0a_u32.to_le_bytes());
        assert!(bytes[8..].iter().all(|byte| *byte == 0));
    }
}
