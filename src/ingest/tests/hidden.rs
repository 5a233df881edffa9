//! Recipients that a file could hide: each is read, held back, or the file is refused. None is left out in silence.

use super::support::{Outcome, error, format, read};
use crate::domain::{Field, Format};
use crate::ingest::{ColumnMapping, Declared, IngestError, Mapping, draft};

const TIME: &str = "2024-03-21T22:34:49Z";

fn in_region(region: &str) -> Declared {
    Declared {
        region: region.parse().ok(),
        ..Declared::default()
    }
}

fn plain(text: &str) -> Result<Outcome, IngestError> {
    read(text.as_bytes().to_vec(), Declared::default())
}

fn numbers(read: &Outcome) -> Vec<&str> {
    read.rows.iter().map(|row| row[2].as_str()).collect()
}

#[test]
fn a_row_of_a_country_that_is_not_understood_is_not_read_in_the_declared_region() {
    for (one, other, kind) in [
        ("United States", "Grossbritannien", "needs-region"),
        ("USA (+1)", "Untied Kingdom", "needs-region"),
        ("1", "81", "other-country"),
        ("+1", "7", "other-country"),
    ] {
        let text = format!(
            "account,country_code,number,sent_at\nA,{one},2025550123,{TIME}\nA,{other},7912323461,{TIME}\n"
        );
        let found = read(text.clone().into_bytes(), in_region("US")).unwrap();
        // A country that is known has another calling code than the region; the vault sees that.
        if kind == "needs-region" || other == "7" {
            assert_eq!(numbers(&found), ["2025550123"], "{text}");
            assert_eq!(found.rejects, [(3, Some("country"), kind)], "{text}");
        } else {
            assert_eq!(found.rows[1][4], "JP");
        }
        let mapping = Mapping::parse(
            "container = \"csv\"\n[number]\ncolumn = \"number\"\n[sent_at]\ncolumn = \"sent_at\"\n\
             [country]\ncolumn = \"country_code\"\n",
        );
        let mapped = Declared {
            mapping: mapping.ok(),
            ..in_region("US")
        };
        let found = read(text.into_bytes(), mapped).unwrap();
        assert_eq!(found.rows.len() + found.rejects.len(), 2);
    }
    // A number with a plus needs no country.
    let text = format!("account,country,number,sent_at\nA,Atlantis,+13035550101,{TIME}\n");
    assert_eq!(
        read(text.into_bytes(), in_region("US")).unwrap().rows.len(),
        1
    );
}

#[test]
fn calling_codes_and_numeric_codes_are_countries() {
    let text = format!(
        "account,country,number,sent_at\nA,44,7912323461,{TIME}\nA,+49,015123456789,{TIME}\nA,1,2025550123,{TIME}\n\
         A,UK (+44),7911123462,{TIME}\n"
    );
    let found = plain(&text).unwrap();
    let countries: Vec<_> = found.rows.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(countries, ["GB", "DE", "", "GB"]);
    // One plan for all of North America.
    assert_eq!(found.rows[2][2], "+12025550123");
    let text = format!(
        "account,country,number,sent_at\nA,840,2025550123,{TIME}\nA,826,7912323461,{TIME}\nA,36,412345678,{TIME}\n"
    );
    let found = plain(&text).unwrap();
    let countries: Vec<_> = found.rows.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(countries, ["US", "GB", ""], "36 is Hungary or Australia");
}

#[test]
fn a_column_of_codes_is_read_or_not_passed_over_where_a_region_is_declared() {
    for (name, one, other, is_read) in [
        ("Dial code", "1", "44", true),
        ("calling_code", "+1", "+44", true),
        ("ISD", "1", "44", true),
        ("Country Calling Code", "1", "44", true),
        ("MCC", "310", "234", true),
        ("iso_numeric", "840", "826", true),
        ("CC", "1", "44", false),
        ("intl_prefix", "+1", "+44", false),
        ("Vorwahl", "001", "0044", false),
        ("code", "1", "44", false),
        ("Zone", "US Landline", "UK Mobile", false),
        ("price group", "+1", "+44", false),
    ] {
        let text = |cells: [&str; 2]| {
            let [one, other] = cells;
            format!(
                "account,{name},number,sent_at\nA,{one},2025550123,{TIME}\nA,{other},7912323461,{TIME}\n"
            )
        };
        let found = read(text([one, other]).into_bytes(), in_region("US"));
        match is_read {
            true => assert_eq!(found.unwrap().rows[1][4], "GB", "{name}"),
            false => assert_eq!(error(found).kind(), "country-column", "{name}"),
        }
        // One country that is the declared one is no doubt.
        assert!(
            read(text([one, one]).into_bytes(), in_region("US")).is_ok(),
            "{name}"
        );
    }
    for name in ["parts", "priority"] {
        let text = format!(
            "account,{name},number,sent_at\nA,1,2025550123,{TIME}\nA,44,2025550124,{TIME}\n"
        );
        assert!(read(text.into_bytes(), in_region("US")).is_ok());
    }
}

#[test]
fn the_codes_of_mobile_networks_are_countries_only_where_the_name_says_what_they_are() {
    for (name, said) in [("MCC", ["AL", "NL", "DE"]), ("country", ["", "", ""])] {
        let text = format!(
            "account,{name},number,sent_at\nA,276,0671234567,{TIME}\nA,204,0612345678,{TIME}\n\
             A,262,+4915112345678,{TIME}\n"
        );
        let declared = Declared {
            columns: vec![ColumnMapping::new(Field::Country, name).unwrap()],
            ..Declared::default()
        };
        let found = read(text.into_bytes(), declared).unwrap();
        let countries: Vec<_> = found.rows.iter().map(|row| row[4].as_str()).collect();
        assert_eq!(countries, said, "{name}");
    }
}

#[test]
fn the_countries_of_json_are_looked_at_in_named_formats_too() {
    let duo = |country: &str, number: &str| {
        format!(
            "{{\"phone\":\"{number}\",\"ts\":\"{TIME}\",\"type\":\"sms\",\"context\":\"a\",\"country\":\"{country}\"}}\n"
        )
    };
    let declared = Declared {
        account: crate::domain::AccountName::parse("A").ok(),
        ..in_region("US")
    };
    for (cells, is_read) in [(["US", "GB"], true), (["US", "Untied Kingdom"], false)] {
        let text = format!(
            "{}{}",
            duo(cells[0], "2025550123"),
            duo(cells[1], "7912323461")
        );
        match read(text.into_bytes(), declared.clone()) {
            Ok(found) => assert_eq!([0, 1].map(|row| found.rows[row][4].as_str()), cells),
            Err(refused) => assert_eq!(refused.kind(), "country-column"),
        }
        let text = format!(
            "{}{}",
            duo(cells[0], "2025550123"),
            duo(cells[1], "7912323461")
        );
        assert_eq!(read(text.into_bytes(), declared.clone()).is_ok(), is_read);
    }
}

#[test]
fn a_number_before_the_header_is_told() {
    let row = format!("A,+13035550109,{TIME},sms\n");
    let header = "account,number,sent_at,kind\n";
    for before in [
        format!("phone,when,who\n+13035550101,{TIME},A\n+13035550102,{TIME},A\n"),
        format!("A;+13035550101;{TIME};sms\nA;+13035550102;{TIME};sms\n"),
        format!("A,tel:+13035550101,{TIME},sms\n"),
        "A,+13035550101,,sms\n".to_owned(),
        "+13035550101\n+13035550102\n".to_owned(),
        "number,last sent\n+13035550101,21 March 2024\n".to_owned(),
        // Digits without a plus, in lines of another delimiter or of none.
        format!("A;13035550101;{TIME}\nA;13035550102;{TIME}\n"),
        format!("A|13035550101|{TIME}\nA|13035550102|{TIME}\n"),
        format!("{TIME} sent to 13035550101 ok\n{TIME} sent to 13035550102 ok\n"),
    ] {
        let refused = error(plain(&format!("{before}{header}{row}")));
        assert_eq!(refused.kind(), "record-before-header", "{before}");
    }
    let held = format!("SMS log\nContact: +1 303 555 0101\n{header}{row}");
    let found = plain(&held).unwrap();
    assert_eq!(found.rejects, [(2, None, "phone-number")]);
    assert_eq!((found.rows.len(), found.skipped[1]), (1, ("preamble", 1)));
}

#[test]
fn another_list_of_people_beside_the_records_is_held_back() {
    let twilio = |number: &str| {
        format!(
            "{{\"sid\":\"SM1\",\"account_sid\":\"AC1\",\"to\":\"{number}\",\"date_sent\":\"{TIME}\"}}"
        )
    };
    let one = twilio("+13035550101");
    for other in [
        format!("\"legacy\":[{{\"recipient\":\"+13035550102\",\"sent\":\"{TIME}\"}}]"),
        format!("\"users\":[{{\"phone\":\"3035550102\",\"ts\":\"{TIME}\"}}]"),
        format!("\"old\":{{\"a\":{{\"mobile\":13035550102,\"at\":\"{TIME}\"}}}}"),
    ] {
        for text in [
            format!("{{\"messages\":[{one}],{other}}}"),
            format!("{{{other},\"messages\":[{one}]}}"),
        ] {
            let found = plain(&text).unwrap();
            assert_eq!(numbers(&found), ["+13035550101"], "{text}");
            assert_eq!(found.rejects, [(1, None, "missing-number")], "{text}");
        }
    }
    let named = format!("{{\"messages\":[{one}],\"legacy\":[{{\"to_phone\":\"+13035550102\"}}]}}");
    assert!(
        plain(&named)
            .unwrap()
            .dropped
            .contains(&"legacy".to_owned())
    );
    // What is no person is none.
    for other in [
        "\"meta\":{\"total\":12,\"at\":1711060489}",
        "\"page\":[{\"from\":\"+13035550102\"}]",
    ] {
        let text = format!("{{\"messages\":[{one}],{other}}}");
        assert_eq!(plain(&text).unwrap().rejects, [], "{text}");
    }
    // A list that is too long to be looked at is named.
    let long =
        twilio("+13035550103").replace("}", &format!(",\"body\":\"{}\"}}", "b".repeat(60_000)));
    let text = format!(
        "{{\"items\":[{one}],\"sms\":[{}]}}",
        vec![long; 30].join(",")
    );
    let refused = error(plain(&text));
    assert!(
        refused.to_string().starts_with("the member sms at line 1 "),
        "{refused}"
    );
    let dropped = Declared {
        drop: vec!["sms".to_owned()],
        ..Declared::default()
    };
    assert_eq!(read(text.into_bytes(), dropped).unwrap().rows.len(), 1);
}

#[test]
fn another_record_in_a_record_is_held_back() {
    let twilio = |number: &str, more: &str| {
        format!(
            "{{\"sid\":\"SM1\",\"account_sid\":\"AC1\",\"to\":\"{number}\",\"date_sent\":\"{TIME}\"{more}}}"
        )
    };
    let inner = twilio("+13035550102", "");
    for (more, held) in [
        (format!(",\"fallback\":{inner}"), 1),
        (format!(",\"retries\":[{inner},{inner}]"), 2),
        (format!(",\"same\":{}", twilio("+1 303-555-0101", "")), 0),
        (
            ",\"subresource_uris\":{\"to\":\"/a\",\"date_sent\":\"/b\"}".to_owned(),
            0,
        ),
    ] {
        for text in [
            format!("{{\"messages\":[{}]}}", twilio("+13035550101", &more)),
            format!("{0}\n{0}\n", twilio("+13035550101", &more)),
        ] {
            let found = plain(&text).unwrap();
            let records = found.rows.len();
            assert_eq!(found.rejects.len(), held * records, "{text}");
            assert!(
                found
                    .rejects
                    .iter()
                    .all(|reject| reject.2 == "several-numbers")
            );
        }
    }
}

#[test]
fn another_column_of_numbers_is_refused_until_somebody_decides() {
    let log = |name: &str, cells: [&str; 2]| {
        format!(
            "account,number,{name},sent_at\nA,+14155550111,{},{TIME}\nA,+14155550112,{},2024-03-21T22:35:00Z\n",
            cells[0], cells[1]
        )
    };
    for name in ["Final destination", "Phone 2", "Line", "wa_id", "Ziel"] {
        let text = log(name, ["+13035550101", "+13035550102"]);
        assert_eq!(error(plain(&text)).kind(), "two-columns", "{name}");
        let dropped = Declared {
            drop: vec![name.to_owned()],
            ..Declared::default()
        };
        assert_eq!(read(text.into_bytes(), dropped).unwrap().rows.len(), 2);
    }
    for (name, cells) in [
        ("from", ["+13035550101", "+13035550102"]),
        ("Remitente", ["+13035550101", "+13035550102"]),
        ("Line", ["+13035550101", "+13035550101"]),
        ("Normal form", ["1 (415) 555-0111", "0014155550112"]),
        ("Normal form", ["", ""]),
        ("batch", ["20240321001", "20240321002"]),
    ] {
        let text = log(name, cells);
        assert_eq!(plain(&text).unwrap().rows.len(), 2, "{name} {cells:?}");
    }
}

#[test]
fn a_joined_header_that_nobody_knows_refuses_the_file() {
    let head = format!("account,number,sent_at,sender\nA,+13035550100,{TIME},+14155550177\n");
    let row = format!("A,+14155550177,{TIME},+13035550101\n");
    for other in [
        "account,sender (E.164),sent_at (UTC),number (E.164)",
        "ACCOUNT_NAME,SRC_NUM,EVENT_TS,DST_NUM",
        "アカウント,送信者,日時,宛先番号",
        "A/c,A-party,Start,B-party",
        "account:string,sender:string,sent_at:timestamp,number:string",
        "col1,col2,col3,col4",
        "1,2,3,4",
    ] {
        let refused = error(plain(&format!("{head}{other}\n{row}")));
        assert_eq!(refused, IngestError::HeaderChanges { line: 3 }, "{other}");
    }
    // What is a row, or no line of names, is not refused.
    for other in [
        "A,unknown,yesterday,x",
        "Beta,private,pending,none-sent",
        "AC77,blocked,queued,x1",
        "Beta,Withheld,Mar 21,Ann",
        "A,n/a,n/a,n/a",
        "B,,soon,x",
        "Total,2,,",
        "x,+1303,soon,+14155550177",
    ] {
        assert!(plain(&format!("{head}{other}\n{head}")).is_ok(), "{other}");
    }
}

#[test]
fn a_total_with_a_number_is_no_total() {
    for total in ["Subtotal +13035550100,1,,", "(1 row) +13035550100"] {
        let text = format!(
            "account,number,sent_at,kind\nA,+13035550101,{TIME},sms\n{total}\nA,+13035550102,{TIME},sms\n"
        );
        let found = plain(&text).unwrap();
        assert_eq!((found.rows.len(), found.rejects.len()), (2, 1), "{total}");
    }
}

#[test]
fn a_channel_called_inbound_something_is_no_direction() {
    for (channel, direction, kept) in [
        ("Inbound Sales", "", true),
        ("incoming webhook", "", true),
        ("Inbound IVR", "N/A", true),
        ("inbound", "N/A", false),
        ("inbound", "-", false),
        ("incoming sms", "null", false),
    ] {
        let text = format!(
            "account,number,sent_at,channel,direction\nA,+13035550101,{TIME},{channel},{direction}\n"
        );
        let found = plain(&text).unwrap();
        assert_eq!(found.rows.len(), usize::from(kept), "{channel} {direction}");
    }
}

#[test]
fn a_log_with_more_text_than_json_and_lists_behind_text_are_read() {
    let duo = |number: &str| {
        format!(
            "{{\"phone\":\"{number}\",\"ts\":\"{TIME}\",\"type\":\"sms\",\"context\":\"a\",\"telephony_id\":\"{number}\"}}"
        )
    };
    let declared = Declared {
        account: crate::domain::AccountName::parse("A").ok(),
        ..Declared::default()
    };
    let lambda = |number: &str| {
        format!(
            "START RequestId: 1 Version: 1\n{TIME}\t1\tINFO\t{}\nEND RequestId: 1\nREPORT RequestId: 1\n",
            duo(number)
        )
    };
    let text = format!("{}{}", lambda("+13035550101"), lambda("+13035550102"));
    let found = read(text.into_bytes(), declared.clone()).unwrap();
    assert_eq!((found.rows.len(), found.rejects.len()), (2, 5));
    let text = format!(
        "{TIME} {{\"items\":[{}]}}\n{TIME} {{\"items\":[{},{}]}}\n",
        duo("+13035550101"),
        duo("+13035550102"),
        duo("+13035550103")
    );
    let found = read(text.into_bytes(), declared.clone()).unwrap();
    assert_eq!(found.rows.len(), 3);
    let inner = format!(
        "{{\"items\":[{},{}]}}",
        duo("+13035550101"),
        duo("+13035550102")
    );
    let text = format!("{{\"message\":{}}}\n", serde_json::Value::from(inner));
    let found = read(text.into_bytes(), declared.clone()).unwrap();
    assert_eq!(found.rows.len(), 2);
    let multi = format!(
        "{{\"result\":{{\"phone\":[\"+13035550101\",\"+13035550102\"],\"ts\":[\"{TIME}\",\"{TIME}\"]}}}}"
    );
    let refused = error(read(multi.into_bytes(), declared));
    assert_eq!(refused.kind(), "multi-value", "{refused}");
}

#[test]
fn a_draft_does_not_decide_between_two_columns_of_numbers() {
    let drafted = |names: [&str; 2]| {
        let text = format!(
            "Ref,{},{},Moment\nr1,+13035550101,+14155550101,{TIME}\nr2,+13035550102,+14155550102,{TIME}\n",
            names[0], names[1]
        );
        draft(Box::new(std::io::Cursor::new(text)), None).unwrap()
    };
    for (names, first) in [
        (["Phone", "Recipient"], "Recipient"),
        (["User Phone", "To"], "To"),
        (["MSISDN", "Dest"], "Dest"),
        (["Number", "Mobile"], "Number"),
        (["Contact Phone", "Patient Phone"], "Contact Phone"),
        (["Number 1", "Number 2"], "Number 1"),
        (["Agent number", "Client number"], "Agent number"),
    ] {
        let text = drafted(names);
        assert!(!text.contains("\n[number]"), "{text}");
        let [one, other] =
            names.map(|name| text.find(&format!("# column = \"{name}\"\n")).unwrap());
        assert_eq!(one < other, first == names[0], "{text}");
    }
    for (names, only) in [
        (["CLI", "DNIS"], "DNIS"),
        (["Remitente", "Destino"], "Destino"),
        (["主叫", "被叫"], "被叫"),
        (["発信番号", "着信番号"], "着信番号"),
        (["x_from", "x_to"], "x_to"),
        (["oa", "da"], "da"),
    ] {
        let text = drafted(names);
        assert!(
            text.contains(&format!("\n[number]\ncolumn = \"{only}\"\n")),
            "{text}"
        );
    }
}

#[test]
fn the_columns_of_a_file_of_no_known_format_are_named_behind_a_preamble_too() {
    let text = format!(
        "SMS report of March\n\nRef,Recipient phone,Moment,Provider\nr,+13035550101,{TIME},x\n"
    );
    let said = error(plain(&text)).to_string();
    assert!(said.contains("Recipient phone"), "{said}");
    let named = error(read(text.into_bytes(), format(Format::SupplierCsv)));
    assert!(!named.to_string().is_empty());
}

/// A message of Twilio to this number, with more members.
fn twilio(number: &str, more: &str) -> String {
    format!(
        "{{\"sid\":\"SM1\",\"account_sid\":\"AC1\",\"from\":\"+14155550100\",\"to\":\"{number}\",\
         \"date_sent\":\"{TIME}\"{more}}}"
    )
}

/// As a JSON string.
fn in_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn people_beside_the_records_are_told_whatever_they_are_in() {
    let one = twilio("+13035550101", "");
    let [a, b] = ["+13035550102", "+447911123456"];
    let table = in_text(&format!("number,sent_at\n{a},{TIME}\n{b},{TIME}\n"));
    let bare = in_text("number,sent_at\n13035550102,x\n447911123456,x\n");
    let lines = in_text(&format!("{TIME} sent to {a}\n{TIME} sent to {b}\n"));
    let json = in_text(&format!(
        "[{{\"recipient\":\"{a}\"}},{{\"recipient\":\"{b}\"}}]"
    ));
    for (name, other) in [
        ("failed", format!("[\"{a}\",\"{b}\"]")),
        ("failed", "[13035550102,447911123456]".to_owned()),
        (
            "by_number",
            format!("{{\"{a}\":{{\"n\":1}},\"{b}\":{{\"n\":2}}}}"),
        ),
        (
            "by_number",
            format!("{{\"{a}\":\"{TIME}\",\"{b}\":\"{TIME}\"}}"),
        ),
        ("csv", table),
        ("csv", bare),
        ("log", lines),
        ("legacy", json),
        ("legacy", in_text(&format!("[\"{a}\",\"{b}\"]"))),
        (
            "old",
            format!("{{\"a\":{{\"b\":[\"{a}\"]}},\"c\":\"{b}\"}}"),
        ),
    ] {
        for text in [
            format!("{{\"messages\":[{one}],\"{name}\":{other}}}"),
            format!("{{\"{name}\":{other},\"messages\":[{one}]}}"),
            format!("{{\"n\":1,\"{name}\":{other},\"x\":[],\"messages\":[{one}]}}"),
        ] {
            let found = plain(&text).unwrap();
            assert_eq!(numbers(&found), ["+13035550101"], "{text}");
            let told = [(1, None, "missing-number"), (1, None, "missing-number")];
            assert_eq!(found.rejects, told, "{text}");
            assert!(found.dropped.contains(&name.to_owned()), "{text}");
            let dropped = Declared {
                drop: vec![name.to_owned()],
                ..Declared::default()
            };
            assert_eq!(read(text.into_bytes(), dropped).unwrap().rejects, []);
        }
    }
    // Digits that no region makes numbers are named, and so are numbers in messages.
    for (name, other) in [
        ("failed", "[\"3035550102\",\"7911123456\"]"),
        ("errors", "[{\"message\":\"not sent to +13035550102\"}]"),
    ] {
        let found = plain(&format!("{{\"messages\":[{one}],\"{name}\":{other}}}")).unwrap();
        assert_eq!(found.rejects, [], "{name}");
        assert!(found.dropped.contains(&name.to_owned()), "{name}");
    }
    // Records of the format are read, also from a text.
    let inner = in_text(&format!("[{}]", twilio(a, "")));
    let text = format!("{{\"messages\":[{one}],\"legacy\":{inner}}}");
    let found = plain(&text).unwrap();
    let mut both = numbers(&found);
    both.sort_unstable();
    assert_eq!(both, ["+13035550101", a]);
}

#[test]
fn a_number_of_whoever_the_log_is_of_is_named_and_no_more() {
    let one = twilio("+13035550101", "");
    for (name, other) in [
        ("page", "{\"id\":7,\"phone\":\"+13035550102\"}"),
        (
            "account_owner",
            "{\"phone\":\"+13035550102\",\"created_at\":\"2024-03-01T10:00:00Z\"}",
        ),
        (
            "owner",
            "{\"name\":\"x\",\"contact\":{\"mobile\":\"+13035550102\"}}",
        ),
        ("subscriber", "{\"id\":1,\"phone\":\"+13035550102\"}"),
        ("support_phone", "\"+13035550102\""),
        ("help", "\"call us: +13035550102\""),
    ] {
        for text in [
            format!("{{\"messages\":[{one}],\"{name}\":{other}}}"),
            format!("{{\"{name}\":{other},\"messages\":[{one}]}}"),
        ] {
            let found = plain(&text).unwrap();
            assert_eq!((found.rows.len(), found.rejects), (1, vec![]), "{text}");
            assert!(found.dropped.contains(&name.to_owned()), "{text}");
        }
    }
    for other in [
        "\"from\":\"+13035550102\"",
        "\"sender\":{\"phone\":\"+13035550102\"}",
        "\"start\":\"2024-03-21T22:34:49+00:00\"",
        "\"next_page_uri\":\"/2010-04-01/Accounts/AC1/Messages.json?PageToken=PASM20240321\"",
        "\"ids\":[13035550101,13035550102]",
        "\"times\":[1711060489,1711060490]",
    ] {
        let found = plain(&format!("{{\"messages\":[{one}],{other}}}")).unwrap();
        assert_eq!(found.rejects, [], "{other}");
    }
}

#[test]
fn people_in_a_record_are_told_whatever_they_are_in() {
    let [a, b] = ["+13035550102", "+447911123456"];
    let json = in_text(&format!("[{{\"to\":\"{a}\"}}]"));
    let table = in_text(&format!("number,sent_at\n{a},{TIME}\n"));
    for (more, held) in [
        (format!(",\"failed\":[\"{a}\",\"{b}\"]"), 2),
        (format!(",\"cc\":[\"{a}\"]"), 1),
        (format!(",\"by_number\":{{\"{a}\":{{\"n\":1}}}}"), 1),
        (format!(",\"forward\":{{\"to\":\"{a}\"}}"), 1),
        (format!(",\"legacy\":{json}"), 1),
        (format!(",\"csv\":{table}"), 1),
        (format!(",\"log\":\"sent to {a} and {b}\""), 2),
        // Its own number, the sender's, what was said before, what was sent.
        (
            ",\"all\":[\"+1 303 555 0101\",\"+14155550100\"]".to_owned(),
            0,
        ),
        (",\"numbers\":{\"+13035550101\":1}".to_owned(), 0),
        (
            format!(",\"in_reply_to\":{{\"id\":1,\"from\":\"+13035550101\",\"to\":\"{a}\"}}"),
            0,
        ),
        (
            format!(",\"in_reply_to\":{{\"id\":1,\"from\":\"{a}\",\"to\":\"+14155550100\"}}"),
            0,
        ),
        (
            format!(",\"in_reply_to\":{}", twilio("+14155550100", "")),
            0,
        ),
        (format!(",\"user\":{{\"id\":1,\"phone\":\"{a}\"}}"), 0),
        (format!(",\"from_numbers\":[\"{a}\",\"{b}\"]"), 0),
        (format!(",\"body\":\"call {a} or {b}, or write: x\""), 0),
    ] {
        for text in [
            format!("{{\"messages\":[{}]}}", twilio("+13035550101", &more)),
            format!("{}\n", twilio("+13035550101", &more)),
        ] {
            let found = plain(&text).unwrap();
            assert_eq!(numbers(&found), ["+13035550101"], "{text}");
            assert_eq!(found.rejects.len(), held, "{text}");
            assert!(
                found
                    .rejects
                    .iter()
                    .all(|reject| reject.2 == "several-numbers")
            );
        }
    }
    // What is the same in every record is told once.
    let desks = format!(",\"desks\":[\"{a}\",\"{b}\"]");
    let text = format!(
        "{}\n{}\n",
        twilio("+13035550101", &desks),
        twilio("+13035550103", &desks)
    );
    assert_eq!(plain(&text).unwrap().rejects.len(), 2);
    // One number in all records is somebody's own, and another one in each is not.
    for (second, held) in [(a, 0), (b, 2)] {
        let text = format!(
            "{}\n{}\n",
            twilio("+13035550101", &format!(",\"x\":{{\"phone\":\"{a}\"}}")),
            twilio(
                "+13035550103",
                &format!(",\"x\":{{\"phone\":\"{second}\"}}")
            )
        );
        assert_eq!(plain(&text).unwrap().rejects.len(), held, "{second}");
    }
}

#[test]
fn another_member_or_column_of_recipients_is_refused_in_every_format() {
    let [a, b] = ["+13035550102", "+13035550104"];
    for name in ["to_2", "cc", "forwarded_to", "recipient_2", "x7"] {
        let more = |number: &str| format!(",\"{name}\":\"{number}\"");
        let text = format!(
            "{}\n{}\n",
            twilio("+13035550101", &more(a)),
            twilio("+13035550103", &more(b))
        );
        let said = error(plain(&text));
        assert_eq!(said.kind(), "two-columns", "{name}");
        assert!(said.to_string().contains(&format!("drop={name}")), "{said}");
        for declared in [
            Declared {
                drop: vec![name.to_owned()],
                ..Declared::default()
            },
            Declared {
                columns: vec![ColumnMapping::new(Field::Number, "to").unwrap()],
                ..Declared::default()
            },
        ] {
            assert_eq!(
                read(text.clone().into_bytes(), declared)
                    .unwrap()
                    .rows
                    .len(),
                2
            );
        }
    }
    let national = format!(
        "{}\n{}\n",
        twilio(
            "+13035550101",
            ",\"to_2\":\"3035550102\",\"num_media\":\"3035550102\""
        ),
        twilio(
            "+13035550103",
            ",\"to_2\":\"3035550104\",\"num_media\":\"3035550104\""
        )
    );
    let said = error(plain(&national)).to_string();
    assert!(said.contains("drop=to_2"), "{said}");
    let same = format!(
        "{}\n{}\n",
        twilio(
            "+13035550101",
            ",\"to_formatted\":\"(303) 555-0101\",\"agent_line\":\"+14155550111\""
        ),
        twilio(
            "+13035550103",
            ",\"to_formatted\":\"(303) 555-0103\",\"agent_line\":\"+14155550111\""
        )
    );
    assert_eq!(plain(&same).unwrap().rows.len(), 2);
    let vonage = |name: &str, cells: [&str; 2]| {
        format!(
            "account_id,message_id,client_ref,direction,from,to,network,country,date_received,{name}\n\
             k,m1,u,outbound,14155550100,13035550101,23415,GB,2024-03-21T22:34:49+0000,{}\n\
             k,m2,u,outbound,14155550111,13035550103,23415,GB,2024-03-21T22:34:50+0000,{}\n",
            cells[0], cells[1]
        )
    };
    for (name, cells) in [
        ("to_2", ["13035550102", "13035550104"]),
        ("cc", ["+13035550102", "+13035550104"]),
        ("x7", ["+13035550102", "+13035550104"]),
    ] {
        let said = error(plain(&vonage(name, cells))).to_string();
        assert!(said.starts_with("the columns to and "), "{said}");
    }
    for (name, cells) in [
        ("sender", ["+13035550102", "+13035550104"]),
        ("concatenated_reference", ["20240321001", "20240321002"]),
        ("to_e164", ["+13035550101", "+13035550103"]),
    ] {
        assert_eq!(plain(&vonage(name, cells)).unwrap().rows.len(), 2, "{name}");
    }
}

#[test]
fn the_same_number_in_two_columns_is_one_and_a_customers_number_is_none() {
    let log = |name: &str, cells: [&str; 2]| {
        format!(
            "account,number,{name},sent_at\nA,+14155550111,{},{TIME}\nA,+14155550112,{},2024-03-21T22:35:00Z\n",
            cells[0], cells[1]
        )
    };
    for name in [
        "raw",
        "msisdn",
        "E.164",
        "e164",
        "national",
        "formatted",
        "phone",
        "number",
    ] {
        for cells in [
            ["(415) 555-0111", "415.555.0112"],
            ["14155550111", "0014155550112"],
            ["4155550111 x5", "+1 415 555 0112;ext=7"],
            ["tel:+14155550111", ""],
        ] {
            let found = plain(&log(name, cells));
            let found = found.unwrap_or_else(|error| panic!("{name} {cells:?}: {error}"));
            assert_eq!(numbers(&found), ["+14155550111", "+14155550112"], "{name}");
        }
        let refused = error(plain(&log(name, ["+14155550111", "+13035550102"])));
        assert_eq!(refused.kind(), "two-columns", "{name}");
    }
    // What the first records do not show is seen in each row.
    let row = |number: u64, other: u64| {
        format!(
            "A,+1{number},({}) {},{TIME}\n",
            other / 10_000_000,
            other % 10_000_000
        )
    };
    for name in ["msisdn", "raw"] {
        let mut text = format!("account,number,{name},sent_at\n");
        (0..1200).for_each(|at| text += &row(4_155_550_000 + at, 4_155_550_000 + at));
        text += &row(4_155_550_111, 3_035_550_101);
        let found = plain(&text).unwrap();
        assert_eq!(found.rows.len(), 1200, "{name}");
        assert_eq!(found.rejects, [(1202, None, "several-numbers")], "{name}");
    }
    // The one that needs no region is read.
    let text = format!("account,number,msisdn,sent_at\nA,415-555-0111,14155550111,{TIME}\n")
        .replace("14155550111", "+14155550111");
    assert_eq!(numbers(&plain(&text).unwrap()), ["+14155550111"]);
    for name in ["customer number", "Client Number", "customer no"] {
        for cells in [["20012345", "20012346"], ["1000234567", "1000234568"]] {
            assert_eq!(plain(&log(name, cells)).unwrap().rows.len(), 2, "{name}");
        }
        let refused = error(plain(&log(name, ["3035550102", "3035550103"])));
        assert_eq!(refused.kind(), "two-columns", "{name}");
    }
}

#[test]
fn two_columns_of_one_name_are_told_apart_by_their_places() {
    let text = format!("account,number,number,sent_at\nA,+14155550111,+13035550101,{TIME}\n");
    let said = error(plain(&text)).to_string();
    assert!(
        said.starts_with(
            "column 2 and column 3 both fit the field number; send it again with map=number=column 2 or \
             map=number=column 3, "
        ),
        "{said}"
    );
    for (declared, number) in [
        (
            Declared {
                columns: vec![ColumnMapping::new(Field::Number, "column 3").unwrap()],
                ..Declared::default()
            },
            "+13035550101",
        ),
        (
            Declared {
                drop: vec!["column 3".to_owned()],
                ..Declared::default()
            },
            "+14155550111",
        ),
    ] {
        let found = read(text.clone().into_bytes(), declared).unwrap();
        assert_eq!(numbers(&found), [number]);
    }
    let blank = format!("account,number,,sent_at\nA,+14155550111,+13035550101,{TIME}\n");
    let said = error(plain(&blank)).to_string();
    assert!(said.contains("drop=column 3"), "{said}");
    let dropped = Declared {
        drop: vec!["column 3".to_owned()],
        ..Declared::default()
    };
    assert_eq!(
        numbers(&read(blank.into_bytes(), dropped).unwrap()),
        ["+14155550111"]
    );
}

#[test]
fn a_line_that_says_whom_to_call_is_no_record() {
    let row = format!("A,+13035550109,{TIME},sms\n");
    let header = "account,number,sent_at,kind\n";
    for before in [
        "Support: +1 303 555 0101 / +44 20 7946 0000\n",
        "Tel. +1 303 555 0101, Fax +1 303 555 0102\n",
        "Support,+1 303 555 0101,+44 20 7946 0000,\n",
        "Example Telecom Ltd, Tel. +1 303 555 0101, Fax +1 303 555 0102, Denver\n",
        "Need help? Call us on +1 303 555 0101 or +44 20 7946 0000\n",
    ] {
        let found = plain(&format!("SMS log\n{before}{header}{row}"));
        let found = found.unwrap_or_else(|error| panic!("{before}: {error}"));
        assert_eq!(found.rejects, [(2, None, "phone-number")], "{before}");
        assert_eq!(numbers(&found), ["+13035550109"], "{before}");
    }
    for before in [
        format!("A,call,+13035550101,{TIME}\n"),
        format!("call,+13035550101,{TIME},x\n"),
        format!("Call to +13035550101 at {TIME}\nCall to +13035550102 at {TIME}\n"),
    ] {
        let refused = error(plain(&format!("{before}{header}{row}")));
        assert_eq!(refused.kind(), "record-before-header", "{before}");
    }
}

#[test]
fn a_long_member_in_which_no_number_can_be_is_passed_over() {
    let one = twilio("+13035550101", "");
    let list = |from: u64| {
        (from..from + 200_000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let text = format!("{{\"messages\":[{one}],\"bits\":[{}],\"n\":1}}", list(0));
    let found = plain(&text).unwrap();
    assert_eq!((found.rows.len(), found.rejects), (1, vec![]));
    let text = format!(
        "{{\"messages\":[{one}],\"bits\":[{}]}}",
        list(13_035_550_000)
    );
    let refused = error(plain(&text));
    assert_eq!(refused.kind(), "long-member");
    assert!(refused.to_string().contains("drop=bits"), "{refused}");
}

/// A supplier's CSV with a column behind the number.
fn with_column(name: &str, rows: &[(&str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(number, cell)| format!("A,{number},{cell},{TIME}\n"));
    format!(
        "account,number,{name},sent_at\n{}",
        rows.collect::<String>()
    )
}

#[test]
fn somebody_who_is_first_in_another_column_after_many_rows_is_told() {
    let usual = ("+13035550101", "");
    let late = ("+13035550102", "+13035550199");
    for (name, first) in [
        ("alt phone", usual),
        ("phone2", usual),
        ("cc", usual),
        // Mostly something else.
        ("alt phone", ("+13035550101", "a@example.org")),
        // The same number, but for a few rows.
        ("Kontakt", ("+13035550101", "+13035550101")),
        ("e164", ("+13035550101", "+13035550101")),
    ] {
        let mut rows = vec![first; 1100];
        rows.push(late);
        let found = plain(&with_column(name, &rows)).unwrap();
        assert_eq!(found.rows.len(), 1100, "{name}");
        assert_eq!(found.rejects, [(1102, None, "several-numbers")], "{name}");
    }
    let mut rows = vec![("+13035550101", "+13035550101"); 99];
    rows.push(late);
    let found = plain(&with_column("Kontakt", &rows)).unwrap();
    assert_eq!(found.rejects, [(101, None, "several-numbers")]);
}

#[test]
fn a_number_in_a_text_or_with_the_same_last_digits_is_somebody_else() {
    for cells in [
        ["Ann +13035550198", "Bob +13035550199"],
        [
            "sip:+13035550198@example.org",
            "sip:+13035550199@example.org",
        ],
        ["+12035550101", "+12035550102"],
    ] {
        let rows = [("+13035550101", cells[0]), ("+13035550102", cells[1])];
        let found = plain(&with_column("Kontakt", &rows));
        match found {
            Ok(found) => assert_eq!(found.rejects.len(), 2, "{cells:?}"),
            Err(refused) => assert_eq!(refused.kind(), "two-columns", "{cells:?}"),
        }
    }
}

#[test]
fn a_column_of_other_things_under_the_name_of_a_recipient_is_none() {
    for cell in ["USA - Mobile", "Ann Lee"] {
        let found = plain(&with_column("destination", &[("+13035550101", cell)])).unwrap();
        assert_eq!((found.rows.len(), found.rejects), (1, vec![]), "{cell}");
    }
}

#[test]
fn a_number_whose_network_is_abroad_is_not_one_of_the_declared_region() {
    let text = |carrier: &str| {
        format!("account,number,carrier,sent_at\nA,7912323461,{carrier},{TIME}\n").into_bytes()
    };
    let found = read(text("23415"), in_region("US")).unwrap();
    assert_eq!(found.rejects, [(2, Some("number"), "other-country")]);
    for carrier in ["310260", "Example", ""] {
        let found = read(text(carrier), in_region("US")).unwrap();
        assert_eq!(found.rows.len(), 1, "{carrier}");
    }
}

#[test]
fn each_of_many_people_with_one_number_in_a_member_is_told() {
    let records = (1..=3).map(|at| {
        twilio(
            &format!("+1303555010{at}"),
            &format!(",\"contact\":{{\"phone\":\"+1303555019{at}\"}}"),
        )
    });
    let text = records.collect::<Vec<_>>().join("\n");
    let found = plain(&text).unwrap();
    assert_eq!((found.rows.len(), found.rejects.len()), (3, 3));
}
