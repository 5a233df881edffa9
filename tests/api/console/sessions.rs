//! Coming in, staying and leaving by a browser.

use super::read_by;
use crate::support::{Browser, Incident, PASSWORD, TestVault, Who, body, code, field, shared};

const SESSION: &str = "__Host-session";

#[test]
fn a_session_is_a_cookie_that_only_this_vault_gets_and_no_script_reads() {
    let incident = shared();
    let browser = Browser::of(incident);
    incident.investigator();
    let fields = [("name", "investigator"), ("password", PASSWORD)];
    let signed_in = browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    assert_eq!(signed_in.header("location"), Some("/console"));
    assert!(signed_in.leaf().is_some());
    let cookie = signed_in.header("set-cookie").unwrap();
    let (_, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    let home = browser.get("/console").assert_status(200);
    assert!(
        home.text().contains("<h1>investigator</h1>"),
        "{}",
        home.text()
    );
    assert!(home.text().contains("SMS logs of March"));
}

#[test]
fn every_sign_in_has_a_new_session_and_ends_the_one_before() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let (first, token) = (browser.cookie(SESSION).unwrap(), browser.token());
    let fields = [("name", "investigator"), ("password", PASSWORD)];
    browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    assert_ne!(browser.cookie(SESSION).unwrap(), first);
    browser.get("/console").assert_status(200);
    assert_ne!(browser.token(), token);
    browser.set_cookie(SESSION, &first);
    let ended = browser.get("/console").assert_status(303);
    let to = ended.header("location");
    assert_eq!(to, Some("/console/sign-in?next=/console&ended=revoked"));
}

#[test]
fn signing_out_ends_the_session_and_takes_its_cookie_away() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Lead);
    let cookie = browser.cookie(SESSION).unwrap();
    let left = browser.submit("/console/sign-out", &[]).assert_status(303);
    assert_eq!(left.header("location"), Some("/console/sign-in"));
    assert_eq!(
        left.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    assert_eq!(browser.cookie(SESSION), None);
    browser.set_cookie(SESSION, &cookie);
    let again = browser.get("/console").assert_status(303);
    assert_eq!(
        again.header("location"),
        Some("/console/sign-in?next=/console&ended=revoked")
    );
}

#[test]
fn the_cookie_is_no_token_of_the_api_and_a_token_no_cookie() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Investigator);
    browser
        .get("/api/v1/me")
        .assert_problem(401, "unauthenticated");
    let token = incident.investigator();
    let page = token.send(ureq::http::Method::GET, "/console", &[], &[]);
    let page = page.assert_status(303);
    assert_eq!(
        page.header("location"),
        Some("/console/sign-in?next=/console")
    );
    assert_eq!(page.leaf(), None);
    // A browser writes its cookies to its disk: what is in one is no token, nor the other way round.
    let cookie = browser.cookie(SESSION).unwrap();
    let found = incident
        .anonymous()
        .with_token(cookie.split('.').next().unwrap());
    found.get("/me").assert_problem(401, "unauthenticated");
    browser.get("/console").assert_status(200);
    let made = cookie.replacen(cookie.split('.').next().unwrap(), token.token(), 1);
    browser.set_cookie(SESSION, &made);
    browser.get("/console").assert_status(303);
}

#[test]
fn a_wrong_password_shows_the_form_again_without_it() {
    let incident = shared();
    let browser = Browser::of(incident);
    let fields = [
        ("name", "nobody.here"),
        ("password", "a wrong password of the tests"),
    ];
    let refused = browser
        .submit("/console/sign-in", &fields)
        .assert_status(401);
    let text = refused.text();
    assert!(text.contains("value=\"nobody.here\""), "{text}");
    assert!(!text.contains("a wrong password"), "{text}");
    assert!(text.contains("is wrong or was used"), "{text}");
    assert!(refused.leaf().is_some());
    assert_eq!(refused.header("set-cookie"), None);
}

#[test]
fn an_invitation_is_used_by_a_page_that_shows_the_second_factor_as_a_picture() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("new.lead", "lead");
    let browser = Browser::of(&vault);
    browser.get("/console/invitation").assert_status(200);
    let differs = [
        ("enrolment", enrolment.as_str()),
        ("password", PASSWORD),
        ("again", "another password of the tests"),
    ];
    let refused = browser
        .submit("/console/invitation", &differs)
        .assert_status(422);
    assert!(refused.text().contains("must be the same twice"));
    let fields = [
        ("enrolment", enrolment.as_str()),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("totp", "yes"),
    ];
    let accepted = browser
        .submit("/console/invitation", &fields)
        .assert_status(200);
    let text = accepted.text();
    assert!(
        text.contains("<svg class=\"qr\"") && text.contains("Welcome, new.lead"),
        "{text}"
    );
    let (_, after) = text.split_once("<code>").unwrap();
    let (secret, _) = after.split_once("</code>").unwrap();
    let now = code(secret, vault.seconds());
    let fields = [
        ("name", "new.lead"),
        ("password", PASSWORD),
        ("totp", now.as_str()),
    ];
    browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    let home = browser.get("/console").assert_status(200);
    assert!(home.text().contains("You work in no case now"));
    // It works once.
    let fields = [
        ("enrolment", enrolment.as_str()),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    browser
        .submit("/console/invitation", &fields)
        .assert_status(401);
}

#[test]
fn a_second_factor_is_set_up_by_a_page() {
    let vault = TestVault::new();
    vault.lead();
    let browser = Browser::of(&vault);
    browser.get("/console/second-factor").assert_status(200);
    let fields = [("name", "lead.one"), ("password", PASSWORD)];
    let set = browser
        .submit("/console/second-factor", &fields)
        .assert_status(200);
    assert!(set.text().contains("<svg class=\"qr\""), "{}", set.text());
}

#[test]
fn a_session_ends_visibly_and_wipes_what_it_showed() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let page = browser.get(&path).assert_status(200);
    let refresh = page.header("refresh").unwrap().to_owned();
    let (after, to) = refresh.split_once("; url=").unwrap();
    assert_eq!(to, format!("/console/sign-in?ended=1&next={path}"));
    let after: i64 = after.parse().unwrap();
    assert!((8 * 3600 - 60..=8 * 3600 + 1).contains(&after), "{after}");
    assert!(page.text().contains("session ends"));
    let told = browser.get(to).assert_status(200);
    assert!(told.text().contains("The session has ended."));
    // It has not ended yet, so the cookie stays.
    assert!(browser.cookie(SESSION).is_some());
    incident.clock.advance_seconds(9 * 3600);
    browser.get(to).assert_status(200);
    assert_eq!(browser.cookie(SESSION), None);
    // So does every page, and each of them counts down.
    let incident = Incident::new();
    for who in Who::ALL {
        let browser = Browser::signed_in(&incident, who);
        sit(&browser);
        for path in read_by(&incident, who) {
            let page = browser.get(&path).assert_status(200);
            let refresh = page.header("refresh").unwrap_or_default().to_owned();
            let here = [("?", "%3F"), ("=", "%3D"), ("&", "%26")].into_iter();
            let here = here.fold(path.clone(), |path, (one, spelt)| path.replace(one, spelt));
            assert!(
                refresh.ends_with(&format!("url=/console/sign-in?ended=1&next={here}")),
                "{path}: {refresh}"
            );
            assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
            let text = page.text();
            assert!(
                text.contains("data-seconds-left=\"") && text.contains("session ends"),
                "{path}: {text}"
            );
        }
    }
}

/// Gives purpose and reason, which pages of records ask for once.
fn sit(browser: &Browser) {
    let why = [
        ("purpose", "scoping"),
        ("reason", body::REASON),
        ("next", "/console"),
    ];
    browser.submit("/console/sitting", &why).assert_status(303);
}

#[test]
fn a_form_survives_an_error_a_detour_and_an_expired_session() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let number = incident.log.messages[0].number.clone();
    // An error: what was typed is there again, but for the numbers.
    let wrong = [
        ("numbers", number.as_str()),
        ("region", "GB"),
        ("purpose", "victim-inquiry"),
        ("reason", "too short"),
    ];
    let again = browser.submit(&path, &wrong).assert_status(422).text();
    assert!(
        again.contains(">too short</textarea>") && again.contains("value=\"GB\""),
        "{again}"
    );
    assert!(!again.contains(&number[1..]), "{again}");
    // A detour: the reason that is missing is asked for, and the question goes on.
    let records = format!("/console{}?country=GB", incident.of_case("/records"));
    let asked = browser.get(&records).assert_status(303);
    let sitting = asked.header("location").unwrap().to_owned();
    assert!(sitting.starts_with("/console/sitting?next="), "{sitting}");
    let why = [
        ("purpose", "scoping"),
        ("reason", "to see who is in it"),
        ("next", records.as_str()),
    ];
    let back = browser.submit("/console/sitting", &why).assert_status(303);
    let back = back.header("location").unwrap().to_owned();
    assert!(back.starts_with(&records), "{back}");
    // The session's end.
    incident.clock.advance_seconds(9 * 3600);
    let fields = [
        ("numbers", number.as_str()),
        ("region", "GB"),
        ("purpose", "victim-inquiry"),
        ("reason", "somebody called about it"),
    ];
    let ended = browser.submit(&path, &fields).assert_status(401);
    let text = ended.text();
    assert!(text.contains("The session has ended."), "{text}");
    assert!(
        text.contains("name=\"keep.reason\" value=\"somebody called about it\""),
        "{text}"
    );
    assert!(
        !text.contains("keep.numbers") && !text.contains(&number[1..]),
        "{text}"
    );
    let fields = [
        ("name", "investigator"),
        ("password", PASSWORD),
        ("next", path.as_str()),
        ("keep_at", path.as_str()),
        ("keep.region", "GB"),
        ("keep.purpose", "victim-inquiry"),
        ("keep.reason", "somebody called about it"),
    ];
    let signed_in = browser
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    let next = signed_in.header("location").unwrap().to_owned();
    assert_eq!(next, format!("{path}?region=GB"));
    let form = browser.get(&next).assert_status(200).text();
    assert!(
        form.contains(">somebody called about it</textarea>"),
        "{form}"
    );
    assert!(form.contains("value=\"victim-inquiry\" selected"), "{form}");
    assert!(form.contains("value=\"GB\""), "{form}");
}

#[test]
fn nobody_is_led_to_another_site_after_signing_in() {
    let incident = shared();
    incident.investigator();
    for next in [
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "/console//example.com",
    ] {
        let browser = Browser::of(incident);
        let fields = [
            ("name", "investigator"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let signed_in = browser
            .submit("/console/sign-in", &fields)
            .assert_status(303);
        assert_eq!(signed_in.header("location"), Some("/console"), "{next}");
    }
}

#[test]
fn a_vault_that_is_no_demo_has_no_buttons_to_sign_in() {
    let incident = shared();
    let browser = Browser::of(incident);
    let page = browser.get("/console/sign-in").assert_status(200);
    assert!(!page.text().contains("this demo"), "{}", page.text());
    incident.investigator();
    let refused = browser.submit("/console/sign-in", &[("person", "investigator")]);
    refused.assert_status(401);
}

#[test]
fn the_page_to_sign_in_names_the_address_at_which_passkeys_work() {
    let incident = shared();
    let page = Browser::of(incident).get("/console/sign-in");
    let page = page.assert_status(200).text();
    let port = incident.address.port();
    let at = format!("href=\"https://localhost:{port}/console/sign-in\"");
    assert!(page.contains(&at), "{page}");
}

#[test]
fn every_time_and_picker_names_its_zone() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Lead);
    let path = format!("/console{}", incident.of_case(""));
    let page = browser.get(&path).assert_status(200).text();
    assert!(
        page.contains("2024-04-02 09:0") && page.contains(" UTC"),
        "{page}"
    );
    let fields = [("zone", "Asia/Kolkata"), ("next", path.as_str())];
    let chosen = browser.submit("/console/zone", &fields).assert_status(303);
    assert_eq!(chosen.header("location"), Some(path.as_str()));
    let page = browser.get(&path).assert_status(200).text();
    assert!(page.contains(" Asia/Kolkata (2024-04-02 09:0"), "{page}");
    let refused = browser.submit("/console/zone", &[("zone", "Mars/Olympus")]);
    assert!(refused.assert_status(422).text().contains("Europe/Vienna"));
    // What is typed names its zone too.
    let raise = format!("/console{}", incident.of_case("/raises/new"));
    let form = browser.get(&raise).assert_status(200).text();
    assert!(form.contains("A time with its zone"), "{form}");
    // On every page: a time says its zone, and a field for one says that it takes one.
    let (mut times, mut fields) = (0, 0);
    for who in Who::ALL {
        let browser = Browser::signed_in(incident, who);
        sit(&browser);
        for path in read_by(incident, who) {
            let text = browser.get(&path).assert_status(200).text();
            for time in text.split("<time ").skip(1) {
                let (_, after) = time.split_once('>').unwrap();
                let (shown, _) = after.split_once("</time>").unwrap();
                assert!(
                    shown.contains("UTC") || shown.ends_with('Z'),
                    "{path}: {shown}"
                );
                times += 1;
            }
            for name in ["sent_from", "sent_to", "from", "to", "until", "time"] {
                let Some((before, _)) = text.split_once(&format!("<input id=\"{name}\"")) else {
                    continue;
                };
                let (_, label) = before.rsplit_once("<label").unwrap();
                assert!(label.contains("zone"), "{path}: {label}");
                fields += 1;
            }
            assert!(
                !text.contains("datetime-local"),
                "{path}: a picker without a zone"
            );
        }
    }
    assert!(times > 60 && fields >= 5, "{times} times, {fields} fields");
}

#[test]
fn me_names_the_cases() {
    let me = shared().investigator().get("/me").assert_status(200).json();
    assert_eq!(me["cases"][0]["title"], "SMS logs of March");
}

#[test]
fn the_reason_of_one_form_survives_the_sessions_end_and_stays_that_forms_own() {
    let incident = Incident::new();
    let exhibit = incident.first_exhibit();
    let withdrawal = format!(
        "/console{}",
        incident.of_case(&format!("/exhibits/{exhibit}/withdrawal"))
    );
    let raise = incident.ask_raise(&incident.investigator(), 5);
    let browser = Browser::signed_in(&incident, Who::Lead);
    let own = [
        ("purpose", "scoping"),
        ("reason", "the reason of the sitting"),
    ];
    browser.submit("/console/sitting", &own).assert_status(303);
    for (path, fields) in [
        (
            format!("/console/raises/{raise}"),
            vec![("decision", "approve")],
        ),
        (withdrawal, vec![]),
        (
            format!("/console{}", incident.of_case("/raises/new")),
            vec![("points", "5")],
        ),
        (format!("/console{}", incident.of_case("/hold")), vec![]),
    ] {
        incident.clock.advance_seconds(9 * 3600);
        let fields = [&fields[..], &[("reason", "a reason of this form alone")]].concat();
        let ended = browser.submit(&path, &fields).assert_status(401).text();
        let next = field(&ended, "next").unwrap();
        let kept = field(&ended, "keep.reason").unwrap();
        assert_eq!(kept, "a reason of this form alone", "{path}");
        let kept_at = field(&ended, "keep_at").unwrap();
        let again = [
            ("name", Who::Lead.name()),
            ("password", PASSWORD),
            ("next", next.as_str()),
            ("keep_at", kept_at.as_str()),
            ("keep.reason", kept.as_str()),
        ];
        let signed_in = browser
            .submit("/console/sign-in", &again)
            .assert_status(303);
        let to = signed_in.header("location").unwrap().to_owned();
        assert!(!to.contains("alone"), "{to}");
        let form = browser.get(&to).assert_status(200).text();
        assert!(
            form.contains(">a reason of this form alone</textarea>"),
            "{path}: {form}"
        );
        // Shown once, and nobody else's.
        let form = browser.get(&to).assert_status(200).text();
        assert!(
            !form.contains("a reason of this form alone"),
            "{path}: {form}"
        );
        let sitting = browser.get("/console/sitting").assert_status(200).text();
        assert!(
            sitting.contains(">the reason of the sitting</textarea>"),
            "{sitting}"
        );
    }
}

#[test]
fn a_session_that_rests_is_counted_down_and_the_sign_in_page_says_why_it_ended() {
    let vault = TestVault::with("[sessions]\nidle_minutes = 30\n");
    let browser = Browser::signed_in(&vault, Who::Lead);
    let page = browser.get("/console").assert_status(200).text();
    assert!(page.contains("session ends unless used:"), "{page}");
    assert!(page.contains("data-seconds-left=\"1740\""), "{page}");
    // Each page keeps it open.
    for _ in 0..2 {
        vault.clock.advance_seconds(25 * 60);
        browser.get("/console").assert_status(200);
    }
    vault.clock.advance_seconds(31 * 60);
    let ended = browser.get("/console").assert_status(303);
    let to = ended.header("location").unwrap().to_owned();
    assert_eq!(to, "/console/sign-in?next=/console&ended=idle");
    let page = browser.get(&to).assert_status(200).text();
    assert!(page.contains("It was not used for too long."), "{page}");
}

#[test]
fn a_new_password_is_typed_twice_and_ends_the_other_sessions() {
    let vault = TestVault::new();
    let browser = Browser::signed_in(&vault, Who::Lead);
    let lost = vault.lead();
    let new = "another password of the tests";
    let page = browser.get("/console/sessions").assert_status(200).text();
    assert!(page.contains("href=\"/console/password\""), "{page}");
    for (old, again, status, told) in [
        (
            PASSWORD,
            "another one",
            422,
            "again: the two entries differ",
        ),
        ("not the password", new, 401, "is wrong or was used"),
    ] {
        let fields = [
            ("old_password", old),
            ("new_password", new),
            ("again", again),
        ];
        let refused = browser
            .submit("/console/password", &fields)
            .assert_status(status);
        let text = refused.text();
        assert!(
            text.contains(told) && text.contains("name=\"new_password\""),
            "{text}"
        );
        assert!(!text.contains(new) && !text.contains(old), "{text}");
        lost.get("/me").assert_status(200);
    }
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", new),
        ("again", new),
    ];
    let done = browser
        .submit("/console/password", &fields)
        .assert_status(303);
    let to = done.header("location").unwrap().to_owned();
    assert!(to.starts_with("/console/sessions?done="), "{to}");
    browser.get(&to).assert_status(200);
    lost.get("/me").assert_problem(401, "session-ended");
}
