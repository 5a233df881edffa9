//! The end of a case, from outside: what the files hold after it, what older files still open, and what a kill leaves.

use std::fs;
use std::process::Command;

use breachvault::operations::audit::{ReadLeafBytes, ReadVkey};
use breachvault::operations::case::ReadCase;
use breachvault::operations::destruction::{
    CarryOutDestruction, DecideDestruction, ReadCertificate, RequestDestruction,
};
use breachvault::operations::record::LookUp;
use breachvault::policy::Denial;
use breachvault::vault::audit::{VerifierKey, open};
use breachvault::vault::clock::ManualClock;
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{
    Caller, ExhibitCheck, MarkFault, Paths, Refusal, ShredError, StartError, Vault, trail,
};
use serde_json::{Value, json};

use crate::house::{
    self, Closed, House, PASSPHRASE, REASON, admit_as, ask, files, log, name_member, numbers,
    open_case, perform, recognise, said,
};
use crate::secret_file::write_secret;
use crate::tables::only_on_sqlite;

const ROWS: u64 = 3000;

/// Asked by a lead, approved by the custodian, and the delay is over.
pub(crate) fn due(house: &House) -> String {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let reason = json!({ "reason": REASON });
    let asked = house.ask::<RequestDestruction>(&people.lead, &case, reason);
    let id = asked.unwrap()["destruction"].as_str().unwrap().to_owned();
    let ids = [("destruction", id.as_str())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house
        .ask::<DecideDestruction>(&people.custodian, &ids, yes)
        .unwrap();
    house.clock.advance_seconds(3601);
    id
}

pub(crate) fn carry_out(house: &House, destruction: &str) {
    let ids = [("destruction", destruction)];
    let reason = json!({ "reason": REASON });
    let ended = house.ask::<CarryOutDestruction>(&house.people.other_lead, &ids, reason);
    assert_eq!(ended.unwrap()["state"], "destroyed");
}

/// Ends the case of a house whole; its certificate.
pub(crate) fn destroy(house: &House) -> Value {
    let destruction = due(house);
    carry_out(house, &destruction);
    assert_eq!(house.vault.shred(), Ok(1));
    certificate(&house.vault, &house.people.lead, house.people.case.as_str())
}

pub(crate) fn certificate(vault: &Vault, reader: &Caller, case: &str) -> Value {
    ask::<ReadCertificate>(vault, reader, &[("case", case)], json!({})).unwrap()
}

fn look_up(vault: &Vault, closed: &Closed, number: &str) -> Result<Value, Refusal> {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let case = [("case", closed.people.case.as_str())];
    ask::<LookUp>(vault, &closed.people.investigator, &case, body)
}

fn is_destroyed(answer: Result<Value, Refusal>) -> bool {
    matches!(answer, Err(Refusal::Denied(Denial::CaseDestroyed, _)))
}

fn open_late(paths: &Paths) -> Result<Vault, StartError> {
    house::open_at(
        paths,
        ManualClock::new("2024-04-02T11:00:00Z".parse().unwrap()),
    )
}

/// Whether the keyring on disk has a key of the case.
fn has_key(closed: &Closed) -> bool {
    let locked = LockedKeyring::read(&closed.paths().keyring()).unwrap();
    let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
    keyring.unwrap().has_case(&closed.people.case)
}

fn put_back(from: &Closed, to: &Closed, name: &str) {
    let (from, to) = (from.directory.path(), to.directory.path());
    fs::copy(from.join(name), to.join(name)).unwrap();
}

/// The database of another moment, with what SQLite keeps beside it.
fn put_database_back(from: &Closed, to: &Closed) {
    for file in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        let name = format!("data/{file}");
        let _ = fs::remove_file(to.directory.path().join(&name));
        if from.directory.path().join(&name).exists() {
            put_back(from, to, &name);
        }
    }
}

fn count(closed: &Closed, sql: &str) -> i64 {
    closed
        .database()
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

/// A piece from the middle of everything that is sealed for the case.
fn sealed_pieces(closed: &Closed) -> Vec<Vec<u8>> {
    let connection = closed.database();
    let mut pieces = Vec::new();
    for (table, column) in [
        ("block", "sealed"),
        ("statistics", "sealed"),
        ("seen", "sealed"),
        ("dictionary", "sealed"),
        ("subject_index", "sealed"),
        ("term_run", "sealed"),
        ("term_run", "tags"),
    ] {
        let sql = format!("SELECT {column} FROM {table} LIMIT 40");
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .unwrap();
        for sealed in rows.map(Result::unwrap).filter(|sealed| sealed.len() >= 96) {
            let middle = sealed.len() / 2;
            pieces.push(sealed[middle - 20..middle + 20].to_vec());
        }
    }
    assert!(pieces.len() > 20, "{} pieces", pieces.len());
    pieces
}

#[test]
fn of_a_destroyed_case_the_files_hold_no_row_and_the_rest_of_the_vault_goes_on() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let before = house.left_by_a_kill();
    let pieces = sealed_pieces(&before);
    // Another case with the same people in it, which stays.
    let people = house.people.clone();
    let other = open_case(&house.vault, &people.lead, "The other zeppelin");
    for (who, role) in [
        (&people.custodian, "custodian"),
        (&people.investigator, "investigator"),
    ] {
        let body = json!({ "role": role });
        name_member(&house.vault, &people.lead, &other, who, body).unwrap();
        recognise(&house.vault, &people.lead, &other, who).unwrap();
    }
    admit_as(&house.vault, &people.custodian, &other, log(ROWS, 1)).unwrap();

    let view = destroy(&house);
    assert_eq!(view["state"], "signed");
    assert_eq!(house.vault.shred(), Ok(0));
    let number = numbers(ROWS, 1, 1).remove(0);
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let case = [("case", people.case.as_str())];
    let gone = house.ask::<LookUp>(&people.investigator, &case, body.clone());
    assert!(is_destroyed(gone));
    let found = house.ask::<LookUp>(&people.investigator, &[("case", other.as_str())], body);
    assert_eq!(found.unwrap()["results"][0]["state"], "exposed");
    assert!(house.vault.check_details().is_ok());
    let checks = house.vault.check_exhibits().unwrap();
    assert!(!checks.is_empty() && checks.iter().all(ExhibitCheck::is_sound));

    let closed = house.close();
    assert!(!has_key(&closed));
    assert!(trail::verify_directory(&closed.paths(), None, &[]).is_ok());
    for path in files(&closed.directory.path().join("data")) {
        let bytes = fs::read(&path).unwrap();
        for piece in &pieces {
            let found = bytes.windows(piece.len()).any(|window| window == piece);
            assert!(!found, "{}", path.display());
        }
    }
    for table in ["block", "subject_index", "exhibit"] {
        let one = "SELECT COUNT(DISTINCT case_number) FROM exhibit";
        assert_eq!(count(&closed, one), 1);
        assert!(count(&closed, &format!("SELECT COUNT(*) FROM {table}")) > 0);
    }
    assert_eq!(
        count(&closed, "SELECT COUNT(DISTINCT case_number) FROM term_run"),
        1
    );
    let left =
        "SELECT SUM(LENGTH(sealed) + LENGTH(digest)) FROM request WHERE kind = 'destruction'";
    assert_eq!(count(&closed, left), 0);
}

#[test]
fn yesterdays_database_opens_nothing_and_yesterdays_keyring_opens_all_of_it() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let yesterday = house.left_by_a_kill();
    destroy(&house);
    let today = house.close();
    let number = numbers(ROWS, 1, 1).remove(0);

    // The database alone: the mark beside the keyring shows that it was put back.
    let put = today.copy();
    put_database_back(&yesterday, &put);
    let refused = open_late(&put.paths());
    assert!(matches!(
        refused,
        Err(StartError::Mark(MarkFault::Behind { .. }))
    ));
    // With the mark too: it starts, and nothing of the case opens with the keyring of today.
    put_back(&yesterday, &put, "keys/high-water-mark");
    let vault = open_late(&put.paths()).unwrap();
    assert!(is_destroyed(look_up(&vault, &put, &number)));
    // By that log nobody destroyed it, so nothing is deleted: it could be the wrong keyring.
    assert_eq!(vault.shred(), Ok(0));
    let view = certificate(&vault, &put.people.lead, put.people.case.as_str());
    assert_eq!(view["state"], "no-key");
    assert!(view.get("destroyed").is_none(), "{view}");
    vault.stop().unwrap();
    drop(vault);
    assert!(count(&put, "SELECT COUNT(*) FROM block") > 0);

    // All of yesterday, its keyring too: everything is there. This is what the documents say first.
    let vault = open_late(&yesterday.paths()).unwrap();
    let found = look_up(&vault, &yesterday, &number).unwrap();
    assert_eq!(found["results"][0]["state"], "exposed");
    drop(vault);
    // Yesterday's keyring under today's database is refused.
    let put = today.copy();
    put_back(&yesterday, &put, "keys/keyring");
    assert!(matches!(
        open_late(&put.paths()),
        Err(StartError::Control(_))
    ));
}

#[test]
fn a_destruction_killed_at_any_step_ends_as_one() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let destruction = due(&house);
    let before = house.left_by_a_kill();
    carry_out(&house, &destruction);
    let after = house.left_by_a_kill();
    drop(house);

    // Before the commit it is not destroyed.
    let vault = open_late(&before.paths()).unwrap();
    assert_eq!(vault.shred(), Ok(0));
    let number = numbers(ROWS, 1, 1).remove(0);
    assert!(look_up(&vault, &before, &number).is_ok());
    drop(vault);
    assert!(has_key(&before));

    // After it, it is: before the keys went, before the rows went, in the middle of them.
    for step in ["keys", "rows", "some rows", "all rows"] {
        let killed = after.copy();
        match step {
            "keys" => put_back(&before, &killed, "keys/keyring"),
            "some rows" => killed.sql("DELETE FROM block WHERE field % 2 = 0"),
            "all rows" => {
                killed.sql("DELETE FROM block");
                killed.sql("DELETE FROM term_run");
            }
            _ => {}
        }
        assert_eq!(has_key(&killed), step == "keys", "{step}");
        let vault = open_late(&killed.paths()).unwrap();
        // Already at the start, and before any row went.
        assert!(!has_key(&killed), "{step}");
        assert!(is_destroyed(look_up(&vault, &killed, &number)), "{step}");
        let lead = &killed.people.lead;
        let case = killed.people.case.as_str();
        assert_eq!(
            certificate(&vault, lead, case)["state"],
            "shredding",
            "{step}"
        );
        assert_eq!(vault.shred(), Ok(1), "{step}");
        let view = certificate(&vault, lead, case);
        assert_eq!(view["state"], "signed", "{step}");
        assert_eq!(view["destroyed"]["exhibits"].as_array().unwrap().len(), 1);
        assert!(vault.check_details().is_ok(), "{step}");
        drop(vault);
        for table in ["block", "term_run", "exhibit", "subject_index", "seen"] {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            assert_eq!(count(&killed, &sql), 0, "{step}: {table}");
        }
        assert!(
            trail::verify_directory(&killed.paths(), None, &[]).is_ok(),
            "{step}"
        );
    }
}

#[test]
fn a_certificate_verifies_with_the_logs_key_and_its_leaf_and_not_once_it_is_altered() {
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let view = destroy(&house);
    let note = view["note"].as_str().unwrap().to_owned();
    let auditor = &house.people.auditor;
    let vkey = house.ask::<ReadVkey>(auditor, &[], json!({})).unwrap();
    let key: VerifierKey = vkey.as_str().unwrap().trim().parse().unwrap();
    let known = [key];
    assert!(open(note.as_bytes(), &known).is_ok());
    for at in [0, 40, note.len() / 2] {
        let mut altered = note.clone().into_bytes();
        altered[at] ^= 1;
        assert!(open(&altered, &known).is_err(), "byte {at}");
    }
    let leaf = view["leaf"].as_u64().unwrap().to_string();
    let read = perform::<ReadLeafBytes>(&house.vault, auditor, &[("leaf", &leaf)], json!({}));
    let leaf: Value = serde_json::from_slice(&house::bytes_of(read.unwrap())).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, note.as_bytes());
    let digest: &[u8] = digest.as_ref();
    assert_eq!(leaf["digest"], encoded(digest).as_str());
    assert_eq!(leaf["action"], "destruction.certify");
}

#[test]
fn what_keeps_a_case_from_its_end_is_told_and_keeps_no_other_case() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let other = open_case(&house.vault, &people.lead, "The other zeppelin");
    let destruction = due(&house);
    assert_eq!(house.vault.held_up(), []);
    // A keyring that cannot be replaced, whoever runs the tests.
    let paths = house.paths();
    let in_the_way = paths.keyring().with_extension("new");
    fs::create_dir(&in_the_way).unwrap();
    carry_out(&house, &destruction);
    assert_eq!(house.vault.shred(), Err(ShredError::Keyring));
    let first = house.vault.held_up();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].case, people.case);
    // It is said since when, not how often.
    house.clock.advance_seconds(600);
    assert_eq!(house.vault.shred(), Err(ShredError::Keyring));
    assert_eq!(house.vault.held_up(), first);
    assert!(house.vault.health().is_green());
    let view = certificate(&house.vault, &people.lead, people.case.as_str());
    assert_eq!(view["state"], "shredding");
    let read = house.ask::<ReadCase>(&people.lead, &[("case", other.as_str())], json!({}));
    assert_eq!(read.unwrap()["state"], "open");
    // Of a stopped vault the doctor says it, and when the destruction was carried out.
    let left = house.left_by_a_kill();
    let file = left.directory.path().join("passphrase");
    write_secret(&file, PASSPHRASE);
    let doctor = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["doctor", "--dir", left.directory.path().to_str().unwrap()])
        .arg("--passphrase-file")
        .arg(&file)
        .output()
        .unwrap();
    let told = said(&doctor);
    let at = view["destroyed"]["carried_out"]["at"].as_str().unwrap();
    let line = format!("{}: rows are still being deleted since {at}", people.case);
    assert!(told.contains(&line) && told.contains("NOTICE"), "{told}");

    fs::remove_dir(&in_the_way).unwrap();
    // Nor is it certified while a copy is there that a killed backup left.
    let copy = paths.data().join(".breachvault-unfinished-left");
    fs::create_dir(&copy).unwrap();
    assert_eq!(house.vault.shred(), Err(ShredError::Copy));
    fs::remove_dir(&copy).unwrap();
    fs::write(&copy, "what was copied").unwrap();
    assert_eq!(house.vault.shred(), Ok(1));
    assert!(!copy.exists());
    assert_eq!(house.vault.held_up(), []);
    let view = certificate(&house.vault, &people.lead, people.case.as_str());
    assert_eq!(view["state"], "signed");
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
