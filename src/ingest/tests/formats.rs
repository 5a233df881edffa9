//! Each named format: what its fixtures give, what is dropped, and how the format is identified.

use super::support::{Outcome, auto, error, fixture, format, read, zone};
use crate::domain::{Field, Format};
use crate::ingest::{ColumnMapping, Declared, IngestError};

/// Account, user, number, carrier, country, sent_at, kind, channel,
/// message_ref.
fn main_cells(read: &Outcome) -> Vec<String> {
    let rows = read.rows.iter();
    let kept = |row: &[String; 14]| [0, 1, 2, 3, 4, 6, 7, 8, 9].map(|at| row[at].clone());
    rows.map(|row| kept(row).join("|")).collect()
}

#[track_caller]
fn gives(
    name: &str,
    format: Format,
    declared: Declared,
    rows: &[&str],
    others: &[(u64, Option<&'static str>, &'static str)],
) -> Outcome {
    let read = read(fixture(name), declared).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(read.format, format, "{name}");
    assert_eq!(main_cells(&read), rows, "{name}");
    let skipped = |kind: &str| ["inbound", "status-event"].contains(&kind);
    let (others, rejects): (Vec<_>, Vec<_>) = others.iter().partition(|other| skipped(other.2));
    assert_eq!(read.rejects, rejects, "{name}");
    for kind in ["inbound", "status-event"] {
        let counted = read
            .skipped_records
            .iter()
            .find(|(found, _)| *found == kind);
        let expected = others.iter().filter(|other| other.2 == kind).count() as u64;
        assert_eq!(
            counted.map_or(0, |(_, count)| *count),
            expected,
            "{name} {kind}"
        );
    }
    let dropped = |name: &str| read.dropped.iter().any(|dropped| dropped == name);
    assert!(
        read.reject_cells
            .iter()
            .all(|cells| !cells.contains("123456")),
        "{name}"
    );
    if name.starts_with("twilio") || name.starts_with("messagebird") {
        assert!(dropped("body"), "{name}");
    }
    read
}

const AUTO: fn() -> Declared = Declared::default;

#[test]
fn twilio_messages_of_the_api_and_of_a_bulk_export() {
    let account = "AC00000000000000000000000000000001";
    let row = |number: &str, second: u32, id: u32| {
        format!(
            "{account}|none|{number}|||2024-03-21T22:34:{second}Z|sms|outbound-api|\
             SM0000000000000000000000000000000{id}"
        )
    };
    let rows = [
        row("+12025550101", 49, 1),
        row("whatsapp:+447700900102", 50, 2),
        row("+12025550103", 51, 3),
    ];
    let rows = rows.each_ref().map(String::as_str);
    let format = Format::TwilioJson;
    let inbound = [(50, Some("channel"), "inbound")];
    let read = gives("twilio-json-page.json", format, AUTO(), &rows, &inbound);
    assert_eq!(
        read.evidence,
        "its first record has account_sid, date_created, date_sent, direction, sid, to"
    );
    gives(
        "twilio-json-single-objects.json",
        format,
        AUTO(),
        &rows,
        &[],
    );
    gives(
        "twilio-json-bulk-export.ndjson.gz",
        format,
        AUTO(),
        &rows,
        &[],
    );
}

#[test]
fn vonage_reports_have_joined_networks_and_numbers_without_plus() {
    for name in ["vonage-csv-good.csv", "vonage-csv-in-a-zip.zip"] {
        let read = gives(
            name,
            Format::VonageCsv,
            AUTO(),
            &[
                "abcdef01|canary-ref-1|447700900101|Canary Mobile|GB|2024-03-21T22:34:48Z|sms|outbound|0000000A",
                "abcdef01|canary-ref-2|12025550102|999-05|US|2024-03-21T22:34:49Z|sms|outbound|0000000B",
                "abcdef01|none|447700900103|||2024-03-21T22:34:50Z|sms|outbound|0000000C",
            ],
            &[(6, Some("channel"), "inbound")],
        );
        assert!(read.dropped.contains(&"message_body".to_owned()));
        assert!(
            read.evidence
                .starts_with("the header has account_id, message_id")
        );
    }
}

#[test]
fn telnyx_records_have_a_carrier_or_its_network() {
    let account = "00000000-0000-4000-8000-0000000000aa";
    let row = |rest: &str| format!("{account}|none|{rest}");
    let id = "00000000-0000-4000-8000-00000000001";
    let rows = [
        row(&format!(
            "+12025550101|Canary Wireless|US|2024-03-21T22:34:41Z|sms|outbound|{id}1"
        )),
        row(&format!(
            "+12025550102|999-05|US|2024-03-21T22:34:48Z|mms|outbound|{id}2"
        )),
        row(&format!(
            "+14165550103||CA|2024-03-21T22:34:43Z|sms|outbound|{id}3"
        )),
    ];
    let rows = rows.each_ref().map(String::as_str);
    let inbound = [(1, Some("channel"), "inbound")];
    let read = gives("telnyx-good.json", Format::Telnyx, AUTO(), &rows, &inbound);
    assert!(read.dropped.contains(&"webhook_url".to_owned()));
    assert!(read.dropped.contains(&"tags".to_owned()));
}

#[test]
fn bandwidth_has_countries_as_alpha_3() {
    gives(
        "bandwidth-good.json",
        Format::Bandwidth,
        AUTO(),
        &[
            "canary-account|none|+12025550101|Canary Wireless|US|2024-03-21T22:34:41Z|sms|outbound|canary-message-1",
            "canary-account|none|+18765550102|Canary Wireless|JM|2024-03-21T22:34:42Z|sms|outbound|canary-message-2",
            "canary-account|none|+12025550103|Canary Wireless||2024-03-21T22:34:43Z|sms|outbound|canary-message-3",
        ],
        &[(1, Some("channel"), "inbound")],
    );
}

#[test]
fn sinch_reports_may_come_twice_and_without_an_operator() {
    gives(
        "sinch-good.ndjson",
        Format::Sinch,
        AUTO(),
        &[
            "|canary-ref|+447700900101|999-10||2024-03-21T22:34:51Z|sms||01FC66621CANARY1",
            "|canary-ref|+447700900101|999-10||2024-03-21T22:34:59Z|sms||01FC66621CANARY1",
            "|canary-ref|+447700900102|999-10||2024-03-21T22:34:51Z|sms||01FC66621CANARY1",
            "|none|+447700900103|||2024-03-21T22:34:53Z|sms||01FC66621CANARY3",
        ],
        &[],
    );
    let page = auto("sinch-page.json").unwrap();
    assert_eq!((page.format, page.rows.len()), (Format::Sinch, 2));
}

#[test]
fn plivo_times_are_in_the_accounts_zone_and_the_account_in_an_address() {
    let id = "00000000-0000-4000-8000-00000000002";
    let row = |number: &str, time: &str, kind: &str, at: u32| {
        format!("MACANARY|none|{number}|||{time}|{kind}|outbound|{id}{at}")
    };
    let rows = [
        row("12025550101", "2024-03-31T23:59:59Z", "sms", 1),
        row("12025550102", "2024-04-01T00:00:00Z", "mms", 2),
        row("12025550103", "2024-03-21T22:34:49Z", "sms", 3),
    ];
    let rows = rows.each_ref().map(String::as_str);
    let inbound = [(1, Some("channel"), "inbound")];
    let name = "plivo-across-midnight.json";
    gives(name, Format::Plivo, AUTO(), &rows, &inbound);
}

#[test]
fn a_messagebird_message_is_a_row_for_each_recipient() {
    let read = gives(
        "messagebird-fan-out.json",
        Format::MessageBird,
        AUTO(),
        &[
            "|canary-ref-1|12025550101|||2024-03-21T22:34:41Z|sms|mt|canary-mb-1",
            "|canary-ref-1|447700900102|||2024-03-21T22:34:41Z|sms|mt|canary-mb-1",
            "|canary-ref-1|+12025550103|||2024-03-21T22:34:41Z|sms|mt|canary-mb-1",
            "|canary-ref-2|12025550101|||2024-03-21T22:34:42Z|sms|mt|canary-mb-2",
        ],
        &[
            (1, Some("number"), "missing-number"),
            (1, Some("channel"), "inbound"),
        ],
    );
    assert!(read.evidence.contains("recipients.items[].recipient"));
    assert!(read.dropped.contains(&"recipients.items.status".to_owned()));
}

#[test]
fn one_message_to_more_people_than_a_batch_takes_loses_none() {
    let people: Vec<_> = (1..=70_000)
        .map(|at| format!("{{\"recipient\":{at}}}"))
        .collect();
    // Too many for one record, and for one batch.
    let half = |people: &[String]| {
        format!(
            r#"{{"recipients":{{"items":[{}]}},"id":"m","createdDatetime":"2024-03-21T22:34:41Z"}}"#,
            people.join(",")
        )
    };
    let file = half(&people[..40_000]) + &half(&people[40_000..]);
    let read = read(file.into_bytes(), Declared::default()).unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (70_000, 0));
    for (at, row) in (1..).zip(&read.rows) {
        assert_eq!(row[2], format!("{at}"));
    }
}

#[test]
fn the_aws_sns_log_names_no_zone_and_has_zeros_for_a_network_that_failed() {
    let name = "aws-sns-log-good.ndjson";
    assert_eq!(error(auto(name)), IngestError::ZoneNeeded { line: 1 });
    let read = gives(
        name,
        Format::AwsSnsLog,
        zone("UTC"),
        &[
            "|none|+12025550101|Canary Wireless||2024-03-21T22:34:49Z|sms|transactional|canary-sns-1",
            "|none|+12025550102|999-5||2024-03-21T22:34:49Z|sms|transactional|canary-sns-2",
            "|none|+12025550103|||2024-03-21T22:34:49Z|sms|transactional|canary-sns-3",
        ],
        &[],
    );
    assert!(
        read.dropped
            .contains(&"delivery.providerResponse".to_owned())
    );
    assert!(read.rows.iter().all(|row| row[12] == "declared"));
}

#[test]
fn the_aws_sns_csv_has_numbers_with_and_without_plus() {
    gives(
        "aws-sns-csv-good.csv",
        Format::AwsSnsCsv,
        AUTO(),
        &[
            "|none|12025550101|||2024-03-21T22:34:49Z|sms|transactional|canary-sns-1",
            "|none|+12025550102|||2024-03-21T22:34:50Z|sms|promotional|canary-sns-2",
            "|none|447700900103|||2024-03-21T22:34:51Z|sms|transactional|canary-sns-3",
            "|none|447700900103|||2024-03-21T22:34:51Z|sms|transactional|canary-sns-3",
        ],
        &[],
    );
}

#[test]
fn the_events_of_one_aws_message_have_one_time_and_one_reference() {
    let row = |at: u32, carrier: &str, kind: &str| {
        format!(
            "|none|+1425555010{at}|{carrier}|US|2024-03-21T22:34:49Z|{kind}|transactional|\
             canary-eum-{at}"
        )
    };
    let rows = [
        row(1, "Canary Wireless", "sms"),
        row(1, "Canary Wireless", "sms"),
        row(2, "999-05", "sms"),
        row(3, "Canary Wireless", "phone"),
        row(4, "Canary Wireless", "mms"),
    ];
    let rows = rows.each_ref().map(String::as_str);
    let format = Format::AwsEndUserMessaging;
    let other = [(6, Some("kind"), "status-event")];
    let name = "aws-end-user-messaging-several-events.ndjson";
    let read = gives(name, format, AUTO(), &rows, &other);
    assert!(read.dropped.contains(&"context".to_owned()));
    let missing = [1, 2].map(|line| (line, Some("number"), "missing-number"));
    let name = "aws-end-user-messaging-eventbridge-no-number.json";
    gives(name, format, AUTO(), &[], &missing);
}

#[test]
fn pinpoint_events_of_other_channels_are_no_messages() {
    let row = |at: u32, second: u32| {
        format!(
            "canary-account|none|+1425555010{at}|999-05|US|2024-03-21T22:34:{second}Z|sms|\
             transactional|canary-pp-{at}"
        )
    };
    let rows = [row(1, 50), row(1, 50), row(2, 51)];
    let rows = rows.each_ref().map(String::as_str);
    let others = [4, 5].map(|line| (line, Some("kind"), "status-event"));
    let name = "aws-pinpoint-good.ndjson";
    gives(name, Format::AwsPinpoint, AUTO(), &rows, &others);
}

#[test]
fn okta_has_its_number_in_a_target_or_in_the_debug_data() {
    let row = |user: &str, number: &str, second: u32, kind: &str, event: &str| {
        format!(
            "|{user}|{number}|||2024-03-21T22:34:4{second}Z|{kind}|{event}|canary-okta-{second}"
        )
    };
    let user = "canary.user@example.com";
    let verify = "system.sms.send_factor_verify_message";
    let reset = "system.sms.send_password_reset_message";
    let call = "system.voice.send_phone_verification_call";
    let rows = [
        row(user, "+12025550101", 1, "sms", verify),
        row(user, "+447700900102", 2, "sms", reset),
        row(user, "+12025550104", 4, "phone", call),
    ];
    let rows = rows.each_ref().map(String::as_str);
    // With two phones it is unknown which one got the message.
    let rejects = [
        (1, Some("kind"), "status-event"),
        (1, None, "repeated-name"),
    ];
    gives("okta-classic.json", Format::Okta, AUTO(), &rows, &rejects);
    let verification = "system.sms.send_phone_verification_message";
    let rows = [
        row(user, "+12025550101", 1, "sms", verify),
        row(user, "+14165550102", 2, "sms", verification),
        row("none", "+18765550103", 3, "sms", verify),
    ];
    let rows = rows.each_ref().map(String::as_str);
    let other = [(4, Some("kind"), "status-event")];
    let name = "okta-identity-engine.ndjson";
    let read = gives(name, Format::Okta, AUTO(), &rows, &other);
    let calling_code = "debugContext.debugData.countryCallingCode".to_owned();
    assert!(read.dropped.contains(&calling_code), "{:?}", read.dropped);
}

#[test]
fn a_path_into_a_json_record_can_be_mapped_and_a_name_with_dots_too() {
    let mapped = || Declared {
        columns: vec![
            ColumnMapping::new(Field::Channel, "outcome.result").unwrap(),
            ColumnMapping::new(Field::Carrier, "debugContext.debugData.smsProvider").unwrap(),
        ],
        ..Declared::default()
    };
    let read_one = read(fixture("okta-identity-engine.ndjson"), mapped()).unwrap();
    assert_eq!(
        (&*read_one.rows[0][8], &*read_one.rows[0][3]),
        ("success", "CANARY")
    );
    let flat = r#"{"eventType":"system.sms.send_x","published":"2024-03-21T22:34:49Z",
        "debugContext.debugData.phoneNumber":"+12025550101","outcome.result":"SUCCESS",
        "debugContext.debugData.smsProvider":"CANARY"}"#;
    let read_one = read(flat.as_bytes().to_vec(), mapped()).unwrap();
    assert_eq!(
        (&*read_one.rows[0][8], &*read_one.rows[0][2]),
        ("success", "+12025550101")
    );
    for content in ["parts[].text", "message.body", "content.value"] {
        assert!(
            ColumnMapping::new(Field::User, content).is_err(),
            "{content}"
        );
    }
}

#[test]
fn a_name_that_stands_twice_on_the_way_to_a_cell_rejects_the_record() {
    let good = r#""notification":{"messageId":"m","timestamp":"2024-03-21T22:34:49Z"}"#;
    let phone = |last: u32| format!(r#""destination":"+1202555010{last}""#);
    let records = [
        format!("{{{good},\"delivery\":{{{}}}}}", phone(1)),
        format!("{{{good},\"delivery\":{{{}}},\"delivery\":{{}}}}", phone(2)),
        format!("{{{good},\"delivery\":{{{},{}}}}}", phone(3), phone(4)),
        format!("{{{good},\"delivery\":{{\"destination\":[1]}}}}"),
        format!("{{{good},\"delivery\":\"+12025550105\"}}"),
        format!("{{{good},\"delivery\":{{{},\"mcc\":\"\"}}}}", phone(6)),
        format!("{{{good},\"delivery\":{{{},\"mcc\":null}}}}", phone(7)),
        format!("{{{good},\"delivery\":{{{}}}}}", phone(8)),
        format!("{{{good},\"delivery\":{{{}}}}}", phone(9)),
    ];
    let read = read(records.join("\n").into_bytes(), Declared::default()).unwrap();
    let numbers: Vec<_> = read.rows.iter().map(|row| row[2].as_str()).collect();
    let lasts = [1, 6, 7, 8, 9];
    assert_eq!(numbers, lasts.map(|last| format!("+1202555010{last}")));
    assert_eq!(
        read.rejects,
        [
            (2, None, "repeated-name"),
            (3, None, "repeated-name"),
            (4, None, "not-text"),
            (5, Some("number"), "missing-number"),
        ]
    );
}

#[test]
fn a_file_that_fits_two_formats_is_refused_until_one_is_named() {
    for (name, first, second) in [
        ("sinch-or-telnyx.json", Format::Telnyx, Format::Sinch),
        (
            "vonage-or-aws-sns.csv",
            Format::VonageCsv,
            Format::AwsSnsCsv,
        ),
    ] {
        let refused = error(auto(name));
        assert_eq!(
            refused,
            IngestError::AmbiguousFormat { first, second },
            "{name}"
        );
        for named in [first, second] {
            let read = read(fixture(name), format(named)).unwrap();
            assert_eq!((read.format, read.rows.len()), (named, 1), "{name}");
            assert!(read.evidence.starts_with("declared; "), "{name}");
        }
    }
}

#[test]
fn no_good_file_is_taken_for_another_format() {
    for (name, its) in GOOD {
        let read = read(fixture(name), zone("UTC")).unwrap();
        assert_eq!(read.format, its, "{name}");
        for other in Format::ALL.into_iter().filter(|other| *other != its) {
            let declared = Declared {
                format: Some(other),
                ..zone("UTC")
            };
            let refused = super::support::read(fixture(name), declared);
            assert!(refused.is_err(), "{name} as {}", other.as_str());
        }
    }
}

/// A good file of each format other than `supplier-csv`.
pub(super) const GOOD: [(&str, Format); 18] = [
    ("duo-v1-good.json", Format::DuoV1),
    ("duo-v2-good.json", Format::DuoV2),
    ("twilio-csv-good.csv", Format::TwilioCsv),
    ("twilio-json-page.json", Format::TwilioJson),
    ("twilio-json-bulk-export.ndjson.gz", Format::TwilioJson),
    ("vonage-csv-good.csv", Format::VonageCsv),
    ("telnyx-good.json", Format::Telnyx),
    ("bandwidth-good.json", Format::Bandwidth),
    ("sinch-good.ndjson", Format::Sinch),
    ("plivo-across-midnight.json", Format::Plivo),
    ("messagebird-fan-out.json", Format::MessageBird),
    ("aws-sns-log-good.ndjson", Format::AwsSnsLog),
    ("aws-sns-csv-good.csv", Format::AwsSnsCsv),
    (
        "aws-end-user-messaging-several-events.ndjson",
        Format::AwsEndUserMessaging,
    ),
    (
        "aws-end-user-messaging-eventbridge-no-number.json",
        Format::AwsEndUserMessaging,
    ),
    ("aws-pinpoint-good.ndjson", Format::AwsPinpoint),
    ("okta-classic.json", Format::Okta),
    ("okta-identity-engine.ndjson", Format::Okta),
];
