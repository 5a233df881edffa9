//! One valid request for every route, with everything it needs. The tests of the matrix, of routes,
//! of the audit log and of leaks are built on it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use breachvault::vault::clock::Clock as _;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{
    Answer, Authenticator, Client, Incident, Machine, PASSWORD, Who, body, fresh_csv,
    fresh_csv_with_a_reject,
};

/// A request, ready to be sent by anybody.
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Who asked for the reveal or export, if the request is about one.
    pub asker: Option<Who>,
}

/// The session of a token, for the route that ends a session of one's own; or a script's token of whoever has it.
static SESSIONS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// What was made ready for the routes about passkeys, for the session of a token.
static SIGNED: Mutex<BTreeMap<String, Signed>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Default)]
struct Signed {
    /// The body of an enrolment.
    making: Option<Vec<u8>>,
    /// The passkey that is removed, and the assertion for that.
    passkey: Option<String>,
    assertion: Option<String>,
}

/// A route, who may use it, and who may not.
pub struct Row {
    /// As in the route table: `GET /api/v1/me`.
    pub route: &'static str,
    pub granted: Who,
    pub denied: Option<(Who, u16)>,
    /// Leaves of a call that is done.
    pub leaves: u64,
}

impl Asked {
    pub fn send(&self, client: &Client) -> Answer {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let own = SESSIONS.lock().unwrap().get(client.token()).cloned();
        let own = own.unwrap_or_else(|| "s_00000000000000000000".to_owned());
        let path = self.path.replace("{session}", &own);
        let path = path.replace("{token}", &own).replace("{machine}", &own);
        let signed = SIGNED.lock().unwrap().get(client.token()).cloned();
        let signed = signed.unwrap_or_default();
        let unknown = "p_00000000000000000000".to_owned();
        let path = path.replace("{passkey}", &signed.passkey.unwrap_or(unknown));
        let mut headers = headers;
        let assertion = signed.assertion.unwrap_or_default();
        if !assertion.is_empty() {
            headers.push(("passkey-assertion", &assertion));
        }
        let whole = serde_json::from_slice::<Value>(&self.body)
            .is_ok_and(|body| body.get("authenticator_data").is_some());
        let body = signed.making.filter(|_| whole);
        let body = body.as_deref().unwrap_or(&self.body);
        let certified = with_certificate(body);
        let body = certified.as_deref().unwrap_or(body);
        client.send(self.method.clone(), &path, &headers, body)
    }

    pub fn takes_json(&self) -> bool {
        self.headers
            .iter()
            .any(|(_, value)| value == "application/json")
    }
}

/// A machine that anybody may have. No two have one key, so each is made when it is sent.
fn new_machine() -> Value {
    let mut body = new_token();
    body["certificate"] = CERTIFICATE.into();
    body
}

const CERTIFICATE: &str = "a new certificate";

fn with_certificate(body: &[u8]) -> Option<Vec<u8>> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let certificate = body.get_mut("certificate")?;
    if *certificate != CERTIFICATE {
        return None;
    }
    *certificate = Machine::new().pem().into();
    Some(body.to_string().into_bytes())
}

/// A token that anybody may have.
fn new_token() -> Value {
    json!({ "label": "a script", "days": 1, "actions": ["audit.vkey"] })
}

/// Where changes of the keyring's slots are asked for.
pub const SLOT_CHANGE: &str = "/keys/slots/change";

/// A request for a new slot.
pub fn new_passphrase() -> Value {
    json!({ "change": "add", "kind": "passphrase", "label": "another one", "reason": body::REASON })
}

/// Waits until the rotation of a key that an earlier row began has ended.
pub fn no_rotation(incident: &Incident) {
    let begun = Instant::now();
    let under_way = || {
        let status = incident.administrator().get("/keys/status").json();
        !status["rotations"].as_array().unwrap().is_empty()
    };
    while under_way() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends the change of slots that waits, if one does.
pub fn no_slot_change(incident: &Incident) {
    let administrator = incident.administrator();
    let change = administrator.get("/keys/slots").json()["change"].clone();
    let Some(asker) = change["asked_by"].as_str() else {
        return;
    };
    let decision = format!("{SLOT_CHANGE}/decision");
    match (
        change["state"] == "approved",
        asker == Who::Administrator.name(),
    ) {
        // Whoever asked may ask anew, and nobody has approved that yet.
        (true, true) => drop(
            administrator
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201),
        ),
        (true, false) => {
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
        }
        (false, _) => {}
    }
    let decider = match asker == Who::Administrator.name() {
        true => incident.other_administrator(),
        false => administrator,
    };
    decider.post(&decision, &body::deny()).assert_status(200);
}

const fn row(route: &'static str, granted: Who, denied: Who, status: u16) -> Row {
    Row {
        route,
        granted,
        denied: Some((denied, status)),
        leaves: 1,
    }
}

const fn for_all(route: &'static str) -> Row {
    Row {
        route,
        granted: Who::Investigator,
        denied: None,
        leaves: 1,
    }
}

const fn twice(row: Row) -> Row {
    Row { leaves: 2, ..row }
}

use Who::{Administrator, Auditor, Custodian, Investigator, Lead, Liaison, Outsider, SecondLead};

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    for_all("DELETE /api/v1/sessions/current"),
    for_all("DELETE /api/v1/sessions/{session}"),
    for_all("GET /api/v1/sessions"),
    for_all("GET /api/v1/me"),
    for_all("GET /api/v1/inbox"),
    for_all("POST /api/v1/tokens"),
    for_all("GET /api/v1/tokens"),
    for_all("DELETE /api/v1/tokens/{token}"),
    for_all("POST /api/v1/machines"),
    for_all("GET /api/v1/machines"),
    for_all("DELETE /api/v1/machines/{machine}"),
    row("POST /api/v1/operators",                          Administrator, Lead, 403),
    row("GET /api/v1/operators",                           Administrator, Auditor, 403),
    row("DELETE /api/v1/operators/{operator}",             Administrator, Lead, 403),
    row("DELETE /api/v1/operators/{operator}/recovery",    Lead, Auditor, 403),
    row("GET /api/v1/health",                              Auditor, Investigator, 403),
    for_all("GET /api/v1/keys"),
    row("GET /api/v1/keys/status",                         Administrator, Auditor, 403),
    row("GET /api/v1/keys/slots",                          Administrator, Lead, 403),
    row("POST /api/v1/keys/slots/change",                  Administrator, Auditor, 403),
    row("POST /api/v1/keys/slots/change/decision",         Administrator, Lead, 403),
    row("POST /api/v1/keys/slots/change/carrying-out",     Administrator, Auditor, 403),
    row("GET /api/v1/clock",                               Lead, Investigator, 403),
    row("POST /api/v1/clock/acceptance",                   Lead, Auditor, 403),
    row("POST /api/v1/cases",                              Lead, Investigator, 403),
    row("GET /api/v1/cases",                               Investigator, Auditor, 403),
    row("GET /api/v1/cases/{case}",                        Liaison, Outsider, 404),
    row("GET /api/v1/cases/{case}/overview",               Liaison, Outsider, 404),
    row("POST /api/v1/cases/{case}/close",                 Lead, Custodian, 403),
    row("POST /api/v1/cases/{case}/hold",                  Lead, Investigator, 403),
    row("POST /api/v1/cases/{case}/reopen",                Lead, Outsider, 404),
    row("GET /api/v1/cases/{case}/moves",                  Custodian, Investigator, 403),
    row("GET /api/v1/moves/{move}",                        SecondLead, Outsider, 404),
    row("POST /api/v1/moves/{move}/decision",              Custodian, Lead, 403),
    row("POST /api/v1/cases/{case}/key/rotation",          Administrator, Lead, 403),
    row("PUT /api/v1/cases/{case}/retention",              Lead, Custodian, 403),
    row("POST /api/v1/cases/{case}/destructions",          Lead, Custodian, 403),
    row("GET /api/v1/cases/{case}/destructions",           Custodian, Investigator, 403),
    row("GET /api/v1/destructions/{destruction}",          Custodian, Outsider, 404),
    row("POST /api/v1/destructions/{destruction}/decision", Custodian, SecondLead, 403),
    row("POST /api/v1/destructions/{destruction}/stop",    SecondLead, Investigator, 403),
    row("POST /api/v1/destructions/{destruction}/carrying-out", Custodian, Investigator, 404),
    row("POST /api/v1/cases/{case}/erasures",              Investigator, Custodian, 403),
    row("GET /api/v1/cases/{case}/erasures",               Investigator, Liaison, 403),
    row("GET /api/v1/erasures/{erasure}",                  Custodian, Outsider, 404),
    row("POST /api/v1/erasures/{erasure}/decision",        Lead, Investigator, 403),
    row("POST /api/v1/erasures/{erasure}/carrying-out",    Custodian, Investigator, 403),
    row("GET /api/v1/cases/{case}/certificate",            Custodian, Investigator, 404),
    row("GET /api/v1/cases/{case}/members",                Custodian, Liaison, 403),
    row("PUT /api/v1/cases/{case}/members/{operator}",     Lead, Custodian, 403),
    row("DELETE /api/v1/cases/{case}/members/{operator}",  Lead, Custodian, 403),
    row("POST /api/v1/cases/{case}/members/{operator}/recognition", Lead, Custodian, 403),
    row("POST /api/v1/cases/{case}/members/{operator}/suspension", Administrator, Custodian, 403),
    row("DELETE /api/v1/cases/{case}/members/{operator}/suspension", Administrator, Custodian, 403),
    row("GET /api/v1/cases/{case}/memberships",            Lead, Custodian, 403),
    row("GET /api/v1/memberships/{membership}",            SecondLead, Investigator, 403),
    row("POST /api/v1/memberships/{membership}/decision",  SecondLead, Lead, 403),
    twice(row("POST /api/v1/cases/{case}/exhibits",        Custodian, Lead, 403)),
    row("GET /api/v1/cases/{case}/exhibits",               Investigator, Liaison, 403),
    row("GET /api/v1/cases/{case}/exhibits/{exhibit}/difference", Investigator, Liaison, 403),
    row("GET /api/v1/cases/{case}/exhibits/{exhibit}/duplicates", Investigator, Liaison, 403),
    row("GET /api/v1/cases/{case}/admissions/current",     Custodian, Investigator, 403),
    row("DELETE /api/v1/cases/{case}/admissions/current",  Lead, Investigator, 403),
    row("POST /api/v1/cases/{case}/exhibits/{exhibit}/withdrawal", Custodian, Investigator, 403),
    row("GET /api/v1/cases/{case}/withdrawals",            Lead, Liaison, 403),
    row("GET /api/v1/withdrawals/{withdrawal}",            Custodian, Outsider, 404),
    row("POST /api/v1/withdrawals/{withdrawal}/decision",  Lead, Investigator, 403),
    row("POST /api/v1/cases/{case}/exhibits/{exhibit}/quarantine", Lead, Custodian, 403),
    row("GET /api/v1/cases/{case}/quarantines",            Custodian, Liaison, 403),
    row("GET /api/v1/quarantines/{quarantine}",            Custodian, Outsider, 404),
    row("POST /api/v1/quarantines/{quarantine}/decision",  Custodian, Investigator, 403),
    row("POST /api/v1/quarantines/{quarantine}/open",      Lead, Custodian, 403),
    twice(row("GET /api/v1/quarantines/{quarantine}/package", Custodian, Lead, 403)),
    row("DELETE /api/v1/quarantines/{quarantine}/package", Custodian, Investigator, 403),
    row("POST /api/v1/quarantines/{quarantine}/acknowledgement", Custodian, Lead, 403),
    row("POST /api/v1/cases/{case}/lookups",               Liaison, Custodian, 403),
    row("POST /api/v1/cases/{case}/records/search",        Investigator, Liaison, 403),
    row("POST /api/v1/cases/{case}/scope",                 Liaison, Administrator, 404),
    row("POST /api/v1/cases/{case}/reveals",               Investigator, Custodian, 403),
    row("GET /api/v1/cases/{case}/reveals",                Lead, Liaison, 403),
    row("GET /api/v1/reveals/{reveal}",                    Lead, Outsider, 404),
    row("POST /api/v1/reveals/{reveal}/decision",          Lead, Investigator, 403),
    row("POST /api/v1/reveals/{reveal}/open",              Investigator, Lead, 403),
    row("POST /api/v1/cases/{case}/raises",                Custodian, Outsider, 404),
    row("GET /api/v1/cases/{case}/raises",                 Investigator, Administrator, 404),
    row("GET /api/v1/raises/{raise}",                      Lead, Outsider, 404),
    row("POST /api/v1/raises/{raise}/decision",            Lead, Custodian, 403),
    row("POST /api/v1/cases/{case}/members/{operator}/thaw", Lead, Investigator, 403),
    row("POST /api/v1/cases/{case}/exports",               Liaison, Custodian, 403),
    row("GET /api/v1/cases/{case}/exports",                Custodian, Auditor, 404),
    row("GET /api/v1/exports/{export}",                    Custodian, Outsider, 404),
    row("POST /api/v1/exports/{export}/decision",          Custodian, Investigator, 403),
    twice(row("GET /api/v1/exports/{export}/package",      Custodian, Lead, 403)),
    row("DELETE /api/v1/exports/{export}/package",         Custodian, Lead, 403),
    row("POST /api/v1/exports/{export}/acknowledgement",   Custodian, Lead, 403),
    for_all("GET /api/v1/evidence/signer"),
    row("POST /api/v1/audit/leaves/search",                Auditor, Lead, 403),
    row("POST /api/v1/audit/volume",                       Auditor, Lead, 403),
    row("GET /api/v1/requests/{request}/leaves",           Auditor, Outsider, 404),
    row("GET /api/v1/audit/leaves/{leaf}",                 Auditor, Administrator, 403),
    row("GET /api/v1/audit/leaves/{leaf}/proof",           Auditor, Investigator, 404),
    for_all("GET /api/v1/audit/checkpoint"),
    for_all("GET /api/v1/audit/vkey"),
    row("POST /api/v1/audit/sign-offs",                    Auditor, Lead, 403),
    for_all("GET /api/v1/me/passkeys"),
    for_all("POST /api/v1/me/passkeys/challenge"),
    for_all("POST /api/v1/me/passkeys"),
    for_all("DELETE /api/v1/me/passkeys/{passkey}"),
    // The last one: whoever was granted it has another password from then on.
    Row { granted: Outsider, ..for_all("PUT /api/v1/me/password") },
];

/// The route that is about a case of its own: in the incident's case two leads can act.
pub const IN_A_CASE_OF_ITS_OWN: &str = "DELETE /api/v1/cases/{case}/members/{operator}/suspension";

/// The routes that are about a case of two leads and a custodian: what they do or need ends it.
pub const IN_A_CASE_OF_THREE: [&str; 2] = [
    "POST /api/v1/destructions/{destruction}/carrying-out",
    "GET /api/v1/cases/{case}/certificate",
];

/// Makes ready what the route needs, and the request itself.
pub fn ask(incident: &Incident, route: &str) -> Asked {
    let number = incident.log.messages[0].number.as_str();
    let subject = || vec![incident.subject(number)];
    let investigator = incident.investigator();
    let key = || age::x25519::Identity::generate().to_public().to_string();
    let report = || {
        body::export(
            "account-notice",
            &json!({ "account": [incident.account] }),
            &key(),
        )
    };
    let (mut target, mut asker) = (None, None);
    let mut case = incident.case.clone();
    // One of its own, so that what comes of it is no other test's.
    let exhibit = route.contains("{exhibit}").then(|| {
        let file = match route.ends_with("/quarantine") {
            true => fresh_csv_with_a_reject(),
            false => fresh_csv(),
        };
        incident.admit(&file).assert_status(201).member("exhibit")
    });
    let body = match route {
        "DELETE /api/v1/operators/{operator}" | "DELETE /api/v1/operators/{operator}/recovery" => {
            target = Some(incident.invite(&fresh_name(), "investigator").0);
            None
        }
        "POST /api/v1/operators" => Some(json!({ "name": fresh_name(), "role": "investigator" })),
        "POST /api/v1/cases" => {
            Some(json!({ "title": "x", "reference": "y", "reason": body::REASON }))
        }
        "POST /api/v1/cases/{case}/close" | "POST /api/v1/cases/{case}/hold" => {
            at_rest(incident, false);
            no_moves(incident);
            Some(body::reason())
        }
        "POST /api/v1/cases/{case}/reopen" => {
            at_rest(incident, true);
            Some(body::reason())
        }
        "GET /api/v1/moves/{move}" => {
            at_rest(incident, false);
            target = Some(incident.ask_move(&case, "close"));
            asker = Some(Who::Lead);
            None
        }
        "POST /api/v1/moves/{move}/decision" => {
            at_rest(incident, false);
            target = Some(incident.ask_move(&case, "close"));
            asker = Some(Who::Lead);
            Some(body::deny())
        }
        "PUT /api/v1/cases/{case}/members/{operator}" => {
            target = Some(incident.invite(&fresh_name(), "investigator").0);
            Some(json!({ "role": "investigator" }))
        }
        // In place of what an authenticator says, which `client` makes ready.
        "POST /api/v1/me/passkeys" => Some(json!({
            "label": "a key", "password": PASSWORD, "nonce": "AAAA", "client_data": "AAAA",
            "authenticator_data": "AAAA",
        })),
        "POST /api/v1/tokens" => Some(new_token()),
        "POST /api/v1/machines" => Some(new_machine()),
        "PUT /api/v1/me/password" => Some(json!({
            "old_password": PASSWORD, "new_password": "another password of the tests",
        })),
        "DELETE /api/v1/cases/{case}/members/{operator}"
        | "POST /api/v1/cases/{case}/members/{operator}/suspension" => {
            let (operator, _) = incident.invite(&fresh_name(), "investigator");
            incident.give(&incident.case, &operator, "investigator", None);
            target = Some(operator);
            Some(body::reason())
        }
        "POST /api/v1/cases/{case}/key/rotation" => {
            no_rotation(incident);
            Some(body::reason())
        }
        "POST /api/v1/cases/{case}/members/{operator}/recognition" => {
            let somebody = incident.newcomer("investigator");
            let me = somebody.get("/me").assert_status(200);
            incident.give(&incident.case, &me.member("operator"), "investigator", None);
            target = Some(me.member("operator"));
            Some(json!({ "fingerprint": me.member("fingerprint"), "reason": body::REASON }))
        }
        "PUT /api/v1/cases/{case}/retention" | "POST /api/v1/cases/{case}/destructions" => {
            Some(body::reason())
        }
        "GET /api/v1/destructions/{destruction}" => {
            target = Some(incident.ask_destruction(&case));
            asker = Some(Who::Lead);
            None
        }
        "POST /api/v1/destructions/{destruction}/decision" => {
            target = Some(incident.ask_destruction(&case));
            asker = Some(Who::Lead);
            Some(body::approve())
        }
        "POST /api/v1/destructions/{destruction}/stop" => {
            target = Some(incident.approved_destruction(&case));
            asker = Some(Who::Lead);
            Some(body::reason())
        }
        "POST /api/v1/destructions/{destruction}/carrying-out" => {
            let of_three = incident.case_of_three();
            target = Some(incident.approved_destruction(&of_three));
            incident.clock.advance_seconds(61);
            asker = Some(Who::Lead);
            Some(body::reason())
        }
        "POST /api/v1/cases/{case}/erasures" => Some(json!({
            "number": "+447700900999",
            "purpose": "victim-inquiry",
            "reason": "the person asked for it",
        })),
        "GET /api/v1/erasures/{erasure}" => {
            target = Some(incident.ask_erasure());
            asker = Some(Who::Investigator);
            None
        }
        "POST /api/v1/erasures/{erasure}/decision" => {
            target = Some(incident.ask_erasure());
            asker = Some(Who::Investigator);
            Some(body::deny())
        }
        "POST /api/v1/erasures/{erasure}/carrying-out" => {
            target = Some(incident.approved_erasure());
            asker = Some(Who::Investigator);
            Some(body::reason())
        }
        "GET /api/v1/cases/{case}/certificate" => {
            case = incident.destroyed_case();
            None
        }
        IN_A_CASE_OF_ITS_OWN => {
            case = incident.case_of_suspended_leads();
            target = Some(incident.operator(Who::SecondLead));
            Some(body::reason())
        }
        "GET /api/v1/memberships/{membership}" => {
            target = Some(incident.ask_membership(&fresh_name()));
            asker = Some(Who::Lead);
            None
        }
        "POST /api/v1/memberships/{membership}/decision" => {
            target = Some(incident.ask_membership(&fresh_name()));
            asker = Some(Who::Lead);
            Some(body::approve())
        }
        "POST /api/v1/cases/{case}/lookups" => Some(body::look_up(&[number])),
        "POST /api/v1/cases/{case}/records/search" => Some(body::search(&json!({}))),
        "POST /api/v1/cases/{case}/scope" => Some(json!({ "by": ["country"], "audience": "team" })),
        "POST /api/v1/cases/{case}/reveals" => Some(body::reveal(&subject())),
        "GET /api/v1/reveals/{reveal}" => {
            target = Some(incident.ask_reveal(&investigator, &subject()));
            asker = Some(Who::Investigator);
            None
        }
        "GET /api/v1/requests/{request}/leaves" => {
            target = Some(incident.ask_reveal(&investigator, &subject()));
            asker = Some(Who::Investigator);
            None
        }
        "POST /api/v1/reveals/{reveal}/decision" => {
            target = Some(incident.ask_reveal(&investigator, &subject()));
            asker = Some(Who::Investigator);
            Some(body::approve())
        }
        "POST /api/v1/reveals/{reveal}/open" => {
            target = Some(incident.approved_reveal(&subject()));
            asker = Some(Who::Investigator);
            Some(json!({}))
        }
        "POST /api/v1/cases/{case}/raises" => Some(incident.raise(10)),
        "GET /api/v1/raises/{raise}" => {
            target = Some(incident.ask_raise(&investigator, 10));
            asker = Some(Who::Investigator);
            None
        }
        "POST /api/v1/raises/{raise}/decision" => {
            target = Some(incident.ask_raise(&investigator, 10));
            asker = Some(Who::Investigator);
            Some(body::approve())
        }
        "POST /api/v1/cases/{case}/members/{operator}/thaw" => {
            target = Some(incident.operator(Who::Investigator));
            Some(body::reason())
        }
        "POST /api/v1/cases/{case}/exports" => Some(report()),
        "GET /api/v1/exports/{export}" => {
            target = Some(incident.ask_export(&investigator, &report()));
            asker = Some(Who::Investigator);
            None
        }
        "POST /api/v1/exports/{export}/decision" => {
            target = Some(incident.ask_export(&investigator, &report()));
            asker = Some(Who::Investigator);
            Some(body::approve())
        }
        "GET /api/v1/exports/{export}/package" | "DELETE /api/v1/exports/{export}/package" => {
            target = Some(incident.approved_export(&report()));
            asker = Some(Who::Investigator);
            None
        }
        "POST /api/v1/exports/{export}/acknowledgement" => {
            let export = incident.approved_export(&report());
            incident
                .custodian()
                .get(&format!("/exports/{export}/package"))
                .assert_status(200);
            let seen = incident.lead().get(&format!("/exports/{export}"));
            let digest = seen.member("tagmanifest_sha256");
            target = Some(export);
            asker = Some(Who::Investigator);
            Some(json!({
                "tagmanifest_sha256": digest, "received_by": "x", "reason": body::REASON,
            }))
        }
        "POST /api/v1/cases/{case}/exhibits/{exhibit}/withdrawal"
        | "POST /api/v1/cases/{case}/exhibits/{exhibit}/quarantine" => Some(body::reason()),
        "GET /api/v1/quarantines/{quarantine}" => {
            target = Some(incident.ask_quarantine_of_a_fresh_one());
            asker = Some(Who::Lead);
            None
        }
        "POST /api/v1/quarantines/{quarantine}/decision" => {
            target = Some(incident.ask_quarantine_of_a_fresh_one());
            asker = Some(Who::Lead);
            Some(body::approve())
        }
        "POST /api/v1/quarantines/{quarantine}/open" => {
            let quarantine = incident.ask_quarantine_of_a_fresh_one();
            let path = format!("/quarantines/{quarantine}/decision");
            let custodian = incident.custodian();
            custodian.post(&path, &body::approve()).assert_status(200);
            target = Some(quarantine);
            asker = Some(Who::Lead);
            None
        }
        "GET /api/v1/quarantines/{quarantine}/package"
        | "DELETE /api/v1/quarantines/{quarantine}/package" => {
            target = Some(incident.approved_list(&key()));
            asker = Some(Who::Lead);
            None
        }
        "POST /api/v1/quarantines/{quarantine}/acknowledgement" => {
            let list = incident.approved_list(&key());
            incident
                .custodian()
                .get(&format!("/quarantines/{list}/package"))
                .assert_status(200);
            let seen = incident.lead().get(&format!("/quarantines/{list}"));
            let digest = seen.json()["list"]["tagmanifest_sha256"].clone();
            target = Some(list);
            asker = Some(Who::Lead);
            Some(json!({
                "tagmanifest_sha256": digest, "received_by": "x", "reason": body::REASON,
            }))
        }
        "GET /api/v1/withdrawals/{withdrawal}" => {
            target = Some(incident.ask_withdrawal_of_a_fresh_one());
            asker = Some(Who::Custodian);
            None
        }
        "POST /api/v1/withdrawals/{withdrawal}/decision" => {
            target = Some(incident.ask_withdrawal_of_a_fresh_one());
            asker = Some(Who::Custodian);
            Some(body::approve())
        }
        "POST /api/v1/keys/slots/change" => {
            no_slot_change(incident);
            Some(new_passphrase())
        }
        "POST /api/v1/keys/slots/change/decision" => {
            no_slot_change(incident);
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            Some(body::approve())
        }
        "POST /api/v1/keys/slots/change/carrying-out" => {
            no_slot_change(incident);
            let administrator = incident.administrator();
            administrator
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            let decision = format!("{SLOT_CHANGE}/decision");
            let other = incident.other_administrator();
            other.post(&decision, &body::approve()).assert_status(200);
            Some(body::reason())
        }
        "POST /api/v1/clock/acceptance" => {
            // Another time with every request, so that nobody's is the second acceptance of it.
            incident.clock.jump_seconds(100);
            let time = incident.clock.now();
            Some(json!({ "time": time.to_string(), "reason": body::REASON }))
        }
        "POST /api/v1/audit/leaves/search" => Some(json!({ "limit": 1 })),
        "POST /api/v1/audit/volume" => Some(json!({ "action": "record.lookup" })),
        "POST /api/v1/audit/sign-offs" => Some(json!({ "size": 1, "reason": body::REASON })),
        _ => None,
    };
    let (method, path) = route.split_once(' ').unwrap();
    let path = path
        .replace("{case}", &case)
        .replace("{leaf}", "0")
        .replace("{exhibit}", exhibit.as_deref().unwrap_or_default());
    let path = match route.ends_with("/difference") {
        true => format!("{path}?against={}", incident.first_exhibit()),
        false => path,
    };
    let path = [
        "{operator}",
        "{reveal}",
        "{export}",
        "{withdrawal}",
        "{quarantine}",
        "{membership}",
        "{raise}",
        "{request}",
        "{destruction}",
        "{erasure}",
        "{move}",
    ]
    .iter()
    .fold(path, |path, name| {
        path.replace(name, target.as_deref().unwrap_or_default())
    });
    let upload = route == "POST /api/v1/cases/{case}/exhibits";
    let (kind, bytes) = match body {
        Some(json) => (Some("application/json"), json.to_string().into_bytes()),
        None if upload => (Some("application/octet-stream"), fresh_csv()),
        None => (None, Vec::new()),
    };
    Asked {
        method: method.parse().unwrap(),
        path,
        headers: kind
            .map(|kind| ("content-type", kind.to_owned()))
            .into_iter()
            .collect(),
        body: bytes,
        asker,
    }
}

/// Somebody's client; a session of its own where the request ends it.
pub fn client(incident: &Incident, route: &str, who: Who) -> Client {
    if route.starts_with("DELETE /api/v1/sessions/") {
        incident.client(who);
        let client = incident.new_session(who);
        let session = client.get("/me").assert_status(200).member("session");
        let mut sessions = SESSIONS.lock().unwrap();
        sessions.insert(client.token().to_owned(), session);
        client
    } else if route == "POST /api/v1/me/passkeys" {
        let client = somebody_like(incident, who);
        let body = client.making(&Authenticator::new(), "a key");
        let signed = Signed {
            making: Some(body.to_string().into_bytes()),
            ..Signed::default()
        };
        SIGNED
            .lock()
            .unwrap()
            .insert(client.token().to_owned(), signed);
        client
    } else if route == "DELETE /api/v1/me/passkeys/{passkey}" {
        let client = somebody_like(incident, who);
        let (key, other) = (Authenticator::new(), Authenticator::new());
        client.enrol(&key);
        let body = client.making(&other, "another key");
        let enrolled = client.signed(&key, &Method::POST, "/me/passkeys", &body);
        let passkey = enrolled.assert_status(201).member("passkey");
        let path = format!("/me/passkeys/{passkey}");
        let challenge = client.challenge(&Method::DELETE, &path, &Value::Null);
        let signed = Signed {
            assertion: Some(key.sign(&challenge.assert_status(200).json())),
            passkey: Some(passkey),
            ..Signed::default()
        };
        SIGNED
            .lock()
            .unwrap()
            .insert(client.token().to_owned(), signed);
        client
    } else if route == "POST /api/v1/tokens" || route == "POST /api/v1/machines" {
        incident.newcomer_with_code(who.home())
    } else if route == "DELETE /api/v1/machines/{machine}" {
        let client = incident.newcomer_with_code(who.home());
        let body = with_certificate(new_machine().to_string().as_bytes()).unwrap();
        let body = String::from_utf8(body).unwrap();
        let added = client.post_text("/machines", &body).assert_status(201);
        let mut sessions = SESSIONS.lock().unwrap();
        sessions.insert(client.token().to_owned(), added.member("machine"));
        client
    } else if route == "DELETE /api/v1/tokens/{token}" {
        let client = incident.newcomer_with_code(who.home());
        let made = client.post("/tokens", &new_token()).assert_status(201);
        let mut sessions = SESSIONS.lock().unwrap();
        sessions.insert(client.token().to_owned(), made.member("token"));
        client
    } else {
        incident.client(who)
    }
}

/// A new operator of the same home role, signed in: whoever gets a passkey signs what they do from then on.
pub fn somebody_like(incident: &Incident, who: Who) -> Client {
    let name = fresh_name();
    let (_, enrolment) = incident.invite(&name, who.home());
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    incident
        .anonymous()
        .post("/enrolments", &body)
        .assert_status(201);
    let opened = incident.sign_in(&name, PASSWORD).assert_status(201);
    incident.anonymous().with_token(&opened.member("token"))
}

/// Closed, or open.
fn at_rest(incident: &Incident, closed: bool) {
    incident.work_on(&incident.case);
    if closed {
        incident.move_by_two(&incident.case, "close");
    }
}

/// Nobody waits for a decision about the state of the case: there may be so many of an asker only.
fn no_moves(incident: &Incident) {
    let waiting = incident.of_case("/moves?state=requested");
    let waiting = incident.lead().get(&waiting).assert_status(200).json();
    for one in waiting["moves"].as_array().unwrap() {
        let path = format!("/moves/{}/decision", one["move"].as_str().unwrap());
        let denied = incident.custodian().post(&path, &body::deny());
        denied.assert_status(200);
    }
}

/// Opens the case again, whatever a route did to it.
pub fn work_on(incident: &Incident) {
    at_rest(incident, false);
}

fn fresh_name() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("operator-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What may be sent without a session.
pub fn ask_open(incident: &Incident, route: &str) -> Value {
    match route {
        "POST /api/v1/sessions" => {
            incident.lead();
            json!({ "name": Who::Lead.name(), "password": PASSWORD })
        }
        "POST /api/v1/enrolments" => {
            let (_, enrolment) = incident.invite(&fresh_name(), "investigator");
            json!({ "enrolment": enrolment, "password": PASSWORD })
        }
        "POST /api/v1/second-factors" => {
            let name = fresh_name();
            let (_, enrolment) = incident.invite(&name, "investigator");
            let body = json!({ "enrolment": enrolment, "password": PASSWORD });
            incident
                .anonymous()
                .post("/enrolments", &body)
                .assert_status(201);
            json!({ "name": name, "password": PASSWORD })
        }
        "POST /api/v1/recoveries" => {
            let (name, key) = (fresh_name(), Authenticator::new());
            let (_, enrolment) = incident.invite(&name, "investigator");
            let body = json!({ "enrolment": enrolment, "password": PASSWORD });
            incident
                .anonymous()
                .post("/enrolments", &body)
                .assert_status(201);
            let session = incident.sign_in(&name, PASSWORD).assert_status(201);
            let client = incident.anonymous().with_token(&session.member("token"));
            let enrolled = client.post("/me/passkeys", &client.making(&key, "a key"));
            let code = enrolled.assert_status(201).member("recovery_code");
            json!({ "name": name, "password": PASSWORD, "code": code })
        }
        other => panic!("{other}"),
    }
}

pub const OPEN: [&str; 4] = [
    "POST /api/v1/sessions",
    "POST /api/v1/enrolments",
    "POST /api/v1/second-factors",
    "POST /api/v1/recoveries",
];
