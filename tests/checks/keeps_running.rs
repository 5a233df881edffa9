//! What goes wrong with files, and what the vault makes of it: it stops answers, goes on when they are back, leaves
//! nothing half made, and says what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use breachvault::operations::record::LookUp;
use breachvault::operations::session::ReadSelf;
use breachvault::vault::Refusal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{House, REASON, log, numbers, said};
use crate::secret_file::write_secret;
use crate::tables::only_on_sqlite;

fn acts(house: &House, number: &str) -> Vec<Result<Value, Refusal>> {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let look_up = json!({ "numbers": [number], "purpose": "scoping", "reason": REASON });
    vec![
        house.ask::<ReadSelf>(&people.lead, &[], json!({})),
        house.ask::<LookUp>(&people.investigator, &case, look_up),
    ]
}

#[test]
fn a_file_that_vanishes_or_is_replaced_stops_all_answers_until_it_is_back() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let number = numbers(500, 1, 1).remove(0);
    let answered = |what: &str| {
        for done in acts(&house, &number) {
            done.unwrap_or_else(|refusal| panic!("{what}: {refusal:?}"));
        }
        assert!(house.vault.health().is_green(), "{what}");
    };
    let stopped = |what: &str| {
        for ended in acts(&house, &number) {
            assert!(
                matches!(ended, Err(Refusal::Unaudited(_))),
                "{what}: {ended:?}"
            );
        }
        assert!(!house.vault.health().is_green(), "{what}");
    };
    answered("at first");
    let paths = house.paths();
    let log = paths.database().with_file_name("vault.db-wal");
    for file in [
        paths.database(),
        log,
        paths.keyring(),
        paths.high_water_mark(),
    ] {
        let what = file.display().to_string();
        let away = file.with_extension("away");
        fs::rename(&file, &away).unwrap();
        stopped(&format!("{what} is gone"));
        fs::copy(&away, &file).unwrap();
        stopped(&format!("{what} is a copy"));
        fs::rename(&away, &file).unwrap();
        answered(&format!("{what} is back"));
    }
    // What the vault itself writes anew is its own.
    let title = "A second supplier";
    crate::house::open_case(&house.vault, &house.people.lead, title);
    answered("after a new keyring file");
    house.vault.stop().unwrap();
}

fn breachvault(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    all.sort();
    all
}

#[test]
fn an_init_that_fails_leaves_nothing_half_made() {
    let room = TempDir::new().unwrap();
    let secrets = TempDir::new().unwrap();
    let secret = |name: &str, text: &str| -> PathBuf {
        let path = secrets.path().join(name);
        write_secret(&path, text);
        path
    };
    let passphrase = secret("passphrase", "a passphrase of this test");
    let init = |dir: &Path, more: &[&str]| {
        let passphrase = passphrase.to_str().unwrap();
        let common = [
            "init",
            "--dir",
            dir.to_str().unwrap(),
            "--passphrase-file",
            passphrase,
        ];
        breachvault(&[&common[..], more].concat())
    };
    // No certificate can have this name, and that is found when the vault is made already.
    let bad = ["--tls-name", "müller.example"];
    let [new, empty, used] = ["new", "empty", "used"].map(|name| room.path().join(name));
    fs::create_dir(&empty).unwrap();
    fs::create_dir(&used).unwrap();
    fs::write(used.join("notes.txt"), "kept").unwrap();
    for dir in [&new, &empty, &used] {
        let failed = init(dir, &bad);
        assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    }
    assert_eq!(names(room.path()), ["empty", "used"]);
    assert_eq!(names(&empty), Vec::<String>::new());
    assert_eq!(names(&used), ["notes.txt"]);
    for dir in [&new, &empty, &used] {
        let made = init(dir, &[]);
        assert_eq!(made.status.code(), Some(0), "{}", said(&made));
        assert!(dir.join("keys/keyring").exists() && dir.join("keys/tls.crt").exists());
    }
    assert_eq!(names(room.path()), ["empty", "new", "used"]);
}

#[test]
fn a_path_or_a_permission_is_not_called_a_log_that_does_not_verify() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let closed = house.close();
    let vault = closed.directory.path().to_str().unwrap();
    let doctor = || breachvault(&["doctor", "--dir", vault]);
    assert_eq!(doctor().status.code(), Some(0));
    let key = closed.paths().vkey();
    let away = key.with_extension("away");
    fs::rename(&key, &away).unwrap();
    let told = doctor();
    assert_eq!(told.status.code(), Some(1), "{}", said(&told));
    assert!(!said(&told).contains("does not verify"), "{}", said(&told));
    assert!(said(&told).contains("could not be read"), "{}", said(&told));
    fs::rename(&away, &key).unwrap();
    let database = closed.paths().database();
    fs::rename(&database, &away).unwrap();
    let told = doctor();
    assert_eq!(told.status.code(), Some(1), "{}", said(&told));
    assert!(!said(&told).contains("does not verify"), "{}", said(&told));
    fs::rename(&away, &database).unwrap();
    // A log that was changed is called what it is.
    closed.sql("UPDATE leaf SET bytes = x'7b7d' WHERE seq = 3");
    let told = doctor();
    assert_eq!(told.status.code(), Some(3), "{}", said(&told));
    assert!(said(&told).contains("does not verify"), "{}", said(&told));
}
