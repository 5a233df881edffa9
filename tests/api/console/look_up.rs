//! Looking numbers up on a page.

use crate::support::{Browser, Incident, Who, body, invented, shared};

#[test]
fn a_list_in_any_spelling_is_answered_by_position_and_never_said_back() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/lookup"));
    browser.get(&path).assert_status(200);
    let known = incident.log.messages[0].number.clone();
    let absent = absent(incident);
    let (spaced, last) = (format!("+44 7700 900 {}", &absent[10..]), &absent[4..]);
    let list = format!("{known}\r\n{spaced}; none");
    let fields = [
        ("numbers", list.as_str()),
        ("region", ""),
        ("purpose", "victim-inquiry"),
        ("reason", body::REASON),
    ];
    let page = browser.submit(&path, &fields).assert_status(200);
    assert!(page.leaf().is_some());
    let text = page.text();
    assert!(text.contains("<h1>1 of 3 exposed</h1>"), "{text}");
    for state in ["state-exposed", "state-not_exposed", "state-unreadable"] {
        assert_eq!(text.matches(state).count(), 1, "{state}");
    }
    assert!(text.contains("it is no phone number"), "{text}");
    let subject = incident.subject(&known);
    assert!(text.contains(&subject), "{text}");
    // The same answers as a file, without a number, and all people found for one press.
    assert!(text.contains("download=\"lookup.csv\""), "{text}");
    let (_, all) = text.split_once("id=\"all\">").unwrap();
    let (all, _) = all.split_once("</form>").unwrap();
    assert_eq!(all.matches("name=\"subjects\"").count(), 1, "{all}");
    assert!(text.contains("<button form=\"all\""), "{text}");
    for digits in [&known[1..], last, &spaced[4..], &absent[7..]] {
        assert!(!text.contains(digits), "{digits}: {text}");
    }
}

#[test]
fn purpose_and_reason_are_asked_once_for_a_sitting() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Lead);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let form = browser.get(&path).text();
    assert!(!form.contains("selected"), "{form}");
    let fields = [
        ("numbers", "+447700900999"),
        ("purpose", "scoping"),
        ("reason", "how large it is, asked by the board"),
    ];
    browser.submit(&path, &fields).assert_status(200);
    let form = browser.get(&path).text();
    assert!(form.contains("value=\"scoping\" selected"), "{form}");
    assert!(
        form.contains(">how large it is, asked by the board</textarea>"),
        "{form}"
    );
    browser.submit("/console/sign-out", &[]).assert_status(303);
    let again = Browser::signed_in(&incident, Who::Lead);
    assert!(!again.get(&path).text().contains("asked by the board"));
}

#[test]
fn an_error_keeps_all_but_the_numbers_and_names_the_field() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let number = incident.log.messages[0].number.clone();
    let fields = [
        ("numbers", number.as_str()),
        ("region", "ZZ"),
        ("purpose", "notification"),
        ("reason", "they have to be told today"),
    ];
    let refused = browser.submit(&path, &fields).assert_status(422);
    assert!(refused.leaf().is_some());
    let text = refused.text();
    assert!(
        text.contains("<strong>A part of the request breaks a rule.</strong>"),
        "{text}"
    );
    assert!(text.contains("region: "), "{text}");
    assert!(text.contains("paste them again"), "{text}");
    assert!(
        text.contains(">they have to be told today</textarea>"),
        "{text}"
    );
    assert!(text.contains("value=\"notification\" selected"), "{text}");
    assert_eq!(text.matches("aria-invalid=\"true\"").count(), 1, "{text}");
    assert!(!text.contains(&number[1..]), "{text}");
    // Too short a reason, no purpose, no number: each is named.
    for (field, value, at) in [
        ("reason", "short", "reason: must have 10 to 500 characters"),
        ("purpose", "", "purpose: must be one of"),
        ("numbers", " \r\n ", "numbers: must have 1 to 1000 numbers"),
    ] {
        let mut fields = fields;
        fields[1].1 = "GB";
        for pair in &mut fields {
            if pair.0 == field {
                pair.1 = value;
            }
        }
        let refused = browser.submit(&path, &fields).assert_status(422);
        assert!(refused.text().contains(at), "{field}: {}", refused.text());
    }
}

#[test]
fn what_cannot_be_done_says_why_and_who_can() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let page = browser.get(&path).assert_status(200).text();
    assert!(
        page.contains("Who can: investigator, lead, liaison."),
        "{page}"
    );
    assert!(!page.contains("<textarea"), "{page}");
    let fields = [
        ("numbers", "+447700900999"),
        ("purpose", "scoping"),
        ("reason", body::REASON),
    ];
    let refused = browser.submit(&path, &fields).assert_status(403);
    let text = refused.text();
    assert!(text.contains("Your role does not allow this."), "{text}");
    assert!(
        text.contains("Who can: investigator, lead, liaison."),
        "{text}"
    );
    assert!(refused.leaf().is_some());
    // On every other page that has something for some roles alone.
    for (who, page, why) in [
        (Who::Investigator, "/console/cases/new", "Who can: lead."),
        (Who::Custodian, "/console", "your role looks nothing up"),
        (
            Who::Investigator,
            "/console/keys",
            "Who can see it: administrator.",
        ),
        (Who::Lead, "/console/operators", "Who can: administrator."),
        (Who::Lead, "/console/clock", "Who can: lead, administrator."),
        (
            Who::Lead,
            "/console/cases/{case}/members",
            "It is you: another lead acts",
        ),
        (
            Who::Custodian,
            "/console/cases/{case}/members",
            "Who can: lead.",
        ),
        (
            Who::Custodian,
            "/console/cases/{case}/members",
            "Who can suspend a membership: lead, administrator.",
        ),
        (
            Who::Lead,
            "/console/cases/{case}/exhibits/new",
            "Who can: custodian.",
        ),
        (
            Who::Custodian,
            "/console/cases/{case}/exports/new",
            "Who can: investigator, lead, liaison.",
        ),
        (
            Who::Administrator,
            "/console/operators",
            "It is you: another administrator",
        ),
    ] {
        let page = page.replace("{case}", &incident.case);
        let text = Browser::signed_in(incident, who)
            .get(&page)
            .assert_status(200)
            .text();
        assert!(text.contains(why), "{who:?} {page}: {text}");
    }
    // Nothing is greyed out without a word.
    for who in Who::ALL {
        let browser = Browser::signed_in(incident, who);
        let why = [
            ("purpose", "scoping"),
            ("reason", body::REASON),
            ("next", "/console"),
        ];
        browser.submit("/console/sitting", &why).assert_status(303);
        for page in super::read_by(incident, who) {
            let text = browser.get(&page).assert_status(200).text();
            assert!(!text.contains(" disabled"), "{who:?} {page}: {text}");
        }
    }
}

#[test]
fn a_budget_that_is_spent_is_said_with_the_wait() {
    let config = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 1\n";
    let incident = Incident::with(config, invented(50, 3));
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}", incident.of_case("/lookup"));
    let ask = |numbers: &str| {
        let fields = [
            ("numbers", numbers),
            ("purpose", "scoping"),
            ("reason", "a reason that is kept"),
        ];
        browser.submit(&path, &fields)
    };
    let ten: Vec<String> = (10..20).map(|at| format!("+4477009000{at}")).collect();
    ask(&ten.join("\n")).assert_status(200);
    let refused = ask("+447700900999").assert_status(429);
    assert!(refused.header("retry-after").is_some());
    let text = refused.text();
    assert!(
        text.contains("Your budget in this case is spent."),
        "{text}"
    );
    assert!(text.contains("It is worth another try in"), "{text}");
    assert!(text.contains(">a reason that is kept</textarea>"), "{text}");
}

/// A number that nobody has and the log does not have either.
fn absent(incident: &Incident) -> String {
    (0..1000)
        .map(|at| format!("+447700900{at:03}"))
        .find(|number| {
            let messages = &incident.log.messages;
            messages.iter().all(|message| message.number != *number)
        })
        .unwrap()
}
