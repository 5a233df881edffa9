//! Files of which little can be read, and files that are only looked at.

use super::*;
use crate::operations::exhibit::{AdmitWords, check_file};

/// National numbers without a region, so many, after so many good rows.
fn national(good: usize, bad: usize) -> String {
    let mut file = "account,number,sent_at,kind\n".to_owned();
    for row in 0..good {
        file.push_str(&format!("A,+1303555{row:04},2024-03-01T10:00:00Z,sms\n"));
    }
    for row in 0..bad {
        file.push_str(&format!("A,abc{row:04},2024-03-01T10:00:00Z,sms\n"));
    }
    file
}

impl House {
    fn dry_run(&self, caller: &Caller, file: &str) -> Result<Value, Refusal> {
        let words = AdmitWords {
            dry_run: Some("true".to_owned()),
            ..AdmitWords::default()
        };
        let request = AdmitRequest::read(self.case.clone(), &words).unwrap();
        let file = Box::new(Cursor::new(file.to_owned().into_bytes()));
        let arriving = Arriving::whole(file, None);
        admit(&self.vault, caller, request, arriving, &mut |_| true).map(json_of)
    }
}

#[test]
fn a_file_of_messages_to_the_owner_says_that_it_is_one() {
    let house = House::new();
    let row = "A,+13035550101,2024-03-01T10:00:00Z,sms,inbound\n";
    let file = format!("account,number,sent_at,kind,channel\n{row}{row}{row}");
    let Err(OperationError::NotAdmitted { rule, report }) = house.admit(&file) else {
        panic!("admitted");
    };
    assert!(
        rule.contains("3 are messages that the owner of the log received (inbound)"),
        "{rule}"
    );
    assert_eq!(report["rows"], 0);
}

#[test]
fn a_file_of_which_nothing_can_be_admitted_is_refused_with_its_report_and_may_come_again() {
    let house = House::new();
    let file = national(0, 2);
    let Err(OperationError::NotAdmitted { rule, report }) = house.admit(&file) else {
        panic!("admitted");
    };
    assert!(
        rule.contains("none of the 2 rows") && rule.contains("names the column of the number"),
        "{rule}"
    );
    assert!(!rule.contains("abc"), "{rule}");
    assert_eq!(
        (&report["rows"], &report["readable"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(report["rejects"][0]["line"], 2);
    assert_eq!(report["duplicates"], Value::Null);
    assert!(house.nothing_is_staged());
    let leaf = house.last_leaf();
    assert_eq!(
        (&leaf["outcome"], &leaf["kind"]),
        (&json!("failed"), &json!("not-admitted"))
    );
    // The same bytes again, and again after an admission of no row.
    assert!(matches!(
        house.admit(&file),
        Err(OperationError::NotAdmitted { .. })
    ));
    for _ in 0..2 {
        let report = house.admit_anyway(&file).unwrap();
        assert_eq!(
            (&report["admitted"], &report["quarantined"]),
            (&json!(0), &json!(2))
        );
    }
    assert!(house.nothing_is_staged());
    assert!(house.is_sound());
}

#[test]
fn more_than_a_twentieth_in_quarantine_refuses_a_file_if_it_is_a_hundred_rows() {
    for (good, bad, taken) in [
        (10, 99, true),
        (1900, 100, true),
        (1899, 101, false),
        (0, 1, false),
        (1, 99, true),
    ] {
        let house = House::new();
        let report = house.admit(&national(good, bad));
        assert_eq!(report.is_ok(), taken, "{good} {bad}: {report:?}");
        if !taken {
            let report = house.admit_anyway(&national(good, bad)).unwrap();
            assert_eq!(report["quarantined"], bad);
        }
        assert!(house.nothing_is_staged());
    }
}

#[test]
fn a_refusal_says_the_same_whatever_the_case_holds() {
    let (empty, full) = (House::new(), House::new());
    full.admit(&national(300, 0)).unwrap();
    let file = national(300, 200);
    assert_eq!(empty.admit(&file), full.admit(&file));
    let dry = [&empty, &full].map(|house| house.dry_run(&house.custodian, &file).unwrap());
    assert_eq!(dry[0], dry[1]);
    assert!(
        dry[0]["refused"]
            .as_str()
            .unwrap()
            .contains("200 of 500 rows")
    );
}

#[test]
fn a_dry_run_reads_the_whole_file_and_keeps_nothing() {
    let house = House::new();
    let mut file = rows(0, 250);
    file.push_str("Acme 0,,+1202555****,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,r1\n");
    file.push_str(rows(0, 3).strip_prefix(HEADER).unwrap());
    let report = house.dry_run(&house.custodian, &file).unwrap();
    let expected = json!({
        "rows": 254, "readable": 253, "duplicates": 3, "quarantined": 1, "numbers": 100,
    });
    for (name, count) in expected.as_object().unwrap() {
        assert_eq!(&report[name], count, "{name}");
    }
    assert_eq!(
        report["quarantined_by_kind"],
        json!([{ "kind": "masked", "rows": 1 }])
    );
    assert_eq!(report.get("refused"), None);
    let leaf = house.last_leaf();
    assert_eq!(
        (&leaf["action"], &leaf["outcome"]),
        (&json!("exhibit.check"), &json!("done"))
    );
    assert!(house.nothing_is_staged());
    assert_eq!(house.terms(3), 0);
    // Nobody but a custodian, and a file that cannot be read at all has its leaf too.
    assert!(matches!(
        house.dry_run(&house.lead, &file),
        Err(Refusal::Denied(..))
    ));
    assert_eq!(house.last_leaf()["outcome"], "denied");
    let unread = house.dry_run(&house.custodian, "one,two\n1,2\n");
    assert!(matches!(
        unread,
        Err(Refusal::Failed(OperationError::Unreadable { .. }, _))
    ));
    assert_eq!(house.last_leaf()["action"], "exhibit.check");
    // The same without a vault; afterwards the file can still be admitted.
    let arriving = Arriving::whole(Box::new(Cursor::new(file.clone().into_bytes())), None);
    let alone = check_file(&AdmitWords::default(), arriving, 0.05, &mut |_| true).unwrap();
    assert_eq!(serde_json::to_value(&alone).unwrap(), report);
    assert_eq!(house.admit(&file).unwrap()["admitted"], 250);
}

#[test]
fn a_duo_log_needs_its_account() {
    let house = House::new();
    let log = r#"[{"phone": "+13035550101", "isotimestamp": "2024-03-03T11:00:00+00:00",
        "timestamp": 1709463600, "type": "sms", "context": "authentication"}]"#;
    assert_eq!(house.admit(log).unwrap_err().name(), "account-needed");
    assert!(house.nothing_is_staged());
}
