//! Links: whoever follows one of a page gets there. What the policy refuses somebody is in no menu of theirs, and on no
//! page that they get.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Browser, Incident, Who, body};

/// What an identity that nobody keeps was made with.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The addresses of a page that a reader may follow.
fn links(html: &str) -> BTreeSet<String> {
    let targets = html.split("href=\"").skip(1);
    let targets = targets.map(|rest| rest.split('"').next().unwrap());
    let inside = targets.filter(|to| {
        let ours = to.starts_with("/console") || to.starts_with("/errors");
        ours && !to.ends_with(".css")
    });
    inside
        .map(|to| to.replace("&#38;", "&").replace("&amp;", "&"))
        .map(|to| to.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// Pages that differ by their identifiers and filters alone are one kind: a few of each are enough.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.split('/').map(named).collect();
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap());
    let names: BTreeSet<&str> = names.collect();
    format!("{}?{names:?}", parts.join("/"))
}

/// A part of a path, or what stands for an identifier.
fn named(part: &str) -> &str {
    match part.as_bytes() {
        [_, b'_', ..] => "{}",
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => "{}",
        _ => part,
    }
}

#[test]
fn no_link_of_any_page_that_somebody_reaches_from_home_answers_a_refusal() {
    let incident = Incident::new();
    let subjects = [incident.subject(&incident.log.messages[0].number)];
    incident.ask_reveal(&incident.investigator(), &subjects);
    incident.approved_reveal(&subjects);
    incident.approved_export(&body::export("scope-report", &json!({}), RECIPIENT));
    incident.ask_raise(&incident.investigator(), 5);
    incident.ask_withdrawal_of_a_fresh_one();
    incident.ask_quarantine_of_a_fresh_one();
    incident.ask_membership("somebody.new");
    for who in Who::ALL {
        let browser = Browser::signed_in(&incident, who);
        let why = [
            ("purpose", "scoping"),
            ("reason", body::REASON),
            ("next", "/console"),
        ];
        browser.submit("/console/sitting", &why).assert_status(303);
        let mut seen = BTreeSet::new();
        let mut waits = vec![("/console".to_owned(), String::new())];
        while let Some((path, from)) = waits.pop() {
            let page = browser.get(&path);
            let text = page.text();
            assert_eq!(page.status, 200, "{who:?}: from {from} to {path}: {text}");
            let new = links(&text).into_iter().filter(|to| seen.insert(kind(to)));
            waits.extend(new.map(|to| (to, path.clone())));
        }
        assert!(seen.len() > 5, "{who:?}: {seen:?}");
        // What is one's own is there.
        let home = browser.get("/console").text();
        for (to, may) in [
            ("/console/audit", who == Who::Auditor),
            ("/console/audit/sign-off", who == Who::Auditor),
            (
                "/console/operators",
                matches!(who, Who::Administrator | Who::Lead | Who::SecondLead),
            ),
        ] {
            let there = home.contains(&format!("href=\"{to}\""));
            assert_eq!(there, may, "{who:?} {to}: {home}");
        }
    }
}

#[test]
fn home_leads_straight_to_the_work_and_a_request_to_what_is_done_next() {
    let incident = Incident::new();
    let in_case = |rest: &str| format!("href=\"/console{}\"", incident.of_case(rest));
    for (who, straight) in [
        (Who::Investigator, &["/lookup", "/exports/new"][..]),
        (Who::Lead, &["/lookup", "/exports/new"]),
        (Who::Custodian, &["/exhibits/new"]),
        (Who::Liaison, &["/lookup", "/exports/new"]),
    ] {
        let home = Browser::signed_in(&incident, who).get("/console").text();
        for rest in ["/lookup", "/exports/new", "/exhibits/new"] {
            let there = home.contains(&in_case(rest));
            assert_eq!(there, straight.contains(&rest), "{who:?} {rest}: {home}");
        }
    }
    // Whoever decides an export and hands packages out downloads it from the page of the decision.
    let asked = body::export("scope-report", &json!({}), RECIPIENT);
    let export = incident.ask_export(&incident.investigator(), &asked);
    let path = format!("/console/exports/{export}");
    let download = format!("action=\"{path}/package\"");
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let page = custodian.get(&path).text();
    assert!(
        page.contains("value=\"approve\"") && !page.contains(&download),
        "{page}"
    );
    let yes = [("decision", "approve"), ("reason", body::REASON)];
    let decided = custodian.submit(&path, &yes).assert_status(303);
    let page = custodian.get(decided.header("location").unwrap()).text();
    assert!(page.contains(&download), "{page}");
    // Whoever may do neither sees neither form.
    let asker = Browser::signed_in(&incident, Who::Investigator);
    let page = asker.get(&path).text();
    assert!(
        !page.contains(&download) && !page.contains("value=\"approve\""),
        "{page}"
    );
    assert!(
        page.contains("Who can hand it out: custodian, liaison."),
        "{page}"
    );
}
