//! One person's erasure, from outside: what is answered, what the files hold, what a later file, an older database and
//! a kill make of it.

use std::fs;

use breachvault::operations::audit::ReadLeaf;
use breachvault::operations::erasure::{CarryOutErasure, DecideErasure, RequestErasure};
use breachvault::operations::record::{LookUp, SearchRecords};
use breachvault::operations::reveal::RequestReveal;
use breachvault::vault::{EraseError, Refusal, Vault};
use serde_json::{Value, json};

use crate::house::{Closed, House, REASON, ask, files};
use crate::tables::only_on_sqlite;

pub(crate) const ERASED: &str = "+447700900123";
const OTHER: &str = "+447700900124";

/// A file with a row for each number, another account for each file, and one row of the erased person in quarantine.
fn csv(account: &str, numbers: &[&str]) -> Vec<u8> {
    let mut text =
        String::from("account,user,number,carrier,country,state,sent_at,kind,message_ref\n");
    for (at, number) in numbers.iter().enumerate() {
        text += &format!(
            "{account},user.{at},{number},Carrier,GB,,2024-03-{:02}T12:00:00Z,sms,{account}-{at}\n",
            at + 1
        );
    }
    // No time: the row is quarantined with its number.
    text += &format!("{account},user.q,{ERASED},Carrier,GB,,never,sms,{account}-q\n");
    text.into_bytes()
}

pub(crate) fn admitted() -> House {
    let house = House::new();
    admit_to(&house);
    house
}

pub(crate) fn admit_to(house: &House) {
    for account in ["one", "two"] {
        house
            .admit(csv(account, &[OTHER, ERASED, "+447700900125"]))
            .unwrap();
    }
}

fn look_up(vault: &Vault, house: &House, number: &str) -> Value {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let case = [("case", house.people.case.as_str())];
    ask::<LookUp>(vault, &house.people.investigator, &case, body).unwrap()
}

fn wanted(number: &str) -> Value {
    json!({ "number": number, "purpose": "victim-inquiry", "reason": REASON })
}

/// Asked by the investigator, approved by a lead, carried out by the custodian. Nothing is overwritten yet.
pub(crate) fn carried_out(house: &House, number: &str) {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let asked = house.ask::<RequestErasure>(&people.investigator, &case, wanted(number));
    let id = asked.unwrap()["erasure"].as_str().unwrap().to_owned();
    let ids = [("erasure", id.as_str())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house.ask::<DecideErasure>(&people.lead, &ids, yes).unwrap();
    let reason = json!({ "reason": REASON });
    let done = house.ask::<CarryOutErasure>(&people.custodian, &ids, reason);
    assert_eq!(done.unwrap()["state"], "used");
}

fn is_sound(vault: &Vault) {
    for check in vault.check_exhibits().unwrap() {
        assert!(check.is_sound(), "{:?}", check.faults);
    }
}

/// All bytes of the vault's files.
fn bytes(closed: &Closed) -> Vec<u8> {
    let all = files(closed.directory.path());
    all.iter()
        .flat_map(|path| fs::read(path).unwrap())
        .collect()
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|window| window == piece)
}

/// The sealed value of a term, and a piece of the sealed tags of its run.
fn sealed_term(closed: &Closed, no: u32) -> [Vec<u8>; 2] {
    let sql = "SELECT first, sealed, tags FROM term_run WHERE field = (SELECT field FROM term_run WHERE first <= ?1
               GROUP BY field ORDER BY max(length(sealed)) LIMIT 1) AND first <= ?1 ORDER BY first DESC LIMIT 1";
    let database = closed.database();
    let (first, sealed, tags): (u32, Vec<u8>, Vec<u8>) = database
        .query_row(sql, [no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    let from = 5 + 36 * (no - first) as usize;
    let middle = tags.len() / 2;
    [
        sealed[from..from + 36].to_vec(),
        tags[middle - 12..middle + 12].to_vec(),
    ]
}

#[test]
fn an_erased_number_is_absent_and_its_sealed_value_and_tag_are_in_no_file() {
    only_on_sqlite!();
    let house = admitted();
    let found = look_up(&house.vault, &house, ERASED);
    assert_eq!(found["results"][0]["state"], "exposed");
    let token = found["results"][0]["subject"].as_str().unwrap().to_owned();
    let before = house.left_by_a_kill();
    let pieces = sealed_term(&before, before.term_of(&token));
    assert!(pieces.iter().all(|piece| holds(&bytes(&before), piece)));

    carried_out(&house, ERASED);
    let absent = look_up(&house.vault, &house, "+447700900199");
    let in_between = look_up(&house.vault, &house, ERASED);
    assert_eq!(in_between["results"], absent["results"]);
    assert_eq!(house.vault.erase(), Ok(1));
    assert_eq!(house.vault.erase(), Ok(0));

    let after = look_up(&house.vault, &house, ERASED);
    assert_eq!(after, look_up(&house.vault, &house, "+447700900199"));
    // Few erasures are not counted for anybody.
    assert_eq!(after["basis"]["erasures"], "*");
    let other = look_up(&house.vault, &house, OTHER);
    assert_eq!(other["results"][0]["messages"], 2);
    is_sound(&house.vault);
    let left = bytes(&house.left_by_a_kill());
    for piece in &pieces {
        assert!(!holds(&left, piece));
    }

    // The token is as good as unknown.
    let case = [("case", house.people.case.as_str())];
    let body = json!({ "subjects": [token], "purpose": "notification", "reason": REASON });
    let refused = house.ask::<RequestReveal>(&house.people.investigator, &case, body);
    let unknown =
        json!({ "subjects": ["S-00000000"], "purpose": "notification", "reason": REASON });
    let not_there = house.ask::<RequestReveal>(&house.people.investigator, &case, unknown);
    let name = |refusal: Result<Value, Refusal>| match refusal {
        Err(Refusal::Failed(error, _)) => error.name().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(refused), name(not_there));
}

#[test]
fn an_erased_number_that_comes_again_is_a_new_subject_without_a_number() {
    let house = admitted();
    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    house.admit(csv("three", &[ERASED, OTHER])).unwrap();
    let after = look_up(&house.vault, &house, ERASED);
    assert_eq!(after["results"][0]["state"], "not_exposed");
    let other = look_up(&house.vault, &house, OTHER);
    assert_eq!(other["results"][0]["messages"], 3);
    is_sound(&house.vault);
}

#[test]
fn an_erasure_that_a_kill_interrupted_is_ended_by_the_next_start_before_anything_is_served() {
    only_on_sqlite!();
    let house = admitted();
    carried_out(&house, ERASED);
    let killed = house.left_by_a_kill();
    let vault = killed.open().unwrap();
    assert_eq!(vault.erase(), Ok(0), "the start ended it");
    is_sound(&vault);
    let found = look_up(&vault, &house, ERASED);
    assert_eq!(found["results"][0]["state"], "not_exposed");
}

#[test]
fn an_older_database_beside_todays_erasure_lists_forgets_the_number_again() {
    only_on_sqlite!();
    let house = admitted();
    let older = house.left_by_a_kill();
    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    let newer = house.left_by_a_kill();
    let lists = newer.paths().erasures();
    assert!(lists.exists());
    fs::copy(&lists, older.paths().erasures()).unwrap();
    let vault = older.open().unwrap();
    is_sound(&vault);
    let found = look_up(&vault, &house, ERASED);
    assert_eq!(found["results"][0]["state"], "not_exposed");
    assert_eq!(found["basis"]["erasures"], "*");
}

#[test]
fn a_run_that_is_put_back_brings_nobody_back_unseen() {
    only_on_sqlite!();
    let house = admitted();
    let before = house.left_by_a_kill();
    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    let after = house.close();
    type Run = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let older: Vec<Run> = {
        let database = before.database();
        let mut read = database
            .prepare("SELECT rowid, first_tag, tags, sealed FROM term_run")
            .unwrap();
        let rows = read.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    after.change(|database| {
        for (row, first_tag, tags, sealed) in &older {
            let sql = "UPDATE term_run SET first_tag = ?2, tags = ?3, sealed = ?4 WHERE rowid = ?1";
            database
                .execute(sql, (row, first_tag, tags, sealed))
                .unwrap();
        }
    });
    let vault = after.open().unwrap();
    let faults: Vec<String> = vault
        .check_exhibits()
        .unwrap()
        .into_iter()
        .flat_map(|check| check.faults)
        .collect();
    assert!(
        faults
            .iter()
            .any(|fault| fault.contains("was erased and is there again")),
        "{faults:?}"
    );
}

#[test]
fn asking_answers_the_same_for_a_number_that_no_exhibit_has() {
    let house = admitted();
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let ask = |number: &str| {
        let asked = house.ask::<RequestErasure>(&people.investigator, &case, wanted(number));
        let mut asked = asked.unwrap();
        asked["erasure"].take();
        asked
    };
    assert_eq!(ask(ERASED), ask("+447700900199"));
    // It is erased all the same: a later file does not bring it in.
    carried_out(&house, "+447700900199");
    assert_eq!(house.vault.erase(), Ok(1));
    house.admit(csv("four", &["+447700900199"])).unwrap();
    let found = look_up(&house.vault, &house, "+447700900199");
    assert_eq!(found["results"][0]["state"], "not_exposed");
    is_sound(&house.vault);
}

#[test]
fn an_erasure_has_as_many_leaves_for_a_number_that_no_exhibit_has() {
    only_on_sqlite!();
    let house = admitted();
    let leaves = || {
        let copy = house.left_by_a_kill();
        let sql = "SELECT count(*) FROM leaf";
        copy.database()
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let erase = |number| {
        carried_out(&house, number);
        let before = leaves();
        assert_eq!(house.vault.erase(), Ok(1));
        leaves() - before
    };
    let absent = erase("+447700900199");
    assert_eq!(erase(ERASED), absent);
    assert_eq!(erase(OTHER), absent);
}

#[test]
fn the_leaves_of_an_erasure_have_the_subject_and_the_generation_and_no_number() {
    let house = admitted();
    let token = look_up(&house.vault, &house, ERASED)["results"][0]["subject"].clone();
    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    let mut actions = Vec::new();
    for seq in 0.. {
        let ids = [("leaf", seq.to_string())];
        let ids = ids.each_ref().map(|(name, id)| (*name, id.as_str()));
        let Ok(leaf) = house.ask::<ReadLeaf>(&house.people.auditor, &ids, json!({})) else {
            break;
        };
        let text = leaf.to_string();
        assert!(!text.contains("7700900123"), "{seq}");
        if text.contains("erasure.overwrite") || text.contains("erasure.finish") {
            actions.push(leaf);
        }
        if seq > 500 {
            break;
        }
    }
    let finish = actions
        .iter()
        .find(|leaf| leaf.to_string().contains("erasure.finish"));
    let finish = finish.unwrap().to_string();
    assert!(finish.contains(token.as_str().unwrap()), "{finish}");
    assert!(finish.contains("generation"), "{finish}");
    // Prints and quarantine of each exhibit, and the terms.
    assert!(actions.len() >= 4, "{}", actions.len());
}

#[test]
fn an_erasure_that_cannot_end_is_told_and_tried_again_without_a_leaf() {
    only_on_sqlite!();
    let house = admitted();
    let case = house.people.case.clone();
    // What the copy holds, which a kill would leave.
    let copy = || house.left_by_a_kill();
    let leaves = || {
        let sql = "SELECT count(*) FROM leaf";
        let copy = copy();
        copy.database()
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let held_up = || {
        let all = house.vault.erasures_held_up();
        all.iter().map(|one| one.since).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for number in ["+447700900199", ERASED] {
        carried_out(&house, number);
        let before = leaves();
        // Somebody outside of the vault reads on and on, so its log cannot be cut.
        let reader = house.reader();
        let first = house.vault.erase();
        assert!(matches!(first, Err(EraseError::Store(_))), "{first:?}");
        let overwritten = leaves() - before;
        let since = held_up();
        assert_eq!(since.len(), 1);
        assert_eq!(house.vault.erasures_held_up()[0].case, case);
        for _ in 0..2 {
            house.clock.advance_seconds(60);
            assert!(house.vault.erase().is_err());
            assert_eq!(held_up(), since);
        }
        assert_eq!(leaves() - before, overwritten, "a try has no leaf");
        let left = copy();
        let told = left.doctor();
        let line = format!("{case}: what is stored of a number is still being overwritten");
        assert!(told.contains(&line) && told.contains("NOTICE"), "{told}");
        drop(reader);
        assert_eq!(house.vault.erase(), Ok(1));
        assert_eq!(held_up(), []);
        all.push((overwritten, leaves() - before));
    }
    // It is all the same for a number that the case never had.
    assert_eq!(all[0], all[1]);
    is_sound(&house.vault);
}

#[test]
fn a_copy_that_a_killed_backup_left_is_gone_before_an_erasure_ends_and_after_a_start() {
    only_on_sqlite!();
    let house = admitted();
    let data = house.paths().data();
    let at = |name: &str| data.join(format!(".breachvault-unfinished-{name}"));
    let put = |name: &str| fs::write(at(name), "what was copied").unwrap();
    // Its maker is at work, in whichever process.
    put("atwork");
    let lock = fs::File::open(at("atwork")).unwrap();
    lock.lock().unwrap();
    put("atwork-journal");
    put("left");
    put("gone-journal");
    let closed = house.left_by_a_kill();
    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    assert!(!at("left").exists() && !at("gone-journal").exists());
    assert!(at("atwork").exists() && at("atwork-journal").exists());

    // The doctor tells of them and of a room of a restore, and takes none away.
    let room = tempfile::Builder::new()
        .prefix(".breachvault-restore-")
        .tempdir_in(closed.directory.path())
        .unwrap();
    let told = closed.doctor();
    for name in ["-left", "-gone-journal", "-atwork"] {
        let named = format!(".breachvault-unfinished{name}");
        assert!(told.contains(&named), "{name}: {told}");
    }
    let room_named = room.path().file_name().unwrap().to_str().unwrap();
    assert!(
        told.contains(room_named) && told.contains("NOTICE"),
        "{told}"
    );
    let left = || {
        let names = files(&closed.paths().data()).into_iter();
        names
            .filter(|path| path.to_string_lossy().contains("unfinished"))
            .count()
    };
    assert_eq!(left(), 4);
    let vault = closed.open().unwrap();
    assert_eq!(left(), 0);
    vault.stop().unwrap();
    drop(lock);
}

#[test]
fn names_and_area_states_of_an_erased_number_go_also_after_a_kill_and_the_exhibits_stay_sound() {
    only_on_sqlite!();
    const HERE: &str = "+13075550188";
    let house = House::new();
    let file = |account: &str| {
        let mut text = String::from("account,user,number,carrier,country,state,sent_at,kind\n");
        for (at, (number, user)) in [
            (HERE, "own.name"),
            ("+12105550711", "3075550188"),
            ("+13075550111", "ann.b"),
        ]
        .iter()
        .enumerate()
        {
            let sent_at = format!("2024-03-{:02}T12:00:00Z", at + 1);
            text += &format!("{account},{user},{number},Bell,US,TX,{sent_at},sms\n");
        }
        text.into_bytes()
    };
    house.admit(file("one")).unwrap();
    house.admit(file("two")).unwrap();
    let areas = |vault: &Vault| -> Vec<String> {
        let body = json!({ "filter": {}, "limit": 50, "purpose": "scoping", "reason": REASON });
        let case = [("case", house.people.case.as_str())];
        let found = ask::<SearchRecords>(vault, &house.people.investigator, &case, body).unwrap();
        let records = found["records"].as_array().unwrap().iter();
        let mut areas: Vec<String> = records
            .map(|record| record["area_state"].as_str().unwrap().to_owned())
            .collect();
        areas.sort_unstable();
        areas
    };
    assert_eq!(areas(&house.vault), ["TX", "TX", "WY", "WY", "WY", "WY"]);
    carried_out(&house, HERE);

    // A kill before anything was overwritten, and one after all was.
    let killed = house.left_by_a_kill();
    assert_eq!(house.vault.erase(), Ok(1));
    let done = house.left_by_a_kill();
    for left in [killed, done] {
        let vault = left.open().unwrap();
        assert_eq!(vault.erase(), Ok(0));
        assert_eq!(areas(&vault), ["", "", "TX", "TX", "WY", "WY"]);
        is_sound(&vault);
    }

    // A later file of the same rows: those of the number are new, and nothing of it comes back.
    let mut later = file("one");
    later.extend_from_slice(b"one,other,+12105550712,Bell,US,TX,2024-03-09T12:00:00Z,sms\n");
    house.admit(later).unwrap();
    let again = areas(&house.vault);
    assert!(
        again.iter().filter(|area| *area == "WY").count() == 2,
        "{again:?}"
    );
    is_sound(&house.vault);
}
