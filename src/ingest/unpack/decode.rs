//! Byte order marks and UTF-16. The result is UTF-8 without a mark; whether it is valid is
//! checked record by record, later.

use std::io::{self, Cursor, Read};

use memchr::{memchr, memchr_iter};
use zeroize::Zeroizing;

use super::peek::peek;
use crate::ingest::error::IngestError;

/// Detects the encoding of the text and gives it as UTF-8.
pub(super) fn decode(
    mut source: Box<dyn Read + Send>,
) -> Result<Box<dyn Read + Send>, IngestError> {
    let head = peek(&mut source, HEAD)?;
    let (mark, order) = match head.as_slice() {
        [] => return Err(IngestError::Empty),
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        // UTF-32, which nobody writes on purpose.
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(IngestError::NotText { line: 1 });
        }
        [0xff, 0xfe, ..] => (2, Some(Order::Little)),
        [0xfe, 0xff, ..] => (2, Some(Order::Big)),
        // A log begins with an ASCII character. A zero byte before or after it means UTF-16.
        [first, 0, ..] if *first != 0 => (0, Some(Order::Little)),
        [0, second, ..] if *second != 0 => (0, Some(Order::Big)),
        _ => (0, None),
    };
    // Zeros at the end of a file are padding, or follow the mark with which an old program ends a file. A logger that
    // crashes leaves some, and the ends of lines between them.
    let text = head
        .iter()
        .rposition(|byte| !matches!(byte, 0 | 0x1a | b'\n' | b'\r'));
    let text = head
        .get(..text.map_or(0, |last| last + 1))
        .unwrap_or_default();
    if order.is_none()
        && let Some(zero) = memchr(0, text)
    {
        let before = text.get(..zero).unwrap_or_default();
        let line = 1 + memchr_iter(b'\n', before).count() as u64;
        return Err(IngestError::NotText { line });
    }
    let mut head = Cursor::new(head);
    head.set_position(mark);
    let source = head.chain(source);
    Ok(match order {
        None => Box::new(source),
        Some(order) => Box::new(Utf16 {
            source,
            order,
            raw: Zeroizing::new(vec![0; 16 << 10]),
            text: Zeroizing::new(String::with_capacity(64 << 10)),
            given: 0,
            kept: 0,
            high: None,
            line: 1,
            narrow: 0,
        }),
    })
}

/// Which byte of a unit comes first.
enum Order {
    Little,
    Big,
}

/// Decodes UTF-16.
struct Utf16<R> {
    source: R,
    order: Order,
    raw: Zeroizing<Vec<u8>>,
    text: Zeroizing<String>,
    /// How many bytes of `text` were given to the reader.
    given: usize,
    /// How many bytes at the front of `raw` are left from the last read: 1 if it ended in half a
    /// unit.
    kept: usize,
    /// The first unit of a surrogate pair, if the last read ended after it.
    high: Option<u16>,
    line: u64,
    /// How many units in a row are two bytes of digits and the like, which no language writes in UTF-16.
    narrow: usize,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            let room = self.raw.get_mut(self.kept..).unwrap_or_default();
            let read = self.source.read(room)?;
            if read == 0 {
                if self.kept > 0 || self.high.is_some() {
                    return Err(IngestError::CutOff { line: self.line }.into());
                }
                return Ok(0);
            }
            self.transcode(self.kept + read)?;
        }
        let ready = self.text.as_bytes().get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

impl<R> Utf16<R> {
    /// Decodes the first `filled` bytes of `raw`.
    fn transcode(&mut self, filled: usize) -> Result<(), IngestError> {
        self.text.clear();
        self.given = 0;
        let whole = filled & !1;
        let units = self
            .raw
            .get(..whole)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| {
                let pair = [pair[0], pair[1]];
                match self.order {
                    Order::Little => u16::from_le_bytes(pair),
                    Order::Big => u16::from_be_bytes(pair),
                }
            });
        let mut high = self.high.take();
        let mut lines = 0;
        for unit in units {
            self.narrow = match unit.to_be_bytes().iter().all(|byte| NARROW.contains(byte)) {
                true => self.narrow + 1,
                false => 0,
            };
            if self.narrow >= NARROW_UNITS {
                let line = self.line + lines;
                return Err(IngestError::TwoEncodings { line });
            }
            let scalar = match (high.take(), unit) {
                (None, 0xd800..=0xdbff) => {
                    high = Some(unit);
                    continue;
                }
                (Some(first), 0xdc00..=0xdfff) => {
                    let top = (u32::from(first) - 0xd800) << 10;
                    Some(0x1_0000 + top + (u32::from(unit) - 0xdc00))
                }
                (Some(_), _) => None,
                (None, _) => Some(u32::from(unit)),
            };
            let Some(character) = scalar.and_then(char::from_u32) else {
                return Err(IngestError::NotText {
                    line: self.line + lines,
                });
            };
            lines += u64::from(character == '\n');
            self.text.push(character);
        }
        self.high = high;
        self.line += lines;
        self.kept = filled - whole;
        if self.kept > 0 {
            self.raw.swap(0, whole);
        }
        Ok(())
    }
}

/// Bytes of numbers and times, and what is between cells.
const NARROW: &[u8] = b"0123456789+-:.,;|TZ\t\r\n ";
/// So many units of them are a text in UTF-8, which was joined to one in UTF-16.
const NARROW_UNITS: usize = 4;
/// How many bytes are looked at.
const HEAD: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> Result<String, IngestError> {
        let mut text = String::new();
        decode(Box::new(Cursor::new(bytes)))?
            .read_to_string(&mut text)
            .map_err(|error| IngestError::reading(error, 1))?;
        Ok(text)
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn marks_and_utf_16_disappear() {
        let text = "number,carrier\n1,Téléphone 📞\n".repeat(3000);
        assert_eq!(
            read(format!("\u{feff}{text}").into_bytes()).as_ref(),
            Ok(&text)
        );
        assert_eq!(
            read(utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)).as_ref(),
            Ok(&text)
        );
        assert_eq!(
            read(utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)).as_ref(),
            Ok(&text)
        );
        assert_eq!(read(utf16(&text, u16::to_le_bytes)).as_ref(), Ok(&text));
        assert_eq!(read(utf16(&text, u16::to_be_bytes)), Ok(text));
    }

    #[test]
    fn a_text_in_utf_8_behind_one_in_utf_16_is_told() {
        for end in [
            "A,+13035550101,2024-03-21T22:34:49Z\n",
            "A,+13035550101,2024-03-21T22:34:49Z\n\n",
        ] {
            let mut bytes = utf16("a,b\n1,2\n", u16::to_le_bytes);
            bytes.extend(end.as_bytes());
            let error = read(bytes).unwrap_err();
            assert_eq!(error, IngestError::TwoEncodings { line: 3 });
        }
    }

    #[test]
    fn half_a_unit_half_a_pair_and_zeroes_are_no_text() {
        let mut cut = utf16("\u{feff}ab\ncd", u16::to_le_bytes);
        cut.pop();
        assert_eq!(read(cut), Err(IngestError::CutOff { line: 2 }));
        let lone = vec![0xff, 0xfe, b'a', 0, 0x00, 0xdc];
        assert_eq!(read(lone), Err(IngestError::NotText { line: 1 }));
        let torn = vec![0xff, 0xfe, 0x00, 0xd8, b'a', 0];
        assert_eq!(read(torn), Err(IngestError::NotText { line: 1 }));
        assert_eq!(
            read(b"ab\0\0c".to_vec()),
            Err(IngestError::NotText { line: 1 })
        );
        // Padding is left off by the reader of lines.
        for padded in ["ab\0\0", "ab\n\0\0\0\n\0\0", "ab\r\n\0\r\n"] {
            assert_eq!(read(padded.into()).as_deref(), Ok(padded));
        }
        // But not where something follows.
        assert_eq!(
            read(b"ab\n\0\0\nc".to_vec()),
            Err(IngestError::NotText { line: 2 })
        );
        assert_eq!(read(Vec::new()), Err(IngestError::Empty));
        let wide = |unit: fn(u32) -> [u8; 4]| {
            let text = "\u{feff}account,number";
            read(text.chars().flat_map(|c| unit(u32::from(c))).collect())
        };
        for unit in [u32::to_le_bytes, u32::to_be_bytes] {
            assert_eq!(wide(unit), Err(IngestError::NotText { line: 1 }));
        }
    }
}
