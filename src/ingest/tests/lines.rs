//! Every line of a file is accounted for, and none is swallowed: files as people join, cut and pad them.

use proptest::prelude::*;

use super::support::{Outcome, error, fixture, read, zone};
use crate::ingest::{Declared, IngestError, Mapping, Quotes};

const HEADER: &str = "account,number,carrier,country,state,sent_at,kind\n";

/// A row of the header above.
fn row(no: u32) -> String {
    format!("DA1,+1303555{no:04},AT&T,US,TX,2024-03-10T11:00:00Z,sms\n")
}

fn rows(numbers: std::ops::Range<u32>) -> String {
    numbers.map(row).collect()
}

/// How many lines a text has, whatever ends them.
fn lines_of(text: &str) -> u64 {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let open = !text.is_empty() && !text.ends_with('\n');
    text.matches('\n').count() as u64 + u64::from(open)
}

fn of(text: &str) -> Result<Outcome, IngestError> {
    read(text.as_bytes().to_vec(), Declared::default())
}

fn quoting(text: &str, quotes: Quotes) -> Result<Outcome, IngestError> {
    let declared = Declared {
        quotes,
        ..Declared::default()
    };
    read(text.as_bytes().to_vec(), declared)
}

/// The lines of the rows.
fn at(read: &Outcome) -> Vec<&str> {
    read.rows.iter().map(|row| row[13].as_str()).collect()
}

/// Reads a file: so many rows, so many rejects, and these lines skipped.
#[track_caller]
fn gives(text: &str, (rows, rejects): (usize, usize), skipped: &[(&str, u64)]) -> Outcome {
    let read = of(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(
        (read.rows.len(), read.rejects.len()),
        (rows, rejects),
        "{text:?}"
    );
    assert_eq!(read.skipped, skipped, "{text:?}");
    assert_eq!(read.lines, lines_of(text), "{text:?}");
    read
}

#[test]
fn line_endings_may_change_in_the_middle() {
    let header = ("header", 1);
    for [first, second] in [
        ["\n", "\r"],
        ["\r", "\n"],
        ["\r\n", "\r"],
        ["\r", "\r\n"],
        ["\n", "\r\n"],
    ] {
        let first = format!("{HEADER}{}", rows(100..103)).replace('\n', first);
        let second = rows(103..106).replace('\n', second);
        let read = gives(&format!("{first}{second}"), (6, 0), &[header]);
        assert_eq!(at(&read), ["2", "3", "4", "5", "6", "7"]);
        gives(format!("{first}{second}").trim_end(), (6, 0), &[header]);
    }
    // As Python writes CR and LF in text mode on Windows.
    let doubled = format!("{HEADER}{}", rows(100..102)).replace('\n', "\r\r\n");
    let read = of(&doubled).unwrap();
    assert_eq!((read.rows.len(), read.skipped[1]), (2, ("blank", 3)));
    for mark in ["\u{2028}", "\u{85}"] {
        let text = format!("{HEADER}{}", rows(100..103)).replace('\n', mark);
        assert_eq!(of(&text).unwrap().rows.len(), 3);
    }
}

#[test]
fn files_may_be_joined() {
    let both = format!("\u{feff}{HEADER}{}\u{feff}{HEADER}{}", row(1), row(2));
    gives(&both, (2, 0), &[("header", 1), ("repeated-header", 1)]);
    let quoted = both
        .replace("account", "\"account\"")
        .replace("DA1", "\"DA1\"");
    gives(&quoted, (2, 0), &[("header", 1), ("repeated-header", 1)]);
    let odd_case = format!("{HEADER}{}{}{}", row(1), HEADER.to_uppercase(), row(2));
    gives(&odd_case, (2, 0), &[("header", 1), ("repeated-header", 1)]);
    let dos = format!("{HEADER}{}\u{1a}{HEADER}{}\u{1a}", row(1), row(2));
    let skipped = [("header", 1), ("repeated-header", 1), ("end-mark", 1)];
    gives(&dos, (2, 0), &skipped);
    let marked = format!("\u{feff}{HEADER}{}\u{feff}{}", row(1), row(2));
    let read = gives(&marked, (2, 0), &[("header", 1)]);
    assert!(read.rows.iter().all(|row| row[0] == "DA1"));
    for other in [
        "number,account,carrier,country,state,sent_at,kind\n",
        "account,number,sent_at\n",
    ] {
        let changed = format!("{HEADER}{}{other}{}", row(1), row(2));
        assert_eq!(
            error(of(&changed)),
            IngestError::HeaderChanges { line: 3 },
            "{other}"
        );
    }
}

#[test]
fn files_joined_with_their_columns_in_another_order_are_refused() {
    let time = "2024-03-10T11:00:00Z";
    let joined = [
        // The column that was not read becomes the one that is.
        ("account,to,from,sent_at", "account,from,to,sent_at"),
        (
            "account,number,sent_at,delivered_at",
            "account,number,delivered_at,sent_at",
        ),
        (
            "From,To,Body,SentDate,AccountSid,Sid",
            "To,From,Body,SentDate,AccountSid,Sid",
        ),
        (
            "account_id,from,to,date_received",
            "account_id,to,from,date_received",
        ),
        // Names that the format does not know.
        ("account,to,from,sent_at", "account,dst,src,sent_at"),
        (
            "account,to,from,sent_at",
            "Customer,Sender,Destination,Date sent",
        ),
        (
            "account,to,from,sent_at",
            "\"account\",\"from\",\"to\",\"sent_at\"",
        ),
        ("account,to,from,sent_at", "account,when,from,to"),
        // A name that says of a row that it is inbound.
        (
            "account,to,from,sent_at,direction",
            "account,from,to,sent_at,received",
        ),
    ];
    for (first, second) in joined {
        let row = |names: &str| {
            let cells = names
                .split(',')
                .map(|name| match name.to_lowercase().as_str() {
                    "sent_at" | "delivered_at" | "sentdate" | "date_received" => time,
                    "account" | "account_id" | "accountsid" => "A",
                    _ => "+13035550101",
                });
            cells.collect::<Vec<_>>().join(",")
        };
        let text = format!("{first}\n{}\n{second}\n{}\n", row(first), row(second));
        let changes = IngestError::HeaderChanges { line: 3 };
        assert_eq!(error(of(&text)), changes, "{second}");
        assert_eq!(error(quoting(&text, Quotes::None)), changes, "{second}");
        let same = format!("{first}\n{}\n{first}\n{}\n", row(first), row(first));
        let read = of(&same).unwrap();
        assert_eq!(read.skipped, [("header", 1), ("repeated-header", 1)]);
    }
    let mapping = "container = \"csv\"\n[account]\ncolumn = \"cust\"\n[number]\ncolumn = \"dst\"\n\
        [sent_at]\ncolumn = \"w\"\n";
    let declared = Declared {
        mapping: Some(Mapping::parse(mapping).unwrap()),
        ..Declared::default()
    };
    let text = format!(
        "cust,dst,src,w\nA,+13035550101,x,{time}\ncust,src,dst,w\nA,x,+13035550102,{time}\n"
    );
    let refused = error(read(text.into_bytes(), declared));
    assert_eq!(refused, IngestError::HeaderChanges { line: 3 });
}

#[test]
fn a_bad_row_of_words_is_no_header() {
    let text = String::from(
        "account,number,sent_at,type,status\nA,+13035550101,2024-03-10T11:00:00Z,mobile,sent\n\
         A,,2024-03-10T11:00:00Z,mobile,sent\nA,N/A,NULL,mobile,sent\nA,withheld,unknown,mobile,sent\n",
    );
    let read = of(&text).unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (1, 3));
}

#[test]
fn dates_and_ids_before_the_header_are_no_record() {
    let header = "account,number,sent_at,kind\n";
    let row = "A,+13035550101,2024-03-10T11:00:00Z,sms\n";
    for line in [
        "Generated,2024-04-01,,",
        "Period,2024-03-01,2024-03-31,",
        "From,01/03/2024,31/03/2024,",
        "Report ID,12345678,,",
        "Account ID,1000234567,,",
        "Columns: account, number, sent_at, kind",
    ] {
        let text = format!("SMS log,,,\n{line}\n,,,\n{header}{row}");
        gives(&text, (1, 0), &[("header", 1), ("preamble", 3)]);
    }
    let text = format!("SMS log,,,\n{row}{header}{row}");
    let refused = IngestError::RecordBeforeHeader { line: 2, header: 3 };
    assert_eq!(error(of(&text)), refused);
}

#[test]
fn what_is_around_the_rows_is_skipped_with_a_reason() {
    let (head, two) = (("header", 1), rows(1..3));
    for total in [
        "Total,2",
        "Total,,,,,,2",
        "TOTAL: 2",
        "2 rows",
        "(2 rows)",
        "2 rows selected.",
        "Summe,2",
    ] {
        let total = format!("{total}\n");
        gives(
            &format!("{HEADER}{two}{total}"),
            (2, 0),
            &[head, ("total", 1)],
        );
        // Without an ending it is no row that was cut off.
        gives(
            format!("{HEADER}{two}{total}").trim_end(),
            (2, 0),
            &[head, ("total", 1)],
        );
        let quoted = format!("{HEADER}\"DA1\"{}{total}", &two[3..]);
        gives(quoted.trim_end(), (2, 0), &[head, ("total", 1)]);
    }
    gives(
        &format!("{HEADER}\n{two},,,,,,\n  \n"),
        (2, 0),
        &[head, ("blank", 3)],
    );
    let ended = format!("{HEADER}{two}\u{1a}");
    gives(&ended, (2, 0), &[head, ("end-mark", 1)]);
    let padded = format!("{HEADER}{two}\u{1a}{}", "\0".repeat(9000));
    gives(&padded, (2, 0), &[head, ("end-mark", 1)]);
    let zeros = format!("{HEADER}{}{}", two.trim_end(), "\0".repeat(512));
    gives(&zeros, (2, 0), &[head]);
    // What a logger leaves that crashed: zeros, and ends of lines between them.
    for (crashed, lines) in [
        ("\0\0\0\n\0\0", 2),
        ("\0\0\0\n\0\0\n", 2),
        ("\0\r\n\0\0\r\n\0", 3),
        ("\0\n", 1),
    ] {
        let crashed = format!("{HEADER}{two}{crashed}");
        gives(&crashed, (2, 0), &[head, ("end-mark", lines)]);
    }
    // A row that it was writing is no row.
    let torn = format!("{HEADER}{two}DA1,+1303\0\0\0\n\0\0");
    gives(&torn, (2, 1), &[head, ("end-mark", 1)]);
    let preamble = format!("Report: SMS log\nGenerated: 2024-04-01\n\n{HEADER}{two}");
    let read = gives(&preamble, (2, 0), &[head, ("preamble", 3)]);
    assert_eq!(at(&read), ["5", "6"]);
    let excel = format!("sep=;\r\n{HEADER}{two}").replace(',', ";");
    gives(&excel, (2, 0), &[head, ("preamble", 1)]);
    let psql = "\
 account |    number    |        sent_at
---------+--------------+----------------------
 DA1     | +13035550101 | 2024-03-10T11:00:00Z
 DA1     | +13035550102 | 2024-03-10T11:00:00Z
(2 rows)

";
    let read = gives(
        psql,
        (2, 0),
        &[head, ("blank", 1), ("ruler", 1), ("total", 1)],
    );
    assert_eq!(
        (read.rows[0][0].as_str(), read.rows[0][2].as_str()),
        ("DA1", "+13035550101")
    );
    let mysql = "\
+---------+--------------+----------------------+
| account | number       | sent_at              |
+---------+--------------+----------------------+
| DA1     | +13035550101 | 2024-03-10T11:00:00Z |
+---------+--------------+----------------------+
1 row in set (0.00 sec)
";
    let skipped = [head, ("preamble", 1), ("ruler", 2), ("total", 1)];
    assert_eq!(gives(mysql, (1, 0), &skipped).rows[0][0], "DA1");
}

#[test]
fn a_record_is_never_taken_for_what_is_around_the_rows() {
    let early = format!("{}{HEADER}{}", row(1), row(2));
    let expected = IngestError::RecordBeforeHeader { line: 1, header: 2 };
    assert_eq!(error(of(&early)), expected);
    let total = format!(
        "{HEADER}Total,+13035550101,AT&T,US,TX,no time,sms\n{}",
        rows(1..4)
    );
    gives(&total, (3, 1), &[("header", 1)]);
    let named = format!("{HEADER}Total Energies,,,,,,\n{}", rows(1..4));
    gives(&named, (3, 1), &[("header", 1)]);
}

#[test]
fn rows_may_be_longer_than_the_header_by_blanks_only() {
    let text = format!("{HEADER}{}", rows(1..4));
    let (head, body) = text.split_once('\n').unwrap();
    let trailing = body.replace('\n', ",\n");
    gives(&format!("{head}\n{trailing}"), (3, 0), &[("header", 1)]);
    gives(&format!("{head},,\n{body}"), (3, 0), &[("header", 1)]);
    gives(&format!("{head},,\n{trailing}"), (3, 0), &[("header", 1)]);
    gives(
        &format!("{head}\n{trailing}{}", "a,b\n"),
        (3, 1),
        &[("header", 1)],
    );
    let more = format!("{head}\n{}", body.replace('\n', ",x\n"));
    let (line, cells, columns) = (2, 8, 7);
    let expected = IngestError::CellCount {
        line,
        cells,
        columns,
    };
    assert_eq!(error(of(&more)), expected);
}

#[test]
fn a_stray_quote_refuses_the_file_at_its_line() {
    let stray = |no| row(no).replace("AT&T", "\"AT&T");
    let two = format!(
        "{HEADER}{}{}{}{}{}",
        row(1),
        stray(2),
        rows(3..6),
        stray(6),
        row(7)
    );
    assert_eq!(error(of(&two)), IngestError::StrayQuote { line: 3 });
    // Whatever column it is in, wherever it closes, and if it never does.
    for (from, to) in [
        ("DA1", "\"DA1"),
        ("TX", "\"TX"),
        ("sms", "\"sms"),
        ("+1", "\"+1"),
        ("2024", "\"2024"),
    ] {
        let open = row(2).replace(from, to);
        for close in [open.clone(), row(6).replace(",US", "\",US"), String::new()] {
            let text = format!("{HEADER}{}{open}{}{close}{}", row(1), rows(3..6), row(7));
            let refused = error(of(&text));
            assert_eq!(refused, IngestError::StrayQuote { line: 3 }, "{text}");
            let read = quoting(&text, Quotes::None).unwrap();
            assert_eq!(read.lines, lines_of(&text));
            let numbers: Vec<_> = read.rows.iter().map(|row| row[2].as_str()).collect();
            for no in [1, 3, 4, 5, 7] {
                assert!(
                    numbers.contains(&format!("+1303555{no:04}").as_str()),
                    "{text}"
                );
            }
        }
    }
    // In the header.
    let named = HEADER.replace("carrier", "\"carrier");
    for text in [
        format!("{named}{}", rows(1..4)),
        format!("{named}{}{}", rows(1..4), stray(4)),
    ] {
        assert_eq!(error(of(&text)), IngestError::StrayQuote { line: 1 });
    }
    // Rows next to each other.
    let near = format!("{HEADER}{}{}{}", stray(1), stray(2), row(3));
    assert_eq!(error(of(&near)), IngestError::StrayQuote { line: 2 });
    // Too far away to be held in memory.
    let far = format!("{HEADER}{}{}", stray(1), rows(0..9000).repeat(6));
    assert_eq!(error(of(&far)), IngestError::StrayQuote { line: 2 });
    assert_eq!(quoting(&far, Quotes::None).unwrap().rows.len(), 54_001);
}

#[test]
fn cells_over_several_lines_are_read_where_they_are_meant() {
    let header = "number,body,sent_at,account\n";
    let message =
        |no: u32, body: &str| format!("+1303555{no:04},\"{body}\",2024-03-10T11:00:00Z,A\n");
    let text = format!(
        "{header}{}{}{}",
        message(1, "Hello,\nyou, there,\n\nand: 12345, 2024"),
        message(2, "one line, \"\"quoted\"\""),
        message(3, "two\r\nlines"),
    );
    let read = gives(&text, (3, 0), &[("header", 1)]);
    assert_eq!(at(&read), ["2", "6", "7"]);
    // In the first and in the last column.
    for text in [
        "body,number,sent_at,account\n\"a\nb\",+13035550101,2024-03-10T11:00:00Z,A\n",
        "account,number,sent_at,body\nA,+13035550101,2024-03-10T11:00:00Z,\"a,\nb, c\"\n",
    ] {
        gives(text, (1, 0), &[("header", 1)]);
    }
    // A header of two lines.
    let two = "\"account\",\"phone\nnumber\",\"sent at\"\nA,+13035550101,2024-03-10T11:00:00Z\n";
    let read = gives(two, (1, 0), &[("header", 2)]);
    assert_eq!(at(&read), ["3"]);
    // In a column that is kept it is no row that could be admitted, and costs itself only.
    let kept = format!("{HEADER}{}{}", row(1).replace("TX", "\"T\nX\""), rows(2..4));
    gives(&kept, (2, 1), &[("header", 1)]);
    // Somebody may insist.
    let csv = format!(
        "{header}+13035550101,\"x\n+13035550102,y,2024-03-10T11:00:00Z,A\n\",2024-03-10T11:00:00Z,A\n"
    );
    assert_eq!(error(of(&csv)), IngestError::StrayQuote { line: 2 });
    let read = quoting(&csv, Quotes::Standard).unwrap();
    assert_eq!((read.rows.len(), read.lines), (1, 4));
}

#[test]
fn without_quoting_quotes_around_a_cell_are_taken_off() {
    let text = format!("{HEADER}{}", rows(1..3)).replace("sms", "\"sms\"");
    let text = text.replace("DA1", "\"DA1\"").replace("kind", "\"kind\"");
    let read = quoting(&text, Quotes::None).unwrap();
    assert!(read.evidence.ends_with("; read with quotes=none"));
    assert_eq!(
        (read.rows[0][0].as_str(), read.rows[0][7].as_str()),
        ("DA1", "sms")
    );
}

#[test]
fn a_blank_before_a_quote_is_no_part_of_the_cell() {
    let text = "number, \"account\",carrier,sent_at\n\
        +13035550101, \"ACME\", \"X\",2024-03-10T11:00:00Z\n\
        +13035550102,\"ACME\",\"X\", \"2024-03-10T11:00:00Z\"\n\
        \"+13035550103\" ,ACME ,X,2024-03-10T11:00:00Z\n\
        +13035550104, \"ACME \"\"West\"\"\",X,2024-03-10T11:00:00Z\n";
    let read = of(text).unwrap();
    assert_eq!(read.rejects, []);
    for row in &read.rows[..3] {
        assert_eq!([&row[0], &row[3]], ["ACME", "X"], "{row:?}");
    }
    assert_eq!(read.rows[3][0], "ACME \"West\"");
    // A delimiter in such a cell cuts it, and the row is named, also where its count of cells is right by chance.
    let whole = "A,+13035550101,2024-03-10T11:00:00Z,X,r1\n".repeat(3);
    for cut in [
        "\"A\",+13035550102,2024-03-10T11:00:00Z, \"X, Inc\",r2\n",
        "\"A\",+13035550102,2024-03-10T11:00:00Z, \"X, Inc\"\n",
        "\"A\",+13035550102,2024-03-10T11:00:00Z, \"X, Inc\",\n",
    ] {
        let read = of(&format!(
            "account,number,sent_at,carrier,message_ref\n{whole}{cut}"
        ))
        .unwrap();
        assert_eq!(read.rejects, [(5, None, "wrong-cell-count")], "{cut}");
        assert_eq!(read.rows.len(), 3, "{cut}");
    }
}

#[test]
fn a_header_that_cannot_be_read_is_named_for_what_it_is() {
    for (text, why) in [
        (
            "account~number~sent_at\nA~+13035550101~2024-03-10T11:00:00Z\n",
            "separated by `~`; send the file again with a first line `sep=~`",
        ),
        (
            "account^number^sent_at\nA^+13035550101^2024-03-10T11:00:00Z\n",
            "separated by `^`; send",
        ),
        (
            "account   number         sent_at\nA         +13035550101   2024-03-10T11:00:00Z\n",
            "separated by spaces; save the file with commas",
        ),
        (
            "account\u{1}number\u{1}sent_at\nA\u{1}+13035550101\u{1}2024-03-10T11:00:00Z\n",
            "separated by the mark '\\u{1}'; save",
        ),
        (
            "\"account,number,sent_at\"\n\"A,+13035550101,2024-03-10T11:00:00Z\"\n",
            "every line is in quotes as a whole",
        ),
        (
            "\"account,\"\"number\"\",sent_at\"\n\"A,\"\"+13035550101\"\",2024-03-10T11:00:00Z\"\n",
            "every line is in quotes as a whole",
        ),
        (
            "@timestamp,$phone,ts?,kind\n2024-03-10T11:00:00Z,+13035550101,x,sms\n",
            "(its columns: @timestamp, $phone, ts?, kind)",
        ),
    ] {
        let said = error(of(text)).to_string();
        assert!(said.contains(why), "{text}: {said}");
    }
    let marked = of("sep=~\naccount~number~sent_at\nA~+13035550101~2024-03-10T11:00:00Z\n");
    assert_eq!(marked.unwrap().rows.len(), 1);
    // Data is not shown.
    for text in [
        "A,+13035550101,2024-03-10T11:00:00Z\n",
        "Bob,bob@example.com,Example\n",
    ] {
        assert_eq!(error(of(text)), IngestError::NoHeader, "{text}");
    }
}

#[test]
fn rows_without_an_account_are_counted() {
    let text = "account,number,sent_at\nA,+13035550101,2024-03-10T11:00:00Z\n\
        ,+13035550102,2024-03-10T11:00:00Z\nN/A,+13035550103,2024-03-10T11:00:00Z\n";
    let read = of(text).unwrap();
    assert_eq!((read.rows.len(), read.blank_accounts), (3, 2));
}

#[test]
fn a_row_whose_number_is_masked_is_never_around_the_rows() {
    for row in [
        "********,********,****,**,**,********,***\n",
        "Count,********,,,,,\n",
        "####,####,####,##,##,####,###\n",
    ] {
        gives(
            &format!("{HEADER}{}{row}", rows(1..4)),
            (3, 1),
            &[("header", 1)],
        );
    }
}

#[test]
fn cells_are_read_as_spreadsheets_write_them() {
    for text in [
        "account,number,sent_at\nDA1,=\"+13035550140\",=\"2024-03-10T11:00:00Z\"\n",
        "\"account\",\"=\"\"number\"\"\",=\"sent_at\"\n=\"DA1\",=\"+13035550140\",=\"2024-03-10T11:00:00Z\"\n",
        "account,number,sent_at\n\"=\"\"DA1\"\"\",\"=\"\"+13035550140\"\"\",2024-03-10T11:00:00Z\n",
        "account,\u{200b}number,\u{feff}sent_at\u{200e}\nDA1,+13035550140,\u{200e}2024-03-10T11:00:00Z\u{200e}\n",
        "account|number|sent_at\nDA1|+13035550140|2024-03-10T11:00:00Z\n",
        "ACCOUNT\tPhone Number\tSent-At\nDA1\t+13035550140\t2024-03-10T11:00:00Z\n",
        "account,number,date,time\nDA1,+13035550140,2024-03-10,11:00:00Z\n",
        "Account;Phone;Time;Date\nDA1;+13035550140;11:00Z;2024-03-10\n",
    ] {
        let read = of(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let cells = [0, 2, 6].map(|at| read.rows[0][at].as_str());
        assert_eq!(
            cells,
            ["DA1", "+13035550140", "2024-03-10T11:00:00Z"],
            "{text}"
        );
    }
    let local = "account,number,Sent Date,Sent Time\nDA1,+13035550140,2024-03-10,9:05\u{202f}PM\n";
    let read = read(local.as_bytes().to_vec(), zone("UTC")).unwrap();
    assert_eq!(read.rows[0][6], "2024-03-10T21:05:00Z");
    for account in [
        "1.23457E+18",
        "1.23457e+18",
        "\"1,23457E+18\"",
        "1.23457E18",
    ] {
        let damaged =
            format!("account,user,number,sent_at\n{account},u,+13035550140,2024-03-10T11:00:00Z\n");
        let read = of(&damaged).unwrap();
        assert_eq!(read.rejects, [(2, Some("account"), "damaged")], "{account}");
    }
    let odd = read_one_with("1.23457E+18");
    assert_eq!(odd.rejects, [(2, Some("sent_at"), "damaged")]);
}

fn read_one_with(time: &str) -> Outcome {
    of(&format!("account,number,sent_at\nA,+13035550140,{time}\n")).unwrap()
}

#[test]
fn a_time_that_begins_with_its_year_is_read_in_every_usual_spelling() {
    for time in [
        "2024/03/10 11:00:00Z",
        "2024.03.10 11:00:00 +0000",
        "2024/03/10T11:00Z",
        "2024/03/10  11:00:00+00:00",
        "2024-03-10 11:00:00 AM UTC",
        "2024-03-10 1:00 PM +02:00",
        "2024-03-10 11:00:00.5 +0000 UTC",
        "Sun Mar 10 11:00:00 UTC 2024",
        "'2024-03-10T11:00:00Z",
    ] {
        assert_eq!(
            read_one_with(time).rows[0][6],
            "2024-03-10T11:00:00Z",
            "{time}"
        );
    }
    for time in [
        "2024-03-10 9:05:00",
        "2024-03-10 9:05 AM",
        "2024/03/10 09:05:00 AM",
        "\"2024-03-10, 9:05\u{202f}AM\"",
    ] {
        let text = format!("account,number,sent_at\nA,+13035550140,{time}\n");
        assert_eq!(
            error(of(&text)),
            IngestError::ZoneNeeded { line: 2 },
            "{time}"
        );
        let read = read(text.into_bytes(), zone("UTC")).unwrap();
        assert_eq!(read.rows[0][6], "2024-03-10T09:05:00Z", "{time}");
    }
    // Of these nobody can say which is the day and which the month, or which day it is.
    for time in [
        "10/03/2024 11:00:00Z",
        "2024/3/10 11:00Z",
        "2024-03-10 13:05 PM",
        "24/03/10 11:00Z",
    ] {
        let text = format!("account,number,sent_at\nA,+13035550140,{time}\n");
        let read = read(text.into_bytes(), zone("UTC")).unwrap();
        assert_eq!(read.rejects, [(2, Some("sent_at"), "bad-time")], "{time}");
    }
}

#[test]
fn a_day_and_a_time_of_day_may_be_mapped() {
    let text = "container = \"csv\"\n[number]\ncolumn = \"Tel\"\n[account]\nvalue = \"A\"\n\
        [sent_at]\ncolumn = \"Tag\"\ntime_column = \"Zeit\"\ntime = \"%d.%m.%Y %H:%M\"\nzone = \"UTC\"\n";
    let mapping = Mapping::parse(text).unwrap();
    assert!(mapping.text().contains("time_column = \"Zeit\""));
    assert!(Mapping::parse(&mapping.text()).is_ok());
    let declared = Declared {
        mapping: Some(mapping),
        ..Declared::default()
    };
    let file = b"Tag;Zeit;Tel\n10.03.2024;11:00;+13035550140\n".to_vec();
    let outcome = read(file, declared).unwrap();
    assert_eq!(outcome.rows[0][6], "2024-03-10T11:00:00Z");
    for wrong in [
        text.replace("column = \"Tag\"\n", ""),
        text.replace("%d.%m.%Y %H:%M", "epoch-seconds"),
    ] {
        assert!(Mapping::parse(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn words_for_an_absent_value_are_blank_and_an_unknown_country_is_counted() {
    let text = "account,user,number,carrier,country,state,sent_at,kind,message_ref\n\
        A,NULL,+13035550101,N/A,NULL,-,2024-03-10T11:00:00Z,nan,\\N\n\
        A,None,+13035550102,unknown,1,\\N,2024-03-10T11:00:00Z,sms,N/A\n\
        A,-,+13035550103,0,+1,none,2024-03-10T11:00:00Z,sms,0\n\
        A,u,+13035550104,AT&T,NA,TX,2024-03-10T11:00:00Z,sms,r1\n\
        A,u,N/A,AT&T,US,TX,2024-03-10T11:00:00Z,sms,r1\n";
    let read = of(text).unwrap();
    for row in &read.rows[..3] {
        let cells = [1, 3, 4, 5, 9, 10].map(|at| row[at].as_str());
        assert_eq!(cells, ["none", "", "", "", "none", "absent"], "{row:?}");
    }
    assert_eq!(read.rows[3][4], "NA");
    assert_eq!(read.unknown_countries, 2);
    assert_eq!(read.rejects, [(6, Some("number"), "missing-number")]);
}

#[test]
fn the_lines_of_every_fixture_add_up() {
    // `read` asserts it; this counts the lines of the plain ones in another way.
    let mut plain = 0;
    for name in [
        "supplier-csv-good.csv",
        "supplier-csv-crlf.csv",
        "cr-only.csv",
        "supplier-csv-quoted-newline-in-body.csv",
        "supplier-csv-every-kind-of-bad-cell.csv",
        "twilio-csv-good.csv",
        "duo-v1-lines.ndjson",
        "duo-v1-good.json",
        "duo-v2-odd-records.json",
        "twilio-json-page.json",
        "messagebird-fan-out.json",
    ] {
        let bytes = fixture(name);
        let read = read(bytes.clone(), Declared::default()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(read.lines, lines_of(&text), "{name}");
        plain += 1;
    }
    assert!(plain > 10);
}

#[test]
fn a_day_without_its_time_of_day_is_never_read_as_midnight() {
    let header = "account,number,date,time\n";
    for (day, clock) in [
        ("2024-03-21 00:00:00", ""),
        ("2024-03-21T00:00:00", "NULL"),
        ("2024-03-21 0:00", "-"),
        ("2024-03-21", ""),
        ("21.03.2024", ""),
    ] {
        let text = format!("{header}A,+13035550101,{day},{clock}\n");
        let read = read(text.into_bytes(), zone("UTC")).unwrap();
        let expected = [(2, Some("sent_at"), "no-time-of-day")];
        assert_eq!(read.rejects, expected, "{day} {clock}");
    }
    let text = format!(
        "{header}A,+13035550101,2024-03-21 00:00:00,22:34:49\nA,+13035550102,2024-03-21 22:34:49,\n"
    );
    let read_both = read(text.into_bytes(), zone("UTC")).unwrap();
    assert!(
        read_both
            .rows
            .iter()
            .all(|row| row[6] == "2024-03-21T22:34:49Z")
    );
    assert_eq!(read_both.rows.len(), 2);
    // Without a column of times of day, a midnight is a time.
    let text = "account,number,sent_at\nA,+13035550101,2024-03-21 00:00:00\n";
    assert_eq!(
        read(text.as_bytes().to_vec(), zone("UTC"))
            .unwrap()
            .rows
            .len(),
        1
    );
}

#[test]
fn a_row_without_a_number_is_no_total() {
    let text = "id,account,number,sent_at,type\n1,1001,+13035550101,2024-03-21T22:34:49Z,message\n\
        2,1001,,2024-03-21T22:34:50Z,message\n3,1001,72345,2024-03-21T22:34:51Z,message\n\
        4,1001,NULL,2024-03-21T22:34:51Z,message\nTotal,,3,,\n";
    gives(text, (2, 2), &[("header", 1), ("total", 1)]);
}

#[test]
fn a_stray_quote_in_the_header_is_no_part_of_a_name() {
    let header = HEADER.replace("number", "\"number");
    let text = format!("{header}{}{header}{}", row(101), row(102));
    let read = quoting(&text, Quotes::None).unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (2, 0));
    assert_eq!(read.skipped, [("header", 1), ("repeated-header", 1)]);
}

#[test]
fn quotes_that_csv_does_not_have_are_named() {
    let time = "2024-03-10T11:00:00Z";
    for (open, close) in [('\'', '\''), ('\u{201c}', '\u{201d}'), ('\u{ab}', '\u{bb}')] {
        let quoted = |cells: [&str; 3]| cells.map(|cell| format!("{open}{cell}{close}")).join(",");
        let header = quoted(["account", "number", "sent_at"]);
        let text = format!("{header}\n{}\n", quoted(["A", "+13035550101", time]));
        assert_eq!(error(of(&text)), IngestError::OtherQuotes { mark: open });
    }
    let row = format!("\"A\",\"+13035550101\",\"{time}\",\"say \\\"hi, you\\\", ok\"\n");
    let text = format!("\"account\",\"number\",\"sent_at\",\"body\"\n{row}{row}");
    for quotes in [Quotes::Auto, Quotes::None] {
        let refused = error(quoting(&text, quotes));
        assert_eq!(refused, IngestError::BackslashQuotes { line: 2 });
    }
    let doubled = text.replace("\\\"", "\"\"");
    assert_eq!(of(&doubled).unwrap().rows.len(), 2);
    let wrong = format!("sep=;\n{HEADER}{}", rows(101..104));
    gives(&wrong, (3, 0), &[("header", 1), ("preamble", 1)]);
}

#[test]
fn the_zones_of_mail_are_read_in_every_usual_spelling() {
    let header = "account,number,sent_at\n";
    for time in [
        "2024-03-21 17:34:49 EST",
        "2024-03-21T18:34:49EDT",
        "2024-03-21 18:34:49 edt",
        "2024-03-21 22:34:49 UT",
        "2024-03-21 22:34:49 Z",
        "2024-03-21 3:34:49 PM PDT",
        "Thu Mar 21 18:34:49 EDT 2024",
        "\"Thu, 21 Mar 2024 18:34:49 EDT\"",
    ] {
        let text = format!("{header}A,+13035550101,{time}\n");
        let read = of(&text).unwrap_or_else(|error| panic!("{error}: {time}"));
        assert_eq!(read.rows[0][6], "2024-03-21T22:34:49Z", "{time}");
    }
}

proptest! {
    /// Lines of every kind, in any order and with any endings: each is a row, a reject or skipped.
    #[test]
    fn any_lines_add_up(
        lines in prop::collection::vec(prop::sample::select(vec![
            "DA1,+13035550101,AT&T,US,TX,2024-03-10T11:00:00Z,sms",
            "DA1,+13035550102,\"AT,T\",US,TX,2024-03-10T11:00:00Z,sms",
            "DA1,+13035550102,\"AT\"\"T\",US,TX,2024-03-10T11:00:00Z,inbound",
            "DA1,x,AT&T,US,TX,2024-03-10T11:00:00Z,sms,",
            "account,number,carrier,country,state,sent_at,kind",
            "\u{feff}account,number,carrier,country,state,sent_at,kind",
            "", "  ", ",,,,,,", "Total,12", "(3 rows)", "-----", "a,b", "\u{1a}", "\u{1a}\u{feff}",
        ]), 0..40),
        endings in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "\r"]), 40),
        // Zeros are padding at the end; among the first rows they are a file that is no text.
        tail in prop::sample::select(vec![
            "", "\0", "\0\0\0", "\u{1a}", "\u{1a}\0\0", "\0\u{1a}", "\0\0\n\0",
        ]),
        quotes in prop::sample::select(Quotes::ALL.to_vec()),
    ) {
        let good = format!("{HEADER}{}", rows(1..60));
        let joined: String = lines.iter().zip(&endings).map(|(line, end)| format!("{line}{end}")).collect();
        let text = format!("{good}{joined}{tail}");
        let read = quoting(&text, quotes).unwrap();
        prop_assert_eq!(read.lines, lines_of(&text));
        let plain = lines.iter().filter(|line| line.starts_with("DA1,+13035550101")).count();
        prop_assert!(read.rows.len() >= 59 + plain);
    }
}
