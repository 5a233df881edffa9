//! Arithmetic in GF(256), the field of AES (FIPS 197, section 4): polynomials modulo x^8 + x^4 + x^3 + x + 1.
//!
//! It works on secrets, so no table is indexed by a value and no branch depends on one: a bit becomes a mask.

use std::hint::black_box;

/// The product. Addition in this field is XOR.
pub(super) fn mul(one: u8, other: u8) -> u8 {
    let (mut factor, mut product) = (one, 0);
    for bit in 0..8 {
        product ^= factor & mask(other >> bit);
        factor = (factor << 1) ^ (mask(factor >> 7) & 0x1b);
    }
    product
}

/// The inverse: `value^254`. Zero has none, and gives zero.
pub(super) fn inverse(value: u8) -> u8 {
    // 254 = 2 + 4 + 8 + 16 + 32 + 64 + 128
    let (mut power, mut product) = (value, 1);
    for _ in 0..7 {
        power = mul(power, power);
        product = mul(product, power);
    }
    product
}

/// All ones if the lowest bit is set, else zero. The optimiser is kept from making a branch of it, as far as it can be.
fn mask(bit: u8) -> u8 {
    black_box(bit & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The product as the standard defines it: a product of polynomials, and the remainder of a division.
    fn plain(one: u8, other: u8) -> u8 {
        let mut product: u16 = 0;
        for bit in 0..8 {
            if other & (1 << bit) != 0 {
                product ^= u16::from(one) << bit;
            }
        }
        for bit in (8..16).rev() {
            if product & (1 << bit) != 0 {
                product ^= 0x11b << (bit - 8);
            }
        }
        product as u8
    }

    #[test]
    fn every_product_is_that_of_the_plain_definition() {
        for one in 0..=255 {
            for other in 0..=255 {
                assert_eq!(mul(one, other), plain(one, other), "{one} {other}");
            }
        }
    }

    #[test]
    fn every_value_but_zero_has_an_inverse() {
        assert_eq!(inverse(0), 0);
        for value in 1..=255 {
            assert_eq!(plain(value, inverse(value)), 1, "{value}");
        }
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        // FIPS 197, section 4.2: {57} times {83} and {57} times {13}; 4.2.1: the powers of x on the way.
        for (one, other, product) in [
            (0x57, 0x83, 0xc1),
            (0x57, 0x02, 0xae),
            (0x57, 0x04, 0x47),
            (0x57, 0x08, 0x8e),
            (0x57, 0x10, 0x07),
            (0x57, 0x13, 0xfe),
        ] {
            assert_eq!(mul(one, other), product);
        }
        // The usual example of an inverse; the S-box of FIPS 197 is made of it: {53} becomes {ed}.
        assert_eq!(inverse(0x53), 0xca);
        let affine = |value: u8| (0..5).fold(0x63, |sum, by| sum ^ value.rotate_left(by));
        assert_eq!(affine(inverse(0x53)), 0xed);
    }
}
