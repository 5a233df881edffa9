//! Packages: asked by one, decided by another, handed out, opened, acknowledged.

mod acknowledge;
mod build;
mod cancel;
mod decide;
mod list;
mod read;
mod request;
mod signer;
mod take;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use breachvault::evidence::{self, Trust};
use breachvault::vault::audit::{InclusionProof, VerifierKey};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, body};

/// Somebody a package is sealed to.
pub struct Receiver {
    identity: String,
    pub recipient: String,
}

impl Receiver {
    /// Its secret key.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    pub fn new() -> Self {
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
pub fn unpack(
    incident: &Incident,
    package: &[u8],
    receiver: &Receiver,
) -> BTreeMap<String, Vec<u8>> {
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
        signers: vec![signer(incident)],
        check_proof: Some(&check),
        ..Trust::default()
    };
    let verdict = evidence::verify(&tar, &trust).unwrap();
    assert!(verdict.holds(), "{:?}", verdict.failed());
    let strangers = Trust {
        signers: vec![[1; 32]],
        check_proof: Some(&check),
        ..Trust::default()
    };
    assert!(!evidence::verify(&tar, &strangers).unwrap().holds());
    let opened = evidence::open(&tar, &receiver.identity, &directory.path().join("out")).unwrap();
    let read = |path: &PathBuf| (name(path), std::fs::read(path).unwrap());
    opened.files.iter().map(read).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

pub fn signer(incident: &Incident) -> [u8; 32] {
    let line = incident.investigator().get("/evidence/signer");
    let line = line.assert_status(200).text();
    let key = line.split_once("ssh-ed25519").unwrap().1;
    evidence::parse_public_key(&format!("ssh-ed25519{}", key.trim_end())).unwrap()
}

pub fn verifier_key(incident: &Incident) -> VerifierKey {
    let text = incident
        .investigator()
        .get("/audit/vkey")
        .assert_status(200);
    text.text().trim().parse().unwrap()
}

pub fn json_of(files: &BTreeMap<String, Vec<u8>>) -> Vec<Value> {
    serde_json::from_slice(&files["export.json"]).unwrap()
}

fn digest(incident: &Incident, export: &str) -> String {
    let seen = incident.lead().get(&format!("/exports/{export}"));
    seen.assert_status(200).member("tagmanifest_sha256")
}

/// What a receiver computes from the package.
pub fn tagmanifest(package: &[u8]) -> String {
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
