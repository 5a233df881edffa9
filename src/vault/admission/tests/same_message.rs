//! What makes two rows one message, in one file and across exhibits.

use super::*;
use crate::domain::{AccountName, ExhibitId, Format};
use crate::ingest::Mapping;
use crate::operations::Ids;
use crate::operations::exhibit::ListDuplicates;

const REFERENCED: &str = "account,number,sent_at,kind,message_ref\n";
const PLAIN: &str = "account,number,sent_at,kind\n";

fn file(header: &str, rows: &[&str]) -> String {
    let mut file = header.to_owned();
    for row in rows {
        file.push_str(row);
        file.push('\n');
    }
    file
}

/// Admitted and duplicates, of the file and of the case.
fn counts(report: &Value) -> (u64, u64) {
    let count = |name: &str| report[name].as_u64().unwrap();
    (count("admitted"), count("duplicates"))
}

fn row(time: &str, reference: &str) -> String {
    format!("A,+13035550101,{time},sms,{reference}")
}

impl House {
    fn admitted(&self, header: &str, rows: &[String]) -> (u64, u64) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let report = self.admit(&file(header, &rows)).unwrap();
        counts(&self.seen(&report))
    }

    fn admit_as(&self, file: &str, declared: Declared) -> Result<Value, OperationError> {
        let file = Box::new(Cursor::new(file.to_owned().into_bytes()));
        let report = self.send(file, declared, &mut |_| true, |_| {})?;
        Ok(self.seen(&report))
    }

    pub(super) fn duplicates(
        &self,
        caller: &Caller,
        exhibit: &Value,
        of: &str,
    ) -> Result<Value, Refusal> {
        let exhibit: ExhibitId = exhibit.as_str().unwrap().parse().unwrap();
        let ids = [
            ("case", self.case.to_string()),
            ("exhibit", exhibit.to_string()),
        ];
        let ids = Ids::new(ids.map(|(name, id)| (name.to_owned(), id)).to_vec());
        let input = serde_json::from_value(json!({ "of": of })).unwrap();
        let operation = ListDuplicates::read(&ids, input).ok().unwrap();
        self.vault.perform(caller, operation).map(json_of)
    }
}

#[test]
fn what_stands_for_no_reference_or_was_rounded_makes_nobody_one_message() {
    for reference in [
        "NULL",
        "N/A",
        "-",
        "\\N",
        "nan",
        "unknown",
        "0",
        "1.23457E+18",
        "\"1,23457E+18\"",
    ] {
        let house = House::new();
        let rows = [3, 7, 9].map(|day| row(&format!("2024-03-{day:02}T11:00:00Z"), reference));
        assert_eq!(house.admitted(REFERENCED, &rows), (3, 0), "{reference}");
    }
}

#[test]
fn one_reference_at_other_times_is_another_message_in_a_suppliers_csv() {
    let house = House::new();
    let rows = [3, 7, 9].map(|day| row(&format!("2024-03-{day:02}T11:00:00Z"), "MFA-MARCH"));
    assert_eq!(house.admitted(REFERENCED, &rows), (3, 0));
    // The same in a later exhibit, in another spelling of the time, and one more.
    let again = [
        row("2024-03-03T12:00:00+01:00", "MFA-MARCH"),
        row("2024-03-07T11:00:00.250Z", "MFA-MARCH"),
        row("2024-03-07T11:00:01Z", "MFA-MARCH"),
    ];
    assert_eq!(house.admitted(REFERENCED, &again), (1, 2));
    assert!(house.is_sound());
}

#[test]
fn a_documented_id_is_one_message_whatever_the_time() {
    let house = House::new();
    let log = |times: [&str; 2]| {
        let [one, two] = times;
        format!(
            r#"{{"items": [{{"phone": "+13035550101", "ts": "{one}", "type": "sms", "telephony_id": "t-1"}},
            {{"phone": "+13035550101", "ts": "{two}", "type": "sms", "telephony_id": "t-1"}}]}}"#
        )
    };
    let declared = || Declared {
        format: Some(Format::DuoV2),
        account: AccountName::parse("A").ok(),
        ..Declared::default()
    };
    let first = log(["2024-03-03T11:00:00Z", "2024-03-03T11:00:05Z"]);
    let report = house.admit_as(&first, declared()).unwrap();
    assert_eq!(counts(&report), (1, 1));
    let list = house.duplicates(&house.custodian, &report["exhibit"], "file");
    assert_eq!(
        list.unwrap()["by_rule"],
        json!([{ "rule": "reference", "rows": 1 }])
    );
    let later = log(["2024-03-03T12:00:00Z", "2024-03-03T11:00:05Z"]);
    let report = house.admit_as(&later, declared()).unwrap();
    assert_eq!(counts(&report), (0, 2));
    // The same id of another customer is another message, and so is one of a customer who is not known.
    let of_another = Declared {
        account: AccountName::parse("Other").ok(),
        ..declared()
    };
    let of_them = format!("{later}\n");
    assert_eq!(
        counts(&house.admit_as(&of_them, of_another).unwrap()),
        (1, 1)
    );
    // A supplier's CSV with the same reference is compared with its time too.
    let rows = [
        row("2024-03-03T11:00:00Z", "t-1"),
        row("2024-03-03T11:00:05Z", "t-1"),
    ];
    assert_eq!(house.admitted(REFERENCED, &rows), (1, 1));
    // And a log of documented ids finds what the CSV had.
    let log = log(["2024-03-03T11:00:05Z", "2024-03-03T11:00:05Z"]).replace("t-1", "t-2");
    house.admitted(REFERENCED, &[row("2024-03-03T11:00:05Z", "t-2")]);
    let report = house.admit_as(&log, declared()).unwrap();
    assert_eq!(counts(&report), (0, 2));
    assert!(house.is_sound());
}

#[test]
fn the_same_reference_of_two_accounts_is_two_messages() {
    let house = House::new();
    let of = |account: &str| format!("{account},+13035550101,2024-03-03T11:00:00Z,sms,r-1");
    let rows = [of("A"), of("B"), of("A"), of("")];
    assert_eq!(house.admitted(REFERENCED, &rows), (3, 1));
    // In a later exhibit the same holds.
    assert_eq!(
        house.admitted(REFERENCED, &[of("B"), of("C"), of("")]),
        (1, 2)
    );
    assert!(house.is_sound());
}

#[test]
fn the_coarser_of_two_times_decides_where_there_is_a_reference() {
    let house = House::new();
    let rows = [
        row("2024-03-10T11:00:00.100Z", "r"),
        row("2024-03-10T11:00:00.900Z", "r"),
        row("2024-03-10T11:00:00.900Z", "r"),
        // Written to the second: it may be either of them.
        row("2024-03-10T11:00:00Z", "r"),
        row("2024-03-10T11:00:07Z", "r"),
        row("2024-03-10T11:00:07.5Z", "r"),
    ];
    assert_eq!(house.admitted(REFERENCED, &rows), (3, 3));
    // A copy that lost its seconds, as spreadsheets do.
    let copy = [row("2024-03-10T11:00Z", "r"), row("2024-03-10T11:01Z", "r")];
    assert_eq!(house.admitted(REFERENCED, &copy), (1, 1));
    // And the other way round: the copy came first.
    let house = House::new();
    assert_eq!(house.admitted(REFERENCED, &copy), (2, 0));
    assert_eq!(house.admitted(REFERENCED, &rows[..2]), (0, 2));
    let other = [row("2024-03-10T11:00:30Z", "other")];
    assert_eq!(house.admitted(REFERENCED, &other), (1, 0));
    assert!(house.is_sound());
}

#[test]
fn a_pattern_says_how_fine_a_time_is() {
    let house = House::new();
    let admitted = |time: &str, pattern: &str| {
        let mapping = format!(
            "container = \"csv\"\n[account]\ncolumn = \"account\"\n[number]\ncolumn = \"number\"\n[sent_at]\n\
             column = \"t\"\ntime = \"{pattern}\"\nzone = \"UTC\"\n[message_ref]\ncolumn = \"r\"\n"
        );
        let declared = Declared {
            mapping: Some(Mapping::parse(&mapping).unwrap()),
            ..Declared::default()
        };
        let file = format!("account,number,t,r\nA,+12025550114,{time},r1\n");
        counts(&house.admit_as(&file, declared).unwrap())
    };
    // Written with dots: to the minute, and to the second of the same minute.
    assert_eq!(admitted("10.03.2024 11.00", "%d.%m.%Y %H.%M"), (1, 0));
    assert_eq!(admitted("10.03.2024 11.00.37", "%d.%m.%Y %H.%M.%S"), (0, 1));
    assert_eq!(admitted("10.03.2024 11.01.37", "%d.%m.%Y %H.%M.%S"), (1, 0));
}

#[test]
fn in_one_file_a_time_to_the_minute_is_compared_by_its_minute_and_others_by_their_second() {
    let rows = [
        row("2024-03-10T11:00:07Z", "r"),
        // A copy of it, which is not kept and therefore hides no other row.
        row("2024-03-10T11:00Z", "r"),
        row("2024-03-10T11:00:09Z", "r"),
        row("2024-03-10T11:01Z", "r"),
        row("2024-03-10T11:01:30.5Z", "r"),
        row("2024-03-10T11:01Z", "r"),
        row("2024-03-10T11:01:30Z", "another"),
    ];
    let house = House::new();
    assert_eq!(house.admitted(REFERENCED, &rows), (4, 3));
    // That one time of an exhibit has no second makes no other time of it coarser.
    let later = [
        row("2024-03-10T11:00:08Z", "r"),
        row("2024-03-10T11:00:09Z", "r"),
        row("2024-03-10T11:01:31Z", "r"),
        row("2024-03-10T11:00Z", "r"),
    ];
    assert_eq!(house.admitted(REFERENCED, &later), (1, 3));
    assert!(house.is_sound());
}

#[test]
fn without_a_reference_rows_that_differ_in_the_file_are_two_messages() {
    let house = House::new();
    let times = [
        "2024-03-10T11:00:00.100Z",
        "2024-03-10T11:00:00.350Z",
        "2024-03-10T11:00:00.900Z",
        "2024-03-10T11:00:00Z",
        "2024-03-10T11:00:00.000Z",
        "2024-03-10T11:00:00.9Z",
        "2024-03-10T11:00:00Z",
    ];
    let rows = times.map(|time| format!("A,+13035550106,{time},sms"));
    // The last three say again what was said.
    assert_eq!(house.admitted(PLAIN, &rows), (4, 3));
    // The other order.
    let house = House::new();
    let mut turned = rows.clone();
    turned.reverse();
    assert_eq!(house.admitted(PLAIN, &turned), (4, 3));
    // Against earlier exhibits whole seconds count: fractions are not kept.
    assert_eq!(house.admitted(PLAIN, &rows), (0, 7));
    let later = ["A,+13035550106,2024-03-10T11:00:01.100Z,sms".to_owned()];
    assert_eq!(house.admitted(PLAIN, &later), (1, 0));
    assert!(house.is_sound());
}

#[test]
fn what_was_left_out_is_counted_by_rule_and_listed_by_line() {
    let house = House::new();
    let rows = [
        row("2024-03-10T11:00:00Z", "a"),
        row("2024-03-10T11:00:00Z", "a"),
        row("2024-03-10T11:00:00Z", "-"),
        row("2024-03-10T11:00:00Z", "b"),
        row("2024-03-10T11:00:00Z", "NULL"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let report = house.admit(&file(REFERENCED, &rows)).unwrap();
    let by_rule = json!([
        { "rule": "reference-and-time", "rows": 1 },
        { "rule": "whole-row", "rows": 1 },
    ]);
    assert_eq!(report["duplicates_by_rule"], by_rule);
    for caller in [&house.lead, &house.custodian] {
        let list = house
            .duplicates(caller, &report["exhibit"], "file")
            .unwrap();
        assert_eq!(list["by_rule"], by_rule);
        assert_eq!(
            list["lines"],
            json!([
                { "line": 3, "rule": "reference-and-time" },
                { "line": 6, "rule": "whole-row" },
            ])
        );
        assert_eq!(list.get("next"), None);
        assert_eq!(house.last_leaf()["action"], "exhibit.duplicates");
    }
    // The same again after a line of another kind, which is new: now it is the case that has them.
    let rows = [
        rows[2],
        rows[0],
        "A,+13035550101,never,sms,c",
        rows[3],
        rows[0],
    ];
    let report = house.admit(&file(REFERENCED, &rows)).unwrap();
    let list = |of: &str| house.duplicates(&house.lead, &report["exhibit"], of);
    let lines = |of: &str| list(of).unwrap()["lines"].clone();
    assert_eq!(
        lines("case"),
        json!([
            { "line": 2, "rule": "whole-row" },
            { "line": 3, "rule": "reference-and-time" },
            { "line": 5, "rule": "reference-and-time" },
        ])
    );
    let within = json!([{ "line": 6, "rule": "reference-and-time" }]);
    assert_eq!(lines("file"), within);
    assert!(house.is_sound());
    house.damage("UPDATE duplicate SET sealed = zeroblob(length(sealed))");
    let damaged = house.duplicates(&house.lead, &report["exhibit"], "file");
    assert!(matches!(
        damaged,
        Err(Refusal::Failed(OperationError::Damaged { .. }, _))
    ));
    assert!(!house.is_sound());
}
