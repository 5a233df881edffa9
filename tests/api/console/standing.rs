//! The pages about oneself and about the vault: sessions, budgets, keys, health, the clock, and what waits that is no
//! request.

use breachvault::vault::clock::Clock as _;

use crate::support::{Answer, Browser, Incident, Log, TestVault, Who, body, csv_of};

const REASON: (&str, &str) = ("reason", body::REASON);

fn text(browser: &Browser, path: &str) -> String {
    browser.get(path).assert_status(200).text()
}

fn leads_to(answer: Answer, path: &str) {
    let answer = answer.assert_status(303);
    let to = answer.header("location").unwrap();
    assert!(to.starts_with(&format!("{path}?done=")), "{to}");
}

#[test]
fn a_session_that_was_left_open_elsewhere_is_ended_on_a_page() {
    let vault = TestVault::new();
    let elsewhere = vault.lead();
    let id = elsewhere.get("/me").member("session");
    let browser = Browser::signed_in(&vault, Who::Lead);
    let page = text(&browser, "/console/sessions");
    assert!(
        page.contains(&id) && page.contains("this one: “Sign out” ends it"),
        "{page}"
    );
    let ended = browser.submit(&format!("/console/sessions/{id}/end"), &[]);
    leads_to(ended, "/console/sessions");
    elsewhere.get("/me").assert_problem(401, "session-ended");
    let page = text(&browser, "/console/sessions");
    assert!(!page.contains(&id), "{page}");
}

/// An incident whose first lead has frozen lookups.
fn frozen() -> Incident {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900002", "2024-03-10T12:00:00Z"),
    ];
    let config = "[budgets]\nlookup_points = 1\nlookup_points_per_hour = 3600\n";
    let incident = Incident::with(config, Log::read_short(csv_of(&rows)));
    let lead = incident.lead();
    for _ in 0..10 {
        incident
            .look_up(&lead, &["+447700900001"])
            .assert_status(200);
        incident.look_up(&lead, &["+447700900001"]);
        incident.clock.advance_seconds(2);
    }
    let refused = incident.look_up(&lead, &["+447700900001"]);
    refused.assert_problem(429, "lookups-frozen");
    incident
}

#[test]
fn frozen_lookups_wait_for_another_lead_who_thaws_them_from_home() {
    let incident = frozen();
    let case = incident.case.clone();
    let own = Browser::signed_in(&incident, Who::Lead);
    for page in ["/console", "/console/budgets"] {
        let page = text(&own, page);
        assert!(page.contains("another lead of the case"), "{page}");
        assert!(page.contains("frozen"), "{page}");
        assert!(!page.contains("/thaw"), "{page}");
    }
    let other = Browser::signed_in(&incident, Who::SecondLead);
    let home = text(&other, "/console");
    let path = format!(
        "/console/cases/{case}/members/{}/thaw",
        incident.operator(Who::Lead)
    );
    assert!(
        home.contains("Lookups are frozen") && home.contains(&path),
        "{home}"
    );
    let members = text(&other, &format!("/console/cases/{case}/members"));
    assert!(
        members.contains("lookups frozen until") && members.contains(&path),
        "{members}"
    );
    // A custodian of the case neither knows nor can do anything about it.
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let members = text(&custodian, &format!("/console/cases/{case}/members"));
    assert!(!members.contains("frozen"), "{members}");
    let refused = custodian.submit(&path, &[REASON]).assert_status(403).text();
    assert!(refused.contains("Who can: lead."), "{refused}");
    let refused = own.submit(&path, &[REASON]).assert_status(409).text();
    assert!(refused.contains("own"), "{refused}");

    let thawed = other.submit(&path, &[REASON, ("next", "/console")]);
    leads_to(thawed, "/console");
    let home = text(&other, "/console");
    assert!(!home.contains("Lookups are frozen"), "{home}");
    incident.clock.advance_seconds(2);
    incident
        .look_up(&incident.lead(), &["+447700900001"])
        .assert_status(200);
}

#[test]
fn a_lead_whom_another_administrator_suspended_waits_for_an_administrator() {
    let vault = TestVault::new();
    let case = vault.case_of_suspended_leads();
    let administrator = Browser::signed_in(&vault, Who::Administrator);
    let home = text(&administrator, "/console");
    let path = |who| format!("/console/cases/{case}/members/{}/lift", vault.operator(who));
    assert!(home.contains(&path(Who::SecondLead)), "{home}");
    // What they imposed themselves, somebody else lifts; and titles of cases are not for them.
    assert!(!home.contains(&path(Who::Lead)), "{home}");
    assert!(!home.contains("SMS logs of March"), "{home}");
    let own = administrator.submit(&path(Who::Lead), &[REASON]);
    let own = own.assert_status(403).text();
    assert!(own.contains("somebody else must"), "{own}");
    let lifted = administrator.submit(&path(Who::SecondLead), &[REASON, ("next", "/console")]);
    leads_to(lifted, "/console");
    // The lead who is back sees the other one, and lifts it.
    let lead = Browser::signed_in(&vault, Who::SecondLead);
    let members = format!("/console/cases/{case}/members");
    for page in ["/console", members.as_str()] {
        let page = text(&lead, page);
        assert!(page.contains(&path(Who::Lead)), "{page}");
    }
    leads_to(lead.submit(&path(Who::Lead), &[REASON]), &members);
    let page = text(&lead, &members);
    assert!(!page.contains("suspended</td>"), "{page}");
    // With two leads who can act, they name a member anew.
    let suspend = format!(
        "/console/cases/{case}/members/{}/suspension",
        vault.operator(Who::Custodian)
    );
    leads_to(lead.submit(&suspend, &[REASON]), &members);
    let page = text(&lead, &members);
    assert!(page.contains("naming them anew"), "{page}");
}

#[test]
fn two_people_accept_a_time_on_a_page_and_are_told_who_did() {
    let incident = Incident::new();
    let lead = Browser::signed_in(&incident, Who::Lead);
    let clock = text(&lead, "/console/clock");
    assert!(
        clock.contains("The two agree") && !clock.contains("<button class=\"first\">"),
        "{clock}"
    );
    incident.clock.jump_seconds(86_400);
    for who in [Who::Lead, Who::Administrator] {
        let home = text(&Browser::signed_in(&incident, who), "/console");
        assert!(home.contains("The clock is in doubt"), "{home}");
    }
    let home = text(
        &Browser::signed_in(&incident, Who::Investigator),
        "/console",
    );
    assert!(!home.contains("The clock is in doubt"), "{home}");
    let wrong = [("time", "2024-04-02T09:00:00Z"), REASON];
    let again = lead
        .submit("/console/clock", &wrong)
        .assert_status(422)
        .text();
    assert!(again.contains("must be what the machine"), "{again}");
    assert!(again.contains("value=\"2024-04-02T09:00:00Z\""), "{again}");
    let right = [("time", "2024-04-03T11:02:00+02:00"), REASON];
    leads_to(lead.submit("/console/clock", &right), "/console/clock");
    let own = text(&lead, "/console");
    assert!(
        own.contains("You accepted it. Who can now: another lead or administrator."),
        "{own}"
    );
    let administrator = Browser::signed_in(&incident, Who::Administrator);
    let clock = text(&administrator, "/console/clock");
    assert!(clock.contains("lead.one accepted it"), "{clock}");
    leads_to(
        administrator.submit("/console/clock", &right),
        "/console/clock",
    );
    let clock = text(&administrator, "/console/clock");
    assert!(clock.contains("The two agree"), "{clock}");
}

#[test]
fn budgets_say_what_is_left_and_when_it_fills_and_which_raises_wait() {
    let config = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 1\n";
    let incident = Incident::with(config, crate::support::invented(50, 3));
    let number = incident.log.messages[0].number.clone();
    let asker = incident.investigator();
    incident.look_up(&asker, &[&number]).assert_status(200);
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let page = text(&browser, "/console/budgets");
    assert!(page.contains("9 of 10"), "{page}");
    assert!(
        page.contains("All lookup points are there again at"),
        "{page}"
    );
    incident.ask_raise(&asker, 5);
    let raise = format!("/console{}", incident.of_case("/raises"));
    let page = text(&browser, "/console/budgets");
    assert!(
        page.contains(&raise) && page.contains("Somebody else decides"),
        "{page}"
    );
    let lead = Browser::signed_in(&incident, Who::Lead);
    let page = text(&lead, "/console/budgets");
    assert!(page.contains("asked by investigator"), "{page}");
    let me = asker.get("/me").json()["cases"][0].clone();
    assert_eq!(me["lookup_most"], 10);
    // One point in an hour.
    let full: String = me["lookup_full_at"].as_str().unwrap().to_owned();
    let hour = incident.clock.now().plus_seconds(3600).to_string();
    assert_eq!(full, hour);
}

#[test]
fn public_keys_are_for_everybody_and_the_keyring_for_administrators() {
    let vault = TestVault::new();
    let vkey = vault.lead().get("/audit/vkey").text();
    for who in [Who::Lead, Who::Administrator] {
        let browser = Browser::signed_in(&vault, who);
        let page = text(&browser, "/console/keys");
        assert!(page.contains(vkey.trim()), "{page}");
        assert!(page.contains("SHA256:"), "{page}");
        // What `ssh-keygen -Y verify` reads, as it is.
        let signer = vault.lead().get("/evidence/signer").text();
        assert!(page.contains(signer.trim()), "{signer} in {page}");
        let told = page.contains("Ways to unlock it");
        assert_eq!(told, who == Who::Administrator, "{page}");
    }
    let health = text(&Browser::signed_in(&vault, Who::Auditor), "/console/health");
    assert!(health.contains("<strong>Ready.</strong>"), "{health}");
}
