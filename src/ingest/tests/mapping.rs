//! Mappings: reading, writing and drafting them, and reading files by them.

use std::io::Cursor;

use proptest::prelude::*;

use super::support::{error, fixture, read};
use crate::domain::Field;
use crate::ingest::{ColumnMapping, Declared, IngestError, Mapping, draft};

const LEAST: &str = "container = \"csv\"\n[number]\ncolumn = \"a\"\n[sent_at]\ncolumn = \"b\"\n";

fn mapped(text: &str) -> Declared {
    Declared {
        mapping: Some(Mapping::parse(text).unwrap()),
        ..Declared::default()
    }
}

#[test]
fn a_mapping_may_say_that_digits_are_international() {
    let text = LEAST.replace(
        "column = \"a\"\n",
        "form = \"international\"\ncolumn = \"a\"\n",
    );
    let mapping = Mapping::parse(&text).unwrap();
    assert!(
        mapping
            .text()
            .contains("[number]\ncolumn = \"a\"\nform = \"international\"\n")
    );
    let again = Mapping::parse(&mapping.text()).unwrap();
    assert_eq!(again.text(), mapping.text());
    let wrong = text.replace("international", "local");
    assert!(
        refused(&wrong)
            .to_string()
            .contains("form must be international")
    );
}

fn refused(text: &str) -> IngestError {
    Mapping::parse(text).err().unwrap()
}

/// The local CSV in full.
const LOCAL: &str = r#"container = "csv"

[account]
column = "Kundin"

[number]
column = "Anschluss"

[carrier]
column = "Netz"
form = "mcc-mnc"

[country]
column = "Land"
form = "alpha3"

[sent_at]
column = "Zeitpunkt"
time = "%d.%m.%Y %H:%M:%S"
zone = "America/New_York"

[kind]
value = "sms"
"#;

#[test]
fn a_file_is_read_by_its_mapping_and_by_nothing_else() {
    let file = || fixture("mapped-local.csv");
    let found = read(file(), mapped(LOCAL)).unwrap();
    assert_eq!(found.format.as_str(), "mapped");
    assert!(found.evidence.starts_with("mapped; the header has Kundin"));
    assert_eq!(found.dropped, ["Text", "Preis"]);
    assert_eq!(found.rejects, [(4, Some("sent_at"), "time-does-not-exist")]);
    let row = &found.rows[0];
    assert_eq!(row[0], "canary-account-0");
    assert_eq!(row[3], "T-Mobile");
    assert_eq!((row[4].as_str(), row[10].as_str()), ("US", "in-record"));
    assert_eq!(
        (row[6].as_str(), row[12].as_str()),
        ("2024-03-22T02:34:00Z", "declared")
    );
    assert_eq!(row[7], "sms");
    // No format applies: an unmapped `account` is not an account.
    let csv = b"account,number,sent_at\ncanary,+12025550142,2024-03-21T22:34:49Z\n".to_vec();
    let text = LEAST
        .replace("\"a\"", "\"number\"")
        .replace("\"b\"", "\"sent_at\"");
    let found = read(csv, mapped(&text)).unwrap();
    assert_eq!(
        (found.rows[0][0].as_str(), found.dropped),
        ("", vec!["account".to_owned()])
    );
}

#[test]
fn constants_stand_where_a_record_says_nothing() {
    let text = format!(
        "{LEAST}[account]\ncolumn = \"c\"\nvalue = \"canary two\"\n[country]\nvalue = \"gbr\"\n\
         [kind]\nvalue = \"SMS\"\n[channel]\nvalue = \"mfa\"\n"
    );
    let csv =
        b"a,b,c\n+12025550142,2024-03-21T22:34:49Z,canary\n+12025550142,2024-03-21T22:34:49Z,\n";
    let found = read(csv.to_vec(), mapped(&text)).unwrap();
    let accounts: Vec<_> = found.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(accounts, ["canary", "canary two"]);
    let row = &found.rows[0];
    assert_eq!((row[4].as_str(), row[10].as_str()), ("GB", "declared"));
    assert_eq!((row[7].as_str(), row[8].as_str()), ("sms", "mfa"));
}

#[test]
fn a_network_is_named_by_two_columns_or_one_and_paths_lead_into_json() {
    let text = "container = \"ndjson\"\n[number]\ncolumn = \"to.msisdn\"\n[sent_at]\n\
        column = \"at\"\ntime = \"epoch-millis\"\n[carrier]\nmcc = \"net.mcc\"\nmnc = \"net.mnc\"\n\
        [user]\ncolumn = \"parties[kind=user].name\"\n";
    let record = r#"{"to":{"msisdn":"+12025550142"},"at":1711060489558,"net":{"mcc":310,"mnc":260},
        "parties":[{"kind":"app","name":"x"},{"kind":"user","name":"canary.user"}]}"#;
    let found = read(record.as_bytes().to_vec(), mapped(text)).unwrap();
    let row = &found.rows[0];
    assert_eq!(
        (row[1].as_str(), row[2].as_str()),
        ("canary.user", "+12025550142")
    );
    assert_eq!(
        (row[3].as_str(), row[6].as_str()),
        ("T-Mobile", "2024-03-21T22:34:49Z")
    );
    assert_eq!(
        Mapping::parse(text).unwrap().text().matches("mnc").count(),
        2
    );
    let drafted = draft(Box::new(Cursor::new(record)), None).unwrap();
    assert!(
        drafted.contains("[number]\ncolumn = \"to.msisdn\""),
        "{drafted}"
    );
    let csv = b"a,b,c,d\n+12025550142,2024-03-21T22:34:49Z,234,15\n".to_vec();
    let text = format!("{LEAST}[carrier]\nmcc = \"c\"\nmnc = \"d\"\n");
    let found = read(csv.clone(), mapped(&text)).unwrap();
    assert_eq!(found.rows[0][3], "Vodafone UK");
    let text = text.replace("\"d\"", "\"e\"");
    let said = error(read(csv, mapped(&text))).to_string();
    assert!(
        said.starts_with("carrier: the file has no column of the name \"e\""),
        "{said}"
    );
}

#[test]
fn json_is_mapped_and_what_is_never_met_is_missing() {
    let text = "container = \"json\"\n[number]\ncolumn = \"handset\"\n[sent_at]\ncolumn = \"at\"\n\
        time = \"rfc3339\"\n[kind]\ncolumn = \"purpose\"\n";
    let file = || fixture("mapped-unknown.json");
    let found = read(file(), mapped(text)).unwrap();
    assert_eq!((found.rows.len(), found.rows[1][7].as_str()), (2, "canary"));
    assert_eq!(found.dropped, ["body", "cost"]);
    let text = text.replace("purpose", "Purpose");
    let said = error(read(file(), mapped(&text))).to_string();
    assert_eq!(said, "kind: the file has no column of the name \"Purpose\"");
    let said = error(read(fixture("mapped-local.csv"), mapped(LEAST))).to_string();
    let expected = "number: the file has no column of the name \"a\" (its columns: ";
    assert!(said.starts_with(expected), "{said}");
    let other = IngestError::NotThisContainer { container: "csv" };
    assert_eq!(error(read(file(), mapped(LEAST))), other);
}

#[test]
fn times_are_read_as_the_mapping_says_and_in_no_other_way() {
    for (form, good, bad) in [
        (
            "rfc3339",
            "2024-03-21T22:34:49Z",
            "Thu, 21 Mar 2024 22:34:49 +0000",
        ),
        (
            "rfc2822",
            "Thu, 21 Mar 2024 22:34:49 +0000",
            "2024-03-21T22:34:49Z",
        ),
        ("epoch-seconds", "1711060489", "1711060489000"),
        ("epoch-millis", "1711060489000", "1711060489"),
        (
            "%d/%m/%Y %H:%M:%S %z",
            "21/03/2024 22:34:49 +0000",
            "03/21/2024 22:34:49 +0000",
        ),
    ] {
        let text = format!("{LEAST}time = \"{form}\"\n");
        let csv = format!("a,b\n+12025550142,\"{good}\"\n+12025550142,\"{bad}\"\n");
        let found = read(csv.into_bytes(), mapped(&text)).unwrap();
        assert_eq!(found.rows[0][6], "2024-03-21T22:34:49Z", "{form}");
        assert_eq!(found.rejects, [(3, Some("sent_at"), "bad-time")], "{form}");
    }
    let text = format!("{LEAST}time = \"%d/%m/%Y %H:%M\"\n");
    let csv = b"a,b\n+12025550142,21/03/2024 22:34\n".to_vec();
    assert_eq!(
        error(read(csv, mapped(&text))),
        IngestError::ZoneNeeded { line: 2 }
    );
}

#[test]
fn what_a_mapping_may_not_say_is_named_by_line_and_key() {
    for (text, line, key) in [
        ("", 1, "container"),
        ("container = \"xls\"\n", 1, "container"),
        ("container = 1\n", 1, "container"),
        ("container = \"csv\"\n", 1, "number"),
        (
            "container = \"csv\"\n[number]\ncolumn = \"a\"\n",
            1,
            "sent_at",
        ),
        ("container = \"csv\"\n[number\n", 2, "mapping"),
        ("container = \"csv\"\ncontainer = \"csv\"\n", 2, "mapping"),
        ("number = \"a\"\n", 1, "number"),
        ("[digits]\ncolumn = \"a\"\n", 1, "mapping"),
        ("[time_basis]\ncolumn = \"a\"\n", 1, "mapping"),
        ("[number]\ncolumn = 4\n", 2, "number"),
        ("[number]\ncolumn = \" \"\n", 2, "number"),
        ("[number]\nplace = \"a\"\n", 2, "number"),
        ("[number]\nvalue = \"+12025550142\"\n", 2, "number"),
        ("[number]\n\nform = \"e164\"\n", 3, "number"),
        ("[country]\nform = \"a4\"\n", 2, "country"),
        ("[country]\nvalue = \"Atlantis\"\n", 2, "country"),
        ("[carrier]\nform = \"mnc\"\n", 2, "carrier"),
        ("[kind]\nvalue = \"your code is 123456\"\n", 2, "kind"),
        ("[account]\nvalue = \"\"\n", 2, "account"),
        ("[sent_at]\ntime = \"%Y\"\n", 2, "sent_at"),
        ("[sent_at]\nzone = \"Mars\"\n", 2, "sent_at"),
    ] {
        match refused(text) {
            IngestError::Mapping {
                line: at, key: of, ..
            } => {
                assert_eq!((at, of), (line, key), "{text}");
            }
            other => panic!("{text}: {other}"),
        }
    }
    for (more, key) in [
        ("[user]\ncolumn = \"A\"\n", "user"),
        ("[country]\nform = \"alpha2\"\n", "country"),
        ("[carrier]\nform = \"mcc-mnc\"\n", "carrier"),
        ("[carrier]\nmcc = \"c\"\n", "carrier"),
    ] {
        let text = format!("{LEAST}{more}");
        assert!(
            matches!(refused(&text), IngestError::Mapping { key: of, .. } if of == key),
            "{text}"
        );
    }
    let large = format!("{LEAST}# {}\n", "x".repeat(Mapping::BYTES));
    assert!(matches!(refused(&large), IngestError::Mapping { .. }));
    for column in ["body", "Message Text", "details.body"] {
        let text = format!("{LEAST}[user]\ncolumn = \"{column}\"\n");
        let column = column.to_owned();
        assert_eq!(refused(&text), IngestError::ContentColumn { column });
    }
}

#[test]
fn a_mapping_is_written_in_one_way() {
    assert_eq!(Mapping::parse(LOCAL).unwrap().text(), LOCAL);
    let other = "sent_at = { zone = 'UTC', column = 'b' }\n# a remark\nnumber.column = 'a'\ncontainer = 'csv'";
    let zone = format!("{LEAST}zone = \"UTC\"\n");
    assert_eq!(
        Mapping::parse(other).unwrap().text(),
        Mapping::parse(&zone).unwrap().text()
    );
}

#[test]
fn a_draft_is_a_mapping_that_reads_the_file_it_is_of() {
    let csv = draft(Box::new(Cursor::new(fixture("mapped-local.csv"))), None).unwrap();
    assert_eq!(
        csv,
        r#"# A draft: check and complete it, then admit the file with it.
# docs/mapping.md lists the keys.
container = "csv"

[account]
column = "Kundin"

[number]
column = "Anschluss"

[carrier]
column = "Netz"
form = "mcc-mnc"

[country]
column = "Land"
form = "alpha3"

[sent_at]
column = "Zeitpunkt"
time = "%d.%m.%Y %H:%M:%S"
# The times name no zone; declare it:
# zone = "UTC"

# Message content; never read:
#   Text

# Not read unless you map them:
#   Preis
"#
    );
    let said = csv.replace("# zone", "zone");
    let found = read(fixture("mapped-local.csv"), mapped(&said)).unwrap();
    assert_eq!(found.rows.len(), 3);
    let json = draft(Box::new(Cursor::new(fixture("mapped-unknown.json"))), None).unwrap();
    assert!(
        json.contains("container = \"json\"\n\n[number]\ncolumn = \"handset\""),
        "{json}"
    );
    assert!(
        json.contains("# Message content; never read:\n#   body"),
        "{json}"
    );
    let found = read(fixture("mapped-unknown.json"), mapped(&json)).unwrap();
    assert_eq!((found.rows.len(), found.rejects.len()), (2, 0));
    // Files of known formats too, and packed ones.
    for name in [
        "supplier-csv-good.csv",
        "zip-deflated.zip",
        "twilio-csv-good.csv",
        "duo-v1-good.json",
        "duo-v2-good.json",
    ] {
        let text = draft(Box::new(Cursor::new(fixture(name))), None).unwrap();
        let found = read(fixture(name), mapped(&text)).unwrap();
        assert!(found.rows.len() > 1, "{name}");
    }
}

#[test]
fn no_mapping_is_drafted_of_records_whose_members_are_all_lists() {
    let of = |text: &str| draft(Box::new(Cursor::new(text.to_owned())), None);
    let hit = r#"{"hits":{"hits":[{"_id":"1","fields":{"phone":["+12025550142"],"ts":["2024-03-21T22:34:49Z"]}}]}}"#;
    let refused = of(hit).unwrap_err();
    assert_eq!(refused.kind(), "multi-value");
    assert!(refused.to_string().contains("_source"), "{refused}");
    // A list of numbers beside one time is of one message to several people.
    let several = r#"{"phone":["+12025550142"],"ts":"2024-03-21T22:34:49Z"}"#;
    assert!(of(several).unwrap().contains("phone[]"));
}

#[test]
fn a_draft_says_what_it_does_not_know() {
    let of = |text: &str| draft(Box::new(Cursor::new(text.to_owned())), None).unwrap();
    let either = of("who,when\n+12025550142,01/02/2024 10:00\n");
    assert!(
        either.contains("# time = \"%d/%m/%Y %H:%M\"\n# time = \"%m/%d/%Y %H:%M\""),
        "{either}"
    );
    // Ten digits are a number or a time; neither is guessed.
    let digits = of("one,two\n2065550100,2024-03-21T22:34:49Z\n2065550101,2024-03-21T22:34:50Z\n");
    assert!(!digits.contains("\ntime ="), "{digits}");
    assert!(digits.contains("# Number, or time?") && digits.contains("# column = \"one\""));
    assert!(digits.contains("[sent_at]\ncolumn = \"two\""), "{digits}");
    let sender = of("origin,dest,when,acct\n+14155550101,2065550100,2024/03/21 22:34:10,A\n");
    for line in [
        "[number]\ncolumn = \"dest\"",
        "[sent_at]\ncolumn = \"when\"\ntime = \"%Y/%m/%d %H:%M:%S\"",
        "[account]\ncolumn = \"acct\"",
        "#   origin",
    ] {
        assert!(sender.contains(line), "{sender}");
    }
    let nothing = of("alpha,beta\ncanary,canary\n");
    assert!(
        nothing.contains("# [number]") && nothing.contains("# [sent_at]"),
        "{nothing}"
    );
    assert!(Mapping::parse(&nothing).is_err());
    let data = draft(
        Box::new(Cursor::new("+12025550142,2024-03-21T22:34:49Z\n")),
        None,
    );
    assert_eq!(data.err(), Some(IngestError::NoHeader));
    assert_eq!(
        draft(Box::new(Cursor::new("")), None).err(),
        Some(IngestError::Empty)
    );
}

#[test]
fn a_draft_finds_a_day_and_a_time_of_day_in_two_columns() {
    for (file, keys) in [
        (
            "account,number,date,time\nA,+13035550140,2024-03-21,10:34:49 PM\n",
            "column = \"date\"\ntime_column = \"time\"\ntime = \"%Y-%m-%d %I:%M:%S %p\"\n",
        ),
        (
            "Konto;Rufnummer;Datum;Uhrzeit\nA;+13035550140;21.03.2024;22:34:49\n",
            "column = \"Datum\"\ntime_column = \"Uhrzeit\"\ntime = \"%d.%m.%Y %H:%M:%S\"\n",
        ),
        (
            "time,msisdn,account,day\n22:34:49,+13035550140,A,21-Mar-24\n",
            "column = \"day\"\ntime_column = \"time\"\ntime = \"%d-%b-%y %H:%M:%S\"\n",
        ),
        // Nothing but the cells says so. A length of time is not taken for a time of day.
        (
            "who,alpha,call duration,beta\n+13035550140,21/03/2024,00:00:12,22:34:49\n",
            "column = \"alpha\"\ntime_column = \"beta\"\ntime = \"%d/%m/%Y %H:%M:%S\"\n",
        ),
        // As a spreadsheet writes a day.
        (
            "number,date,time\n+13035550140,2024-03-21 00:00:00,22:34:49\n",
            "column = \"date\"\ntime_column = \"time\"\ntime = \"%Y-%m-%d %H:%M:%S\"\n",
        ),
    ] {
        let text = draft(Box::new(Cursor::new(file)), None).unwrap();
        assert!(text.contains(&format!("[sent_at]\n{keys}")), "{text}");
        let said = text.replace("# zone", "zone");
        let found = read(file.as_bytes().to_vec(), mapped(&said)).unwrap();
        assert_eq!(found.rejects, [], "{file}");
        assert_eq!(found.rows[0][6], "2024-03-21T22:34:49Z", "{file}");
    }
    let either = "number,date,time\n+13035550140,01/02/2024,22:34\n";
    let text = draft(Box::new(Cursor::new(either)), None).unwrap();
    let choices = "# time = \"%d/%m/%Y %H:%M\"\n# time = \"%m/%d/%Y %H:%M\"\n";
    assert!(text.contains(choices), "{text}");
    // A column of whole times is better than two.
    let three = "number,date,time,sent_at\n+13035550140,2024-03-21,22:34,2024-03-21T22:34:49Z\n";
    let text = draft(Box::new(Cursor::new(three)), None).unwrap();
    assert!(
        text.contains("[sent_at]\ncolumn = \"sent_at\"\n# read as"),
        "{text}"
    );
}

#[test]
fn a_draft_says_how_times_are_written() {
    for (cell, keys) in [
        ("1711060489", "time = \"epoch-seconds\"\n"),
        ("1711060489.25", "time = \"epoch-seconds\"\n"),
        ("1711060489123", "time = \"epoch-millis\"\n"),
        ("1711060489123456", "time = \"epoch-micros\"\n"),
        ("1711060489123456789", "time = \"epoch-nanos\"\n"),
        ("3/21/2024 10:34:49 PM", "time = \"%m/%d/%Y %I:%M:%S %p\"\n"),
        (
            "21-MAR-24 10.34.49.000000 PM",
            "time = \"%d-%b-%y %I.%M.%S%.f %p\"\n",
        ),
        ("22:34:49 21.03.2024", "time = \"%H:%M:%S %d.%m.%Y\"\n"),
        (
            "Thu Mar 21 22:34:49 2024",
            "# read as they are written: no key needed\n",
        ),
        (
            "21/Mar/2024:22:34:49 +0000",
            "time = \"%d/%b/%Y:%H:%M:%S %z\"\n",
        ),
        ("20240321223449", "time = \"%Y%m%d%H%M%S\"\n"),
        (
            "Mar 21, 2024, 10:34:49\u{202f}PM",
            "time = \"%b %d, %Y, %I:%M:%S %p\"\n",
        ),
        (
            "2024-03-21T22:34:49Z",
            "# read as they are written: no key needed\n",
        ),
    ] {
        let file = format!("number\tsent_at\n+13035550140\t{cell}\n");
        let text = draft(Box::new(Cursor::new(file.clone())), None).unwrap();
        assert!(
            text.contains(&format!("[sent_at]\ncolumn = \"sent_at\"\n{keys}")),
            "{cell}: {text}"
        );
        let said = text.replace("# zone", "zone");
        let found = read(file.into_bytes(), mapped(&said)).unwrap();
        assert_eq!(found.rows[0][6], "2024-03-21T22:34:49Z", "{text}");
        // By its look alone, ten digits are no time, with `.0` behind them or without.
        let file = format!("number\tx\n+13035550140\t{cell}\n");
        let text = draft(Box::new(Cursor::new(file)), None).unwrap();
        let known = text.contains("[sent_at]\ncolumn = \"x\"");
        assert_eq!(known, cell != "1711060489", "{cell}: {text}");
    }
    for cell in ["2065550100", "2065550100.0", "612345678", "4915155550100"] {
        let file = format!("x,y\n{cell},z\n");
        let text = draft(Box::new(Cursor::new(file)), None).unwrap();
        assert!(
            !text.contains("\ntime =") && text.contains("# [sent_at]"),
            "{text}"
        );
        assert!(text.contains("# column = \"x\""), "{text}");
    }
}

#[test]
fn a_draft_hints_at_the_region_and_the_zone() {
    let of = |text: &str| draft(Box::new(Cursor::new(text.to_owned())), None).unwrap();
    let plain = of("number,Sent (UTC)\n2065550100,2024-03-21 22:34:49\n");
    assert!(
        plain.contains("region=US") && plain.contains("# form = \"international\""),
        "{plain}"
    );
    assert!(plain.contains("column = \"Sent (UTC)\"\n"), "{plain}");
    assert!(plain.contains("\nzone = \"UTC\"\n"), "{plain}");
    let plus = of("number,sent\n+12065550100,2024-03-21 22:34:49\n");
    assert!(!plus.contains("region="), "{plus}");
    assert!(plus.contains("\n# zone = \"UTC\"\n"), "{plus}");
}

#[test]
fn a_draft_looks_into_records_and_not_into_lists_of_their_own() {
    let file = r#"{"to": "+13035550140", "ts": "2024-03-21T22:34:49Z", "events": [{"n": 1}]}
{"to": "+13035550141", "ts": "2024-03-21T22:34:50Z", "events": []}
"#;
    let text = draft(Box::new(Cursor::new(file)), None).unwrap();
    assert!(text.contains("[number]\ncolumn = \"to\""), "{text}");
    let found = read(file.as_bytes().to_vec(), mapped(&text)).unwrap();
    assert_eq!((found.rows.len(), found.rejects), (2, vec![]));
    let pages =
        r#"{"items": []} {"items": [{"to": "+13035550140", "ts": "2024-03-21T22:34:49Z"}]}"#;
    let text = draft(Box::new(Cursor::new(pages)), None).unwrap();
    assert!(text.contains("[number]\ncolumn = \"to\""), "{text}");
}

#[test]
fn a_draft_names_columns_with_marks_in_their_names() {
    let file =
        "N\u{b0} de t\u{e9}l\u{e9}phone,compte,date d'envoi\n+33612345678,A,2024-03-10 11:00:00\n";
    let text = draft(Box::new(Cursor::new(file)), None).unwrap();
    assert!(text.contains("column = \"date d'envoi\""), "{text}");
    let mut declared = mapped(&text);
    declared.zone = Some("UTC".parse().unwrap());
    let found = read(file.as_bytes().to_vec(), declared).unwrap();
    assert_eq!(found.rows[0][6], "2024-03-10T11:00:00Z");
}

#[test]
fn a_draft_knows_the_usual_words() {
    let time = "2024-03-21T22:34:49Z";
    for (field, names) in [
        (
            "number",
            &[
                "handset",
                "Recipient",
                "to",
                "phone_number",
                "Phone No.",
                "Cell #",
                "Mobile",
                "MSISDN",
                "customer.phone",
                "B-Number",
                "Destination Number",
                "Rufnummer",
                "Téléphone",
                "Número",
                "手机号",
            ][..],
        ),
        (
            "carrier",
            &[
                "network",
                "Operator",
                "MNO",
                "Service Provider",
                "Netzbetreiber",
                "Opérateur",
            ],
        ),
        (
            "country",
            &["Country Code", "dest_country", "nation", "Land", "País"],
        ),
        (
            "state",
            &["region", "Province", "State/Province", "US State"],
        ),
        (
            "account",
            &[
                "customer",
                "Tenant ID",
                "organisation",
                "Client Name",
                "Kunde",
                "cliente",
            ],
        ),
        (
            "user",
            &[
                "login",
                "userPrincipalName",
                "Employee ID",
                "email",
                "Benutzer",
                "usuario",
            ],
        ),
    ] {
        for name in names {
            let (also, number) = match field {
                "number" => (String::new(), String::new()),
                _ => (",msisdn".to_owned(), ",+12025550142".to_owned()),
            };
            let cell = match field {
                "number" => "2025550142",
                _ => "north",
            };
            let file = format!("{name},sent_at{also}\n{cell},{time}{number}\n");
            let text = draft(Box::new(Cursor::new(file)), None).unwrap();
            let line = format!("[{field}]\ncolumn = \"{name}\"");
            assert!(text.contains(&line), "{name}: {text}");
        }
    }
    let region = format!("msisdn,sent_at,region\n+12025550142,{time},US\n");
    let region = draft(Box::new(Cursor::new(region)), None);
    assert!(region.unwrap().contains("[country]\ncolumn = \"region\""));
    for name in [
        "from",
        "Sender Number",
        "origin",
        "source.phone",
        "caller_id",
    ] {
        let file = format!("{name},sent_at\n+12025550142,{time}\n");
        let text = draft(Box::new(Cursor::new(file)), None).unwrap();
        assert!(text.contains("# [number]"), "{name}: {text}");
    }
}

proptest! {
    #[test]
    fn no_text_of_a_mapping_panics_or_comes_back(
        start in prop::sample::select(vec!["", LEAST, LOCAL, "[number]\ncolumn = \"", "[sent_at]\ntime = \""]),
        text in "\\PC{0,60}",
    ) {
        let whole = format!("{start}{text}7700900123");
        if let Err(error) = Mapping::parse(&whole) {
            let said = format!("{error} {error:?}");
            prop_assert!(!said.contains("7700900123"), "{}", said);
        }
    }

    #[test]
    fn what_a_mapping_says_is_read_back(column in "[^\\p{C}]{1,20}", account in "[a-z \"\\\\é]{1,20}") {
        let mut text = String::from(LEAST);
        let toml = |text: &str| toml::Value::String(text.to_owned()).to_string();
        text += &format!("[user]\ncolumn = {}\n[account]\nvalue = {}\n", toml(&column), toml(&account));
        if let Ok(mapping) = Mapping::parse(&text) {
            let written = mapping.text();
            prop_assert_eq!(Mapping::parse(&written).unwrap().text(), written);
        }
    }
}

/// Drafts a mapping of the file, declares the zone, and reads the file by it.
#[track_caller]
fn read_by_its_draft(file: &str) -> (String, super::support::Outcome) {
    let text = draft(Box::new(Cursor::new(file.to_owned())), None).unwrap();
    let said = text.replace("\n# zone", "\nzone");
    let read = read(file.as_bytes().to_vec(), mapped(&said));
    (text, read.unwrap_or_else(|error| panic!("{error}: {said}")))
}

#[test]
fn lists_in_lists_make_a_row_for_each_inner_item() {
    let message = |last: u32| {
        format!(
            r#"{{"to": "+130355501{last:02}", "account_sid": "AC{last}", "date_sent": "Thu, 21 Mar 2024 22:34:49 +0000", "body": "x"}}"#
        )
    };
    let file = format!(
        r#"{{"accounts": [{{"name": "Q1", "messages": [{}]}}, {{"name": "Q2", "messages": [{}, {}]}}, {{"name": "Q3", "messages": []}}]}}"#,
        message(1),
        message(2),
        message(3)
    );
    let (text, found) = read_by_its_draft(&file);
    assert!(text.contains("accounts[].messages[].to"), "{text}");
    let numbers = |found: &super::support::Outcome| -> Vec<_> {
        found.rows.iter().map(|row| row[2].clone()).collect()
    };
    let three = ["+13035550101", "+13035550102", "+13035550103"];
    assert_eq!(
        (numbers(&found), found.rejects),
        (three.map(str::to_owned).to_vec(), vec![])
    );
    // What is beside the inner list is of each of its items, before it or behind it.
    let outer = "container = \"json\"\n[account]\ncolumn = \"a[].name\"\n[number]\ncolumn = \"a[].b[].to\"\n\
        [sent_at]\ncolumn = \"t\"\n";
    let file = r#"{"a": [{"name": "Q1", "b": [{"to": "+13035550101"}, {"to": "+13035550102"}]},
        {"b": {"to": "+13035550103"}, "name": "Q2"}, {"name": "Q3", "b": null}], "t": "2024-03-21T22:34:49Z"}"#;
    let found = read(file.as_bytes().to_vec(), mapped(outer)).unwrap();
    let accounts: Vec<_> = found.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(accounts, ["Q1", "Q1", "Q2"]);
    assert_eq!(numbers(&found), three);
    assert_eq!(found.rejects, [(1, Some("number"), "missing-number")]);
    assert_eq!(found.lines, 2);
}

#[test]
fn times_with_the_name_of_a_zone_are_read_by_a_pattern_and_drafted() {
    let file = "account,number,w\nA,+13035550140,03/05/2024 05:34 PM EST\nA,+13035550141,03/21/2024 05:34 PM EDT\n";
    let (text, found) = read_by_its_draft(file);
    assert!(text.contains("time = \"%m/%d/%Y %I:%M %p %Z\""), "{text}");
    let times: Vec<_> = found.rows.iter().map(|row| row[6].as_str()).collect();
    assert_eq!(times, ["2024-03-05T22:34:00Z", "2024-03-21T21:34:00Z"]);
}

#[test]
fn the_numbers_of_a_spreadsheet_are_read_by_a_mapping_that_is_drafted() {
    let file = "account,number,sent_at\nA,+13035550140,45372.9408449074\nA,+13035550141,45372.94084490741\n";
    let (text, found) = read_by_its_draft(file);
    assert!(text.contains("time = \"serial\""), "{text}");
    assert_eq!((found.rows.len(), found.rejects), (2, vec![]));
    assert!(
        found
            .rows
            .iter()
            .all(|row| row[6] == "2024-03-21T22:34:49Z")
    );
    let plain = read(file.as_bytes().to_vec(), Declared::default()).unwrap();
    let kind = "spreadsheet-time";
    assert_eq!(
        plain.rejects,
        [2, 3].map(|line| (line, Some("sent_at"), kind))
    );
}

#[test]
fn a_draft_of_days_alone_says_that_they_are_no_times() {
    let file = "account,number,date\nA,+13035550140,2024-03-21\nA,+13035550141,2024-03-22\n";
    let text = draft(Box::new(Cursor::new(file)), None).unwrap();
    assert!(text.contains("a day alone is no time"), "{text}");
    assert!(Mapping::parse(&text).is_ok(), "{text}");
}

#[test]
fn a_draft_takes_midnights_for_days_where_there_are_times_of_day() {
    let file = "account,number,date,time\nA,+13035550140,2024-03-21 0:00,22:34:49\n\
        A,+13035550141,2024-03-21 00:00:00,\nA,+13035550142,2024-03-21T00:00:00,NULL\n";
    let (text, found) = read_by_its_draft(file);
    assert!(text.contains("time_column = \"time\""), "{text}");
    assert_eq!(
        (found.rows.len(), found.rows[0][6].as_str()),
        (1, "2024-03-21T22:34:49Z")
    );
    let kind = "no-time-of-day";
    assert_eq!(
        found.rejects,
        [3, 4].map(|line| (line, Some("sent_at"), kind))
    );
}

#[test]
fn a_draft_of_calls_says_that_they_are_calls() {
    for reference in ["Call Sid", "Sid"] {
        let file = format!(
            "{reference},Account Sid,From,To,Direction,Start Time\n\
             CA0a,AC1,+13035550101,+13035550102,outbound-api,2024-03-21 22:34:49 UTC\n"
        );
        let (text, found) = read_by_its_draft(&file);
        assert!(text.contains("[kind]\nvalue = \"phone\""), "{text}");
        assert_eq!(found.rows[0][7], "phone");
    }
}

#[test]
fn json_of_no_known_format_is_read_by_the_members_that_are_named() {
    let text = "[{\"to\":\"+13035550101\",\"when\":\"2024-03-21T22:34:47Z\",\"acct\":\"A\",\"x\":{\"id\":7}},\
                {\"to\":\"+13035550102\",\"when\":\"2024-03-21T22:34:48Z\",\"acct\":\"B\"}]";
    let map = |pairs: &[(Field, &str)]| Declared {
        columns: pairs
            .iter()
            .map(|(field, name)| ColumnMapping::new(*field, name).unwrap())
            .collect(),
        ..Declared::default()
    };
    let all = [
        (Field::Number, "to"),
        (Field::SentAt, "when"),
        (Field::Account, "acct"),
    ];
    let found = read(text.into(), map(&all)).unwrap();
    assert_eq!(found.rows.len(), 2);
    assert_eq!(
        (found.rows[1][0].as_str(), found.rows[1][7].as_str()),
        ("B", "sms")
    );
    assert!(
        found.dropped.iter().any(|name| name.starts_with('x')),
        "{:?}",
        found.dropped
    );
    let refused = error(read(text.into(), map(&all[..1])));
    assert_eq!(refused.kind(), "unknown-format");
}
