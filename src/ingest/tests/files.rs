//! Whole files through the reader: every fixture, every way to write a file.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use super::support::{auto, error, fixture, format, read, zone};
use crate::domain::{AccountName, Field, Format};
use crate::ingest::{ColumnMapping, Declared, IngestError, LogReader};
use crate::vault::plaintext::RowBatch;

#[test]
fn a_supplier_csv_is_read_however_it_is_written() {
    for name in [
        "supplier-csv-good.csv",
        "supplier-csv-bom.csv",
        "supplier-csv-utf16-le.csv",
        "supplier-csv-utf16-be-no-mark.csv",
        "supplier-csv-crlf.csv",
        "supplier-csv-semicolon.csv",
        "supplier-csv-tab.csv",
        "supplier-csv-gzip.csv.gz",
        "cr-only.csv",
        "zip-deflated.zip",
        "zip-stored.zip",
        "zip-streamed.zip",
        "zip-streamed-no-mark.zip",
        "zip-64.zip",
        "zip-64-streamed.zip",
        "zip-comment.zip",
    ] {
        let read = auto(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.format, Format::SupplierCsv, "{name}");
        assert_eq!((read.rows.len(), read.rejects.len()), (3, 0), "{name}");
        let expected = [
            "canary-account-2",
            "canary.user2",
            "+12025550102",
            "Canary Wireless",
            "US",
            "Canaria",
            "2024-03-21T22:34:02Z",
            "sms",
            "authentication",
            "canary-ref-2",
            "in-record",
            "in-record",
            "in-record",
            "4",
        ];
        assert_eq!(read.rows[2], expected, "{name}");
        assert!(read.dropped.is_empty(), "{name}");
        assert!(
            read.evidence
                .starts_with("the header has account, user, number, carrier")
        );
    }
}

#[test]
fn other_names_and_countries_by_name_are_understood_and_content_is_dropped() {
    let read = auto("supplier-csv-other-names-other-order.csv").unwrap();
    assert_eq!(read.dropped, ["Price", "Body"]);
    assert_eq!((read.rows.len(), read.rejects.len()), (3, 0));
    assert!(
        read.rows
            .iter()
            .all(|row| row[4] == "GB" && row[7] == "sms" && row[1] == "none")
    );
    assert_eq!(
        (read.rows[2][2].as_str(), read.rows[2][13].as_str()),
        ("0044 7700 900122", "6")
    );
    let read = auto("supplier-csv-quoted-newline-in-body.csv").unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (3, 0));
    assert_eq!(
        (read.rows[1][3].as_str(), read.rows[1][10].as_str()),
        ("", "absent")
    );
    let lines: Vec<_> = read.rows.iter().map(|row| row[13].as_str()).collect();
    assert_eq!(lines, ["2", "5", "8"]);
}

#[test]
fn bad_rows_are_rejected_by_line_column_and_kind_and_keep_no_content() {
    let read = auto("supplier-csv-every-kind-of-bad-cell.csv").unwrap();
    assert_eq!(read.rows.len(), 21);
    assert_eq!(read.unknown_countries, 1);
    assert_eq!(
        (read.rows[0][4].as_str(), read.rows[0][10].as_str()),
        ("", "absent")
    );
    assert_eq!(read.skipped, [("header", 1), ("inbound", 1)]);
    assert_eq!(
        read.rejects,
        [
            (2, Some("number"), "missing-number"),
            (3, Some("sent_at"), "missing-time"),
            (4, Some("sent_at"), "bad-time"),
            (6, Some("carrier"), "looks-like-content"),
            (7, Some("user"), "too-long"),
            (8, Some("state"), "not-printable"),
            (9, Some("number"), "looks-like-content"),
            (11, None, "wrong-cell-count"),
        ]
    );
    assert!(read.reject_cells[2].contains(r#""country":"US""#));
    assert_eq!(read.reject_cells[7], "{}");
    assert!(
        read.reject_cells
            .iter()
            .all(|cells| !cells.contains("123456"))
    );
    assert!(!read.reject_cells[4].contains("canarycanary"));
    let read = auto("supplier-csv-one-percent-bad.csv").unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (297, 3));
}

#[test]
fn duo_v1_is_read_from_envelope_array_and_lines() {
    let expected = [
        "",
        "none",
        "+12025550100",
        "",
        "",
        "",
        "2024-03-20T15:38:10Z",
        "sms",
        "authentication",
        "none",
        "absent",
        "absent",
        "in-record",
        "1",
    ];
    let read = auto("duo-v1-good.json").unwrap();
    assert_eq!(
        (read.format, read.rows.len(), read.rejects.len()),
        (Format::DuoV1, 3, 0)
    );
    assert_eq!(read.rows[0], expected);
    assert_eq!(read.dropped, ["credits"]);
    assert_eq!(
        read.evidence,
        "its first record has context, isotimestamp, phone, timestamp, type"
    );
    for name in ["duo-v1-array-seconds-only.json", "duo-v1-lines.ndjson"] {
        let read = auto(name).unwrap();
        assert_eq!((read.format, read.rows.len()), (Format::DuoV1, 3), "{name}");
        assert_eq!(read.rows[1][2], "12025550142");
        assert_eq!(read.rows[1][6], "2024-03-20T15:38:13Z");
    }
}

#[test]
fn duo_v2_is_read_over_several_pages() {
    for name in ["duo-v2-good.json", "duo-v2-pages-in-envelopes.json"] {
        let declared = Declared {
            account: Some(AccountName::parse("canary-account").unwrap()),
            ..Declared::default()
        };
        let read = read(fixture(name), declared).unwrap();
        assert_eq!(
            (read.format, read.rows.len(), read.rejects.len()),
            (Format::DuoV2, 4, 0)
        );
        assert_eq!(read.rows[3][6], "2024-03-21T22:34:43Z");
        assert_eq!(read.rows[3][9], "220f89ff-0000-4000-8000-b7787940ce63");
        assert_eq!(read.rows[3][0], "canary-account");
        assert_eq!(read.dropped, ["credits", "txid"]);
    }
}

#[test]
fn odd_json_records_are_rejected_one_by_one() {
    let read = auto("duo-v2-odd-records.json").unwrap();
    assert_eq!(read.rows.len(), 6);
    assert_eq!(read.rows[4][2], "+12025550142 \"canary\"");
    let kinds: Vec<_> = read
        .rejects
        .iter()
        .map(|(_, column, kind)| (*column, *kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (None, "not-an-object"),
            (None, "not-text"),
            (Some("number"), "missing-number"),
            (None, "not-an-object"),
            (None, "repeated-name"),
        ]
    );
    assert_eq!(
        read.dropped,
        ["credits", "txid", "(names that cannot be shown)"]
    );
}

#[test]
fn a_twilio_csv_gives_its_outbound_messages() {
    let read = auto("twilio-csv-good.csv").unwrap();
    assert_eq!((read.format, read.rows.len()), (Format::TwilioCsv, 2));
    assert_eq!(read.rejects, []);
    assert_eq!(read.skipped, [("header", 1), ("inbound", 2)]);
    let expected = [
        "AC00000000000000000000000000000001",
        "none",
        "+12025550101",
        "",
        "",
        "",
        "2024-03-21T22:34:49Z",
        "sms",
        "outbound-api",
        "SM00000000000000000000000000000001",
        "absent",
        "absent",
        "in-record",
        "2",
    ];
    assert_eq!(read.rows[0], expected);
    assert_eq!(read.rows[1][2], "whatsapp:+12025550102");
    assert!(read.dropped.contains(&"Body".to_owned()));
}

#[test]
fn local_times_need_a_zone_and_keep_out_of_clock_changes() {
    let rejects = |name: &str, in_zone: &str| {
        let read = read(fixture(name), zone(in_zone)).unwrap();
        let kinds: Vec<_> = read
            .rejects
            .iter()
            .map(|(line, _, kind)| (*line, *kind))
            .collect();
        let times = read
            .rows
            .iter()
            .map(|row| format!("{} {}", row[6], row[12]));
        (kinds, times.collect::<Vec<_>>())
    };
    let (gap, fold) = ("time-does-not-exist", "time-is-ambiguous");
    assert_eq!(
        rejects("local-times-new-york-10-march.csv", "America/New_York"),
        (
            vec![(3, gap), (4, gap)],
            vec![
                "2024-03-10T06:59:59Z declared".to_owned(),
                "2024-03-10T07:00:00Z declared".to_owned(),
                "2024-03-10T07:30:00Z in-record".to_owned(),
            ]
        )
    );
    assert_eq!(
        rejects("local-times-london-31-march.csv", "Europe/London"),
        (
            vec![(3, gap), (4, gap)],
            vec![
                "2024-03-31T00:59:59Z declared".to_owned(),
                "2024-03-31T01:00:00Z declared".to_owned(),
            ]
        )
    );
    let (kinds, _) = rejects("local-times-new-york-3-november.csv", "America/New_York");
    assert_eq!(kinds, [(3, fold)]);
    let needed = error(auto("local-times-london-31-march.csv"));
    assert_eq!(needed, IngestError::ZoneNeeded { line: 2 });
}

#[test]
fn files_that_cannot_be_read_say_why() {
    use IngestError::*;
    for (name, expected) in [
        ("empty.csv", Empty),
        ("blank.csv", Empty),
        ("binary.csv", NotText { line: 1 }),
        ("supplier-csv-latin-1.csv", NotText { line: 2 }),
        ("supplier-csv-header-only.csv", Empty),
        ("supplier-csv-no-header.csv", NoHeader),
        (
            "supplier-csv-no-account-column.csv",
            MissingColumn { field: "account" },
        ),
        ("supplier-csv-cut-off-in-a-row.csv", CutOff { line: 4 }),
        (
            "supplier-csv-cut-off-in-a-quoted-cell.csv",
            CutOff { line: 3 },
        ),
        ("supplier-csv-gzip-cut-off.csv.gz", CutOff { line: 1 }),
        ("duo-v1-cut-off.json", CutOff { line: 1 }),
        ("duo-v2-no-records.json", Empty),
        (
            "duo-v2-broken.json",
            BrokenJson {
                line: 1,
                column: 515,
            },
        ),
        (
            "fits-two-formats.csv",
            AmbiguousFormat {
                first: Format::SupplierCsv,
                second: Format::TwilioCsv,
            },
        ),
        (
            "json-fits-two-formats.json",
            AmbiguousFormat {
                first: Format::DuoV1,
                second: Format::DuoV2,
            },
        ),
    ] {
        assert_eq!(error(auto(name)), expected, "{name}");
    }
    let unknown = error(auto("unknown-columns.csv")).to_string();
    assert!(
        unknown.contains("its columns: alpha, beta, gamma"),
        "{unknown}"
    );
    let two = error(auto("supplier-csv-two-number-columns.csv")).to_string();
    assert!(
        two.contains("phone and MSISDN both fit the field number"),
        "{two}"
    );
    let missing = read(
        fixture("supplier-csv-no-number-column.csv"),
        format(Format::SupplierCsv),
    );
    assert_eq!(error(missing), MissingColumn { field: "number" });
    assert_eq!(
        auto("supplier-csv-latin-1-in-a-dropped-column.csv")
            .unwrap()
            .rows
            .len(),
        1
    );
}

#[test]
fn two_columns_that_may_be_the_recipient_are_refused_until_one_is_named() {
    let time = "2024-03-21T22:34:49Z";
    for (first, second) in [
        ("Number", "Destination"),
        ("Mobile", "Dest Number"),
        ("Phone", "Called Number"),
        ("Handset", "to"),
        ("Recipient number", "msisdn"),
    ] {
        let text =
            format!("Account,{first},{second},Sent at\nA,+13035550101,+13035550102,{time}\n");
        let refused = error(read(text.clone().into_bytes(), Declared::default())).to_string();
        let expected = format!("the columns {first} and {second} both fit the field number; ");
        assert!(refused.starts_with(&expected), "{refused}");
        for (mapped, number) in [(first, "+13035550101"), (second, "+13035550102")] {
            let declared = Declared {
                columns: vec![ColumnMapping::new(Field::Number, mapped).unwrap()],
                ..Declared::default()
            };
            let read = read(text.clone().into_bytes(), declared).unwrap();
            assert_eq!(read.rows[0][2], number);
        }
    }
    let dropped = Declared {
        drop: vec!["Destination".to_owned()],
        ..Declared::default()
    };
    let text = format!("Account,Number,Destination,Sent at\nA,+13035550101,+13035550102,{time}\n");
    assert_eq!(read(text.into_bytes(), dropped).unwrap().rows.len(), 1);
    for sender in [
        "from",
        "Sender",
        "source number",
        "Caller",
        "originator",
        "Callback",
    ] {
        let text = format!("Account,Number,{sender},Sent at\nA,+13035550101,+13035550102,{time}\n");
        let read = read(text.into_bytes(), Declared::default()).unwrap();
        assert_eq!(read.rows[0][2], "+13035550101", "{sender}");
    }
}

#[test]
fn a_column_of_directions_decides_what_is_inbound() {
    let header = "account,number,sent_at,channel,direction\n";
    let row = |channel: &str, direction: &str| {
        format!("A,+13035550101,2024-03-10T11:00:00Z,{channel},{direction}\n")
    };
    for (channel, direction, admitted) in [
        ("I", "outbound", 1),
        ("Inbound support line", "outbound", 1),
        ("received", "outbound", 1),
        ("sms", "inbound", 0),
        ("received", "", 0),
    ] {
        let text = format!("{header}{}", row(channel, direction));
        let read = read(text.into_bytes(), Declared::default()).unwrap();
        assert_eq!(read.rows.len(), admitted, "{channel} {direction}");
        let skipped = u64::from(admitted == 0);
        assert_eq!(
            read.skipped_records
                .iter()
                .map(|(_, count)| count)
                .sum::<u64>(),
            skipped
        );
    }
}

#[test]
fn a_wrongly_declared_format_is_refused() {
    for (name, declared, line) in [
        ("duo-v1-good.json", Format::SupplierCsv, 1),
        ("supplier-csv-good.csv", Format::DuoV1, 1),
        ("duo-v1-good.json", Format::DuoV2, 1),
        ("duo-v2-good.json", Format::DuoV1, 1),
    ] {
        let refused = error(read(fixture(name), format(declared)));
        assert_eq!(
            refused,
            IngestError::NotThisFormat { declared, line },
            "{name}"
        );
    }
    let header = "account,number,sent_at\n";
    let rows = "a,+12025550142,2024-03-21T22:34:49Z,more\n".repeat(1000);
    let refused = error(read(
        format!("{header}{rows}").into_bytes(),
        Declared::default(),
    ));
    let (line, cells, columns) = (2, 4, 3);
    let expected = IngestError::CellCount {
        line,
        cells,
        columns,
    };
    assert_eq!(refused, expected);
}

#[test]
fn a_number_in_a_column_that_is_shown_rejects_its_row_and_is_not_kept() {
    let header = "account,number,carrier,country,state,sent_at,kind,channel\n";
    let right = [
        "acme",
        "+12025550142",
        "Bell 310260",
        "US",
        "TX 75001-1234",
        "mfa 2024",
        "api",
    ];
    let file = |cells: [&str; 7]| {
        let [account, number, carrier, country, state, kind, channel] = cells;
        format!(
            "{header}{account},{number},{carrier},{country},{state},2024-03-21T22:34:49Z,{kind},{channel}\n"
        )
    };
    let of = |cells| read(file(cells).into_bytes(), Declared::default()).unwrap();
    assert_eq!(of(right).rows.len(), 1);
    for (at, column) in [
        (0, "account"),
        (2, "carrier"),
        (3, "country"),
        (4, "state"),
        (5, "kind"),
        (6, "channel"),
    ] {
        for spelling in ["+13075550188", "307-555-0188", "0013075550188"] {
            let mut cells = right;
            cells[at] = spelling;
            let read = of(cells);
            assert_eq!(
                read.rejects,
                [(2, Some(column), "phone-number")],
                "{spelling}"
            );
            assert!(!read.reject_cells[0].contains(column), "{spelling}");
            assert!(read.reject_cells[0].contains("+12025550142"));
        }
    }
    // A number only where the row is from.
    let mut cells = right;
    (cells[1], cells[2], cells[3]) = ("+4740612346", "40612345", "NO");
    let read = of(cells);
    assert_eq!(read.rejects, [(2, Some("carrier"), "phone-number")]);
    assert!(!read.reject_cells[0].contains("40612345"));
    cells[3] = "US";
    assert_eq!(of(cells).rows.len(), 1);
}

#[test]
fn a_column_of_numbers_that_is_read_as_the_account_is_refused() {
    let file = |rows: &[(&str, &str)]| {
        let mut text = String::from("account,number,country,sent_at\n");
        for (account, number) in rows {
            text += &format!("{account},{number},US,2024-03-21T22:34:49Z\n");
        }
        text.into_bytes()
    };
    let refused = |rows: &[(&str, &str)]| read(file(rows), Declared::default()).err();
    let line = 2;
    let expected = Some(IngestError::NumbersAsAccounts { line });
    // The number itself, in two ways, and another one of the country.
    let own = [
        ("13075550188", "+13075550188"),
        ("3075550188", "+13075550188"),
    ];
    assert_eq!(refused(&own), expected);
    assert_eq!(refused(&[("12125550142", "+13075550188"); 3]), expected);
    for ids in [
        [("123456789012", "+13075550188"); 3],
        [("10000012345", "+13075550188"); 3],
        [("48213", "+13075550188"); 3],
    ] {
        assert_eq!(refused(&ids), None, "{}", ids[0].0);
    }
    // Half of them is not most.
    let half = [("13075550188", "+13075550188"), ("acme", "+13075550189")];
    assert_eq!(refused(&half), None);
}

#[test]
fn columns_can_be_mapped_and_content_cannot() {
    for content in ["Body", "message_body", "SMS Text", "content"] {
        let refused = ColumnMapping::new(Field::User, content).err();
        let column = content.to_owned();
        assert_eq!(refused, Some(IngestError::ContentColumn { column }));
    }
    assert!(ColumnMapping::new(Field::TimeBasis, "zone").is_err());
    let mapped = |columns: &[(Field, &str)]| Declared {
        account: Some(AccountName::parse("canary-account").unwrap()),
        columns: columns
            .iter()
            .map(|(field, name)| ColumnMapping::new(*field, name).unwrap())
            .collect(),
        ..Declared::default()
    };
    let two = fixture("supplier-csv-two-number-columns.csv");
    let read_one = read(two, mapped(&[(Field::Number, "msisdn")])).unwrap();
    assert_eq!(read_one.rows[0][2], "+12025550143");
    assert_eq!(read_one.dropped, ["phone"]);
    let absent = error(read(
        fixture("supplier-csv-good.csv"),
        mapped(&[(Field::Carrier, "Telco")]),
    ));
    let said = absent.to_string();
    let expected = "carrier: the file has no column of the name \"Telco\" (its columns: ";
    assert!(said.starts_with(expected), "{said}");
    let unknown = b"who,when\n+12025550142,2024-03-21T22:34:49Z\n".to_vec();
    let columns = [(Field::Number, "Who"), (Field::SentAt, "When")];
    assert_eq!(
        read(unknown, mapped(&columns)).unwrap().rows[0][0],
        "canary-account"
    );
}

#[test]
fn a_gzip_bomb_of_good_rows_is_refused() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"account,number,sent_at\n").unwrap();
    let rows = "canary,+12025550142,2024-03-21T22:34:49Z\n".repeat(1000);
    for _ in 0..400 {
        packed.write_all(rows.as_bytes()).unwrap();
    }
    let refused = error(read(packed.finish().unwrap(), Declared::default()));
    assert!(matches!(refused, IngestError::Bomb { .. }), "{refused}");
}

#[test]
fn a_file_longer_than_a_batch_comes_in_batches() {
    let mut text = "account,number,sent_at\n".to_owned();
    for row in 0..RowBatch::ROWS + 10 {
        text += &format!("a,+1202555{:04},2024-03-21T22:34:49Z\n", 100 + row % 100);
    }
    let mut reader = LogReader::open(Box::new(Cursor::new(text)), Declared::default()).unwrap();
    let mut batch = RowBatch::new();
    let (mut rows, mut batches, mut last) = (0, 0, 0);
    loop {
        let more = reader.read_batch(&mut batch).unwrap();
        assert!(batch.len() <= RowBatch::ROWS);
        for row in batch.rows_in_tests() {
            assert_eq!(row.line, last + if last == 0 { 2 } else { 1 });
            last = row.line;
        }
        (rows, batches) = (rows + batch.len(), batches + 1);
        if !more {
            break;
        }
    }
    assert_eq!((rows, batches), (RowBatch::ROWS + 10, 2));
    assert_eq!(last, RowBatch::ROWS as u64 + 11);
}

/// Every fixture has `canary` or a fiction number in each of its cells.
#[test]
fn no_error_evidence_or_report_quotes_a_cell() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        files += 1;
        let cuts = [
            bytes.len(),
            bytes.len() * 9 / 10,
            bytes.len() / 2,
            bytes.len() / 3,
        ];
        for cut in cuts {
            for wanted in [None].into_iter().chain(Format::ALL.map(Some)) {
                let declared = Declared {
                    format: wanted,
                    ..Declared::default()
                };
                let said = match read(bytes[..cut].to_vec(), declared) {
                    Ok(read) => format!("{} {:?} {:?}", read.evidence, read.dropped, read.rejects),
                    Err(error) => format!("{error} {error:?}"),
                };
                let lower = said.to_lowercase();
                for cell in [
                    "canary",
                    "202555",
                    "7700",
                    "authentication",
                    "2024-03",
                    "sm000",
                ] {
                    assert!(!lower.contains(cell), "{said}");
                }
            }
        }
    }
    assert!(files > 40);
}

#[test]
fn the_first_spelling_of_a_time_that_says_something_counts() {
    let times = |record: &str| {
        let outcome = read(record.as_bytes().to_vec(), format(Format::DuoV1)).unwrap();
        let rows = outcome.rows.iter().map(|row| row[6].clone());
        let kinds = outcome.rejects.iter().map(|(.., kind)| (*kind).to_owned());
        rows.chain(kinds).collect::<Vec<_>>()
    };
    let phone = r#""phone":"+12025550142""#;
    let iso = r#""isotimestamp":"2024-03-20T15:38:12+00:00""#;
    for (fields, expected) in [
        (
            format!("{phone},{iso},\"timestamp\":1"),
            "2024-03-20T15:38:12Z",
        ),
        (
            format!("\"timestamp\":1,{iso},{phone}"),
            "2024-03-20T15:38:12Z",
        ),
        (
            format!("{phone},\"timestamp\":1710949092,\"isotimestamp\":null"),
            "2024-03-20T15:38:12Z",
        ),
        (
            format!("{phone},\"isotimestamp\":\"\",\"timestamp\":1710949092"),
            "2024-03-20T15:38:12Z",
        ),
        (
            format!("{phone},\"timestamp\":1,{iso},\"timestamp\":1"),
            "repeated-name",
        ),
        (format!("{phone},\"timestamp\":1710949092000"), "bad-time"),
    ] {
        // With a good record in the file, or it would not be of this format.
        let good = format!("{{{phone},{iso}}}\n");
        let found = times(&format!("{good}{{{fields}}}"));
        assert_eq!(found, ["2024-03-20T15:38:12Z", expected], "{fields}");
    }
}

#[test]
fn the_sid_of_a_twilio_csv_says_what_was_sent() {
    let header = "From,To,Body,Status,SentDate,AccountSid,Sid,Direction\n";
    for (sid, kind) in [
        ("CA01", "phone"),
        ("MM01", "mms"),
        ("SM01", "sms"),
        ("", "sms"),
    ] {
        let row = format!(
            "+13035550101,+13035550102,x,sent,2024-03-21T22:34:49Z,AC1,{sid},outbound-api\n"
        );
        let read = read(format!("{header}{row}").into_bytes(), Declared::default()).unwrap();
        assert_eq!(
            (read.format, read.rows[0][7].as_str()),
            (Format::TwilioCsv, kind),
            "{sid}"
        );
    }
}

#[test]
fn a_state_that_is_what_became_of_the_message_is_no_place() {
    let header = "account,number,sent_at,state\n";
    let row = |state: &str| format!("A,+13035550101,2024-03-21T22:34:49Z,{state}\n");
    let of = |text: String| read(text.into_bytes(), Declared::default()).unwrap();
    let read = of(format!("{header}{}{}", row("delivered"), row("FAILED")));
    assert_eq!(read.dropped, ["state"]);
    assert!(read.rows.iter().all(|row| row[5].is_empty()));
    let read = of(format!("{header}{}{}", row("OK"), row("TX")));
    assert_eq!((read.rows[0][5].as_str(), read.dropped), ("OK", vec![]));
}

#[test]
fn a_refusal_lists_no_name_that_may_be_a_cell() {
    for file in [
        r#"{"Joe Smith": {"Dear Anna": "x"}, "Ann Lee": {"Hi": "x"}}"#,
        "Joe Smith,Dear Anna\nAnn Lee,Hello\n",
    ] {
        let said = error(read(file.as_bytes().to_vec(), Declared::default())).to_string();
        assert!(!said.contains("Joe") && !said.contains("Anna"), "{said}");
    }
}
