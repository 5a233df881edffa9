//! The parts of a workbook, looked at before any of it is read: what comes out must fit in memory, and so must what
//! `calamine` keeps of it, which is a text for each `<si/>` and some hundred bytes for each sheet and each style.

use std::io::{Read, Seek};

use memchr::{memchr_iter, memmem};
use zeroize::Zeroizing;
use zip::ZipArchive;

use super::growth::Growth;
use crate::ingest::error::{IngestError, WorkbookFault};

/// Unpacks every part and forgets it. `packed` is the length of the workbook as it came.
pub(super) fn check_parts(source: impl Read + Seek, packed: u64) -> Result<(), IngestError> {
    let mut parts = ZipArchive::new(source).map_err(|_| broken())?;
    if parts.len() > PARTS {
        return Err(too_large());
    }
    let mut growth = Growth::default();
    let mut bytes = Zeroizing::new(vec![0; PIECE]);
    for at in 0..parts.len() {
        let mut part = parts.by_index(at).map_err(|_| broken())?;
        let name = part.name().map_err(|_| broken())?.to_lowercase();
        let has_texts = name.ends_with("sharedstrings.xml");
        let (mut size, mut claimed, mut kept) = (0_u64, 0, 0);
        let mut tags = Tags::default();
        loop {
            let read = match part.read(bytes.get_mut(kept..).unwrap_or_default()) {
                Ok(read) => read,
                Err(_) => return Err(broken()),
            };
            let filled = kept + read;
            size += read as u64;
            let grown = growth.count(read, packed);
            grown.map_err(|error| IngestError::reading(error, 1))?;
            if growth.unpacked() > UNPACKED {
                return Err(too_large());
            }
            let seen = bytes.get(..filled).unwrap_or_default();
            let last = read == 0;
            tags.see(seen, last)?;
            if has_texts {
                claimed = claimed.max(claims(seen, last));
            }
            if last {
                break;
            }
            kept = filled.min(NAME);
            bytes.copy_within(filled - kept..filled, 0);
        }
        // An empty text takes five bytes.
        if claimed > size / 5 {
            return Err(broken());
        }
    }
    Ok(())
}

/// How many elements a part has that are kept in memory.
#[derive(Default)]
struct Tags {
    texts: u64,
    others: u64,
}

impl Tags {
    /// Counts the elements that begin in these bytes, but not in the last ones unless no more bytes follow.
    fn see(&mut self, bytes: &[u8], last: bool) -> Result<(), IngestError> {
        let end = match last {
            true => bytes.len(),
            false => bytes.len().saturating_sub(NAME),
        };
        for at in memchr_iter(b'<', bytes.get(..end).unwrap_or_default()) {
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let rest = rest.get(..NAME - 1).unwrap_or(rest);
            match local_name(rest) {
                // No name of a sheet's cells is so long; what is behind it is not known.
                None | Some(b"si") => self.texts += 1,
                Some(name) if KEPT.contains(&name) => self.others += 1,
                Some(_) => {}
            }
        }
        match self.texts > TEXTS || self.others > OTHERS {
            true => Err(too_large()),
            false => Ok(()),
        }
    }
}

/// The name of the element that begins here, without the prefix of its namespace. `None` if it does not end here.
fn local_name(bytes: &[u8]) -> Option<&[u8]> {
    let ends = |byte: &u8| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n');
    let end = match bytes.iter().position(ends) {
        Some(end) => end,
        None if bytes.len() < NAME - 1 => bytes.len(),
        None => return None,
    };
    let name = bytes.get(..end)?;
    name.rsplit(|byte| *byte == b':').next()
}

/// The largest number of texts that these bytes claim there are. What is no plain number is endless. A claim at the end
/// of the bytes is looked at if they are the last; otherwise it is looked at with the bytes that follow.
fn claims(bytes: &[u8], last: bool) -> u64 {
    let claims = memmem::find_iter(bytes, COUNT).filter_map(|at| {
        let rest = bytes.get(at + COUNT.len()..).unwrap_or_default();
        let rest = rest.get(..32).or_else(|| last.then_some(rest))?;
        let number = rest
            .strip_prefix(b"=\"")
            .or_else(|| rest.strip_prefix(b"='"));
        let digits = number.map(|rest| {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit());
            rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
        });
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        Some(
            digits
                .and_then(|digits| digits.parse().ok())
                .unwrap_or(u64::MAX),
        )
    });
    claims.max().unwrap_or(0)
}

fn broken() -> IngestError {
    IngestError::Workbook(WorkbookFault::Unreadable)
}

fn too_large() -> IngestError {
    IngestError::Workbook(WorkbookFault::TooLarge)
}

/// The most bytes that a workbook may unpack to.
pub(super) const UNPACKED: u64 = 256 << 20;
/// The most parts it may have.
const PARTS: usize = 1 << 14;
/// The most shared texts: those of a million rows with four texts of their own.
const TEXTS: u64 = 4 << 20;
/// The most other elements that are kept. Excel has 65,490 styles at most.
const OTHERS: u64 = 1 << 18;
/// Their names.
const KEPT: [&[u8]; 8] = [
    b"sheet",
    b"xf",
    b"font",
    b"fill",
    b"border",
    b"numFmt",
    b"definedName",
    b"Relationship",
];
/// How much of a part is unpacked at once, in bytes.
const PIECE: usize = 64 << 10;
/// The attribute that says how many texts there are. `calamine` makes room for so many.
const COUNT: &[u8] = b"uniqueCount";
/// How many bytes are seen again with those that follow: the longest name that is looked for and its value.
const NAME: usize = COUNT.len() + 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(bytes: &[u8]) -> (u64, u64) {
        let mut tags = Tags::default();
        tags.see(bytes, true).unwrap();
        (tags.texts, tags.others)
    }

    #[test]
    fn elements_that_are_kept_are_counted_with_any_prefix() {
        assert_eq!(counted(b"<si/><si><t>a</t></si><x:si\n/>"), (3, 0));
        assert_eq!(
            counted(b"<sheets><sheet name=\"a\"/></sheets><xf/>"),
            (0, 2)
        );
        assert_eq!(counted(b"<row><c><v>1</v></c></row><sis/>"), (0, 0));
        let long = format!("<{}:si/>", "a".repeat(50));
        assert_eq!(counted(long.as_bytes()), (1, 0));
    }

    #[test]
    fn an_element_over_the_edge_of_two_pieces_is_counted_once() {
        let text = "<si/>".repeat(100);
        for cut in 0..text.len() {
            let mut tags = Tags::default();
            let (first, _) = text.as_bytes().split_at(cut);
            tags.see(first, false).unwrap();
            let kept = first.len().min(NAME);
            tags.see(&text.as_bytes()[cut - kept..], true).unwrap();
            assert_eq!(tags.texts, 100, "{cut}");
        }
    }
}
