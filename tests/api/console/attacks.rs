//! Attacks on the pages, by people with a session and by links that they follow.

use serde_json::json;

use crate::support::{Browser, Chromium, Incident, PASSWORD, Who, Wire, body, shared};

const SESSION: &str = "__Host-session";
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const REASON: &str = "My very own reason for today";
/// A number that nobody has, as somebody may type it by mistake.
const NUMBER: &str = "+12025550147";
const DIGITS: &str = "2025550147";

fn of_case(incident: &Incident, rest: &str) -> String {
    format!("/console{}", incident.of_case(rest))
}

fn say_why(browser: &Browser, next: &str) {
    let why = [("purpose", "scoping"), ("reason", REASON), ("next", next)];
    browser.submit("/console/sitting", &why).assert_status(303);
}

/// What the page about purpose and reason has in its form.
fn sitting(browser: &Browser) -> String {
    let page = browser.get("/console/sitting").assert_status(200).text();
    let (_, after) = page.split_once("<textarea id=\"reason\"").unwrap();
    let (_, after) = after.split_once('>').unwrap();
    after.split_once('<').unwrap().0.to_owned()
}

/// The head of a form with a file that is very long, sent by this browser.
fn form_head(browser: &Browser, path: &str) -> String {
    let cookie = browser.cookie(SESSION).unwrap();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {SESSION}={cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: multipart/form-data; boundary=B\r\ncontent-length: 1099511627776\r\n\r\n"
    )
}

#[test]
fn a_part_of_a_form_that_does_not_end_is_refused_before_it_is_large() {
    let incident = Incident::new();
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let part = "--B\r\nContent-Disposition: form-data; name=\"zone\"";
    let whole = format!("{part}\r\n\r\nUTC\r\n");
    for (who, status) in [(Who::Custodian, 422), (Who::Auditor, 404)] {
        let browser = Browser::signed_in(&incident, who);
        let head = form_head(&browser, &path);
        for begins in [
            String::new(),
            format!("{part}; x=\""),
            format!("{part}\r\nx: "),
            format!("{part}\r\n\r\n"),
            format!("{whole}{whole}{part}; x=\""),
            whole.repeat(21),
        ] {
            let mut wire = Wire::to(&incident);
            wire.send(format!("{head}{begins}").as_bytes());
            // The rest of it never comes, and nobody waits for it.
            wire.try_send(&[b'a'; 64 * 1024]);
            let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
            assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{said}");
            assert!(said.contains("audit-leaf: "), "{said}");
        }
    }
}

#[test]
fn a_large_file_behind_full_fields_is_read_to_its_end() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let map = "\r\n".repeat(4000);
    let mut file = b"account,number,carrier,country,state,sent_at,kind\n".to_vec();
    for _ in 0..20_000 {
        file.extend(b"one,not a number at all,Mobile,GB,,2024-03-10T12:00:00Z,sms\n");
    }
    let fields = [("map", map.as_str()), ("dry_run", "true")];
    let report = browser.upload(&path, &fields, &file).assert_status(200);
    assert!(report.text().contains("20,000"), "{}", report.text());
}

#[test]
fn a_link_decides_neither_purpose_nor_reason() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let plain = format!("{}?country=GB", of_case(&incident, "/records"));
    let link = format!("{plain}&purpose=law-enforcement&re%61son=Words+of+the+sender");
    let told = browser.get_with(&link, &[("sec-fetch-site", "cross-site")]);
    let text = told.assert_status(200).text();
    assert!(text.contains(&format!("href=\"{plain}\"")), "{text}");
    assert!(!text.contains("of+the+sender"), "{text}");
    let asked = browser.get(&link).assert_status(303);
    let to = asked.header("location").unwrap();
    assert!(
        to.starts_with("/console/sitting?next=") && !to.contains("sender"),
        "{to}"
    );
    say_why(&browser, &plain);
    for path in [link.as_str(), &plain] {
        let page = browser.get(path).assert_status(200);
        let text = page.text();
        assert!(
            text.contains(&format!("Finding out how large the incident is: {REASON}")),
            "{text}"
        );
        let leaf = format!("/audit/leaves/{}", page.leaf().unwrap());
        let leaf = incident.auditor().get(&leaf).assert_status(200).text();
        assert!(
            leaf.contains(REASON) && leaf.contains("\"scoping\""),
            "{leaf}"
        );
        assert!(
            !leaf.contains("sender") && !leaf.contains("law-enforcement"),
            "{leaf}"
        );
    }
    assert_eq!(sitting(&browser), REASON);
}

#[test]
fn a_link_whose_filter_may_be_a_number_is_not_followed_without_it() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let before = incident.leaves();
    for (filter, named) in [
        ("carrier=%2B12025550147", "carrier"),
        ("kind=20240331", "kind"),
        ("carrier=06.12.34.56.78", "carrier"),
    ] {
        let link = of_case(&incident, &format!("/records?country=GB&{filter}"));
        // From another site, and before a purpose was given.
        for site in ["cross-site", "same-origin"] {
            let page = browser.get_with(&link, &[("sec-fetch-site", site)]);
            let text = page.assert_status(200).text();
            assert!(text.contains("This link cannot be followed"), "{text}");
            assert!(
                text.contains(&format!("<strong>{named}</strong>")),
                "{text}"
            );
            assert!(!text.contains("id=\"go-on\""), "{text}");
            assert!(!text.contains("/records?country=GB"), "{text}");
            assert!(!text.contains(DIGITS) && !text.contains("12.34"), "{text}");
        }
        // Somebody who signs in first is led home, and not to a wider question.
        let asked = Browser::of(&incident).get(&link).assert_status(303);
        let to = asked.header("location").unwrap();
        assert_eq!(to, "/console/sign-in?next=/console");
    }
    assert_eq!(incident.leaves(), before);
    // An account is digits with many suppliers: the link is followed with it.
    let link = of_case(&incident, "/records?account=12025550147");
    let page = browser.get_with(&link, &[("sec-fetch-site", "cross-site")]);
    let text = page.assert_status(200).text();
    assert!(
        text.contains(&format!("href=\"{link}\">Continue</a>")),
        "{text}"
    );
}

#[test]
fn a_link_to_the_page_to_sign_in_plants_nothing_and_ends_nothing() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let records = of_case(&incident, "/records");
    let link = format!(
        "/console/sign-in?ended=1&next={records}&keep.purpose=scoping&keep.reason=Planted+by+a+link&keep.x=y"
    );
    for site in ["cross-site", "same-site"] {
        let page = browser.get_with(&link, &[("sec-fetch-site", site)]);
        let page = page.assert_status(200);
        assert_eq!(page.header("set-cookie"), None);
        let text = page.text();
        assert!(text.contains("name=\"next\" value=\"/console\""), "{text}");
        assert!(
            !text.contains("Planted") && !text.contains("has ended"),
            "{text}"
        );
    }
    let own = browser.get(&link).assert_status(200);
    assert_eq!(own.header("set-cookie"), None, "it has not ended");
    assert!(!own.text().contains("Planted"), "{}", own.text());
    browser.get("/console").assert_status(200);

    // A form takes the fields of its own page, and of those nothing that breaks a rule.
    let lookup = of_case(&incident, "/lookup");
    let sign_in = |kept: &[(&str, &str)]| {
        let fields = [
            ("name", "outsider"),
            ("password", PASSWORD),
            ("next", &lookup),
        ];
        incident.client(Who::Outsider);
        let other = Browser::of(&incident);
        let fields = [&fields[..], kept].concat();
        let to = other.submit("/console/sign-in", &fields).assert_status(303);
        (other, to.header("location").unwrap().to_owned())
    };
    let long = "x".repeat(3000);
    for reason in ["call +12025550101 now please", long.as_str(), "y"] {
        let kept = [
            ("keep.purpose", "victim-inquiry"),
            ("keep.reason", reason),
            ("keep.cursor", "abc"),
            ("keep.numbers", "abc"),
            ("keep.region", NUMBER),
        ];
        let (other, to) = sign_in(&kept);
        assert_eq!(to, lookup);
        assert_eq!(sitting(&other), "");
    }
    let (other, to) = sign_in(&[
        ("keep.purpose", "scoping"),
        ("keep.reason", REASON),
        ("keep.region", "GB"),
    ]);
    assert_eq!(to, format!("{lookup}?region=GB"));
    assert_eq!(sitting(&other), REASON);
}

#[test]
fn a_number_in_a_wrong_field_is_not_shown_again_and_not_in_an_address() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let token = browser.token();
    let (reveal, lookup) = (
        of_case(&incident, "/reveals/new"),
        of_case(&incident, "/lookup"),
    );
    let (export, raise) = (
        of_case(&incident, "/exports/new"),
        of_case(&incident, "/raises/new"),
    );
    let said = format!("They called from {NUMBER}");
    let why = [("purpose", "scoping"), ("reason", said.as_str())];
    let spelt = "call 06 12 34 56 78 or 202 5550147";
    let forms: [(&str, &[(&str, &str)]); 6] = [
        (&reveal, &[("subjects", NUMBER), ("ticket", spelt)]),
        (
            &reveal,
            &[
                ("subjects", "S-00000000"),
                ("subjects", "xylophone"),
                ("ticket", &said),
            ],
        ),
        (&lookup, &[("numbers", NUMBER), ("region", NUMBER)]),
        (
            &export,
            &[
                ("recipients", &said),
                ("legal_basis", spelt),
                ("account", NUMBER),
                ("profile", NUMBER),
            ],
        ),
        (&raise, &[("points", NUMBER), ("until", DIGITS)]),
        ("/console/sitting", &[("next", "/console?a=2025550147")]),
    ];
    for (path, fields) in forms {
        let fields = [fields, &why].concat();
        let text = browser.submit(path, &fields).text();
        for held in [DIGITS, "5550147", "12 34 56", "xylophone"] {
            assert!(!text.contains(held), "{path} {held}: {text}");
        }
    }
    for path in [
        lookup.as_str(),
        "/console/cases/%2B12025550147",
        "/console/2025550147",
    ] {
        let page = browser.get(&format!("{path}?region=%2B{}", &NUMBER[1..]));
        assert!(!page.text().contains(DIGITS), "{path}: {}", page.text());
        let refresh = page.header("refresh").unwrap_or_default();
        assert!(!refresh.contains(DIGITS), "{refresh}");
    }
    // The session ends between the form and its sending.
    incident.clock.advance_seconds(9 * 3600);
    for (path, fields) in forms {
        let fields = [fields, &why, &[("form_token", token.as_str())]].concat();
        let text = browser.submit_with(path, &[OWN], &fields).text();
        for held in [DIGITS, "5550147", "12 34 56", "xylophone"] {
            assert!(!text.contains(held), "{path} {held}: {text}");
        }
        assert!(text.contains("The session has ended."), "{text}");
    }
}

#[test]
fn no_filter_takes_a_number_and_no_auditor_reads_one() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    say_why(&browser, "/console");
    let auditor = incident.auditor();
    let no_number = |leaf: u64| {
        let leaf = auditor
            .get(&format!("/audit/leaves/{leaf}"))
            .assert_status(200);
        assert!(!leaf.text().contains(DIGITS), "{}", leaf.text());
    };
    let api = incident.investigator();
    for name in [
        "country",
        "state",
        "area_state",
        "carrier",
        "kind",
        "channel",
        "account",
        "subject",
    ] {
        for page in ["records?", "scope?by=country&audience=team&"] {
            let path = of_case(&incident, &format!("/{page}{name}=%2B12025550147"));
            let refused = browser.get(&path).assert_status(422);
            assert!(
                !refused.text().contains(DIGITS),
                "{path}: {}",
                refused.text()
            );
            no_number(refused.leaf().unwrap());
        }
        let search = body::search(&json!({ name: [NUMBER] }));
        let refused = api.post(&incident.of_case("/records/search"), &search);
        let refused = refused.assert_problem(422, "invalid");
        assert!(
            refused.text().contains(&format!("filter.{name}[0]")),
            "{}",
            refused.text()
        );
        no_number(refused.leaf().unwrap());
    }
    // Nor digits alone that read as a date, a time since 1970 or a number of a register, and the page forgets them.
    for digits in ["20240331", "1711060489", "012345678", "5550147"] {
        let path = of_case(&incident, &format!("/records?carrier={digits}"));
        let refused = browser.get(&path).assert_status(422).text();
        assert!(refused.contains("filter.carrier[0]"), "{refused}");
        assert!(!refused.contains(digits), "{digits}: {refused}");
        let why = [("purpose", "scoping"), ("reason", digits)];
        let refused = browser.submit("/console/sitting", &why).text();
        assert!(
            !refused.contains(&format!(">{digits}</textarea>")),
            "{refused}"
        );
    }
    // Suppliers count their customers: digits alone may be an account, and the log says how many they were.
    let search = body::search(&json!({ "account": ["12025550147"] }));
    let searched = api.post(&incident.of_case("/records/search"), &search);
    let leaf = searched.assert_status(200).leaf().unwrap();
    no_number(leaf);
    let leaf = auditor.get(&format!("/audit/leaves/{leaf}")).text();
    assert!(leaf.contains("(11 digits)"), "{leaf}");
}

#[test]
fn a_reason_holds_no_number_in_any_spelling_and_everyday_references() {
    const CASES: &str = include_str!("../../fixtures/phone_like.txt");
    let browser = Browser::signed_in(shared(), Who::Auditor);
    let cases = CASES.lines().filter(|line| !line.starts_with('#'));
    for (at, case) in cases.enumerate() {
        let (word, text) = case.split_once(' ').unwrap();
        // Every third one goes through the door; the others are read beside their rule.
        if at % 3 > 0 {
            continue;
        }
        let reason = format!("they wrote: {text}");
        let fields = [("purpose", "scoping"), ("reason", reason.as_str())];
        let answer = browser.submit("/console/sitting", &fields);
        match word {
            "number" => assert!(
                answer.text().contains("must hold no phone number"),
                "{text}"
            ),
            _ => assert_eq!(answer.status, 303, "{text}: {}", answer.text()),
        }
    }
    let administrator = shared().administrator();
    let invited = json!({ "name": "tel12025550147", "role": "investigator" });
    administrator
        .post("/operators", &invited)
        .assert_problem(422, "invalid");
}

#[test]
fn a_page_that_costs_something_is_not_run_by_another_program() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let reveal = incident.approved_reveal(&[incident.subject(&number)]);
    let browser = Browser::signed_in(&incident, Who::Investigator);
    say_why(&browser, "/console");
    let budget = || incident.investigator().get("/me").json()["cases"][0]["view_budget"].clone();
    let before = budget();
    let opened = [("sec-fetch-site", "none"), ("sec-fetch-user", "?1")];
    for path in [
        of_case(&incident, "/records?country=GB"),
        of_case(&incident, "/scope?by=country&audience=team"),
        of_case(&incident, "/reveals"),
        format!("/console/reveals/{reveal}"),
    ] {
        let page = browser.get_with(&path, &opened).assert_status(200);
        assert_eq!(page.leaf(), None, "{path}");
        assert!(
            page.text().contains(">Continue</a>"),
            "{path}: {}",
            page.text()
        );
        assert_eq!(budget(), before, "{path}");
    }
    // What costs nothing is shown to whoever types its address.
    for path in ["/console", "/console/cases", &of_case(&incident, "/lookup")] {
        let page = browser.get_with(path, &opened).assert_status(200);
        assert!(page.leaf().is_some(), "{path}");
    }
}

#[test]
fn what_one_session_says_and_does_is_not_shown_in_another() {
    let incident = Incident::new();
    let (one, other) = (
        Browser::signed_in(&incident, Who::Lead),
        Browser::signed_in(&incident, Who::Lead),
    );
    say_why(&one, "/console");
    assert_eq!(
        (sitting(&one), sitting(&other)),
        (REASON.to_owned(), String::new())
    );
    // The next session of the same person goes on.
    let next = Browser::signed_in(&incident, Who::Lead);
    assert_eq!(sitting(&next), REASON);
    next.submit("/console/sign-out", &[]).assert_status(303);
    assert_eq!(sitting(&Browser::signed_in(&incident, Who::Lead)), "");

    let fields = [
        ("title", "A case of the tests"),
        ("reference", "T-1"),
        ("reason", REASON),
    ];
    let opened = one.submit("/console/cases/new", &fields).assert_status(303);
    let to = opened.header("location").unwrap();
    let said = "Done. It is recorded as leaf";
    assert!(one.get(to).text().contains(said));
    assert!(!other.get(to).text().contains(said));
    assert!(!one.get("/console?done=1").text().contains(said));
}

#[test]
fn a_real_browser_keeps_nothing_of_one_person_for_the_next() {
    let incident = Incident::new();
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    let number = incident.log.messages[0].number.clone();
    let reveal = incident.approved_reveal(&[incident.subject(&number)]);
    chromium.sign_in(&incident, Who::Investigator);
    chromium.go(&format!("/console/reveals/{reveal}"));
    chromium.press("Show the numbers once");
    chromium.find(".number");
    assert!(chromium.html().contains(&number));
    // Signed out in another tab: it is gone in this one too.
    let first = chromium.new_tab();
    chromium.go("/console");
    chromium.press("Sign out");
    chromium.find("#password");
    chromium.to_tab(&first);
    chromium.find("#password");
    assert!(!chromium.html().contains(&number));

    // What somebody typed is there for them alone.
    let keep = "sessionStorage.setItem('keep.investigator.reason', 'typed by the investigator')";
    chromium.run(keep, &[]);
    chromium.fill("#name", Who::Lead.name());
    chromium.fill("#password", PASSWORD);
    chromium.press("Sign in");
    chromium.find("nav.main");
    let held = chromium.run("return JSON.stringify(sessionStorage)", &[]);
    assert_eq!(held, "{}");
    chromium.go(&of_case(&incident, "/records"));
    assert_eq!(
        chromium.run("return document.querySelector('#reason').value", &[]),
        ""
    );
    assert_eq!(
        chromium.run("return document.querySelector('#reason').autocomplete", &[]),
        "off"
    );
    chromium.choose("purpose", "scoping");
    chromium.fill("#reason", REASON);
    chromium.press("Go on");
    // A number in a filter is not sent, so it is in no address.
    chromium.fill("#carrier", "06 12 34 56 78");
    chromium.press("Filter");
    assert_eq!(chromium.place(), of_case(&incident, "/records"));
    chromium.fill("#carrier", "Mobile");
    chromium.press("Filter");
    chromium.find(".chips");
    assert!(
        chromium.place().contains("carrier=Mobile"),
        "{}",
        chromium.place()
    );
    assert_eq!(chromium.wrong(&[]), Vec::<String>::new());
}
