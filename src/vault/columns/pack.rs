//! Bit-packing of codes (`u32`) and offsets (`u64`) at any width.
//!
//! Values are stored as their distance from a base, in groups. A group is a table with one column for each lane and one
//! row for each bit of a word. Value `i` of the group is in lane `i % lanes`, row `i / lanes`. Each lane packs its rows
//! into `width` words, lowest bits first. A group is written word by word: word 0 of all lanes, then word 1 of all
//! lanes, and so on. Words are little-endian. The missing values of the last group are zero bits.
//!
//! Codes have 8 lanes of `u32`. This is the layout of the `bitpacking` crate's `BitPacker8x`, which packs them with
//! AVX2 instructions where the processor has them. Offsets have 16 lanes of `u64` and are packed here, with one shift
//! for a whole row, so that the compiler can generate vector code for any width.

use bitpacking::{BitPacker as _, BitPacker8x};
use zeroize::Zeroizing;

use super::CodecError;

/// The number of codes in a group. A packed run is a whole number of groups.
pub(super) const CODES_GROUP: usize = BitPacker8x::BLOCK_LEN;

/// The number of offsets in a group.
pub(super) const OFFSETS_GROUP: usize = LANES * BITS;

/// The number of lanes of offsets, and of the rows of each.
const LANES: usize = 16;
const BITS: usize = u64::BITS as usize;

/// The largest number of values in a packed run. It bounds the memory that a wrong header can make us allocate.
const MAX_VALUES: usize = 1 << 22;

/// Checks that `width` is at most `widest` bits, and `count` at most the largest number of values.
pub(super) fn check(width: u8, widest: u32, count: usize) -> Result<(), CodecError> {
    if u32::from(width) > widest {
        return Err(CodecError::Width);
    }
    match count > MAX_VALUES {
        true => Err(CodecError::TooMany),
        false => Ok(()),
    }
}

/// How many bytes `count` codes take when packed at `width` bits each.
pub fn packed_codes_len(width: u8, count: usize) -> usize {
    count.div_ceil(CODES_GROUP) * usize::from(width) * (CODES_GROUP / 8)
}

/// How many bytes `count` offsets take when packed at `width` bits each.
pub fn packed_offsets_len(width: u8, count: usize) -> usize {
    count.div_ceil(OFFSETS_GROUP) * usize::from(width) * (OFFSETS_GROUP / 8)
}

/// The least value, and the number of bits that the distance from it to the greatest value needs.
pub fn frame_of_codes(values: &[u32]) -> (u32, u8) {
    let (least, greatest) = bounds(values);
    (
        least,
        (u32::BITS - (greatest - least).leading_zeros()) as u8,
    )
}

/// The least value, and the number of bits that the distance from it to the greatest value needs.
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

/// Appends the packed codes to `out`. A code whose distance from `base` needs more than `width` bits is refused.
pub fn pack_codes(
    codes: &[u32],
    base: u32,
    width: u8,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    check(width, u32::BITS, codes.len())?;
    let used = codes.iter().fold(0, |all, v| all | v.wrapping_sub(base));
    if u64::from(used) >> width != 0 {
        return Err(CodecError::TooWide);
    }
    if width == 0 {
        return Ok(());
    }
    let packer = BitPacker8x::new();
    let mut distances = Zeroizing::new([0; CODES_GROUP]);
    let begin = out.len();
    out.resize(begin + packed_codes_len(width, codes.len()), 0);
    let packed = out[begin..].chunks_exact_mut(usize::from(width) * (CODES_GROUP / 8));
    for (packed, codes) in packed.zip(codes.chunks(CODES_GROUP)) {
        distances[codes.len()..].fill(0);
        for (distance, code) in distances.iter_mut().zip(codes) {
            *distance = code.wrapping_sub(base);
        }
        packer.compress(&*distances, packed, width);
    }
    Ok(())
}

/// Replaces the contents of `out` by the `count` codes in `bytes`, whose length must fit exactly. A sum of base and
/// distance that overflows wraps; this happens only with a wrong base.
pub fn unpack_codes(
    bytes: &[u8],
    base: u32,
    width: u8,
    count: usize,
    out: &mut Vec<u32>,
) -> Result<(), CodecError> {
    check(width, u32::BITS, count)?;
    if bytes.len() != packed_codes_len(width, count) {
        return Err(CodecError::Length);
    }
    if width == 0 {
        out.clear();
        out.resize(count, base);
        return Ok(());
    }
    let packer = BitPacker8x::new();
    // A reused buffer of the same length is not zeroed again.
    out.resize(count.next_multiple_of(CODES_GROUP), 0);
    let packed = bytes.chunks_exact(usize::from(width) * (CODES_GROUP / 8));
    for (packed, codes) in packed.zip(out.chunks_exact_mut(CODES_GROUP)) {
        packer.decompress(packed, codes, width);
        if base != 0 {
            codes.iter_mut().for_each(|v| *v = v.wrapping_add(base));
        }
    }
    out.truncate(count);
    Ok(())
}

/// Appends the packed offsets to `out`. An offset whose distance from `base` needs more than `width` bits is refused.
pub fn pack_offsets(
    offsets: &[u64],
    base: u64,
    width: u8,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    check(width, u64::BITS, offsets.len())?;
    let width = usize::from(width);
    let used = offsets.iter().fold(0, |all, v| all | v.wrapping_sub(base));
    if used & !low_bits(width) != 0 {
        return Err(CodecError::TooWide);
    }
    if width == 0 {
        return Ok(());
    }
    let mut words = Zeroizing::new(vec![[0_u64; LANES]; width]);
    out.reserve(packed_offsets_len(width as u8, offsets.len()));
    for group in offsets.chunks(OFFSETS_GROUP) {
        words.fill([0; LANES]);
        for (row, offsets) in group.chunks(LANES).enumerate() {
            let (word, shift) = (row * width / BITS, row * width % BITS);
            for (target, offset) in words[word].iter_mut().zip(offsets) {
                *target |= offset.wrapping_sub(base) << shift;
            }
            if shift + width > BITS {
                for (target, offset) in words[word + 1].iter_mut().zip(offsets) {
                    *target |= offset.wrapping_sub(base) >> (BITS - shift);
                }
            }
        }
        for word in words.as_flattened() {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }
    Ok(())
}

/// Replaces the contents of `out` by the `count` offsets in `bytes`, whose length must fit exactly. A sum of base and
/// distance that overflows wraps; this happens only with a wrong base.
pub fn unpack_offsets(
    bytes: &[u8],
    base: u64,
    width: u8,
    count: usize,
    out: &mut Vec<u64>,
) -> Result<(), CodecError> {
    check(width, u64::BITS, count)?;
    if bytes.len() != packed_offsets_len(width, count) {
        return Err(CodecError::Length);
    }
    if width == 0 {
        out.clear();
        out.resize(count, base);
        return Ok(());
    }
    let width = usize::from(width);
    let low = low_bits(width);
    out.resize(count.next_multiple_of(OFFSETS_GROUP), 0);
    let (words, _) = bytes.as_chunks::<{ BITS / 8 }>();
    let (words, _) = words.as_chunks::<LANES>();
    let (rows, _) = out.as_chunks_mut::<LANES>();
    for (words, rows) in words.chunks_exact(width).zip(rows.chunks_exact_mut(BITS)) {
        for (row, offsets) in rows.iter_mut().enumerate() {
            let (word, shift) = (row * width / BITS, row * width % BITS);
            let first = &words[word];
            if shift + width <= BITS {
                for (offset, first) in offsets.iter_mut().zip(first) {
                    let bits = u64::from_le_bytes(*first) >> shift;
                    *offset = (bits & low).wrapping_add(base);
                }
            } else {
                let second = &words[word + 1];
                for ((offset, first), second) in offsets.iter_mut().zip(first).zip(second) {
                    let bits = u64::from_le_bytes(*first) >> shift
                        | u64::from_le_bytes(*second) << (BITS - shift);
                    *offset = (bits & low).wrapping_add(base);
                }
            }
        }
    }
    out.truncate(count);
    Ok(())
}

fn low_bits(width: usize) -> u64 {
    match width {
        0 => 0,
        _ => u64::MAX >> (BITS - width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some_codes() -> impl Strategy<Value = (Vec<u32>, u32, u8)> {
        (0_u8..=32, any::<u32>(), 0_usize..3000).prop_flat_map(|(width, base, len)| {
            let low = low_bits(usize::from(width)) as u32;
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
            let low = low_bits(usize::from(width));
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
            prop_assert_eq!(bytes.len(), packed_codes_len(width, values.len()));
            let mut back = vec![7; 11];
            unpack_codes(&bytes, base, width, values.len(), &mut back).unwrap();
            prop_assert!(back == values);
        }

        #[test]
        fn offsets_of_any_width_round_trip((values, base, width) in some_offsets()) {
            let mut bytes = Vec::new();
            pack_offsets(&values, base, width, &mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), packed_offsets_len(width, values.len()));
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
        // Value 0 is in the lowest bits of lane 0, and value 1 in those of lane 1. Value 8 follows value 0 in lane 0.
        // Value 48 is in lane 0 too: it begins in word 0 and ends in word 1.
        let mut values = vec![0; 49];
        (values[0], values[1], values[8], values[48]) = (0x15, 0x0a, 0x1f, 0x1b);
        let mut bytes = Vec::new();
        pack_codes(&values, 0, 5, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 5 * 32);
        let first = 0x15_u32 | 0x1f << 5 | 0x1b << 30;
        assert_eq!(bytes[..4], first.to_le_bytes());
        assert_eq!(bytes[4..8], 0x0a_u32.to_le_bytes());
        assert!(bytes[8..32].iter().all(|byte| *byte == 0));
        assert_eq!(bytes[32..36], (0x1b_u32 >> 2).to_le_bytes());
        assert!(bytes[36..].iter().all(|byte| *byte == 0));

        let mut values = vec![0; 17];
        (values[0], values[1], values[16]) = (0x15, 0x0a, 0x1f);
        bytes.clear();
        pack_offsets(&values, 0, 5, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 5 * 128);
        assert_eq!(bytes[..8], (0x15_u64 | 0x1f << 5).to_le_bytes());
        assert_eq!(bytes[8..16], 0x0a_u64.to_le_bytes());
        assert!(bytes[16..].iter().all(|byte| *byte == 0));
    }
}
