//! Whether a point is on the curve P-256 (SEC 2, secp256r1): y² = x³ - 3x + b modulo p.
//!
//! Under a point that is not on it no signature verifies, so a passkey with one would lock its owner out. Everything
//! here is public, so nothing is done in constant time. What verifies signatures checks the point again.

/// A number below p, the lowest 64 bits first.
type Limbs = [u64; 4];

/// Whether the two coordinates, the highest byte first, are of a point of the curve.
pub(super) fn is_on_curve(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let (x, y) = (limbs(x), limbs(y));
    let below = |number| minus(number, P).1;
    if !below(x) || !below(y) {
        return false;
    }
    let threefold = add(add(x, x), x);
    let left = add(times(y, y), threefold);
    let right = add(times(times(x, x), x), B);
    left == right
}

fn limbs(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.rchunks(8)) {
        *limb = bytes
            .iter()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
    }
    limbs
}

/// a · b modulo p, by doubling.
fn times(a: Limbs, b: Limbs) -> Limbs {
    let mut product = [0; 4];
    for limb in b.into_iter().rev() {
        for bit in (0..64).rev() {
            product = add(product, product);
            if (limb >> bit) & 1 == 1 {
                product = add(product, a);
            }
        }
    }
    product
}

/// a + b modulo p.
fn add(a: Limbs, b: Limbs) -> Limbs {
    let (sum, carry) = plus(a, b);
    let (less, borrow) = minus(sum, P);
    if carry || !borrow { less } else { sum }
}

/// a + b, and whether it is 2^256 or more.
fn plus(a: Limbs, b: Limbs) -> (Limbs, bool) {
    let (mut sum, mut carry) = ([0; 4], false);
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        let (one, first) = a.overflowing_add(b);
        let (two, second) = one.overflowing_add(u64::from(carry));
        (*sum, carry) = (two, first || second);
    }
    (sum, carry)
}

/// a - b, and whether b is larger.
fn minus(a: Limbs, b: Limbs) -> (Limbs, bool) {
    let (mut rest, mut borrow) = ([0; 4], false);
    for ((rest, a), b) in rest.iter_mut().zip(a).zip(b) {
        let (one, first) = a.overflowing_sub(b);
        let (two, second) = one.overflowing_sub(u64::from(borrow));
        (*rest, borrow) = (two, first || second);
    }
    (rest, borrow)
}

/// 2^256 - 2^224 + 2^192 + 2^96 - 1.
const P: Limbs = [
    0xffff_ffff_ffff_ffff,
    0x0000_0000_ffff_ffff,
    0x0000_0000_0000_0000,
    0xffff_ffff_0000_0001,
];
const B: Limbs = [
    0x3bce_3c3e_27d2_604b,
    0x651d_06b0_cc53_b0f6,
    0xb3eb_bd55_7698_86bc,
    0x5ac6_35d8_aa3a_93e7,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hex;

    fn coordinate(text: &str) -> [u8; 32] {
        let digits = text.as_bytes().chunks(2);
        let bytes: Vec<u8> = digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        assert_eq!(hex::encode(&bytes), text);
        bytes.try_into().unwrap()
    }

    /// The base point (SEC 2, 2.4.2) and the key of RFC 6979, A.2.5.
    const POINTS: [(&str, &str); 2] = [
        (
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        ),
        (
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        ),
    ];

    #[test]
    fn published_points_are_on_the_curve_and_no_neighbour_of_theirs_is() {
        for (x, y) in POINTS.map(|(x, y)| (coordinate(x), coordinate(y))) {
            assert!(is_on_curve(&x, &y));
            assert!(!is_on_curve(&y, &x));
            for at in 0..256 {
                let mut other = y;
                other[at / 8] ^= 1 << (at % 8);
                assert!(!is_on_curve(&x, &other), "{at}");
            }
        }
        assert!(!is_on_curve(&[0; 32], &[0; 32]));
        assert!(!is_on_curve(&[1; 32], &[2; 32]));
    }

    #[test]
    fn a_coordinate_that_is_not_reduced_is_refused() {
        // (0, sqrt(b)) is on the curve; p is 0 once more.
        let p = coordinate("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
        let root = coordinate("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
        assert!(is_on_curve(&[0; 32], &root));
        assert!(!is_on_curve(&p, &root));
        assert!(!is_on_curve(&[0xff; 32], &root));
    }
}
