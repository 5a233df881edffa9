//! Passkeys by pages: with a form that is sent by hand, and in a real browser with an authenticator in software.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{
    Authenticator, Browser, Chromium, Incident, PASSWORD, TestVault, Who, shared,
};

const NAME: &str = "lead.two";

/// A browser whose reader came in with the passkey.
fn signed_in(vault: &TestVault, key: &Authenticator) -> Browser {
    let browser = Browser::of(vault);
    let challenge = vault.anonymous().get("/sessions/challenge");
    let assertion = key.sign(&challenge.assert_status(200).json());
    let fields = [
        ("name", NAME),
        ("password", PASSWORD),
        ("passkey", &assertion),
    ];
    let entered = browser.submit("/console/sign-in", &fields);
    assert_eq!(entered.status, 303, "{}", entered.text());
    browser.get("/console").assert_status(200);
    browser
}

#[test]
fn a_form_whose_act_is_signed_says_what_to_sign_and_takes_it() {
    let incident = Incident::new();
    let key = Authenticator::new();
    incident.second_lead().enrol(&key);
    // Without the passkey the password is not enough here either.
    let stranger = Browser::of(&incident);
    let refused = stranger.submit(
        "/console/sign-in",
        &[("name", NAME), ("password", PASSWORD)],
    );
    assert_eq!(refused.status, 401, "{}", refused.text());
    let browser = signed_in(&incident, &key);
    let number = incident.log.messages[0].number.clone();
    let subjects = [incident.subject(&number)];
    let reveal = incident.ask_reveal(&incident.investigator(), &subjects);
    let page = format!("/console/reveals/{reveal}");
    let shown = browser.get(&page).assert_status(200);
    assert!(
        shown.text().contains("name=\"passkey\""),
        "{}",
        shown.text()
    );
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    let fields = |passkey| {
        [
            ("decision", "approve"),
            ("reason", "they have to be called today"),
            ("passkey", passkey),
        ]
    };
    let without = browser.submit(&page, &fields(""));
    assert_eq!(without.status, 403, "{}", without.text());
    let asked = browser.submit(&page, &fields("ask"));
    assert_eq!(asked.status, 200, "{}", asked.text());
    let challenge: Value = serde_json::from_slice(&asked.body).unwrap();
    let assertion = key.sign(&challenge);
    // Not for the other decision.
    let mut other = fields(&assertion);
    other[0].1 = "deny";
    assert_eq!(browser.submit(&page, &other).status, 403);
    let decided = browser.submit(&page, &fields(&assertion));
    assert_eq!(decided.status, 303, "{}", decided.text());
    let leaf = incident.leaf(decided.leaf().unwrap());
    assert!(leaf["assertion"].is_string(), "{leaf}");
    assert_eq!(leaf["decision"], "approve", "{leaf}");
    // The assertion is in no page and no address.
    assert!(!decided.header("location").unwrap().contains(&assertion));
}

#[test]
fn whoever_needs_a_passkey_comes_from_the_sign_in_to_where_it_is_enrolled() {
    let vault = TestVault::with("[sign_in]\npasskeys = \"required\"\n");
    let comes = |name: &str, to: &str, needs: bool| {
        let browser = Browser::of(&vault);
        let fields = [("name", name), ("password", PASSWORD)];
        let entered = browser.submit("/console/sign-in", &fields);
        assert_eq!(entered.status, 303, "{}", entered.text());
        assert_eq!(entered.header("location"), Some(to));
        let page = browser.get("/console/passkeys").assert_status(200).text();
        let said = page.contains("Until you have enrolled one here");
        assert_eq!(said, needs, "{page}");
    };
    let (administrator, key) = (vault.administrator(), Authenticator::new());
    comes(Who::Administrator.name(), "/console/passkeys", true);
    // Whoever needs none comes to the first page.
    administrator.enrol(&key);
    let body = json!({ "name": "an.auditor", "role": "auditor" });
    let invited = administrator.signed(&key, &Method::POST, "/operators", &body);
    let invited = invited.assert_status(201);
    let body = json!({ "enrolment": invited.member("enrolment"), "password": PASSWORD });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    enrolled.assert_status(201);
    comes("an.auditor", "/console", false);
}

#[test]
fn nothing_is_asked_of_a_passkey_where_there_is_none() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Lead);
    let page = browser.get("/console/operators").assert_status(200);
    assert!(!page.text().contains("name=\"passkey\""), "{}", page.text());
    let page = browser.get("/console/passkeys").assert_status(200);
    assert!(page.text().contains("You have none"), "{}", page.text());
}

#[test]
fn a_passkey_is_enrolled_enters_and_signs_a_decision_in_a_browser() {
    let incident = Incident::new();
    let Some(chromium) = Chromium::at_name(&incident) else {
        return;
    };
    let authenticator = chromium.authenticator();
    chromium.sign_in(&incident, Who::SecondLead);
    chromium.go("/console/passkeys");
    chromium.fill("#label", "key of the browser");
    chromium.fill("#password", PASSWORD);
    chromium.press("Enrol a passkey");
    chromium.find("code.enrolment");
    chromium.go("/console/passkeys");
    assert!(chromium.words().contains("key of the browser"));

    chromium.press("Sign out");
    chromium.comes_to("/console/sign-in");
    // The password alone opens nothing any more.
    let name = || {
        chromium.go("/console/sign-in");
        chromium.fill("#name", NAME);
        chromium.fill("#password", PASSWORD);
    };
    name();
    chromium.press("Sign in");
    chromium.find("#problem");
    name();
    chromium.press("Sign in with your passkey");
    chromium.find("nav.main");

    let number = incident.log.messages[0].number.clone();
    let subjects = [incident.subject(&number)];
    let reveal = incident.ask_reveal(&incident.investigator(), &subjects);
    let page = format!("/console/reveals/{reveal}");
    chromium.go(&page);
    chromium.fill("#reason", "they have to be called today");
    // Somebody else sits at the device.
    chromium.verifies(&authenticator, false);
    chromium.press("Approve");
    chromium.find("button.first");
    let state = incident.lead().get(&format!("/reveals/{reveal}"));
    assert_eq!(state.assert_status(200).json()["state"], "requested");
    chromium.verifies(&authenticator, true);
    chromium.go(&page);
    chromium.fill("#reason", "they have to be called today");
    chromium.press("Approve");
    chromium.comes_to("done=");
    let place = chromium.place();
    let leaf = place.split("done=").nth(1).unwrap().parse().unwrap();
    let leaf = incident.leaf(leaf);
    assert_eq!(leaf["action"], "reveal.decide", "{leaf}");
    assert!(leaf["assertion"].is_string(), "{leaf}");
    let said = chromium.wrong(&[401, 403]);
    let policies = said
        .iter()
        .filter(|words| words.contains("Content Security Policy"));
    assert_eq!(policies.count(), 0, "{said:?}");

    // What is signed is asked for where the form goes, which is the page itself for some forms only.
    let asked: usize = [
        page.clone(),
        "/console/passkeys".to_owned(),
        "/console/password".to_owned(),
        "/console/tokens".to_owned(),
        "/console/machines".to_owned(),
        "/console/operators".to_owned(),
        format!("/console/cases/{}", incident.case),
        format!("/console/cases/{}/members", incident.case),
        format!("/console/cases/{}/members/new", incident.case),
    ]
    .iter()
    .map(|page| {
        chromium.go(page);
        chromium.find("nav.main");
        let forms = chromium.run(ASKED, &[]);
        for form in forms.as_array().unwrap() {
            assert_eq!(form["asked"], form["sent_to"], "{page}");
        }
        forms.as_array().unwrap().len()
    })
    .sum();
    assert!(asked > 5, "{asked}");

    let outsider = incident.operator(Who::Outsider);
    chromium.go(&format!("/console/cases/{}/members/new", incident.case));
    chromium.run(
        "document.querySelectorAll('details').forEach((one) => { one.open = true; });",
        &[],
    );
    let reason = format!("[id='reason-{outsider}']");
    chromium.fill(&reason, "they look into it too");
    chromium.press(&format!("Name {}", Who::Outsider.name()));
    chromium.comes_to("done=");
    let place = chromium.place();
    let leaf = place.split("done=").nth(1).unwrap();
    let leaf = incident.leaf(leaf.split('&').next().unwrap().parse().unwrap());
    assert!(leaf["assertion"].is_string(), "{leaf}");
}

/// Sends each form that is signed without letting it go, and gives where the script asked what to sign.
const ASKED: &str = r#"
    const found = [];
    for (const form of document.querySelectorAll("form")) {
        if (!form.elements.passkey || "makesPasskey" in form.dataset) { continue; }
        form.requestSubmit = () => {};
        for (const button of form.querySelectorAll("button")) {
            let asked = null;
            window.fetch = (to) => {
                asked = new URL(to, location).href;
                return Promise.resolve(new Response("", { status: 403 }));
            };
            form.dispatchEvent(new SubmitEvent("submit", { submitter: button, cancelable: true, bubbles: true }));
            const to = button.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
            found.push({ asked, sent_to: new URL(to, location).href });
        }
    }
    return found;
"#;
