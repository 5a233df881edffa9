//! The keyring's slots on pages: one administrator asks, another one decides, and what opens a new slot is shown once.

use breachvault::vault::keyring::{LockedKeyring, Share};
use serde_json::Value;

use crate::support::{Authenticator, Browser, PASSWORD, TestVault, Who, body};

const SLOTS: &str = "/console/keys/slots";
const CHANGE: &str = "/console/keys/slots/change";
const DECISION: &str = "/console/keys/slots/change/decision";
const CARRYING_OUT: &str = "/console/keys/slots/change/carrying-out";

const REASON: (&str, &str) = ("reason", body::REASON);
const APPROVE: &[(&str, &str)] = &[("decision", "approve"), REASON];
const DENY: &[(&str, &str)] = &[("decision", "deny"), REASON];
/// As a browser sends it: the fields that are for other kinds of slots are empty.
const BOARD: &[(&str, &str)] = &[
    ("change", "add"),
    ("kind", "shares"),
    ("label", "board"),
    ("needed", "2"),
    ("shares", "3"),
    ("recipients", ""),
    REASON,
];

/// The browser of the second administrator.
fn other(vault: &TestVault) -> Browser {
    vault.other_administrator();
    enter(vault, "")
}

/// The same, who came in with a passkey unless that is empty.
fn enter(vault: &TestVault, assertion: &str) -> Browser {
    let browser = Browser::of(vault);
    let fields = [
        ("name", "administrator.two"),
        ("password", PASSWORD),
        ("passkey", assertion),
    ];
    browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    browser.get("/console").assert_status(200);
    browser
}

fn text(browser: &Browser, path: &str) -> String {
    browser.get(path).assert_status(200).text()
}

/// What a page shows once.
fn secrets(page: &str) -> Vec<&str> {
    let after = page.split("class=\"secret mono\" tabindex=\"0\">").skip(1);
    after.map(|rest| rest.split_once('<').unwrap().0).collect()
}

#[test]
fn two_administrators_add_shares_and_the_page_shows_them_once() {
    let vault = TestVault::new();
    let (one, two) = (
        Browser::signed_in(&vault, Who::Administrator),
        other(&vault),
    );
    let keys = text(&one, "/console/keys");
    assert!(keys.contains(&format!("href=\"{SLOTS}\"")), "{keys}");
    assert!(text(&one, SLOTS).contains("No change waits."));
    let asked = one.submit(CHANGE, BOARD).assert_status(303);
    let to = asked.header("location").unwrap();
    assert!(to.starts_with(&format!("{SLOTS}?done=")), "{to}");

    // It waits for the other one, not for the one who asked.
    let called = "The keyring&#39;s slots are to change";
    let home = text(&two, "/console");
    assert!(home.contains(SLOTS) && home.contains(called), "{home}");
    assert!(!text(&one, "/console").contains(SLOTS));
    let own = text(&one, SLOTS);
    assert!(own.contains("another administrator decides"), "{own}");
    assert!(
        !own.contains(DECISION) && !own.contains(CARRYING_OUT),
        "{own}"
    );
    let waits = text(&two, SLOTS);
    let name = Who::Administrator.name();
    for told in ["2 of 3", "board", body::REASON, name, DECISION] {
        assert!(waits.contains(told), "{told}: {waits}");
    }
    assert!(!waits.contains(CARRYING_OUT), "{waits}");
    let decided = two.submit(DECISION, APPROVE).assert_status(303);
    let to = decided.header("location").unwrap();
    assert!(to.starts_with(&format!("{SLOTS}?done=")), "{to}");

    // Now it waits for the one who asked.
    assert!(!text(&two, "/console").contains(SLOTS));
    assert!(text(&one, "/console").contains(SLOTS));
    assert!(text(&one, SLOTS).contains(CARRYING_OUT));
    let done = one.submit(CARRYING_OUT, &[REASON]).assert_status(200);
    assert_eq!(done.header("cache-control"), Some("no-store"));
    let page = done.text();
    let shares = secrets(&page);
    assert_eq!(shares.len(), 3, "{page}");
    assert_eq!(page.matches("<section class=\"handed\">").count(), 3);
    // Whoever finds a sheet knows of which vault it is, and how many more it takes.
    let keyring = LockedKeyring::read(&vault.paths.keyring()).unwrap();
    let told = format!(
        "Vault <code>{}</code>; 2 of 3 needed.",
        keyring.fingerprint()
    );
    assert_eq!(page.matches(&told).count(), 3, "{page}");

    let locked = LockedKeyring::read(&vault.paths.keyring()).unwrap();
    let mut gathering = locked.gathering();
    for share in [shares[0], shares[2]] {
        let share = Share::parse(share).ok().unwrap();
        gathering.add(share).unwrap();
    }
    assert!(locked.unlock_with_shares(&gathering).is_ok());

    // A second look shows none of them, wherever it looks.
    let again = one.submit(CARRYING_OUT, &[REASON]).assert_status(404);
    let leaf = vault
        .auditor()
        .get(&format!("/audit/leaves/{}", done.leaf().unwrap()));
    for page in [
        again.text(),
        leaf.assert_status(200).text(),
        text(&one, SLOTS),
        text(&one, "/console/keys"),
        text(&one, "/console"),
    ] {
        assert!(shares.iter().all(|share| !page.contains(share)), "{page}");
        assert_eq!(secrets(&page).len(), 0, "{page}");
    }
    let after = text(&one, SLOTS);
    assert!(
        after.contains("2 of 3 shares") && after.contains("No change waits."),
        "{after}"
    );
    assert!(!text(&one, "/console").contains(called));
}

#[test]
fn two_administrators_give_the_keyring_a_new_root() {
    let vault = TestVault::new();
    let (one, two) = (
        Browser::signed_in(&vault, Who::Administrator),
        other(&vault),
    );
    let wanted = |reason| [("change", "rotate-root"), ("reason", reason)];
    let again = one.submit(CHANGE, &wanted("short")).assert_status(422);
    assert!(again.text().contains("id=\"root-reason\""));
    assert!(text(&one, SLOTS).contains("id=\"root-reason\""));
    one.submit(CHANGE, &wanted(body::REASON)).assert_status(303);
    let waits = text(&two, SLOTS);
    assert!(waits.contains("asks: a new root."), "{waits}");
    two.submit(DECISION, APPROVE).assert_status(303);
    let done = one.submit(CARRYING_OUT, &[REASON]).assert_status(200);
    let page = done.text();
    for told in [
        "The keyring has a new root",
        "The vault has new signing keys",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(secrets(&page).len(), 0, "{page}");
    let status = vault.administrator().get("/keys/status");
    let since = status.assert_status(200).json()["root_since"].clone();
    let keys = text(&one, "/console/keys");
    let told = format!("<dt>Root</dt><dd>of generation {since},");
    assert!(since != 1 && keys.contains(&told), "{keys}");
}

#[test]
fn a_new_passphrase_is_shown_once_and_what_takes_a_slot_away_shows_nothing() {
    let vault = TestVault::new();
    let (one, two) = (
        Browser::signed_in(&vault, Who::Administrator),
        other(&vault),
    );
    let fields = [
        ("change", "add"),
        ("kind", "passphrase"),
        ("label", "safe"),
        ("needed", ""),
        ("shares", ""),
        ("recipients", ""),
        REASON,
    ];
    one.submit(CHANGE, &fields).assert_status(303);
    two.submit(DECISION, APPROVE).assert_status(303);
    let page = one
        .submit(CARRYING_OUT, &[REASON])
        .assert_status(200)
        .text();
    assert_eq!(secrets(&page).len(), 1, "{page}");
    assert!(!secrets(&page)[0].is_empty());
    let slots = vault.administrator().get("/keys/slots").json();
    let slot = slots["keyring"]["slots"][1]["slot"].to_string();
    let fields = [("change", "remove"), ("slot", slot.as_str()), REASON];
    two.submit(CHANGE, &fields).assert_status(303);
    let waits = text(&one, SLOTS);
    assert!(waits.contains(&format!("slot {slot} goes")), "{waits}");
    one.submit(DECISION, APPROVE).assert_status(303);
    let page = two
        .submit(CARRYING_OUT, &[REASON])
        .assert_status(200)
        .text();
    assert_eq!(secrets(&page).len(), 0, "{page}");
    let slots = vault.administrator().get("/keys/slots").json();
    assert_eq!(slots["keyring"]["slots"].as_array().unwrap().len(), 1);
}

#[test]
fn nobody_changes_slots_alone_or_by_anothers_page() {
    let vault = TestVault::new();
    let (one, two) = (
        Browser::signed_in(&vault, Who::Administrator),
        other(&vault),
    );
    // Nothing waits.
    two.submit(DECISION, APPROVE).assert_status(404);
    one.submit(CARRYING_OUT, &[REASON]).assert_status(404);
    one.submit(CHANGE, BOARD).assert_status(303);
    let own = one.submit(DECISION, APPROVE).assert_status(403).text();
    assert!(own.contains("You asked for this"), "{own}");
    let early = one
        .submit(CARRYING_OUT, &[REASON])
        .assert_status(409)
        .text();
    assert!(early.contains(CARRYING_OUT), "{early}");
    assert_eq!(secrets(&early).len(), 0);
    two.submit(CHANGE, BOARD).assert_status(409);
    two.submit(DECISION, APPROVE).assert_status(303);
    let others = two
        .submit(CARRYING_OUT, &[REASON])
        .assert_status(403)
        .text();
    assert!(others.contains("Only the operator who asked"), "{others}");
    assert_eq!(secrets(&others).len(), 0);
    let lead = Browser::signed_in(&vault, Who::Lead);
    lead.get(SLOTS).assert_status(403);
    lead.submit(CHANGE, BOARD).assert_status(403);
    lead.submit(DECISION, DENY).assert_status(403);
    lead.submit(CARRYING_OUT, &[REASON]).assert_status(403);
    assert!(!text(&lead, "/console/keys").contains(SLOTS));
    // From another site nothing is carried out, with the right cookie too.
    let token = one.token();
    let fields = [REASON, ("form_token", token.as_str())];
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let answer = one.submit_with(CARRYING_OUT, &elsewhere, &fields);
    assert_eq!(answer.status, 403, "{}", answer.text());
    one.submit(CARRYING_OUT, &[REASON]).assert_status(200);
}

#[test]
fn a_no_ends_the_change_and_what_is_wrong_is_said_at_its_field() {
    let vault = TestVault::new();
    let (one, two) = (
        Browser::signed_in(&vault, Who::Administrator),
        other(&vault),
    );
    let mut wrong = BOARD.to_vec();
    wrong[3].1 = "5";
    let page = one.submit(CHANGE, &wrong).assert_status(422).text();
    assert!(
        page.contains("id=\"problem\"") && page.contains("value=\"board\""),
        "{page}"
    );
    let fields = [("change", "remove"), ("slot", "77"), REASON];
    let page = one.submit(CHANGE, &fields).assert_status(422).text();
    assert!(page.contains("must be the number of a slot"), "{page}");
    assert!(page.contains("Ask to remove it"), "{page}");
    let last = [("change", "remove"), ("slot", "0"), REASON];
    one.submit(CHANGE, &last).assert_status(409);
    assert!(text(&one, SLOTS).contains("No change waits."));

    one.submit(CHANGE, BOARD).assert_status(303);
    let short = [("decision", "approve"), ("reason", "short")];
    let page = two.submit(DECISION, &short).assert_status(422).text();
    assert!(
        page.contains("id=\"problem\"") && page.contains(DECISION),
        "{page}"
    );
    two.submit(DECISION, DENY).assert_status(303);
    assert!(text(&one, SLOTS).contains("No change waits."));
    one.submit(CARRYING_OUT, &[REASON]).assert_status(404);
}

#[test]
fn whoever_has_a_passkey_signs_the_decision_on_the_page() {
    let vault = TestVault::new();
    let one = Browser::signed_in(&vault, Who::Administrator);
    let key = Authenticator::new();
    vault.other_administrator().enrol(&key);
    let challenge = vault.anonymous().get("/sessions/challenge");
    let entered = key.sign(&challenge.assert_status(200).json());
    let two = enter(&vault, &entered);
    one.submit(CHANGE, BOARD).assert_status(303);
    let page = two.get(SLOTS).assert_status(200);
    assert!(page.text().contains("name=\"passkey\""), "{}", page.text());
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    let with = |passkey| [APPROVE[0], REASON, ("passkey", passkey)];
    two.submit(DECISION, &with("")).assert_status(403);
    let asked = two.submit(DECISION, &with("ask")).assert_status(200);
    let challenge: Value = serde_json::from_slice(&asked.body).unwrap();
    let assertion = key.sign(&challenge);
    let mut denied = with(&assertion);
    denied[0].1 = "deny";
    two.submit(DECISION, &denied).assert_status(403);
    let decided = two.submit(DECISION, &with(&assertion)).assert_status(303);
    let leaf = vault
        .auditor()
        .get(&format!("/audit/leaves/{}", decided.leaf().unwrap()));
    let leaf = leaf.assert_status(200).json();
    assert!(leaf["leaf"]["assertion"].is_string(), "{leaf}");
    one.submit(CARRYING_OUT, &[REASON]).assert_status(200);
}
