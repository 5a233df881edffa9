//! A case's key is rotated, from outside: answers before, meanwhile and after, what the files hold, what a kill, a
//! damage, an erasure or an admission in between make of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Cursor;

use breachvault::domain::{OperatorName, Reference, Title};
use breachvault::ingest::Declared;
use breachvault::operations::audit::ReadLeaf;
use breachvault::operations::case::ReadCase;
use breachvault::operations::erasure::{CarryOutErasure, DecideErasure, RequestErasure};
use breachvault::operations::exhibit::{AdmitRequest, Arriving, ListExhibits, admit};
use breachvault::operations::key::{KeyStatus, ListSlots, ReadKeys, RotateCaseKey};
use breachvault::operations::membership::DecideMembership;
use breachvault::operations::operator::AddOperator;
use breachvault::operations::record::{CountRecords, LookUp, SearchRecords};
use breachvault::operations::reveal::{ReadReveal, RequestReveal};
use breachvault::policy::Denial;
use breachvault::vault::identity::{EnrolmentToken, Password};
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{
    Caller, Conflict, OperationError, Refusal, RotateError, SignIn, StartError, Vault, trail,
};
use serde_json::{Value, json};

use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, files, log, numbers};
use crate::tables::only_on_sqlite;

const ROWS: u64 = 3000;
const ERASED: &str = "+447700900123";
const OTHER: &str = "+447700900124";
const ABSENT: &str = "+447700900199";

/// A small file with a duplicate, and a row without a time.
fn csv(name: &str, people: &[&str]) -> Vec<u8> {
    let mut text =
        String::from("account,user,number,carrier,country,state,sent_at,kind,message_ref\n");
    for (at, number) in people.iter().enumerate() {
        let row = format!(
            "one,user.{at},{number},Carrier,GB,,2024-03-{:02}T12:00:00Z,sms,{name}-{at}\n",
            at + 1
        );
        text += &row;
        text += &row;
    }
    text += &format!("one,user.q,{OTHER},Carrier,GB,,never,sms,{name}-q\n");
    text.into_bytes()
}

pub(crate) fn sign_in(vault: &Vault, name: &str) -> Caller {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

/// A case in which every table has something that is sealed: two files, an erasure, a liaison, a request, a release.
struct Scene {
    house: House,
    administrator: Caller,
    reveal: String,
    leaf: u64,
    known: String,
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        let people = &house.people;
        let administrator = sign_in(&house.vault, "archibald");
        house.admit(log(ROWS, 1)).unwrap();
        house.admit(csv("two", &[OTHER, ERASED])).unwrap();
        erase(&house, ERASED);
        let liaison = json!({ "name": "lieselotte", "role": "liaison" });
        let invited = ask::<AddOperator>(&house.vault, &administrator, &[], liaison).unwrap();
        let token = EnrolmentToken::parse(invited["enrolment"].as_str().unwrap()).unwrap();
        let liaison = house::enter(&house.vault, "lieselotte", &token);
        let bound = json!({ "role": "liaison", "account": "one", "reason": REASON });
        let named =
            house::name_member(&house.vault, &people.lead, &people.case, &liaison, bound).unwrap();
        let ids = [("membership", named["membership"].as_str().unwrap())];
        let yes = json!({ "decision": "approve", "reason": REASON });
        house
            .ask::<DecideMembership>(&people.other_lead, &ids, yes)
            .unwrap();
        let known = numbers(ROWS, 1, 1).remove(0);
        let mut scene = Self {
            house,
            administrator,
            reveal: String::new(),
            leaf: 0,
            known,
        };
        let subject = scene.look_up(&scene.house.vault, OTHER)["results"][0]["subject"].clone();
        let wanted = json!({ "subjects": [subject], "purpose": "notification", "reason": REASON });
        let people = &scene.house.people;
        let case = [("case", people.case.as_str())];
        let asked = scene
            .house
            .ask::<RequestReveal>(&people.investigator, &case, wanted);
        scene.reveal = asked.unwrap()["reveal"].as_str().unwrap().to_owned();
        let table = json!({ "by": ["country"], "audience": "protected" });
        scene
            .house
            .ask::<CountRecords>(&people.lead, &case, table)
            .unwrap();
        let copy = scene.house.left_by_a_kill();
        scene.leaf = copy
            .database()
            .query_row(
                "SELECT max(seq) FROM leaf WHERE action = 'reveal.request'",
                [],
                |row| row.get::<_, i64>(0),
            )
            .unwrap()
            .unsigned_abs();
        for column in SEALED {
            let (table, column) = column.split_once('.').unwrap();
            let sql = format!("SELECT count(*) FROM {table} WHERE length({column}) > 0");
            let rows: i64 = copy
                .database()
                .query_row(&sql, [], |row| row.get(0))
                .unwrap();
            assert!(rows > 0, "nothing in {table}");
        }
        scene
    }

    fn rotate(&self) -> Result<Value, Refusal> {
        let case = [("case", self.house.people.case.as_str())];
        let reason = json!({ "reason": REASON });
        self.house
            .ask::<RotateCaseKey>(&self.administrator, &case, reason)
    }

    fn look_up(&self, vault: &Vault, number: &str) -> Value {
        let people = &self.house.people;
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        let case = [("case", people.case.as_str())];
        ask::<LookUp>(vault, &people.investigator, &case, body).unwrap()
    }

    /// What people read of the case: everything but ids of leaves.
    fn answers(&self, vault: &Vault) -> Vec<Value> {
        let people = &self.house.people;
        let case = [("case", people.case.as_str())];
        let mut all: Vec<Value> = [self.known.as_str(), OTHER, ERASED, ABSENT]
            .into_iter()
            .map(|number| self.look_up(vault, number))
            .collect();
        let wanted = json!({ "filter": {}, "limit": 50, "purpose": "scoping", "reason": REASON });
        let mut found = ask::<SearchRecords>(vault, &people.investigator, &case, wanted).unwrap();
        // A cursor is sealed anew each time.
        assert!(found["next"].take().is_string());
        all.push(found);
        for audience in ["team", "protected"] {
            let table = json!({ "by": ["country"], "audience": audience });
            all.push(ask::<CountRecords>(vault, &people.lead, &case, table).unwrap());
        }
        all.push(ask::<ReadCase>(vault, &people.lead, &case, json!({})).unwrap());
        all.push(ask::<ListExhibits>(vault, &people.lead, &case, json!({})).unwrap());
        let reveal = [("reveal", self.reveal.as_str())];
        all.push(ask::<ReadReveal>(vault, &people.lead, &reveal, json!({})).unwrap());
        let leaf = self.leaf.to_string();
        let leaf = [("leaf", leaf.as_str())];
        let read = ask::<ReadLeaf>(vault, &people.auditor, &leaf, json!({})).unwrap();
        assert!(read["detail"].to_string().contains(REASON), "{read}");
        all.push(read["detail"].clone());
        all
    }

    /// A page of all records; one after `cursor`, if it is given.
    fn page(&self, cursor: Option<&str>) -> Result<Value, Refusal> {
        let people = &self.house.people;
        let case = [("case", people.case.as_str())];
        let mut wanted =
            json!({ "filter": {}, "limit": 20, "purpose": "scoping", "reason": REASON });
        if let Some(cursor) = cursor {
            wanted["cursor"] = cursor.into();
        }
        self.house
            .ask::<SearchRecords>(&people.investigator, &case, wanted)
    }

    fn rotations(&self) -> Value {
        let status = self
            .house
            .ask::<KeyStatus>(&self.administrator, &[], json!({}));
        status.unwrap()["rotations"].clone()
    }
}

/// While a case has two keys there is one generation more, and its rotation is under way; in each other one none is.
#[test]
fn what_is_said_of_the_keyring_is_of_one_moment() {
    const ROTATIONS: u64 = 10;
    let house = House::new();
    let administrator = sign_in(&house.vault, "archibald");
    let said = |no: u64| {
        let none = json!({});
        let of_keyring = |answer: Value| answer["keyring"].clone();
        match no % 3 {
            0 => house.ask::<KeyStatus>(&administrator, &[], none),
            1 => house
                .ask::<ReadKeys>(&administrator, &[], none)
                .map(of_keyring),
            _ => house
                .ask::<ListSlots>(&administrator, &[], none)
                .map(of_keyring),
        }
        .unwrap()
    };
    let generation = |said: &Value| said["generation"].as_u64().unwrap();
    let before = generation(&said(0));
    let mut seen = BTreeSet::new();
    std::thread::scope(|threads| {
        let rotating = threads.spawn(|| {
            let case = [("case", house.people.case.as_str())];
            for _ in 0..ROTATIONS {
                let reason = json!({ "reason": REASON });
                let begun = house.ask::<RotateCaseKey>(&administrator, &case, reason);
                begun.unwrap();
                assert_eq!(house.vault.rotate(), Ok(1));
            }
        });
        for no in 0.. {
            if rotating.is_finished() {
                break;
            }
            let said = said(no);
            let since = generation(&said) - before;
            let under_way = said["rotations"].as_array().unwrap().len();
            assert_eq!(under_way as u64, since % 2, "{said}");
            seen.insert(since);
        }
    });
    assert_eq!(generation(&said(0)), before + 2 * ROTATIONS);
    assert!(seen.len() > 1, "{seen:?}");
}

/// Asked for, approved, carried out and overwritten.
fn erase(house: &House, number: &str) {
    carry_out_erasure(house, number);
    assert_eq!(house.vault.erase(), Ok(1));
}

fn carry_out_erasure(house: &House, number: &str) {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let wanted = json!({ "number": number, "purpose": "victim-inquiry", "reason": REASON });
    let asked = house.ask::<RequestErasure>(&people.investigator, &case, wanted);
    let id = asked.unwrap()["erasure"].as_str().unwrap().to_owned();
    let ids = [("erasure", id.as_str())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house.ask::<DecideErasure>(&people.lead, &ids, yes).unwrap();
    let reason = json!({ "reason": REASON });
    let done = house.ask::<CarryOutErasure>(&people.custodian, &ids, reason);
    assert_eq!(done.unwrap()["state"], "used");
}

/// Every column with something that is sealed under the key of a case.
const SEALED: [&str; 15] = [
    "block.sealed",
    "statistics.sealed",
    "seen.sealed",
    "dictionary.sealed",
    "subject_index.sealed",
    "quarantine.sealed",
    "duplicate.sealed",
    "exhibit.sealed",
    "term_run.sealed",
    "term_run.tags",
    "detail.sealed",
    "cases.sealed",
    "membership.account",
    "request.sealed",
    "release.sealed",
];

/// Under which keys the column has something; those of the vault itself begin with 0x80.
fn keys_in(closed: &Closed, column: &str) -> BTreeSet<Vec<u8>> {
    let (table, column) = column.split_once('.').unwrap();
    let sql =
        format!("SELECT DISTINCT substr({column}, 2, 4) FROM {table} WHERE length({column}) > 0");
    let database = closed.database();
    let mut statement = database.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The ids of the case's keys in the keyring on disk, newest first.
fn key_ids(closed: &Closed) -> Vec<u32> {
    let locked = LockedKeyring::read(&closed.paths().keyring()).unwrap();
    let keyring = locked
        .unlock(&Passphrase::new(PASSPHRASE.to_owned()))
        .unwrap();
    let ids = keyring.case_key_ids(&closed.people.case);
    ids.into_iter().map(|id| id.number()).collect()
}

fn is_sound(vault: &Vault) {
    for check in vault.check_exhibits().unwrap() {
        assert!(check.is_sound(), "{:?}", check.faults);
    }
    assert!(vault.check_details().is_ok());
}

/// A piece from the middle of some sealed values.
fn pieces(closed: &Closed) -> Vec<Vec<u8>> {
    let database = closed.database();
    let mut pieces = Vec::new();
    for column in SEALED {
        let (table, column) = column.split_once('.').unwrap();
        let sql = format!("SELECT {column} FROM {table} WHERE length({column}) > 60 LIMIT 20");
        let mut statement = database.prepare(&sql).unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .unwrap();
        for sealed in rows.map(Result::unwrap).filter(|sealed| sealed[1] < 0x80) {
            let middle = sealed.len() / 2;
            pieces.push(sealed[middle - 12..middle + 12].to_vec());
        }
    }
    assert!(pieces.len() > 40, "{} pieces", pieces.len());
    pieces
}

fn found_in_files(closed: &Closed, pieces: &[Vec<u8>]) -> usize {
    let all: Vec<u8> = files(closed.directory.path())
        .iter()
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    let wanted: BTreeSet<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
    all.windows(24)
        .filter(|window| wanted.contains(window))
        .count()
}

#[test]
fn a_rotated_case_answers_alike_at_every_step_and_nothing_of_its_old_key_is_left() {
    only_on_sqlite!();
    let scene = Scene::new();
    let vault = &scene.house.vault;
    let before = scene.house.left_by_a_kill();
    let pieces = pieces(&before);
    assert!(found_in_files(&before, &pieces) >= pieces.len());
    let answers = scene.answers(vault);
    assert_eq!(vault.rotate(), Ok(0), "nobody asked for it");
    let next = |page: &Value| page["next"].as_str().unwrap().to_owned();
    let cursor = next(&scene.page(None).unwrap());
    let second = scene.page(Some(&cursor)).unwrap()["records"].clone();

    for other in [&scene.house.people.lead, &scene.house.people.custodian] {
        let case = [("case", scene.house.people.case.as_str())];
        let reason = json!({ "reason": REASON });
        let refused = scene.house.ask::<RotateCaseKey>(other, &case, reason);
        assert!(matches!(
            refused,
            Err(Refusal::Denied(Denial::NotAllowed, _))
        ));
    }
    scene.rotate().unwrap();
    let twice = OperationError::Conflict(Conflict::RotationUnderWay);
    assert!(matches!(scene.rotate(), Err(Refusal::Failed(error, _)) if error == twice));
    assert_eq!(key_ids(&scene.house.left_by_a_kill()), [2, 1]);
    assert_eq!(scene.answers(vault), answers);
    let meanwhile = scene.page(Some(&cursor)).unwrap();
    assert_eq!(meanwhile["records"], second);

    // Step by step. What a kill leaves between two steps goes on where it stood.
    let (mut steps, mut mixed) = (0, 0);
    while !vault.rotate_some(1).unwrap() {
        steps += 1;
        assert!(steps < 200);
        assert_eq!(scene.answers(vault), answers, "after step {steps}");
        let progress = scene.rotations();
        assert_eq!(progress[0]["case"], scene.house.people.case.as_str());
        assert!(progress[0]["bytes_done"].as_u64() <= progress[0]["bytes"].as_u64());
        let killed = scene.house.left_by_a_kill();
        mixed += usize::from(keys_in(&killed, "block.sealed").len() > 1);
        if steps % 4 == 1 {
            let opened = killed.open().unwrap();
            is_sound(&opened);
            assert_eq!(opened.rotate(), Ok(1), "after step {steps}");
            is_sound(&opened);
            opened.stop().unwrap();
            assert_eq!(key_ids(&killed), [2]);
            assert!(trail::verify_directory(&killed.paths(), None, &[]).is_ok());
        }
    }
    assert!(
        steps > 5 && mixed > 0,
        "{steps} steps, {mixed} in a block table"
    );
    assert_eq!(vault.rotate(), Ok(0));
    assert_eq!(scene.rotations(), json!([]));
    assert_eq!(scene.answers(vault), answers);
    is_sound(vault);

    // Where a page ended before is told no more, and what to do is. A page from meanwhile has the new key.
    match scene.page(Some(&cursor)) {
        Err(Refusal::Failed(OperationError::NotInData { at, refusal }, _)) => {
            assert_eq!(at, "cursor");
            let rule = refusal.rule();
            assert!(rule.contains("ask again from the first page"), "{rule}");
        }
        _ => panic!("the old key still opens"),
    }
    assert!(scene.page(Some(&next(&meanwhile))).is_ok());
    let cursor = next(&scene.page(None).unwrap());
    assert_eq!(scene.page(Some(&cursor)).unwrap()["records"], second);

    // The old key is in no keyring, seals nothing, and no old ciphertext is in any file.
    let after = scene.house.left_by_a_kill();
    assert_eq!(key_ids(&after), [2]);
    for column in SEALED {
        let mut keys = keys_in(&after, column);
        keys.remove(&vec![0x80, 0, 0, 1]);
        assert_eq!(keys, BTreeSet::from([vec![0, 0, 0, 2]]), "{column}");
    }
    assert_eq!(found_in_files(&after, &pieces), 0);
    assert!(trail::verify_directory(&after.paths(), None, &[]).is_ok());
    // Yesterday's keyring under today's database is refused.
    let put = after.copy();
    std::fs::copy(before.paths().keyring(), put.paths().keyring()).unwrap();
    assert!(matches!(put.open(), Err(StartError::Control(_))));

    // What names and finds things is what it was: the same file, the same messages, the erased number.
    let again = scene.house.admit(csv("two", &[OTHER, ERASED]));
    let Err(Refusal::Failed(error, _)) = again else {
        panic!("the same file came twice");
    };
    assert_eq!(error.name(), "already-admitted");
    let mut file = csv("two", &[OTHER]);
    file.extend_from_slice(b"one,user.x,+447700900130,Carrier,GB,,2024-03-20T12:00:00Z,sms,x\n");
    let messages = || scene.look_up(vault, OTHER)["results"][0]["messages"].clone();
    let before = messages();
    scene.house.admit(file).unwrap();
    assert_eq!(messages(), before);
    scene.house.admit(csv("three", &[ERASED])).unwrap();
    let erased = scene.look_up(vault, ERASED);
    assert_eq!(erased["results"][0]["state"], "not_exposed");
    is_sound(vault);

    // And once more.
    scene.rotate().unwrap();
    assert_eq!(vault.rotate(), Ok(1));
    let third = scene.house.left_by_a_kill();
    assert_eq!(key_ids(&third), [3]);
    is_sound(vault);
}

#[test]
fn people_read_while_a_rotation_runs_and_an_erasure_comes_first() {
    only_on_sqlite!();
    let scene = Scene::new();
    let vault = &scene.house.vault;
    scene.rotate().unwrap();
    let found = scene.look_up(vault, OTHER)["results"].clone();
    let known = scene.look_up(vault, &scene.known)["results"].clone();
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let reads: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let mut reads = 0;
                    while reads < 3 || !ended.load(std::sync::atomic::Ordering::Acquire) {
                        assert_eq!(scene.look_up(vault, OTHER)["results"], found);
                        assert_eq!(scene.look_up(vault, &scene.known)["results"], known);
                        reads += 1;
                        std::thread::sleep(std::time::Duration::from_millis(5));
                    }
                })
            })
            .collect();
        // A reader whose snapshot is from before the last step keeps the old key for a moment.
        let begun = std::time::Instant::now();
        loop {
            match vault.rotate() {
                Ok(1) => break,
                Err(RotateError::Store(_)) if begun.elapsed().as_secs() < 60 => {}
                other => panic!("{other:?}"),
            }
        }
        ended.store(true, std::sync::atomic::Ordering::Release);
        for read in reads {
            read.join().unwrap();
        }
    });
    is_sound(vault);

    // In the middle of the next one somebody is erased.
    scene.rotate().unwrap();
    assert_eq!(vault.rotate_some(2), Ok(false));
    carry_out_erasure(&scene.house, OTHER);
    assert_eq!(vault.erase(), Ok(1));
    is_sound(vault);
    assert_eq!(vault.rotate(), Ok(1));
    is_sound(vault);
    let gone = scene.look_up(vault, OTHER);
    assert_eq!(gone["results"][0]["state"], "not_exposed");
    assert_eq!(key_ids(&scene.house.left_by_a_kill()), [3]);
}

#[test]
fn a_rotation_waits_for_an_admission_that_began_before_and_not_for_one_that_begins_later() {
    only_on_sqlite!();
    let scene = Scene::new();
    let people = &scene.house.people;
    let vault = &scene.house.vault;
    let request = || AdmitRequest {
        case: people.case.clone(),
        name: Some(Title::parse("zeppelin-april.csv").unwrap()),
        source: Some(Reference::parse("zeppelin supplier").unwrap()),
        declared: Declared::default(),
        region: None,
        dry_run: false,
        preview: false,
        accept_quarantined: false,
    };
    let refused = Cell::new(0);
    let file = Arriving::whole(Box::new(Cursor::new(log(ROWS, 2))), None);
    admit(vault, &people.custodian, request(), file, &mut |_| {
        let under_way = OperationError::Conflict(Conflict::AdmissionInProgress);
        if matches!(scene.rotate(), Err(Refusal::Failed(error, _)) if error == under_way) {
            refused.set(refused.get() + 1);
        }
        true
    })
    .unwrap();
    assert!(refused.get() > 0);
    assert_eq!(key_ids(&scene.house.left_by_a_kill()), [1]);

    scene.rotate().unwrap();
    assert_eq!(vault.rotate_some(2), Ok(false));
    // It reads what is under both keys, and seals under the new one; the rotation ends in the middle of it.
    let ended = Cell::new(0);
    let file = Arriving::whole(Box::new(Cursor::new(log(ROWS, 3))), None);
    admit(vault, &people.custodian, request(), file, &mut |_| {
        // As long as the admission reads a snapshot from before the last step, the old key stays.
        match vault.rotate() {
            Ok(cases) => ended.set(ended.get() + cases),
            Err(RotateError::Store(_)) => {}
            other => panic!("{other:?}"),
        }
        true
    })
    .unwrap();
    assert_eq!(ended.get() + vault.rotate().unwrap(), 1);
    is_sound(vault);
    assert_eq!(key_ids(&scene.house.left_by_a_kill()), [2]);
}

#[test]
fn what_is_not_what_was_sealed_is_not_sealed_again_and_the_old_key_stays() {
    only_on_sqlite!();
    let scene = Scene::new();
    scene.rotate().unwrap();
    let begun = scene.house.close();
    for sql in [
        "DELETE FROM statistics",
        "UPDATE block SET sealed = zeroblob(length(sealed))
         WHERE rowid = (SELECT max(rowid) FROM block)",
        "UPDATE term_run SET sealed = zeroblob(length(sealed))",
    ] {
        let damaged = begun.copy();
        damaged.sql(sql);
        let vault = damaged.open().unwrap();
        assert_eq!(vault.rotate(), Err(RotateError::Case), "{sql}");
        let progress = vault.rotations();
        assert!(progress.len() == 1 && progress[0].held_up, "{sql}");
        drop(vault);
        assert_eq!(key_ids(&damaged), [2, 1], "{sql}");
    }
    // The vault itself goes on.
    let vault = begun.open().unwrap();
    assert_eq!(vault.rotate(), Ok(1));
    is_sound(&vault);
}
