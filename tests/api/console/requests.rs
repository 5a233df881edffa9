//! What two people decide, on pages.

use serde_json::json;

use crate::support::{Browser, Incident, Who, body};

const REASON: (&str, &str) = ("reason", "a reason that a person typed");

#[test]
fn a_reveal_is_asked_for_decided_and_opened_by_pages() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let subject = incident.subject(&number);
    let asker = Browser::signed_in(&incident, Who::Investigator);
    let new = format!("/console{}", incident.of_case("/reveals/new"));
    let form = asker
        .get(&format!("{new}?subjects={subject}"))
        .assert_status(200)
        .text();
    assert!(
        form.contains("Exactly 1: those ticked below.") && form.contains(&subject),
        "{form}"
    );
    let fields = [
        ("subjects", subject.as_str()),
        ("purpose", "notification"),
        REASON,
    ];
    let asked = asker.submit(&new, &fields).assert_status(303);
    let to = asked.header("location").unwrap().to_owned();
    let (path, done) = to.split_once("?done=").unwrap();
    assert_eq!(done.parse().ok(), asked.leaf());
    let page = asker.get(&to).assert_status(200).text();
    assert!(
        page.contains(&format!("It is recorded as leaf {done}")),
        "{page}"
    );
    assert!(
        page.contains("You asked for it, so somebody else decides. Who can: lead."),
        "{page}"
    );
    assert!(!page.contains("value=\"approve\""), "{page}");
    let home = asker.get("/console").assert_status(200).text();
    assert!(home.contains("somebody else decides"), "{home}");

    let decider = Browser::signed_in(&incident, Who::Lead);
    let home = decider.get("/console").assert_status(200).text();
    assert!(
        home.contains(&format!("href=\"{path}\"")) && home.contains("you decide"),
        "{home}"
    );
    let page = decider.get(path).assert_status(200).text();
    for shown in [
        "investigator asks for a reveal of numbers",
        "<dt>Numbers that would be shown</dt><dd>1</dd>",
        "Telling the people or customers affected: a reason that a person typed",
        "After a yes, the asker, and nobody else, sees these numbers once.",
        subject.as_str(),
        "value=\"approve\"",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains(&number[1..]), "{page}");
    // Whoever asks for the same person once more is told of it before, with the way to it.
    let again = asker.get(&format!("{new}?subjects={subject}"));
    let again = again.assert_status(200).text();
    assert!(
        again.contains(&format!(
            "<a href=\"{path}\">A reveal asked for by investigator</a>"
        )),
        "{again}"
    );
    let other = incident
        .log
        .messages
        .iter()
        .find(|one| one.number != number);
    let other = incident.subject(&other.unwrap().number);
    let nobody = asker
        .get(&format!("{new}?subjects={other}"))
        .assert_status(200);
    assert!(
        !nobody.text().contains("is open and about"),
        "{}",
        nobody.text()
    );
    // Too short a reason: nothing is decided, and what was typed is kept.
    let short = [("decision", "approve"), ("reason", "too short")];
    let again = decider.submit(path, &short).assert_status(422).text();
    assert!(
        again.contains("reason: must have 10 to 500") && again.contains(">too short</textarea>")
    );
    let yes = [
        ("decision", "approve"),
        ("reason", "they have to be called today"),
    ];
    decider.submit(path, &yes).assert_status(303);

    let page = asker.get(path).assert_status(200).text();
    assert!(page.contains("they have to be called today"), "{page}");
    assert!(page.contains(&format!("action=\"{path}/open\"")), "{page}");
    // Somebody else does not open it.
    decider
        .submit(&format!("{path}/open"), &[])
        .assert_status(403);
    let opened = asker
        .submit(&format!("{path}/open"), &[])
        .assert_status(200);
    assert!(opened.text().contains(&number));
    assert_eq!(opened.header("cache-control"), Some("no-store"));
    let again = asker
        .submit(&format!("{path}/open"), &[])
        .assert_status(409);
    assert!(!again.text().contains(&number[1..]));
}

#[test]
fn requests_never_leave_the_history() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let reveal = incident.ask_reveal(&incident.investigator(), &[incident.subject(&number)]);
    let path = format!("/reveals/{reveal}/decision");
    incident
        .lead()
        .post(&path, &body::deny())
        .assert_status(200);
    let list = format!("/console{}", incident.of_case("/reveals"));
    let kinds = Browser::signed_in(&incident, Who::Lead)
        .get(&format!("/console{}", incident.of_case("/requests")))
        .assert_status(200)
        .text();
    for (path, told) in [
        ("raises", "More lookup points"),
        ("reveals", "Reveals of numbers"),
    ] {
        let link = format!("{}\">{told}</a>", incident.of_case(&format!("/{path}")));
        assert!(kinds.contains(&link), "{link}: {kinds}");
    }
    for who in [Who::Investigator, Who::Lead, Who::SecondLead] {
        let browser = Browser::signed_in(&incident, who);
        let page = browser.get(&list).assert_status(200).text();
        assert!(
            page.contains(&reveal) && page.contains("state-denied"),
            "{page}"
        );
        assert!(
            page.contains(&format!("lead.one: {}", body::REASON)),
            "{page}"
        );
    }
}

#[test]
fn reasons_are_append_only_and_both_sides_see_the_same() {
    let incident = Incident::new();
    let raise = incident.ask_raise(&incident.investigator(), 5);
    let path = format!("/console/raises/{raise}");
    let decider = Browser::signed_in(&incident, Who::Lead);
    let no = [
        ("decision", "deny"),
        ("reason", "the budget of today is enough"),
    ];
    decider.submit(&path, &no).assert_status(303);
    let again = [
        ("decision", "deny"),
        ("reason", "what was said before is changed"),
    ];
    decider.submit(&path, &again).assert_status(409);
    let asker = Browser::signed_in(&incident, Who::Investigator);
    for browser in [&asker, &decider] {
        let page = browser.get(&path).assert_status(200).text();
        for shown in [body::REASON, "the budget of today is enough"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("what was said before"), "{page}");
    }
}

#[test]
fn an_approver_sees_the_facts_in_list_and_notice() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let reveal = incident.ask_reveal(&incident.investigator(), &[incident.subject(&number)]);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let notice = lead.get("/console").assert_status(200).text();
    for fact in [&reveal[..], "investigator", body::REASON, "you decide"] {
        assert!(notice.contains(fact), "{fact}: {notice}");
    }
    let list = format!("/console{}", incident.of_case("/reveals?state=requested"));
    let list = lead.get(&list).assert_status(200).text();
    for fact in [
        &reveal[..],
        "Numbers that would be shown: 1",
        "investigator",
        body::REASON,
    ] {
        assert!(list.contains(fact), "{fact}: {list}");
    }
    let denied = format!("/console{}", incident.of_case("/reveals?state=denied"));
    let denied = lead.get(&denied).assert_status(200).text();
    assert!(denied.contains("None is in this state."), "{denied}");
}

#[test]
fn a_decision_stays_what_it_was() {
    let incident = Incident::new();
    let raise = incident.ask_raise(&incident.investigator(), 5);
    let path = format!("/console/raises/{raise}");
    let first = Browser::signed_in(&incident, Who::Lead);
    let no = [("decision", "deny"), ("reason", "there is no need for it")];
    first.submit(&path, &no).assert_status(303);
    let second = Browser::signed_in(&incident, Who::SecondLead);
    let yes = [("decision", "approve"), ("reason", "another one thinks so")];
    let late = second.submit(&path, &yes).assert_status(409).text();
    assert!(late.contains("The request was denied"), "{late}");
    let page = second.get(&path).assert_status(200).text();
    assert!(
        page.contains("state-denied") && page.contains("there is no need for it"),
        "{page}"
    );
}

#[test]
fn an_approver_sees_who_would_get_an_export() {
    let incident = Incident::new();
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let asked = body::export("evidence", &json!({ "country": ["US"] }), key);
    let export = incident.ask_export(&incident.investigator(), &asked);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let page = lead
        .get(&format!("/console/exports/{export}"))
        .assert_status(200)
        .text();
    for shown in [
        key,
        "country: US",
        "GDPR Art. 33(2)",
        "Messages that would leave",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn a_form_for_an_export_survives_an_error() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/exports/new"));
    browser.get(&path).assert_status(200);
    let fields = [
        ("profile", "evidence"),
        ("country", "US\r\nGB"),
        ("recipients", "not a key"),
        ("legal_basis", "GDPR Art. 33"),
        ("purpose", "regulator"),
        REASON,
    ];
    let refused = browser.submit(&path, &fields).assert_status(422).text();
    for kept in [
        ">not a key</textarea>",
        ">US\r\nGB</textarea>",
        "value=\"evidence\" selected",
        "value=\"regulator\" selected",
        "value=\"GDPR Art. 33\"",
    ] {
        assert!(refused.contains(kept), "{kept}: {refused}");
    }
    assert!(refused.contains("recipients[0]"), "{refused}");
}

#[test]
fn a_package_is_handed_out_by_a_form_of_its_session_only() {
    let incident = Incident::new();
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let export = incident.approved_export(&body::export("scope-report", &json!({}), key));
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console/exports/{export}");
    let page = custodian.get(&path).assert_status(200).text();
    assert!(
        page.contains(&format!("action=\"{path}/package\"")),
        "{page}"
    );
    let package = format!("{path}/package");
    custodian.get(&package).assert_status(405);
    let own = [("sec-fetch-site", "same-origin")];
    let refused = custodian
        .submit_with(&package, &own, &[])
        .assert_status(403);
    assert!(refused.leaf().is_some());
    let foreign = [("sec-fetch-site", "cross-site")];
    let token = custodian.token();
    let fields = [("form_token", token.as_str())];
    let refused = custodian
        .submit_with(&package, &foreign, &fields)
        .assert_status(403);
    assert_eq!(refused.leaf(), None);
    let taken = custodian.submit(&package, &[]).assert_status(200);
    assert_eq!(taken.header("content-type"), Some("application/x-tar"));
    assert!(
        taken
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment; ")
    );
    assert!(taken.leaf().is_some());
    let refused = Browser::signed_in(&incident, Who::Lead).submit(&package, &[]);
    let refused = refused.assert_status(403).text();
    assert!(
        refused.contains("Who can: custodian, liaison."),
        "{refused}"
    );
}

#[test]
fn the_exact_set_and_count_are_shown_before_asking() {
    let incident = Incident::new();
    let mut numbers: Vec<&str> = incident
        .log
        .messages
        .iter()
        .map(|one| one.number.as_str())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let subjects: Vec<String> = numbers[..3]
        .iter()
        .map(|number| incident.subject(number))
        .collect();
    let browser = Browser::signed_in(&incident, Who::Lead);
    let ticked: Vec<String> = subjects[..2]
        .iter()
        .map(|one| format!("subjects={one}"))
        .collect();
    let path = format!(
        "/console{}?{}",
        incident.of_case("/reveals/new"),
        ticked.join("&")
    );
    let form = browser.get(&path).assert_status(200).text();
    assert!(form.contains("Exactly 2: those ticked below."), "{form}");
    for (subject, asked) in subjects.iter().zip([true, true, false]) {
        let ticked = format!("name=\"subjects\" value=\"{subject}\" checked");
        assert_eq!(form.contains(&ticked), asked, "{form}");
    }
}

#[test]
fn limits_and_countdown_are_the_largest_thing_on_a_decision() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let reveal = incident.ask_reveal(&incident.investigator(), &[subject]);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let page = lead
        .get(&format!("/console/reveals/{reveal}"))
        .assert_status(200)
        .text();
    let (_, large) = page.split_once("<dl class=\"facts large\">").unwrap();
    let (large, _) = large.split_once("</dl>").unwrap();
    for shown in ["<dd>1</dd>", "To be decided by", "in about 24 hours"] {
        assert!(large.contains(shown), "{shown}: {large}");
    }
}

#[test]
fn exports_follow_roles_and_the_page_says_so() {
    let incident = Incident::new();
    let path = format!("/console{}", incident.of_case("/exports/new"));
    for who in [Who::Investigator, Who::Lead, Who::Liaison] {
        let page = Browser::signed_in(&incident, who)
            .get(&path)
            .assert_status(200)
            .text();
        assert!(page.contains("name=\"recipients\""), "{page}");
    }
    let page = Browser::signed_in(&incident, Who::Custodian).get(&path);
    let page = page.assert_status(200).text();
    assert!(
        page.contains("Who can: investigator, lead, liaison."),
        "{page}"
    );
    assert!(!page.contains("name=\"recipients\""), "{page}");
}

#[test]
fn the_profiles_are_explained_and_how_a_recipient_verifies_a_package() {
    let incident = Incident::new();
    let investigator = Browser::signed_in(&incident, Who::Investigator);
    let new = format!("/console{}", incident.of_case("/exports/new"));
    let form = investigator.get(&new).assert_status(200).text();
    for told in [
        "Exports follow roles",
        "a row for each person with the number",
        "No number and nothing about a person",
        "a row for each record with the number",
        "age-keygen",
        "custodian or liaison hand the package out",
    ] {
        assert!(form.contains(told), "{told}: {form}");
    }
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let export = incident.approved_export(&body::export("scope-report", &json!({}), key));
    let path = format!("/console/exports/{export}");
    let page = investigator.get(&path).assert_status(200).text();
    for told in [
        "breachvault evidence verify",
        "ssh-keygen -Y verify",
        "Who can hand it out: custodian, liaison.",
        "It is built at the first download",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("is being built or handed out"), "{page}");
}

#[test]
fn an_account_notice_without_an_account_says_where_to_choose_one_and_keeps_the_rest() {
    let incident = Incident::new();
    let lead = Browser::signed_in(&incident, Who::Lead);
    let path = format!("/console/cases/{}/exports/new", incident.case);
    let form = lead.get(&path).assert_status(200).text();
    assert!(form.contains("choose it under Which records → Accounts"));
    assert!(!form.contains("<strong>One account:"));
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let asked = [
        ("profile", "account-notice"),
        ("recipients", key),
        ("legal_basis", "GDPR Art. 33"),
        ("purpose", "notification"),
        ("reason", "they have to be told today"),
    ];
    let again = lead.submit(&path, &asked).assert_status(422).text();
    assert!(again.contains("<strong>One account: choose it under Which records → Accounts."));
    assert!(
        again.contains("<details open><summary>Which records:"),
        "{again}"
    );
    for kept in [
        key,
        "value=\"account-notice\" selected",
        "GDPR Art. 33",
        "they have to be told today",
    ] {
        assert!(again.contains(kept), "{kept}: {again}");
    }
}

#[test]
fn home_says_a_role_that_is_not_the_name() {
    let incident = Incident::new();
    let heading = |who: Who| {
        let text = Browser::signed_in(&incident, who).get("/console").text();
        let (_, rest) = text.split_once("<h1>").unwrap();
        rest.split_once("</h1>").unwrap().0.to_owned()
    };
    for who in [Who::Investigator, Who::SecondLead] {
        let vault = incident.client(who).get("/me").json();
        let (name, role) = (
            vault["name"].as_str().unwrap(),
            vault["role"].as_str().unwrap(),
        );
        let expected = match name == role {
            true => name.to_owned(),
            false => format!("{name}, {role}"),
        };
        assert_eq!(heading(who), expected);
    }
}
