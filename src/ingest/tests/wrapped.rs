//! JSON logs as tools hand them out: behind the text of a log line, in a cell or a text, in lists
//! and objects of any name, with a bad line, with what is no JSON.

use super::support::{Outcome, error, format, read, zone};
use crate::domain::{AccountName, Field, Format};
use crate::ingest::{ColumnMapping, Declared, IngestError, Mapping, draft};

/// A record of Duo, of the SNS log and of Okta with this number at its end.
fn duo(last: u32) -> String {
    format!(
        r#"{{"context": "authentication", "phone": "+130355501{last:02}", "telephony_id": "t-{last}", "ts": "2024-03-10T22:34:49.466370+00:00", "type": "sms"}}"#
    )
}

fn sns(last: u32) -> String {
    format!(
        r#"{{"notification": {{"messageId": "m-{last}", "timestamp": "2024-03-10 00:40:00.558"}}, "delivery": {{"phoneCarrier": "Example Wireless", "mnc": 270, "destination": "+130355501{last:02}", "smsType": "Transactional", "mcc": 310}}, "status": "SUCCESS"}}"#
    )
}

fn okta(last: u32) -> String {
    format!(
        r#"{{"uuid": "u-{last}", "published": "2024-03-10T22:34:49.123Z", "eventType": "system.sms.send_factor_verify_message", "target": [{{"type": "User", "alternateId": "u@example.com"}}, {{"type": "MobilePhone", "alternateId": "+130355501{last:02}"}}], "debugContext": {{"debugData": {{}}}}}}"#
    )
}

/// As a JSON string.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// As a quoted cell.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn numbers(read: &Outcome) -> Vec<&str> {
    read.rows.iter().map(|row| row[2].as_str()).collect()
}

/// The file has the two numbers 01 and 02 in this format, and nothing else.
#[track_caller]
fn gives_both(file: &str, its: Format) -> Outcome {
    let read = read(file.as_bytes().to_vec(), zone("UTC"));
    let read = read.unwrap_or_else(|error| panic!("{error}: {file}"));
    assert_eq!(read.format, its, "{file}");
    assert_eq!(numbers(&read), ["+13035550101", "+13035550102"], "{file}");
    assert_eq!(read.rejects, [], "{file}");
    read
}

#[test]
fn text_before_the_json_of_a_line_is_passed_over() {
    for before in [
        "2024-03-10T00:40:00.558Z ",
        "2024-03-10T17:21:30+02:00 ",
        "Mar 10 17:21:30 gateway duologsync[512]: ",
        "<134>Mar 10 17:21:30 gateway duo: ",
        "<134>1 2024-03-10T17:21:30Z gateway duo 512 ID7 [meta@1 seq=\"1\"] ",
        "<134>1 2024-03-10T17:21:30Z gateway duo - - - \u{feff}",
        "2024-03-10T00:40:00.558Z stdout F ",
        "web-1  | ",
        "[2024-03-10 17:21:30,005] INFO sms: ",
        "10.0.0.7\tsms\t",
        "{gateway} ",
        "CEF:0|Example|Log|1|sms|sms|3|msg=",
    ] {
        for ending in ["\n", "\r\n"] {
            let lines = |record: fn(u32) -> String| {
                format!("{before}{}{ending}{before}{}{ending}", record(1), record(2))
            };
            gives_both(&lines(duo), Format::DuoV2);
            gives_both(&lines(sns), Format::AwsSnsLog);
            gives_both(&lines(okta), Format::Okta);
        }
    }
}

#[test]
fn a_record_that_lost_the_end_of_its_line_is_read_all_the_same() {
    let both = format!("10:00 {}11:00 {}\n", duo(1), duo(2));
    let read = gives_both(&both, Format::DuoV2);
    assert_eq!((read.lines, read.rows[1][13].as_str()), (1, "1"));
    // What is no record is text as any other.
    let beside = |last| format!("10:00 context={{\"n\": {{}}}} {}\n", duo(last));
    let read = gives_both(&format!("{}{}", beside(1), beside(2)), Format::DuoV2);
    assert!(
        read.evidence.starts_with("its first record has"),
        "{}",
        read.evidence
    );
    assert_eq!(read.skipped_records, []);
}

#[test]
fn a_log_line_without_json_is_one_reject() {
    let file = format!("a 1 {}\nb 2 START\n\nc {{3}}\nd 4 {}\n", duo(1), duo(2));
    let read = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!(numbers(&read), ["+13035550101", "+13035550102"]);
    assert_eq!(
        read.rejects,
        [(2, None, "broken-json"), (4, None, "broken-json")]
    );
    assert_eq!(
        (read.rows[0][13].as_str(), read.rows[1][13].as_str()),
        ("1", "5")
    );
}

#[test]
fn json_in_a_text_is_read() {
    for name in [
        "message",
        "MESSAGE",
        "log",
        "_raw",
        "textPayload",
        "Body",
        "line",
        "event",
    ] {
        let line = |record: &str| format!(r#"{{"time": "x", "{name}": {}}}"#, text(record));
        let ended = |last| format!("{}\n", sns(last));
        gives_both(
            &format!("{}\n{}", line(&ended(1)), line(&ended(2))),
            Format::AwsSnsLog,
        );
        let before = |last| format!("2024-03-10 INFO {}", duo(last));
        gives_both(
            &format!("{}{}", line(&before(1)), line(&before(2))),
            Format::DuoV2,
        );
        let list = format!("[{},\n{}]", line(&okta(1)), line(&okta(2)));
        gives_both(&list, Format::Okta);
    }
    // `aws logs filter-log-events`, a subscription of CloudWatch, a queue behind a topic.
    let event = |last| {
        format!(
            r#"{{"timestamp": 1710031200000, "message": {}, "id": "0"}}"#,
            text(&sns(last))
        )
    };
    let events = [event(1), event(2)].join(", ");
    for file in [
        format!(r#"{{"events": [{events}], "searchedLogStreams": []}}"#),
        format!(r#"{{"messageType": "DATA_MESSAGE", "owner": "1", "logEvents": [{events}]}}"#),
        format!(
            r#"{{"messageType":"DATA_MESSAGE","logEvents":[{}]}}{{"messageType":"DATA_MESSAGE","logEvents":[{}]}}"#,
            event(1),
            event(2)
        ),
    ] {
        let read = gives_both(&file, Format::AwsSnsLog);
        assert!(
            read.evidence.ends_with(" inside message"),
            "{}",
            read.evidence
        );
    }
    let topic = |last| {
        text(&format!(
            r#"{{"Type": "Notification", "Message": {}}}"#,
            text(&duo(last))
        ))
    };
    let queue = format!(
        r#"{{"Messages": [{{"Body": {}}}, {{"Body": {}}}]}}"#,
        topic(1),
        topic(2)
    );
    gives_both(&queue, Format::DuoV2);
}

#[test]
fn json_in_a_cell_is_read() {
    for (head, before, after) in [
        ("@timestamp,@message\n", "2024-03-10 00:40:00.558,", ""),
        ("timestamp,message,id\n", "1710031200000,", ",7"),
        ("_time;_raw\n", "x;", ""),
    ] {
        for line in ["", "2024-03-10T00:40:00.558Z "] {
            let cell = |last| cell(&format!("{line}{}", sns(last)));
            let file = format!(
                "{head}{before}{}{after}\r\n{before}{}{after}\r\n",
                cell(1),
                cell(2)
            );
            let read = gives_both(&file, Format::AwsSnsLog);
            assert!(read.evidence.ends_with(", in a cell"), "{}", read.evidence);
            assert_eq!(read.rows[1][13], "3");
        }
    }
    let file = format!(
        "a,m\n1,{}\n2,\n3,text\n4,{}\n",
        cell(&duo(1)),
        cell(&duo(2))
    );
    let read_one = read(file.clone().into_bytes(), format(Format::DuoV2)).unwrap();
    assert_eq!(numbers(&read_one), ["+13035550101", "+13035550102"]);
    assert_eq!(
        read_one.rejects,
        [(3, None, "broken-json"), (4, None, "broken-json")]
    );
    // A cell of JSON about the same person in a log of its own columns is no record.
    let own = format!(
        "account,number,sent_at,meta\nA,+13035550103,2024-03-10T22:34:49Z,{}\n",
        cell(&duo(3))
    );
    let read_one = read(own.into_bytes(), Declared::default()).unwrap();
    assert_eq!(
        (read_one.format, numbers(&read_one)),
        (Format::SupplierCsv, vec!["+13035550103"])
    );
}

#[test]
fn records_inside_objects_are_read() {
    for name in [
        "result",
        "_source",
        "detail",
        "data",
        "jsonPayload",
        "properties",
        "anything",
    ] {
        let wrap = |record: String| {
            format!(r#"{{"preview": false, "_id": "7", "{name}": {record}, "sort": [1]}}"#)
        };
        for (record, its) in [
            (duo as fn(u32) -> String, Format::DuoV2),
            (sns, Format::AwsSnsLog),
            (okta, Format::Okta),
        ] {
            let (one, two) = (wrap(record(1)), wrap(record(2)));
            let read = gives_both(&format!("{one}\n{two}\n"), its);
            assert!(
                read.evidence.ends_with(&format!(" inside {name}")),
                "{}",
                read.evidence
            );
            assert!(
                read.dropped.contains(&"preview".to_owned()),
                "{:?}",
                read.dropped
            );
            gives_both(&format!("[{one},{two}]"), its);
            gives_both(
                &format!(
                    r#"{{"took": 3, "hits": {{"total": {{"value": 2}}, "hits": [{one}, {two}]}}}}"#
                ),
                its,
            );
        }
    }
    // What Splunk exports has the record once as an object and once as a text.
    let raw = |last| duo(last).replacen('{', &format!("{{\"_raw\": {}, ", text(&duo(last))), 1);
    let file = format!("{{\"result\": {}}}\n{{\"result\": {}}}\n", raw(1), raw(2));
    assert_eq!(
        gives_both(&file, Format::DuoV2)
            .evidence
            .matches("inside result")
            .count(),
        1
    );
}

#[test]
fn records_in_lists_of_any_name_are_read() {
    let [one, two] = [duo(1), duo(2)];
    for file in [
        format!(
            r#"{{"preview": false, "messages": [], "fields": [{{"name": "phone"}}], "results": [{one}, {two}]}}"#
        ),
        format!(r#"{{"Records": [{one}, {two}]}}"#),
        format!(r#"{{"records": [{one}], "next": null}}{{"records": [{two}]}}"#),
        format!(r#"{{"telephony": [{one}, {two}], "n": [1, 2]}}"#),
        format!(r#"{{"march": [{one}], "april": [{two}]}}"#),
        format!(r#"{{"export": {{"by_day": {{"10": [{one}], "11": [{two}]}}}}}}"#),
        format!("{{\n  \"items\": [\n    {one},\n    {two}\n  ]\n}}\n"),
    ] {
        gives_both(&file, Format::DuoV2);
    }
    // A list in a record does not make it an envelope.
    let mapping =
        "container = \"ndjson\"\n[number]\ncolumn = \"phone\"\n[sent_at]\ncolumn = \"ts\"\n";
    let declared = || Declared {
        mapping: Some(Mapping::parse(mapping).unwrap()),
        ..Declared::default()
    };
    let with = |last| duo(last).replacen('{', r#"{"items": [{"sku": 1}], "#, 1);
    let read_one = read(
        format!("{}\n{}\n", with(1), with(2)).into_bytes(),
        declared(),
    )
    .unwrap();
    assert_eq!(
        (numbers(&read_one), read_one.rejects.clone()),
        (vec!["+13035550101", "+13035550102"], vec![])
    );
}

#[test]
fn the_format_is_found_by_the_first_record_that_has_it() {
    let file = format!(
        "{{\"type\": \"bypass\", \"ts\": \"x\"}}\n{}\n{}\n{}\n",
        duo(1),
        duo(2),
        duo(3)
    );
    let read = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!((read.format, read.rows.len()), (Format::DuoV2, 3));
    assert!(
        read.evidence.starts_with("its record 2 has "),
        "{}",
        read.evidence
    );
    assert_eq!(read.rejects, [(1, Some("number"), "missing-number")]);
}

#[test]
fn pages_among_records_are_read_too() {
    let file = format!("{}\n{{\"items\": [{}, {}]}}\n", duo(1), duo(2), duo(3));
    let read = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (3, 0));
}

#[test]
fn pages_without_records_are_counted_and_a_record_with_an_empty_list_is_read() {
    let empty = [
        r#"{"stat": "OK", "response": []}"#,
        r#"{"items": [], "metadata": {"total_objects": 0}}"#,
        r#"{"response": {"items": []}}"#,
        r#"{"result": {}}"#,
    ];
    let page = format!(r#"{{"items": [{}, {}, {}]}}"#, duo(1), duo(2), duo(3));
    let with_list = duo(4).replacen('{', r#"{"events": [], "data": {"n": 1}, "#, 1);
    for before in [true, false] {
        let mut lines = vec![page.as_str(), with_list.as_str()];
        for line in empty {
            let at = if before { 0 } else { lines.len() };
            lines.insert(at, line);
        }
        let file = format!("{}\n", lines.join("\n"));
        let read = read(file.into_bytes(), Declared::default()).unwrap();
        assert_eq!(read.format, Format::DuoV2);
        assert_eq!((read.rows.len(), read.rejects.len()), (4, 0));
        assert_eq!(read.rows[3][2], "+13035550104");
        assert_eq!(read.skipped_records, [("blank", 4)]);
        assert_eq!(read.skipped, [("blank", 4)]);
        assert!(
            !read.dropped.contains(&"stat".to_owned()),
            "{:?}",
            read.dropped
        );
    }
    for file in [empty.join("\n"), "[]".to_owned()] {
        for declared in [Declared::default(), format(Format::DuoV2)] {
            let refused = error(read(file.clone().into_bytes(), declared));
            assert_eq!(refused, IngestError::Empty, "{file}");
        }
    }
    // Where records are in nothing else, such a line is a record that cannot be read.
    let file = format!("{}\n{}\n{}\n", duo(1), empty[0], duo(2));
    let read = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!(numbers(&read), ["+13035550101", "+13035550102"]);
    assert_eq!(read.rejects, [(2, Some("number"), "missing-number")]);
}

#[test]
fn a_bad_line_is_one_reject_and_no_other_is_lost() {
    let cut = &duo(9)[..40];
    for bad in [
        cut,
        "{\"a\": tru}",
        "{\"phone\": \"+1303\",}",
        "{]",
        "[1, 2",
        "{\"a\": [{\"b\": 1}",
    ] {
        let file = format!("{}\n{bad}\n{}\n", duo(1), duo(2));
        let read_one = read(file.into_bytes(), Declared::default()).unwrap();
        assert_eq!(
            numbers(&read_one),
            ["+13035550101", "+13035550102"],
            "{bad}"
        );
        assert_eq!(read_one.rejects, [(2, None, "broken-json")], "{bad}");
        assert_eq!(read_one.reject_cells, ["{}"]);
    }
    let file = format!("{cut}\n{}\n{}\n", duo(1), duo(2));
    let read_one = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!((read_one.rows.len(), read_one.rejects.len()), (2, 1));
    // In a list, what is broken is the file.
    let file = format!("[{},\n{{\"a\": tru}}]", duo(1));
    let refused = error(read(file.into_bytes(), Declared::default()));
    assert_eq!(
        refused,
        IngestError::BrokenJson {
            line: 2,
            column: 10
        }
    );
}

#[test]
fn words_for_what_is_no_number_are_blank() {
    for word in ["NaN", "Infinity", "-Infinity"] {
        let with = |last| duo(last).replacen('{', &format!("{{\"credits\": {word}, "), 1);
        gives_both(&format!("{}\n{}\n", with(1), with(2)), Format::DuoV2);
        gives_both(&format!("[{},{}]", with(1), with(2)), Format::DuoV2);
        let read = read(
            duo(1).replace("\"+13035550101\"", word).into_bytes(),
            format(Format::DuoV2),
        );
        assert_eq!(
            read.unwrap().rejects,
            [(1, Some("number"), "missing-number")]
        );
    }
}

#[test]
fn marks_between_records_are_no_records() {
    gives_both(
        &format!("\u{feff}{}\n\u{feff}{}\n", duo(1), duo(2)),
        Format::DuoV2,
    );
    gives_both(
        &format!("\u{1e}{}\n\u{1e}{}\n", duo(1), duo(2)),
        Format::DuoV2,
    );
    gives_both(
        &format!("{}\r\n\u{200b}{}\r\n\u{1a}", duo(1), duo(2)),
        Format::DuoV2,
    );
    gives_both(&format!("{},\n{},\n", duo(1), duo(2)), Format::DuoV2);
    gives_both(&format!("{}{}", duo(1), duo(2)), Format::DuoV2);
}

#[test]
fn numbers_in_a_list_make_a_row_each_and_a_list_is_named() {
    let file = |p: &str| format!(r#"{{"t": "2024-03-21T22:34:49Z", "p": {p}}}"#);
    let mapped = |column: &str| {
        Declared {
        mapping: Some(
            Mapping::parse(&format!(
                "container = \"ndjson\"\n[number]\ncolumn = \"{column}\"\n[sent_at]\ncolumn = \"t\"\n"
            ))
            .unwrap(),
        ),
        ..Declared::default()
    }
    };
    let two = file(r#"["+13035550101", "+13035550102"]"#);
    let refused = error(read(two.clone().into_bytes(), mapped("p")));
    let expected =
        "the column p is a list; map p[] to the field number, and each item makes a row of its own";
    assert_eq!(refused.to_string(), expected);
    let read_one = read(two.into_bytes(), mapped("p[]")).unwrap();
    assert_eq!(numbers(&read_one), ["+13035550101", "+13035550102"]);
    let read_one = read(file("\"+13035550101\"").into_bytes(), mapped("p[]")).unwrap();
    assert_eq!(numbers(&read_one), ["+13035550101"]);
    let declared = Declared {
        columns: vec![ColumnMapping::new(Field::Number, "phones").unwrap()],
        format: Some(Format::DuoV2),
        ..Declared::default()
    };
    let listed = duo(1).replace(
        "\"phone\": \"+13035550101\"",
        "\"phones\": [\"+13035550101\"]",
    );
    let refused = error(read(listed.into_bytes(), declared));
    assert!(refused.to_string().contains("map phones[]"), "{refused}");
}

#[test]
fn twilios_own_tools_and_calls_are_read() {
    let camel = r#"[{"sid": "SM1", "accountSid": "AC1", "to": "+13035550101", "body": "x", "dateSent": "2024-03-21T22:34:49.000Z", "dateCreated": "2024-03-21T22:34:48.000Z", "direction": "outbound-api"},
        {"sid": "MM2", "accountSid": "AC1", "to": "+13035550102", "dateSent": null, "dateCreated": "2024-03-21T22:34:48.000Z", "direction": "outbound-reply"}]"#;
    let read_one = gives_both(camel, Format::TwilioJson);
    let cells = |row: &[String; 14]| [0, 6, 7, 8].map(|at| row[at].clone()).join("|");
    assert_eq!(
        cells(&read_one.rows[0]),
        "AC1|2024-03-21T22:34:49Z|sms|outbound-api"
    );
    assert_eq!(
        cells(&read_one.rows[1]),
        "AC1|2024-03-21T22:34:48Z|mms|outbound-reply"
    );
    let call = |last: u32, start: &str| {
        format!(
            r#"{{"sid": "CA{last}", "account_sid": "AC1", "to": "+130355501{last:02}", "date_created": "2024-03-21T22:34:48Z", "start_time": {start}, "direction": "outbound-dial"}}"#
        )
    };
    let calls = [call(1, "\"2024-03-21T22:35:10Z\""), call(2, "null")];
    for file in [
        calls.join("\n"),
        format!(r#"{{"calls": [{}], "page": 0}}"#, calls.join(",")),
    ] {
        let read_one = gives_both(&file, Format::TwilioJson);
        assert_eq!(
            cells(&read_one.rows[0]),
            "AC1|2024-03-21T22:35:10Z|phone|outbound-dial"
        );
        assert_eq!(
            cells(&read_one.rows[1]),
            "AC1|2024-03-21T22:34:48Z|phone|outbound-dial"
        );
    }
    let plivo = r#"{"messageUuid": "m1", "toNumber": "13035550101", "messageTime": "2024-03-21 22:34:49+00:00", "messageDirection": "outbound"}
        {"messageUuid": "m2", "toNumber": "13035550102", "messageTime": "2024-03-21 22:34:49+00:00", "messageDirection": "outbound"}"#;
    let read_one = read(plivo.as_bytes().to_vec(), zone("UTC")).unwrap();
    // As they are written: the admission says what a number without a plus is.
    assert_eq!(numbers(&read_one), ["13035550101", "13035550102"]);
    assert_eq!((read_one.format, read_one.rejects), (Format::Plivo, vec![]));
}

#[test]
fn what_the_owner_received_is_left_out_in_every_format_with_a_direction() {
    for (direction, kept) in [
        ("inbound", false),
        ("INBOUND", false),
        ("Inbound-API", false),
        ("incoming", false),
        ("in", false),
        ("mo", false),
        ("outbound", true),
        ("outbound-api", true),
        ("Outbound-Reply", true),
        ("mt", true),
        ("", true),
    ] {
        for file in [
            format!(
                "account,from,to,direction,sent_at\nA,+14155550101,+13035550101,{direction},2024-03-21T22:34:49Z\n"
            ),
            format!(
                "account,channel,number,Message Direction,sent_at\nA,sms,+13035550101,{direction},2024-03-21T22:34:49Z\n"
            ),
            format!(
                r#"{{"sid": "SM1", "to": "+13035550101", "date_sent": "2024-03-21T22:34:49Z", "direction": "{direction}"}}"#
            ),
            format!(
                r#"{{"uuid": "1", "cld": "+13035550101", "sent_at": "2024-03-21T22:34:49Z", "direction": "{direction}"}}"#
            ),
        ] {
            let read = read(file.clone().into_bytes(), Declared::default()).unwrap();
            assert_eq!(read.rows.len(), usize::from(kept), "{file}");
            let skipped: &[_] = if kept { &[] } else { &[("inbound", 1)] };
            assert_eq!(read.rejects, [], "{file}");
            assert_eq!(read.skipped_records, skipped, "{file}");
        }
    }
    let both = "account,channel,number,direction,sent_at\nA,push,+13035550101,outbound,2024-03-21T22:34:49Z\n";
    let read = read(both.as_bytes().to_vec(), Declared::default()).unwrap();
    assert_eq!(read.rows[0][8], "push");
}

#[test]
fn a_record_with_many_members_is_read_whole_and_its_names_are_bounded() {
    let record = |of: u32, last: u32| {
        let members: Vec<_> = (0..500)
            .map(|at| format!(r#""w_{of}_{at}": {at}"#))
            .collect();
        duo(last).replacen('{', &format!("{{{}, ", members.join(", ")), 1)
    };
    let file = format!("{}\n{}\n", record(1, 1), record(2, 2));
    let read = gives_both(&file, Format::DuoV2);
    assert!(read.dropped.len() <= 257, "{}", read.dropped.len());
}

#[test]
fn account_and_zone_may_be_declared_for_what_is_inside() {
    let declared = Declared {
        account: Some(AccountName::parse("ACME").unwrap()),
        ..zone("UTC")
    };
    let read = read(format!("x {}\n", sns(1)).into_bytes(), declared).unwrap();
    assert_eq!(
        (read.rows[0][0].as_str(), read.rows[0][3].as_str()),
        ("ACME", "Example Wireless")
    );
}

/// The file has the numbers 01 to `last` of Duo and nothing else, in any order.
#[track_caller]
fn gives_up_to(last: usize, file: &str) -> Outcome {
    let read = read(file.as_bytes().to_vec(), zone("UTC"));
    let read = read.unwrap_or_else(|error| panic!("{error}: {file}"));
    assert_eq!(read.rejects, [], "{file}");
    let mut found: Vec<_> = numbers(&read).into_iter().map(str::to_owned).collect();
    found.sort_unstable();
    let all: Vec<_> = (1..=last).map(|at| format!("+130355501{at:02}")).collect();
    assert_eq!(found, all, "{file}");
    read
}

#[test]
fn records_under_names_of_their_own_are_all_read() {
    let [one, two, three, four] = [1, 2, 3, 4].map(duo);
    for (last, file) in [
        // As a data frame writes them, and a database of objects.
        (2, format!(r#"{{"0": {one}, "1": {two}}}"#)),
        (
            3,
            format!("{{\n\"0\":{one},\n\"1\":{two},\n\"2\":{three}\n}}\n"),
        ),
        (
            2,
            format!(r#"{{"messages": {{"-Na": {one}, "-Nb": {two}}}}}"#),
        ),
        (
            3,
            format!(r#"{{"count": 3, "t-1": {one}, "t-2": {two}, "t-3": {three}}}"#),
        ),
        (
            4,
            format!("{{\"new\":{one},\"old\":{two}}}\n{{\"new\":{three},\"old\":{four}}}\n"),
        ),
        (
            4,
            format!(r#"[{{"a": {one}, "b": {two}}}, {{"a": {three}, "c": {four}}}]"#),
        ),
        (
            3,
            format!("{{\"result\":{one}}}\n{{\"result\":{two},\"more\":[{three}]}}\n"),
        ),
        (
            3,
            format!("{{\"result\":{one}}}\n{{\"other\":{{\"x\":{two},\"y\":{three}}}}}\n"),
        ),
        (
            2,
            format!(r#"{{"result": {{"n": 1}}, "old": {one}, "new": {two}}}"#),
        ),
    ] {
        gives_up_to(last, &file);
    }
    // Too many for one record.
    let many = |before: &str, after: &str| {
        let records: Vec<_> = (0..9000)
            .map(|at| format!("\"k{at}\":{}", duo(at % 90 + 10)))
            .collect();
        let file = format!("{before}{{{}}}{after}", records.join(",\n"));
        assert!(file.len() > 1 << 20);
        read(file.into_bytes(), zone("UTC")).unwrap()
    };
    for (before, after) in [("", ""), ("{\"n\": 1, \"messages\": ", ", \"more\": {}}")] {
        let read = many(before, after);
        assert_eq!(
            (read.rows.len(), read.rejects.len(), read.lines),
            (9000, 0, 9000),
            "{before}"
        );
    }
    // Among records one that lacks something is one, and is named.
    let untimed = r#"{"phone": "+13035550109", "type": "sms", "telephony_id": "t-9"}"#;
    for file in [
        format!(r#"{{"0": {one}, "1": {untimed}, "2": {two}}}"#),
        format!(r#"{{"items": [{one}], "more": [{untimed}, {two}]}}"#),
    ] {
        let read = read(file.into_bytes(), zone("UTC")).unwrap();
        assert_eq!(
            (read.rows.len(), read.rejects.as_slice()),
            (2, [(1, Some("sent_at"), "missing-time")].as_slice())
        );
    }
    // Their names may be data.
    let keyed = format!(r#"{{"+13035550101": {one}, "+13035550102": {two}}}"#);
    let read = gives_up_to(2, &keyed);
    assert!(!format!("{} {:?}", read.evidence, read.dropped).contains("0355501"));
}

#[test]
fn records_beside_a_list_of_records_are_read() {
    let [one, two, three] = [1, 2, 3].map(duo);
    for (last, file) in [
        (
            3,
            format!(r#"{{"messages":[{one}],"failed":[{two},{three}]}}"#),
        ),
        (
            3,
            format!("{{\n\"failed\":[{one},\n{two}],\n\"messages\":[\n{three}]\n}}\n"),
        ),
        (2, format!(r#"{{"items":[{one}],"last":{two}}}"#)),
        (
            3,
            format!(
                r#"{{"response":{{"old":[{one}],"items":[{two},{three}],"metadata":{{"n":{{}}}}}}}}"#
            ),
        ),
        (
            2,
            format!(r#"[{{"items":[{one}],"more":{{"x":[{two}]}}}}]"#),
        ),
    ] {
        gives_up_to(last, &file);
    }
}

#[test]
fn what_stands_beside_a_record_and_is_none_is_named() {
    let [one, two] = [1, 2].map(duo);
    let beside = r#""meta": {"host": "a", "tags": [{"n": 1}]}, "note": "{\"a\": 1}""#;
    let file = format!("{{\"result\":{one},{beside}}}\n{{{beside},\"result\":{two}}}\n");
    let read = gives_up_to(2, &file);
    assert_eq!(read.dropped, ["meta", "note"]);
}

#[test]
fn all_records_of_a_text_are_read() {
    let [one, two, three] = [1, 2, 3].map(duo);
    let both = text(&format!("{one}\n{two}\n"));
    let with_text = text(&format!("INFO {one} and {two} in 5 ms"));
    let list = text(&format!("[{one},{two}]"));
    for file in [
        format!("{{\"message\":{both}}}\n{{\"message\":{}}}\n", text(&three)),
        format!(
            "{{\"message\":{with_text}}}\n{{\"message\":{}}}\n",
            text(&three)
        ),
        format!("{{\"message\":{}}}\n{{\"message\":{list}}}\n", text(&three)),
        format!("[{both},{}]", text(&three)),
        format!("a,b\n{},{}\n{},\n", cell(&one), cell(&two), cell(&three)),
    ] {
        gives_up_to(3, &file);
    }
}

#[test]
fn all_records_of_a_line_are_read() {
    let [one, two, three] = [1, 2, 3].map(duo);
    let header = "<134>1 2024-03-10T22:34:01Z h duo - - - ";
    for file in [
        format!("2024-03-10T22:34:49Z {one} {two}\n2024-03-10T22:34:49Z {three}\n"),
        format!("<134>Mar 10 h duo: {one}<134>Mar 10 h duo: {two}\n<134>Mar 10 h duo: {three}\n"),
        format!("202 {header}{one}202 {header}{two}202 {header}{three}"),
        format!("INFO {{\"level\":\"info\"}} {one}\nINFO {two} {{\"took\":5}}\nINFO {three}\n"),
        format!("INFO {one} in 5 ms\nINFO {two} in 4 ms\nINFO {three} in 9 ms\n"),
        format!("[2024-03-10 10:00:00] {one} in 5 ms\n[2024-03-10 10:00:00] {two}; {three}\n"),
    ] {
        gives_up_to(3, &file);
    }
    // A record without its time is one, and is named.
    let untimed = r#"{"phone": "+13035550102", "type": "sms", "telephony_id": "t-2"}"#;
    let file = format!("INFO {one} {untimed}\nINFO {three}\n");
    let read = read(file.into_bytes(), zone("UTC")).unwrap();
    assert_eq!(numbers(&read), ["+13035550101", "+13035550103"]);
    assert_eq!(read.rejects.len(), 1);
}

#[test]
fn text_before_the_first_record_of_a_log_is_no_record() {
    let [one, two] = [1, 2].map(duo);
    let file = format!(
        "Starting duologsync 2.2\n2024-03-10 22:34:49 INFO fetched 2\n2024-03-10 INFO {one}\n2024-03-10 INFO {two}\n"
    );
    gives_up_to(2, &file);
}

#[test]
fn lists_of_pages_of_lists_and_of_texts_are_read() {
    let [one, two] = [1, 2].map(duo);
    for file in [
        format!(
            r#"[{{"stat":"OK","response":{{"items":[{one}],"metadata":{{}}}}}},{{"stat":"OK","response":{{"items":[{two}]}}}}]"#
        ),
        format!("[[{one},{two}]]"),
        format!("[[{one}],[],[{two}]]"),
        format!("[{},{}]", text(&one), text(&two)),
    ] {
        gives_up_to(2, &file);
    }
}

#[test]
fn marks_that_nobody_sees_are_in_no_name_of_a_member() {
    let [one, two] = [1, 2].map(duo);
    let marked = one.replacen("\"phone\"", "\"\u{200b}phone\u{feff}\"", 1);
    gives_up_to(2, &format!("{marked}\n{two}\n"));
}

#[test]
fn a_carriage_return_alone_ends_a_line_of_json() {
    let [one, two] = [1, 2].map(duo);
    let read = gives_up_to(2, &format!("{one}\r{two}\r"));
    assert_eq!(read.lines, 2);
    gives_up_to(2, &format!("INFO {one}\rINFO {two}\r"));
}

#[test]
fn a_record_is_found_behind_many_other_objects_and_whatever_way_its_names_are_written() {
    let others: Vec<_> = (0..200)
        .map(|at| format!(r#""b{at}": {{"n": [{at}]}}"#))
        .collect();
    let others = others.join(", ");
    let lines = |record: &dyn Fn(u32) -> String| {
        let line = |last| format!("{{{others}, \"result\": {}}}\n", record(last));
        [line(1), line(2)].concat()
    };
    gives_both(&lines(&duo), Format::DuoV2);
    // A name with an escape in it is the same name.
    let escaped = |last| duo(last).replace("phone", "\\u0070hone");
    gives_both(&lines(&escaped), Format::DuoV2);
    let marked = |last| duo(last).replace("phone", "pho\u{200b}ne");
    gives_both(&lines(&marked), Format::DuoV2);
}

#[test]
fn a_last_line_that_is_cut_is_one_bad_line() {
    let cut = &duo(9)[..40];
    for end in [cut, &format!("{cut}\n"), "{", "{\"a\": [1"] {
        let file = format!("{}\n{}\n{end}", duo(1), duo(2));
        let found = read(file.into_bytes(), Declared::default()).unwrap();
        assert_eq!(numbers(&found), ["+13035550101", "+13035550102"], "{end}");
        assert_eq!(found.rejects, [(3, None, "broken-json")], "{end}");
    }
    // In a list it is the file that is cut, and so it is where what is packed is cut.
    let list = format!("[{},\n{},\n{cut}", duo(1), duo(2));
    let refused = error(read(list.into_bytes(), Declared::default()));
    assert_eq!(refused, IngestError::CutOff { line: 3 });
    let lines: String = (1..90).map(|last| format!("{}\n", duo(last))).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, lines.as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() - 20);
    let refused = error(read(packed, Declared::default()));
    assert!(matches!(refused, IngestError::CutOff { .. }), "{refused}");
}

#[test]
fn text_behind_the_object_of_a_line_is_passed_over_from_the_first_line_on() {
    for (before, behind) in [
        ("", " done"),
        ("x {\"x\":1} ", " took {5ms}"),
        ("", " # {note}"),
    ] {
        let file = format!("{before}{}{behind}\n{before}{}{behind}\n", duo(1), duo(2));
        let found = read(file.clone().into_bytes(), Declared::default());
        let found = found.unwrap_or_else(|error| panic!("{error}: {file}"));
        assert_eq!(numbers(&found), ["+13035550101", "+13035550102"], "{file}");
    }
    let file = format!("{} done\n{} done\n", duo(1), duo(2));
    let drafted = draft(Box::new(std::io::Cursor::new(file)), None).unwrap();
    assert!(
        drafted.contains("[number]\ncolumn = \"phone\""),
        "{drafted}"
    );
}

#[test]
fn json_that_is_no_text_or_has_no_names_is_told_by_its_cause() {
    let mut latin: Vec<u8> = Vec::new();
    for last in 1..3 {
        latin.extend(duo(last).trim_end_matches('}').as_bytes());
        latin.extend(b", \"note\": \"Z\xfcrich\"}\n");
    }
    let drafted = |bytes: Vec<u8>| draft(Box::new(std::io::Cursor::new(bytes)), None).unwrap_err();
    assert_eq!(drafted(latin.clone()), IngestError::NotText { line: 1 });
    let refused = error(read(latin, Declared::default()));
    assert_eq!(refused, IngestError::NotText { line: 1 });
    let insights = text(&duo(1));
    for lists in [
        r#"{"columns": ["phone", "ts"], "data": [["+13035550101", "2024-03-21T22:34:49Z"]]}"#
            .to_owned(),
        format!(r#"{{"results": [ [{{"field": "@message", "value": {insights}}}] ]}}"#),
    ] {
        let refused = error(read(lists.clone().into_bytes(), Declared::default()));
        assert_eq!(refused, IngestError::CellLists, "{lists}");
        assert_eq!(drafted(lists.into_bytes()), IngestError::CellLists);
    }
}

#[test]
fn records_with_a_name_twice_are_rejected_and_the_format_is_not_blamed() {
    let twice = |last: u32| duo(last).replace("}", ", \"phone\": \"+13035550109\"}");
    let file = format!("{}\n{}\n", twice(1), twice(2));
    let found = read(file.into_bytes(), Declared::default()).unwrap();
    let kind = "repeated-name";
    assert_eq!(found.rejects, [(1, None, kind), (2, None, kind)]);
}

#[test]
fn what_is_read_of_a_record_in_an_object_is_not_named_as_left_out() {
    for more in ["", ", \"other\": {\"n\": [0]}"] {
        let line = format!("{{\"preview\": false, \"result\": {}{more}}}\n", duo(1));
        let found = read(line.repeat(3).into_bytes(), format(Format::DuoV2)).unwrap();
        assert_eq!((found.rows.len(), found.rejects.len()), (3, 0), "{more}");
        let names = ["phone", "ts", "telephony_id", "result"];
        assert!(
            !found
                .dropped
                .iter()
                .any(|name| names.contains(&name.as_str())),
            "{:?}",
            found.dropped
        );
    }
}
