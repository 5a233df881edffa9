//! A package shows offline that its decider's own device approved it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::domain::ActStatement;
use breachvault::evidence::{self, CheckName, Trust, Verdict};
use breachvault::vault::audit::{InclusionProof, VerifierKey};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::export::{Receiver, signer, unpack, verifier_key};
use crate::outside::run;
use crate::support::{Authenticator, Incident, body};

const POST: &Method = &Method::POST;

/// The package of a scope report, unpacked.
struct Package {
    folder: tempfile::TempDir,
    export: String,
}

impl Package {
    fn new(incident: &Incident, export: &str) -> Self {
        let path = format!("/exports/{export}/package");
        let taken = incident.custodian().get(&path).assert_status(200);
        let folder = tempfile::tempdir().unwrap();
        let mut tar = tar::Archive::new(&taken.body[..]);
        tar.unpack(folder.path()).unwrap();
        Self {
            folder,
            export: export.to_owned(),
        }
    }

    fn bag(&self) -> PathBuf {
        self.folder.path().join(&self.export)
    }

    /// What `passkey.sh` of docs/evidence-package.md says; nothing where its tools are not installed.
    fn by_script(&self) -> Option<Output> {
        for tool in ["openssl", "xxd"] {
            run(Command::new(tool).arg("--version"))?;
        }
        let page = include_str!("../../../docs/evidence-package.md");
        let (_, script) = page.split_once("# passkey.sh\n").unwrap();
        let script = script.split_once("```").unwrap().0;
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).current_dir(self.bag());
        Some(shell.output().unwrap())
    }
}

/// Verifies with the vault's keys, as somebody who demands a passkey or does not.
fn judged(bag: &Path, signer: [u8; 32], key: &VerifierKey, required: bool) -> Verdict {
    let key = key.clone();
    let check = move |proof: &[u8], leaf: &[u8]| -> Result<String, String> {
        let text = std::str::from_utf8(proof).map_err(|_| "not text".to_owned())?;
        let proof: InclusionProof = text.parse().map_err(|_| "no proof".to_owned())?;
        let proven = proof.verify(leaf, &key);
        let proven = proven.map_err(|error| error.to_string())?;
        Ok(proven.origin.to_string())
    };
    let trust = Trust {
        signers: vec![signer],
        check_proof: Some(&check),
        passkey_required: required,
        origin: required.then_some("https://localhost:8443"),
        ..Trust::default()
    };
    evidence::verify(bag, &trust).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A scope report that was asked for and waits.
fn asked(incident: &Incident) -> (String, Receiver) {
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    (export, receiver)
}

#[test]
fn a_package_shows_whose_device_approved_it_and_every_altered_part_fails() {
    let incident = Incident::new();
    let (lead, key, other) = (incident.lead(), Authenticator::new(), Authenticator::new());
    let enrolled = lead.enrol(&key);
    let (export, receiver) = asked(&incident);
    let path = format!("/exports/{export}/decision");
    let challenge = lead.challenge(POST, &path, &body::approve());
    let challenge = challenge.assert_status(200).json();
    let decided = lead.with_assertion(POST, &path, &body::approve(), &key.sign(&challenge));
    let decided = decided.assert_status(200).leaf().unwrap();
    // The passkey is removed before the package is built, and is in it all the same.
    let body = lead.making(&other, "second key");
    lead.signed(&key, POST, "/me/passkeys", &body)
        .assert_status(201);
    let gone = format!("/me/passkeys/{enrolled}");
    lead.signed(&other, &Method::DELETE, &gone, &Value::Null)
        .assert_status(200);
    let package = Package::new(&incident, &export);
    let (signer, log) = (signer(&incident), verifier_key(&incident));
    let verdict = judged(&package.bag(), signer, &log, true);
    assert!(verdict.holds(), "{verdict:?}");
    let passkey = &verdict.check(CheckName::Passkey).unwrap().explanation;
    assert!(
        passkey.ends_with("signed approve at https://localhost:8443"),
        "{passkey}"
    );
    let info = fs::read_to_string(package.bag().join("bag-info.txt")).unwrap();
    assert!(info.contains("Decider-Passkey: signed\n"), "{info}");
    if let Some(output) = package.by_script() {
        assert!(output.status.success(), "{output:?}");
        assert!(told(&output).contains("signed at https://localhost:8443"));
    }
    // What binds the request cannot be tried without the salt, which the package does not have.
    let statement = fs::read(package.bag().join("data/passkey-statement.json")).unwrap();
    let statement = ActStatement::parse(&statement).unwrap();
    let detail = incident
        .auditor()
        .get(&format!("/audit/leaves/{decided}"))
        .assert_status(200)
        .json();
    let signed = &detail["detail"]["detail"]["signed"];
    assert_eq!(signed["salt"], challenge["salt"], "{detail}");
    let salt: [u8; 32] = STANDARD
        .decode(signed["salt"].as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap();
    let sent = json!({
        "asked": { "approve": true }, "password": null, "purpose": null, "reason": body::REASON,
    });
    let sent = serde_json_canonicalizer::to_vec(&sent).unwrap();
    assert_eq!(
        statement.request,
        ActStatement::digest_of_request(&salt, &sent)
    );
    // Each file with one byte changed: the manifests show it, and so does the check of the device.
    for (file, at, words) in [
        (
            "passkey-assertion.txt",
            0,
            ["assertion: ", "FAILED assertion"],
        ),
        ("passkey-statement.json", 12, ["action: ", "FAILED action"]),
        ("passkey.pem", 100, ["key: ", "FAILED"]),
        (
            "passkey-enrolment.json",
            12,
            ["enrolment: ", "FAILED enrolment"],
        ),
        ("passkey-enrolment.tlog-proof", 30, ["proof: ", ""]),
        ("entry.json", 12, ["action: ", "FAILED action"]),
    ] {
        let path = package.bag().join("data").join(file);
        let whole = fs::read(&path).unwrap();
        let mut altered = whole.clone();
        altered[at] = if altered[at] == b'B' { b'C' } else { b'B' };
        fs::write(&path, altered).unwrap();
        let verdict = judged(&package.bag(), signer, &log, true);
        let check = verdict.check(CheckName::Passkey).unwrap();
        assert!(!check.holds, "{file}");
        assert!(check.explanation.starts_with(words[0]), "{file}: {check}");
        if let Some(output) = package.by_script().filter(|_| !words[1].is_empty()) {
            assert!(!output.status.success(), "{file}");
            assert!(told(&output).contains(words[1]), "{file}: {output:?}");
        }
        fs::remove_file(&path).unwrap();
        let verdict = judged(&package.bag(), signer, &log, false);
        assert!(!verdict.check(CheckName::Passkey).unwrap().holds, "{file}");
        fs::write(&path, whole).unwrap();
    }
    assert!(judged(&package.bag(), signer, &log, true).holds());
    // Its receiver opens it as any other.
    let path = format!("/exports/{export}/package");
    let taken = incident.custodian().get(&path).assert_status(200);
    unpack(&incident, &taken.body, &receiver);
}

#[test]
fn a_package_that_no_device_approved_says_so_and_fails_where_one_is_demanded() {
    let incident = Incident::new();
    let (export, receiver) = asked(&incident);
    let path = format!("/exports/{export}/decision");
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_status(200);
    let package = Package::new(&incident, &export);
    let (signer, log) = (signer(&incident), verifier_key(&incident));
    let verdict = judged(&package.bag(), signer, &log, false);
    assert!(verdict.holds(), "{verdict:?}");
    let passkey = verdict.check(CheckName::Passkey).unwrap();
    assert!(passkey.explanation.starts_with("none: "), "{passkey}");
    let verdict = judged(&package.bag(), signer, &log, true);
    assert_eq!(verdict.failed().unwrap().name, CheckName::Passkey);
    let read = |name: &str| fs::read_to_string(package.bag().join(name)).unwrap();
    assert!(read("bag-info.txt").contains("Decider-Passkey: none\n"));
    assert!(read("data/README.txt").contains("No device signed the decision"));
    let files: Vec<_> = fs::read_dir(package.bag().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !files
            .iter()
            .any(|name| name.to_string_lossy().starts_with("passkey")),
        "{files:?}"
    );
    // A package that was signed for is none of another decision: what is put beside it is named.
    fs::write(package.bag().join("data/passkey.pem"), "x").unwrap();
    let verdict = judged(&package.bag(), signer, &log, false);
    let passkey = verdict.check(CheckName::Passkey).unwrap();
    assert!(passkey.explanation.starts_with("leaf: "), "{passkey}");
    let path = format!("/exports/{export}/package");
    let taken = incident.custodian().get(&path).assert_status(200);
    unpack(&incident, &taken.body, &receiver);
}
