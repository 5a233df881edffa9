//! New signing keys: the old key of the log signs the new one in the log, and everything goes on.

use std::time::Duration;

use breachvault::vault::audit::{Checkpoint, FailureKind, InclusionProof, Successor, VerifierKey};
use breachvault::vault::backup::{Room, Sources, Target, back_up_database, verify_backup};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::keyring::Passphrase;
use breachvault::vault::trail::{self, TrailFailure};
use serde_json::{Value, json};

use crate::key::{CHANGE, carry_out, change, decide, slots};
use crate::support::{TestVault, body};

fn wanted() -> Value {
    json!({ "change": "new-signing-keys", "reason": body::REASON })
}

fn vkey(vault: &TestVault) -> VerifierKey {
    let text = vault.auditor().get("/audit/vkey").assert_status(200).text();
    text.trim().parse().unwrap()
}

fn checkpoint(vault: &TestVault) -> Vec<u8> {
    vault
        .auditor()
        .get("/audit/checkpoint")
        .assert_status(200)
        .body
}

/// The exact bytes of a leaf, and its proof.
fn leaf_and_proof(vault: &TestVault, seq: u64) -> (Vec<u8>, InclusionProof) {
    let auditor = vault.auditor();
    let path = format!("/audit/leaves/{seq}");
    let leaf = auditor.get_as(&path, "application/octet-stream");
    let proof = auditor.get(&format!("{path}/proof")).assert_status(200);
    (leaf.assert_status(200).body, proof.text().parse().unwrap())
}

#[test]
fn the_log_goes_on_under_a_key_that_the_old_one_signed_and_old_proofs_hold() {
    let vault = TestVault::new();
    let (old, kept) = (vkey(&vault), checkpoint(&vault));
    let old_signer = vault.auditor().get("/evidence/signer").text();
    let (old_leaf, old_proof) = leaf_and_proof(&vault, 1);
    vault.clock.advance_seconds(3600);
    let answer = change(&vault, &wanted());
    let (seq, made) = (answer.leaf().unwrap(), answer.json());
    let new: VerifierKey = made["log_key"].as_str().unwrap().parse().unwrap();
    assert_ne!(new.public(), old.public());
    for absent in ["slot", "fingerprint", "passphrase", "shares"] {
        assert_eq!(made[absent], Value::Null, "{absent}");
    }
    assert_eq!(made["kind"], "signing-keys");
    assert_eq!(slots(&vault)["change"], Value::Null);
    // It is done once.
    carry_out(&vault.administrator()).assert_problem(404, "not-found");

    // The key is told everywhere.
    assert_eq!(vkey(&vault), new);
    let beside = std::fs::read_to_string(vault.paths.vkey()).unwrap();
    assert_eq!(beside.trim(), new.to_string());
    let keys = vault.administrator().get("/keys").assert_status(200).json();
    assert_eq!(keys["log_key"], made["log_key"]);
    assert_eq!(keys["package_key"], made["package_key"]);
    let signers = vault.auditor().get("/evidence/signer").text();
    let lines: Vec<&str> = signers.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].ends_with(made["package_key"].as_str().unwrap()));
    let key = |line: &str| line[line.find("ssh-ed25519").unwrap()..].trim().to_owned();
    assert_eq!(key(lines[1]), key(&old_signer));
    assert!(
        lines[1].contains(",valid-before=\"20240402100000Z\" "),
        "{signers}"
    );

    // The leaf has it, signed by the old key.
    let (leaf, proof) = leaf_and_proof(&vault, seq);
    let named = Successor::of_leaf(&leaf).unwrap();
    assert_eq!((&named.before, &named.after), (&old, &new));
    assert!(proof.verify(&leaf, &new).is_ok() && proof.verify(&leaf, &old).is_err());
    assert!(old_proof.verify(&old_leaf, &old).is_ok());
    assert!(old_proof.verify(&old_leaf, &new).is_err());
    // The first checkpoint with the leaf is the new key's already, and goes on from the kept one.
    assert!(Checkpoint::open(&checkpoint(&vault), &new).is_ok());
    assert!(Checkpoint::open(&checkpoint(&vault), &old).is_err());

    // Offline, whoever has the old key follows from a kept checkpoint only.
    let verify = |key: &VerifierKey, kept: &[Vec<u8>]| {
        trail::verify_directory(&vault.paths, Some(key.clone()), kept)
    };
    assert_eq!(verify(&new, &[]).unwrap().successors.len(), 1);
    assert_eq!(
        verify(&new, std::slice::from_ref(&kept))
            .unwrap()
            .kept_checkpoints,
        1
    );
    let followed = verify(&old, std::slice::from_ref(&kept)).unwrap();
    assert_eq!(
        (followed.successors[0].leaf, &followed.successors[0].key),
        (seq, &new)
    );
    for kept in [vec![], vec![checkpoint(&vault)]] {
        match verify(&old, &kept) {
            Err(TrailFailure::Log(failure)) => {
                assert_eq!(failure.kind, FailureKind::Checkpoint, "{failure}");
                assert!(failure.explanation.contains("--checkpoint"), "{failure}");
            }
            other => panic!("{other:?}"),
        }
    }

    // A search verifies the whole log, and the vault is green.
    let found = vault.auditor().post(
        "/audit/leaves/search",
        &json!({ "action": "slot.carry-out", "outcome": "done" }),
    );
    let found = found.assert_status(200).json();
    assert_eq!(found["leaves"][0]["seq"], seq, "{found}");
    assert!(vault.leaves() > seq);

    // Killed between the commit and the file: the key of before lies there until the next start, and is followed.
    std::fs::write(vault.paths.vkey(), format!("{old}\n")).unwrap();
    assert!(trail::verify_directory(&vault.paths, None, &[]).is_ok());
    let stranger = TestVault::new();
    std::fs::copy(stranger.paths.vkey(), vault.paths.vkey()).unwrap();
    assert!(trail::verify_directory(&vault.paths, None, &[]).is_err());

    // A second time: the first key is followed through both.
    let again = change(&vault, &wanted()).json();
    let third: VerifierKey = again["log_key"].as_str().unwrap().parse().unwrap();
    assert!(third != new && third != old);
    assert_eq!(
        verify(&old, std::slice::from_ref(&kept))
            .unwrap()
            .successors
            .len(),
        2
    );
    assert_eq!(
        vault
            .auditor()
            .get("/evidence/signer")
            .text()
            .lines()
            .count(),
        3
    );
    backed_up_and_restored(&vault, &old, &third, &kept);
    let paths = vault.paths.clone();
    assert!(trail::newest_checkpoint(&paths).is_ok());
}

/// A backup verifies with the old key and a kept checkpoint, and a restore takes it.
fn backed_up_and_restored(vault: &TestVault, old: &VerifierKey, new: &VerifierKey, kept: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.bvdata");
    let now = "2024-04-02T10:30:00Z".parse().unwrap();
    let target = Target::File(&path);
    back_up_database(&vault.paths, target, now, Duration::ZERO, &|| true).unwrap();
    let kept = [kept.to_vec()];
    assert!(verify_backup(&path, None, &[]).is_ok());
    assert!(verify_backup(&path, Some(new), &kept).is_ok());
    assert!(verify_backup(&path, Some(old), &kept).is_ok());
    assert!(verify_backup(&path, Some(old), &[]).is_err());
    let sources = Sources {
        database: &path,
        keyring: &vault.paths.keyring(),
        erasures: None,
        mark: Some(&vault.paths.high_water_mark()),
        kept: &kept,
    };
    let room = Room::prepare(&sources, &folder.path().join("restored")).unwrap();
    let passphrase = Passphrase::new("a passphrase of the tests".to_owned());
    let keyring = room.keyring().unwrap().unlock(&passphrase).ok().unwrap();
    assert!(room.verify(&keyring, &SystemEntropy::new()).is_ok());
}

#[test]
fn new_signing_keys_take_two_administrators_and_nothing_of_a_slot() {
    let vault = TestVault::new();
    let (one, other) = (vault.administrator(), vault.other_administrator());
    let old = vkey(&vault);
    for (name, value) in [
        ("kind", json!("passphrase")),
        ("label", json!("x")),
        ("slot", json!(0)),
        ("needed", json!(2)),
        ("recipients", json!([])),
    ] {
        let mut change = wanted();
        change[name] = value;
        let answer = one.post(CHANGE, &change).assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], name);
    }
    for who in [vault.lead(), vault.auditor(), vault.custodian()] {
        who.post(CHANGE, &wanted())
            .assert_problem(403, "not-allowed");
    }
    one.post(CHANGE, &wanted()).assert_status(201);
    let waits = slots(&vault)["change"].clone();
    assert_eq!(
        (&waits["change"], &waits["kind"], &waits["slot"]),
        (
            &json!("new-signing-keys"),
            &json!("signing-keys"),
            &Value::Null
        )
    );
    // Nobody decides their own, and nothing is done before a decision.
    decide(&one, &body::approve()).assert_problem(403, "own-request");
    carry_out(&one).assert_problem(409, "wrong-state");
    decide(&other, &body::approve()).assert_status(200);
    carry_out(&other).assert_problem(403, "not-the-asker");
    assert_eq!(vkey(&vault), old);
    // A no ends it.
    one.post(CHANGE, &wanted()).assert_status(201);
    decide(&other, &body::deny()).assert_status(200);
    carry_out(&one).assert_problem(404, "not-found");
    assert_eq!(vkey(&vault), old);
    // Leaves of what was refused name no successor.
    let told = trail::verify_directory(&vault.paths, None, &[]).unwrap();
    assert_eq!(told.successors, []);
}
