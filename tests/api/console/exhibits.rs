//! Exhibits on pages: a file in a form, and its report.

use serde_json::json;

use crate::support::{Browser, Incident, Who, body, fresh_csv, fresh_csv_with_a_reject};

#[test]
fn a_file_is_reported_on_and_then_admitted_by_the_same_form() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    browser.get(&path).assert_status(200);
    let before = incident.exhibits().len();
    let file = fresh_csv_with_a_reject();
    let fields = [
        ("name", ""),
        ("source", "the supplier"),
        ("format", "auto"),
        ("zone", ""),
    ];
    let dry = [&fields[..], &[("dry_run", "true")]].concat();
    let report = browser.upload(&path, &dry, &file).assert_status(200);
    let text = report.text();
    assert!(
        text.contains("Nothing was admitted: this is a report only"),
        "{text}"
    );
    assert!(text.contains("Rows that could not be read"), "{text}");
    assert!(report.leaf().is_some());
    assert_eq!(incident.exhibits().len(), before);

    let wet = [&fields[..], &[("dry_run", "false")]].concat();
    let admitted = browser.upload(&path, &wet, &file).assert_status(200);
    let text = admitted.text();
    assert!(text.contains("The file was admitted"), "{text}");
    assert!(admitted.leaf().is_some());
    let exhibits = incident.exhibits();
    let new = exhibits.last().unwrap();
    assert_eq!(exhibits.len(), before + 1);
    assert!(text.contains(new["exhibit"].as_str().unwrap()), "{text}");
    assert_eq!(new["name"], "log of march.csv");
    assert_eq!(new["source"], "the supplier");

    let list = format!("/console{}", incident.of_case("/exhibits"));
    let page = browser.get(&list).assert_status(200).text();
    assert!(
        page.contains("log of march.csv") && page.contains("from the supplier"),
        "{page}"
    );

    // The same file again: the form is shown once more, with what was typed.
    let again = browser.upload(&path, &wet, &file).assert_status(409).text();
    assert!(
        again.contains("This file was admitted to this case already."),
        "{again}"
    );
    assert!(again.contains("value=\"the supplier\""), "{again}");
    assert!(again.contains("Choose the file again."), "{again}");
}

#[test]
fn a_file_of_which_too_little_can_be_read_is_refused_with_its_report() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let mut file = b"account,number,carrier,country,state,sent_at,kind\n".to_vec();
    for _ in 0..200 {
        file.extend(b"one,not a number at all,Mobile,GB,,2024-03-10T12:00:00Z,sms\n");
    }
    let refused = browser
        .upload(&path, &[("dry_run", "false")], &file)
        .assert_status(422);
    let text = refused.text();
    assert!(text.contains("nothing of it was admitted"), "{text}");
    assert!(text.contains("Rows that could not be read"), "{text}");
    assert!(!text.contains("not a number at all"), "{text}");
    assert!(refused.leaf().is_some());
}

#[test]
fn a_file_without_the_forms_token_or_without_a_file_is_refused_with_a_leaf() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let file = fresh_csv();
    for fields in [&[("dry_run", "true")][..], &[("form_token", "x")]] {
        let refused = browser.upload_with(&path, fields, &file).assert_status(403);
        assert!(refused.leaf().is_some(), "{fields:?}");
    }
    let refused = browser
        .submit(&path, &[("dry_run", "true")])
        .assert_status(415);
    assert!(refused.leaf().is_some());
}

#[test]
fn what_is_asked_about_an_exhibit_waits_for_somebody_else() {
    let incident = Incident::new();
    let exhibit = incident.first_exhibit();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!(
        "/console{}",
        incident.of_case(&format!("/exhibits/{exhibit}/withdrawal"))
    );
    let asked = browser
        .submit(&path, &[("reason", body::REASON)])
        .assert_status(303);
    let to = asked.header("location").unwrap();
    let page = browser.get(to).assert_status(200).text();
    assert!(
        page.contains(&exhibit) && page.contains("You asked for it"),
        "{page}"
    );
    let again = browser
        .submit(&path, &[("reason", "short")])
        .assert_status(422)
        .text();
    assert!(again.contains(">short</textarea>"), "{again}");
    let opened = incident.lead().get("/inbox").assert_status(200).json();
    assert_eq!(opened["waiting"][0]["kind"], json!("withdrawal"));
}
