//! Whoever can write the database and has no key of the vault gains nothing by what SQLite would do for them: triggers,
//! views, other columns, defaults and collations, indexes of their own and indexes that lie. Every table and every kind
//! of change, to a vault that is closed and to one that is served.

use breachvault::domain::OperatorName;
use breachvault::operations::case::SuspendMember;
use breachvault::operations::operator::AddOperator;
use breachvault::operations::record::LookUp;
use breachvault::operations::session::ReadSelf;
use breachvault::vault::identity::{EnrolmentToken, NewPassword, Password};
use breachvault::vault::{Caller, SignIn, Unauthenticated, Vault};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::json;

use crate::beside::{column, open_beside};
use crate::control_rows::{Days, TABLES, damaged_place, look_up};
use crate::house::{Closed, House, REASON, ask, enter, log};
use crate::tables::only_on_sqlite;

/// A change of the schema.
struct Change {
    what: String,
    /// What the refusal of the start says.
    named: String,
    /// The table that an act names.
    place: String,
    how: How,
}

enum How {
    Sql(String),
    /// Another text for a table, without a statement that SQLite would check.
    Text {
        table: String,
        text: String,
    },
}

impl Change {
    fn make(&self, connection: &Connection) {
        match &self.how {
            How::Sql(sql) => connection.execute_batch(sql).unwrap(),
            How::Text { table, text } => {
                let version: i64 = connection
                    .query_row("PRAGMA schema_version", [], |row| row.get(0))
                    .unwrap();
                connection
                    .execute_batch("PRAGMA writable_schema = ON")
                    .unwrap();
                let sql = "UPDATE sqlite_master SET sql = ?1 WHERE type = 'table' AND name = ?2";
                assert_eq!(connection.execute(sql, [text, table]), Ok(1));
                let sql = format!(
                    "PRAGMA schema_version = {}; PRAGMA writable_schema = OFF",
                    version + 1
                );
                connection.execute_batch(&sql).unwrap();
            }
        }
    }
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let text = |cell| match cell {
        Cell::Text(text) => text,
        other => panic!("{other:?}"),
    };
    column(connection, sql).into_iter().map(text).collect()
}

/// Every kind of change to a table.
fn changes_of(table: &str, text: &str, first: &str) -> Vec<Change> {
    let of_mine = |kind: &str| format!("the {kind} `of_mine` of the table `{table}` is not");
    let changed = || format!("the table `{table}` is not as the vault made it");
    let mut all = Vec::new();
    let mut add = |what: String, named: String, place: &str, how: How| {
        all.push(Change {
            what: format!("{table}: {what}"),
            named,
            place: place.to_owned(),
            how,
        });
    };
    for (when, body) in [
        ("BEFORE", "SELECT RAISE(IGNORE)".to_owned()),
        ("AFTER", format!("DELETE FROM {table}")),
    ] {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            let what = format!("trigger {when} {event}");
            let sql = format!("CREATE TRIGGER of_mine {when} {event} ON {table} BEGIN {body}; END");
            add(what, of_mine("trigger"), table, How::Sql(sql));
        }
    }
    for (what, made) in [
        ("index", format!("INDEX of_mine ON {table} ({first})")),
        (
            "unique index of no row",
            format!("UNIQUE INDEX of_mine ON {table} ({first}) WHERE 0"),
        ),
        (
            "index of an expression",
            format!("INDEX of_mine ON {table} (length({first}))"),
        ),
    ] {
        let sql = format!("CREATE {made}");
        add(what.to_owned(), of_mine("index"), table, How::Sql(sql));
    }
    let sql = format!("CREATE VIEW of_mine AS SELECT * FROM {table}");
    let named = "the view `of_mine` is not".to_owned();
    add("view".to_owned(), named, "schema", How::Sql(sql));
    if TABLES.contains(&table) {
        let sql = format!(
            "PRAGMA legacy_alter_table = ON;
             ALTER TABLE {table} RENAME TO of_mine;
             CREATE VIEW {table} AS SELECT * FROM of_mine"
        );
        // The first object that differs is named, in the order of their tables.
        let (named, place) = match table {
            "request" => ("the index `request_of_asker`".to_owned(), "schema"),
            "release" => ("the index `release_of_case`".to_owned(), "schema"),
            "session" => ("the index `session_of_operator`".to_owned(), "schema"),
            _ if table < "of_mine" => (format!("the view `{table}` is not"), table),
            _ => ("of_mine".to_owned(), "schema"),
        };
        add("view in its place".to_owned(), named, place, How::Sql(sql));
    }
    for (what, made) in [
        ("column", "INTEGER DEFAULT 5"),
        ("generated column", "INTEGER AS (1) VIRTUAL"),
    ] {
        let sql = format!("ALTER TABLE {table} ADD COLUMN of_mine {made}");
        add(what.to_owned(), changed(), table, How::Sql(sql));
    }
    let not_null = |by: &str| text.replacen(" NOT NULL", by, 1);
    let lax = match text.strip_suffix("STRICT, WITHOUT ROWID") {
        Some(before) => format!("{before}WITHOUT ROWID"),
        None => text.strip_suffix("STRICT").unwrap().to_owned(),
    };
    for (what, text) in [
        ("column default", not_null(" NOT NULL DEFAULT 7")),
        ("collation", not_null(" COLLATE NOCASE NOT NULL")),
        ("constraint taken away", not_null("")),
        ("types taken away", lax),
    ] {
        let table = table.to_owned();
        let (place, how) = (table.clone(), How::Text { table, text });
        add(what.to_owned(), changed(), &place, how);
    }
    all
}

/// Every change, to every table of the database and to what is of no table.
fn all_changes(today: &Closed) -> (usize, Vec<Change>) {
    let connection = today.database();
    let tables = texts(
        &connection,
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    );
    let mut all = Vec::new();
    for table in &tables {
        let of = |sql: String| texts(&connection, &sql).remove(0);
        let text = of(format!(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
        ));
        let first = of(format!(
            "SELECT name FROM pragma_table_info('{table}') ORDER BY cid LIMIT 1"
        ));
        all.extend(changes_of(table, &text, &first));
    }
    for (sql, named, place) in [
        (
            "CREATE TABLE of_mine (a)",
            "the table `of_mine` is not",
            "schema",
        ),
        (
            "CREATE VIRTUAL TABLE of_mine USING fts5 (a)",
            "of_mine",
            "schema",
        ),
        ("ANALYZE", "the table `sqlite_stat", "schema"),
        (
            "DROP INDEX exhibit_of_case",
            "the index `exhibit_of_case` of the table `exhibit` is missing",
            "exhibit",
        ),
        (
            "DROP INDEX exhibit_of_case; CREATE INDEX exhibit_of_case ON exhibit (case_number) WHERE 0",
            "the index `exhibit_of_case` of the table `exhibit` is not as the vault made it",
            "exhibit",
        ),
        (
            "DROP INDEX request_of_case; CREATE INDEX request_of_case ON request (kind, case_number, asked_at)",
            "the index `request_of_case` of the table `request` is not as the vault made it",
            "request",
        ),
    ] {
        all.push(Change {
            what: sql.to_owned(),
            named: named.to_owned(),
            place: place.to_owned(),
            how: How::Sql(sql.to_owned()),
        });
    }
    (tables.len(), all)
}

/// Calls `with` for every change, on several threads: most of the time is spent on waiting for the disk.
fn each(changes: &[Change], with: impl Fn(&Change) + Sync) {
    std::thread::scope(|scope| {
        for part in changes.chunks(changes.len().div_ceil(4)) {
            let with = &with;
            scope.spawn(move || part.iter().for_each(with));
        }
    });
}

#[test]
fn whoever_changes_the_schema_of_a_closed_vault_is_named_at_the_start() {
    only_on_sqlite!();
    let days = Days::new();
    let (tables, changes) = all_changes(&days.today);
    each(&changes, |change| {
        let copy = days.today.copy();
        let connection = open_beside(&copy.paths().database());
        change.make(&connection);
        drop(connection);
        let refused = copy.open().err().expect(&change.what).to_string();
        let told = refused.contains("the schema was altered") && refused.contains(&change.named);
        assert!(told, "{}: {refused}", change.what);
    });
    let count = changes.len();
    println!("{count} changes to the schema of {tables} tables, closed");
    assert!(count > 330 && tables > 20, "{count} {tables}");
}

#[test]
fn whoever_changes_the_schema_of_a_served_vault_is_named_and_learns_nothing() {
    only_on_sqlite!();
    let days = Days::new();
    let (tables, changes) = all_changes(&days.today);
    each(&changes, |change| {
        let copy = days.today.copy();
        let vault = copy.open().unwrap();
        look_up(&vault, &copy.people).unwrap();
        let connection = open_beside(&copy.paths().database());
        change.make(&connection);
        let place = damaged_place(look_up(&vault, &copy.people), &change.what);
        assert_eq!(place, format!("table {}", change.place), "{}", change.what);
        assert!(!vault.health().is_green(), "{}", change.what);
        // It stays so, for everybody.
        let own = ask::<ReadSelf>(&vault, &copy.people.lead, &[], json!({}));
        damaged_place(own, &change.what);
    });
    let count = changes.len();
    println!("{count} changes to the schema of {tables} tables, served");
    assert!(count > 330 && tables > 20, "{count} {tables}");
}

/// What an index of a control table can be made to say, past SQLite's own keeping of it.
#[derive(Debug, Clone, Copy)]
enum Lie {
    /// It has no row.
    Emptied,
    /// A value leads to another row.
    Misled,
}

/// The indexes of the control tables that are not their primary keys.
fn indexes(connection: &Connection) -> Vec<(&'static str, String)> {
    let of = |table: &&'static str| {
        let sql = format!("SELECT name FROM pragma_index_list('{table}') WHERE origin <> 'pk'");
        let names = texts(connection, &sql).into_iter();
        let table = *table;
        names.map(move |name| (table, name)).collect::<Vec<_>>()
    };
    TABLES.iter().flat_map(of).collect()
}

/// Changes what is in an index and leaves all texts as they are. False if it has too few entries to be changed.
fn tell(connection: &Connection, index: &str, lie: Lie) -> bool {
    let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    let width = count(&format!(
        "SELECT count(*) FROM pragma_index_xinfo('{index}')"
    ));
    let places: Vec<String> = (0..width).map(|no| format!("c{no}")).collect();
    let (places, last) = (places.join(", "), width - 1);
    // An index is kept as a table without row ids would be, so one is made of its pages for a moment.
    let made = format!(
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)
         SELECT 'table', 'of_mine', 'of_mine', rootpage,
             'CREATE TABLE of_mine ({places}, PRIMARY KEY ({places})) WITHOUT ROWID'
         FROM sqlite_master WHERE name = '{index}'"
    );
    let run = |sql: &str| connection.execute_batch(sql).unwrap();
    run("PRAGMA writable_schema = ON");
    run(&made);
    run("PRAGMA writable_schema = RESET");
    let other = format!("(SELECT max(c{last}) FROM of_mine)");
    let sql = match lie {
        Lie::Emptied => "DELETE FROM of_mine".to_owned(),
        Lie::Misled => format!(
            "UPDATE OR REPLACE of_mine SET c{last} = {other}
             WHERE c{last} = (SELECT min(c{last}) FROM of_mine) AND c{last} <> {other}"
        ),
    };
    let changed = connection.execute(&sql, []).unwrap();
    run("PRAGMA writable_schema = ON");
    run("DELETE FROM sqlite_master WHERE name = 'of_mine'");
    run("PRAGMA writable_schema = RESET");
    changed > 0
}

#[test]
fn an_index_that_lies_is_found_closed_and_served() {
    only_on_sqlite!();
    let days = Days::new();
    let all = indexes(&days.today.database());
    let mut count = 0;
    for (table, index) in &all {
        for lie in [Lie::Emptied, Lie::Misled] {
            let what = format!("{index}: {lie:?}");
            let copy = days.today.copy();
            let connection = open_beside(&copy.paths().database());
            if !tell(&connection, index, lie) {
                continue;
            }
            drop(connection);
            let refused = copy.open().err().expect(&what).to_string();
            assert!(refused.contains(&format!("`{table}`")), "{what}: {refused}");

            let copy = days.today.copy();
            let vault = copy.open().unwrap();
            let connection = open_beside(&copy.paths().database());
            assert!(tell(&connection, index, lie));
            let place = damaged_place(look_up(&vault, &copy.people), &what);
            assert_eq!(place, format!("table {table}"), "{what}");
            count += 1;
        }
    }
    println!("{count} lies of {} indexes, closed and served", all.len());
    assert!(count > 10, "{count}");
}

#[test]
fn a_schema_that_was_changed_and_put_back_within_a_moment_is_worked_with_by_nobody() {
    only_on_sqlite!();
    let days = Days::new();
    let copy = days.today.copy();
    let vault = copy.open().unwrap();
    look_up(&vault, &copy.people).unwrap();
    let beside = open_beside(&copy.paths().database());
    beside
        .execute_batch(
            "CREATE TRIGGER of_mine AFTER INSERT ON session BEGIN DELETE FROM session; END;
             DROP TRIGGER of_mine",
        )
        .unwrap();
    // It is the vault's own schema again, under another number.
    look_up(&vault, &copy.people).unwrap();
    assert!(vault.health().is_green());
    vault.stop().unwrap();
    drop(vault);
    copy.open().unwrap();
}

fn id(caller: &Caller) -> String {
    caller.operator_id().unwrap().to_string()
}

/// Somebody who has an account and no right plants triggers that would make them everybody.
fn plant(connection: &Connection, attacker: &str, lead: &str) {
    connection
        .execute_batch(&format!(
            "CREATE TRIGGER a1 AFTER INSERT ON session WHEN NEW.operator = '{attacker}'
             BEGIN UPDATE session SET operator = '{lead}', second_factor = 1 WHERE id = NEW.id; END;
             CREATE TRIGGER a2 AFTER UPDATE ON budget
             BEGIN UPDATE budget SET spent = 0.0 WHERE payer = NEW.payer; END;
             CREATE TRIGGER a3 AFTER UPDATE ON operator WHEN NEW.state = 'revoked'
             BEGIN UPDATE operator SET state = OLD.state WHERE id = NEW.id; END;
             CREATE TRIGGER a4 BEFORE UPDATE ON session WHEN NEW.revoked_at IS NOT NULL
             BEGIN SELECT RAISE(IGNORE); END;
             CREATE TRIGGER a5 BEFORE UPDATE ON membership WHEN NEW.suspended_at IS NOT NULL
             BEGIN SELECT RAISE(IGNORE); END"
        ))
        .unwrap();
}

fn attempt(name: &str) -> SignIn {
    SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: None,
        address: None,
    }
}

fn row_of(connection: &Connection, operator: &str) -> (String, Vec<u8>, Option<Vec<u8>>) {
    let sql = "SELECT state, sealed, enrolment FROM operator WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    connection.query_row(sql, [operator], read).unwrap()
}

#[test]
fn triggers_make_nobody_somebody_else_and_undo_no_suspension() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let closed = house.close();
    let people = &closed.people;
    let (attacker, lead) = (id(&people.custodian), id(&people.lead));
    // Closed: the vault does not start, and says why.
    let copy = closed.copy();
    plant(&open_beside(&copy.paths().database()), &attacker, &lead);
    let refused = copy.open().err().expect("it started").to_string();
    assert!(refused.contains("the trigger `a"), "{refused}");
    // Served: whoever signs in is told that the vault is damaged, and no session is opened for anybody.
    let vault = closed.open().unwrap();
    let beside = open_beside(&closed.paths().database());
    let sessions = || column(&beside, "SELECT id FROM session").len();
    let before = sessions();
    plant(&beside, &attacker, &lead);
    let signed_in = vault.sign_in(attempt("cunegonde"));
    assert!(matches!(signed_in, Err(Unauthenticated::Damaged)));
    assert_eq!(sessions(), before);
    let ids = [("case", people.case.as_str()), ("operator", &attacker)];
    let why = json!({ "reason": REASON });
    damaged_place(
        ask::<SuspendMember>(&vault, &people.lead, &ids, why),
        "a suspension",
    );
    damaged_place(look_up(&vault, people), "a lookup");
    assert!(!vault.health().is_green());
}

fn enrol(vault: &Vault, enrolment: &str) -> bool {
    let new = NewPassword::parse(Password::new("the long password of eve".to_owned()));
    let enrolment = EnrolmentToken::parse(enrolment).unwrap();
    vault.enrol(&enrolment, new.ok().unwrap(), false).is_ok()
}

#[test]
fn an_old_invitation_is_not_put_into_the_row_of_somebody_else() {
    only_on_sqlite!();
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let sign_in = house.vault.sign_in_here(attempt("archibald")).unwrap();
    let administrator = sign_in.unwrap();
    let invite = |vault: &Vault, name: &str| -> String {
        let body = json!({ "name": name, "role": "liaison" });
        let answer = ask::<AddOperator>(vault, &administrator, &[], body).unwrap();
        answer["enrolment"].as_str().unwrap().to_owned()
    };
    // Eve keeps the tag of her own invitation, uses it, and has another person invited.
    let own = invite(&house.vault, "eve");
    let sql = "SELECT enrolment FROM operator WHERE enrolment IS NOT NULL";
    let Cell::Blob(tag) = column(&open_beside(&house.paths().database()), sql).remove(0) else {
        panic!("no tag");
    };
    let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    let eve = enter(&house.vault, "eve", &EnrolmentToken::parse(&own).unwrap());
    let other = invite(&house.vault, "mallory");
    let closed = house.close();
    let lead = id(&closed.people.lead);
    let trigger = format!(
        "CREATE TRIGGER of_mine AFTER UPDATE ON operator WHEN NEW.id <> '{lead}'
         BEGIN UPDATE operator SET enrolment = x'{tag}', state = 'invited', enrol_by = 9999999999
               WHERE id = '{lead}'; END"
    );
    let copy = closed.copy();
    open_beside(&copy.paths().database())
        .execute_batch(&trigger)
        .unwrap();
    let refused = copy.open().err().expect("it started").to_string();
    assert!(
        refused.contains("the trigger `of_mine` of the table `operator`"),
        "{refused}"
    );
    let vault = closed.open().unwrap();
    let beside = open_beside(&closed.paths().database());
    let before = row_of(&beside, &lead);
    beside.execute_batch(&trigger).unwrap();
    assert!(!enrol(&vault, &other) && !enrol(&vault, &own));
    assert_eq!(row_of(&beside, &lead), before);
    let numbers =
        json!({ "numbers": ["+1 202 555 0100"], "purpose": "quality-check", "reason": REASON });
    let ids = [("case", closed.people.case.as_str())];
    damaged_place(ask::<LookUp>(&vault, &eve, &ids, numbers), "a lookup");
}
