//! Files that are damaged, hostile or odd: each is read, or refused with what is wrong, where, and
//! what to do.

use std::io::{self, Cursor, Read, Write};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

use super::support::{auto, error, fixture, read, zone};
use crate::domain::Format;
use crate::ingest::{Declared, IngestError, LogReader, ZipFault};
use crate::vault::plaintext::RowBatch;

const HEADER: &str = "account,number,sent_at\n";
const ROW: &str = "canary,+12025550142,2024-03-21T22:34:49Z\n";

/// The error of a source that is too large to be held in memory.
fn refused(source: impl Read + Send + 'static) -> IngestError {
    let mut reader = match LogReader::open(Box::new(source), Declared::default()) {
        Ok(reader) => reader,
        Err(error) => return error,
    };
    let mut batch = RowBatch::new();
    loop {
        match reader.read_batch(&mut batch) {
            Ok(true) => {}
            Ok(false) => panic!("it was read to its end"),
            Err(error) => return error,
        }
    }
}

/// A zip of one file, with its sizes in the header before it.
fn zip(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    let packed = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(content);
    let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
    common.extend(crc.sum().to_le_bytes());
    common.extend((packed.len() as u32).to_le_bytes());
    common.extend((content.len() as u32).to_le_bytes());
    common.extend([1, 0, 0, 0]);
    let file = [b"PK\x03\x04", common.as_slice(), b"a", packed.as_slice()].concat();
    let listed = [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 14], b"a"].concat();
    let mut end = b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00".to_vec();
    end.extend((listed.len() as u32).to_le_bytes());
    end.extend((file.len() as u32).to_le_bytes());
    end.extend([0, 0]);
    [file, listed, end].concat()
}

#[test]
fn a_zip_is_read_or_refused_by_what_is_wrong_with_it() {
    use ZipFault::*;
    assert_eq!(auto("zip-json.zip").unwrap().rows.len(), 4);
    // In a folder.
    for name in ["zip-folder.zip", "zip-backslash.zip"] {
        assert_eq!(auto(name).unwrap().format, Format::SupplierCsv, "{name}");
    }
    for (name, fault) in [
        ("zip-two-files.zip", Several),
        ("zip-dots.zip", Folder),
        ("zip-directory.zip", Empty),
        ("zip-bzip2.zip", Method),
        ("zip-encrypted.zip", Encrypted),
        ("zip-no-file.zip", Empty),
        ("zip-part.zip", Split),
    ] {
        assert_eq!(error(auto(name)), IngestError::Zip(fault), "{name}");
    }
    for (name, expected) in [
        ("zip-in-zip.zip", IngestError::PackedTwice),
        ("zip-in-gzip.gz", IngestError::PackedTwice),
        ("zip-gzip-inside.zip", IngestError::PackedTwice),
        ("zip-cut-off.zip", IngestError::CutOff { line: 1 }),
        ("zip-directory-missing.zip", IngestError::CutOff { line: 1 }),
        ("zip-other-checksum.zip", IngestError::Damaged { line: 1 }),
        ("zip-more-behind.zip", IngestError::Damaged { line: 1 }),
        (
            "zip-other-name-in-directory.zip",
            IngestError::Damaged { line: 1 },
        ),
        (
            "zip-directory-counts-two.zip",
            IngestError::Damaged { line: 1 },
        ),
        ("zip-empty-file.zip", IngestError::Empty),
    ] {
        assert_eq!(error(auto(name)), expected, "{name}");
    }
}

#[test]
fn a_zip_that_is_cut_anywhere_is_not_read() {
    for name in [
        "zip-deflated.zip",
        "zip-stored.zip",
        "zip-streamed.zip",
        "zip-64-streamed.zip",
    ] {
        let whole = fixture(name);
        for end in 4..whole.len() {
            let refused = error(read(whole[..end].to_vec(), Declared::default()));
            assert_eq!(refused, IngestError::CutOff { line: 1 }, "{name} {end}");
        }
    }
}

/// Time, date, versions and attributes may be anything; all else is checked.
#[test]
fn a_zip_with_one_byte_changed_is_read_the_same_or_not_at_all() {
    for name in ["zip-deflated.zip", "zip-stored.zip", "zip-streamed.zip"] {
        let whole = fixture(name);
        let right = read(whole.clone(), Declared::default()).unwrap().rows;
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x24;
            if let Ok(read) = read(changed, Declared::default()) {
                assert_eq!(read.rows, right, "{name} {at}");
            }
        }
    }
}

#[test]
fn a_bomb_is_stopped_however_it_is_packed() {
    let rows = ROW.repeat(500_000);
    let bytes = format!("{HEADER}{rows}").into_bytes();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes).unwrap();
    for packed in [gzip.finish().unwrap(), zip(&bytes)] {
        let Err(IngestError::Bomb { unpacked, .. }) = read(packed, Declared::default()).map(drop)
        else {
            panic!("it was not stopped");
        };
        assert!(unpacked < 16 << 20, "{unpacked}");
    }
    let one = [HEADER, ROW].concat();
    assert!(read(zip(one.as_bytes()), Declared::default()).is_ok());
}

#[test]
fn a_line_of_two_gigabytes_is_refused_before_it_fills_the_memory() {
    let endless = || io::repeat(b'x').take(2 << 30);
    for (start, line) in [
        ("", 1),
        (HEADER, 2),
        ("account,number,sent_at\ncanary,\"", 2),
        ("account,number,sent_at\rcanary,", 2),
        ("[{\"phone\":\"", 1),
        ("{\"items\":[\n{\"phone\":\"", 2),
        ("{\"", 1),
    ] {
        let expected = IngestError::RecordTooLong { line };
        let source = Cursor::new(start.to_owned()).chain(endless());
        assert_eq!(refused(source), expected, "{start:?}");
    }
    // Without line endings, all of it is one header.
    let spaces = io::repeat(b' ').take(2 << 30);
    let source = Cursor::new("account,number").chain(spaces);
    assert_eq!(refused(source), IngestError::RecordTooLong { line: 1 });
    let utf16 = Cursor::new(b"\xff\xfe").chain(io::repeat(b'x').take(2 << 30));
    assert_eq!(refused(utf16), IngestError::RecordTooLong { line: 1 });
}

#[test]
fn a_quote_that_never_closes_is_a_stray_one_or_a_cut_file() {
    let stray = error(auto("supplier-csv-quote-never-closed.csv"));
    assert_eq!(stray, IngestError::StrayQuote { line: 3 });
    // No row is after it: the file ends within the cell.
    for ending in ["", "\n"] {
        let cut = format!("{HEADER}{ROW}canary,\"+1202555{ending}");
        let cut = error(read(cut.into_bytes(), Declared::default()));
        assert_eq!(cut, IngestError::CutOff { line: 3 });
    }
    // The cells of a row are in it.
    let row = ROW.replacen(',', ",\"", 1);
    let open = error(read(
        format!("{HEADER}{ROW}{row}").into_bytes(),
        Declared::default(),
    ));
    assert_eq!(open, IngestError::StrayQuote { line: 3 });
    let long = format!("{HEADER}{ROW}canary,\"{}", ROW.repeat(50_000));
    let long = error(read(long.into_bytes(), Declared::default()));
    assert_eq!(long, IngestError::StrayQuote { line: 3 });
    assert!(long.to_string().contains("quotes=none"));
}

#[test]
fn two_encodings_in_one_file_are_found_at_their_line() {
    for (name, expected) in [
        (
            "mixed-latin-1-after-utf-8.csv",
            IngestError::NotText { line: 3 },
        ),
        (
            "mixed-utf-8-after-utf-16.csv",
            IngestError::TwoEncodings { line: 3 },
        ),
        (
            "mixed-utf-16-after-utf-8.csv",
            IngestError::NotText { line: 3 },
        ),
        (
            "supplier-csv-utf16-cut-off.csv",
            IngestError::CutOff { line: 4 },
        ),
        (
            "supplier-csv-utf16-cut-in-a-unit.csv",
            IngestError::CutOff { line: 4 },
        ),
    ] {
        assert_eq!(error(auto(name)), expected, "{name}");
    }
}

#[test]
fn a_byte_of_zero_in_a_row_rejects_that_row() {
    let read = auto("nul-bytes-in-rows.csv").unwrap();
    assert_eq!(read.rows.len(), 60);
    assert_eq!(read.rejects, [(61, Some("carrier"), "not-printable")]);
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_text() {
    let read = auto("formula-cells.csv").unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (5, 0));
    assert!(read.rows[0][3].starts_with("=HYPERLINK("));
    assert_eq!(read.rows[3][5], "-2+3+canary");
}

#[test]
fn the_lost_hour_of_the_european_union_rejects_its_rows() {
    let berlin = fixture("local-times-berlin-31-march.csv");
    let read = read(berlin, zone("Europe/Berlin")).unwrap();
    let times: Vec<_> = read.rows.iter().map(|row| row[6].as_str()).collect();
    assert_eq!(times, ["2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z"]);
    let gap = "time-does-not-exist";
    let at = Some("sent_at");
    assert_eq!(
        read.rejects,
        [(3, at, gap), (4, at, gap), (6, at, "time-is-ambiguous")]
    );
}

/// A zip of these files, packed.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let mut options = zip::write::SimpleFileOptions::default();
        if *name == "mimetype" {
            options = options.compression_method(zip::CompressionMethod::Stored);
        }
        if name.ends_with('/') {
            zip.add_directory(*name, options).unwrap();
            continue;
        }
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_a_mac_puts_beside_a_log_is_passed_over() {
    let log = [HEADER, ROW].concat();
    let log = ("log.csv", log.as_bytes());
    let store = (".DS_Store", b"\0\0\0\x01Bud1".as_slice());
    let fork = ("__MACOSX/._log.csv", b"\0\x05\x16\x07\0\x02".as_slice());
    for files in [
        vec![log, fork],
        vec![store, log],
        vec![store, ("__MACOSX/._.DS_Store", b""), log, fork],
        vec![fork, log, store, ("Thumbs.db", b"x")],
        vec![
            ("logs/", b""),
            ("logs/.DS_Store", b"x"),
            ("logs/log.csv", log.1),
            ("logs/Thumbs.db", b"x"),
            ("logs/more/", b""),
        ],
    ] {
        let bytes = zip_of(&files);
        assert_eq!(
            read(bytes.clone(), Declared::default()).unwrap().rows.len(),
            1
        );
        for end in 4..bytes.len() {
            assert!(
                read(bytes[..end].to_vec(), Declared::default()).is_err(),
                "{end}"
            );
        }
    }
    let refused = |files: &[(&str, &[u8])]| error(read(zip_of(files), Declared::default()));
    assert_eq!(refused(&[store, fork]), IngestError::Zip(ZipFault::Empty));
    let two = [log, fork, ("more.csv", b"x")];
    assert_eq!(refused(&two), IngestError::Zip(ZipFault::Several));
    let two = [
        ("logs/", b"".as_slice()),
        ("logs/log.csv", log.1),
        ("more/log.csv", b"x"),
    ];
    assert_eq!(refused(&two), IngestError::Zip(ZipFault::Several));
    let out = [store, ("logs/../../log.csv", b"x")];
    assert_eq!(refused(&out), IngestError::Zip(ZipFault::Folder));
}

#[test]
fn other_containers_are_named_for_what_they_are() {
    let mut tar = vec![0; 1024];
    tar[..7].copy_from_slice(b"log.csv");
    tar[257..262].copy_from_slice(b"ustar");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&tar).unwrap();
    let page = b"\xef\xbb\xbf\n<!doctype html><title>Sign in</title>".to_vec();
    for (bytes, name) in [
        (packed.finish().unwrap(), "a tar archive"),
        (tar, "a tar archive"),
        (b"\xfd7zXZ\0\0\x04\xe6".to_vec(), "packed with xz"),
        (b"\x28\xb5\x2f\xfd\x04".to_vec(), "packed with zstd"),
        (page, "a web page"),
        (
            zip_of(&[(
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet",
            )]),
            "an OpenDocument file",
        ),
    ] {
        let refused = error(read(bytes, Declared::default()));
        let said = refused.to_string();
        assert!(said.starts_with(&format!("the file is {name}; ")), "{said}");
        assert_eq!(refused.kind(), "foreign");
    }
}
