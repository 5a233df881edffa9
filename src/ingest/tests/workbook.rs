//! Excel workbooks: made part by part, as Excel and others write them.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

use super::support::{Outcome, error, read, zone};
use crate::ingest::{Declared, IngestError, LogReader, WorkbookFault, draft};

/// A workbook of these sheets, each a name and the content of its `sheetData`.
fn workbook(sheets: &[(&str, &str)], texts: &str) -> Vec<u8> {
    let parts: Vec<_> = sheets.iter().map(|(_, rows)| *rows).collect();
    let names = sheets.iter().zip(1..);
    let names: Vec<_> = names.map(|((name, _), part)| (*name, part)).collect();
    workbook_of(&parts, &names, texts)
}

/// A workbook of these parts, each the content of a `sheetData`, and of names of sheets, each with the number of its
/// part.
fn workbook_of(sheets: &[&str], names: &[(&str, usize)], texts: &str) -> Vec<u8> {
    let mut parts = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, content: &str| {
        parts
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        parts.write_all(content.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    part(
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
    );
    part(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{relations}\"><Relationship Id=\"rId1\" \
             Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut listed, mut related) = (String::new(), String::new());
    for ((name, part), no) in names.iter().zip(1..) {
        listed += &format!("<sheet name=\"{name}\" sheetId=\"{no}\" r:id=\"rId{part}\"/>");
    }
    for no in 1..=sheets.len() {
        related += &format!(
            "<Relationship Id=\"rId{no}\" Type=\"{office}/worksheet\" \
             Target=\"worksheets/sheet{no}.xml\"/>"
        );
    }
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{listed}</sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"{relations}\">{related}</Relationships>"),
    );
    // Format 1 is a time with its day.
    part(
        "xl/styles.xml",
        &format!(
            "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/>\
             <xf numFmtId=\"22\"/></cellXfs></styleSheet>"
        ),
    );
    if !texts.is_empty() {
        part(
            "xl/sharedStrings.xml",
            &format!("<sst xmlns=\"{main}\" {texts}</sst>"),
        );
    }
    for (no, rows) in sheets.iter().enumerate() {
        let name = format!("xl/worksheets/sheet{}.xml", no + 1);
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        part(&name, &sheet);
    }
    parts.finish().unwrap().into_inner()
}

/// A row of texts.
fn texts(no: u32, cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>"))
        .collect();
    format!("<row r=\"{no}\">{cells}</row>")
}

fn header(no: u32) -> String {
    texts(no, &["account", "number", "sent_at", "message_id"])
}

fn in_utc(bytes: Vec<u8>) -> Result<Outcome, IngestError> {
    read(bytes, zone("UTC"))
}

#[test]
fn a_sheet_is_read_with_its_digits_and_its_dates() {
    // 45361.5 is noon of 10 March 2024; Excel writes the second part of it like this.
    let rows = header(1)
        + "<row r=\"2\"><c t=\"inlineStr\"><is><t>A, \"B\"&#10;C</t></is></c><c><v>13035550140</v></c>\
           <c s=\"1\"><v>45361.940844907411</v></c><c><v>1.234567890123E+17</v></c></row>"
        + "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>A</t></is></c><c r=\"B4\"><v>1.303555014E10</v></c>\
           <c r=\"C4\" s=\"1\"><v>45361</v></c></row>"
        + "<row r=\"5\"><c r=\"A5\"><v>1.2345678901234567E+16</v></c><c r=\"B5\"><v>13035550142</v></c>\
           <c r=\"C5\" s=\"1\"><v>45361.25</v></c></row>"
        + &texts(6, &["Total", "3"]);
    let read = in_utc(workbook(&[("Messages", &rows)], "")).unwrap();
    let cells = |at: usize| [0, 2, 6, 9, 13].map(|cell| read.rows[at][cell].clone());
    assert_eq!(
        cells(0),
        [
            "A, \"B\" C",
            "13035550140",
            "2024-03-10T22:34:49Z",
            "none",
            "2"
        ]
    );
    assert_eq!(
        cells(1),
        ["A", "13035550140", "2024-03-10T00:00:00Z", "none", "4"]
    );
    assert_eq!(read.rejects, [(5, Some("account"), "damaged")]);
    assert_eq!(read.skipped, [("header", 1), ("blank", 1), ("total", 1)]);
    assert_eq!(read.lines, 6);
    assert!(
        read.evidence
            .starts_with("the sheet Messages of a workbook; the header has"),
        "{}",
        read.evidence
    );
}

#[test]
fn days_and_times_of_day_are_two_columns() {
    let rows = texts(1, &["account", "number", "date", "time"])
        + "<row><c t=\"str\"><v>A</v></c><c><v>13035550140</v></c><c s=\"1\"><v>45361</v></c><c s=\"1\"><v>0.5</v></c></row>";
    let read = in_utc(workbook(&[("a", &rows)], "")).unwrap();
    assert_eq!(read.rows[0][6], "2024-03-10T12:00:00Z");
    // A day alone is no time.
    let rows = header(1)
        + "<row><c t=\"str\"><v>A</v></c><c><v>13035550140</v></c><c s=\"1\"><v>45361</v></c></row>";
    let read = in_utc(workbook(&[("a", &rows)], "")).unwrap();
    assert_eq!(read.rejects, [(2, Some("sent_at"), "no-time-of-day")]);
}

#[test]
fn a_sheet_may_be_named() {
    let row = |number: &str| header(1) + &texts(2, &["A", number, "2024-03-10T11:00:00Z", "r"]);
    let (one, two) = (row("+13035550101"), row("+13035550102"));
    let bytes = workbook(&[("First sheet", &one), ("Second", &two)], "");
    let of = |sheet: Option<&str>| {
        let sheet = sheet.map(str::to_owned);
        let declared = Declared {
            sheet,
            ..Declared::default()
        };
        read(bytes.clone(), declared)
    };
    for (sheet, number) in [
        (None, "+13035550101"),
        (Some("First sheet"), "+13035550101"),
        (Some("second"), "+13035550102"),
    ] {
        assert_eq!(of(sheet).unwrap().rows[0][2], number);
    }
    // Which sheet it was tells two exhibits of one workbook apart. The first is the same with its name and without.
    for (sheet, place) in [
        (None, None),
        (Some("First sheet"), None),
        (Some("second"), Some(1)),
    ] {
        let declared = Declared {
            sheet: sheet.map(str::to_owned),
            ..zone("UTC")
        };
        let reader = LogReader::open(Box::new(Cursor::new(bytes.clone())), declared).unwrap();
        assert_eq!(reader.into_facts().sheet, place);
    }
    // A log may go on in another sheet: the report names those that are not read.
    let said = of(None).unwrap().evidence;
    let expected = "the sheet First sheet of a workbook (sheets that are not read: Second; with the same columns: Second; \
        send the workbook again for each, with its name in `sheet=`); ";
    assert!(said.starts_with(expected), "{said}");
    let absent = error(of(Some("Third"))).to_string();
    assert!(
        absent.contains("its sheets: First sheet, Second"),
        "{absent}"
    );
    let csv = Declared {
        sheet: Some("Second".to_owned()),
        ..Declared::default()
    };
    let csv = read(b"account,number,sent_at\n".to_vec(), csv);
    assert_eq!(error(csv), IngestError::Workbook(WorkbookFault::NotOne));
    let drafted = |sheet| draft(Box::new(Cursor::new(bytes.clone())), sheet).unwrap();
    assert!(
        drafted(None).contains("column = \"number\""),
        "{}",
        drafted(None)
    );
    let second = drafted(Some("Second"));
    assert!(
        second
            .contains("# It is of the sheet Second of a workbook: admit it with the same sheet=."),
        "{second}"
    );
    let absent = draft(Box::new(Cursor::new(bytes.clone())), Some("Third")).unwrap_err();
    assert!(matches!(
        absent,
        IngestError::Workbook(WorkbookFault::NoSuchSheet(_))
    ));
    let csv = draft(Box::new(Cursor::new("number,sent_at\n")), Some("Second"));
    assert_eq!(
        csv.err(),
        Some(IngestError::Workbook(WorkbookFault::NotOne))
    );
}

#[test]
fn a_sheet_that_is_no_log_names_the_others() {
    let log = header(1) + &texts(2, &["A", "+13035550101", "2024-03-10T11:00:00Z", "r"]);
    let cover = texts(1, &["SMS report"]) + &texts(2, &["March"]);
    for (first, kind) in [
        (cover.as_str(), "unknown-format"),
        ("", "empty"),
        ("<row r=\"1\"><c><v>13035550140</v></c></row>", "no-header"),
    ] {
        let refused = error(in_utc(workbook(&[("Cover", first), ("Log", &log)], "")));
        assert_eq!(refused.kind(), kind);
        let said = refused.to_string();
        let expected =
            "the sheet Cover of a workbook was read; name another with `sheet=`: Log; of the one";
        assert!(said.starts_with(expected), "{said}");
    }
    let read = in_utc(workbook(&[("Log", &log), ("Cover", &cover)], "")).unwrap();
    let expected = "the sheet Log of a workbook (sheets that are not read: Cover); ";
    assert!(read.evidence.starts_with(expected), "{}", read.evidence);
}

#[test]
fn shared_texts_are_read_and_a_false_count_of_them_is_refused() {
    let rows = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c></row>\
        <row><c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c><c t=\"s\"><v>5</v></c></row>";
    let texts = [
        "account",
        "number",
        "sent_at",
        "A",
        "+13035550140",
        "2024-03-10T11:00:00Z",
    ];
    let listed: String = texts
        .iter()
        .map(|text| format!("<si><t>{text}</t></si>"))
        .collect();
    let read = in_utc(workbook(
        &[("a", rows)],
        &format!("uniqueCount=\"6\">{listed}"),
    ));
    assert_eq!(read.unwrap().rows[0][2], "+13035550140");
    for count in ["99999999999", "18446744073709551615", "1e9"] {
        let bytes = workbook(&[("a", rows)], &format!("uniqueCount=\"{count}\">{listed}"));
        if count != "1e9" {
            let refused = error(in_utc(bytes));
            assert_eq!(
                refused,
                IngestError::Workbook(WorkbookFault::Unreadable),
                "{count}"
            );
        } else {
            assert!(in_utc(bytes).is_ok());
        }
    }
}

#[test]
fn what_is_no_workbook_and_what_is_too_large_is_refused() {
    let rows = header(1) + &texts(2, &["A", "+13035550140", "2024-03-10T11:00:00Z", "r"]);
    let whole = workbook(&[("a", &rows)], "");
    for cut in [60, whole.len() / 2, whole.len() - 5] {
        let refused = error(in_utc(whole[..cut].to_vec()));
        assert_eq!(
            refused,
            IngestError::Workbook(WorkbookFault::Unreadable),
            "{cut}"
        );
    }
    // A cell far away, and many cells that unpack to more than is allowed.
    let far = header(1) + "<row r=\"4294967295\"><c r=\"A4294967295\"><v>1</v></c></row>";
    let refused = error(in_utc(workbook(&[("a", &far)], "")));
    assert_eq!(refused, IngestError::Workbook(WorkbookFault::Unreadable));
    // What does not come from so few bytes is a bomb; what does is still more than fits in memory.
    let noise = noise(1 << 20);
    let blank = " ".repeat(257 << 20);
    let refused = error(in_utc(workbook(&[("a", &blank)], "")));
    assert_eq!(refused.kind(), "bomb");
    let refused = error(in_utc(workbook(&[("a", &blank), ("b", &noise)], "")));
    assert_eq!(refused, IngestError::Workbook(WorkbookFault::TooLarge));
    let wide: String = (1..30_000)
        .map(|row| format!("<row><c r=\"XFD{row}\"><v>1</v></c></row>"))
        .collect();
    let refused = error(in_utc(workbook(&[("a", &wide)], "")));
    assert_eq!(refused.kind(), "bomb");
    let refused = error(in_utc(workbook(&[("a", &wide), ("b", &noise)], "")));
    assert_eq!(refused, IngestError::Workbook(WorkbookFault::TooLarge));
}

/// A comment that does not become smaller than this, in bytes, by packing it.
fn noise(bytes: usize) -> String {
    let mut state = 1_u64;
    let pieces = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{:08x}", state >> 32)
    });
    // A digit of it is half a byte.
    let digits: String = pieces.take(bytes / 2).collect();
    format!("<!--{digits}-->")
}

#[test]
fn texts_and_sheets_without_end_are_refused_before_they_are_kept() {
    let rows = header(1) + &texts(2, &["A", "+13035550140", "2024-03-10T11:00:00Z", "r"]);
    let noise = noise(256 << 10);
    let sheets = [("a", rows.as_str()), ("b", noise.as_str())];
    let empty = format!("count=\"1\">{}", "<si/>".repeat((4 << 20) + 1));
    let refused = error(in_utc(workbook(&sheets, &empty)));
    assert_eq!(refused, IngestError::Workbook(WorkbookFault::TooLarge));
    assert_eq!(error(in_utc(workbook(&sheets[..1], &empty))).kind(), "bomb");
    let styles = format!("count=\"1\">{}", "<x:xf/>".repeat((1 << 18) + 1));
    let refused = error(in_utc(workbook(&sheets, &styles)));
    assert_eq!(refused, IngestError::Workbook(WorkbookFault::TooLarge));
}

#[test]
fn many_sheets_of_one_part_are_looked_at_once() {
    let rows = header(1) + &texts(2, &["A", "+13035550140", "2024-03-10T11:00:00Z", "r"]);
    // Many blank rows before the first cell, once for each of a thousand names.
    let blank = "<row/>".repeat(1 << 17) + &rows;
    let names: Vec<String> = (0..1000)
        .map(|no| format!("Sheet {}", letters(no)))
        .collect();
    let shared: Vec<_> = names.iter().map(|name| (name.as_str(), 2)).collect();
    let bytes = workbook_of(
        &[&rows, &blank],
        &[&[("Log", 1)], shared.as_slice()].concat(),
        "",
    );
    let begun = std::time::Instant::now();
    let read = in_utc(bytes).unwrap();
    // Unpacked for each name they would be 800 megabytes.
    assert!(begun.elapsed().as_secs() < 20);
    assert!(read.evidence.contains("and 968 more"), "{}", read.evidence);
    assert!(read.evidence.len() < 2000, "{}", read.evidence);
}

/// A number as letters, which may be in a name that is shown.
fn letters(no: u32) -> String {
    let digits = no.to_string().into_bytes();
    digits.iter().map(|digit| char::from(digit + 49)).collect()
}

#[test]
fn a_workbook_that_nobody_waits_for_is_given_up() {
    /// The bytes of a workbook, whose sender is gone when they were read.
    struct Gone(Cursor<Vec<u8>>);
    impl std::io::Read for Gone {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match into.is_empty() {
                true => Err(std::io::ErrorKind::ConnectionAborted.into()),
                false => self.0.read(into),
            }
        }
    }
    let rows = header(1) + &texts(2, &["A", "+13035550140", "2024-03-10T11:00:00Z", "r"]);
    let bytes = workbook(&[("a", &rows)], "");
    let opened = LogReader::open(Box::new(Gone(Cursor::new(bytes))), zone("UTC"));
    let gone = IngestError::Io(std::io::ErrorKind::ConnectionAborted);
    assert_eq!(opened.err(), Some(gone));
}

#[test]
fn no_cell_of_a_workbook_is_quoted() {
    let rows = texts(1, &["+447700900123", "7700900123"]);
    let refused = error(in_utc(workbook(&[("7700900123", &rows)], "")));
    let said = format!("{refused} {refused:?}");
    assert!(!said.contains("7700900"), "{said}");
}
