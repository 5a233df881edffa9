//! Exhibits on pages: a file in a form, and its report.

use serde_json::json;

use crate::exhibit::{head, wait_until};
use crate::support::{
    Browser, Incident, PASSWORD, Who, Wire, body, fresh_csv, fresh_csv_with_a_reject, invented,
};

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
    // A button stands behind the file, so the address says which one was pressed.
    let pressed = format!("{path}?dry_run=true");
    let report = browser.upload(&pressed, &fields, &file).assert_status(200);
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

    assert!(
        page.contains("Ask for its withdrawal (110 points)"),
        "{page}"
    );
    assert!(
        !page.contains("Ask for its rows in quarantine"),
        "for leads: {page}"
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
    // After a yes nothing is asked about it any more, and the list says why.
    let lead = Browser::signed_in(&incident, Who::Lead);
    let list = format!("/console{}", incident.of_case("/exhibits"));
    let about = |page: &str, what: &str| page.contains(&format!("/exhibits/{exhibit}/{what}\""));
    let page = lead.get(&list).assert_status(200).text();
    assert!(
        about(&page, "withdrawal") && !page.contains("It was withdrawn"),
        "{page}"
    );
    let withdrawal = to.split_once('?').unwrap().0;
    let yes = [("decision", "approve"), ("reason", body::REASON)];
    lead.submit(withdrawal, &yes).assert_status(303);
    let page = lead.get(&list).assert_status(200).text();
    assert!(
        page.contains("It was withdrawn, so nothing of it counts"),
        "{page}"
    );
    assert!(
        !about(&page, "withdrawal") && !about(&page, "quarantine"),
        "{page}"
    );
}

#[test]
fn a_job_is_listed_at_once_can_be_cancelled_and_runs_once() {
    let incident = Incident::new();
    let list = format!("/console{}", incident.of_case("/exhibits"));
    let watch = format!("/console{}", incident.of_case("/admissions/current"));
    let new = format!("/console{}", incident.of_case("/exhibits/new"));
    let csv = invented(3000, 22).csv;
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    slow.send(&csv[..csv.len() / 2]);
    let status = wait_until(&incident, |status| status["bytes_read"] == csv.len() / 2);
    let exhibit = status["exhibit"].as_str().unwrap();

    // It is in everybody's list, and can be cancelled from there by those who may.
    for (who, may) in [
        (Who::Custodian, true),
        (Who::Lead, true),
        (Who::Investigator, false),
    ] {
        let browser = Browser::signed_in(&incident, who);
        let page = browser.get(&list).assert_status(200).text();
        assert!(page.contains(exhibit), "{who:?}: {page}");
        let cancels = page.contains("Cancel the admission");
        assert_eq!(cancels, may, "{who:?}: {page}");
        assert_eq!(page.contains("Rows read so far"), may, "{who:?}: {page}");
        assert_eq!(page.contains("Who can cancel it"), !may, "{page}");
    }
    // Watched without a script: the browser asks again by itself until it is told not to.
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let page = custodian.get(&watch).assert_status(200);
    let again = page.header("refresh").unwrap();
    let (seconds, to) = again.split_once("; url=").unwrap();
    assert_eq!(to, watch);
    assert!(
        (2..=20).contains(&seconds.parse::<u32>().unwrap()),
        "{again}"
    );
    assert!(page.text().contains("<progress"), "{}", page.text());
    let still = custodian
        .get(&format!("{watch}?still=1"))
        .assert_status(200);
    assert!(still.header("refresh").unwrap().contains("sign-in"));

    // Sent a second time while it runs, it does not run twice.
    let wet = [("dry_run", "false"), ("source", "the supplier")];
    let twice = custodian.upload(&new, &wet, &csv).assert_status(409).text();
    assert!(twice.contains("is being admitted"), "{twice}");
    assert!(twice.contains("value=\"the supplier\""), "{twice}");

    // Somebody who may not cancel it does not; a lead does.
    let investigator = Browser::signed_in(&incident, Who::Investigator);
    let refused = investigator.submit(&watch, &[]).assert_status(403).text();
    assert!(refused.contains("Who can: lead, custodian."), "{refused}");
    let lead = Browser::signed_in(&incident, Who::Lead);
    let cancelled = lead.submit(&watch, &[]).assert_status(303);
    let leaf = incident.leaf(cancelled.leaf().unwrap());
    assert_eq!(leaf["action"], "admission.cancel");
    let answer = slow.read_all();
    assert!(answer.contains("/errors#admission-cancelled"), "{answer}");
    wait_until(&incident, |status| status["state"] == "none");
    let page = lead.get(&watch).assert_status(200);
    assert!(page.text().contains("No file is being admitted"));
    assert!(page.header("refresh").unwrap().contains("sign-in"));
    assert_eq!(incident.exhibits().len(), 1);

    // Admitted once, however often the form is sent.
    custodian.upload(&new, &wet, &csv).assert_status(200);
    let again = custodian.upload(&new, &wet, &csv).assert_status(409).text();
    assert!(
        again.contains("was admitted to this case already"),
        "{again}"
    );
    assert_eq!(incident.exhibits().len(), 2);
}

#[test]
fn columns_are_looked_at_mapped_and_tried_in_one_form() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let file = b"Wer;Wann;Bemerkung\n+44 7700 900001;21.03.2024 22:34;north wing\n";
    let unknown = browser.upload(&path, &[("dry_run", "true")], file);
    let unknown = unknown.assert_status(422).text();
    assert!(unknown.contains("Wer, Wann, Bemerkung"), "{unknown}");
    assert!(unknown.contains("drafts a mapping here"), "{unknown}");

    let looks = [
        ("dry_run", "columns"),
        ("zone", "Europe/Vienna"),
        ("account", "acme"),
    ];
    let page = browser.upload(&path, &looks, file).assert_status(200);
    assert!(page.leaf().is_some());
    let page = page.text();
    for shown in [
        "The columns of the file",
        "phone numbers with a plus or a calling code",
        "times without a zone, written as %d.%m.%Y %H:%M",
        "[number]",
        "value=\"Europe/Vienna\"",
        "Choose the file again.",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for cell in ["7700", "north wing", "22:34"] {
        assert!(!page.contains(cell), "{cell}: {page}");
    }
    // The draft, as the form would send it back.
    let (_, mapping) = page.split_once("id=\"mapping\"").unwrap();
    let mapping = mapping.split_once('>').unwrap().1;
    let mapping = mapping.split_once("</textarea>").unwrap().0;
    let mapping = mapping.replace("&#34;", "\"").replace("&quot;", "\"");
    let forgotten = [("dry_run", "true"), ("mapping", mapping.as_str())];
    let refused = browser.upload(&path, &forgotten, file).assert_status(422);
    let tick = "Tick 'Read it by this mapping' below.";
    assert!(refused.text().contains(tick), "{}", refused.text());
    assert!(!page.contains(tick) && !unknown.contains(tick), "{page}");
    let mapped = [
        ("dry_run", "true"),
        ("mapped", "true"),
        ("mapping", mapping.as_str()),
        ("zone", "Europe/Vienna"),
        ("account", "acme"),
    ];
    let report = browser.upload(&path, &mapped, file).assert_status(200);
    let report = report.text();
    assert!(report.contains("this is a report only"), "{report}");
    assert!(
        report.contains("<dt>Can be read</dt><dd>1</dd>"),
        "{report}"
    );
    assert!(report.contains("name=\"mapped\" value=\"true\" checked"));
    assert_eq!(incident.exhibits().len(), 1);
}

#[test]
fn two_exhibits_are_compared_at_a_price_that_is_said_beforehand() {
    let incident = Incident::new();
    let first = incident.first_exhibit();
    let other = incident.admit(&fresh_csv()).assert_status(201);
    let other = other.member("exhibit");
    let path = format!(
        "/console{}",
        incident.of_case(&format!("/exhibits/{other}/difference"))
    );
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let list = format!("/console{}", incident.of_case("/exhibits"));
    let list = browser.get(&list).assert_status(200).text();
    assert!(list.contains(&format!("href=\"{path}\"")), "{list}");
    let left = || {
        let me = incident.investigator().get("/me").assert_status(200).json();
        me["cases"][0]["lookup_budget"].as_u64().unwrap()
    };
    let before = left();
    let form = browser.get(&path).assert_status(200).text();
    assert!(form.contains("It costs 100 points"), "{form}");
    assert!(form.contains("Compare for 100 points"), "{form}");
    assert!(form.contains(&format!("value=\"{first}\"")), "{form}");
    assert_eq!(left(), before, "the form costs nothing");
    let compared = browser.submit(&path, &[("against", first.as_str())]);
    let page = compared.assert_status(200).text();
    let api = incident
        .lead()
        .get(&incident.of_case(&format!("/exhibits/{other}/difference?against={first}")));
    let api = api.assert_status(200).json();
    for (name, count) in [
        ("New numbers", &api["numbers"]["new"]),
        ("Gone numbers", &api["numbers"]["gone"]),
        ("In both", &api["numbers"]["unchanged"]),
        ("In no earlier exhibit", &api["newly_exposed"]),
    ] {
        let shown = format!("<dt>{name}</dt><dd>{count}</dd>");
        assert!(page.contains(&shown), "{shown}: {page}");
    }
    assert_eq!(left(), before - 100);
    // What is wrong is named, and what was typed is kept.
    let wrong = browser.submit(&path, &[("against", "nothing")]);
    let wrong = wrong.assert_status(422).text();
    assert!(wrong.contains("value=\"nothing\""), "{wrong}");
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let refused = custodian.submit(&path, &[("against", first.as_str())]);
    let refused = refused.assert_status(403).text();
    assert!(
        refused.contains("Who can: investigator, lead."),
        "{refused}"
    );
}

#[test]
fn what_was_said_of_a_file_survives_the_sessions_end() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    browser.get(&path).assert_status(200);
    incident.clock.advance_seconds(9 * 3600);
    let fields = [
        ("source", "the supplier"),
        ("zone", "Europe/Vienna"),
        ("map", "number=Tel"),
        ("dry_run", "true"),
    ];
    let ended = browser.upload(&path, &fields, &fresh_csv());
    let text = ended.assert_status(401).text();
    assert!(text.contains("The session has ended."), "{text}");
    assert!(text.contains("name=\"keep.zone\" value=\"Europe/Vienna\""));
    assert!(!text.contains("7700"), "{text}");
    let fields = [
        ("name", Who::Custodian.name()),
        ("password", PASSWORD),
        ("next", path.as_str()),
        ("keep.source", "the supplier"),
        ("keep.zone", "Europe/Vienna"),
        ("keep.map", "number=Tel"),
    ];
    let signed_in = browser.submit("/console/sign-in", &fields);
    let next = signed_in
        .assert_status(303)
        .header("location")
        .unwrap()
        .to_owned();
    let form = browser.get(&next).assert_status(200).text();
    for kept in [
        "value=\"the supplier\"",
        "value=\"Europe/Vienna\"",
        ">number=Tel</textarea>",
    ] {
        assert!(form.contains(kept), "{kept}: {form}");
    }
}
