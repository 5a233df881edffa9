//! The audit log on pages.

use crate::support::{Browser, Incident, Who, body};

#[test]
fn an_auditor_filters_leaves_by_the_address_and_reads_what_one_commits_to() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let looked_up = incident.look_up(&incident.investigator(), &[&number]);
    let leaf = looked_up.assert_status(200).leaf().unwrap();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let page = auditor.get("/console/audit?action=record.lookup&outcome=done&operator=");
    let text = page.assert_status(200).text();
    assert!(
        text.contains(&format!("href=\"/console/audit/leaves/{leaf}\"")),
        "{text}"
    );
    assert!(text.contains("value=\"record.lookup\" selected"), "{text}");
    assert!(!text.contains("<td>case.open</td>"), "{text}");
    let page = auditor
        .get(&format!("/console/audit/leaves/{leaf}"))
        .assert_status(200);
    let text = page.text();
    assert!(
        text.contains(body::REASON) && text.contains("record.lookup"),
        "{text}"
    );
    assert!(!text.contains(&number[1..]), "{text}");
}

#[test]
fn leaves_are_paged_by_the_server() {
    let incident = Incident::new();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let text = auditor
        .get("/console/audit?limit=3")
        .assert_status(200)
        .text();
    assert_eq!(text.matches("href=\"/console/audit/leaves/").count(), 3);
    let (_, next) = text.split_once("rel=\"next\" href=\"").unwrap();
    let next = next
        .split_once('"')
        .unwrap()
        .0
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(next.starts_with("/console/audit?limit=3&cursor="), "{next}");
    let second = auditor.get(&next).assert_status(200).text();
    assert_eq!(second.matches("href=\"/console/audit/leaves/").count(), 3);
    assert_ne!(second, text);
}

#[test]
fn a_stretch_is_signed_off_and_shown_as_signed_off() {
    let incident = Incident::new();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let fields = [("size", "2"), ("reason", body::REASON)];
    let signed = auditor
        .submit("/console/audit/sign-off", &fields)
        .assert_status(303);
    let leaf = signed.leaf().unwrap();
    let form = auditor.get("/console/audit/sign-off?action=audit.sign-off&limit=5");
    let text = form.assert_status(200).text();
    assert!(
        text.contains(&format!("href=\"/console/audit/leaves/{leaf}\"")),
        "{text}"
    );
    let beyond = [("size", "1000000"), ("reason", body::REASON)];
    let refused = auditor
        .submit("/console/audit/sign-off", &beyond)
        .assert_status(422);
    assert!(
        refused
            .text()
            .contains(&format!(">{}</textarea>", body::REASON))
    );
}

#[test]
fn audit_results_leave_as_csv_and_ndjson_with_leaf_numbers() {
    let incident = Incident::new();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let filter = "action=case.open&outcome=done";
    let page = auditor
        .get(&format!("/console/audit?{filter}"))
        .assert_status(200);
    let link = "href=\"/console/audit/leaves.csv?action=case.open&#38;outcome=done\"";
    let text = page.text().replace("&amp;", "&#38;");
    assert!(text.contains(link), "{text}");
    let sheet = auditor
        .get(&format!("/console/audit/leaves.csv?{filter}"))
        .assert_status(200);
    assert_eq!(
        sheet.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        sheet.header("content-disposition"),
        Some("attachment; filename=\"leaves.csv\"")
    );
    assert!(sheet.leaf().is_some());
    let mut rows = csv::Reader::from_reader(sheet.body.as_slice());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let lines = auditor
        .get(&format!("/console/audit/leaves.ndjson?{filter}"))
        .assert_status(200);
    let lines = lines.text();
    let leaves: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!rows.is_empty());
    assert_eq!(rows.len(), leaves.len());
    for (row, leaf) in rows.iter().zip(&leaves) {
        assert_eq!(row[0], leaf["seq"].to_string());
        assert_eq!(&row[2], "case.open");
        let read = incident.leaf(leaf["seq"].as_u64().unwrap());
        assert_eq!(&read, leaf);
    }
}
