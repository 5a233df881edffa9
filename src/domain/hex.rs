//! Bytes as lower-case hexadecimal digits, and back.

/// Two digits for each byte.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        push(*byte, &mut text);
    }
    text
}

/// Appends the two digits of a byte.
#[inline]
pub fn push(byte: u8, text: &mut String) {
    for nibble in [byte >> 4, byte & 15] {
        let first = if nibble < 10 { b'0' } else { b'a' - 10 };
        text.push(char::from(first + nibble));
    }
}

/// Exactly `N` bytes from as many pairs of lower-case digits.
#[inline]
pub fn decode<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

#[inline]
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_reads_back() {
        for byte in 0..=u8::MAX {
            let text = encode(&[byte, 0x0f]);
            assert_eq!(text, format!("{byte:02x}0f"));
            assert_eq!(decode(text.as_bytes()), Some([byte, 0x0f]));
        }
    }

    #[test]
    fn other_lengths_and_other_digits_are_refused() {
        for text in ["", "0", "000", "0000", "0A", "0g", " 0"] {
            assert_eq!(decode::<1>(text.as_bytes()), None, "{text}");
        }
    }
}
