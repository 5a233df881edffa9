//! Whoever can write the database and has no key of the vault gains nothing: every table of control
//! rows, every column and every kind of change, to a vault that is closed and to one that is served.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use breachvault::domain::OperatorName;
use breachvault::operations::case::{HoldCase, NameMember, SuspendMember};
use breachvault::operations::erasure::{CarryOutErasure, DecideErasure, RequestErasure};
use breachvault::operations::key::RequestSlotChange;
use breachvault::operations::record::{CountRecords, LookUp};
use breachvault::operations::session::{CloseSession, ReadSelf};
use breachvault::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use breachvault::vault::identity::Password;
use breachvault::vault::{Caller, OperationError, Refusal, SignIn, Vault};
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use crate::beside::{Beside, open_beside};
use crate::house::{self, Closed, House, People, REASON, ask, log, numbers, open_case};
use crate::tables::{on_a_server, only_on_sqlite};

/// The tables whose rows decide what somebody may do or see. `tests/checks/sealed_rows.rs` has the others.
pub(crate) const TABLES: [&str; 13] = [
    "meta",
    "clock",
    "slot_change",
    "operator",
    "session",
    "node",
    "cases",
    "membership",
    "exhibit",
    "request",
    "release",
    "budget",
    "erasure",
];

pub(crate) const ROWS: u64 = 300;

/// A vault as it was yesterday, and as it is today.
pub(crate) struct Days {
    pub(crate) yesterday: Closed,
    pub(crate) today: Closed,
}

impl Days {
    pub(crate) fn new() -> Self {
        let house = House::new();
        house.admit(log(ROWS, 1)).unwrap();
        house.admit(log(ROWS, 2)).unwrap();
        let (vault, people) = (&house.vault, &house.people);
        table_of(vault, people, "country");
        look_up(vault, people).unwrap();
        ask_withdrawal(vault, people, 0);
        ask_slot(vault, "one for the safe");
        erase(vault, people, "+447700900998");
        house::open_case(vault, &people.lead, "Another supplier");
        let today = house.close();
        let yesterday = today.copy();
        let vault = today.open().unwrap();
        let people = &today.people;
        erase(&vault, people, "+447700900999");
        let second = ask_withdrawal(&vault, people, 1);
        let ids = [("withdrawal", second.as_str())];
        let yes = json!({ "decision": "approve", "reason": REASON });
        ask::<DecideWithdrawal>(&vault, &people.lead, &ids, yes).unwrap();
        let role = json!({ "role": "investigator" });
        house::name_member(&vault, &people.lead, &people.case, &people.custodian, role).unwrap();
        let lead = json!({ "role": "custodian" });
        house::name_member(&vault, &people.lead, &people.case, &people.other_lead, lead).unwrap();
        look_up(&vault, people).unwrap();
        ask_slot(&vault, "one for the board");
        house::open_case(&vault, &people.lead, "A third supplier");
        vault.stop().unwrap();
        drop(vault);
        Self { yesterday, today }
    }
}

/// The administrator asks for a new slot of the keyring.
fn ask_slot(vault: &Vault, label: &str) {
    let attempt = SignIn {
        name: OperatorName::parse("archibald").unwrap(),
        password: Password::new("the long password of archibald".to_owned()),
        totp: None,
        address: None,
    };
    let administrator = vault.sign_in_here(attempt).unwrap().unwrap();
    let wanted = json!({
        "change": "add", "kind": "passphrase", "label": label, "reason": REASON,
    });
    ask::<RequestSlotChange>(vault, &administrator, &[], wanted).unwrap();
}

/// Erases a number; no record has it.
fn erase(vault: &Vault, people: &People, number: &str) {
    let case = [("case", people.case.as_str())];
    let wanted = json!({ "number": number, "purpose": "victim-inquiry", "reason": REASON });
    let asked = ask::<RequestErasure>(vault, &people.investigator, &case, wanted).unwrap();
    let ids = [("erasure", asked["erasure"].as_str().unwrap())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideErasure>(vault, &people.lead, &ids, yes).unwrap();
    ask::<CarryOutErasure>(vault, &people.custodian, &ids, json!({ "reason": REASON })).unwrap();
}

pub(crate) fn look_up(vault: &Vault, people: &People) -> Result<Value, Refusal> {
    let numbers = numbers(ROWS, 1, 3);
    let body = json!({ "numbers": numbers, "purpose": "quality-check", "reason": REASON });
    let ids = [("case", people.case.as_str())];
    ask::<LookUp>(vault, &people.investigator, &ids, body)
}

fn table_of(vault: &Vault, people: &People, by: &str) {
    let body = json!({ "by": [by], "audience": "protected" });
    let ids = [("case", people.case.as_str())];
    ask::<CountRecords>(vault, &people.investigator, &ids, body).unwrap();
}

fn ask_withdrawal(vault: &Vault, people: &People, which: usize) -> String {
    let exhibits = Beside::of(vault.paths()).texts("SELECT id FROM exhibit ORDER BY number");
    let exhibit = &exhibits[which];
    let ids = [
        ("case", people.case.as_str()),
        ("exhibit", exhibit.as_str()),
    ];
    let body = json!({ "reason": REASON });
    let asked = ask::<RequestWithdrawal>(vault, &people.custodian, &ids, body).unwrap();
    asked["withdrawal"].as_str().unwrap().to_owned()
}

/// What is known of a table: its columns, those of its primary key, those with unique values.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<String>,
    key: Vec<String>,
    unique: BTreeSet<String>,
    /// What a number is changed by, so that it is no other row's.
    far: i64,
}

impl Table {
    pub(crate) fn of(beside: &Beside, name: &'static str, far: i64) -> Self {
        let key = beside.key_of(name);
        assert!(!key.is_empty(), "{name}");
        let mut unique = beside.unique_of(name);
        unique.extend(key.iter().cloned());
        Self {
            name,
            columns: beside.columns_of(name),
            unique,
            key,
            far,
        }
    }

    pub(crate) fn rows(&self, beside: &Beside) -> Vec<Vec<Cell>> {
        beside.rows(&format!(
            "SELECT {} FROM {} ORDER BY {}",
            self.columns.join(", "),
            self.name,
            self.key.join(", ")
        ))
    }

    pub(crate) fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        let place = |name| self.columns.iter().position(|column| column == name);
        let cell = |name| row[place(name).unwrap()].clone();
        self.key.iter().map(cell).collect()
    }

    pub(crate) fn is_key(&self, column: &str) -> bool {
        self.key.iter().any(|key| key == column)
    }

    fn take_away(&self, beside: &Beside, key: &[Cell]) {
        let places = (1..).zip(&self.key);
        let at = places.map(|(no, name)| format!("{name} IS NOT DISTINCT FROM ${no}"));
        let at: Vec<String> = at.collect();
        let sql = format!("DELETE FROM {} WHERE {}", self.name, at.join(" AND "));
        assert!(beside.execute(&sql, key).unwrap() <= 1);
    }

    /// A row that is unique may be there already, and a server holds to its rules; then the change is the row that
    /// went.
    fn add(&self, beside: &Beside, row: &[Cell]) {
        let places: Vec<String> = (1..=row.len()).map(|no| format!("${no}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.name,
            self.columns.join(", "),
            places.join(", ")
        );
        beside.run("SAVEPOINT row");
        if beside.execute(&sql, row).is_none() {
            beside.run("ROLLBACK TO row");
        }
    }
}

/// Another value of the same kind.
pub(crate) fn other(cell: &Cell, times: i64) -> Cell {
    match cell {
        Cell::Null => Cell::Null,
        Cell::Integer(value) => Cell::Integer(value + times),
        Cell::Real(value) => Cell::Real(value + times as f64),
        Cell::Text(value) => Cell::Text(format!("{value}{}", "x".repeat(times as usize))),
        Cell::Blob(value) => Cell::Blob([value.as_slice(), &vec![7; times as usize]].concat()),
    }
}

/// A kind of change, and the rows it leaves.
pub(crate) struct Change {
    pub(crate) what: String,
    /// Rows to take away by their keys, then rows to add.
    pub(crate) gone: Vec<Vec<Cell>>,
    pub(crate) added: Vec<Vec<Cell>>,
    /// Whether the seal is put back too.
    pub(crate) seal: bool,
}

/// Every change to a table.
pub(crate) fn changes(table: &Table, today: &[Vec<Cell>], yesterday: &[Vec<Cell>]) -> Vec<Change> {
    let mut all = Vec::new();
    let name = table.name;
    let mut change = |what: String, gone: &[&Vec<Cell>], added: Vec<Vec<Cell>>, seal| {
        all.push(Change {
            what: format!("{name}: {what}"),
            gone: gone.iter().map(|row| table.key_of(row)).collect(),
            added,
            seal,
        });
    };
    let first = &today[0];
    for (at, column) in table.columns.iter().enumerate() {
        let mut edited = first.clone();
        edited[at] = match &first[at] {
            // What is empty is filled: a withdrawal, an account, an invitation.
            Cell::Null => match today.iter().map(|row| &row[at]).find(|c| **c != Cell::Null) {
                Some(cell) => other(cell, 3),
                None => Cell::Null,
            },
            cell => other(cell, table.far + 1),
        };
        if edited[at] != first[at] {
            change(format!("{column} edited"), &[first], vec![edited], false);
        }
        if matches!(
            column.as_str(),
            "revoked_at" | "withdrawn_at" | "enrolment" | "account"
        ) && let Some(row) = today.iter().find(|row| row[at] != Cell::Null)
        {
            let mut emptied = row.clone();
            emptied[at] = Cell::Null;
            change(format!("{column} emptied"), &[row], vec![emptied], false);
        }
        // Swapped with another row that has another value there.
        if let Some(second) = today[1..].iter().find(|row| row[at] != first[at])
            && !table.key.contains(column)
        {
            let (mut one, mut two) = (first.clone(), second.clone());
            std::mem::swap(&mut one[at], &mut two[at]);
            change(
                format!("{column} swapped"),
                &[first, second],
                vec![one, two],
                false,
            );
        }
        // Yesterday's cell in today's row.
        let old = yesterday.iter().find_map(|old| {
            let new = today
                .iter()
                .find(|new| table.key_of(new) == table.key_of(old))?;
            (old[at] != new[at]).then_some((old, new))
        });
        if let Some((old, new)) = old {
            let mut mixed = new.clone();
            mixed[at] = old[at].clone();
            change(format!("{column} of yesterday"), &[new], vec![mixed], false);
        }
    }
    for (no, row) in today.iter().enumerate().take(3) {
        change(format!("row {no} deleted"), &[row], vec![], false);
    }
    let copied =
        table
            .columns
            .iter()
            .zip(first)
            .map(|(column, cell)| match table.unique.contains(column) {
                true => other(cell, table.far),
                false => cell.clone(),
            });
    change("row copied".to_owned(), &[], vec![copied.collect()], false);
    let differs = |old: &&Vec<Cell>| !today.contains(old);
    if let Some(old) = yesterday.iter().find(differs) {
        let gone: Vec<_> = today
            .iter()
            .filter(|new| table.key_of(new) == table.key_of(old))
            .collect();
        change(
            "row of yesterday".to_owned(),
            &gone,
            vec![old.clone()],
            false,
        );
    }
    if today != yesterday {
        let gone: Vec<_> = today.iter().collect();
        change(
            "all of yesterday".to_owned(),
            &gone,
            yesterday.to_vec(),
            false,
        );
        change(
            "all of yesterday with the seal".to_owned(),
            &gone,
            yesterday.to_vec(),
            true,
        );
    }
    all
}

/// Makes a change; false if the server's rules leave nothing of it.
pub(crate) fn make(beside: &Beside, table: &Table, change: &Change, seal: &[u8]) -> bool {
    let before = table.rows(beside);
    beside.run("BEGIN");
    for key in &change.gone {
        table.take_away(beside, key);
    }
    for row in &change.added {
        table.add(beside, row);
    }
    if change.seal {
        let sql = "UPDATE checkpoint SET control = $1";
        beside.execute(sql, &[Cell::Blob(seal.to_vec())]).unwrap();
    }
    beside.run("COMMIT");
    change.seal || table.rows(beside) != before
}

/// The seal of yesterday.
pub(crate) fn seal_of(yesterday: &Beside) -> Vec<u8> {
    let seals = yesterday.column("SELECT control FROM checkpoint");
    let Cell::Blob(seal) = &seals[0] else {
        panic!("no seal");
    };
    seal.clone()
}

fn all_changes(days: &Days) -> Vec<(Table, Vec<Change>, Vec<u8>)> {
    let (today, yesterday) = (days.today.beside(), days.yesterday.beside());
    let seal = seal_of(&yesterday);
    TABLES
        .iter()
        .map(|name| {
            let table = Table::of(&today, name, 40);
            let (new, old) = (table.rows(&today), table.rows(&yesterday));
            if *name == "node" && new.is_empty() {
                // Where a file has the tables there are no nodes.
                return (table, vec![node_added()], seal.clone());
            }
            assert!(!new.is_empty(), "{name} has no row");
            let mut changes = changes(&table, &new, &old);
            if *name == "node" {
                changes.push(node_added());
            }
            (table, changes, seal.clone())
        })
        .collect()
}

fn node_added() -> Change {
    let text = |text: &str| Cell::Text(text.to_owned());
    let row = vec![
        text("n_0123456789abcdefghjk"),
        text("of mine"),
        Cell::Blob(vec![7; 16]),
        Cell::Integer(1),
        Cell::Integer(1),
        Cell::Integer(1),
        Cell::Blob(vec![7; 32]),
        text("127.0.0.1:8445"),
        Cell::Integer(0),
    ];
    Change {
        what: "node: row added".to_owned(),
        gone: Vec::new(),
        added: vec![row],
        seal: false,
    }
}

pub(crate) fn damaged_place<T: std::fmt::Debug>(asked: Result<T, Refusal>, what: &str) -> String {
    match asked {
        Err(Refusal::Failed(OperationError::Damaged { place }, _)) => place,
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn whoever_writes_a_control_row_of_a_closed_vault_is_named_at_the_start() {
    let days = Days::new();
    let (mut count, mut columns) = (0, 0);
    for (table, changes, seal) in all_changes(&days) {
        columns += table.columns.len();
        for change in changes {
            let copy = days.today.copy();
            if !make(&copy.beside(), &table, &change, &seal) {
                continue;
            }
            let refused = copy.open().err().expect(&change.what).to_string();
            let named = match change.seal {
                true => "the seal over the control rows".to_owned(),
                false => format!("`{}`", table.name),
            };
            // Without its own id, the database is another vault's.
            let found = match table.name {
                "meta" => refused.contains(&named) || refused.contains("another vault"),
                // The time is read before the rows are summed.
                "clock" => refused.contains(&named) || refused.contains("clock::sealed"),
                // With a server, what nodes left is looked for before.
                "exhibit" if on_a_server() => {
                    refused.contains(&named) || refused.contains("exhibit::id")
                }
                _ => refused.contains(&named),
            };
            assert!(found, "{}: {refused}", change.what);
            count += 1;
        }
    }
    println!(
        "{count} changes to {columns} columns of {} tables, closed",
        TABLES.len()
    );
    assert!(count > 130, "{count}");
}

#[test]
fn whoever_writes_a_control_row_of_a_served_vault_is_named_and_learns_nothing() {
    let days = Days::new();
    let mut count = 0;
    for (table, changes, seal) in all_changes(&days) {
        for change in changes {
            let copy = days.today.copy();
            let vault = copy.open().unwrap();
            look_up(&vault, &copy.people).unwrap();
            if !make(&copy.beside(), &table, &change, &seal) {
                continue;
            }
            let place = damaged_place(look_up(&vault, &copy.people), &change.what);
            assert_eq!(place, format!("table {}", table.name), "{}", change.what);
            assert!(!vault.health().is_green(), "{}", change.what);
            assert_eq!(vault.health().damage(), Some(table.name));
            // It stays so, for everybody, also when the rows are put back.
            let own = ask::<ReadSelf>(&vault, &copy.people.lead, &[], json!({}));
            damaged_place(own, &change.what);
            count += 1;
        }
    }
    println!("{count} changes, served");
    assert!(count > 130, "{count}");
}

#[test]
fn what_the_vault_writes_itself_is_not_taken_for_damage_at_the_next_start() {
    let days = Days::new();
    let vault = days.today.open().unwrap();
    let people = &days.today.people;
    let operator = people.investigator.operator_id().unwrap().to_string();
    let ids = [("case", people.case.as_str()), ("operator", &operator)];
    ask::<NameMember>(&vault, &people.lead, &ids, json!({ "role": "custodian" })).unwrap();
    // Reading beside the vault, and writing what is no control row, is not damage.
    let beside = days.today.beside();
    beside.run("CREATE TEMP TABLE mine (a TEXT)");
    assert!(!TABLES.is_empty() && !beside.texts("SELECT id FROM operator").is_empty());
    ask::<ReadSelf>(&vault, &people.lead, &[], json!({})).unwrap();
    vault.stop().unwrap();
    drop(vault);
    days.today.open().unwrap();
}

#[test]
fn a_row_written_past_the_database_is_found_by_the_act_that_reads_it() {
    only_on_sqlite!();
    let days = Days::new();
    let copy = days.today.copy();
    let vault = copy.open().unwrap();
    // The write-ahead log is emptied first, so that the page in the file is the one that is read.
    let beside = open_beside(&copy.paths().database());
    beside
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(beside);
    let path = copy.paths().database();
    let bytes = fs::read(&path).unwrap();
    let (role, other) = (b"investigator", b"investigatox");
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let mut written = 0;
    for at in 0..bytes.len() - role.len() {
        if bytes[at..].starts_with(role) {
            file.write_all_at(other, at as u64).unwrap();
            written += 1;
        }
    }
    assert!(written > 0);
    file.sync_all().unwrap();
    // Pages in memory are as they were; each commit lets them go. Rows are kept for a second. So the change is met at
    // last, and until then the acts go by what the vault wrote.
    let mut place = None;
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(400));
        match look_up(&vault, &copy.people) {
            Ok(_) => {}
            refused => place = Some(damaged_place(refused, "past the database")),
        }
    }
    let place = place.expect("the change was never met");
    assert!(place.starts_with("table "), "{place}");
}

#[test]
fn a_database_that_was_put_back_whole_is_found_by_the_high_water_mark() {
    let days = Days::new();
    let copy = days.yesterday.copy();
    let mark = days.today.paths().high_water_mark();
    fs::copy(&mark, copy.paths().high_water_mark()).unwrap();
    let refused = copy.open().err().expect("it started").to_string();
    assert!(refused.contains("rolled back"), "{refused}");
    fs::remove_file(copy.paths().high_water_mark()).unwrap();
    let refused = copy.open().err().expect("it started").to_string();
    assert!(refused.contains("high-water mark is missing"), "{refused}");
}

/// What a killed process left, with the database and its journal of before.
fn put_back(killed: &Closed, before: &Closed) {
    let beside = |name: &str| {
        let (to, from) = (killed.paths().data(), before.paths().data());
        (to.join(name), from.join(name))
    };
    for name in ["vault.db", "vault.db-wal"] {
        let (to, from) = beside(name);
        fs::copy(from, to).unwrap();
    }
    let _ = fs::remove_file(beside("vault.db-shm").0);
}

#[test]
fn what_ended_or_gave_rights_a_moment_ago_is_not_undone_by_a_kill_and_yesterdays_files() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let why = json!({ "reason": REASON });
    let of_case = [("case", case)];
    let of_member = |caller: &Caller| caller.operator_id().unwrap().to_string();
    let suspended = of_member(&people.custodian);
    let before = house.left_by_a_kill();
    look_up(&house.vault, &people).unwrap();
    let killed = house.left_by_a_kill();
    put_back(&killed, &before);
    // A lookup or two can be undone; that is the limit which the mark states.
    killed.open().unwrap();
    let acts: [(&str, &dyn Fn()); 4] = [
        ("member.suspend", &|| {
            let ids = [("case", case), ("operator", suspended.as_str())];
            let done = house.ask::<SuspendMember>(&people.lead, &ids, why.clone());
            done.unwrap();
        }),
        ("case.hold", &|| {
            let done = house.ask::<HoldCase>(&people.lead, &of_case, why.clone());
            done.unwrap();
        }),
        ("member.name", &|| {
            let role = json!({ "role": "investigator" });
            let (vault, by) = (&house.vault, &people.lead);
            house::name_member(vault, by, &people.case, &people.custodian, role).unwrap();
        }),
        ("session.close", &|| {
            let done = house.ask::<CloseSession>(&people.investigator, &[], json!({}));
            done.unwrap();
        }),
    ];
    for (name, act) in acts {
        let before = house.left_by_a_kill();
        act();
        let killed = house.left_by_a_kill();
        killed.copy().open().unwrap();
        put_back(&killed, &before);
        let refused = killed.open().err().map(|error| error.to_string());
        let refused = refused.unwrap_or_else(|| panic!("{name} was undone"));
        assert!(refused.contains("rolled back"), "{name}: {refused}");
    }
}

#[test]
fn a_mark_behind_the_log_is_normal_and_one_half_written_does_not_replace_it() {
    let days = Days::new();
    let copy = days.today.copy();
    let mark = days.yesterday.paths().high_water_mark();
    fs::copy(&mark, copy.paths().high_water_mark()).unwrap();
    // A crash while a new mark is written leaves a torn file beside the old one.
    let torn = copy.paths().high_water_mark().with_extension("new");
    fs::write(torn, b"half").unwrap();
    copy.open().unwrap().stop().unwrap();
    copy.open().unwrap();
}

#[test]
fn an_older_keyring_than_the_log_names_is_refused() {
    let days = Days::new();
    let copy = days.today.copy();
    fs::copy(days.yesterday.paths().keyring(), copy.paths().keyring()).unwrap();
    let refused = copy.open().err().expect("it started").to_string();
    assert!(
        refused.contains("the keyring is of generation"),
        "{refused}"
    );
}

#[test]
fn a_keyring_of_another_copy_of_the_vault_is_refused() {
    let today = House::new().close();
    let copies = [today.copy(), today.copy()];
    for copy in &copies {
        let vault = copy.open().unwrap();
        open_case(&vault, &copy.people.lead, "A case of this copy alone");
        vault.stop().unwrap();
    }
    let [one, other] = copies;
    fs::copy(other.paths().keyring(), one.paths().keyring()).unwrap();
    let refused = one.open().err().expect("it started").to_string();
    assert!(
        refused.contains("does not have the slots and keys that the log was written with"),
        "{refused}"
    );
}
