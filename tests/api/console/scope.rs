//! The page of counts: a chart for each dimension, filtered by a click, by a drag or without a script; its files.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{Browser, Chromium, Incident, Message, Who, body, invented, shared};

const CHARTS: [&str; 9] = [
    "day",
    "hour",
    "country",
    "state",
    "area_state",
    "carrier",
    "kind",
    "account",
    "channel",
];

fn counter(incident: &Incident) -> (Browser, String) {
    let browser = Browser::signed_in(incident, Who::Investigator);
    let fields = [("purpose", "scoping"), ("reason", body::REASON)];
    browser
        .submit("/console/sitting", &fields)
        .assert_status(303);
    (browser, format!("/console{}", incident.of_case("/scope")))
}

#[test]
fn every_dimension_has_a_chart_with_the_counts_of_the_api_its_table_and_its_marking() {
    let incident = shared();
    let (browser, path) = counter(incident);
    let page = browser.get(&path).assert_status(200);
    let text = page.text();
    let leaf = incident.leaf(page.leaf().unwrap());
    assert_eq!(leaf["action"], "record.scope");
    let body = json!({ "charts": CHARTS, "audience": "team" });
    let answer = incident
        .investigator()
        .post(&incident.of_case("/scope"), &body);
    let told = answer.assert_status(200).json();
    for chart in told["charts"].as_array().unwrap() {
        let by = chart["by"].as_str().unwrap();
        let (_, part) = text.split_once(&format!("id=\"by-{by}\"")).unwrap();
        let (part, _) = part.split_once("</figure>").unwrap();
        assert!(part.contains("Exact, for the team alone."), "{part}");
        for name in ["title", "about"] {
            assert!(part.contains(&format!("id=\"{by}-{name}\"")), "{part}");
        }
        let rows = chart["rows"].as_array().unwrap();
        let listed = part.matches("<tr><th scope=\"row\">").count();
        assert_eq!(listed, rows.len().min(52), "{by}");
        let small = rows
            .iter()
            .take(52)
            .filter(|row| row["small"] == true)
            .count();
        assert_eq!(
            part.matches("<td>too few for others</td>").count(),
            small,
            "{by}"
        );
    }
    // The largest country, as a link.
    let countries = told["charts"][2]["rows"].as_array().unwrap();
    let largest = countries
        .iter()
        .max_by_key(|row| row["messages"].as_u64())
        .unwrap();
    let country = largest["country"].as_str().unwrap();
    let link = format!("<a href=\"?country={country}\"><title>{country}: ");
    assert!(text.contains(&link), "{link}");
    // Nothing that the policy forbids, and a page that is not too large.
    for forbidden in [" style=", "<style", "onclick", "<script>"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    assert!(text.len() < 150_000, "{}", text.len());
    assert!(text.contains(" in quarantine and in no answer"), "{text}");
}

#[test]
fn a_chart_leaves_as_csv_and_svg_for_no_points_and_each_with_its_leaf() {
    let toml = "[budgets]\nview_points = 200\nview_points_per_hour = 1\n";
    let incident = Incident::with(toml, invented(300, 11));
    let (browser, path) = counter(&incident);
    browser
        .get(&format!("{path}?country=US"))
        .assert_status(200);
    browser
        .get(&format!("{path}?country=US"))
        .assert_status(200);
    let csv = browser
        .get(&format!("{path}.csv?country=US&part=kind"))
        .assert_status(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let attached = csv.header("content-disposition").unwrap();
    assert!(attached.starts_with("attachment"), "{attached}");
    let text = csv.text();
    assert!(
        text.starts_with("\"kind\",\"numbers\",\"messages\",\"small\"\r\n"),
        "{text}"
    );
    let messages = incident.log.count(|message| message.country == "US");
    let of_line = |line: &str| -> u64 { line.split("\",\"").nth(2).unwrap().parse().unwrap() };
    assert_eq!(text.lines().skip(1).map(of_line).sum::<u64>(), messages);
    let all = browser
        .get(&format!("{path}.csv?country=US"))
        .assert_status(200)
        .text();
    for by in CHARTS {
        assert!(all.contains(&format!("\r\n\"{by}\",\"")), "{by}");
    }
    let svg = browser
        .get(&format!("{path}.svg?country=US&part=day"))
        .assert_status(200);
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    let text = svg.text();
    assert!(
        text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
        "{text}"
    );
    assert!(
        text.contains("<style>") && text.contains(">By day</text>"),
        "{text}"
    );
    assert!(
        text.contains("Zone: UTC.") && text.contains("Filter: Country: US<"),
        "{text}"
    );
    assert!(!text.contains("href"), "{text}");
    for answer in [&csv, &svg] {
        let leaf = incident.leaf(answer.leaf().unwrap());
        assert_eq!(
            (&leaf["action"], &leaf["outcome"]),
            (&json!("record.scope"), &json!("done"))
        );
    }
    // One more is paid, and then nothing is left for another.
    browser.get(&path).assert_status(200);
    browser
        .get(&format!("{path}?country=GB"))
        .assert_status(429);
    browser
        .get(&format!("{path}.csv?country=US&part=day"))
        .assert_status(200);
}

#[test]
fn a_timeline_says_its_price_before_and_is_in_the_order_of_sending() {
    let incident = shared();
    let (browser, path) = counter(incident);
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for message in &incident.log.messages {
        *counted.entry(message.number.as_str()).or_default() += 1;
    }
    let (number, count) = counted.iter().max_by_key(|(_, count)| **count).unwrap();
    let look_up = path.replace("/scope", "/lookup");
    let fields = [
        ("numbers", *number),
        ("purpose", "scoping"),
        ("reason", body::REASON),
    ];
    let results = browser.submit(&look_up, &fields).assert_status(200).text();
    let subject = incident.subject(number);
    let timeline = path.replace("/scope", &format!("/timeline?subject={subject}"));
    assert!(
        results.contains(&format!("href=\"{timeline}\"")),
        "{results}"
    );
    assert!(
        results.contains("It costs 25 points of your budget for views."),
        "{results}"
    );
    let page = browser.get(&timeline).assert_status(200);
    assert_eq!(
        incident.leaf(page.leaf().unwrap())["action"],
        "record.search"
    );
    let text = page.text();
    assert!(
        text.contains(&format!("<p>{count} messages, in the order of sending")),
        "{text}"
    );
    assert!(!text.contains(&number[1..]), "{text}");
    let times = text
        .split("<tr><th scope=\"row\"><time datetime=\"")
        .skip(1);
    let times: Vec<&str> = times.map(|part| part.split('"').next().unwrap()).collect();
    assert_eq!(times.len(), (*count).min(25));
    assert!(times.is_sorted(), "{times:?}");
    let sent = |message: &&Message| message.number == **number;
    let first = incident
        .log
        .messages
        .iter()
        .filter(sent)
        .map(|one| &one.sent_at)
        .min();
    assert_eq!(times.first().map(|time| (*time).to_owned()), first.cloned());
    // A liaison has no timelines, and no links to them.
    let liaison = Browser::signed_in(incident, Who::Liaison);
    let own = incident
        .log
        .messages
        .iter()
        .find(|one| one.account == incident.account);
    let fields = [
        ("numbers", own.unwrap().number.as_str()),
        fields[1],
        fields[2],
    ];
    let results = liaison.submit(&look_up, &fields).assert_status(200).text();
    assert!(
        results.contains("1 of 1 exposed") && !results.contains("/timeline"),
        "{results}"
    );
}

/// What the charts say of themselves, by dimension.
fn told(chromium: &Chromium) -> BTreeMap<String, String> {
    let script = "return Object.fromEntries([...document.querySelectorAll('svg.chart')]
        .map((one) => [one.closest('figure').id, one.textContent]))";
    let told = chromium.run(script, &[]);
    serde_json::from_value(told).unwrap()
}

#[test]
fn a_click_or_a_drag_filters_every_chart_and_stands_in_the_address_with_and_without_a_script() {
    // Of its own: what somebody gave as a reason in another session is not asked for again.
    let incident = Incident::new();
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    chromium.sign_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/scope"));
    chromium.go(&path);
    chromium.choose("purpose", "scoping");
    chromium.fill("#reason", body::REASON);
    chromium.press("Go on");
    chromium.find("svg.chart");
    let all = told(&chromium);
    assert_eq!(all.len(), CHARTS.len());

    // A bar.
    chromium.click("#by-country svg a[href*='country=US']");
    chromium.find("#by-country a[aria-current]");
    assert_eq!(chromium.place(), format!("{path}?country=US"));
    let of_us = told(&chromium);
    for (chart, before) in &all {
        assert_ne!(of_us.get(chart), Some(before), "{chart}");
    }
    assert!(chromium.text("ul.chips").contains("Country: US"));
    let totals = chromium.text("dl.facts");
    let messages = incident.log.count(|message| message.country == "US");
    assert!(totals.contains(&messages.to_string()), "{totals}");

    // A stretch of days, by dragging.
    let days = "return [...document.querySelectorAll('#by-day svg a')].map((one) => [one.dataset.from, one.dataset.to])";
    let days: Vec<(String, String)> = serde_json::from_value(chromium.run(days, &[])).unwrap();
    let (from, to) = (&days[2].0, &days[4].1);
    chromium.drag(
        &format!("#by-day a[data-from='{from}']"),
        &format!("#by-day a[data-to='{to}']"),
    );
    chromium.find(&format!("#sent_from option[selected][value='{from}']"));
    let place = chromium.place();
    let stretch = |text: &str| text.replace(':', "%3A");
    let expected = format!(
        "{path}?country=US&sent_from={}&sent_to={}",
        stretch(from),
        stretch(to)
    );
    assert_eq!(place, expected);
    let within = |message: &Message| {
        message.country == "US" && message.sent_at >= *from && message.sent_at < *to
    };
    let totals = chromium.text("dl.facts");
    assert!(
        totals.contains(&incident.log.count(within).to_string()),
        "{totals}"
    );
    let chosen =
        "return [...document.querySelectorAll('#sent_from, #sent_to')].map((one) => one.value)";
    assert_eq!(chromium.run(chosen, &[]), json!([from, to]));

    // One day, and then an hour of it; a second click takes it away again.
    chromium.click(&format!("#by-day a[data-from='{from}']"));
    chromium.find("#by-day a[aria-current]");
    chromium.click("#by-hour svg a");
    chromium.find("#by-hour a[aria-current]");
    let hour = "return document.querySelectorAll('#by-hour svg a').length";
    assert_eq!(chromium.run(hour, &[]), 1);
    chromium.click("#by-hour a[aria-current]");
    chromium.find("#by-day svg a:nth-of-type(20)");
    assert_eq!(chromium.place(), format!("{path}?country=US"));
    assert_eq!(told(&chromium), of_us);
    assert_eq!(chromium.wrong(&[]), Vec::<String>::new());

    // Printed, a table is beside its chart and no form is.
    let print = json!({ "media": "print" });
    chromium.tell("Emulation.setEmulatedMedia", &print);
    let seen = "const high = (css) => document.querySelector(css).getBoundingClientRect().height;
        return [high('#by-country details table') > 0, high('form.row') > 0]";
    assert_eq!(chromium.run(seen, &[]), json!([true, false]));
    chromium.tell("Emulation.setEmulatedMedia", &json!({ "media": "" }));

    // All of it with the script off.
    let off = json!({ "value": true });
    chromium.tell("Emulation.setScriptExecutionDisabled", &off);
    chromium.go(&path);
    chromium.click("#by-kind svg a");
    chromium.find("#by-kind a[aria-current]");
    assert!(chromium.place().contains("?kind="), "{}", chromium.place());
    chromium.choose("sent_from", from);
    chromium.choose("sent_to", to);
    chromium.press("Count");
    // The page that was left has neither: only the one that comes has both chosen.
    chromium.find(&format!("#sent_from option[selected][value='{from}']"));
    chromium.find(&format!("#sent_to option[selected][value='{to}']"));
    let place = chromium.place();
    let held = |name: &str, time: &str| place.contains(&format!("{name}={}", stretch(time)));
    assert!(held("sent_from", from) && held("sent_to", to), "{place}");
    assert!(chromium.has(".key a[href*='scope.csv?']"));
    assert_eq!(chromium.wrong(&[]), Vec::<String>::new());
}

#[test]
fn a_table_for_others_has_no_charts_and_says_why() {
    let incident = shared();
    let (browser, path) = counter(incident);
    let page = browser.get(&format!("{path}?audience=protected&by=country&rule=nhs"));
    let text = page.assert_status(200).text();
    assert!(!text.contains("<svg class=\"chart"), "{text}");
    assert!(text.contains("Rounded for others"), "{text}");
    assert!(
        text.contains("So these are tables and no charts."),
        "{text}"
    );
    let wrong = browser.get(&format!("{path}?audience=protected&by=country&charts=day"));
    let text = wrong.assert_status(422).text();
    assert!(
        text.contains("charts: must be left out of a protected table"),
        "{text}"
    );
}

#[test]
fn a_file_of_counts_is_of_a_chart_that_there_is() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let why = [("purpose", "scoping"), ("reason", "counting the exposed")];
    browser.submit("/console/sitting", &why).assert_status(303);
    for file in ["scope.csv", "scope.svg"] {
        let path = format!("/console{}", incident.of_case(&format!("/{file}")));
        browser
            .get(&format!("{path}?part=country"))
            .assert_status(200);
        browser.get(&path).assert_status(200);
        for part in ["number", "Country", "..%2Fkind"] {
            let refused = browser.get(&format!("{path}?part={part}"));
            assert_eq!(refused.status, 422, "{file} {part}");
            assert!(
                refused.text().contains("name a chart"),
                "{}",
                refused.text()
            );
        }
    }
}
