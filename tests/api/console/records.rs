//! Records on a page: filters and pages are the server's, and stand in the address.

use serde_json::json;

use super::grouped;
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
    count.replace(',', "").parse().unwrap()
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
    let count = |name: &str| grouped(table["totals"][name].as_u64().unwrap());
    let (messages, numbers) = (count("messages"), count("numbers"));
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
    assert!(text.contains(" in quarantine and in no answer"), "{text}");
    // A protected table has no filter, and says so.
    let page = browser.get(&format!("{path}?by=country&audience=protected&kind=sms"));
    let text = page.assert_status(422).text();
    assert!(
        text.contains("filter: must be left out of a protected table"),
        "{text}"
    );
}

#[test]
fn records_are_put_in_order_by_the_heads_of_columns_on_all_pages() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let text = browser
        .get(&format!("{path}?kind=sms&limit=5"))
        .assert_status(200)
        .text();
    let by_time = format!("href=\"{path}?kind=sms&#38;limit=5&#38;order=time\"");
    assert!(text.contains(&by_time), "{text}");
    assert!(!text.contains("aria-sort"), "{text}");
    let times = |order: &str| {
        let address = format!("{path}?kind=sms&limit=5&order={order}");
        let text = browser.get(&address).assert_status(200).text();
        let times = text.split("<td><time datetime=\"").skip(1);
        let times: Vec<String> = times.map(|time| time[..20].to_owned()).collect();
        (times, text)
    };
    let messages = incident.log.messages.iter().filter(|one| one.kind == "sms");
    let mut sent: Vec<String> = messages.map(|one| one.sent_at.clone()).collect();
    sent.sort();
    let (first, text) = times("time");
    assert_eq!(first, sent[..5]);
    assert!(text.contains("aria-sort=\"ascending\""), "{text}");
    assert!(text.contains("order=latest"), "{text}");
    sent.reverse();
    let (last, text) = times("latest");
    assert_eq!(last, sent[..5]);
    assert!(text.contains("aria-sort=\"descending\""), "{text}");
}

#[test]
fn a_view_has_its_link_and_the_same_question_for_curl_without_the_token() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let page = browser.get(&format!("{path}?country=US&limit=5&done=3"));
    let page = page.assert_status(200);
    let (counted, text) = (total(&page), page.text());
    let link = format!("<a href=\"{path}?country=US&#38;limit=5\">Permanent link</a>");
    assert!(text.contains(&link), "{text}");
    let (_, curl) = text.split_once("<pre id=\"curl\">").unwrap();
    let curl = curl.split_once("</pre>").unwrap().0;
    let curl = curl
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&");
    assert!(curl.contains("Authorization: Bearer $TOKEN\""), "{curl}");
    let address = format!("\"$VAULT/api/v1{}\"", incident.of_case("/records/search"));
    assert!(curl.ends_with(&address), "{curl}");
    // What it asks is what the page asked.
    let (_, json) = curl.split_once("--data '").unwrap();
    let json = json.split_once("' \"$VAULT").unwrap().0;
    let json = serde_json::from_str(json).unwrap();
    let asked = incident.investigator();
    let asked = asked.post(&incident.of_case("/records/search"), &json);
    assert_eq!(asked.assert_status(200).json()["total"], counted);
    // A list is asked for by its own path, a lookup by none: its numbers are in no address and no command.
    let list = format!("/console{}", incident.of_case("/reveals?state=denied"));
    let text = browser.get(&list).assert_status(200).text();
    let address = format!("$VAULT/api/v1{}", incident.of_case("/reveals?state=denied"));
    assert!(text.contains(&address), "{text}");
    let lookup = format!("/console{}", incident.of_case("/lookup"));
    assert!(
        !browser
            .get(&lookup)
            .assert_status(200)
            .text()
            .contains("id=\"curl\"")
    );
}

#[test]
fn the_filter_and_its_count_go_along_to_an_export_and_survive_changes_of_zone_and_purpose() {
    let incident = shared();
    let (browser, path) = searcher(incident);
    let address = format!("{path}?country=US&country=GB&sent_from=2024-01-01T00:00:00Z&order=time");
    let page = browser.get(&address).assert_status(200);
    let text = page.text();
    let exact = format!("keeps exactly {} of", grouped(total(&page)));
    assert!(text.contains(&exact), "{text}");
    let chip = "Sent from: 2024-01-01 00:00:00 UTC";
    assert_eq!(text.matches(chip).count(), 1, "{text}");
    let query = "country=US&#38;country=GB&#38;sent_from=2024-01-01T00:00:00Z";
    let new = format!("/console{}", incident.of_case("/exports/new"));
    assert!(text.contains(&format!("href=\"{new}?{query}\"")), "{text}");
    let form = browser.get(&format!("{new}?{}", query.replace("&#38;", "&")));
    let form = form.assert_status(200).text();
    assert!(form.contains(">US\nGB</textarea>"), "{form}");
    assert!(form.contains("value=\"2024-01-01T00:00:00Z\""), "{form}");
    // The forms of the page that lead away and back again have the whole address.
    let here = address.replace('&', "&#38;");
    assert!(
        text.contains(&format!("name=\"next\" value=\"{here}\"")),
        "{text}"
    );
    let escaped = address
        .replace('?', "%3F")
        .replace('=', "%3D")
        .replace('&', "%26");
    assert!(
        text.contains(&format!("/console/sitting?next={escaped}")),
        "{text}"
    );
}
