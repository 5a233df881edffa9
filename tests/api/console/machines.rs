//! Machines by pages.

use serde_json::json;

use crate::machine::MACHINES;
use crate::support::{Browser, Machine, PASSWORD, TestVault, code};

#[test]
fn a_machine_is_added_and_ended_by_a_page_which_keeps_no_key_that_came_along() {
    let vault = TestVault::with(MACHINES);
    let (_, enrolment) = vault.invite("new.lead", "lead");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    let secret = enrolled.assert_status(201).member("totp_secret");
    let browser = Browser::of(&vault);
    let now = code(&secret, vault.seconds());
    let fields = [
        ("name", "new.lead"),
        ("password", PASSWORD),
        ("totp", now.as_str()),
    ];
    browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    let tokens = browser.get("/console/tokens").assert_status(200);
    assert!(tokens.text().contains("href=\"/console/machines\""));
    let page = browser.get("/console/machines").assert_status(200);
    assert!(page.text().contains("There is none."));

    let machine = Machine::new();
    let add = |certificate: &str| {
        let fields = [
            ("label", "nightly <counts>"),
            ("certificate", certificate),
            ("days", "30"),
            ("actions", "audit.vkey"),
            ("case", ""),
        ];
        browser.submit("/console/machines", &fields)
    };
    let key = machine.key_pem();
    let refused = add(&format!("{key}{}", machine.pem())).assert_status(422);
    let text = refused.text();
    assert!(text.contains("a private key came with it"), "{text}");
    assert!(text.contains("nightly &#60;counts&#62;"), "{text}");
    let typed = key.lines().nth(1).unwrap();
    assert!(!text.contains(typed) && !text.contains("-----BEGIN"));

    add(&machine.pem()).assert_status(303);
    let client = machine.client(&vault);
    client.get("/audit/vkey").assert_status(200);
    let page = browser.get("/console/machines").assert_status(200).text();
    assert!(page.contains("nightly &#60;counts&#62;"), "{page}");
    let (_, end) = page.split_once("action=\"/console/machines/").unwrap();
    let (id, _) = end.split_once("/end\"").unwrap();
    browser
        .submit(&format!("/console/machines/{id}/end"), &[])
        .assert_status(303);
    client
        .get("/audit/vkey")
        .assert_problem(401, "session-ended");
    let page = browser.get("/console/machines").assert_status(200);
    assert!(page.text().contains("There is none."));
}
