//! Records on a page: filters and pages are the server's, and stand in the address.

use serde_json::json;

use crate::support::{Answer, Browser, Incident, Message, Who, body, shared};

fn searcher(incident: &Incident) -> (Browser, String) {
    let browser = Browser::signed_in(incident, Who::Investigator);
    let fields = [("purpose", "scoping"), ("reason", body::REASON)];
    browser
        .submit("/console/sitting", &fields)
        .assert_status(303);
    (browser, format!("/console{}", incident.of_case("/records")))
}

/// The count that a page of records begins with.
fn total(page: &Answer) -> u64 {
    let text = page.text();
    let (_, after) = text.split_once("<h1>").unwrap();
    let (count, _) = after.split_once(" records</h1>").unwrap();
    count.parse().unwrap()
}

fn total_of_the_api(incident: &Incident, filter: serde_json::Value) -> u64 {
    let path = incident.of_case("/records/search");
    let answer = incident.investigator().post(&path, &body::search(&filter));
    answer.assert_status(200).json()["total"].as_u64().unwrap()
}

#[test]
fn lists_are_paged_by_the_server() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let first = browser.get(&format!("{path}?limit=20")).assert_status(200);
    assert_eq!(total(&first), total_of_the_api(incident, json!({})));
    let text = first.text();
    assert_eq!(text.matches("name=\"subjects\"").count(), 20);
    let (_, next) = text.split_once("rel=\"next\" href=\"").unwrap();
    let next = next
        .split_once('"')
        .unwrap()
        .0
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    assert!(
        next.starts_with(&format!("{path}?limit=20&cursor=")),
        "{next}"
    );
    let second = browser.get(&next).assert_status(200);
    assert_eq!(total(&second), total(&first));
    assert_ne!(second.text(), text);
    assert!(second.text().contains("First page"));
}

#[test]
fn filters_act_on_the_whole_set_and_stand_in_the_address() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let filled = |message: &&Message| !message.country.is_empty() && !message.kind.is_empty();
    let message = incident.log.messages.iter().find(filled).unwrap();
    let (country, kind) = (message.country.as_str(), message.kind.as_str());
    let address = format!("{path}?country={country}&kind={kind}&carrier=&sent_from=");
    let page = browser.get(&address).assert_status(200);
    let filter = json!({ "country": [country], "kind": [kind] });
    assert_eq!(total(&page), total_of_the_api(incident, filter));
    let text = page.text();
    // Each value of the filter can be taken away.
    assert!(
        text.contains(&format!("href=\"{path}?kind={kind}\">Country: {country}")),
        "{text}"
    );
    assert!(
        text.contains(&format!("href=\"{path}?country={country}\">Kind: {kind}")),
        "{text}"
    );
    // A value that the case does not have is named.
    let page = browser
        .get(&format!("{path}?carrier=No+Such+Carrier"))
        .assert_status(200);
    assert_eq!(total(&page), 0);
    assert!(page.text().contains("No Such Carrier"));
    assert!(page.text().contains("No record matches."));
}

#[test]
fn a_filter_that_is_none_is_named_and_the_others_are_kept() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let page = browser.get(&format!("{path}?sent_from=yesterday&country=US"));
    let text = page.assert_status(422).text();
    assert!(text.contains("filter.sent_from: must be"), "{text}");
    assert!(text.contains("Country: US"), "{text}");
}

#[test]
fn a_purpose_is_asked_before_records_are_listed_and_not_in_the_address() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/records?country=US"));
    let before = incident.leaves();
    let asked = browser.get(&path).assert_status(303);
    assert_eq!(incident.leaves(), before);
    let to = asked.header("location").unwrap().to_owned();
    assert_eq!(
        to,
        format!(
            "/console/sitting?next={}",
            path.replace('?', "%3F").replace('=', "%3D")
        )
    );
    let form = browser.get(&to).assert_status(200).text();
    assert!(
        form.contains(&format!("name=\"next\" value=\"{path}\"")),
        "{form}"
    );
    let short = [
        ("purpose", "scoping"),
        ("reason", "short"),
        ("next", path.as_str()),
    ];
    let again = browser
        .submit("/console/sitting", &short)
        .assert_status(200)
        .text();
    assert!(
        again.contains("reason: must have 10 to 500 characters"),
        "{again}"
    );
    let fields = [
        ("purpose", "scoping"),
        ("reason", body::REASON),
        ("next", path.as_str()),
    ];
    let on = browser
        .submit("/console/sitting", &fields)
        .assert_status(303);
    assert_eq!(on.header("location"), Some(path.as_str()));
    let page = browser.get(&path).assert_status(200);
    assert!(page.text().contains(body::REASON));
    let leaf = incident.leaf(page.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["purpose"]),
        (&json!("record.search"), &json!("scoping"))
    );
}

#[test]
fn a_table_has_the_counts_of_the_api_with_its_basis() {
    let incident = shared();
    let (browser, _) = searcher(incident);
    let path = format!("/console{}", incident.of_case("/scope"));
    let page = browser.get(&format!("{path}?by=country&by=kind&audience=team&top="));
    let text = page.assert_status(200).text();
    let question = json!({ "by": ["country", "kind"], "filter": {}, "audience": "team" });
    let answer = incident
        .investigator()
        .post(&incident.of_case("/scope"), &question);
    let table = answer.assert_status(200).json();
    let (messages, numbers) = (&table["totals"]["messages"], &table["totals"]["numbers"]);
    assert!(
        text.contains(&format!("<dt>Messages</dt><dd>{messages}</dd>")),
        "{text}"
    );
    assert!(
        text.contains(&format!("<dt>Distinct numbers</dt><dd>{numbers}</dd>")),
        "{text}"
    );
    let rows = table["rows"].as_array().unwrap().len();
    assert_eq!(text.matches("<svg class=\"bar\"").count(), rows);
    assert!(
        text.contains("rows are in quarantine and not counted"),
        "{text}"
    );
    // A protected table has no filter, and says so.
    let page = browser.get(&format!("{path}?by=country&audience=protected&kind=sms"));
    let text = page.assert_status(422).text();
    assert!(
        text.contains("filter: must be left out of a protected table"),
        "{text}"
    );
}
