//! The audit log on pages.

use crate::support::{Browser, Chromium, Incident, Who, body};

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
    // Who, in which case and why, in words.
    let investigator = incident.operator(Who::Investigator);
    let name = format!("href=\"/console/audit/timeline?operator={investigator}\">investigator</a>");
    assert!(text.contains(&name), "{text}");
    let title = format!(
        "href=\"/console/audit/timeline?case={}\">SMS logs of March</a>",
        incident.case
    );
    assert!(text.contains(&title), "{text}");
    assert!(text.contains(body::REASON), "{text}");
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
    // The form offers what waits, however it was reached.
    let form = auditor.get("/console/audit/sign-off").assert_status(200);
    let (own, text) = (form.leaf().unwrap(), form.text());
    assert!(
        text.contains(&format!("{own} leaves, from 0 to {}.", own - 1)),
        "{text}"
    );
    assert!(text.contains(&format!("value=\"{own}\"")), "{text}");
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
    assert!(text.contains("href=\"/console/audit?since=2\""), "{text}");
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
        // The leaf as it is, and the words beside it.
        let read = incident.leaf(leaf["seq"].as_u64().unwrap());
        for (name, value) in read.as_object().unwrap() {
            assert_eq!(&leaf[name], value, "{name}");
        }
        assert_eq!(leaf["operator_name"], "lead.one");
        assert_eq!(&row[8], "lead.one");
    }
}

#[test]
fn a_timeline_tells_what_one_person_did_and_what_was_done_in_one_case() {
    let incident = Incident::new();
    let looked_up = incident.look_up(&incident.investigator(), &["+447700900001"]);
    let leaf = looked_up.assert_status(200).leaf().unwrap();
    incident.clock.advance_seconds(12 * 3600);
    incident.forget_sessions();
    let late = incident.look_up(&incident.lead(), &["+447700900001"]);
    let late = late.assert_status(200).leaf().unwrap();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let one = incident.operator(Who::Investigator);
    let page = auditor.get(&format!("/console/audit/timeline?operator={one}"));
    let text = page.assert_status(200).text();
    assert!(text.contains("<h1>Timeline: investigator</h1>"), "{text}");
    assert!(
        text.contains(&format!("/console/audit/leaves/{leaf}\"")),
        "{text}"
    );
    assert!(
        !text.contains(&format!("/console/audit/leaves/{late}\"")),
        "{text}"
    );
    assert!(
        text.contains("<h2>2024-04-02 (UTC)</h2>") && text.contains(body::REASON),
        "{text}"
    );
    assert!(!text.contains("class=\"at-night\""), "{text}");
    let page = auditor.get(&format!("/console/audit/timeline?case={}", incident.case));
    let text = page.assert_status(200).text();
    assert!(
        text.contains("<h1>Timeline: SMS logs of March</h1>"),
        "{text}"
    );
    let marked = "<li class=\"at-night\"><time datetime=\"2024-04-02T21:00:0";
    assert!(text.contains(marked), "{text}");
    let page = auditor.get("/console/audit/volume?action=record.lookup");
    let text = page.assert_status(200).text();
    assert!(
        text.contains("<tr><th scope=\"row\">2024-04-02 21:00</th><td class=\"count\">1</td>"),
        "{text}"
    );
    assert!(text.contains("<title id=\"chart-title\">"), "{text}");
}

#[test]
fn a_leaf_is_verified_in_the_browser_and_a_changed_byte_is_not() {
    let incident = Incident::new();
    let looked_up = incident.look_up(&incident.investigator(), &["+447700900001"]);
    let leaf = looked_up.assert_status(200).leaf().unwrap();
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    chromium.sign_in(&incident, Who::Auditor);
    chromium.go(&format!("/console/audit/leaves/{leaf}"));
    let check = || {
        chromium.run(
            "document.querySelector('[data-check] output').textContent = ''",
            &[],
        );
        chromium.press("Check the proof in this browser");
        // It computes for a moment.
        for _ in 0..100 {
            let said = chromium.text("[data-check] output");
            if !said.is_empty() {
                return said;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("it says nothing");
    };
    let said = check();
    assert!(
        said.starts_with(&format!("True: these bytes are leaf {leaf} of the ")),
        "{said}"
    );
    assert!(said.contains("Not shown by this"), "{said}");
    // One letter of each text is changed in turn.
    for (id, from, to, why) in [
        (
            "leaf-bytes",
            "record.lookup",
            "record.lookuq",
            "not in the tree",
        ),
        ("leaf-bytes", "done", "Done", "not in the tree"),
        ("leaf-proof", "index ", "index 1", "not in the tree"),
        (
            "leaf-proof",
            "breachvault/",
            "breachvaulT/",
            "not signed with this key",
        ),
        ("log-key", "+", "+0", "the key"),
    ] {
        let change = "const place = document.getElementById(arguments[0]);
            const was = place.textContent;
            place.textContent = was.replace(arguments[1], arguments[2]);
            return was;";
        let was = chromium.run(change, &[id.into(), from.into(), to.into()]);
        let said = check();
        assert!(
            said.starts_with("Not proved: ") && said.contains(why),
            "{id} {from}: {said}"
        );
        let back = "document.getElementById(arguments[0]).textContent = arguments[1]";
        chromium.run(back, &[id.into(), was]);
    }
    assert!(check().starts_with("True: "));
    assert_eq!(chromium.wrong(&[]), Vec::<String>::new());
    chromium.picture("auditor-leaf-checked");

    // Without the script the page says how the shell checks it.
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let page = auditor.get(&format!("/console/audit/leaves/{leaf}"));
    let text = page.assert_status(200).text();
    assert!(text.contains("<p hidden><button"), "{text}");
    assert!(
        text.contains(&format!("breachvault audit proof {leaf} ")),
        "{text}"
    );
}

#[test]
fn a_decided_request_leads_to_all_that_was_done_under_it() {
    let incident = Incident::new();
    let subjects = [incident.subject(&incident.log.messages[0].number)];
    let reveal = incident.approved_reveal(&subjects);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let page = lead.get(&format!("/console/reveals/{reveal}"));
    let path = format!("/console/requests/{reveal}/leaves");
    let text = page.assert_status(200).text();
    assert!(text.contains(&format!("href=\"{path}\"")), "{text}");
    let text = lead.get(&path).assert_status(200).text();
    for shown in [
        "<td>reveal.decide</td>",
        "<td>reveal.request</td>",
        "done: approve",
        "lead.one",
        body::REASON,
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert!(!text.contains("reveal.read"), "{text}");
    // The page says that these are not all, and leads only where its reader may go.
    assert!(text.contains("is for auditors"), "{text}");
    assert!(!text.contains("href=\"/console/audit"), "{text}");
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let text = auditor.get(&path).assert_status(200).text();
    assert!(text.contains("<td>reveal.read</td>"), "{text}");
    assert!(
        !text.contains(&format!("href=\"/console/reveals/{reveal}\"")),
        "{text}"
    );
}

#[test]
fn the_filter_is_folded_until_there_is_one() {
    let incident = Incident::new();
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let folded = |path: &str| {
        let text = auditor.get(path).text();
        let open = text.contains("<details open><summary>Filter</summary>");
        assert_ne!(
            open,
            text.contains("<details><summary>Filter</summary>"),
            "{path}"
        );
        !open
    };
    for page in [
        "/console/audit",
        "/console/audit/timeline",
        "/console/audit/volume",
    ] {
        assert!(folded(page), "{page}");
        assert!(!folded(&format!("{page}?action=case.open")), "{page}");
        // What is wrong with it has to be seen.
        assert!(!folded(&format!("{page}?from=yesterday")), "{page}");
    }
}
