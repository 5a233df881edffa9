//! Backups that are made while the vault works, what is refused of them, and what a restore makes of one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use breachvault::domain::{OperatorName, SlotLabel};
use breachvault::operations::audit::SearchLeaves;
use breachvault::operations::case::{HoldCase, LetIn, LiftSuspension, ReadCase};
use breachvault::operations::key::{
    CarryOutSlotChange, DecideSlotChange, RequestSlotChange, RotateCaseKey,
};
use breachvault::operations::only_reason;
use breachvault::operations::operator::{AddOperator, ResetSecondFactor, RevokeOperator};
use breachvault::operations::record::LookUp;
use breachvault::operations::reveal::{ReadReveal, RequestReveal};
use breachvault::policy::Denial;
use breachvault::vault::audit::{FailureKind, Leaf};
use breachvault::vault::backup::{
    BackupError, BackupSchedule, Backups, Manifest, RestoreError, Room, Sources, Target,
    back_up_database, back_up_keyring, verify_backup,
};
use breachvault::vault::clock::{Clock as _, ManualClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, NewPassword, Password, TotpCode};
use breachvault::vault::keyring::{
    Argon2Params, Handed, Keyring, KeyringError, LockedKeyring, Passphrase, PreparedSlot, Programs,
    SlotWanted,
};
use breachvault::vault::trail::{self, TrailFailure};
use breachvault::vault::{
    Caller, MarkFault, Passkeys, Paths, Refusal, SecondFactor, SetSecondFactor, Settings, SignIn,
    StartError, Vault,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::erasure;
use crate::house::{self, Closed, House, PASSPHRASE, REASON, log, numbers, said};
use crate::outside;
use crate::secret_file::write_secret;
use crate::server::TestServer;
use crate::tables::only_on_sqlite;

const LATER: &str = "2024-04-02T11:00:00Z";

/// Where the backups of a test lie, and where it restores to.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn back_up(&self, paths: &Paths, name: &str) -> (PathBuf, Manifest) {
        let path = self.path(name);
        let now = "2024-04-02T09:30:00Z".parse().unwrap();
        let target = Target::File(&path);
        let made = back_up_database(paths, target, now, Duration::ZERO, &|| true);
        (path.clone(), made.unwrap())
    }

    fn back_up_keyring(&self, paths: &Paths) -> PathBuf {
        let path = self.path("keys.bvkeys");
        let now = "2024-04-02T09:30:00Z".parse().unwrap();
        back_up_keyring(paths, Target::File(&path), now).unwrap();
        path
    }

    fn room(
        &self,
        database: &Path,
        keyring: &Path,
        mark: Option<&Path>,
    ) -> Result<Room, RestoreError> {
        self.room_with(database, keyring, mark, None)
    }

    fn room_with(
        &self,
        database: &Path,
        keyring: &Path,
        mark: Option<&Path>,
        erasures: Option<&Path>,
    ) -> Result<Room, RestoreError> {
        let sources = Sources {
            database,
            keyring,
            erasures,
            mark,
            kept: &[],
        };
        Room::prepare(&sources, &self.path("restored"))
    }

    /// Restores as the command does, with the administrator of the house.
    fn restore(
        &self,
        database: &Path,
        keyring: &Path,
        mark: Option<&Path>,
    ) -> Result<Paths, RestoreError> {
        self.put_in_place(self.room(database, keyring, mark)?)
    }

    fn put_in_place(&self, room: Room) -> Result<Paths, RestoreError> {
        self.put_in_place_at(room, LATER)
    }

    fn put_in_place_at(&self, room: Room, at: &str) -> Result<Paths, RestoreError> {
        let keyring = unlocked(&room);
        let entropy = Arc::new(SystemEntropy::new());
        let verified = room.verify(&keyring, &*entropy)?;
        let clock = Arc::new(ManualClock::new(at.parse().unwrap()));
        let restored = room.begin(&verified, keyring, house::settings(), clock, entropy)?;
        let caller = sign_in(restored.vault(), "archibald");
        restored.put_in_place(&caller, only_reason(REASON).unwrap())?;
        Ok(Paths::of(&self.path("restored")))
    }

    /// What lies on the shelf beside the backups.
    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut left: Vec<_> = names.filter(|name| !name.contains(".bv")).collect();
        left.sort();
        left
    }
}

/// A vault in a file that was backed up and restored into a directory of its own.
pub(crate) fn restored(closed: &Closed, at: &str) -> Closed {
    let shelf = Shelf::new();
    let (database, _) = shelf.back_up(&closed.paths(), "vault.bvdata");
    let keyring = shelf.back_up_keyring(&closed.paths());
    let room = shelf.room(&database, &keyring, None).unwrap();
    shelf.put_in_place_at(room, at).unwrap();
    Closed::copied(&closed.people, &shelf.path("restored"))
}

fn unlocked(room: &Room) -> Keyring {
    let locked = room.keyring().unwrap();
    locked
        .unlock(&Passphrase::new(PASSPHRASE.to_owned()))
        .unwrap()
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

fn open(paths: &Paths) -> Vault {
    house::open_at(paths, ManualClock::new(LATER.parse().unwrap())).unwrap()
}

fn look_up(vault: &Vault, who: &Caller, case: &str, number: &str) -> Result<Value, Refusal> {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    house::ask::<LookUp>(vault, who, &[("case", case)], body)
}

#[test]
fn a_backup_made_while_leaves_and_an_admission_go_on_restores_whole() {
    only_on_sqlite!();
    const ROWS: u64 = 60_000;
    let house = House::new();
    house.admit(log(3000, 1)).unwrap();
    let shelf = Shelf::new();
    let done = AtomicBool::new(false);
    let number = numbers(3000, 1, 1).remove(0);
    let mut made = Vec::new();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            house.admit(log(ROWS, 7)).unwrap();
            done.store(true, Ordering::SeqCst);
        });
        threads.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let case = house.people.case.as_str();
                look_up(&house.vault, &house.people.investigator, case, &number).unwrap();
            }
        });
        while !done.load(Ordering::SeqCst) && made.len() < 20 {
            let name = format!("{}.bvdata", made.len());
            made.push(shelf.back_up(&house.paths(), &name));
        }
        while !done.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    made.push(shelf.back_up(&house.paths(), "last.bvdata"));
    let keyring = shelf.back_up_keyring(&house.paths());
    let sizes: Vec<u64> = made
        .iter()
        .map(|(_, told)| told.log.as_ref().unwrap().leaves)
        .collect();
    assert!(sizes.len() > 2 && sizes.is_sorted(), "{sizes:?}");
    assert!(
        sizes[0] < *sizes.last().unwrap(),
        "no leaf was written meanwhile"
    );
    for (path, told) in &made {
        assert_eq!(&verify_backup(path, None, &[]).unwrap(), told);
    }
    // One from the middle of the admission, and the last one, open to the last part with the keys.
    let exhibits = |told: &Manifest| told.log.as_ref().unwrap().exhibits;
    let middle = made
        .iter()
        .rev()
        .find(|(_, told)| exhibits(told) == 1)
        .unwrap();
    assert_eq!(exhibits(&made.last().unwrap().1), 2);
    for (path, told) in [middle, made.last().unwrap()] {
        let room = shelf.room(path, &keyring, None).unwrap();
        let opened = unlocked(&room);
        let entropy = Arc::new(SystemEntropy::new());
        room.verify(&opened, &*entropy).unwrap();
        let clock = Arc::new(ManualClock::new(LATER.parse().unwrap()));
        let opened = room
            .look(opened, house::settings(), clock, entropy)
            .unwrap();
        assert_eq!(opened, exhibits(told));
    }
    assert_eq!(shelf.left(), Vec::<String>::new(), "a drill leaves nothing");

    let paths = shelf.restore(&middle.0, &keyring, None).unwrap();
    let verdict = trail::verify_directory(&paths, None, &[]).unwrap();
    assert!(verdict.origin.as_str().contains("/r"), "{}", verdict.origin);
    let vault = open(&paths);
    let checks = vault.check_exhibits().unwrap();
    assert!(checks.iter().all(|check| check.is_sound()));
    vault.check_details().unwrap();
    // The admission that was under way is gone, and the file can be admitted.
    let people = &house.people;
    let lead = people.lead.operator_id().unwrap().clone();
    let administrator = sign_in(&vault, "archibald");
    let why = || only_reason(REASON).unwrap();
    vault
        .perform(&administrator, LetIn::new(people.case.clone(), lead, why()))
        .unwrap();
    let lead = sign_in(&vault, "leopoldine");
    lift(&vault, &lead, people.case.as_str(), &people.custodian).unwrap();
    let custodian = sign_in(&vault, "cunegonde");
    let again = house::admit_as(&vault, &custodian, &people.case, log(ROWS, 7)).unwrap();
    assert_eq!(again["admitted"], ROWS, "{again}");
    vault.stop().unwrap();
    drop(vault);
    trail::verify_directory(&paths, None, &[]).unwrap();
}

fn lift(vault: &Vault, by: &Caller, case: &str, who: &Caller) -> Result<Value, Refusal> {
    let who = who.operator_id().unwrap().to_string();
    let ids = [("case", case), ("operator", who.as_str())];
    house::ask::<LiftSuspension>(vault, by, &ids, json!({ "reason": REASON }))
}

#[track_caller]
fn denied<T: std::fmt::Debug>(ended: Result<T, Refusal>, wanted: &[Denial]) {
    match ended {
        Err(Refusal::Denied(denial, _)) => assert!(wanted.contains(&denial), "{denial:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_restore_begins_a_new_log_and_takes_away_what_may_have_been_used_or_ended() {
    only_on_sqlite!();
    let house = House::new();
    let (people, vault) = (house.people.clone(), &house.vault);
    let case = people.case.as_str();
    house.admit(log(500, 1)).unwrap();
    let number = numbers(500, 1, 1).remove(0);
    let found = look_up(vault, &people.investigator, case, &number).unwrap();
    let subject = found["results"][0]["subject"].as_str().unwrap();
    let body = json!({ "subjects": [subject], "purpose": "notification", "reason": REASON });
    let asked = house.ask::<RequestReveal>(&people.investigator, &[("case", case)], body);
    let reveal = asked.unwrap()["reveal"].as_str().unwrap().to_owned();
    let administrator = sign_in(vault, "archibald");
    let invited = json!({ "name": "lothar", "role": "lead" });
    let invited = house
        .ask::<AddOperator>(&administrator, &[], invited)
        .unwrap();
    let invited = EnrolmentToken::parse(invited["enrolment"].as_str().unwrap()).unwrap();
    let second = json!({ "name": "adelheid", "role": "administrator" });
    let second = house.ask::<AddOperator>(&administrator, &[], second);
    let token = EnrolmentToken::parse(second.unwrap()["enrolment"].as_str().unwrap()).unwrap();
    let second = house::enter(vault, "adelheid", &token);
    let shelf = Shelf::new();
    let kept_before = checkpoint(&house, &shelf, "before");
    let (database, told) = shelf.back_up(&house.paths(), "a.bvdata");
    let backed_up = told.log.unwrap();
    let keyring = shelf.back_up_keyring(&house.paths());
    for _ in 0..5 {
        look_up(vault, &people.investigator, case, &number).unwrap();
    }
    // After the backup the case is put on hold, and an administrator's account ends.
    let reason = || json!({ "reason": REASON });
    house
        .ask::<HoldCase>(&people.lead, &[("case", case)], reason())
        .unwrap();
    let whom = second.operator_id().unwrap().to_string();
    let ids = [("operator", whom.as_str())];
    house::ask::<RevokeOperator>(vault, &administrator, &ids, reason()).unwrap();
    let kept_after = checkpoint(&house, &shelf, "after");
    let closed = house.close();
    let mark = closed.paths().high_water_mark();

    let paths = shelf.restore(&database, &keyring, Some(&mark)).unwrap();
    // The first leaf of the new log says what was lost and what was restored, to everybody.
    let bytes: Vec<u8> = rusqlite_of(&paths)
        .query_row(
            "SELECT bytes FROM leaf WHERE seq = ?1",
            [backed_up.leaves as i64],
            |row| row.get(0),
        )
        .unwrap();
    let leaf = Leaf::parse(&bytes).unwrap();
    assert_eq!(leaf.action, "vault.restore");
    assert_eq!(
        (leaf.rows, leaf.digest.as_ref()),
        (Some(backed_up.leaves), Some(&backed_up.root))
    );
    let lost = leaf.object.unwrap();
    let lost: u64 = lost
        .strip_prefix("lost:")
        .unwrap()
        .split(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(lost > backed_up.leaves + 5, "{lost}");
    let old_key = fs::read_to_string(closed.paths().vkey()).unwrap();
    assert_ne!(fs::read_to_string(paths.vkey()).unwrap(), old_key);
    // A checkpoint of before holds; one of what is lost never does.
    let verdict =
        trail::verify_directory(&paths, None, std::slice::from_ref(&kept_before)).unwrap();
    assert_eq!(verdict.kept_checkpoints, 1);
    match trail::verify_directory(&paths, None, &[kept_after]) {
        Err(TrailFailure::Log(failure)) => assert_eq!(failure.kind, FailureKind::CutTail),
        other => panic!("{other:?}"),
    }
    // The old key verifies the old checkpoint and not the new log.
    let old_key = Some(old_key.trim().parse().unwrap());
    assert!(trail::verify_directory(&paths, old_key, &[]).is_err());

    // With the usual budgets, of which nothing is left.
    let usual = Settings {
        readers: 3,
        second_factor: SecondFactor::Offered,
        passkeys: Passkeys::Offered,
        ..Settings::default()
    };
    let clock = ManualClock::new(LATER.parse().unwrap());
    let vault = house::open_with(&paths, clock, usual).unwrap();
    let id = |who: &Caller| who.operator_id().unwrap().clone();
    // Sessions and the invitation have ended.
    for who in [&people.lead, &people.investigator, &administrator] {
        let read = house::ask::<ReadCase>(&vault, who, &[("case", case)], json!({}));
        denied(read, &[Denial::SessionEnded]);
    }
    let password = Password::new("the long password of lothar".to_owned());
    assert!(
        vault
            .enrol(&invited, NewPassword::parse(password).ok().unwrap(), false)
            .is_err()
    );
    // Everybody is suspended, and a lead whom an administrator lets in on the host confirms the others.
    let (lead, other_lead) = (sign_in(&vault, "leopoldine"), sign_in(&vault, "leander"));
    let investigator = sign_in(&vault, "ingeborg");
    let reads =
        |who: &Caller| house::ask::<ReadCase>(&vault, who, &[("case", case)], json!({})).is_ok();
    assert!(![&lead, &other_lead, &investigator].into_iter().any(reads));
    let administrator = sign_in(&vault, "archibald");
    denied(
        lift(&vault, &administrator, case, &people.lead),
        &[Denial::NotAllowed],
    );
    let let_in = |who: &Caller| {
        let act = LetIn::new(people.case.clone(), id(who), only_reason(REASON).unwrap());
        vault.perform(&administrator, act).map(drop)
    };
    let_in(&people.lead).unwrap();
    denied(let_in(&people.other_lead), &[Denial::NotAllowed]);
    denied(
        lift(&vault, &other_lead, case, &people.investigator),
        &[Denial::Concealed, Denial::NotAllowed],
    );
    for who in [&people.other_lead, &people.investigator] {
        lift(&vault, &lead, case, who).unwrap();
    }
    assert!([&lead, &other_lead, &investigator].into_iter().all(reads));
    // The case is on hold, though it was open in the backup.
    let read = house::ask::<ReadCase>(&vault, &lead, &[("case", case)], json!({}));
    assert_eq!(read.unwrap()["state"], "held");
    // Nor is the second administrator there again, whose account ended after the backup.
    let attempt = SignIn {
        name: OperatorName::parse("adelheid").unwrap(),
        password: Password::new("the long password of adelheid".to_owned()),
        totp: None,
        address: None,
    };
    assert!(!matches!(vault.sign_in_here(attempt), Ok(Ok(_))));
    // The request is gone, and the budget counts as spent.
    let read = house::ask::<ReadReveal>(&vault, &lead, &[("reveal", &reveal)], json!({}));
    assert!(read.is_err());
    match look_up(&vault, &investigator, case, &number) {
        Err(Refusal::Denied(Denial::BudgetSpent { .. }, _)) => {}
        other => panic!("{other:?}"),
    }
    vault.stop().unwrap();
    drop(vault);
    // A second restore of the same backup has a log of another name.
    let other = Shelf::new();
    let again = other.restore(&database, &keyring, None).unwrap();
    let name = |paths: &Paths| trail::verify_directory(paths, None, &[]).unwrap().origin;
    assert_ne!(name(&paths), name(&again));
    // And a backup of a restored vault restores too.
    let third = Shelf::new();
    let (database, _) = third.back_up(&again, "b.bvdata");
    let keyring = third.back_up_keyring(&again);
    let third = third.restore(&database, &keyring, None).unwrap();
    trail::verify_directory(&third, None, &[kept_before]).unwrap();
}

/// Two people agreed to replace a second factor, and a code of the old one took that back, after the backup.
#[test]
fn a_reset_of_the_backup_does_not_come_back_with_a_restore() {
    only_on_sqlite!();
    let house = House::new();
    let name = || OperatorName::parse("ingeborg").unwrap();
    let password = || Password::new("the long password of ingeborg".to_owned());
    let set_up = |vault: &Vault| {
        let (name, password) = (name(), password());
        let asked = SetSecondFactor {
            name,
            password,
            address: None,
        };
        let reply = vault.set_second_factor(asked).ok().unwrap().ok()?;
        let shown = house::json_of(reply)["totp_secret"].clone();
        Some(shown.as_str().unwrap().to_owned())
    };
    let secret = set_up(&house.vault).unwrap();
    let by_code = |vault: &Vault, clock: &ManualClock| {
        let shown = house::code(&secret, clock);
        let attempt = SignIn {
            name: name(),
            password: password(),
            totp: Some(TotpCode::parse(&shown).ok().unwrap()),
            address: None,
        };
        vault.sign_in_here(attempt).unwrap()
    };
    by_code(&house.vault, &house.clock).unwrap();
    house.clock.advance_seconds(60);
    let people = &house.people;
    let whom = people.investigator.operator_id().unwrap();
    let reset = |by: &Caller| {
        let act = ResetSecondFactor {
            operator: whom.clone(),
            why: only_reason(REASON).unwrap(),
        };
        house.vault.perform(by, act).unwrap();
    };
    reset(&people.lead);
    reset(&people.other_lead);
    let shelf = Shelf::new();
    let (database, _) = shelf.back_up(&house.paths(), "a.bvdata");
    let keyring = shelf.back_up_keyring(&house.paths());
    // It was not lost.
    by_code(&house.vault, &house.clock).unwrap();
    assert!(set_up(&house.vault).is_none());
    drop(house.close());

    let paths = shelf.restore(&database, &keyring, None).unwrap();
    let clock = ManualClock::new(LATER.parse().unwrap());
    let vault = house::open_at(&paths, clock.clone()).unwrap();
    assert!(set_up(&vault).is_none(), "the password alone replaces it");
    by_code(&vault, &clock).unwrap();
}

/// A million people's messages are back in service within minutes. Where `CI` is set, or with `RESTORE_ROWS=5000000`,
/// with five million records; otherwise with as many as take a second.
#[test]
fn a_vault_of_millions_is_back_in_service_within_five_minutes() {
    only_on_sqlite!();
    let rows = match (outside::setting("RESTORE_ROWS"), outside::setting("CI")) {
        (Some(rows), _) => rows.parse().unwrap(),
        (None, Some(_)) => 5_000_000,
        (None, None) => 100_000,
    };
    let house = House::new();
    house.admit(log(rows, 1)).unwrap();
    let number = numbers(rows, 1, 1).remove(0);
    let shelf = Shelf::new();
    let (database, _) = shelf.back_up(&house.paths(), "a.bvdata");
    let keyring = shelf.back_up_keyring(&house.paths());
    let people = house.close().people;
    let since = Instant::now();
    let paths = shelf.restore(&database, &keyring, None).unwrap();
    let clock = ManualClock::new(LATER.parse().unwrap());
    let vault = house::open_at(&paths, clock.clone()).unwrap();
    let administrator = sign_in(&vault, "archibald");
    let lead = people.lead.operator_id().unwrap().clone();
    let let_in = LetIn::new(people.case.clone(), lead, only_reason(REASON).unwrap());
    vault.perform(&administrator, let_in).map(drop).unwrap();
    let case = people.case.as_str();
    let lead = sign_in(&vault, "leopoldine");
    lift(&vault, &lead, case, &people.investigator).unwrap();
    // Budgets count as spent.
    clock.advance_seconds(60);
    let found = look_up(&vault, &sign_in(&vault, "ingeborg"), case, &number).unwrap();
    let taken = since.elapsed();
    assert_eq!(found["results"][0]["state"], "exposed");
    println!("{rows} records were back in service after {taken:.1?}");
    assert!(taken < Duration::from_secs(300), "{taken:?}");
}

/// The newest checkpoint of the vault, as somebody keeps it.
fn checkpoint(house: &House, shelf: &Shelf, name: &str) -> Vec<u8> {
    let out = TempDir::new_in(shelf.0.path().parent().unwrap()).unwrap();
    let folder = out.path().join(name);
    trail::export_directory(&house.paths(), &folder).unwrap();
    fs::read(folder.join("checkpoint")).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test looks at the file past the vault"
)]
fn rusqlite_of(paths: &Paths) -> rusqlite::Connection {
    rusqlite::Connection::open(paths.database()).unwrap()
}

#[test]
fn a_backup_that_was_cut_or_changed_anywhere_is_refused_and_nothing_is_put_in_place() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let shelf = Shelf::new();
    let (database, _) = shelf.back_up(&house.paths(), "a.bvdata");
    let keyring = shelf.back_up_keyring(&house.paths());
    let good = fs::read(&database).unwrap();
    let bad = shelf.path("bad.bvdata");
    let refused = |bytes: &[u8], what: &str| {
        fs::write(&bad, bytes).unwrap();
        let error = verify_backup(&bad, None, &[]).expect_err(what);
        assert!(
            error.is_verification_failure() || matches!(error, BackupError::UnknownVersion),
            "{what}: {error}"
        );
        assert!(shelf.room(&bad, &keyring, None).is_err(), "{what}");
        assert_eq!(shelf.left(), Vec::<String>::new(), "{what}");
    };
    // Every region once: 40 places over the pages, and every tenth byte of what stands behind them.
    let pages = verify_backup(&database, None, &[]).unwrap().bytes as usize;
    let places = (0..40).map(|no| pages / 40 * no + no * 13);
    for at in places.chain((pages..good.len()).step_by(10)) {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        refused(&changed, &format!("byte {at}"));
    }
    for length in [0, 1, 100, pages / 2, pages, good.len() - 97, good.len() - 1] {
        refused(&good[..length], &format!("cut to {length}"));
    }
    refused(&[&good[..], b"x"].concat(), "something behind it");
    // A keyring with a changed byte, and one of another vault.
    let keys = fs::read(&keyring).unwrap();
    for at in (0..keys.len()).step_by(41) {
        let mut changed = keys.clone();
        changed[at] ^= 2;
        let path = shelf.path("bad.bvkeys");
        fs::write(&path, &changed).unwrap();
        assert!(verify_backup(&path, None, &[]).is_err(), "byte {at}");
        assert!(shelf.room(&database, &path, None).is_err(), "byte {at}");
    }
    let other = Shelf::new();
    let foreign = other.back_up_keyring(&House::new().paths());
    for keyring in [&foreign, &database] {
        assert!(shelf.room(&database, keyring, None).is_err());
    }
    // A mark of another vault.
    let strange = House::new().close();
    let room = shelf
        .room(
            &database,
            &keyring,
            Some(&strange.paths().high_water_mark()),
        )
        .unwrap();
    let opened = unlocked(&room);
    assert!(matches!(
        room.verify(&opened, &SystemEntropy::new()),
        Err(RestoreError::Mark(_))
    ));
    drop(room);
    assert_eq!(shelf.left(), Vec::<String>::new());
}

#[test]
fn a_backup_whose_rows_somebody_changed_and_wrapped_anew_is_refused_with_the_keys() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let shelf = Shelf::new();
    let keyring = shelf.back_up_keyring(&house.paths());
    let closed = house.close();
    // Without keys nobody can tell that a row is not the vault's, so this becomes a backup that verifies.
    closed.sql("UPDATE membership SET role = 'lead' WHERE role = 'custodian'");
    let (database, _) = shelf.back_up(&closed.paths(), "a.bvdata");
    verify_backup(&database, None, &[]).unwrap();
    let refused = shelf.restore(&database, &keyring, None);
    assert!(
        matches!(refused, Err(RestoreError::Start(_))),
        "{:?}",
        refused.err()
    );
    assert_eq!(shelf.left(), Vec::<String>::new());
}

#[test]
fn scheduled_backups_have_a_leaf_each_and_only_the_newest_are_kept() {
    only_on_sqlite!();
    let House {
        vault, directory, ..
    } = House::new();
    let vault = Arc::new(vault);
    let shelf = Shelf::new();
    let (data, keys) = (shelf.path("data"), shelf.path("keys"));
    let clock = ManualClock::new("2024-04-03T02:00:00Z".parse().unwrap());
    let schedule = BackupSchedule {
        directory: Some(data.clone()),
        keyring_directory: Some(keys.clone()),
        every_s: 3600,
        keep: 2,
    };
    let count = |folder: &Path| fs::read_dir(folder).map_or(0, Iterator::count);
    for hour in 1..=4 {
        let backups = Backups::start(&vault, schedule.clone(), Arc::new(clock.clone()));
        until(|| vault.backups().done_at == Some(clock.now()));
        drop(backups);
        assert_eq!(
            (count(&data), count(&keys)),
            (hour.min(2), hour.min(2)),
            "{hour}"
        );
        clock.advance_seconds(3600);
    }
    let names = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for path in names {
        verify_backup(&path, None, &[]).unwrap();
    }
    // Not due again: a start finds the newest one that is there.
    clock.advance_seconds(-60);
    let backups = Backups::start(&vault, schedule.clone(), Arc::new(clock.clone()));
    std::thread::sleep(Duration::from_millis(300));
    drop(backups);
    assert_eq!(vault.backups().failures, 0);
    // One that cannot be written.
    fs::write(shelf.path("file"), "").unwrap();
    let broken = BackupSchedule {
        directory: Some(shelf.path("file").join("under")),
        keyring_directory: None,
        ..schedule
    };
    let backups = Backups::start(&vault, broken, Arc::new(clock.clone()));
    until(|| vault.backups().failed_at.is_some());
    drop(backups);
    vault.stop().unwrap();
    let paths = Paths::of(directory.path());
    let leaves: Vec<String> = rusqlite_of(&paths)
        .prepare("SELECT outcome FROM leaf WHERE action = 'vault.backup' ORDER BY seq")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(leaves, ["done", "done", "done", "done", "failed"]);
}

#[test]
fn the_schedule_of_a_vault_whose_tables_a_server_has_makes_backups_of_the_keyring_alone() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    let House {
        vault,
        people,
        directory: _directory,
        ..
    } = house;
    let vault = Arc::new(vault);
    let shelf = Shelf::new();
    let keys = shelf.path("keys");
    let clock = ManualClock::new("2024-04-03T02:00:00Z".parse().unwrap());
    let alone = BackupSchedule {
        directory: None,
        keyring_directory: Some(keys.clone()),
        every_s: 3600,
        keep: 2,
    };
    // What would make nothing is refused, with a server and with a file.
    alone.check(true).unwrap();
    assert!(alone.check(false).is_err());
    let of_tables = BackupSchedule {
        directory: Some(shelf.path("data")),
        keyring_directory: None,
        ..alone.clone()
    };
    assert!(of_tables.check(true).is_err());
    of_tables.check(false).unwrap();
    let both = BackupSchedule {
        directory: Some(shelf.path("data")),
        ..alone.clone()
    };
    for schedule in [&alone, &both, &alone] {
        schedule.check(true).unwrap();
        let backups = Backups::start(&vault, schedule.clone(), Arc::new(clock.clone()));
        until(|| vault.backups().done_at == Some(clock.now()));
        drop(backups);
        clock.advance_seconds(3600);
    }
    assert_eq!(vault.backups().failures, 0);
    assert!(!shelf.path("data").exists());
    let kept: Vec<PathBuf> = fs::read_dir(&keys)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    for path in &kept {
        verify_backup(path, None, &[]).unwrap();
    }
    // Each leaf says that no table is in it.
    let query = json!({ "action": "vault.backup" });
    let page = house::ask::<SearchLeaves>(&vault, &people.auditor, &[], query).unwrap();
    let leaves = page["leaves"].as_array().unwrap().clone();
    assert_eq!(leaves.len(), 3, "{page}");
    for leaf in leaves {
        assert_eq!(leaf["outcome"], "done", "{leaf}");
        let told = crate::nodes::leaf(&vault, &people.auditor, leaf["seq"].as_u64().unwrap());
        let detail = told.unwrap()["detail"]["detail"]["found"].clone();
        assert_eq!(detail["tables"], false, "{detail}");
        assert!(
            detail["keyring_generation"].as_u64().unwrap() > 0,
            "{detail}"
        );
    }
    vault.stop().unwrap();
}

fn until(mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited too long");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn breachvault(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_backup_from_before_a_rotation_needs_the_keyring_of_its_time() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let number = numbers(300, 1, 1).remove(0);
    let (before, after) = (Shelf::new(), Shelf::new());
    let (old_data, _) = before.back_up(&house.paths(), "vault.bvdata");
    let old_keys = before.back_up_keyring(&house.paths());
    let administrator = sign_in(&house.vault, "archibald");
    let case = house.people.case.clone();
    let ids = [("case", case.as_str())];
    let reason = json!({ "reason": REASON });
    house
        .ask::<RotateCaseKey>(&administrator, &ids, reason)
        .unwrap();
    // Of the midst of a rotation the keyring of that moment opens everything.
    assert_eq!(house.vault.rotate_some(1), Ok(false));
    let midst = Shelf::new();
    let (data, _) = midst.back_up(&house.paths(), "vault.bvdata");
    let keys = midst.back_up_keyring(&house.paths());
    assert_eq!(house.vault.rotate(), Ok(1));
    let (new_data, _) = after.back_up(&house.paths(), "vault.bvdata");
    let new_keys = after.back_up_keyring(&house.paths());
    let found = |paths: &Paths| {
        let vault = open(paths);
        // Memberships wait for a lead after a restore: the check of all parts says that everything opens.
        let checks = vault.check_exhibits().unwrap();
        assert!(checks.iter().all(|check| check.is_sound()));
    };

    for (database, shelf) in [(&old_data, &before), (&data, &midst)] {
        match shelf.restore(database, &new_keys, None) {
            Err(RestoreError::OtherKey(named)) => assert_eq!(named, case),
            other => panic!("{:?}", other.map(|_| ())),
        }
        assert_eq!(shelf.left(), [""; 0], "nothing is left");
    }
    found(&before.restore(&old_data, &old_keys, None).unwrap());
    found(&midst.restore(&data, &keys, None).unwrap());
    found(&after.restore(&new_data, &new_keys, None).unwrap());
    // The vault itself was not touched by any of it.
    let seen = look_up(
        &house.vault,
        &house.people.investigator,
        case.as_str(),
        &number,
    );
    assert_eq!(seen.unwrap()["results"][0]["state"], "exposed");
}

#[test]
fn a_backup_from_before_a_new_root_needs_the_keyring_of_its_time() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let (before, midst, after) = (Shelf::new(), Shelf::new(), Shelf::new());
    let both = |shelf: &Shelf| {
        let (data, _) = shelf.back_up(&house.paths(), "vault.bvdata");
        (data, shelf.back_up_keyring(&house.paths()))
    };
    let administrator = sign_in(&house.vault, "archibald");
    let invited = json!({ "name": "adelheid", "role": "administrator" });
    let invited = house.ask::<AddOperator>(&administrator, &[], invited);
    let token = EnrolmentToken::parse(invited.unwrap()["enrolment"].as_str().unwrap()).unwrap();
    let other = house::enter(&house.vault, "adelheid", &token);
    let old = both(&before);
    let wanted = json!({ "change": "rotate-root", "reason": REASON });
    house
        .ask::<RequestSlotChange>(&administrator, &[], wanted)
        .unwrap();
    let yes = json!({ "decision": "approve", "reason": REASON });
    house.ask::<DecideSlotChange>(&other, &[], yes).unwrap();
    let reason = json!({ "reason": REASON });
    house
        .ask::<CarryOutSlotChange>(&administrator, &[], reason)
        .unwrap();
    // Of the midst of it the keyring of that moment opens everything.
    assert_eq!(house.vault.rotate_some(1), Ok(false));
    let of_midst = both(&midst);
    assert_eq!(house.vault.rotate(), Ok(1));
    let new = both(&after);

    for (database, keyring, shelf) in [
        (&old.0, &new.1, &before),
        (&of_midst.0, &new.1, &midst),
        (&new.0, &old.1, &after),
    ] {
        match shelf.restore(database, keyring, None) {
            Err(RestoreError::OtherRoot) => {}
            other => panic!("{:?}", other.map(|_| ())),
        }
        assert_eq!(shelf.left(), [""; 0], "nothing is left");
    }
    // Today's mark says nothing to the keyring of then.
    let mark = house.paths().high_water_mark();
    match before.restore(&old.0, &old.1, Some(&mark)) {
        Err(RestoreError::Mark(MarkFault::Foreign)) => {}
        other => panic!("{:?}", other.map(|_| ())),
    }
    for ((database, keyring), shelf) in [(&old, &before), (&of_midst, &midst), (&new, &after)] {
        let vault = open(&shelf.restore(database, keyring, None).unwrap());
        let checks = vault.check_exhibits().unwrap();
        assert!(checks.iter().all(|check| check.is_sound()));
        assert!(vault.check_details().is_ok());
        let under_way = usize::from(std::ptr::eq(shelf, &midst));
        assert_eq!(vault.rotate(), Ok(under_way));
    }
}

#[test]
fn where_there_are_two_slots_a_restore_takes_the_holders_of_both() {
    only_on_sqlite!();
    let closed = House::new().close();
    let paths = closed.paths();
    let entropy = Arc::new(SystemEntropy::new());
    let before = Shelf::new();
    let (old_database, _) = before.back_up(&paths, "one.bvdata");
    let old_keys = before.back_up_keyring(&paths);
    let locked = LockedKeyring::read(&paths.keyring()).unwrap();
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    let mut keyring = locked.unlock(&passphrase).ok().unwrap();
    let slot = PreparedSlot::make(
        keyring.vault(),
        SlotLabel::parse("for the safe").unwrap(),
        &SlotWanted::Passphrase,
        Argon2Params::new(8, 1, 1).unwrap(),
        &Programs::default(),
        &*entropy,
    );
    let slot = slot.ok().unwrap();
    let now = "2024-04-02T09:20:00Z".parse().unwrap();
    keyring.add_slot(&slot, now, &*entropy).unwrap();
    let Handed::Passphrase(other) = slot.handed else {
        panic!("no passphrase");
    };
    drop(keyring);

    let shelf = Shelf::new();
    let (database, _) = shelf.back_up(&paths, "two.bvdata");
    let keys = shelf.back_up_keyring(&paths);
    let refused = shelf.restore(&database, &keys, None);
    assert!(matches!(refused, Err(RestoreError::OneHolder)));
    assert_eq!(shelf.left(), Vec::<String>::new());

    let room = shelf.room(&database, &keys, None).unwrap();
    let mut first = unlocked(&room);
    // One holder twice is one holder.
    assert_eq!(
        first.joined_by(&unlocked(&room)),
        Err(KeyringError::SameSlot)
    );
    let locked = room.keyring().unwrap();
    let second = locked.unlock(&Passphrase::new(other.to_string()));
    first.joined_by(&second.ok().unwrap()).unwrap();
    let verified = room.verify(&first, &*entropy).unwrap();
    let clock = Arc::new(ManualClock::new(LATER.parse().unwrap()));
    let restored = room.begin(&verified, first, house::settings(), clock, entropy);
    let restored = restored.unwrap();
    let caller = sign_in(restored.vault(), "archibald");
    restored
        .put_in_place(&caller, only_reason(REASON).unwrap())
        .unwrap();
    assert_eq!(shelf.left(), ["restored"]);

    // A keyring from before the second slot does not do away with its holder, if the mark is of later.
    open(&paths).stop().unwrap();
    let mark = paths.high_water_mark();
    match before.restore(&old_database, &old_keys, Some(&mark)) {
        Err(RestoreError::EarlierKeyring { generation, later }) => assert!(generation < later),
        other => panic!("{:?}", other.map(|_| ())),
    }
    assert_eq!(before.left(), Vec::<String>::new());
    // Nothing says so without it: docs/backup.md.
    before.restore(&old_database, &old_keys, None).unwrap();
}

#[test]
fn the_commands_back_up_verify_try_and_restore() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let closed: Closed = house.close();
    let vault = closed.directory.path().to_str().unwrap().to_owned();
    let shelf = Shelf::new();
    let path = |name: &str| shelf.path(name).to_str().unwrap().to_owned();
    let secrets = TempDir::new().unwrap();
    let secret = |name: &str, text: &str| {
        let path = secrets.path().join(name);
        write_secret(&path, text);
        path.to_str().unwrap().to_owned()
    };
    let passphrase = secret("passphrase", PASSPHRASE);
    let wrong = secret("wrong", "another passphrase");
    let password = secret("password", "the long password of archibald");
    let other_password = secret("other", "the long password of ingeborg");
    let config = secret("config", "[identity]\nsecond_factor = \"offered\"\n");
    let (data, keys) = (path("a.bvdata"), path("a.bvkeys"));

    let made = breachvault(&["backup", "--dir", &vault, "--to", &data]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let nowhere = path("not-there/a.bvdata");
    let told = breachvault(&["backup", "--dir", &vault, "--to", &nowhere]);
    assert_eq!(told.status.code(), Some(2), "{}", said(&told));
    assert!(said(&told).contains("the folder"), "{}", said(&told));
    let again = breachvault(&["backup", "--dir", &vault, "--to", &data]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    let made = breachvault(&[
        "backup",
        "--dir",
        &vault,
        "--keyring",
        "--to",
        &keys,
        "--json",
    ]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let streamed = breachvault(&["backup", "--dir", &vault, "--to", "-"]);
    assert_eq!(streamed.status.code(), Some(0));
    fs::write(shelf.path("b.bvdata"), &streamed.stdout).unwrap();
    for file in [&data, &keys, &path("b.bvdata")] {
        let verified = breachvault(&["backup", "verify", file]);
        assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    }
    let mut cut = fs::read(&data).unwrap();
    cut.truncate(cut.len() - 1);
    fs::write(shelf.path("cut.bvdata"), cut).unwrap();
    let refused = breachvault(&["backup", "verify", &path("cut.bvdata")]);
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    assert_eq!(breachvault(&["backup"]).status.code(), Some(2));

    let from = [
        "restore",
        "--from",
        data.as_str(),
        "--keyring",
        keys.as_str(),
    ];
    let drill = breachvault(&[&from[..], &["--drill", "--passphrase-file", &passphrase]].concat());
    assert_eq!(drill.status.code(), Some(0), "{}", said(&drill));
    assert!(said(&drill).contains("1 exhibits"), "{}", said(&drill));
    let sealed = breachvault(&[&from[..], &["--drill", "--passphrase-file", &wrong]].concat());
    assert_eq!(sealed.status.code(), Some(4), "{}", said(&sealed));
    let place = path("restored");
    let restore = |operator: &str, password: &str| {
        let more = [
            "--dir",
            place.as_str(),
            "--operator",
            operator,
            "--password-file",
            password,
            "--passphrase-file",
            passphrase.as_str(),
            "--config",
            config.as_str(),
            "--reason",
            REASON,
        ];
        breachvault(&[&from[..], &more].concat())
    };
    // Nobody but an administrator, and not without the password.
    for (operator, password) in [
        ("archibald", &other_password),
        ("ingeborg", &other_password),
    ] {
        let refused = restore(operator, password);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert_eq!(shelf.left(), Vec::<String>::new(), "{operator}");
    }
    let restored = restore("archibald", &password);
    assert_eq!(restored.status.code(), Some(0), "{}", said(&restored));
    let taken = restore("archibald", &password);
    assert_eq!(taken.status.code(), Some(1), "{}", said(&taken));
    assert_eq!(shelf.left(), ["restored"]);
    let doctor = breachvault(&["doctor", "--dir", &place, "--passphrase-file", &passphrase]);
    assert_eq!(doctor.status.code(), Some(0), "{}", said(&doctor));
    let verified = breachvault(&[
        "audit",
        "verify",
        "--dir",
        &place,
        "--passphrase-file",
        &passphrase,
    ]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
}

#[test]
fn a_backup_of_the_erasure_lists_erases_again_what_an_older_backup_has() {
    only_on_sqlite!();
    let house = erasure::admitted();
    let paths = house.paths();
    let shelf = Shelf::new();
    let back_up_lists = |name: &str| {
        let (dir, to) = (paths.root(), shelf.path(name));
        let (dir, to) = (dir.to_str().unwrap(), to.to_str().unwrap());
        breachvault(&["backup", "--dir", dir, "--erasures", "--to", to])
    };
    let none = back_up_lists("none.bverased");
    assert_eq!(none.status.code(), Some(1), "{}", said(&none));
    assert!(
        said(&none).contains("no number was erased"),
        "{}",
        said(&none)
    );
    let (older, _) = shelf.back_up(&paths, "a.bvdata");
    let keyring = shelf.back_up_keyring(&paths);
    erasure::carried_out(&house, erasure::ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    let made = back_up_lists("a.bverased");
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let lists = shelf.path("a.bverased");
    verify_backup(&lists, None, &[]).unwrap();
    let (newer, _) = shelf.back_up(&paths, "b.bvdata");
    assert_eq!(shelf.left(), Vec::<String>::new());

    // Not another kind, not a changed file, and never without the lists where the backup says that there are some.
    let with = |lists: Option<&Path>| shelf.room_with(&older, &keyring, None, lists);
    match with(Some(&newer)).err().unwrap() {
        RestoreError::Backup(BackupError::OtherKind { found, wanted }) => {
            assert_eq!((found, wanted), ("database", "erasure lists"));
        }
        other => panic!("{other:?}"),
    }
    let mut changed = fs::read(&lists).unwrap();
    changed[5] ^= 1;
    let altered = shelf.path("altered.bverased");
    fs::write(&altered, changed).unwrap();
    match with(Some(&altered)).err().unwrap() {
        RestoreError::Backup(BackupError::Damaged) => {}
        other => panic!("{other:?}"),
    }
    match shelf.restore(&newer, &keyring, None).err().unwrap() {
        RestoreError::NoErasures => {}
        other => panic!("{other:?}"),
    }
    // A drill opens the lists too. Those of another vault are whole, and not this one's.
    let drill = |lists: &Path| {
        let room = with(Some(lists)).unwrap();
        let keyring = unlocked(&room);
        let entropy = Arc::new(SystemEntropy::new());
        room.verify(&keyring, &*entropy).unwrap();
        let clock = Arc::new(ManualClock::new(LATER.parse().unwrap()));
        room.look(keyring, house::settings(), clock, entropy)
    };
    assert_eq!(drill(&lists).ok(), Some(2));
    let elsewhere = erasure::admitted();
    erasure::carried_out(&elsewhere, erasure::ERASED);
    assert_eq!(elsewhere.vault.erase(), Ok(1));
    match drill(&elsewhere.paths().erasures()).err().unwrap() {
        RestoreError::Start(StartError::Erasure(_)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(shelf.left(), Vec::<String>::new());

    let leaves = |paths: &Paths| -> Vec<String> {
        let sql = "SELECT action FROM leaf WHERE action IN ('erasure.reapply', 'erasure.finish') ORDER BY seq";
        let database = rusqlite_of(paths);
        let mut found = database.prepare(sql).unwrap();
        let found = found.query_map([], |row| row.get(0)).unwrap();
        found.map(Result::unwrap).collect()
    };
    // A backup of them, and the file itself as it lies in the vault.
    for lists in [lists, paths.erasures()] {
        let room = with(Some(&lists)).unwrap();
        let restored = shelf.put_in_place(room).unwrap();
        assert_eq!(leaves(&restored), ["erasure.reapply", "erasure.finish"]);
        fs::remove_dir_all(shelf.path("restored")).unwrap();
    }
    let restored = shelf.restore(&older, &keyring, None).unwrap();
    assert_eq!(leaves(&restored), Vec::<String>::new());
}

#[test]
fn a_backup_to_a_full_disk_leaves_no_half_file() {
    only_on_sqlite!();
    if outside::run(Command::new("fiu-run").arg("-h")).is_none() {
        return;
    }
    let house = House::new();
    house.admit(log(3000, 1)).unwrap();
    let closed = house.close();
    let shelf = Shelf::new();
    for (point, error) in [
        ("posix/io/rw/*", 28),
        ("posix/io/sync/*", 28),
        ("posix/io/rw/*", 5),
    ] {
        for chance in ["enable_random", "enable"] {
            let fault = match chance {
                "enable" => format!("enable name={point},failinfo={error}"),
                _ => format!("enable_random name={point},failinfo={error},probability=0.05"),
            };
            let made = Command::new("fiu-run")
                .args(["-x", "-c", &fault, env!("CARGO_BIN_EXE_breachvault")])
                .args(["backup", "--dir", closed.directory.path().to_str().unwrap()])
                .args(["--to", shelf.path("a.bvdata").to_str().unwrap()])
                .stdin(Stdio::null())
                .output()
                .unwrap();
            match fs::remove_file(shelf.path("a.bvdata")) {
                // By chance nothing failed.
                Ok(()) => assert_eq!(made.status.code(), Some(0), "{}", said(&made)),
                Err(_) => assert_ne!(made.status.code(), Some(0), "{}", said(&made)),
            }
            assert_eq!(shelf.left(), Vec::<String>::new(), "{fault}");
        }
    }
}

#[test]
fn a_backup_that_is_killed_while_it_is_sent_leaves_no_copy() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(3000, 1)).unwrap();
    let closed = house.close();
    let mut sends = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["backup", "--dir", closed.directory.path().to_str().unwrap()])
        .args(["--to", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It has begun to send, and cannot go on: nobody reads more than the first byte.
    let mut first = [0];
    let mut out = sends.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut first).unwrap();
    let left = || {
        let names = house::files(&closed.paths().data()).into_iter();
        names
            .filter(|path| path.to_string_lossy().contains("unfinished"))
            .count()
    };
    assert_eq!(left(), 0);
    sends.kill().unwrap();
    sends.wait().unwrap();
    assert_eq!(left(), 0);
}
