//! Changes the files of a vault that is not running. Every change must be found, and the message
//! must name what was changed and where.
//!
//! No constraint is enforced, because a thief can do the same.

use std::fs;
use std::ops::Range;
use std::sync::LazyLock;

use crate::house::{self, Closed, House, REASON, ask, log, numbers};
use crate::tables::only_on_sqlite;
use breachvault::operations::audit::ReadLeaf;
use breachvault::operations::record::{CountRecords, LookUp, SearchRecords};
use breachvault::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use breachvault::vault::audit::VerifierKey;
use breachvault::vault::{OperationError, Refusal, StartError, Vault, trail};
use rusqlite::Connection;
use serde_json::{Value, json};

const ROWS: u64 = 3000;

/// One vault for all: two exhibits, a quarantine, a few queries in the log.
struct Sample {
    closed: Closed,
    key: VerifierKey,
    /// The newest checkpoint, as an auditor keeps it.
    kept: Vec<u8>,
    /// What the question of [`table_of`] is answered.
    table: Value,
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let house = House::new();
    let mut first = log(ROWS, 1);
    first.extend_from_slice(b"Acme,,not a number,X,US,DC,2024-03-01T10:00:00Z,sms,auth,r1\n");
    let report = house.admit(first).unwrap();
    assert_eq!(report["quarantined"], 1, "{report}");
    house.admit(log(ROWS / 2, 2)).unwrap();
    let table = table_of(&house.vault, &house.people).unwrap();
    for number in numbers(ROWS, 1, 3) {
        look_up(&house.vault, &house.people, &number).unwrap();
    }
    let closed = house.close();
    let paths = closed.paths();
    let key = fs::read_to_string(paths.vkey()).unwrap();
    let kept: String = value(&closed.database(), "SELECT note FROM checkpoint");
    Sample {
        key: key.trim().parse().unwrap(),
        kept: kept.into_bytes(),
        table,
        closed,
    }
});

fn table_of(vault: &Vault, people: &house::People) -> Result<Value, Refusal> {
    let body = json!({ "by": ["country", "state", "carrier", "kind"], "audience": "team" });
    let ids = [("case", people.case.as_str())];
    ask::<CountRecords>(vault, &people.investigator, &ids, body)
}

fn look_up(vault: &Vault, people: &house::People, number: &str) -> Result<Value, Refusal> {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let ids = [("case", people.case.as_str())];
    ask::<LookUp>(vault, &people.investigator, &ids, body)
}

fn search(vault: &Vault, people: &house::People) -> Result<Value, Refusal> {
    let body = json!({ "filter": { "sent_from": "2024-03-02T00:00:00Z" }, "limit": 50,
                       "purpose": "scoping", "reason": REASON });
    let ids = [("case", people.case.as_str())];
    ask::<SearchRecords>(vault, &people.investigator, &ids, body)
}

fn value<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Changes one byte in the middle of the one value that `place` picks.
fn flip(connection: &Connection, table: &str, column: &str, place: &str) {
    let mut bytes: Vec<u8> = value(
        connection,
        &format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {place}"),
    );
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let changed = connection.execute(
        &format!("UPDATE {table} SET {column} = ?1 WHERE {place}"),
        [bytes],
    );
    assert_eq!(changed, Ok(1), "{table}.{column} {place}");
}

/// What the offline verifier says of a copy that `change` was done to.
fn told_of_log(change: impl FnOnce(&Connection)) -> String {
    let hurt = SAMPLE.closed.copy();
    hurt.change(change);
    verify(&hurt).expect_err("the change was not found")
}

fn verify(closed: &Closed) -> Result<(), String> {
    let key = Some(SAMPLE.key.clone());
    match trail::verify_directory(&closed.paths(), key, std::slice::from_ref(&SAMPLE.kept)) {
        Ok(_) => Ok(()),
        Err(failure) => {
            assert!(failure.is_verification_failure(), "{failure}");
            Err(failure.to_string())
        }
    }
}

/// What is found wrong with the exhibits of a copy that `change` was done to.
fn faults(change: impl FnOnce(&Connection)) -> Vec<String> {
    let hurt = SAMPLE.closed.copy();
    hurt.change(change);
    let vault = hurt.open().unwrap();
    faults_in(&vault)
}

fn faults_in(vault: &Vault) -> Vec<String> {
    match vault.check_exhibits() {
        Ok(checks) => checks.into_iter().flat_map(|check| check.faults).collect(),
        Err(OperationError::Damaged { place }) => vec![place],
        Err(error) => panic!("{error:?}"),
    }
}

fn assert_found(found: &[String], named: &str, change: &str) {
    assert!(
        found.iter().any(|fault| fault.contains(named)),
        "{change}: expected `{named}`, found {found:?}"
    );
}

fn sql(sql: &str) -> impl FnOnce(&Connection) + '_ {
    move |connection| assert!(connection.execute(sql, []).unwrap() > 0, "{sql}")
}

#[test]
fn an_untouched_vault_is_found_good() {
    only_on_sqlite!();
    let copy = SAMPLE.closed.copy();
    copy.change(|_| ());
    assert_eq!(verify(&copy), Ok(()));
    let vault = copy.open().unwrap();
    assert_eq!(faults_in(&vault), [""; 0]);
    assert_eq!(table_of(&vault, &copy.people).unwrap(), SAMPLE.table);
}

#[test]
fn a_leaf_that_was_edited_is_named() {
    only_on_sqlite!();
    for leaf in [0, 7, 20] {
        let told = told_of_log(|db| flip(db, "leaf", "bytes", &format!("seq = {leaf}")));
        assert!(told.contains(&format!("at leaf {leaf}:")), "{told}");
    }
}

#[test]
fn leaves_that_were_swapped_are_named() {
    only_on_sqlite!();
    let told = told_of_log(|db| {
        sql("UPDATE leaf SET seq = -1 WHERE seq = 5")(db);
        sql("UPDATE leaf SET seq = 5 WHERE seq = 9")(db);
        sql("UPDATE leaf SET seq = 9 WHERE seq = -1")(db);
    });
    assert!(told.contains("at leaf 5:"), "{told}");
}

#[test]
fn a_leaf_that_was_dropped_is_named_also_when_the_rest_moved_up() {
    only_on_sqlite!();
    let told = told_of_log(sql("DELETE FROM leaf WHERE seq = 6"));
    assert!(told.contains("at leaf 6:"), "{told}");
    let told = told_of_log(|db| {
        sql("DELETE FROM leaf WHERE seq = 6")(db);
        sql("UPDATE leaf SET seq = -seq WHERE seq > 6")(db);
        sql("UPDATE leaf SET seq = -seq - 1 WHERE seq < 0")(db);
    });
    assert!(told.contains("at leaf 6:"), "{told}");
}

#[test]
fn a_leaf_that_was_cut_short_or_emptied_is_named() {
    only_on_sqlite!();
    for bytes in ["substr(bytes, 1, length(bytes) - 1)", "x''", "x'7b7d'"] {
        let told = told_of_log(sql(&format!(
            "UPDATE leaf SET bytes = {bytes} WHERE seq = 8"
        )));
        assert!(told.contains("at leaf 8:"), "{told}");
    }
}

#[test]
fn a_tail_that_was_cut_off_is_found_and_the_vault_does_not_go_on_from_there() {
    only_on_sqlite!();
    let hurt = SAMPLE.closed.copy();
    let leaves: i64 = value(&hurt.database(), "SELECT COUNT(*) FROM leaf");
    hurt.sql(&format!("DELETE FROM leaf WHERE seq >= {}", leaves - 2));
    let told = verify(&hurt).unwrap_err();
    assert!(told.contains(&format!("at leaf {}:", leaves - 2)), "{told}");
    let refused = hurt.open().err().expect("the vault opened");
    assert!(matches!(refused, StartError::Log(_)), "{refused}");
    assert!(
        refused
            .to_string()
            .contains(&format!("ends at leaf {}", leaves - 2)),
        "{refused}"
    );
}

#[test]
fn a_tail_cut_off_with_its_hashes_and_its_checkpoint_is_found_by_a_kept_checkpoint() {
    only_on_sqlite!();
    // A thief restores yesterday's whole database: nothing in it is wrong by itself.
    let house = House::new();
    house.vault.sum_strangers(1, 0).unwrap();
    let yesterday = house.close();
    let today = yesterday.copy();
    today.open().unwrap().stop().unwrap();
    let kept: String = value(&today.database(), "SELECT note FROM checkpoint");
    let paths = yesterday.paths();
    assert!(trail::verify_directory(&paths, None, &[]).is_ok());
    let told = trail::verify_directory(&paths, None, &[kept.into_bytes()]).unwrap_err();
    let leaves: i64 = value(&yesterday.database(), "SELECT COUNT(*) FROM leaf");
    assert!(
        told.to_string().contains(&format!("at leaf {leaves}:")),
        "{told}"
    );
}

#[test]
fn a_column_that_says_other_than_its_leaf_is_named() {
    only_on_sqlite!();
    for (column, other) in [
        ("operator", "'O-AAAAAAAAAAAAAAAA'"),
        ("case_id", "NULL"),
        ("object", "NULL"),
        ("action", "'record.lookup'"),
        ("outcome", "'denied'"),
        ("time", "time + 1"),
    ] {
        let change = format!(
            "UPDATE leaf SET {column} = {other} WHERE seq =
                 (SELECT max(seq) FROM leaf WHERE action = 'exhibit.finish')"
        );
        let told = told_of_log(sql(&change));
        assert!(told.contains(&format!("`{column}`")), "{told}");
    }
}

#[test]
fn a_tree_hash_that_was_changed_swapped_or_dropped_is_found() {
    only_on_sqlite!();
    let told = told_of_log(|db| flip(db, "tree_hash", "hash", "position = 0"));
    assert!(told.contains("at leaf 0:"), "{told}");
    let told = told_of_log(|db| flip(db, "tree_hash", "hash", "position = 2"));
    assert!(told.contains("between leaf 0 and leaf 1"), "{told}");
    let told = told_of_log(|db| {
        sql("UPDATE tree_hash SET position = -1 WHERE position = 3")(db);
        sql("UPDATE tree_hash SET position = 3 WHERE position = 4")(db);
        sql("UPDATE tree_hash SET position = 4 WHERE position = -1")(db);
    });
    assert!(told.contains("leaf 2"), "{told}");
    told_of_log(sql("DELETE FROM tree_hash WHERE position = 5"));
    told_of_log(sql("UPDATE tree_hash SET hash = x'00' WHERE position = 6"));
}

#[test]
fn a_checkpoint_that_was_changed_removed_or_contradicted_is_refused() {
    only_on_sqlite!();
    let told = told_of_log(sql("UPDATE checkpoint SET size = size - 1"));
    assert!(
        told.contains("the size beside the signed checkpoint"),
        "{told}"
    );
    let told = told_of_log(sql("DELETE FROM checkpoint"));
    assert!(told.contains("no signed checkpoint"), "{told}");
    let note = String::from_utf8(SAMPLE.kept.clone()).unwrap();
    let lines: Vec<&str> = note.lines().collect();
    for changed in [
        note.replacen(lines[1], "3", 1),
        note.replacen(lines[2], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1),
        note.replacen(lines[0], "breachvault/other", 1),
        note[..note.len() - 8].to_owned(),
        String::new(),
    ] {
        let hurt = SAMPLE.closed.copy();
        hurt.change(|db| {
            db.execute("UPDATE checkpoint SET note = ?1", [&changed])
                .unwrap();
        });
        assert!(
            verify(&hurt).unwrap_err().contains("checkpoint"),
            "{changed}"
        );
        assert!(
            matches!(hurt.open().err(), Some(StartError::Log(_))),
            "{changed}"
        );
    }
}

#[test]
fn a_leaf_put_in_at_the_end_is_found() {
    only_on_sqlite!();
    let hurt = SAMPLE.closed.copy();
    let leaves: i64 = value(&hurt.database(), "SELECT COUNT(*) FROM leaf");
    hurt.sql(&format!(
        "INSERT INTO leaf SELECT {leaves}, time, operator, case_id, object, action, outcome, bytes
         FROM leaf WHERE seq = 4"
    ));
    let told = verify(&hurt).unwrap_err();
    assert!(told.contains(&format!("leaf {leaves}")), "{told}");
    assert!(matches!(hurt.open().err(), Some(StartError::Log(_))));
}

#[test]
fn the_sealed_detail_of_a_leaf_opens_for_that_leaf_alone() {
    only_on_sqlite!();
    for (change, leaf) in [
        (
            "UPDATE detail SET sealed = (SELECT sealed FROM detail WHERE seq = 3) WHERE seq = 4",
            4,
        ),
        (
            "UPDATE detail SET sealed = substr(sealed, 1, 20) WHERE seq = 5",
            5,
        ),
        ("DELETE FROM detail WHERE seq = 6", 6),
        ("DELETE FROM detail", 0),
    ] {
        let hurt = SAMPLE.closed.copy();
        hurt.sql(change);
        // No proof needs a detail, so who has no key does not see it.
        assert_eq!(verify(&hurt), Ok(()));
        let vault = hurt.open().unwrap();
        let told = vault.check_details().unwrap_err().to_string();
        assert!(told.contains(&format!("leaf {leaf} ")), "{told}");
        let number = leaf.to_string();
        let asked = ask::<ReadLeaf>(
            &vault,
            &hurt.people.auditor,
            &[("leaf", &number)],
            json!({}),
        );
        assert_damaged(asked, "table detail", change);
    }
}

fn assert_damaged<T: std::fmt::Debug>(asked: Result<T, Refusal>, named: &str, change: &str) {
    match asked {
        Err(Refusal::Failed(OperationError::Damaged { place }, _)) => {
            assert!(place.contains(named), "{change}: {place}");
        }
        other => panic!("{change}: {other:?}"),
    }
}

/// Tables of sealed parts, one row of each, and what it is called.
const PARTS: [(&str, &str, &str); 9] = [
    (
        "block",
        "exhibit = 1 AND field = 3 AND no = 0",
        "number block 0",
    ),
    (
        "block",
        "exhibit = 1 AND field = 7 AND no = 0",
        "sent_at block 0",
    ),
    (
        "block",
        "exhibit = 2 AND field = 10 AND no = 0",
        "message_ref block 0",
    ),
    (
        "statistics",
        "exhibit = 1 AND no = 0",
        "the statistics of block 0",
    ),
    ("seen", "exhibit = 1 AND no = 0", "the prints of block 0"),
    (
        "dictionary",
        "exhibit = 1 AND field = 4",
        "the dictionary of carrier",
    ),
    (
        "subject_index",
        "exhibit = 1 AND range = 0",
        "range 0 of the index of subjects",
    ),
    (
        "quarantine",
        "exhibit = 1 AND no = 0",
        "part 0 of the quarantine",
    ),
    (
        "term_run",
        "case_number = 1 AND field = 2 AND first = 1",
        "user term 1",
    ),
];

#[test]
fn a_byte_changed_in_any_sealed_part_is_found_and_named() {
    only_on_sqlite!();
    for (table, place, named) in PARTS {
        let found = faults(|db| flip(db, table, "sealed", place));
        assert_found(&found, named, table);
    }
}

#[test]
fn any_sealed_part_that_was_cut_short_or_emptied_is_found_and_named() {
    only_on_sqlite!();
    for (table, place, named) in PARTS {
        for sealed in ["substr(sealed, 1, length(sealed) - 16)", "x''"] {
            let found = faults(sql(&format!(
                "UPDATE {table} SET sealed = {sealed} WHERE {place}"
            )));
            assert_found(&found, named, table);
        }
    }
}

#[test]
fn any_sealed_part_that_was_dropped_is_found() {
    only_on_sqlite!();
    for (table, place, named) in PARTS {
        let found = faults(sql(&format!("DELETE FROM {table} WHERE {place}")));
        let named = match table {
            // These are not counted in the description: only the digest tells.
            "dictionary" | "subject_index" => "the set of sealed parts",
            _ => named,
        };
        assert_found(&found, named, table);
    }
}

#[test]
fn parts_swapped_between_exhibits_fields_or_places_are_found_and_named() {
    only_on_sqlite!();
    for (table, one, other, named) in [
        (
            "block",
            "exhibit = 1 AND field = 5",
            "exhibit = 2 AND field = 5",
            "country block 0",
        ),
        (
            "block",
            "exhibit = 1 AND field = 4",
            "exhibit = 1 AND field = 5",
            "carrier block 0",
        ),
        (
            "statistics",
            "exhibit = 1",
            "exhibit = 2",
            "the statistics of block 0",
        ),
        (
            "seen",
            "exhibit = 1",
            "exhibit = 2",
            "the prints of block 0",
        ),
        (
            "dictionary",
            "exhibit = 1 AND field = 1",
            "exhibit = 2 AND field = 1",
            "the dictionary of account",
        ),
        (
            "subject_index",
            "exhibit = 1 AND range = 0",
            "exhibit = 2 AND range = 0",
            "range 0",
        ),
        (
            "term_run",
            "field = 3 AND first = 1",
            "field = 2 AND first = 1",
            "number term 1 does not open",
        ),
    ] {
        let found = faults(|db| swap(db, table, "sealed", one, other));
        assert_found(&found, named, table);
    }
    // The row of an exhibit is a control row: with another's description the vault does not start.
    let hurt = SAMPLE.closed.copy();
    hurt.change(|db| swap(db, "exhibit", "sealed", "number = 1", "number = 2"));
    assert_start_names(&hurt, "exhibit");
}

fn swap(connection: &Connection, table: &str, column: &str, one: &str, other: &str) {
    let read = |place| -> Vec<u8> {
        value(
            connection,
            &format!("SELECT {column} FROM {table} WHERE {place}"),
        )
    };
    let (first, second) = (read(one), read(other));
    for (place, bytes) in [(one, second), (other, first)] {
        let update = format!("UPDATE {table} SET {column} = ?1 WHERE {place}");
        assert_eq!(
            connection.execute(&update, [bytes]),
            Ok(1),
            "{table} {place}"
        );
    }
}

#[test]
fn blocks_moved_to_another_place_are_found_and_named() {
    only_on_sqlite!();
    let found = faults(sql(
        "UPDATE block SET no = 1 WHERE exhibit = 1 AND field = 8",
    ));
    assert_found(&found, "kind block 0 is missing", "moved");
    let found = faults(sql("UPDATE subject_index SET range = 1 WHERE exhibit = 1"));
    assert_found(&found, "range 1 of the index of subjects", "moved");
}

/// Changes a blob of the first run of numbers.
fn edit_run(connection: &Connection, column: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let place = "case_number = 1 AND field = 3 AND first = 1";
    let mut bytes: Vec<u8> = value(
        connection,
        &format!("SELECT {column} FROM term_run WHERE {place}"),
    );
    let before = bytes.clone();
    change(&mut bytes);
    assert!(bytes != before, "nothing was changed");
    let update = format!("UPDATE term_run SET {column} = ?1 WHERE {place}");
    assert_eq!(connection.execute(&update, [bytes]), Ok(1));
}

/// Where the sealed number of a term stands in the first run.
fn sealed_place(no: usize) -> Range<usize> {
    5 + 36 * (no - 1)..5 + 36 * no
}

/// Where the sealed tag of a term stands in the first run, behind version, key id, nonce and the first tag of the next.
fn tag_place(no: usize) -> Range<usize> {
    17 + 16 * no..17 + 16 * (no + 1)
}

/// Swaps two terms' parts of a run.
fn swap_places(bytes: &mut [u8], one: Range<usize>, other: Range<usize>) {
    let (first, second) = (bytes[one.clone()].to_vec(), bytes[other.clone()].to_vec());
    bytes[one].copy_from_slice(&second);
    bytes[other].copy_from_slice(&first);
}

/// The faults of numbers after a change of their first run.
fn faults_of_run(column: &str, change: impl FnOnce(&mut Vec<u8>)) -> Vec<String> {
    faults(|db| edit_run(db, column, change))
}

/// That these terms, and no others, are named.
fn assert_only(found: &[String], named: &[&str]) {
    assert_eq!(found, named);
}

#[test]
fn numbers_that_were_changed_swapped_or_dropped_inside_a_run_are_found_and_named() {
    only_on_sqlite!();
    let place = sealed_place(5);
    let found = faults_of_run("sealed", |run| run[place.start + 20] ^= 0x10);
    assert_only(&found, &["number term 5 does not open"]);
    let place = sealed_place(5);
    let found = faults_of_run("sealed", |run| run[place].fill(0));
    assert_only(&found, &["number term 5 does not open"]);
    let found = faults_of_run("sealed", |run| {
        swap_places(run, sealed_place(5), sealed_place(6));
    });
    assert_only(
        &found,
        &["number term 5 does not open", "number term 6 does not open"],
    );
    // One taken out with its tag: every later one has moved, and the last is gone.
    let found = faults(|db| {
        edit_run(db, "sealed", |run| drop(run.drain(sealed_place(5))));
        edit_run(db, "tags", |tags| drop(tags.drain(tag_place(5))));
    });
    assert_found(&found, "number term 5 does not open", "taken out");
    for cut in [1, 16, 36] {
        let found = faults_of_run("sealed", |run| run.truncate(run.len() - cut));
        assert!(
            found.iter().any(|fault| fault.starts_with("number term ")),
            "{cut}: {found:?}"
        );
    }
    let found = faults_of_run("sealed", |run| run[0] ^= 1);
    assert_found(&found, "number term 1 does not open", "version");
}

#[test]
fn a_run_that_was_moved_or_dropped_is_found_and_named() {
    only_on_sqlite!();
    let run = "WHERE case_number = 1 AND field = 3 AND first = 1";
    let found = faults(sql(&format!("DELETE FROM term_run {run}")));
    assert_found(&found, "number term 1 is missing", "dropped");
    assert_found(&found, "number term 5 is missing", "dropped");
    let found = faults(sql(&format!("UPDATE term_run SET first = 2 {run}")));
    assert_found(&found, "number term 1 is missing", "moved");
    assert_found(&found, "number term 5 does not open", "moved");
    // The tag in the clear is only a hint: the one run of the second exhibit is found whatever it says.
    let found = faults(sql(
        "UPDATE term_run SET first_tag = x'ffffffffffffffffffffffffffffffff'
         WHERE case_number = 1 AND field = 3 AND first = 421",
    ));
    assert_eq!(found, [""; 0]);
}

#[test]
fn tags_that_were_changed_swapped_or_dropped_are_found_and_named() {
    only_on_sqlite!();
    let found = faults_of_run("tags", |tags| tags[tag_place(4)].fill(0x5a));
    assert_found(&found, "number term 4 is not found by its tag", "changed");
    // The tags of a run are sealed together: if one was changed, all are not what they were.
    let found = faults_of_run("tags", |tags| tags[tag_place(4).end - 1] ^= 1);
    assert_found(&found, "number term 4 is not found by its tag", "a bit");
    assert_found(&found, "number term 5 is not found by its tag", "a bit");
    // Where the next run begins.
    let found = faults_of_run("tags", |tags| tags[20] ^= 1);
    assert_found(
        &found,
        "number term 4 is not found by its tag",
        "the next run",
    );
    // The tag of the first at the place of the fourth.
    let found = faults_of_run("tags", |tags| {
        tags.copy_within(tag_place(1), tag_place(4).start)
    });
    assert_found(&found, "number term 4 is not found by its tag", "moved");
    let found = faults_of_run("tags", |tags| drop(tags.drain(tag_place(4))));
    assert_found(&found, "number term 4 is not found by its tag", "dropped");
    let found = faults_of_run("tags", |tags| {
        swap_places(tags, tag_place(8), tag_place(9));
    });
    assert_found(&found, "number term 8 is not found by its tag", "swap");
    assert_found(&found, "number term 9 is not found by its tag", "swap");
}

#[test]
fn an_exhibit_that_was_taken_away_whole_is_found_and_named() {
    only_on_sqlite!();
    let hurt = SAMPLE.closed.copy();
    hurt.change(|db| {
        for table in ["block", "statistics", "seen", "dictionary", "subject_index"] {
            sql(&format!("DELETE FROM {table} WHERE exhibit = 2"))(db);
        }
        sql("DELETE FROM exhibit WHERE number = 2")(db);
    });
    assert_start_names(&hurt, "exhibit");
}

/// That the vault does not start because of this table's rows.
fn assert_start_names(hurt: &Closed, table: &str) {
    let refused = hurt.open().err().expect("the vault opened");
    let told = format!("the rows of the table `{table}` are not what the vault wrote");
    assert_eq!(refused.to_string(), told);
}

#[test]
fn an_exhibit_that_was_hidden_or_brought_back_is_found_and_named() {
    only_on_sqlite!();
    let hidden =
        "UPDATE exhibit SET withdrawn_at = 1712048400, withdrawn_leaf = 3 WHERE number = 2";
    let hurt = SAMPLE.closed.copy();
    hurt.change(sql(hidden));
    assert_start_names(&hurt, "exhibit");
    // One that was withdrawn as it should be is sound, and every part of it is opened.
    let copy = SAMPLE.closed.copy();
    let vault = copy.open().unwrap();
    let exhibit: String = value(&copy.database(), "SELECT id FROM exhibit WHERE number = 1");
    let case = copy.people.case.to_string();
    let ids = [("case", case.as_str()), ("exhibit", exhibit.as_str())];
    let reason = json!({ "reason": REASON });
    let asked = ask::<RequestWithdrawal>(&vault, &copy.people.custodian, &ids, reason).unwrap();
    let ids = [("withdrawal", asked["withdrawal"].as_str().unwrap())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideWithdrawal>(&vault, &copy.people.lead, &ids, yes).unwrap();
    assert_eq!(faults_in(&vault), Vec::<String>::new());
    vault.stop().unwrap();
    drop(vault);
    let back = "UPDATE exhibit SET withdrawn_at = NULL, withdrawn_leaf = NULL WHERE number = 1";
    copy.change(sql(back));
    assert_start_names(&copy, "exhibit");
}

#[test]
fn a_query_over_damaged_parts_says_which_kind_and_closes_the_case() {
    only_on_sqlite!();
    let number = numbers(ROWS, 1, 1).remove(0);
    type Query = fn(&Vault, &house::People, &str) -> Result<Value, Refusal>;
    let table: Query = |vault, people, _| table_of(vault, people);
    let page: Query = |vault, people, _| search(vault, people);
    let lookup: Query = |vault, people, number| look_up(vault, people, number);
    for (change, query, named) in [
        (
            "UPDATE block SET sealed = zeroblob(length(sealed)) WHERE exhibit = 1 AND field = 5",
            table,
            "block",
        ),
        (
            "DELETE FROM block WHERE exhibit = 2 AND field = 3",
            table,
            "block",
        ),
        (
            "UPDATE dictionary SET sealed = substr(sealed, 1, 40) WHERE exhibit = 1 AND field = 4",
            table,
            "dictionary",
        ),
        (
            "UPDATE block SET sealed = substr(sealed, 1, 99) WHERE exhibit = 1 AND field = 7",
            page,
            "block",
        ),
        (
            "DELETE FROM statistics WHERE exhibit = 1",
            page,
            "statistics",
        ),
        (
            "UPDATE term_run SET sealed = zeroblob(length(sealed)) WHERE field = 3",
            page,
            "term_run",
        ),
        (
            "UPDATE subject_index SET sealed = zeroblob(length(sealed))",
            lookup,
            "subject_index",
        ),
        (
            "DELETE FROM subject_index",
            lookup,
            "subject_index",
        ),
        // Every tag in the place of the next.
        (
            "UPDATE term_run
             SET tags = CAST(substr(tags, 1, 33) || first_tag || substr(tags, 34, length(tags) - 49) AS BLOB)
             WHERE field = 3",
            lookup,
            "term_run",
        ),
    ] {
        let hurt = SAMPLE.closed.copy();
        hurt.sql(change);
        let vault = hurt.open().unwrap();
        let asked = query(&vault, &hurt.people, &number);
        assert_damaged(asked, named, change);
        // Every later question about the case is answered alike, also one that needs no damaged part.
        assert!(!vault.health().is_green());
        for later in [table, page, lookup] {
            assert_damaged(later(&vault, &hurt.people, &number), named, change);
        }
    }
    let hurt = SAMPLE.closed.copy();
    hurt.sql("UPDATE exhibit SET sealed = zeroblob(length(sealed)) WHERE number = 1");
    assert_start_names(&hurt, "exhibit");
}

#[test]
fn a_vault_whose_cases_are_not_what_they_were_does_not_start() {
    only_on_sqlite!();
    // Fewer terms than there are would hide people; a start would even remove them.
    for change in ["id = 'another'", "numbers = numbers - 1"] {
        let hurt = SAMPLE.closed.copy();
        hurt.sql(&format!("UPDATE cases SET {change}"));
        assert_start_names(&hurt, "cases");
    }
}

#[test]
fn a_keyring_with_any_byte_changed_or_cut_off_opens_nothing() {
    only_on_sqlite!();
    let whole = fs::read(SAMPLE.closed.paths().keyring()).unwrap();
    let hurt = SAMPLE.closed.copy();
    let refused = |bytes: &[u8]| {
        fs::write(hurt.paths().keyring(), bytes).unwrap();
        let error = hurt.open().err()?;
        assert!(matches!(error, StartError::Keyring(_)), "{error}");
        Some(error.to_string())
    };
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let told = refused(&bytes).unwrap_or_else(|| panic!("opened with byte {at} changed"));
        assert!(
            told.contains("keyring") || told.contains("passphrase"),
            "{told}"
        );
    }
    for length in (0..whole.len()).step_by(11) {
        assert!(
            refused(&whole[..length]).is_some(),
            "opened cut off at {length}"
        );
    }
    assert_eq!(refused(&whole), None);
}

#[test]
fn the_keyring_of_another_vault_does_not_open_this_one() {
    only_on_sqlite!();
    let other = House::new().close();
    let hurt = SAMPLE.closed.copy();
    fs::copy(other.paths().keyring(), hurt.paths().keyring()).unwrap();
    let refused = hurt.open().err().unwrap();
    assert!(matches!(refused, StartError::OtherVault), "{refused}");
}

#[test]
fn a_database_that_was_cut_off_is_refused() {
    only_on_sqlite!();
    let whole = fs::read(SAMPLE.closed.paths().database()).unwrap();
    for length in [0, 100, 4096, 8192, whole.len() / 2, whole.len() - 8192] {
        let hurt = SAMPLE.closed.copy();
        fs::write(hurt.paths().database(), &whole[..length]).unwrap();
        let refused = hurt
            .open()
            .err()
            .unwrap_or_else(|| panic!("opened with {length} bytes"));
        assert!(
            matches!(refused, StartError::Store(_)),
            "{length}: {refused}"
        );
        assert!(trail::verify_directory(&hurt.paths(), None, &[]).is_err());
    }
}

#[test]
fn a_byte_changed_anywhere_in_the_file_never_gives_a_wrong_answer() {
    only_on_sqlite!();
    let whole = fs::read(SAMPLE.closed.paths().database()).unwrap();
    let hurt = SAMPLE.closed.copy();
    let mut quiet = 0;
    let steps = 60;
    for step in 0..steps {
        let at = whole.len() / steps * step + 4321 % (whole.len() / steps);
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        fs::write(hurt.paths().database(), &bytes).unwrap();
        for left in ["vault.db-wal", "vault.db-shm"] {
            let _ = fs::remove_file(hurt.paths().data().join(left));
        }
        let Ok(vault) = hurt.open() else { continue };
        match table_of(&vault, &hurt.people) {
            Ok(table) => assert_eq!(table, SAMPLE.table, "byte {at}"),
            Err(_) => continue,
        }
        quiet += 1;
    }
    assert!(quiet < steps, "nothing was hurt at all");
}

#[test]
fn migrations_altered_or_newer_are_refused_by_name() {
    only_on_sqlite!();
    for (change, named) in [
        (
            "UPDATE migration SET sha256 = zeroblob(32) WHERE number = 3",
            "the schema was altered",
        ),
        (
            "UPDATE migration SET name = '0002_others' WHERE number = 2",
            "the schema was altered",
        ),
        (
            "DELETE FROM migration WHERE number = 5",
            "the schema was altered",
        ),
        (
            "INSERT INTO migration SELECT 99, '0099_later', sha256, 0 FROM migration LIMIT 1",
            "the schema is newer",
        ),
    ] {
        let hurt = SAMPLE.closed.copy();
        hurt.sql(change);
        let refused = hurt
            .open()
            .err()
            .unwrap_or_else(|| panic!("opened after {change}"));
        assert!(refused.to_string().contains(named), "{change}: {refused}");
        let told = trail::verify_directory(&hurt.paths(), None, &[]).unwrap_err();
        assert!(told.to_string().contains("the schema"), "{change}: {told}");
    }
    let hurt = SAMPLE.closed.copy();
    hurt.database()
        .execute_batch("DROP INDEX exhibit_of_case")
        .unwrap();
    let refused = hurt.open().err().unwrap();
    assert!(
        refused.to_string().contains("the schema was altered"),
        "{refused}"
    );
    let hurt = SAMPLE.closed.copy();
    hurt.database()
        .execute_batch("CREATE INDEX more ON term_run (exhibit)")
        .unwrap();
    assert!(hurt.open().is_err());
}
