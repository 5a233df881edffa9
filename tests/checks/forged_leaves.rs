//! Whoever can write the database and has no key shows an auditor no forged log: bytes, columns and missing leaves,
//! to a vault that is closed and to one that is served.

use breachvault::operations::audit::{CountLeaves, ProveLeaf, ReadLeaf, SearchLeaves, SignOff};
use breachvault::operations::record::LookUp;
use breachvault::operations::session::ReadSelf;
use breachvault::policy::Denial;
use breachvault::vault::{Caller, OperationError, Refusal, Vault};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::house::{Closed, House, People, REASON, ask, log, numbers};
use crate::tables::only_on_sqlite;

const ROWS: u64 = 60;

/// Every kind of change to the leaf of the lookup. `?` stands for its number.
const CHANGES: &[&str] = &[
    "UPDATE leaf SET action = 'session.read' WHERE seq = ?",
    "UPDATE leaf SET outcome = 'denied' WHERE seq = ?",
    "UPDATE leaf SET operator = NULL WHERE seq = ?",
    "UPDATE leaf SET case_id = NULL WHERE seq = ?",
    "UPDATE leaf SET object = 'r_00000000000000000000' WHERE seq = ?",
    "UPDATE leaf SET time = time + 1 WHERE seq = ?",
    "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), 'record.lookup', 'record.search') AS BLOB)
     WHERE seq = ?",
    "UPDATE leaf SET bytes = x'' WHERE seq = ?",
    "UPDATE leaf SET seq = -1 WHERE seq = ?",
    "DELETE FROM leaf WHERE seq = ?",
    "UPDATE tree_hash SET hash = zeroblob(32) WHERE position = 0",
    "DELETE FROM tree_hash WHERE position = 0",
];

/// Changes to the entries by which the log is searched: fewer, more, others.
const ENTRIES: &[&str] = &[
    "DELETE FROM leaf_index WHERE criterion = 5 AND seq = ?",
    "DELETE FROM leaf_index",
    "UPDATE leaf_index SET value = 'session.read' WHERE criterion = 5 AND seq = ?",
    "UPDATE leaf_index SET seq = 100000 WHERE criterion = 5 AND seq = ?",
    "UPDATE leaf_index SET criterion = 1 WHERE criterion = 5 AND seq = ?",
    "INSERT INTO leaf_index VALUES (2, 'denied', ?)",
    "INSERT INTO leaf_index VALUES (5, 'record.lookup', 100000)",
];

fn sample() -> (Closed, u64) {
    sample_before(0)
}

/// A vault with one lookup, and so many leaves after it.
fn sample_before(more: u64) -> (Closed, u64) {
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    look_up(&house.vault, &house.people);
    for _ in 0..more {
        ask::<ReadSelf>(&house.vault, &house.people.lead, &[], json!({})).unwrap();
    }
    let closed = house.close();
    let sql = "SELECT max(seq) FROM leaf WHERE action = 'record.lookup'";
    let leaf = closed
        .database()
        .query_row(sql, [], |row| row.get::<_, i64>(0));
    (closed, leaf.unwrap().try_into().unwrap())
}

fn look_up(vault: &Vault, people: &People) {
    let body =
        json!({ "numbers": numbers(ROWS, 1, 1), "purpose": "quality-check", "reason": REASON });
    ask::<LookUp>(
        vault,
        &people.investigator,
        &[("case", people.case.as_str())],
        body,
    )
    .unwrap();
}

fn search(vault: &Vault, people: &People, query: Value) -> Result<Vec<u64>, Refusal> {
    let page = ask::<SearchLeaves>(vault, &people.auditor, &[], query)?;
    let leaves = page["leaves"].as_array().unwrap().iter();
    Ok(leaves.map(|leaf| leaf["seq"].as_u64().unwrap()).collect())
}

fn lookups(vault: &Vault, people: &People) -> Result<Vec<u64>, Refusal> {
    let query = json!({ "action": "record.lookup", "outcome": "done" });
    search(vault, people, query)
}

fn read(vault: &Vault, people: &People, leaf: u64) -> Result<Value, Refusal> {
    let leaf = leaf.to_string();
    ask::<ReadLeaf>(vault, &people.auditor, &[("leaf", &leaf)], json!({}))
}

fn count(vault: &Vault, people: &People) -> Result<Value, Refusal> {
    ask::<CountLeaves>(vault, &people.auditor, &[], json!({}))
}

fn sign_off(vault: &Vault, people: &People, size: u64) -> Result<Value, Refusal> {
    let body = json!({ "size": size, "reason": REASON });
    ask::<SignOff>(vault, &people.auditor, &[], body)
}

#[track_caller]
fn damaged<T: std::fmt::Debug>(vault: &Vault, asked: Result<T, Refusal>, change: &str) {
    match asked {
        Err(Refusal::Failed(OperationError::Damaged { place }, _)) => {
            let table = place.strip_prefix("table ");
            let known = ["leaf", "leaf_index", "tree_hash", "checkpoint", "detail"];
            assert!(
                table.is_some_and(|table| known.contains(&table)),
                "{change}: {place}"
            );
        }
        other => panic!("{change}: {other:?}"),
    }
    assert!(!vault.health().is_green(), "{change}");
}

#[test]
fn a_leaf_that_an_index_hides_is_missed_by_no_search() {
    only_on_sqlite!();
    // The index has entries from the 256th leaf on.
    let (closed, leaf) = sample_before(256);
    for change in ENTRIES {
        let sql = change.replace('?', &leaf.to_string());
        let edit = |db: &Connection| assert!(db.execute(&sql, []).unwrap() > 0, "{sql}");
        for served in [false, true] {
            let copy = closed.copy();
            let vault = match served {
                true => {
                    let vault = copy.open().unwrap();
                    assert_eq!(lookups(&vault, &copy.people).unwrap(), [leaf]);
                    copy.change(edit);
                    vault
                }
                false => {
                    copy.change(edit);
                    copy.open().unwrap()
                }
            };
            let found = search(&vault, &copy.people, json!({ "action": "record.lookup" }));
            damaged(&vault, found, change);
        }
    }
}

#[test]
fn a_search_or_a_sign_off_over_a_changed_log_is_refused_in_a_closed_and_a_served_vault() {
    only_on_sqlite!();
    let (closed, leaf) = sample();
    for change in CHANGES {
        let sql = change.replace('?', &leaf.to_string());
        for served in [false, true] {
            for how in ["search", "count", "sign off"] {
                let copy = closed.copy();
                let people = &copy.people;
                let edit = |db: &Connection| assert!(db.execute(&sql, []).unwrap() > 0, "{sql}");
                let vault = if served {
                    let vault = copy.open().unwrap();
                    assert_eq!(lookups(&vault, people).unwrap(), [leaf]);
                    copy.change(edit);
                    vault
                } else {
                    copy.change(edit);
                    // Some changes are found before anybody asks.
                    match copy.open() {
                        Ok(vault) => vault,
                        Err(_) => continue,
                    }
                };
                match how {
                    "search" => damaged(&vault, lookups(&vault, people), change),
                    "count" => damaged(&vault, count(&vault, people), change),
                    _ => damaged(&vault, sign_off(&vault, people, leaf), change),
                }
            }
        }
    }
}

#[test]
fn a_forged_leaf_is_not_read_and_not_proved() {
    only_on_sqlite!();
    let (closed, leaf) = sample();
    for change in &CHANGES[..8] {
        let copy = closed.copy();
        let vault = copy.open().unwrap();
        assert!(read(&vault, &copy.people, leaf).is_ok());
        copy.sql(&change.replace('?', &leaf.to_string()));
        damaged(&vault, read(&vault, &copy.people, leaf), change);

        let copy = closed.copy();
        let vault = copy.open().unwrap();
        copy.sql(&change.replace('?', &leaf.to_string()));
        let number = leaf.to_string();
        let ids = [("leaf", number.as_str())];
        let proof = house_proof(&vault, &copy.people, &ids);
        damaged(&vault, proof, change);
    }
}

fn house_proof(vault: &Vault, people: &People, ids: &[(&str, &str)]) -> Result<(), Refusal> {
    crate::house::perform::<ProveLeaf>(vault, &people.auditor, ids, json!({})).map(drop)
}

#[test]
fn whose_a_leaf_is_comes_from_the_leaf_and_not_from_the_column_beside_it() {
    only_on_sqlite!();
    let (closed, leaf) = sample();
    let number = leaf.to_string();
    let ids = [("leaf", number.as_str())];
    let prove = |vault: &Vault, caller: &Caller| {
        crate::house::perform::<ProveLeaf>(vault, caller, &ids, json!({})).map(drop)
    };
    let [owner, thief] = [&closed.people.investigator, &closed.people.lead];
    let [own, other] = [owner, thief].map(|caller| caller.operator_id().unwrap().to_string());
    let beside = format!("UPDATE leaf SET operator = '{other}' WHERE seq = {leaf}");
    let both = format!(
        "UPDATE leaf SET operator = '{other}',
                bytes = CAST(replace(CAST(bytes AS TEXT), '{own}', '{other}') AS BLOB) WHERE seq = {leaf}"
    );
    let nobody = format!("UPDATE leaf SET operator = NULL WHERE seq = {leaf}");
    for (sql, caller) in [
        (&beside, thief),
        (&both, thief),
        (&beside, owner),
        (&nobody, owner),
    ] {
        let copy = closed.copy();
        let vault = copy.open().unwrap();
        prove(&vault, owner).unwrap();
        let concealed = prove(&vault, thief);
        assert!(matches!(
            concealed,
            Err(Refusal::Denied(Denial::Concealed, _))
        ));
        copy.sql(sql);
        damaged(&vault, prove(&vault, caller), sql);
    }
}

#[test]
fn a_leaf_put_behind_the_end_is_in_no_answer() {
    only_on_sqlite!();
    let (closed, leaf) = sample();
    let vault = closed.open().unwrap();
    let people = &closed.people;
    closed.sql(&format!(
        "INSERT INTO leaf SELECT 1000000, time, operator, case_id, object, action, outcome, bytes FROM leaf
         WHERE seq = {leaf}"
    ));
    // What somebody else wrote costs one answer.
    drop(lookups(&vault, people));
    assert!(
        lookups(&vault, people).is_ok_and(|found| found == [leaf]) || !vault.health().is_green()
    );
    let asked = read(&vault, people, 1_000_000);
    assert!(asked.is_err(), "{asked:?}");
}

#[test]
fn a_foreign_write_that_changes_no_leaf_costs_one_answer_and_no_more() {
    only_on_sqlite!();
    let (closed, leaf) = sample();
    let vault = closed.open().unwrap();
    let people = &closed.people;
    assert_eq!(lookups(&vault, people).unwrap(), [leaf]);
    // Own commits are no foreign writes.
    look_up(&vault, people);
    assert_eq!(lookups(&vault, people).unwrap().len(), 2);
    // SQLite writes nothing for an update that changes nothing.
    closed.sql("UPDATE leaf SET action = action || '.' WHERE seq = 1");
    closed.sql("UPDATE leaf SET action = rtrim(action, '.') WHERE seq = 1");
    let at_once = lookups(&vault, people);
    assert!(
        matches!(at_once, Err(Refusal::Failed(OperationError::Store(_), _))),
        "{at_once:?}"
    );
    assert_eq!(lookups(&vault, people).unwrap().len(), 2);
    assert!(vault.health().is_green());
}
