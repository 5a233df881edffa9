//! Each role's work from beginning to end in a real browser, with what it is refused.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::exhibit::{head, wait_until};
use crate::support::{Chromium, Incident, Who, Wire, fresh_csv};

/// One vault for what leaves nothing that others look at.
fn shared() -> &'static Incident {
    static SHARED: OnceLock<Incident> = OnceLock::new();
    SHARED.get_or_init(Incident::new)
}

const REASON: &str = "a reason that a person typed";

fn case(incident: &Incident, rest: &str) -> String {
    format!("/console{}", incident.of_case(rest))
}

fn quiet(chromium: &Chromium) {
    assert_eq!(chromium.wrong(&[]), Vec::<String>::new());
}

/// Asks for a number, and leaves the browser at its results.
fn look_up(chromium: &Chromium, numbers: &str) {
    chromium.fill("#numbers", numbers);
    chromium.choose("purpose", "notification");
    chromium.fill("#reason", REASON);
    chromium.press("Look up");
}

#[test]
fn a_number_is_looked_up_asked_for_decided_and_shown_once() {
    let incident = Incident::new();
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    let number = incident.log.messages[0].number.clone();
    let digits = number[number.len() - 9..].to_owned();
    chromium.sign_in(&incident, Who::Investigator);
    chromium.follow("SMS logs of March");
    chromium.follow("Look up a number");
    look_up(&chromium, &number);
    chromium.heads("1 of 1 exposed");
    assert!(!chromium.html().contains(&digits));
    // The script sent it: a form that the browser sends is written to its disk with its body.
    let sent = "return performance.getEntriesByType('resource')
        .filter((one) => one.initiatorType === 'xmlhttprequest').map((one) => new URL(one.name).pathname).join()";
    assert_eq!(chromium.run(sent, &[]), case(&incident, "/lookup"));
    chromium.click("input[name=subjects]");
    chromium.press("Ask for a reveal of those ticked");
    // Purpose and reason were asked once.
    chromium.comes_to("/reveals");
    assert!(chromium.text("#reason").contains(REASON));
    chromium.press("Ask");
    chromium.reads("somebody else decides. Who can: lead.");
    assert!(!chromium.has("button[value=approve]"));
    let reveal = chromium.place().split('?').next().unwrap().to_owned();
    quiet(&chromium);

    chromium.sign_in(&incident, Who::Lead);
    // The key of the first that waits.
    chromium.keys("w");
    chromium.find("dl.facts.large");
    assert_eq!(chromium.place(), reveal);
    chromium.reads("Numbers that would be shown");
    chromium.fill("#reason", "they have to be called today");
    chromium.press("Approve");
    chromium.reads("they have to be called today");
    quiet(&chromium);

    chromium.sign_in(&incident, Who::Investigator);
    chromium.go(&reveal);
    chromium.press("Show the numbers once");
    chromium.find(".number");
    assert!(chromium.html().contains(&number));
    assert!(!chromium.place().contains(&digits));
    // In an opened reveal only: neither in its title nor in what the history keeps of it.
    let around = "return [document.title, location.href, JSON.stringify(history.state), document.referrer].join()";
    let around = chromium.run(around, &[]);
    assert!(!around.as_str().unwrap().contains(&digits), "{around}");
    // Blurred until it is held: pointing at it is not enough, and letting go blurs it again.
    let blurred = || {
        let filter = "return getComputedStyle(document.querySelector('.number')).filter";
        // What fades has faded.
        std::thread::sleep(Duration::from_millis(300));
        let filter = chromium.run(filter, &[]);
        filter.as_str().unwrap().contains("blur")
    };
    assert!(blurred());
    chromium.point_at(".number", false);
    assert!(blurred(), "pointed at");
    chromium.point_at(".number", true);
    assert!(!blurred(), "held");
    chromium.let_go();
    assert!(blurred(), "let go");
    chromium.run(
        "document.activeElement.blur(); document.querySelector('.number').focus({ focusVisible: true })",
        &[],
    );
    assert!(!blurred(), "reached by the keyboard");
    chromium.run("document.activeElement.blur()", &[]);
    assert!(blurred());
    let printed = "return [...document.querySelectorAll('.number')].map((one) => getComputedStyle(one).visibility)[0]";
    chromium.tell(
        "Emulation.setEmulatedMedia",
        &serde_json::json!({ "media": "print" }),
    );
    assert_eq!(chromium.run(printed, &[]), "hidden");
    chromium.tell(
        "Emulation.setEmulatedMedia",
        &serde_json::json!({ "media": "" }),
    );
    quiet(&chromium);

    // A page that is printed has none of it.
    let pdf = chromium.tell("Page.printToPDF", &serde_json::json!({}));
    assert!(pdf["data"].as_str().unwrap().len() > 1000);
    assert_eq!(chromium.run(printed, &[]), "visible", "on the screen again");

    // Left, and come back to: it is gone, also from what the browser keeps on its disk.
    chromium.follow("Home");
    chromium.back();
    chromium.find("body");
    assert!(!chromium.html().contains(&digits), "{}", chromium.html());
    chromium.go("/console");
    let held = chromium.kept_on_disk();
    assert!(held.len() > 5, "the profile was not found");
    for (file, bytes) in held {
        let holds = bytes
            .windows(digits.len())
            .any(|part| part == digits.as_bytes());
        assert!(!holds, "{}", file.display());
    }
}

#[test]
fn a_file_is_tried_admitted_and_its_withdrawal_decided_by_somebody_else() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("second log.csv");
    std::fs::write(&file, fresh_csv()).unwrap();
    let file = file.to_str().unwrap();
    chromium.sign_in(incident, Who::Custodian);
    // Straight from home; the file is chosen once and stays chosen from step to step.
    chromium.follow("Admit a file");
    chromium.send("input[type=file]", file);
    chromium.press("Look at its columns");
    chromium.find("[aria-label=Columns] td");
    chromium.reads("phone numbers with a plus");
    chromium.reads("“second log.csv” is still chosen");
    assert!(!chromium.html().contains("7700"), "{}", chromium.html());
    chromium.press("Check it");
    chromium.find("dl.facts");
    chromium.reads("Nothing was admitted: this is a report only");
    let chosen = "return document.querySelector('input[type=file]').files[0].name";
    assert_eq!(chromium.run(chosen, &[]), "second log.csv");
    chromium.press("Admit it");
    chromium.find("main > .mono");
    chromium.reads("The file was admitted");
    chromium.go(&case(incident, "/exhibits"));
    chromium.reads("second log.csv");
    chromium.click("section:last-of-type details summary");
    chromium.reads("Asking costs 110 points");
    chromium.fill("section:last-of-type textarea[name=reason]", REASON);
    chromium.click("section:last-of-type form button.bad");
    chromium.reads("You asked for it, so somebody else decides.");
    let withdrawal = chromium.place().split('?').next().unwrap().to_owned();
    quiet(&chromium);

    chromium.sign_in(incident, Who::Lead);
    chromium.go(&withdrawal);
    chromium.fill("#reason", "the supplier sent a corrected one");
    chromium.press("Approve");
    chromium.reads("the supplier sent a corrected one");
    chromium.go(&case(incident, "/exhibits"));
    chromium.reads("withdrawn");
    quiet(&chromium);
}

#[test]
fn a_liaison_learns_of_its_own_account_and_asks_for_its_notice() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    let of = |account: &str| {
        let mut all = incident.log.messages.iter();
        let others = incident
            .log
            .numbers_of(|message| message.account != account);
        let own = all.find(|one| one.account == account && !others.contains(one.number.as_str()));
        own.unwrap().number.clone()
    };
    let (own, other) = (of(&incident.account), of(&incident.other_account));
    chromium.sign_in(incident, Who::Liaison);
    chromium.follow("SMS logs of March");
    chromium.reads("Yes: your account is in this log.");
    chromium.go(&case(incident, "/lookup"));
    look_up(&chromium, &format!("{own}\n{other}"));
    chromium.heads("1 of 2 exposed");
    chromium.go(&case(incident, "/requests"));
    chromium.reads("Exports");
    chromium.go(&case(incident, "/exports/new"));
    chromium.choose("profile", "account-notice");
    chromium.fill(
        "#recipients",
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    );
    chromium.fill("#legal_basis", "contract, section 9");
    chromium.press("Ask");
    let words = chromium.reads("liaison asks for an export");
    assert!(words.contains(&incident.account), "{words}");
    quiet(&chromium);
    for refused in ["/records", "/reveals", "/members"] {
        chromium.go(&case(incident, refused));
        if chromium.place().starts_with("/console/sitting") {
            chromium.press("Go on");
        }
        chromium.reads("Who can: ");
    }
}

#[test]
fn an_auditor_finds_a_leaf_and_signs_a_stretch_off_and_sees_no_case() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    let number = incident.log.messages[0].number.clone();
    incident
        .look_up(&incident.investigator(), &[&number])
        .assert_status(200);
    chromium.sign_in(incident, Who::Auditor);
    chromium.keys("a");
    chromium.find("table");
    // The filter is folded until there is one.
    chromium.click("details:has(form[aria-label=Filter]) > summary");
    chromium.choose("action", "record.lookup");
    chromium.press("Filter");
    chromium.comes_to("action=record.lookup");
    chromium.click("tbody th a");
    chromium.reads("As it is in the tree.");
    assert!(!chromium.html().contains(&number[1..]));
    chromium.follow("Sign-off");
    chromium.reads("Not reviewed yet:");
    chromium.fill("#size", "3");
    chromium.fill("#reason", "every one of them was looked at");
    chromium.press("Sign off");
    chromium.reads("It is recorded as leaf");
    quiet(&chromium);
    chromium.go(&case(incident, ""));
    chromium.reads("ask a lead of the case");
}

#[test]
fn an_administrator_invites_somebody_who_then_sets_a_password() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    chromium.sign_in(incident, Who::Administrator);
    chromium.follow("Operators");
    chromium.fill("#name", "new.custodian");
    chromium.choose("role", "custodian");
    chromium.press("Invite");
    let invitation = chromium.text(".enrolment");
    chromium.go("/console/cases");
    chromium.reads("Who can: ");
    chromium.wrong(&[403]);
    chromium.follow("Home");
    chromium.press("Sign out");
    chromium.follow("Use your invitation");
    chromium.fill("#enrolment", &invitation);
    chromium.fill("#password", "a new password of the tests");
    chromium.fill("#again", "a new password of the tests");
    chromium.press("Set the password");
    chromium.find("svg.qr");
    quiet(&chromium);
}

#[test]
fn a_session_ends_visibly_and_wipes_what_it_showed() {
    let incident = Incident::with(
        "[sessions]\nsession_minutes = 1\n",
        crate::support::invented(50, 3),
    );
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    let number = incident.log.messages[0].number.clone();
    let reveal = incident.approved_reveal(&[incident.subject(&number)]);
    chromium.sign_in(&incident, Who::Investigator);
    chromium.go(&case(&incident, "/lookup"));
    look_up(&chromium, &incident.log.messages[0].number);
    chromium.heads("1 of 1 exposed");
    incident.clock.advance_seconds(57);
    chromium.go(&case(&incident, "/lookup"));
    chromium.reads("session ends");
    chromium.find(".ends.soon");
    chromium.fill("#numbers", "+44 1632 960001");
    chromium.fill("#reason", "another reason of mine");
    std::thread::sleep(Duration::from_secs(3));
    chromium.find("#password");
    chromium.reads("The session has ended.");
    assert!(!chromium.html().contains("960001"));
    let kept = chromium.run(
        "return JSON.stringify({ ...sessionStorage, ...localStorage })",
        &[],
    );
    let kept = kept.as_str().unwrap();
    assert!(
        kept.contains("another reason of mine") && !kept.contains("960001"),
        "{kept}"
    );
    quiet(&chromium);

    // The numbers of an opened reveal go with the session too.
    chromium.sign_in(&incident, Who::Investigator);
    incident.clock.advance_seconds(57);
    chromium.go(&format!("/console/reveals/{reveal}"));
    chromium.press("Show the numbers once");
    chromium.find(".number");
    assert!(chromium.html().contains(&number));
    chromium.find("#password");
    assert!(!chromium.html().contains(&number[1..]));
    chromium.back();
    chromium.find("body");
    assert!(
        !chromium.html().contains(&number[1..]),
        "{}",
        chromium.html()
    );

    // What was typed into any other form is kept, and given back to that form alone.
    chromium.wrong(&[401]);
    chromium.sign_in(&incident, Who::Investigator);
    chromium.go(&case(&incident, "/exports/new?country=US"));
    chromium.fill("#recipients", "age1 of somebody");
    chromium.fill("#legal_basis", "contract, section 9");
    chromium.run("keep()", &[]);
    chromium.go(&case(&incident, "/exports/new?country=US"));
    let held = "return ['recipients', 'legal_basis', 'country'].map((id) => document.getElementById(id).value).join()";
    assert_eq!(
        chromium.run(held, &[]),
        "age1 of somebody,contract, section 9,US"
    );
    chromium.go(&case(&incident, "/exports/new"));
    assert_eq!(chromium.run(held, &[]), ",,");
}

#[test]
fn every_list_is_worked_by_keyboard() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    let (tab, enter, escape) = ("\u{e004}", "\u{e007}", "\u{e00c}");
    incident.client(Who::Lead);
    chromium.go("/console/sign-in");
    // The link that skips to the content comes first.
    chromium.keys(tab);
    let focused = "return document.activeElement.textContent.trim() || document.activeElement.name";
    assert_eq!(chromium.run(focused, &[]), "Skip to the content");
    let seen = "const one = document.activeElement.getBoundingClientRect(); return one.left >= 0 && one.top >= 0";
    assert_eq!(chromium.run(seen, &[]), true);
    chromium.keys(enter);
    chromium.keys(tab);
    assert_eq!(chromium.run(focused, &[]), "name");
    chromium.keys(&format!("lead.one{tab}{}{enter}", crate::support::PASSWORD));
    chromium.find("nav.main");
    chromium.keys("?");
    let open = "return document.getElementById('keys').open";
    assert_eq!(chromium.run(open, &[]), true);
    let listed = chromium.text("#keys dl");
    for key in ["Home", "Cases", "Operators"] {
        assert!(listed.contains(key), "{listed}");
    }
    assert!(!listed.contains("Audit"), "not for a lead: {listed}");
    let top = "return document.getElementById('keys').scrollTop";
    assert_eq!(chromium.run(top, &[]), 0);
    chromium.keys(escape);
    assert_eq!(chromium.run(open, &[]), false);
    chromium.keys("c");
    chromium.find("table");
    assert_eq!(chromium.place(), "/console/cases");
    // In every list: the keys are told, j and k go through its rows, and Enter does what the row is for.
    incident.ask_raise(&incident.investigator(), 5);
    incident.ask_raise(&incident.investigator(), 6);
    let row = "const all = [...document.querySelectorAll('main tbody tr, main .entry')];
        return all.findIndex((one) => one.contains(document.activeElement))";
    for path in [
        "/console".to_owned(),
        "/console/cases".to_owned(),
        "/console/operators".to_owned(),
        "/console/sessions".to_owned(),
        case(incident, "/members"),
        case(incident, "/exhibits"),
        case(incident, "/raises"),
    ] {
        chromium.go(&path);
        chromium.keys("j");
        assert_eq!(chromium.run(row, &[]), 0, "{path}");
        let rows = "return document.querySelectorAll('main tbody tr, main .entry').length";
        if chromium.run(rows, &[]).as_u64() > Some(1) {
            chromium.keys("j");
            assert_eq!(chromium.run(row, &[]), 1, "{path}");
            chromium.keys("k");
            assert_eq!(chromium.run(row, &[]), 0, "{path}");
        }
        chromium.keys("?");
        let listed = chromium.text("#keys dl");
        assert!(listed.contains("Next row"), "{path}: {listed}");
        chromium.keys(escape);
    }
    chromium.keys("jk");
    chromium.keys(enter);
    chromium.find("dl.facts.large");
    assert!(
        chromium.place().starts_with("/console/raises/"),
        "{}",
        chromium.place()
    );
    quiet(&chromium);
}

#[test]
fn every_form_works_with_the_script_off() {
    let incident = shared();
    let Some(chromium) = Chromium::start(incident) else {
        return;
    };
    let off = serde_json::json!({ "value": true });
    chromium.tell("Emulation.setScriptExecutionDisabled", &off);
    chromium.sign_in(incident, Who::Investigator);
    let countdown = chromium.text(".countdown");
    assert_eq!(countdown, "", "a script ran");
    chromium.follow("SMS logs of March");
    chromium.follow("Look up a number");
    look_up(&chromium, &incident.log.messages[0].number);
    chromium.heads("1 of 1 exposed");
    chromium.press("Ask for a reveal of all 1");
    chromium.press("Ask");
    chromium.reads("somebody else decides");
    chromium.go(&case(incident, "/records?country=US"));
    assert!(chromium.has("tbody tr"), "{}", chromium.html());
    chromium.go(&case(incident, "/scope?by=country&audience=team"));
    assert!(chromium.has("tbody tr"), "{}", chromium.html());
    chromium.press("Sign out");
    chromium.heads("Sign in");
    quiet(&chromium);
}

#[test]
fn an_admission_is_watched_without_a_click_and_cancelled() {
    let incident = Incident::new();
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    let csv = crate::support::invented(3000, 22).csv;
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    wait_until(&incident, |status| status["state"] == "running");
    chromium.sign_in(&incident, Who::Lead);
    chromium.go(&case(&incident, "/exhibits"));
    chromium.follow("Watch it");
    let shown = "return document.getElementById('read').value";
    assert_eq!(chromium.run(shown, &[]), 0);
    slow.send(&csv[..csv.len() / 2]);
    let until = Instant::now() + Duration::from_secs(10);
    while chromium.run(shown, &[]) != csv.len() / 2 {
        assert!(Instant::now() < until, "{}", chromium.words());
        std::thread::sleep(Duration::from_millis(200));
    }
    chromium.picture("lead-admission-under-way-1280");
    // It stands still when it is told to.
    chromium.follow("Stop that");
    chromium.comes_to("still=1");
    chromium.run("window.still = true", &[]);
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(chromium.run("return window.still", &[]), true);
    chromium.press("Cancel the admission");
    let answer = slow.read_all();
    assert!(answer.contains("/errors#admission-cancelled"), "{answer}");
    wait_until(&incident, |status| status["state"] == "none");
    chromium.go(&case(&incident, "/admissions/current"));
    chromium.heads("No file is being admitted");
    quiet(&chromium);
}

#[test]
fn a_file_that_is_refused_while_it_is_sent_shows_the_refusal() {
    let toml = "[limits]\nupload_bytes = 90_000_000\n";
    let incident = Incident::with(toml, crate::support::invented(50, 3));
    let Some(chromium) = Chromium::start(&incident) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, start: &[u8], line: &str, bytes: usize| {
        let path = folder.path().join(name);
        let mut all = start.to_vec();
        all.extend(line.as_bytes().repeat(bytes / line.len()));
        std::fs::write(&path, all).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let header = b"account,number,carrier,country,state,sent_at,kind\n";
    let row = "one,not a number,Mobile,GB,,2024-03-10T12:00:00Z,sms\n";
    let kind = file("kind.csv", b"colour,size\n", "red,9\n", 80_000_000);
    let large = file("large.csv", header, row, 120_000_000);
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let broken = file("broken.csv.gz", &gzip, "this is no gzip", 80_000_000);
    chromium.sign_in(&incident, Who::Custodian);
    chromium.wrong(&[]);
    for (file, status, told) in [
        (&kind, 422, "colour, size"),
        (&large, 413, "too large"),
        (&broken, 422, "cannot be admitted"),
    ] {
        chromium.go(&case(&incident, "/exhibits/new"));
        chromium.click("form[data-upload] summary");
        chromium.fill("#source", "the supplier");
        chromium.send("input[type=file]", file);
        chromium.press("Admit it");
        chromium.find("#problem");
        let words = chromium.words().to_lowercase();
        assert!(words.contains(told), "{file}: {words}");
        assert_eq!(
            chromium.run("return document.getElementById('source').value", &[]),
            "the supplier"
        );
        assert_eq!(chromium.wrong(&[status]), Vec::<String>::new(), "{file}");
    }
    // No room: another one is being admitted.
    let csv = crate::support::invented(300, 22).csv;
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    wait_until(&incident, |status| status["state"] == "running");
    chromium.go(&case(&incident, "/exhibits/new"));
    chromium.send("input[type=file]", &kind);
    chromium.press("Admit it");
    chromium.find("#problem");
    chromium.reads("is being admitted");
    slow.vanish();
}
