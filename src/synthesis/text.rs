//! Writes digits without the standard formatting, which would take half of the time.

#[inline]
pub(super) fn decimal(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The last `WIDTH` digits, with zeros in front.
#[inline]
pub(super) fn padded<const WIDTH: usize>(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out.extend_from_slice(&digits);
}

/// 32 hexadecimal digits.
pub(super) fn hexadecimal(high: u64, low: u64, out: &mut Vec<u8>) {
    let bits = u128::from(high) << 64 | u128::from(low);
    out.extend(
        (0..32)
            .rev()
            .map(|at| HEX[(bits >> (at * 4)) as usize & 15]),
    );
}

/// A random UUID, version 4.
pub(super) fn uuid(high: u64, low: u64, out: &mut Vec<u8>) {
    let start = out.len();
    hexadecimal(
        high & !0xf000 | 0x4000,
        low & !(0b11 << 62) | 0b10 << 62,
        out,
    );
    for at in [20, 16, 12, 8] {
        out.insert(start + at, b'-');
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_out_as_the_standard_library_writes_them() {
        let mut out = Vec::new();
        for value in [0, 7, 10, 12_025_550_142, u64::MAX] {
            decimal(value, &mut out);
            assert_eq!(out, value.to_string().as_bytes());
            out.clear();
        }
        padded::<2>(5, &mut out);
        padded::<6>(1_234, &mut out);
        assert_eq!(out, b"05001234");
        out.clear();
        uuid(u64::MAX, 0, &mut out);
        assert_eq!(out, b"ffffffff-ffff-4fff-8000-000000000000");
    }
}
