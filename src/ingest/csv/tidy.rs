//! Makes the lines of a file end in one way, and takes off what joined files leave at the beginning of a line.
//!
//! Files that were joined may change their line endings in the middle, and each of them may begin with a byte order
//! mark or follow the mark with which an old program ended the file before.

use memchr::{memchr_iter, memchr3, memmem};

/// What separates the lines of a file, other than LF, CR and both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separators {
    /// Nothing.
    Plain,
    /// The line and paragraph separators of Unicode, and the next-line character of mainframes.
    Unicode,
}

impl Separators {
    /// A file in which no line ends as usual may use the rarer marks.
    pub(super) fn of(head: &[u8]) -> Self {
        let usual = head.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        let rarer = MARKS.iter().any(|mark| memmem::find(head, mark).is_some());
        match !usual && rarer {
            true => Self::Unicode,
            false => Self::Plain,
        }
    }
}

/// Tidies the first `filled` bytes and says how many are left of them. They begin with a line. `ended`: the file
/// has no more bytes. Bytes that were tidied before may be tidied again.
pub(super) fn tidy(bytes: &mut [u8], filled: usize, separators: Separators, ended: bool) -> usize {
    if separators == Separators::Unicode {
        for mark in MARKS {
            let found: Vec<_> = memmem::find_iter(&bytes[..filled], mark).collect();
            for at in found {
                // The cell before it is trimmed.
                let room = &mut bytes[at..at + mark.len()];
                room.fill(b' ');
                if let Some(last) = room.last_mut() {
                    *last = b'\n';
                }
            }
        }
    }
    let (mut from, mut marked) = (0, false);
    // One pass over the bytes, of which hardly any stops it.
    while let Some(found) = memchr3(b'\r', BOM[0], END_MARK, &bytes[from..filled]) {
        let at = from + found;
        from = at + 1;
        match (bytes[at], bytes.get(from).filter(|_| from < filled)) {
            (b'\r', Some(b'\n')) => {}
            // What comes next is not known yet.
            (b'\r', None) if !ended => {}
            (b'\r', _) => bytes[at] = b'\n',
            _ => marked |= begins_line(bytes, at) && mark_at(&bytes[at..filled]) > 0,
        }
    }
    match marked {
        true => without_marks(bytes, filled),
        false => filled,
    }
}

/// How many lines end in these bytes.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Moves the bytes together over the marks at the beginnings of lines.
fn without_marks(bytes: &mut [u8], filled: usize) -> usize {
    let (mut from, mut to, mut starts) = (0, 0, true);
    while from < filled {
        let mark = match starts {
            true => mark_at(&bytes[from..filled]),
            false => 0,
        };
        if mark > 0 {
            from += mark;
            continue;
        }
        bytes[to] = bytes[from];
        starts = bytes[to] == b'\n';
        (from, to) = (from + 1, to + 1);
    }
    to
}

fn begins_line(bytes: &[u8], at: usize) -> bool {
    at == 0 || matches!(bytes[at - 1], b'\n' | END_MARK) || bytes[..at].ends_with(&BOM)
}

/// The length of a mark at the front of the bytes.
fn mark_at(bytes: &[u8]) -> usize {
    match bytes {
        [END_MARK, ..] => 1,
        _ if bytes.starts_with(&BOM) => BOM.len(),
        _ => 0,
    }
}

/// U+2028, U+2029 and U+0085.
const MARKS: [&[u8]; 3] = [b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xc2\x85"];
const BOM: [u8; 3] = *b"\xef\xbb\xbf";
/// Ctrl-Z, with which DOS ends a file.
pub(super) const END_MARK: u8 = 0x1a;

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str, ended: bool) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let separators = Separators::of(&bytes);
        let filled = bytes.len();
        let filled = tidy(&mut bytes, filled, separators, ended);
        // Twice is the same as once.
        assert_eq!(tidy(&mut bytes, filled, separators, ended), filled);
        String::from_utf8(bytes[..filled].to_vec()).unwrap()
    }

    #[test]
    fn lines_end_in_one_way() {
        for (text, whole) in [
            ("a\nb\rc\r\nd\r", "a\nb\nc\r\nd\n"),
            ("a\r\rb", "a\n\nb"),
            ("a\r\r\nb", "a\n\r\nb"),
            ("a\u{2028}b\u{2029}c", "a  \nb  \nc"),
            ("a\u{85}b", "a \nb"),
            ("a\u{2028}b\nc", "a\u{2028}b\nc"),
        ] {
            assert_eq!(tidied(text, true), whole, "{text:?}");
        }
        assert_eq!(tidied("a\rb\r", false), "a\nb\r");
    }

    #[test]
    fn marks_at_the_beginning_of_a_line_are_taken_off() {
        for (text, whole) in [
            ("\u{feff}a\n\u{feff}b", "a\nb"),
            ("\u{feff}\u{feff}a\r\u{feff}b", "a\nb"),
            ("a\n\u{1a}\u{feff}b\n\u{1a}", "a\nb\n"),
            ("a,\u{feff}b\u{1a}\n", "a,\u{feff}b\u{1a}\n"),
            ("ａ,ｂ\n", "ａ,ｂ\n"),
        ] {
            assert_eq!(tidied(text, true), whole, "{text:?}");
        }
    }
}
