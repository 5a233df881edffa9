//! The root of the keyring gets a successor, from outside: what people do meanwhile, what the files hold, what a kill,
//! an older keyring or an older database make of it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use breachvault::domain::OperatorName;
use breachvault::operations::audit::ReadLeaf;
use breachvault::operations::key::{
    CarryOutSlotChange, DecideSlotChange, KeyStatus, RequestSlotChange,
};
use breachvault::operations::operator::AddOperator;
use breachvault::operations::record::LookUp;
use breachvault::policy::Denial;
use breachvault::vault::identity::{EnrolmentToken, Password};
use breachvault::vault::keyring::{Keyring, LockedKeyring, Passphrase};
use breachvault::vault::{
    Caller, Conflict, ControlFault, OperationError, Refusal, SignIn, StartError, Vault, trail,
};
use serde_json::{Value, json};

use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, log, numbers, said};
use crate::secret_file::write_secret;
use crate::tables::only_on_sqlite;

const ROWS: u64 = 300;

/// Every place in the database with something that is sealed under a key of the vault itself.
const OWN: [&str; 5] = [
    "operator.sealed",
    "detail.sealed",
    "slot_change.sealed",
    "clock.sealed",
    "checkpoint.control",
];

fn sign_in(vault: &Vault, name: &str) -> Caller {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

struct Scene {
    house: House,
    one: Caller,
    other: Caller,
    number: String,
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        house.admit(log(ROWS, 1)).unwrap();
        let one = sign_in(&house.vault, "archibald");
        let invited = json!({ "name": "adelheid", "role": "administrator" });
        let invited = ask::<AddOperator>(&house.vault, &one, &[], invited).unwrap();
        let token = EnrolmentToken::parse(invited["enrolment"].as_str().unwrap()).unwrap();
        let other = house::enter(&house.vault, "adelheid", &token);
        let number = numbers(ROWS, 1, 1).remove(0);
        Self {
            house,
            one,
            other,
            number,
        }
    }

    fn request(&self, by: &Caller) -> Result<Value, Refusal> {
        let wanted = json!({ "change": "rotate-root", "reason": REASON });
        self.house.ask::<RequestSlotChange>(by, &[], wanted)
    }

    fn decide(&self, by: &Caller) -> Result<Value, Refusal> {
        let yes = json!({ "decision": "approve", "reason": REASON });
        self.house.ask::<DecideSlotChange>(by, &[], yes)
    }

    fn carry_out(&self, by: &Caller) -> Result<Value, Refusal> {
        let reason = json!({ "reason": REASON });
        self.house.ask::<CarryOutSlotChange>(by, &[], reason)
    }

    fn rotate(&self) -> Value {
        self.request(&self.one).unwrap();
        self.decide(&self.other).unwrap();
        self.carry_out(&self.one).unwrap()
    }

    /// What somebody who is signed in reads of the case, and an auditor of an older leaf that is of no case.
    fn answers(&self, vault: &Vault, leaf: &str) -> [Value; 2] {
        let people = &self.house.people;
        let case = [("case", people.case.as_str())];
        let wanted =
            json!({ "numbers": [self.number], "purpose": "quality-check", "reason": REASON });
        let found = ask::<LookUp>(vault, &people.investigator, &case, wanted).unwrap();
        let leaf = [("leaf", leaf)];
        let read = ask::<ReadLeaf>(vault, &people.auditor, &leaf, json!({})).unwrap();
        [found["results"].clone(), read["detail"].clone()]
    }

    /// The leaves of an act that was done, of no case.
    fn leaves_of(&self, action: &str) -> Vec<i64> {
        let copy = self.house.left_by_a_kill();
        let database = copy.database();
        let sql = "SELECT seq FROM leaf WHERE action = ?1 AND outcome = 'done' AND case_id IS NULL \
                   ORDER BY seq";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([action], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn status(&self) -> Value {
        let status = self.house.ask::<KeyStatus>(&self.one, &[], json!({}));
        status.unwrap()
    }
}

/// Under which keys of the vault the column has something; keys of cases begin with 0.
fn keys_in(closed: &Closed, column: &str) -> BTreeSet<Vec<u8>> {
    let (table, column) = column.split_once('.').unwrap();
    let sql = format!(
        "SELECT DISTINCT substr({column}, 2, 4) FROM {table} WHERE substr({column}, 2, 1) >= x'80'"
    );
    let database = closed.database();
    let mut statement = database.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn own_key(no: u8) -> Vec<u8> {
    vec![0x80, 0, 0, no]
}

fn is_sound(vault: &Vault) {
    for check in vault.check_exhibits().unwrap() {
        assert!(check.is_sound(), "{:?}", check.faults);
    }
    assert!(vault.check_details().is_ok());
}

fn opened(closed: &Closed) -> Keyring {
    let locked = LockedKeyring::read(&closed.paths().keyring()).unwrap();
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    locked.unlock(&passphrase).ok().unwrap()
}

/// What `doctor` says of a stopped vault, opened with the passphrase.
fn doctor(closed: &Closed) -> String {
    let file = closed.directory.path().join("passphrase");
    write_secret(&file, PASSPHRASE);
    let found = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["doctor", "--dir", closed.directory.path().to_str().unwrap()])
        .arg("--passphrase-file")
        .arg(&file)
        .output()
        .unwrap();
    fs::remove_file(&file).unwrap();
    said(&found)
}

#[test]
fn with_a_new_root_everybody_works_on_and_nothing_is_left_under_keys_of_before() {
    only_on_sqlite!();
    let scene = Scene::new();
    let vault = &scene.house.vault;
    let people = &scene.house.people;

    // Two administrators, and nobody else.
    for by in [&people.lead, &people.custodian, &people.auditor] {
        let refused = scene.request(by);
        assert!(matches!(
            refused,
            Err(Refusal::Denied(Denial::NotAllowed, _))
        ));
    }
    scene.request(&scene.one).unwrap();
    let own = scene.decide(&scene.one);
    assert!(matches!(own, Err(Refusal::Denied(Denial::OwnRequest, _))));
    let early = scene.carry_out(&scene.one);
    assert!(matches!(
        early,
        Err(Refusal::Denied(Denial::WrongState(_), _))
    ));
    scene.decide(&scene.other).unwrap();
    let others = scene.carry_out(&scene.other);
    assert!(matches!(
        others,
        Err(Refusal::Denied(Denial::NotTheAsker, _))
    ));

    let leaf = scene.leaves_of("operator.add").pop().unwrap();
    let leaf = leaf.to_string();
    let answers = scene.answers(vault, &leaf);
    assert!(!answers[1].is_null());
    let before = scene.house.left_by_a_kill();
    for column in OWN {
        let keys = keys_in(&before, column);
        assert_eq!(keys, BTreeSet::from([own_key(1)]), "{column}");
    }
    let told = scene.status();
    assert_eq!(told["root_since"], 1);
    let done = scene.carry_out(&scene.one).unwrap();
    assert_eq!(done["kind"], "root");
    assert!(done["log_key"].is_string() && done["package_key"].is_string());
    for absent in ["slot", "fingerprint", "passphrase", "shares"] {
        assert!(done[absent].is_null(), "{absent}");
    }
    let after = scene.status();
    assert_eq!(after["root_since"], done["generation"]);
    assert_eq!(after["slots"], told["slots"], "the slots are the same");
    assert_eq!(after["rotations"][0]["case"], Value::Null);
    let twice = OperationError::Conflict(Conflict::KeyringSlots);
    let refused = scene.request(&scene.one);
    assert!(matches!(refused, Err(Refusal::Failed(error, _)) if error == twice));
    assert_eq!(scene.answers(vault, &leaf), answers);

    // Step by step. What a kill leaves between two steps goes on where it stood.
    let mut steps = 0;
    while !vault.rotate_some(1).unwrap() {
        steps += 1;
        assert!(steps < 100);
        assert_eq!(scene.answers(vault, &leaf), answers, "after step {steps}");
        let killed = scene.house.left_by_a_kill();
        if steps == 1 {
            let told = doctor(&killed);
            let line = "the vault itself, after a new root: parts are still to be sealed";
            assert!(told.contains(line) && told.contains("NOTICE"), "{told}");
        }
        let again = killed.open().unwrap();
        is_sound(&again);
        sign_in(&again, "archibald");
        assert_eq!(again.rotate(), Ok(1), "after step {steps}");
        is_sound(&again);
        sign_in(&again, "adelheid");
        again.stop().unwrap();
        assert!(!opened(&killed).root_rotates());
        assert!(trail::verify_directory(&killed.paths(), None, &[]).is_ok());
    }
    assert!(steps >= 3, "{steps}");
    assert_eq!(scene.status()["rotations"], json!([]));
    assert_eq!(scene.answers(vault, &leaf), answers);
    is_sound(vault);
    let retired = scene.leaves_of("key.retire");
    assert_eq!(retired.len(), 1);

    let after = scene.house.left_by_a_kill();
    let told = doctor(&after);
    let line = "no new key has parts left to seal anew";
    assert!(
        told.contains(line) && !told.contains("rotations    NOTICE"),
        "{told}"
    );
    for column in OWN {
        let keys = keys_in(&after, column);
        assert_eq!(keys, BTreeSet::from([own_key(2)]), "{column}");
    }
    let mark = fs::read(after.paths().high_water_mark()).unwrap();
    assert_eq!(mark[1..5], own_key(2)[..]);
    refused_at_the_start(&before, &after);

    // It can be done again, and a case has the key of before: a new root is not a new key for it.
    let key = |closed: &Closed| opened(closed).case_key_ids(&people.case);
    assert_eq!(key(&before), key(&after));
    scene.rotate();
    assert_eq!(vault.rotate(), Ok(1));
    let again = scene.house.left_by_a_kill();
    assert_eq!(keys_in(&again, "operator.sealed"), [own_key(3)].into());
    assert_eq!(scene.answers(vault, &leaf), answers);
}

/// Of two moments, one from before the new root and one from after it, neither takes the other's keyring.
fn refused_at_the_start(before: &Closed, after: &Closed) {
    for (database, keyring) in [(after, before), (before, after)] {
        let put = database.copy();
        fs::copy(keyring.paths().keyring(), put.paths().keyring()).unwrap();
        match put.open() {
            Err(StartError::Control(fault @ ControlFault::OtherRoot)) => {
                assert!(fault.to_string().contains("newest root"), "{fault}");
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
        let audit = trail::verify_directory(&put.paths(), None, &[]);
        assert!(audit.is_ok(), "the log itself is whole");
    }
    assert!(after.copy().open().is_ok());
}

#[test]
fn a_root_is_new_while_people_work_and_a_foreign_write_is_still_found() {
    only_on_sqlite!();
    let scene = Scene::new();
    let vault = &scene.house.vault;
    let leaf = scene.leaves_of("operator.add").pop().unwrap();
    let leaf = leaf.to_string();
    let answers = scene.answers(vault, &leaf);
    std::thread::scope(|threads| {
        let reading = threads.spawn(|| {
            for _ in 0..60 {
                assert_eq!(scene.answers(vault, &leaf), answers);
            }
        });
        for _ in 0..3 {
            scene.rotate();
            assert_eq!(vault.rotate(), Ok(1));
        }
        reading.join().unwrap();
    });
    assert!(vault.health().is_green());
    is_sound(vault);

    let closed = scene.house.left_by_a_kill();
    let changed = closed.database().execute(
        "UPDATE operator SET home = 'administrator' WHERE home = 'auditor'",
        [],
    );
    assert_eq!(changed, Ok(1));
    let refused = closed.open().err().unwrap();
    assert!(
        matches!(
            refused,
            StartError::Control(ControlFault::Table("operator"))
        ),
        "{refused}"
    );
}

#[test]
fn a_keyring_with_a_recipient_of_somebody_else_is_refused_by_name() {
    only_on_sqlite!();
    let scene = Scene::new();
    let closed = scene.house.left_by_a_kill();
    assert!(opened(&closed).has_case(&closed.people.case));
    let path = closed.paths().keyring();
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("\"recipient\":\"").unwrap() + 13;
    let theirs = age::x25519::Identity::generate().to_public().to_string();
    let swapped = format!("{}{theirs}{}", &text[..at], &text[at + theirs.len()..]);
    assert_ne!(swapped, text);
    fs::write(&path, swapped).unwrap();
    let locked = LockedKeyring::read(&path).unwrap();
    let refused = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
    let refused = refused.err().unwrap().to_string();
    assert_eq!(
        refused,
        "slot 0 of the keyring is not as the vault wrote it"
    );
}
