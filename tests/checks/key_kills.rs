//! `kill -9` at any moment while the passphrase is changed, while the signing keys get their successors, and while the
//! root gets one: the vault opens, its log verifies, and what did not happen can be done again.
//!
//! Each series kills a few programs; `KILLS` says how many. With 500 it takes some minutes:
//! `KILLS=500 cargo test --test checks key_kills`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use breachvault::domain::OperatorName;
use breachvault::operations::audit::ReadCheckpoint;
use breachvault::operations::key::{CarryOutSlotChange, DecideSlotChange, RequestSlotChange};
use breachvault::operations::operator::AddOperator;
use breachvault::vault::audit::{Verdict, VerifierKey};
use breachvault::vault::clock::{Clock as _, ManualClock, SystemClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, Password};
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{Caller, Paths, SignIn, Vault, trail};
use serde_json::{Value, json};

use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, enter};
use crate::kills::kills;
use crate::secret_file::write_secret;

const NEW: &str = "another passphrase for tests";

/// A closed vault beside which the program's secrets lie.
fn secrets(house: &Closed) {
    let root = house.directory.path();
    for (name, text) in [
        ("passphrase", PASSPHRASE),
        ("new", NEW),
        ("password", "the long password of archibald"),
    ] {
        let path = root.join(name);
        let _ = fs::remove_file(&path);
        write_secret(&path, text);
    }
    let config = "[identity]\nsecond_factor = \"offered\"\n[sign_in]\npasskeys = \"offered\"\n";
    fs::write(root.join("breachvault.toml"), config).unwrap();
}

/// The program, at work on the vault as the first administrator.
fn start(house: &Closed, arguments: &[&str]) -> Child {
    let path = |name: &str| -> PathBuf { house.directory.path().join(name) };
    Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(arguments)
        .arg("--dir")
        .arg(house.directory.path())
        .args(["--operator", "archibald"])
        .arg("--password-file")
        .arg(path("password"))
        .arg("--passphrase-file")
        .arg(path("passphrase"))
        .arg("--config")
        .arg(path("breachvault.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the program on copies of the vault, at moments spread over the time that it takes, and looks at what is left.
fn series(whole: &Closed, arguments: &[&str], look: impl Fn(&Closed)) {
    secrets(whole);
    let undisturbed = whole.copy();
    let begun = Instant::now();
    let mut program = start(&undisturbed, arguments);
    assert!(program.wait().unwrap().success());
    let takes = begun.elapsed();
    look(&undisturbed);
    let kills = kills();
    for no in 0..kills {
        let house = whole.copy();
        let mut program = start(&house, arguments);
        // Most of the time goes before anything is written, so the moments are denser towards the end.
        let part = 1.0 - f64::from(kills - no) / f64::from(kills + 1) * 0.7;
        std::thread::sleep(Duration::from_secs_f64(takes.as_secs_f64() * part));
        let _ = program.kill();
        program.wait().unwrap();
        look(&house);
    }
}

fn now() -> ManualClock {
    ManualClock::new(SystemClock.now())
}

fn open_by(paths: &Paths, passphrase: &str) -> Option<Vault> {
    let locked = LockedKeyring::read(&paths.keyring()).unwrap();
    let keyring = locked
        .unlock(&Passphrase::new(passphrase.to_owned()))
        .ok()?;
    let entropy = Arc::new(SystemEntropy::new());
    Some(Vault::open(paths, keyring, house::settings(), Arc::new(now()), entropy).unwrap())
}

fn sign_in(vault: &Vault, name: &str) -> Caller {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

fn verified(paths: &Paths, key: Option<&VerifierKey>, kept: &[Vec<u8>]) -> Verdict {
    trail::verify_directory(paths, key.cloned(), kept).unwrap()
}

#[test]
fn a_change_of_the_passphrase_killed_at_any_moment_leaves_the_old_one_or_the_new_one() {
    let whole = House::at(SystemClock.now()).close();
    let new = |root: &Path| root.join("new").to_str().unwrap().to_owned();
    // Every copy has the file of the new passphrase; the first one's does for all.
    secrets(&whole);
    let file = new(whole.directory.path());
    let arguments = ["key", "rotate", "--new-passphrase-file", file.as_str()];
    series(&whole, &arguments, |killed| {
        let paths = killed.paths();
        let opens = [PASSPHRASE, NEW].map(|text| {
            let locked = LockedKeyring::read(&paths.keyring()).unwrap();
            locked.unlock(&Passphrase::new(text.to_owned())).is_ok()
        });
        assert!(opens[0] != opens[1], "{opens:?}");
        let now_opens = if opens[0] { PASSPHRASE } else { NEW };
        let vault = open_by(&paths, now_opens).unwrap();
        sign_in(&vault, "archibald");
        vault.check_details().unwrap();
        drop(vault);
        verified(&paths, None, &[]);
    });
}

/// A closed vault in which a change of the keyring waits for the first administrator to carry it out; a checkpoint of
/// then, and the key of the log.
fn approved(change: &str) -> (Closed, [Vec<u8>; 1], VerifierKey) {
    let house = House::at(SystemClock.now());
    let administrator = sign_in(&house.vault, "archibald");
    let invited = json!({ "name": "adelheid", "role": "administrator" });
    let invited = ask::<AddOperator>(&house.vault, &administrator, &[], invited).unwrap();
    let token = EnrolmentToken::parse(invited["enrolment"].as_str().unwrap()).unwrap();
    let other = enter(&house.vault, "adelheid", &token);
    let wanted = json!({ "change": change, "reason": REASON });
    ask::<RequestSlotChange>(&house.vault, &administrator, &[], wanted).unwrap();
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideSlotChange>(&house.vault, &other, &[], yes).unwrap();
    let kept = ask::<ReadCheckpoint>(&house.vault, &house.people.auditor, &[], json!({}));
    let Ok(Value::String(kept)) = kept else {
        panic!("{kept:?}");
    };
    let whole = house.close();
    let old = fs::read_to_string(whole.paths().vkey()).unwrap();
    (whole, [kept.into_bytes()], old.trim().parse().unwrap())
}

fn carry_out(vault: &Vault) {
    let administrator = sign_in(vault, "archibald");
    let body = json!({ "reason": REASON });
    ask::<CarryOutSlotChange>(vault, &administrator, &[], body).unwrap();
}

#[test]
fn new_signing_keys_killed_at_any_moment_are_there_whole_or_not_at_all_and_can_be_made_again() {
    let (whole, kept, old) = approved("new-signing-keys");
    let arguments = ["key", "carry-out", "--reason", REASON];
    series(&whole, &arguments, |killed| {
        let paths = killed.paths();
        // A start tells the key that is in force, whatever was told before.
        let vault = open_by(&paths, PASSPHRASE).unwrap();
        let told = verified(&paths, None, &kept).successors.len();
        assert_eq!(verified(&paths, Some(&old), &kept).successors.len(), told);
        if told == 0 {
            // It did not happen, so it is done now, by the decision of before.
            carry_out(&vault);
        }
        vault.check_details().unwrap();
        vault.stop().unwrap();
        drop(vault);
        let told = verified(&paths, Some(&old), &kept);
        assert_eq!(told.successors.len(), 1);
        let beside = fs::read_to_string(paths.vkey()).unwrap();
        assert_eq!(beside.trim(), told.successors[0].key.to_string());
        assert!(trail::verify_directory(&paths, Some(old.clone()), &[]).is_err());
    });
}

#[test]
fn a_new_root_killed_at_any_moment_opens_and_goes_on_and_comes_once() {
    let (whole, kept, old) = approved("rotate-root");
    let arguments = ["key", "carry-out", "--reason", REASON];
    series(&whole, &arguments, |killed| {
        let paths = killed.paths();
        let root = || {
            let locked = LockedKeyring::read(&paths.keyring()).unwrap();
            locked.status().root_since
        };
        let came = root();
        let vault = open_by(&paths, PASSPHRASE).unwrap();
        vault.check_details().unwrap();
        sign_in(&vault, "archibald");
        // The leaf may be missing where the root is there; then the same change is carried out again, and the root
        // that came by it stays.
        if verified(&paths, None, &kept).successors.is_empty() {
            carry_out(&vault);
        }
        assert!(came == 1 || root() == came);
        let under_way = vault.rotations().len();
        assert_eq!(vault.rotate(), Ok(under_way));
        assert_eq!(vault.rotations(), []);
        vault.check_details().unwrap();
        sign_in(&vault, "archibald");
        vault.stop().unwrap();
        drop(vault);
        assert!(root() > 1);
        assert_eq!(verified(&paths, Some(&old), &kept).successors.len(), 1);
        let again = open_by(&paths, PASSPHRASE).unwrap();
        assert_eq!(again.rotate(), Ok(0));
        sign_in(&again, "adelheid");
    });
}
