//! Real processes that are killed (SIGKILL) while they change a vault, each at another moment. Whatever is left starts
//! again, opens whole, and the act was either not begun or comes to its end.
//!
//! A few kills for each act, because each costs a process and a start. For a series:
//!
//!     KILLS=500 cargo test --test checks kills:: -- --nocapture

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use breachvault::domain::OperatorName;
use breachvault::operations::destruction::{
    CarryOutDestruction, DecideDestruction, ReadCertificate, RequestDestruction,
};
use breachvault::operations::erasure::{CarryOutErasure, DecideErasure, RequestErasure};
use breachvault::operations::key::RotateCaseKey;
use breachvault::operations::record::LookUp;
use breachvault::vault::backup::{Target, back_up_database, verify_backup};
use breachvault::vault::clock::ManualClock;
use breachvault::vault::identity::Password;
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{Caller, Paths, SignIn, Vault, trail};
use serde_json::{Value, json};

use crate::directory::directory;
use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, log, numbers};
use crate::outside;
use crate::tables::only_on_sqlite;

const ROWS: u64 = 3000;
/// What the killed process says when it begins, and when it has ended.
const BEGINS: &str = "the act begins";
const HAS_ENDED: &str = "the act has ended";

/// What a process is killed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Destruction,
    Erasure,
    Backup,
    Rotation,
}

impl Act {
    const ALL: [Self; 4] = [
        Self::Destruction,
        Self::Erasure,
        Self::Backup,
        Self::Rotation,
    ];

    fn name(self) -> String {
        format!("{self:?}")
    }
}

/// A vault in which both requests were approved and can be carried out.
struct Prepared {
    closed: Closed,
    number: String,
    destruction: String,
    erasure: String,
}

fn prepared() -> Prepared {
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let number = numbers(ROWS, 1, 1).remove(0);
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let yes = || json!({ "decision": "approve", "reason": REASON });
    let asked = house.ask::<RequestErasure>(
        &people.investigator,
        &case,
        json!({ "number": number, "purpose": "victim-inquiry", "reason": REASON }),
    );
    let erasure = asked.unwrap()["erasure"].as_str().unwrap().to_owned();
    let ids = [("erasure", erasure.as_str())];
    house
        .ask::<DecideErasure>(&people.lead, &ids, yes())
        .unwrap();
    let asked = house.ask::<RequestDestruction>(&people.lead, &case, json!({ "reason": REASON }));
    let destruction = asked.unwrap()["destruction"].as_str().unwrap().to_owned();
    let ids = [("destruction", destruction.as_str())];
    house
        .ask::<DecideDestruction>(&people.custodian, &ids, yes())
        .unwrap();
    // The delay of the destruction is over.
    house.clock.advance_seconds(3601);
    Prepared {
        closed: house.close(),
        number,
        destruction,
        erasure,
    }
}

fn open(paths: &Paths) -> Vault {
    let clock = ManualClock::new("2024-04-02T11:00:00Z".parse().unwrap());
    house::open_at(paths, clock).unwrap()
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

/// The process that is killed: this test, which another one starts.
#[test]
#[ignore = "the process that the tests of this file start and kill"]
fn victim() {
    only_on_sqlite!();
    let told = |name: &str| outside::setting(name).unwrap_or_default();
    let act = told("KILLED_ACT");
    let act = Act::ALL.into_iter().find(|one| one.name() == act).unwrap();
    let paths = Paths::of(Path::new(&told("KILLED_VAULT")));
    let reason = json!({ "reason": REASON });
    let vault = open(&paths);
    let by = sign_in(
        &vault,
        match act {
            Act::Destruction => "leander",
            Act::Erasure => "cunegonde",
            Act::Backup | Act::Rotation => "archibald",
        },
    );
    println!("{BEGINS}");
    match act {
        Act::Destruction => {
            let id = told("KILLED_REQUEST");
            let ids = [("destruction", id.as_str())];
            ask::<CarryOutDestruction>(&vault, &by, &ids, reason).unwrap();
            vault.shred().unwrap();
        }
        Act::Erasure => {
            let id = told("KILLED_REQUEST");
            let ids = [("erasure", id.as_str())];
            ask::<CarryOutErasure>(&vault, &by, &ids, reason).unwrap();
            vault.erase().unwrap();
        }
        Act::Backup => {
            let to = told("KILLED_REQUEST");
            let target = Target::File(Path::new(&to));
            let now = "2024-04-02T11:00:00Z".parse().unwrap();
            back_up_database(&paths, target, now, Duration::ZERO, &|| true).unwrap();
        }
        Act::Rotation => {
            let case = told("KILLED_REQUEST");
            let ids = [("case", case.as_str())];
            ask::<RotateCaseKey>(&vault, &by, &ids, reason).unwrap();
            assert_eq!(vault.rotate(), Ok(1));
        }
    }
    println!("{HAS_ENDED}");
}

/// Starts the act in a process of its own. The output ends when the process does.
fn begin(act: Act, vault: &Closed, request: &str) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["kills::victim", "--exact", "--ignored", "--nocapture"])
        .env("KILLED_ACT", act.name())
        .env("KILLED_VAULT", vault.directory.path())
        .env("KILLED_REQUEST", request)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    let begun = lines.by_ref().any(|line| line.contains(BEGINS));
    assert!(begun, "{act:?}: the process could not begin");
    (child, lines)
}

/// How many processes a series kills: a few, because each costs a process and a start.
pub(crate) fn kills() -> u32 {
    outside::setting("KILLS").map_or(5, |count| count.parse().unwrap())
}

/// Kills the act at moments that are spread over the time that it takes, and looks at what each left.
fn killed_again_and_again(act: Act, holds: impl Fn(&Prepared, &Closed, &Path) -> bool) {
    let prepared = prepared();
    let shelf = directory();
    let request = |no: u32| match act {
        Act::Destruction => prepared.destruction.clone(),
        Act::Erasure => prepared.erasure.clone(),
        Act::Backup => {
            let path = shelf.path().join(format!("{no}.bvdata"));
            path.to_str().unwrap().to_owned()
        }
        Act::Rotation => prepared.closed.people.case.to_string(),
    };
    let whole = prepared.closed.copy();
    let (mut child, mut lines) = begin(act, &whole, &request(0));
    let since = Instant::now();
    assert!(lines.any(|line| line.contains(HAS_ENDED)), "{act:?}");
    let takes = since.elapsed();
    assert!(child.wait().unwrap().success());
    let done = holds(&prepared, &whole, Path::new(&request(0)));
    assert!(done, "{act:?}: nobody killed it");

    let (mut ended, mut not) = (0, 0);
    for no in 1..=kills() {
        let copy = prepared.closed.copy();
        let request = request(no);
        let (mut child, _lines) = begin(act, &copy, &request);
        // The golden ratio spreads any number of moments evenly.
        let part = (f64::from(no) * 0.618_033_988_749_895).fract();
        std::thread::sleep(takes.mul_f64(part));
        child.kill().unwrap();
        child.wait().unwrap();
        match holds(&prepared, &copy, Path::new(&request)) {
            true => ended += 1,
            false => not += 1,
        }
    }
    println!("{act:?}: {ended} came to their end, {not} had not begun; it takes {takes:.1?}");
}

fn is_whole(vault: &Vault, paths: &Paths) {
    for check in vault.check_exhibits().unwrap() {
        assert!(check.is_sound(), "{:?}", check.faults);
    }
    trail::verify_directory(paths, None, &[]).unwrap();
}

fn look_up(vault: &Vault, case: &str, number: &str) -> Value {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let by = sign_in(vault, "ingeborg");
    ask::<LookUp>(vault, &by, &[("case", case)], body).unwrap()
}

fn leaves(closed: &Closed, action: &str) -> i64 {
    let sql = "SELECT count(*) FROM leaf WHERE action = ?1 AND outcome = 'done'";
    let database = closed.database();
    database.query_row(sql, [action], |row| row.get(0)).unwrap()
}

#[test]
fn a_destruction_that_was_killed_has_not_begun_or_ends_with_its_certificate() {
    only_on_sqlite!();
    killed_again_and_again(Act::Destruction, |prepared, left, _| {
        let vault = open(&left.paths());
        vault.shred().unwrap();
        is_whole(&vault, &left.paths());
        let carried_out = leaves(left, "destruction.carry-out");
        assert!(carried_out <= 1, "{carried_out}");
        let case = left.people.case.as_str();
        let by = sign_in(&vault, "leopoldine");
        let certificate = ask::<ReadCertificate>(&vault, &by, &[("case", case)], json!({}));
        let has_key = |closed: &Closed| {
            let locked = LockedKeyring::read(&closed.paths().keyring()).unwrap();
            let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
            keyring.unwrap().has_case(&closed.people.case)
        };
        match carried_out == 1 {
            true => {
                certificate.unwrap();
                assert!(!has_key(left));
                for table in ["block", "term_run", "subject_index", "dictionary", "seen"] {
                    let sql = format!("SELECT count(*) FROM {table}");
                    let rows: i64 = left
                        .database()
                        .query_row(&sql, [], |row| row.get(0))
                        .unwrap();
                    assert_eq!(rows, 0, "{table}");
                }
            }
            false => {
                assert!(certificate.is_err());
                assert!(has_key(left));
                let found = look_up(&vault, case, &prepared.number);
                assert_eq!(found["results"][0]["state"], "exposed");
            }
        }
        vault.stop().unwrap();
        carried_out == 1
    });
}

#[test]
fn an_erasure_that_was_killed_has_not_begun_or_ends_at_the_next_start() {
    only_on_sqlite!();
    killed_again_and_again(Act::Erasure, |prepared, left, _| {
        let vault = open(&left.paths());
        is_whole(&vault, &left.paths());
        let (carried_out, finished) = (
            leaves(left, "erasure.carry-out"),
            leaves(left, "erasure.finish"),
        );
        assert_eq!(carried_out, finished);
        let found = look_up(&vault, left.people.case.as_str(), &prepared.number);
        let state = match carried_out {
            0 => "exposed",
            1 => "not_exposed",
            more => panic!("carried out {more} times"),
        };
        assert_eq!(found["results"][0]["state"], state);
        assert_eq!(vault.erase(), Ok(0));
        vault.stop().unwrap();
        carried_out == 1
    });
}

#[test]
fn a_backup_that_was_killed_is_not_there_or_whole_and_the_vault_is_as_it_was() {
    only_on_sqlite!();
    killed_again_and_again(Act::Backup, |prepared, left, backup| {
        let made = backup.exists();
        if made {
            verify_backup(backup, None, &[]).unwrap();
            fs::remove_file(backup).unwrap();
        }
        let vault = open(&left.paths());
        is_whole(&vault, &left.paths());
        let found = look_up(&vault, left.people.case.as_str(), &prepared.number);
        assert_eq!(found["results"][0]["state"], "exposed");
        vault.stop().unwrap();
        made
    });
}

#[test]
fn a_rotation_that_was_killed_has_not_begun_or_goes_on_where_it_stood() {
    killed_again_and_again(Act::Rotation, |prepared, left, _| {
        let keys = || {
            let locked = LockedKeyring::read(&left.paths().keyring()).unwrap();
            let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
            let ids = keyring.unwrap().case_key_ids(&left.people.case);
            let ids: Vec<u32> = ids.into_iter().map(|id| id.number()).collect();
            ids
        };
        let vault = open(&left.paths());
        is_whole(&vault, &left.paths());
        let under_way = keys() == [2, 1];
        assert_eq!(vault.rotate(), Ok(usize::from(under_way)));
        is_whole(&vault, &left.paths());
        let found = look_up(&vault, left.people.case.as_str(), &prepared.number);
        assert_eq!(found["results"][0]["state"], "exposed");
        vault.stop().unwrap();
        let keys = keys();
        assert!(keys == [1] || keys == [2], "{keys:?}");
        keys == [2]
    });
}
