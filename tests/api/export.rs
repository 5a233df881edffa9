//! Packages: asked by one, decided by another, handed out, opened, acknowledged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use breachvault::evidence::{self, Trust};
use breachvault::vault::audit::{InclusionProof, VerifierKey};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Log, body, csv_of, shared};

/// Somebody a package is sealed to.
struct Receiver {
    identity: String,
    recipient: String,
}

impl Receiver {
    fn new() -> Self {
        use age::secrecy::ExposeSecret as _;
        let identity = age::x25519::Identity::generate();
        Self {
            recipient: identity.to_public().to_string(),
            identity: identity.to_string().expose_secret().to_owned(),
        }
    }
}

fn decide(client: &Client, export: &str, body: &Value) -> Answer {
    client.post(&format!("/exports/{export}/decision"), body)
}

fn take(client: &Client, export: &str) -> Answer {
    client.get(&format!("/exports/{export}/package"))
}

/// Verifies a package with the vault's keys, opens it with the receiver's, and
/// reads what was sealed.
fn unpack(incident: &Incident, package: &[u8], receiver: &Receiver) -> BTreeMap<String, Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let tar = directory.path().join("package.tar");
    std::fs::write(&tar, package).unwrap();
    let key = verifier_key(incident);
    let check = move |proof: &[u8], leaf: &[u8]| -> Result<String, String> {
        let text = std::str::from_utf8(proof).map_err(|_| "not text".to_owned())?;
        let proof: InclusionProof = text.parse().map_err(|_| "no proof".to_owned())?;
        let proven = proof
            .verify(leaf, &key)
            .map_err(|error| error.to_string())?;
        Ok(proven.origin.to_string())
    };
    let trust = Trust {
        signer: Some(signer(incident)),
        check_proof: Some(&check),
    };
    let verdict = evidence::verify(&tar, &trust).unwrap();
    assert!(verdict.holds(), "{:?}", verdict.failed());
    let strangers = Trust {
        signer: Some([1; 32]),
        check_proof: Some(&check),
    };
    assert!(!evidence::verify(&tar, &strangers).unwrap().holds());
    let opened = evidence::open(&tar, &receiver.identity, &directory.path().join("out")).unwrap();
    let read = |path: &PathBuf| (name(path), std::fs::read(path).unwrap());
    opened.files.iter().map(read).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn signer(incident: &Incident) -> [u8; 32] {
    let line = incident.investigator().get("/evidence/signer");
    let line = line.assert_status(200).text();
    let key = line.split_once("ssh-ed25519").unwrap().1;
    evidence::parse_public_key(&format!("ssh-ed25519{}", key.trim_end())).unwrap()
}

fn verifier_key(incident: &Incident) -> VerifierKey {
    let text = incident
        .investigator()
        .get("/audit/vkey")
        .assert_status(200);
    text.text().trim().parse().unwrap()
}

fn json_of(files: &BTreeMap<String, Vec<u8>>) -> Vec<Value> {
    serde_json::from_slice(&files["export.json"]).unwrap()
}

#[test]
fn an_account_notice_holds_one_accounts_numbers() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let of_account = |m: &crate::support::Message| m.account == incident.account;
    let seen = incident.lead().get(&format!("/exports/{export}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["messages"], incident.log.count(of_account));
    assert_eq!(json["numbers"], incident.log.numbers_of(of_account).len());
    assert_eq!(json["legal_basis"], "GDPR Art. 33(2)");
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    let decided = decide(&incident.lead(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    assert_eq!(package.header("content-type"), Some("application/x-tar"));
    let files = unpack(incident, &package.body, &receiver);
    let rows = json_of(&files);
    let told: Vec<&str> = rows
        .iter()
        .map(|row| row["number"].as_str().unwrap())
        .collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    let expected: Vec<&str> = incident.log.numbers_of(of_account).into_iter().collect();
    assert_eq!(sorted, expected);
    for row in &rows {
        let of_it = |m: &crate::support::Message| of_account(m) && m.number == row["number"];
        assert_eq!(row["messages"], incident.log.count(of_it));
    }
    // No spreadsheet runs a cell of it.
    let csv = String::from_utf8(files["export.csv"].clone()).unwrap();
    for line in csv.lines().skip(1) {
        assert!(!line.starts_with(['+', '=', '-', '@']), "{line:?}");
    }
    // The decision is in the package.
    let leaf = decided.leaf().unwrap();
    assert_eq!(incident.leaf(leaf)["action"], "export.decide");
}

#[test]
fn a_scope_report_holds_counts_and_no_number() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    let rows = json_of(&files);
    let us = rows
        .iter()
        .find(|row| row["by"] == "country" && row["value"] == "US")
        .unwrap();
    let in_us = |m: &crate::support::Message| m.country == "US";
    assert_eq!(us["messages"], incident.log.count(in_us));
    assert_eq!(us["numbers"], incident.log.numbers_of(in_us).len());
    // A made-up log gives everybody a number of their state.
    for by in ["state", "area_state"] {
        let texan = rows
            .iter()
            .find(|row| row["by"] == by && row["value"] == "TX")
            .unwrap();
        assert_eq!(texan["messages"], incident.log.count(|m| m.state == "TX"));
    }
    let package = String::from_utf8_lossy(&package.body).into_owned();
    assert!(
        package.contains("Area-Code-Table: "),
        "the table has a version"
    );
    let text = String::from_utf8_lossy(&files["export.json"]).into_owned();
    for number in incident.log.numbers_of(|_| true) {
        assert!(!text.contains(&number[1..]));
    }
}

#[test]
fn evidence_holds_every_record_in_full() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "country": ["GB"], "sent_to": "2024-03-20T00:00:00Z" });
    let request = body::export("evidence", &filter, &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    let kept = incident
        .log
        .messages
        .iter()
        .filter(|m| m.country == "GB" && m.sent_at.as_str() < "2024-03-20");
    let mut expected: Vec<[String; 4]> = kept
        .map(|m| [&m.number, &m.sent_at, &m.account, &m.user].map(String::clone))
        .collect();
    let mut told: Vec<[String; 4]> = json_of(&files)
        .iter()
        .map(|row| {
            ["number", "sent_at", "account", "user"]
                .map(|name| row[name].as_str().unwrap().to_owned())
        })
        .collect();
    expected.sort();
    told.sort();
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
}

#[test]
fn a_package_opens_for_its_recipients_and_for_nobody_else() {
    let incident = shared();
    let (one, two) = (Receiver::new(), Receiver::new());
    let mut request = body::export("scope-report", &json!({}), &one.recipient);
    request["recipients"] = json!([one.recipient, two.recipient]);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let same = unpack(incident, &package.body, &one);
    assert_eq!(same, unpack(incident, &package.body, &two));
    let directory = tempfile::tempdir().unwrap();
    let tar = directory.path().join("package.tar");
    std::fs::write(&tar, &package.body).unwrap();
    let out = directory.path().join("out");
    assert!(evidence::open(&tar, &Receiver::new().identity, &out).is_err());
}

#[test]
fn a_package_that_is_taken_again_is_the_same_bytes() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let first = take(&incident.custodian(), &export).assert_status(200);
    let second = take(&incident.custodian(), &export).assert_status(200);
    assert_eq!(first.body, second.body);
    assert_ne!(first.leaf(), second.leaf());
}

#[test]
fn a_package_that_many_take_at_once_is_one_package() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({});
    let export = incident.approved_export(&body::export("evidence", &filter, &receiver.recipient));
    let client = incident.custodian();
    let taken: Vec<Answer> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..5)
            .map(|_| threads.spawn(|| take(&client, &export)))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let last = take(&client, &export).assert_status(200);
    unpack(incident, &last.body, &receiver);
    for answer in &taken {
        assert!([200, 409].contains(&answer.status), "{}", answer.status);
        if answer.status == 200 {
            assert!(answer.body == last.body, "two packages of one export");
        }
    }
    acknowledge(incident, &export, &digest(incident, &export)).assert_status(200);
    let manifest = tagmanifest(&last.body);
    assert_eq!(digest(incident, &export), manifest);
}

#[test]
fn a_package_that_cannot_be_written_is_not_handed_out_until_it_can() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let (packages, away) = (
        incident.paths.packages(),
        incident.paths.data().join("away"),
    );
    std::fs::rename(&packages, &away).unwrap();
    std::fs::write(&packages, b"no directory").unwrap();
    take(&incident.custodian(), &export).assert_problem(500, "internal");
    let seen = incident.lead().get(&format!("/exports/{export}"));
    assert_eq!(seen.member("state"), "approved");
    std::fs::remove_file(&packages).unwrap();
    std::fs::rename(&away, &packages).unwrap();
    let package = take(&incident.custodian(), &export).assert_status(200);
    unpack(&incident, &package.body, &receiver);
}

fn digest(incident: &Incident, export: &str) -> String {
    let seen = incident.lead().get(&format!("/exports/{export}"));
    seen.assert_status(200).member("tagmanifest_sha256")
}

/// What a receiver computes from the package.
fn tagmanifest(package: &[u8]) -> String {
    let mut tar = tar::Archive::new(package);
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if name(&entry.path().unwrap()) == "tagmanifest-sha256.txt" {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
            return digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
        }
    }
    panic!("no tag manifest");
}

fn acknowledge(incident: &Incident, export: &str, digest: &str) -> Answer {
    let body = json!({
        "tagmanifest_sha256": digest, "received_by": "the regulator", "reason": body::REASON,
    });
    let path = format!("/exports/{export}/acknowledgement");
    incident.custodian().post(&path, &body)
}

#[test]
fn an_acknowledgement_names_the_package_that_was_handed_out() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    acknowledge(incident, &export, &"0".repeat(64)).assert_problem(409, "wrong-state");
    let package = take(&incident.custodian(), &export).assert_status(200);
    acknowledge(incident, &export, &"0".repeat(64)).assert_problem(422, "invalid");
    acknowledge(incident, &export, "+447700900123").assert_problem(422, "invalid");
    let manifest = tagmanifest(&package.body);
    acknowledge(incident, &export, &manifest).assert_status(200);
    acknowledge(incident, &export, &manifest).assert_problem(409, "wrong-state");
    let seen = incident.lead().get(&format!("/exports/{export}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["state"], "acknowledged");
    assert_eq!(json["receipt"]["received_by"], "the regulator");
}

#[test]
fn nobody_decides_their_own_export() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.lead(), &request);
    decide(&incident.lead(), &export, &body::approve()).assert_problem(403, "own-request");
    decide(&incident.investigator(), &export, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.liaison(), &export, &body::approve()).assert_problem(404, "not-found");
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    decide(&incident.second_lead(), &export, &body::deny()).assert_problem(409, "wrong-state");
}

#[test]
fn what_was_not_approved_cannot_be_taken() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    decide(&incident.lead(), &export, &body::deny()).assert_status(200);
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    take(&incident.lead(), &export).assert_problem(403, "not-allowed");
    take(&incident.investigator(), &export).assert_problem(403, "not-allowed");
    take(&incident.outsider(), &export).assert_problem(404, "not-found");
    let packages = incident.paths.packages();
    assert!(!packages.join(format!("{export}.tar")).exists());
}

#[test]
fn an_export_that_comes_late_is_not_handed_out() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let (late, undecided) = (
        incident.approved_export(&request),
        incident.ask_export(&incident.investigator(), &request),
    );
    incident.clock.advance_seconds(7 * 86_400);
    incident.forget_sessions();
    take(&incident.custodian(), &late).assert_problem(409, "expired");
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "expired");
}

#[test]
fn an_approval_does_not_outlive_what_was_approved() {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900003", "2024-03-10T12:00:00Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let undecided = incident.ask_export(&incident.investigator(), &request);
    let approved = incident.approved_export(&request);
    incident
        .admit(&csv_of(&[("one", "+447700900002", "2024-03-11T12:00:00Z")]))
        .assert_status(201);
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "result-changed");
    take(&incident.custodian(), &approved).assert_problem(409, "result-changed");
}

#[test]
fn a_liaison_gets_its_own_account_and_nothing_else() {
    let incident = shared();
    let receiver = Receiver::new();
    let liaison = incident.liaison();
    let ask = |profile: &str, filter: Value| {
        let request = body::export(profile, &filter, &receiver.recipient);
        liaison.post(&incident.of_case("/exports"), &request)
    };
    ask("evidence", json!({})).assert_problem(422, "invalid");
    ask("scope-report", json!({})).assert_problem(422, "invalid");
    // Whatever account it names, it gets its own.
    let asked = ask(
        "account-notice",
        json!({ "account": [incident.other_account] }),
    );
    let export = asked.assert_status(201).member("export");
    let own = |m: &crate::support::Message| m.account == incident.account;
    let seen = liaison
        .get(&format!("/exports/{export}"))
        .assert_status(200)
        .json();
    assert_eq!(seen["messages"], incident.log.count(own));
    decide(&liaison, &export, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    let package = take(&liaison, &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    let told = json_of(&files).len();
    assert_eq!(told, incident.log.numbers_of(own).len());

    let filter = json!({ "account": [incident.other_account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let others = incident.approved_export(&request);
    take(&liaison, &others).assert_problem(404, "not-found");
    liaison
        .get(&format!("/exports/{others}"))
        .assert_problem(404, "not-found");
    let listed = liaison
        .get(&incident.of_case("/exports"))
        .assert_status(200);
    assert!(listed.text().contains(&export));
    assert!(!listed.text().contains(&others));
    assert!(!listed.text().contains(&incident.other_account));
}

#[test]
fn recipients_are_public_age_keys_and_a_secret_one_is_not_said_back() {
    let incident = shared();
    let receiver = Receiver::new();
    let ask = |recipients: Value| {
        let mut request = body::export("scope-report", &json!({}), &receiver.recipient);
        request["recipients"] = recipients;
        incident
            .investigator()
            .post(&incident.of_case("/exports"), &request)
    };
    let secret = ask(json!([receiver.recipient, receiver.identity]));
    let secret = secret.assert_problem(422, "invalid");
    assert_eq!(secret.json()["at"], "recipients[1]");
    assert!(!secret.text().contains(&receiver.identity[16..]));
    let broken = receiver
        .recipient
        .replace(|c: char| c.is_ascii_digit(), "b");
    for recipients in [
        json!([]),
        json!([receiver.recipient, receiver.recipient]),
        json!(["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"]),
        json!(["a passphrase"]),
        json!([broken]),
        json!(["+447700900123"]),
        json!([""]),
    ] {
        let answer = ask(recipients).assert_problem(422, "invalid");
        assert!(!answer.text().contains("7700"));
        assert!(!answer.text().contains("passphrase\""));
    }
}

#[test]
fn an_export_names_its_profile_its_account_and_its_legal_basis() {
    let incident = shared();
    let receiver = Receiver::new();
    let ask = |change: &dyn Fn(&mut Value)| {
        let filter = json!({ "account": [incident.account] });
        let mut request = body::export("account-notice", &filter, &receiver.recipient);
        change(&mut request);
        incident
            .investigator()
            .post(&incident.of_case("/exports"), &request)
    };
    ask(&|request| request["filter"] = json!({})).assert_problem(422, "invalid");
    ask(&|request| request["filter"] = json!({ "account": ["a", "b"] }))
        .assert_problem(422, "invalid");
    ask(&|request| request["filter"] = json!({ "account": ["nobody has it"] }))
        .assert_problem(422, "invalid");
    ask(&|request| request["profile"] = json!("everything")).assert_problem(422, "invalid");
    ask(&|request| request["legal_basis"] = json!("")).assert_problem(422, "invalid");
    ask(&|request| request["purpose"] = json!("curiosity")).assert_problem(422, "invalid");
    ask(&|_| {}).assert_status(201);
}
