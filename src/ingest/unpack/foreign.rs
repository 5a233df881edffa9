//! Files that are no log: known by their first bytes, named for what they are, with what to do.

use crate::ingest::error::IngestError;

/// Refuses a file of another kind. `head` are its first bytes, at least 512 if it has so many.
pub(super) fn refuse_foreign(head: &[u8]) -> Result<(), IngestError> {
    let known = KINDS.iter().find(|kind| kind.fits(head));
    refuse(known.or_else(|| older_tar(head).then_some(&TAR)))
}

/// Refuses a text that is markup. `text` begins with the first character that is no blank.
pub(super) fn refuse_markup(text: &[u8]) -> Result<(), IngestError> {
    let text = without_comments(text);
    let lower: Vec<u8> = text.iter().take(HEAD).map(u8::to_ascii_lowercase).collect();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    if !lower.starts_with(b"<") {
        return Ok(());
    }
    let known = if has(b"<table") && !has(b"<form") && !has(b"<input") {
        Some(&TABLE)
    } else if HTML.iter().any(|tag| lower.starts_with(tag)) || has(b"<html") {
        Some(&PAGE)
    } else if has(b"urn:schemas-microsoft-com:office:spreadsheet") {
        Some(&XML_SHEET)
    } else if lower.starts_with(b"<?xml") || has(b"xmlns") || has(b"</") {
        Some(&XML)
    } else {
        None
    };
    refuse(known)
}

/// The text behind the comments that it begins with.
fn without_comments(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix(b"<!--")
        && let Some(end) = memchr::memmem::find(inside, b"-->")
    {
        rest = inside.get(end + 3..).unwrap_or_default().trim_ascii_start();
    }
    rest
}

fn refuse(kind: Option<&Kind>) -> Result<(), IngestError> {
    match kind {
        Some(Kind { name, advice, .. }) => Err(IngestError::Foreign { name, advice }),
        None => Ok(()),
    }
}

/// A kind of file: the bytes at a place that tell it.
struct Kind {
    at: usize,
    magic: &'static [u8],
    name: &'static str,
    advice: &'static str,
}

impl Kind {
    fn fits(&self, head: &[u8]) -> bool {
        head.get(self.at..)
            .is_some_and(|rest| rest.starts_with(self.magic))
    }
}

/// A tar without a magic: its checksum tells it.
fn older_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else {
        return false;
    };
    let field = block.get(148..156).unwrap_or_default();
    let digits: Vec<u8> = field
        .iter()
        .copied()
        .filter(|byte| (b'0'..=b'7').contains(byte))
        .collect();
    let said = std::str::from_utf8(&digits).ok();
    let said = said.and_then(|digits| u64::from_str_radix(digits, 8).ok());
    let others = block.iter().enumerate();
    let sum: u64 = others
        .map(|(at, byte)| match at {
            148..156 => u64::from(b' '),
            _ => u64::from(*byte),
        })
        .sum();
    said == Some(sum) && block.contains(&0)
}

const fn packed(magic: &'static [u8], name: &'static str) -> Kind {
    let advice = "unpack it first";
    kind(magic, name, advice)
}

const fn kind(magic: &'static [u8], name: &'static str, advice: &'static str) -> Kind {
    Kind {
        at: 0,
        magic,
        name,
        advice,
    }
}

const EXPORT: &str = "export its rows as CSV";
const AGAIN: &str = "ask for the log itself, as CSV or JSON";
const TAR: Kind = Kind {
    at: 257,
    magic: b"ustar",
    name: "a tar archive",
    advice: "unpack it and send each log by itself",
};
const PAGE: Kind = kind(
    b"",
    "a web page",
    "a sign-in page may have been saved in place of the log; download the log again",
);
const TABLE: Kind = kind(
    b"",
    "a table of a web page, whatever its name ends in",
    "open it in a spreadsheet and save it as CSV, or download the log itself",
);
const XML_SHEET: Kind = kind(b"", "a spreadsheet in XML", "save it as CSV");
const XML: Kind = kind(b"", "XML", AGAIN);
const HTML: [&[u8]; 7] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<table",
    b"<script",
    b"<meta",
];
/// How much of a text is searched for tags, in bytes.
const HEAD: usize = 2048;

const KINDS: [Kind; 33] = [
    packed(b"\xfd7zXZ\0", "packed with xz"),
    packed(b"\x28\xb5\x2f\xfd", "packed with zstd"),
    packed(b"BZh11AY&SY", "packed with bzip2"),
    packed(b"BZh21AY&SY", "packed with bzip2"),
    packed(b"BZh31AY&SY", "packed with bzip2"),
    packed(b"BZh41AY&SY", "packed with bzip2"),
    packed(b"BZh51AY&SY", "packed with bzip2"),
    packed(b"BZh61AY&SY", "packed with bzip2"),
    packed(b"BZh71AY&SY", "packed with bzip2"),
    packed(b"BZh81AY&SY", "packed with bzip2"),
    packed(b"BZh91AY&SY", "packed with bzip2"),
    packed(b"\x04\x22\x4d\x18", "packed with lz4"),
    packed(b"LZIP", "packed with lzip"),
    packed(b"\x1f\x9d", "packed with compress"),
    packed(b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    packed(b"Rar!\x1a\x07", "a RAR archive"),
    packed(b"MSCF\0", "a cabinet archive"),
    TAR,
    kind(b"PAR1", "a Parquet file", EXPORT),
    kind(b"ORC\x0a", "an ORC file", EXPORT),
    kind(b"Obj\x01", "an Avro file", EXPORT),
    kind(b"ARROW1", "an Arrow file", EXPORT),
    kind(b"SQLite format 3\0", "a SQLite database", EXPORT),
    kind(b"%PDF-", "a PDF", AGAIN),
    kind(b"{\\rtf", "an RTF document", AGAIN),
    kind(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old or a protected Excel workbook, or another Office document",
        "open it and save it as CSV",
    ),
    kind(b"\x89PNG\r\n", "a picture", AGAIN),
    kind(b"\xff\xd8\xff", "a picture", AGAIN),
    kind(b"GIF8", "a picture", AGAIN),
    kind(b"ElfFile\0", "a Windows event log", EXPORT),
    kind(
        b"-----BEGIN PGP MESSAGE",
        "encrypted with PGP",
        "decrypt it first",
    ),
    kind(
        b"age-encryption.org/v1",
        "encrypted with age",
        "decrypt it first",
    ),
    kind(
        b"-----BEGIN AGE ENCRYPTED FILE",
        "encrypted with age",
        "decrypt it first",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(head: &[u8]) -> Option<&'static str> {
        match refuse_foreign(head).and_then(|()| refuse_markup(head)) {
            Err(IngestError::Foreign { name, .. }) => Some(name),
            _ => None,
        }
    }

    #[test]
    fn files_of_other_kinds_are_named() {
        let mut tar = vec![0; 512];
        tar[..7].copy_from_slice(b"log.csv");
        tar[257..262].copy_from_slice(b"ustar");
        let mut old = vec![0; 512];
        old[..7].copy_from_slice(b"log.csv");
        let sum: u32 = 8 * 32 + b"log.csv".iter().map(|byte| u32::from(*byte)).sum::<u32>();
        old[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        for (head, name) in [
            (b"\xfd7zXZ\0\0\x04".as_slice(), "packed with xz"),
            (b"BZh91AY&SYxyz", "packed with bzip2"),
            (tar.as_slice(), "a tar archive"),
            (old.as_slice(), "a tar archive"),
            (b"PAR1\x15\x04", "a Parquet file"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"<!DOCTYPE html>\n<html>", "a web page"),
            (
                b"<table><tr><td>number</td></tr></table>",
                "a table of a web page, whatever its name ends in",
            ),
            (b"<!-- a --> <!-- b -->\n<!DOCTYPE HTML>\n<head>", "a web page"),
            (b"<html><form><table></table></form></html>", "a web page"),
            (b"<?xml version=\"1.0\"?><html xmlns=\"x\">", "a web page"),
            (b"<?xml version=\"1.0\"?><log/>", "XML"),
            (
                b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                "a spreadsheet in XML",
            ),
            (b"{\\rtf1\\ansi", "an RTF document"),
        ] {
            assert_eq!(named(head), Some(name));
        }
    }

    #[test]
    fn logs_are_no_other_kind() {
        for head in [
            b"account,number,sent_at\n".as_slice(),
            b"{\"phone\":\"+12025550142\"}",
            b"<number>,<time>\n",
            b"PARTY,number\n",
            b"",
        ] {
            assert_eq!(named(head), None);
        }
    }
}
