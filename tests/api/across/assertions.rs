//! What somebody who has a passkey signs, act by act; and what is refused.

use serde_json::{Value, json};
use ureq::http::Method;

use breachvault::http::{page_table, table};

use crate::support::{Answer, Authenticator, Client, Incident, PASSWORD, Says, Who, body};

const POST: &Method = &Method::POST;

/// An incident whose second lead has a passkey, and a reveal that waits for a decision.
struct Scene {
    incident: Incident,
    lead: Client,
    key: Authenticator,
    subjects: Vec<String>,
}

impl Scene {
    fn new() -> Self {
        let incident = Incident::new();
        let (lead, key) = (incident.second_lead(), Authenticator::new());
        lead.enrol(&key);
        let number = incident.log.messages[0].number.clone();
        let subjects = vec![incident.subject(&number)];
        Self {
            incident,
            lead,
            key,
            subjects,
        }
    }

    /// Where a new reveal is decided.
    fn decision(&self) -> String {
        let asker = self.incident.investigator();
        let reveal = self.incident.ask_reveal(&asker, &self.subjects);
        format!("/reveals/{reveal}/decision")
    }

    fn challenge(&self, path: &str, json: &Value) -> Value {
        self.lead
            .challenge(POST, path, json)
            .assert_status(200)
            .json()
    }
}

#[test]
fn every_act_that_is_signed_says_so_in_its_route() {
    for route in table() {
        let signs = route.action.is_some_and(|action| action.needs_assertion());
        assert_eq!(route.signed, signs, "{} {}", route.method, route.path);
    }
}

#[test]
fn every_form_whose_act_is_signed_can_ask_what_to_sign() {
    for page in page_table() {
        let act = page.method == POST && page.action.is_some_and(|action| action.needs_assertion());
        assert_eq!(page.signed, act, "{} {}", page.method, page.path);
    }
}

#[test]
fn a_decision_is_signed_and_its_leaf_has_the_digest_of_that() {
    let scene = Scene::new();
    let path = scene.decision();
    let without = scene.lead.post(&path, &body::approve());
    without.assert_problem(403, "assertion-needed");
    let challenge = scene.challenge(&path, &body::approve());
    let statement: Value = serde_json::from_str(challenge["statement"].as_str().unwrap()).unwrap();
    assert_eq!(statement["action"], "reveal.decide", "{statement}");
    assert_eq!(statement["decision"], "approve");
    assert_eq!(statement["case"], scene.incident.case.as_str());
    assert_eq!(statement["object"], path.split('/').nth(2).unwrap());
    assert_eq!(statement["nonce"], challenge["nonce"]);
    assert!(statement["asked"].is_string() && statement["session"].is_string());
    let assertion = scene.key.sign(&challenge);
    let decided = scene
        .lead
        .with_assertion(POST, &path, &body::approve(), &assertion);
    let decided = decided.assert_status(200);
    let leaf = scene.incident.leaf(decided.leaf().unwrap());
    assert_eq!(leaf["decision"], "approve", "{leaf}");
    assert_eq!(leaf["assertion"].as_str().unwrap().len(), 44, "{leaf}");
    // The challenge has a leaf of its own, and nothing was done for it.
    let asked = scene.incident.leaf(decided.leaf().unwrap() - 1);
    assert_eq!(asked["action"], "passkey.challenge", "{asked}");
    // Whoever has no passkey acts as before.
    let path = scene.decision();
    let decided = scene
        .incident
        .lead()
        .post(&path, &body::approve())
        .assert_status(200);
    assert!(
        scene
            .incident
            .leaf(decided.leaf().unwrap())
            .get("assertion")
            .is_none()
    );
}

#[test]
fn a_signature_is_good_once_for_what_it_is_about_and_in_its_session() {
    let scene = Scene::new();
    let (key, lead) = (&scene.key, &scene.lead);
    let refused = |client: &Client, path: &str, json: &Value, assertion: &str| {
        let answer = client.with_assertion(POST, path, json, assertion);
        answer.assert_problem(403, "assertion-refused");
    };
    let (one, two) = (scene.decision(), scene.decision());
    let approve = key.sign(&scene.challenge(&one, &body::approve()));
    // Of another request, of the other decision, with another reason.
    refused(lead, &two, &body::approve(), &approve);
    refused(lead, &one, &body::deny(), &approve);
    let mut other = body::approve();
    other["reason"] = json!("a reason that was not signed");
    refused(lead, &one, &other, &approve);
    // Of another act.
    let invited = json!({ "role": "investigator" });
    let member = scene.incident.operator(Who::Outsider);
    let named = scene.incident.of_case(&format!("/members/{member}"));
    let answer = lead.with_assertion(&Method::PUT, &named, &invited, &approve);
    answer.assert_problem(403, "assertion-refused");
    // In another session of the same person.
    let token = lead
        .sign_in_with(key, Who::SecondLead.name())
        .assert_status(201);
    let elsewhere = lead.with_token(&token.member("token"));
    let approve = key.sign(&scene.challenge(&one, &body::approve()));
    refused(&elsewhere, &one, &body::approve(), &approve);
    // Of a sign-in.
    let challenge = lead.get("/sessions/challenge").assert_status(200).json();
    refused(lead, &one, &body::approve(), &key.sign(&challenge));
    // By somebody else's passkey.
    let challenge = scene.challenge(&one, &body::approve());
    refused(
        lead,
        &one,
        &body::approve(),
        &Authenticator::new().sign(&challenge),
    );
    // What cannot be read.
    for wrong in ["x", "a.b.c.d.e", "AAAA.AAAA.AAAA.AAAA.AAAA"] {
        refused(lead, &one, &body::approve(), wrong);
    }
    // Without a verified person, without anybody, elsewhere.
    let evil = "https://evil.example";
    for says in [
        Says {
            flags: 0x01,
            ..Says::TRUTH
        },
        Says {
            flags: 0x04,
            ..Says::TRUTH
        },
        Says {
            origin: evil,
            ..Says::TRUTH
        },
        Says {
            relying_party: "evil.example",
            ..Says::TRUTH
        },
    ] {
        let challenge = scene.challenge(&one, &body::approve());
        let says = Says {
            counter: Some(1000),
            ..says
        };
        refused(lead, &one, &body::approve(), &key.sign_as(&challenge, says));
    }
    // Too late.
    let late = key.sign(&scene.challenge(&one, &body::approve()));
    scene.incident.clock.advance_seconds(301);
    refused(lead, &one, &body::approve(), &late);
    // And then as it should be, once.
    let approve = key.sign(&scene.challenge(&one, &body::approve()));
    lead.with_assertion(POST, &one, &body::approve(), &approve)
        .assert_status(200);
    let again = lead.with_assertion(POST, &one, &body::approve(), &approve);
    again.assert_problem(409, "wrong-state");
    refused(lead, &two, &body::approve(), &approve);
}

#[test]
fn what_can_be_done_again_is_not_done_again_with_the_same_signature() {
    let incident = Incident::new();
    let (custodian, key) = (incident.custodian(), Authenticator::new());
    custodian.enrol(&key);
    let report = body::export("scope-report", &json!({}), RECIPIENT);
    let export = incident.approved_export(&report);
    let path = format!("/exports/{export}/package");
    let get = &Method::GET;
    custodian.get(&path).assert_problem(403, "assertion-needed");
    let challenge = custodian
        .challenge(get, &path, &Value::Null)
        .assert_status(200);
    let assertion = key.sign(&challenge.json());
    let take = || custodian.with_assertion(get, &path, &Value::Null, &assertion);
    let taken = take().assert_status(200);
    let leaf = incident.leaf(taken.leaf().unwrap());
    assert_eq!(leaf["action"], "export.package", "{leaf}");
    assert!(leaf["assertion"].is_string(), "{leaf}");
    take().assert_problem(403, "assertion-refused");
    custodian
        .signed(&key, get, &path, &Value::Null)
        .assert_status(200);
}

#[test]
fn a_counter_that_does_not_rise_raises_an_alarm() {
    let scene = Scene::new();
    let (key, lead) = (&scene.key, &scene.lead);
    let path = scene.decision();
    lead.signed(key, POST, &path, &body::deny())
        .assert_status(200);
    let path = scene.decision();
    let challenge = scene.challenge(&path, &body::deny());
    let copied = key.sign_as(
        &challenge,
        Says {
            counter: Some(1),
            ..Says::TRUTH
        },
    );
    let refused = lead.with_assertion(POST, &path, &body::deny(), &copied);
    let refused = refused.assert_problem(403, "assertion-refused");
    let leaf = scene.incident.leaf(refused.leaf().unwrap());
    assert_eq!(leaf["alarm"], "passkey-copied", "{leaf}");
    lead.signed(key, POST, &path, &body::deny())
        .assert_status(200);
}

#[test]
fn whoever_may_not_do_the_act_gets_no_challenge_for_it() {
    let scene = Scene::new();
    let path = scene.decision();
    let investigator = scene.incident.investigator();
    investigator.enrol(&Authenticator::new());
    let refused = investigator.challenge(POST, &path, &body::approve());
    refused.assert_problem(403, "not-allowed");
    let outsider = scene.incident.outsider();
    outsider.enrol(&Authenticator::new());
    let concealed = outsider.challenge(POST, &path, &body::approve());
    concealed.assert_problem(404, "not-found");
    let nowhere = "/reveals/r_00000000000000000000/decision";
    let nothing = outsider.challenge(POST, nowhere, &body::approve());
    nothing.assert_problem(404, "not-found");
    // A request that breaks a rule is no act.
    let broken = scene
        .lead
        .challenge(POST, &path, &json!({ "decision": "perhaps" }));
    broken.assert_problem(422, "invalid");
    // Nothing was decided by all that.
    scene
        .lead
        .signed(&scene.key, POST, &path, &body::approve())
        .assert_status(200);
}

/// What an identity that nobody keeps was made with.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

#[test]
fn a_signature_for_one_new_password_sets_no_other() {
    let scene = Scene::new();
    let (put, path) = (&Method::PUT, "/me/password");
    let wanted = |new: &str| json!({ "old_password": PASSWORD, "new_password": new });
    let (one, other) = (
        wanted("one password of the tests"),
        wanted("another of the tests"),
    );
    let challenge = scene.lead.challenge(put, path, &one).assert_status(200);
    let challenge = challenge.json();
    assert!(
        !challenge.to_string().contains("password of the tests"),
        "{challenge}"
    );
    let assertion = scene.key.sign(&challenge);
    scene
        .lead
        .with_assertion(put, path, &other, &assertion)
        .assert_problem(403, "assertion-refused");
    scene
        .lead
        .with_assertion(put, path, &one, &assertion)
        .assert_status(200);
}

#[test]
fn a_signature_about_a_change_of_slots_is_for_this_change_and_this_decision() {
    let incident = Incident::new();
    let (asker, decider, key) = (
        incident.administrator(),
        incident.other_administrator(),
        Authenticator::new(),
    );
    decider.enrol(&key);
    let ask = |label: &str| {
        let wanted = json!({
            "change": "add", "kind": "passphrase", "label": label, "reason": "one of us is away",
        });
        asker.post("/keys/slots/change", &wanted).assert_status(201);
    };
    ask("the first");
    let path = "/keys/slots/change/decision";
    let no = body::deny();
    let challenge = decider.challenge(POST, path, &no).assert_status(200).json();
    let statement: Value = serde_json::from_str(challenge["statement"].as_str().unwrap()).unwrap();
    assert_eq!(statement["decision"], "deny", "{statement}");
    assert!(statement["asked"].is_string(), "{statement}");
    let assertion = key.sign(&challenge);
    decider
        .with_assertion(POST, path, &body::approve(), &assertion)
        .assert_problem(403, "assertion-refused");
    // Another change waits by now.
    ask("the second");
    decider
        .with_assertion(POST, path, &no, &assertion)
        .assert_problem(403, "assertion-refused");
    let challenge = decider.challenge(POST, path, &no).assert_status(200).json();
    decider
        .with_assertion(POST, path, &no, &key.sign(&challenge))
        .assert_status(200);
}

#[test]
fn a_stolen_session_lifts_no_hold_closes_no_case_and_accepts_no_time() {
    let scene = Scene::new();
    let (lead, key, incident) = (&scene.lead, &scene.key, &scene.incident);
    let (put, reason) = (&Method::PUT, body::reason());
    let [hold, reopen, close, retention] =
        ["/hold", "/reopen", "/close", "/retention"].map(|act| incident.of_case(act));
    let until = json!({ "keep_until": "2024-04-03T09:00:00Z", "reason": body::REASON });
    let state = || {
        let read = lead.get(&incident.of_case("")).assert_status(200).json();
        (read["state"].clone(), read["keep_until"].clone())
    };
    let before = state();
    let refused = |answer: Answer| {
        answer.assert_problem(403, "assertion-needed");
    };
    refused(lead.post(&close, &reason));
    refused(lead.put(&retention, &until));
    assert_eq!(state(), before);
    // A hold only protects, so nobody waits with it. It is another lead's.
    incident.lead().post(&hold, &reason).assert_status(200);
    refused(lead.post(&reopen, &reason));
    assert_eq!(state().0, "held");
    let lifted = lead.signed(key, POST, &reopen, &reason).assert_status(200);
    let leaf = incident.leaf(lifted.leaf().unwrap());
    assert!(leaf["assertion"].is_string(), "{leaf}");
    // It takes a second person, who signs as well.
    assert_eq!(state().0, "held");
    let by_second = |asked: &str| {
        let path = format!("/moves/{asked}/decision");
        let decided = incident.custodian().post(&path, &body::approve());
        decided.assert_status(200);
    };
    by_second(&lifted.member("move"));
    assert_eq!(state().0, "open");
    let asked = incident.ask_move(&incident.case, "close");
    let decision = format!("/moves/{asked}/decision");
    refused(lead.post(&decision, &body::approve()));
    lead.signed(key, POST, &decision, &body::deny())
        .assert_status(200);
    lead.signed(key, put, &retention, &until).assert_status(200);
    assert_eq!(state().1, "2024-04-03T09:00:00Z");
    // What was signed for one date sets no other.
    let challenge = lead.challenge(put, &retention, &until).assert_status(200);
    let other = json!({ "reason": body::REASON });
    lead.with_assertion(put, &retention, &other, &key.sign(&challenge.json()))
        .assert_problem(403, "assertion-refused");
    lead.post(&hold, &reason).assert_status(200);
    for (act, then) in [(&reopen, "open"), (&close, "closed")] {
        let asked = lead.signed(key, POST, act, &reason).assert_status(200);
        by_second(&asked.member("move"));
        assert_eq!(state().0, then);
    }

    incident.clock.jump_seconds(86_400);
    let time = json!({ "time": "2024-04-03T09:00:00Z", "reason": body::REASON });
    refused(lead.post("/clock/acceptance", &time));
    let accepted = lead.signed(key, POST, "/clock/acceptance", &time);
    assert_eq!(accepted.assert_status(200).json()["accepted"], false);
}
