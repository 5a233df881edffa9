//! Every page, asked for by everybody: who may gets it, everybody else gets a page that says why not, and no page holds
//! a number that was not revealed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use breachvault::http::page_table;
use breachvault::vault::clock::Clock as _;
use serde_json::json;
use ureq::http::Method;

use crate::support::{Answer, Browser, Incident, Who, body, fresh_csv_with_a_reject};

/// A page, who gets it, and for everybody else the status of the refusal.
struct Row {
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
    granted: &'static [Who],
    /// Whether it depends on more than their role.
    perhaps: &'static [Who],
    status: u16,
}

use Who::{Administrator, Auditor, Custodian, Investigator, Lead, Liaison, Outsider, SecondLead};

const EVERYBODY: &[Who] = &Who::ALL;
const MEMBERS: &[Who] = &[Investigator, Lead, SecondLead, Custodian, Liaison];
const CASE_WORKERS: &[Who] = &[Investigator, Lead, SecondLead, Custodian, Liaison, Outsider];
const LEADS: &[Who] = &[Lead, SecondLead];
const SEARCHERS: &[Who] = &[Investigator, Lead, SecondLead];
const COUNTERS: &[Who] = &[Investigator, Lead, SecondLead, Liaison];
const KEEPERS: &[Who] = &[Lead, SecondLead, Custodian];

const WHY: (&str, &str) = ("purpose", "scoping");
const REASON: (&str, &str) = ("reason", body::REASON);
/// A digest of no package.
const DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000ff";
const DENY: &[(&str, &str)] = &[("decision", "deny"), REASON];

/// A certificate whose key nobody kept.
const CERTIFICATE: &str = "MIIBGzCBzqADAgECAhR5E+FXwLSnq3YCR+BIpB+o63eHJjAFBgMrZXAwETEPMA0GA1UEAwwGY291bnRz\
    MCAXDTI2MTEyODExMDIwMloYDzIxMjYxMTA0MTEwMjAyWjARMQ8wDQYDVQQDDAZjb3VudHMwKjAFBgMr\
    ZXADIQAzXhhYT/ddLtBtEBapjzKwsddHxvG0k7CyMnCFWa3soqM2MDQwEwYDVR0lBAwwCgYIKwYBBQUH\
    AwIwHQYDVR0OBBYEFLCu0z/s3fvNS9HPZai5ZhEr5lmCMAUGAytlcANBAKE4g1XEx8ESBE0uQiYZIPoD\
    zX19ddgEUXFf64941CYwAP+vNHD1rArPWmj6yL2Yc6WY4YTJaufk6rXZdwXs8w8=";

/// What an identity that nobody keeps was made with.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const HOLD: &str = "POST /console/cases/{case}/hold";
const REOPEN: &str = "POST /console/cases/{case}/reopen";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    get("GET /console", EVERYBODY),
    get("GET /console/sitting", EVERYBODY),
    post("POST /console/sitting", &[WHY, REASON], EVERYBODY),
    get("GET /console/sessions", EVERYBODY),
    post("POST /console/sessions/{session}/end", &[], EVERYBODY),
    get("GET /console/tokens", EVERYBODY),
    // Nobody here has a second factor, without which nobody makes one.
    Row {
        status: 403,
        ..post(
            "POST /console/tokens",
            &[("label", "a script"), ("days", "1"), ("actions", "audit.vkey")],
            EVERYBODY,
        )
    },
    // Nobody has one.
    Row {
        status: 404,
        ..post("POST /console/tokens/{token}/revocation", &[], EVERYBODY)
    },
    get("GET /console/machines", EVERYBODY),
    // Nobody here has a second factor.
    Row {
        status: 403,
        ..post(
            "POST /console/machines",
            &[("label", "a machine"), ("certificate", CERTIFICATE), ("days", "1"), ("actions", "audit.vkey")],
            EVERYBODY,
        )
    },
    // Nobody has one.
    Row {
        status: 404,
        ..post("POST /console/machines/{machine}/end", &[], EVERYBODY)
    },
    get("GET /console/passkeys", EVERYBODY),
    Row {
        status: 200,
        ..post("POST /console/passkeys/challenge", &[], EVERYBODY)
    },
    // With a wrong password: a passkey would be asked for by the other pages.
    Row {
        status: 401,
        ..post(
            "POST /console/passkeys",
            &[
                ("label", "a key"), ("password", "not the password"), ("nonce", "AAAA"), ("client_data", "AAAA"),
                ("authenticator_data", "AAAA"),
            ],
            EVERYBODY,
        )
    },
    // Nobody has one.
    Row {
        status: 404,
        ..post("POST /console/passkeys/{passkey}/removal", &[], EVERYBODY)
    },
    get("GET /console/password", EVERYBODY),
    // With a wrong one: the right one would end the sessions that the other pages need.
    Row {
        status: 401,
        ..post(
            "POST /console/password",
            &[
                ("old_password", "not the password"), ("new_password", "another long password"),
                ("again", "another long password"),
            ],
            EVERYBODY,
        )
    },
    get("GET /console/budgets", EVERYBODY),
    get("GET /console/keys", EVERYBODY),
    get("GET /console/keys/slots", &[Administrator]),
    post(
        "POST /console/keys/slots/change",
        &[("change", "add"), ("kind", "passphrase"), ("label", "safe"), REASON],
        &[Administrator],
    ),
    // The administrator asked for it.
    post("POST /console/keys/slots/change/decision", DENY, &[]),
    // Nobody has approved it.
    Row {
        status: 409,
        ..post("POST /console/keys/slots/change/carrying-out", &[REASON], &[Administrator])
    },
    post("POST /console/cases/{case}/key/rotation", &[REASON], &[Administrator]),
    get("GET /console/health", &[Administrator, Auditor, Lead, SecondLead]),
    get("GET /console/clock", &[Administrator, Auditor, Lead, SecondLead]),
    // The clock agrees, so nobody has anything to accept.
    Row {
        status: 409,
        ..post(
            "POST /console/clock",
            &[("time", "2024-04-02T09:00:00Z"), REASON],
            &[Administrator, Lead, SecondLead],
        )
    },
    get("GET /console/operators", &[Administrator, Lead, SecondLead]),
    Row {
        status: 200,
        ..post("POST /console/operators", &[("name", "{name}"), ("role", "custodian")], &[Administrator])
    },
    post("POST /console/operators/{operator}/recovery", &[REASON], &[Administrator, Lead, SecondLead]),
    post("POST /console/operators/{operator}/revoke", &[REASON], &[Administrator]),
    get("GET /console/cases", CASE_WORKERS),
    get("GET /console/cases/new", EVERYBODY),
    post("POST /console/cases/new", &[("title", "A case"), ("reference", "T-1"), REASON], LEADS),
    get("GET /console/cases/{case}", MEMBERS),
    post("POST /console/cases/{case}/close", &[REASON], LEADS),
    post(HOLD, &[REASON], LEADS),
    // What follows needs an open case: two people lift the hold below.
    post(REOPEN, &[REASON], LEADS),
    get("GET /console/cases/{case}/moves", KEEPERS),
    get("GET /console/moves/{move}", KEEPERS),
    // The first lead asked for it.
    post("POST /console/moves/{move}", DENY, &[SecondLead, Custodian]),
    post("POST /console/cases/{case}/retention", &[("keep_until", "2030-01-01T00:00:00Z"), REASON], LEADS),
    // The case was not destroyed.
    Row {
        status: 404,
        ..get("GET /console/cases/{case}/certificate", &[Investigator, Lead, SecondLead, Custodian, Auditor])
    },
    Row {
        status: 404,
        ..get("GET /console/cases/{case}/certificate.txt", &[Investigator, Lead, SecondLead, Custodian, Auditor])
    },
    get("GET /console/cases/{case}/members", KEEPERS),
    get("GET /console/cases/{case}/members/new", &[Administrator, Lead, SecondLead]),
    post("POST /console/cases/{case}/members/{operator}", &[("role", "investigator")], LEADS),
    post("POST /console/cases/{case}/members/{operator}/recognition", &[("fingerprint", "{fingerprint}"), REASON], LEADS),
    post("POST /console/cases/{case}/members/{operator}/thaw", &[REASON], LEADS),
    post("POST /console/cases/{case}/members/{operator}/suspension", &[REASON], &[Administrator, Lead, SecondLead]),
    // Two leads can act, so they name the member anew.
    post("POST /console/cases/{case}/members/{operator}/lift", &[REASON], &[]),
    post("POST /console/cases/{case}/members/{operator}/removal", &[REASON], LEADS),
    get("GET /console/cases/{case}/exhibits", &[Investigator, Lead, SecondLead, Custodian]),
    get("GET /console/cases/{case}/exhibits/new", MEMBERS),
    Row {
        status: 200,
        ..post("POST /console/cases/{case}/exhibits/new", &[("dry_run", "true")], &[Custodian])
    },
    get("GET /console/cases/{case}/admissions/current", KEEPERS),
    post("POST /console/cases/{case}/admissions/current", &[], KEEPERS),
    get("GET /console/cases/{case}/exhibits/{exhibit}/difference", &[Investigator, Lead, SecondLead, Custodian]),
    Row {
        status: 200,
        ..post("POST /console/cases/{case}/exhibits/{exhibit}/difference", &[("against", "{first}")], SEARCHERS)
    },
    get("GET /console/cases/{case}/exhibits/{exhibit}/withdrawal", MEMBERS),
    post("POST /console/cases/{case}/exhibits/{exhibit}/withdrawal", &[REASON], KEEPERS),
    get("GET /console/cases/{case}/exhibits/{exhibit}/quarantine", MEMBERS),
    post("POST /console/cases/{case}/exhibits/{exhibit}/quarantine", &[("form", "masked"), REASON], LEADS),
    get("GET /console/cases/{case}/lookup", MEMBERS),
    Row {
        status: 200,
        ..post(
            "POST /console/cases/{case}/lookup",
            &[("numbers", "{number}"), WHY, REASON],
            &[Investigator, Lead, SecondLead, Liaison],
        )
    },
    get("GET /console/cases/{case}/records", SEARCHERS),
    get("GET /console/cases/{case}/requests", MEMBERS),
    get("GET /console/cases/{case}/timeline", SEARCHERS),
    get("GET /console/cases/{case}/scope", COUNTERS),
    get("GET /console/cases/{case}/scope.csv", COUNTERS),
    get("GET /console/cases/{case}/scope.svg", COUNTERS),

    get("GET /console/cases/{case}/reveals", SEARCHERS),
    get("GET /console/cases/{case}/reveals/new", SEARCHERS),
    post("POST /console/cases/{case}/reveals/new", &[("subjects", "{subject}"), WHY, REASON], SEARCHERS),
    get("GET /console/reveals/{reveal}", SEARCHERS),
    post("POST /console/reveals/{reveal}", DENY, LEADS),
    Row {
        status: 200,
        ..post("POST /console/reveals/{reveal}/open", &[], &[Investigator])
    },

    get("GET /console/cases/{case}/exports", MEMBERS),
    get("GET /console/cases/{case}/exports/new", MEMBERS),
    Row {
        perhaps: &[Liaison],
        ..post(
            "POST /console/cases/{case}/exports/new",
            &[
                ("profile", "scope-report"), ("recipients", RECIPIENT), ("legal_basis", "GDPR Art. 33"), WHY, REASON,
            ],
            SEARCHERS,
        )
    },
    get("GET /console/exports/{export}", &[Investigator, Lead, SecondLead, Custodian]),
    post("POST /console/exports/{export}", DENY, KEEPERS),
    Row {
        status: 200,
        ..post("POST /console/exports/{export}/package", &[], &[Custodian])
    },
    post("POST /console/exports/{export}/package/cancel", &[], &[Investigator, Custodian]),
    // It has not been handed out.
    Row {
        perhaps: &[Custodian, Liaison],
        ..post(
            "POST /console/exports/{export}/acknowledgement",
            &[("tagmanifest_sha256", DIGEST), ("received_by", "them"), REASON],
            &[],
        )
    },

    get("GET /console/cases/{case}/raises", MEMBERS),
    get("GET /console/cases/{case}/raises/new", MEMBERS),
    post("POST /console/cases/{case}/raises/new", &[("points", "5"), ("until", "{until}"), REASON], MEMBERS),
    Row {
        perhaps: &[Liaison],
        ..get("GET /console/raises/{raise}", &[Investigator, Lead, SecondLead, Custodian])
    },
    post("POST /console/raises/{raise}", DENY, LEADS),

    get("GET /console/cases/{case}/withdrawals", KEEPERS),
    get("GET /console/withdrawals/{withdrawal}", KEEPERS),
    // The custodian asked for it.
    post("POST /console/withdrawals/{withdrawal}", DENY, LEADS),

    get("GET /console/cases/{case}/quarantines", KEEPERS),
    get("GET /console/quarantines/{quarantine}", KEEPERS),
    // The first lead asked for it.
    post("POST /console/quarantines/{quarantine}", DENY, &[SecondLead, Custodian]),

    // The first lead asked for it.
    Row {
        status: 200,
        ..post("POST /console/quarantines/{quarantine}/open", &[], &[Lead])
    },
    Row {
        status: 200,
        ..post("POST /console/quarantines/{quarantine}/package", &[], &[Custodian])
    },
    // The first lead asked for it.
    post("POST /console/quarantines/{quarantine}/package/cancel", &[], &[Lead, Custodian]),
    // It has not been handed out.
    Row {
        perhaps: &[Custodian],
        ..post(
            "POST /console/quarantines/{quarantine}/acknowledgement",
            &[("tagmanifest_sha256", DIGEST), ("received_by", "them"), REASON],
            &[],
        )
    },

    get("GET /console/cases/{case}/memberships", LEADS),
    get("GET /console/memberships/{membership}", LEADS),
    // The first lead asked for it.
    post("POST /console/memberships/{membership}", DENY, &[SecondLead]),

    get("GET /console/cases/{case}/destructions", KEEPERS),
    get("GET /console/cases/{case}/destructions/new", MEMBERS),
    post("POST /console/cases/{case}/destructions/new", &[REASON], LEADS),
    get("GET /console/destructions/{destruction}", KEEPERS),
    post("POST /console/destructions/{destruction}", DENY, &[Custodian]),
    post("POST /console/destructions/{destruction}/stop", &[REASON], KEEPERS),
    // Its delay runs.
    Row {
        status: 409,
        ..post("POST /console/destructions/{destruction}/carrying-out", &[REASON], KEEPERS)
    },

    get("GET /console/cases/{case}/erasures", &[Investigator, Lead, SecondLead, Custodian]),
    get("GET /console/cases/{case}/erasures/new", MEMBERS),
    post(
        "POST /console/cases/{case}/erasures/new",
        &[("number", "+447700900199"), ("purpose", "victim-inquiry"), REASON],
        &[Investigator, Lead, SecondLead],
    ),
    get("GET /console/erasures/{erasure}", &[Investigator, Lead, SecondLead, Custodian]),
    post("POST /console/erasures/{erasure}", DENY, KEEPERS),
    post("POST /console/erasures/{erasure}/carrying-out", &[REASON], KEEPERS),

    get("GET /console/requests/{request}/leaves", &[Investigator, Lead, SecondLead, Auditor]),

    get("GET /console/audit", &[Auditor]),
    get("GET /console/audit/timeline", &[Auditor]),
    get("GET /console/audit/volume", &[Auditor]),
    get("GET /console/audit/leaves.csv", &[Auditor]),
    get("GET /console/audit/leaves.ndjson", &[Auditor]),
    get("GET /console/audit/leaves/{leaf}", &[Auditor]),
    get("GET /console/audit/sign-off", &[Auditor]),
    post("POST /console/audit/sign-off", &[("size", "1"), REASON], &[Auditor]),

    // The last one: it ends the session.
    post("POST /console/sign-out", &[], EVERYBODY),
];

const fn post(
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
    granted: &'static [Who],
) -> Row {
    Row {
        page,
        fields,
        granted,
        perhaps: &[],
        status: 303,
    }
}

const fn get(page: &'static str, granted: &'static [Who]) -> Row {
    Row {
        page,
        fields: &[],
        granted,
        perhaps: &[],
        status: 200,
    }
}

#[test]
fn every_page_is_in_the_table() {
    let served: BTreeSet<String> = page_table()
        .iter()
        .filter(|page| page.action.is_some())
        .map(|page| format!("{} {}", page.method, page.path))
        .collect();
    let tested = ROWS.iter().map(|row| row.page.to_owned()).collect();
    assert_eq!(served, tested);
}

#[test]
fn every_page_is_for_those_who_may_and_tells_everybody_else_why_not() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let subject = incident.subject(&number);
    let numbers: BTreeSet<&str> = incident
        .log
        .messages
        .iter()
        .map(|message| &message.number[message.number.len() - 9..])
        .collect();
    let asked = Asked::default();
    for who in Who::ALL {
        let browser = Browser::signed_in(&incident, who);
        for row in ROWS {
            let uses_up = !row.page.starts_with("GET")
                && (row.granted.contains(&who) || row.perhaps.contains(&who));
            let answer = ask(
                &incident,
                &browser,
                row,
                (who, uses_up),
                &asked,
                (&number, &subject),
            );
            if row.page == REOPEN {
                incident.work_on(&incident.case);
            }
            if row.page == HOLD {
                // It stops what was made ready of these.
                let stopped = ["{destruction}", "{erasure}", "{move}"];
                let goes_on = |page: &str| !stopped.iter().any(|name| page.contains(name));
                asked.borrow_mut().retain(|page, _| goes_on(page));
            }
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let granted = row.granted.contains(&who);
            match granted {
                _ if row.perhaps.contains(&who) => {}
                true => assert_eq!(answer.status, row.status, "{who:?} {}: {text}", row.page),
                false => {
                    let refused = matches!(answer.status, 403 | 404);
                    assert!(refused, "{who:?} {}: {text}", row.page);
                    let says_why = [
                        "Who can: ",
                        "You asked for this",
                        "Only the operator who asked",
                    ]
                    .iter()
                    .any(|why| text.contains(why));
                    assert!(
                        answer.status == 404 || says_why,
                        "{who:?} {}: {text}",
                        row.page
                    );
                }
            }
            assert!(answer.leaf().is_some(), "{who:?} {}", row.page);
            let reveals = granted && row.page.ends_with("{reveal}/open");
            assert_eq!(text.contains(&number), reveals, "{who:?} {}", row.page);
            let unrevealed = numbers
                .iter()
                .filter(|digits| !reveals || !number.ends_with(**digits));
            for digits in unrevealed {
                assert!(!text.contains(digits), "{who:?} {}", row.page);
            }
        }
    }
}

#[test]
fn nobody_gets_a_page_without_a_session() {
    let incident = Incident::new();
    let browser = Browser::of(&incident);
    let number = incident.log.messages[0].number.clone();
    let subject = incident.subject(&number);
    let asked = Asked::default();
    for row in ROWS {
        let by = (Who::Outsider, false);
        let answer = ask(&incident, &browser, row, by, &asked, (&number, &subject));
        assert_eq!(answer.leaf(), None, "{}", row.page);
        match row.page.starts_with("GET") {
            true => {
                assert_eq!(answer.status, 303, "{}", row.page);
                let to = answer.header("location").unwrap();
                assert!(to.starts_with("/console/sign-in?next=/console"), "{to}");
            }
            false => {
                assert_eq!(answer.status, 401, "{}", row.page);
                assert!(answer.text().contains("<h1>Sign in</h1>"));
                assert!(!answer.text().contains(&number[1..]), "{}", row.page);
            }
        }
    }
}

#[test]
fn the_head_of_a_page_is_not_to_be_had() {
    let incident = crate::support::shared();
    let browser = Browser::signed_in(incident, Who::Lead);
    let own = [("sec-fetch-site", "same-origin")];
    let answer = browser.send(Method::HEAD, "/console", &own, &[]);
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET"));
}

/// What each page is about, kept until somebody uses it up: most are refused it, and a page that is only read leaves it
/// as it is.
type Asked = RefCell<BTreeMap<&'static str, String>>;

/// Asks for a page, about something that nobody has used up yet.
fn ask(
    incident: &Incident,
    browser: &Browser,
    row: &Row,
    (who, uses_up): (Who, bool),
    asked: &Asked,
    (number, subject): (&str, &str),
) -> Answer {
    let (method, path) = row.page.split_once(' ').unwrap();
    let mut path = path.replace("{case}", &incident.case);
    if let Some((_, name)) = path.split_once('{') {
        let name = name.split_once('}').unwrap().0.to_owned();
        let id = match asked.borrow_mut().remove(row.page) {
            Some(id) => id,
            None if name == "session" => own_session(incident, who),
            None => request(incident, &path, &name, subject),
        };
        path = path.replace(&format!("{{{name}}}"), &id);
        if !uses_up {
            asked.borrow_mut().insert(row.page, id);
        }
    }
    if path.ends_with("/timeline") {
        path.push_str(&format!("?subject={subject}"));
    }
    if method == "GET" {
        return browser.get(&path);
    }
    if path.ends_with("/exhibits/new") {
        return browser.upload(&path, row.fields, &fresh_csv_with_a_reject());
    }
    let new = new_name();
    let first = incident.first_exhibit();
    let until = incident.clock.now().plus_seconds(86_400).to_string();
    let fingerprint = fingerprints().get(&path).cloned().unwrap_or_default();
    let fields: Vec<(&str, &str)> = row
        .fields
        .iter()
        .map(|(name, value)| match *value {
            "{number}" => (*name, number),
            "{subject}" => (*name, subject),
            "{first}" => (*name, first.as_str()),
            "{until}" => (*name, until.as_str()),
            "{name}" => (*name, new.as_str()),
            "{fingerprint}" => (*name, fingerprint.as_str()),
            value => (*name, value),
        })
        .collect();
    browser.submit(&path, &fields)
}

/// What the members read out whom a page is to recognise, by the page.
fn fingerprints() -> MutexGuard<'static, BTreeMap<String, String>> {
    static READ_OUT: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    READ_OUT.lock().unwrap()
}

/// Another session of somebody.
fn own_session(incident: &Incident, who: Who) -> String {
    incident.client(who);
    let me = incident.new_session(who).get("/me").assert_status(200);
    me.member("session")
}

/// The id of what the path is about: a new request, decided only if it is to be opened; a new exhibit; a leaf.
fn request(incident: &Incident, path: &str, name: &str, subject: &str) -> String {
    let subjects = [subject.to_owned()];
    match name {
        "reveal" if path.ends_with("/open") => incident.approved_reveal(&subjects),
        "reveal" | "request" => incident.ask_reveal(&incident.investigator(), &subjects),
        "export" => {
            let asked = body::export("scope-report", &json!({}), RECIPIENT);
            match path.ends_with("/package") {
                true => incident.approved_export(&asked),
                false => incident.ask_export(&incident.investigator(), &asked),
            }
        }
        "exhibit" => {
            let file = fresh_csv_with_a_reject();
            incident.admit(&file).assert_status(201).member("exhibit")
        }
        "leaf" => "0".to_owned(),
        "raise" => incident.ask_raise(&incident.investigator(), 5),
        "withdrawal" => incident.ask_withdrawal_of_a_fresh_one(),
        "quarantine" if path.ends_with("/package") => incident.approved_list(RECIPIENT),
        "quarantine" => {
            let quarantine = incident.ask_quarantine_of_a_fresh_one();
            if path.ends_with("/open") {
                let path = format!("/quarantines/{quarantine}/decision");
                let decided = incident.second_lead().post(&path, &body::approve());
                decided.assert_status(200);
            }
            quarantine
        }
        "destruction" if path.ends_with("/stop") || path.ends_with("/carrying-out") => {
            incident.approved_destruction(&incident.case)
        }
        "destruction" => incident.ask_destruction(&incident.case),
        "move" => incident.ask_move(&incident.case, "close"),
        "erasure" if path.ends_with("/carrying-out") => incident.approved_erasure(),
        "erasure" => incident.ask_erasure(),
        // Nobody has one.
        "passkey" => "p_00000000000000000000".to_owned(),
        "token" => "t_00000000000000000000".to_owned(),
        "machine" => "k_00000000000000000000".to_owned(),
        "membership" => incident.ask_membership(&new_name()),
        "operator" if path.ends_with("/recognition") => {
            let somebody = incident.newcomer("investigator");
            let me = somebody.get("/me").assert_status(200);
            let operator = me.member("operator");
            incident.give(&incident.case, &operator, "investigator", None);
            fingerprints().insert(
                path.replace("{operator}", &operator),
                me.member("fingerprint"),
            );
            operator
        }
        "operator" => {
            let (operator, _) = incident.invite(&new_name(), "investigator");
            let member = ["/thaw", "/suspension", "/lift", "/removal"];
            if member.iter().any(|act| path.ends_with(act)) {
                incident.give(&incident.case, &operator, "investigator", None);
            }
            operator
        }
        other => panic!("{other}"),
    }
}

/// A name that no operator has yet.
fn new_name() -> String {
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    format!("somebody.{}", NAMES.fetch_add(1, Ordering::Relaxed))
}
