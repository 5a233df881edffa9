//! The tables of a vault move to a real PostgreSQL server and back.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use breachvault::domain::OperatorName;
use breachvault::operations::audit::{ReadCheckpoint, SearchLeaves};
use breachvault::operations::export::RequestExport;
use breachvault::operations::key::RotateCaseKey;
use breachvault::operations::node::StrikeOffNode;
use breachvault::operations::only_reason;
use breachvault::operations::record::LookUp;
use breachvault::operations::reveal::{DecideReveal, OpenReveal, RequestReveal};
use breachvault::vault::clock::{Clock as _, ManualClock, SystemClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::Password;
use breachvault::vault::keyring::{Argon2Params, LockedKeyring, NewPassphrase, Passphrase};
use breachvault::vault::store_copy::{CopyError, Place, Step, With, move_tables, prepare};
use breachvault::vault::{
    Caller, ExhibitFacts, MovedTables, Paths, Refusal, SchemaFault, SignIn, StartError, Vault,
    trail,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::destruction::destroy;
use crate::directory::directory;
use crate::erasure;
use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, log, numbers, said};
use crate::kills::kills;
use crate::nodes::{joined, nodes, strike_off};
use crate::outside;
use crate::secret_file::write_secret;
use crate::server::TestServer;

const ROWS: u64 = 3000;
const LATER: &str = "2024-04-02T12:00:00Z";

/// A house whose tables are in a file, whatever the other tests run on.
fn with_a_file() -> House {
    House::after("2024-04-02T09:00:00Z".parse().unwrap(), |_| ())
}

fn clock() -> ManualClock {
    ManualClock::new(LATER.parse().unwrap())
}

fn open(paths: &Paths) -> Result<Vault, StartError> {
    house::open_at(paths, clock())
}

fn to(address: &str) -> Place<'_> {
    Place::Server {
        address,
        password: None,
    }
}

/// Moves the tables, and tells how far it is.
fn moved(
    closed: &Closed,
    place: Place<'_>,
    told: &mut dyn FnMut(Step, u64, u64),
) -> Result<MovedTables, CopyError> {
    let paths = closed.paths();
    let locked = LockedKeyring::read(&paths.keyring()).unwrap();
    let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
    let with = With {
        settings: house::settings(),
        clock: Arc::new(clock()),
        entropy: Arc::new(SystemEntropy::new()),
    };
    move_tables(&paths, place, keyring.unwrap(), &with, told)
}

fn quietly(closed: &Closed, place: Place<'_>) -> Result<MovedTables, CopyError> {
    moved(closed, place, &mut |_, _, _| ())
}

/// An empty database of a server; its address.
fn database(server: &TestServer, name: &str) -> String {
    server.sql("postgres", &format!("CREATE DATABASE {name}"));
    server.by_socket("owner", name)
}

/// A vault in which all kinds of rows are: two cases, of which one was destroyed, an erased number, a reveal, an export
/// that waits, and a key that was rotated. Also what lookups are asked.
fn lived_in() -> (Closed, Vec<String>, Vec<u8>) {
    let mut house = with_a_file();
    house.admit(log(ROWS, 1)).unwrap();
    let mut asked = numbers(ROWS, 1, 4);
    let erased = asked[0].clone();
    asked.push("+447700900098".to_owned());
    let first = house.people.case.clone();
    let people = house.people.clone();
    let second = house::open_case(&house.vault, &people.lead, "The second supplier");
    for (member, role) in [
        (&people.investigator, "investigator"),
        (&people.custodian, "custodian"),
        (&people.other_lead, "lead"),
    ] {
        let named = json!({ "role": role });
        house::name_member(&house.vault, &people.lead, &second, member, named).unwrap();
        house::recognise(&house.vault, &people.lead, &second, member).unwrap();
    }
    house.people.case = second;
    house.admit(log(500, 2)).unwrap();
    destroy(&house);
    house.people.case = first;
    erasure::carried_out(&house, &erased);
    assert_eq!(house.vault.erase(), Ok(1));
    let case = [("case", people.case.as_str())];
    let administrator = sign_in(&house.vault, "archibald");
    let reason = json!({ "reason": REASON });
    let rotated = ask::<RotateCaseKey>(&house.vault, &administrator, &case, reason);
    rotated.unwrap();
    assert_eq!(house.vault.rotate(), Ok(1));
    reveal(&house.vault, &house, &asked[1]);
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let export = json!({
        "profile": "evidence", "filter": {}, "recipients": [recipient],
        "purpose": "law-enforcement", "reason": REASON, "legal_basis": "Production order 1",
    });
    let export = ask::<RequestExport>(&house.vault, &people.investigator, &case, export);
    export.unwrap();
    let kept = ask::<ReadCheckpoint>(&house.vault, &people.auditor, &[], json!({})).unwrap();
    let kept = kept.as_str().unwrap().as_bytes().to_vec();
    (house.close(), asked, kept)
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

/// Shows one number after both have agreed.
fn reveal(vault: &Vault, house: &House, number: &str) {
    let people = &house.people;
    let case = people.case.as_str();
    let found = answers(vault, &people.investigator, case, &[number.to_owned()]);
    let subject = found[0]["subject"].clone();
    let body = json!({ "subjects": [subject], "purpose": "victim-inquiry", "reason": REASON });
    let asked = ask::<RequestReveal>(vault, &people.investigator, &[("case", case)], body).unwrap();
    let ids = [("reveal", asked["reveal"].as_str().unwrap())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideReveal>(vault, &people.lead, &ids, yes).unwrap();
    let opened = ask::<OpenReveal>(vault, &people.investigator, &ids, json!({})).unwrap();
    assert_eq!(opened["numbers"].as_array().unwrap().len(), 1);
}

fn answers(vault: &Vault, who: &Caller, case: &str, numbers: &[String]) -> Value {
    let body = json!({ "numbers": numbers, "purpose": "quality-check", "reason": REASON });
    let found = ask::<LookUp>(vault, who, &[("case", case)], body).unwrap();
    found["results"].clone()
}

/// What lookups of a closed vault answer, and the objects of the leaves that say that its tables moved, newest first.
fn look(closed: &Closed, numbers: &[String]) -> (Value, Vec<String>) {
    let vault = open(&closed.paths()).unwrap();
    let people = &closed.people;
    let found = answers(&vault, &people.investigator, people.case.as_str(), numbers);
    let query = json!({ "action": "vault.move" });
    let page = ask::<SearchLeaves>(&vault, &people.auditor, &[], query).unwrap();
    let objects = page["leaves"].as_array().unwrap().iter();
    let objects = objects.map(|leaf| leaf["object"].as_str().unwrap().to_owned());
    let objects = objects.collect();
    vault.stop().unwrap();
    (found, objects)
}

/// The directory as it would be if somebody named the other tables in it again: those of the note, or the file.
fn as_before(closed: &Closed, note: Option<&str>) -> Closed {
    let copy = closed.copy();
    let paths = copy.paths();
    let _ = fs::remove_file(paths.store());
    let _ = fs::remove_file(paths.moving());
    if let Some(note) = note {
        write_secret(paths.store(), note);
        let _ = fs::remove_file(paths.database());
        return copy;
    }
    let files = [paths.database(), paths.arriving(), paths.left_database()];
    if let Some(file) = files.iter().find(|file| file.exists()) {
        for end in ["", "-wal"] {
            let named = |path: &Path| format!("{}{end}", path.display());
            let _ = fs::rename(named(file), named(&paths.database()));
        }
    }
    copy
}

#[test]
fn a_vault_moves_to_a_server_and_back_with_the_same_log_and_the_same_answers() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (closed, asked, kept) = lived_in();
    let (before, none) = look(&closed, &asked);
    assert!(none.is_empty());
    assert_eq!(before[0]["state"], "not_exposed", "it was erased");
    assert_eq!(before[1]["state"], "exposed");
    let size = |closed: &Closed| {
        let kept = std::slice::from_ref(&kept);
        trail::verify_directory(&closed.paths(), None, kept)
            .unwrap()
            .size
    };
    let leaves = size(&closed);
    let address = database(&server, "breach");
    let mut steps = Vec::new();
    let found = moved(&closed, to(&address), &mut |step, done, all| {
        assert!(done <= all, "{step:?}: {done} of {all}");
        if steps.last() != Some(&step) {
            steps.push(step);
        }
    })
    .unwrap();
    assert_eq!(steps, [Step::Copy, Step::Compare, Step::Verify]);
    assert_eq!((found.leaves, found.exhibits), (leaves, 1));
    assert_eq!(
        (found.from.as_str(), found.to.as_str()),
        ("sqlite", "postgresql")
    );
    let paths = closed.paths();
    assert!(!paths.database().exists() && paths.left_database().exists());
    assert!(!paths.moving().exists());
    // A start, the move, a stop: nothing is lost, and the log of before is within.
    assert_eq!(size(&closed), leaves + 3);
    let (after, objects) = look(&closed, &asked);
    assert_eq!(after, before);
    assert_eq!(objects, ["sqlite:postgresql"]);
    closed.doctor();
    // The old file is nobody's any more.
    let refused = open(&as_before(&closed, None).paths()).err();
    assert!(matches!(refused, Some(StartError::Moved(_))), "{refused:?}");
    assert!(matches!(
        quietly(&closed, to(&address)),
        Err(CopyError::There)
    ));

    let note = fs::read_to_string(paths.store()).unwrap();
    let found = quietly(&closed, Place::File).unwrap();
    assert_eq!(
        (found.from.as_str(), found.to.as_str()),
        ("postgresql", "sqlite")
    );
    assert!(paths.database().exists() && !paths.store().exists() && !paths.moving().exists());
    let (after, objects) = look(&closed, &asked);
    assert_eq!(after, before);
    assert_eq!(objects, ["postgresql:sqlite", "sqlite:postgresql"]);
    closed.doctor();
    let refused = open(&as_before(&closed, Some(&note)).paths()).err();
    assert!(matches!(refused, Some(StartError::Moved(_))), "{refused:?}");
    // What was left there is not written over.
    let refused = quietly(&closed, to(&address)).err();
    assert!(matches!(refused, Some(CopyError::Taken)), "{refused:?}");
    size(&closed);
    // The file of before still has whoever is erased now, so it goes.
    assert!(paths.left_database().exists());
    let house = House {
        vault: open(&paths).unwrap(),
        people: closed.people,
        clock: clock(),
        directory: closed.directory,
    };
    erasure::carried_out(&house, &asked[2]);
    assert_eq!(house.vault.erase(), Ok(1));
    assert!(!paths.left_database().exists());
    house.close().doctor();
}

/// A house of this directory, opened later.
fn opened_later(closed: Closed) -> House {
    let clock = clock();
    House {
        vault: house::open_at(&closed.paths(), clock.clone()).unwrap(),
        people: closed.people,
        clock,
        directory: closed.directory,
    }
}

#[test]
fn a_case_that_ends_in_a_file_is_certified_with_what_is_known_of_each_node_of_before() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(500, 1)).unwrap();
    let (second, third) = (joined(&house, "second"), joined(&house, "third"));
    let state = |house: &House, name: &str| {
        let all = nodes(&house.vault);
        let found = all.into_iter().find(|node| node["name"] == name);
        found.unwrap_or_else(|| panic!("{name}"))
    };
    strike_off(&house, &state(&house, "third")["node"]);
    let second = crate::nodes::open(&second, house::settings());
    let facts = ExhibitFacts {
        name: None,
        source: None,
        region: None,
        bytes: None,
        accept_quarantined: false,
    };
    let people = &house.people;
    let begun = second.begin_admission(&people.custodian, &people.case, facts);
    drop(begun.ok().unwrap());
    drop(second);
    let closed = house.close();
    // One that was struck off takes the tables nowhere.
    let struck = Closed::copied(&closed.people, third.path());
    let refused = quietly(&struck, Place::File);
    assert!(
        matches!(refused, Err(CopyError::Start(StartError::NotANode))),
        "{refused:?}"
    );
    let found = quietly(&closed, Place::File).unwrap();
    assert_eq!(found.nodes_left, ["second"]);
    let house = opened_later(closed);
    let own = state(&house, "first");
    assert_eq!(
        (&own["state"], &own["running"]),
        (&json!("runs"), &json!(true))
    );
    assert_ne!(own["seen_at"], Value::Null);
    assert_eq!(state(&house, "second")["state"], "cannot-start");
    // The process that serves strikes itself off nowhere.
    let node = own["node"].as_str().unwrap().parse().unwrap();
    let why = only_reason(REASON).unwrap();
    let administrator = sign_in(&house.vault, "archibald");
    let refused = house
        .vault
        .perform(&administrator, StrikeOffNode { node, why });
    assert!(matches!(refused.err(), Some(Refusal::Failed(..))));
    // What a node left there that was killed while it admitted is cleared by now, and keeps nobody waiting.
    house.admit(log(500, 2)).unwrap();

    // It waits for nobody who cannot come, and says of nobody more than is known.
    let told = destroy(&house);
    assert_eq!(
        (&told["state"], &told["waits_for"]),
        (&json!("signed"), &Value::Null)
    );
    let note = told["note"].as_str().unwrap();
    let line = |name: &str| {
        let begins = format!("node {name} (");
        let found = note.lines().find(|line| line.starts_with(&begins));
        found.unwrap_or_else(|| panic!("{note}"))
    };
    assert!(
        line("first").ends_with("or later and has none left"),
        "{note}"
    );
    assert!(line("second").contains("cannot start"), "{note}");
    assert!(line("third").contains("struck off"), "{note}");
    for name in ["second", "third"] {
        assert!(line(name).ends_with("not known to be destroyed"), "{note}");
    }
    // Back on a server it is the node that it was.
    let closed = house.close();
    let address = database(&server, "again");
    assert!(
        quietly(&closed, to(&address))
            .unwrap()
            .nodes_left
            .is_empty()
    );
    let house = opened_later(closed);
    let back = state(&house, "first");
    assert_eq!(
        (&back["state"], &back["node"]),
        (&json!("runs"), &own["node"])
    );
    house.close().doctor();
}

#[test]
fn a_restored_vault_moves_to_a_server_and_is_its_only_node() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(500, 1)).unwrap();
    let _second = joined(&house, "second");
    let closed = house.close();
    quietly(&closed, Place::File).unwrap();
    let restored = crate::backup::restored(&closed, LATER);
    let list = |closed: &Closed| {
        let vault = open(&closed.paths()).unwrap();
        let list = nodes(&vault);
        vault.stop().unwrap();
        list
    };
    let of_before = list(&restored);
    assert_eq!(of_before.len(), 2);
    for node in &of_before {
        assert_eq!(
            (&node["state"], &node["struck_off_by"]),
            (&json!("struck-off"), &json!([]))
        );
    }
    let address = database(&server, "restored");
    quietly(&restored, to(&address)).unwrap();
    let mut list = list(&restored);
    list.retain(|node| node["state"] != "struck-off");
    let [own] = list.as_slice() else {
        panic!("{list:?}");
    };
    assert_eq!(
        (&own["name"], &own["state"]),
        (&json!("first"), &json!("runs"))
    );
    restored.doctor();
}

#[test]
fn nothing_moves_while_either_is_served_or_into_a_database_that_has_rows() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let address = database(&server, "breach");
    let house = House::after("2024-04-02T09:00:00Z".parse().unwrap(), |paths| {
        Vault::put_tables_at(paths, &address, None).unwrap();
    });
    let served = house.left_by_a_kill();
    let refused = |closed: &Closed, place: Place<'_>| quietly(closed, place).unwrap_err();
    // Another process has the directory, then another one only the tables.
    let theirs = Closed {
        people: house.people.clone(),
        directory: house.directory,
    };
    let found = refused(&theirs, Place::File);
    assert!(
        matches!(found, CopyError::Start(StartError::InUse)),
        "{found:?}"
    );
    let found = refused(&served, Place::File);
    assert!(matches!(found, CopyError::SourceServed), "{found:?}");
    // Nobody takes their database.
    let own = with_a_file().close();
    let found = refused(&own, to(&address));
    assert!(matches!(found, CopyError::TargetServed), "{found:?}");
    house.vault.stop().unwrap();
    drop(house.vault);
    let found = refused(&own, to(&address));
    assert!(matches!(found, CopyError::Taken), "{found:?}");
    // Nor one with tables of somebody else, nor their file.
    let strange = database(&server, "strange");
    server.sql("strange", "CREATE TABLE somebody (no INT)");
    let found = refused(&own, to(&strange));
    assert!(matches!(found, CopyError::Taken), "{found:?}");
    fs::write(theirs.paths().database(), "a file").unwrap();
    let found = refused(&theirs, Place::File);
    assert!(matches!(
        found,
        CopyError::Start(StartError::Exposed(_)) | CopyError::InTheWay
    ));
    fs::remove_file(theirs.paths().database()).unwrap();
    write_secret(theirs.paths().database(), "a file");
    let found = refused(&theirs, Place::File);
    assert!(matches!(found, CopyError::InTheWay), "{found:?}");
    // Nothing was changed by any of it.
    fs::remove_file(theirs.paths().database()).unwrap();
    for closed in [&own, &theirs] {
        open(&closed.paths()).unwrap().stop().unwrap();
        assert!(!closed.paths().moving().exists());
    }
}

#[test]
fn what_is_damaged_on_the_way_or_written_meanwhile_is_found_before_the_tables_move() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let house = with_a_file();
    house.admit(log(ROWS, 1)).unwrap();
    let closed = house.close();
    let asked = numbers(ROWS, 1, 3);
    let (before, _) = look(&closed, &asked);
    let flipped = |table: &str, column: &str| {
        format!("UPDATE {table} SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1)")
    };
    let changes = [
        ("term_run", flipped("term_run", "sealed")),
        ("subject_index", flipped("subject_index", "sealed")),
        (
            "membership",
            "UPDATE membership SET role = 'lead'".to_owned(),
        ),
        ("detail", "DELETE FROM detail WHERE seq = 3".to_owned()),
        ("leaf", flipped("leaf", "bytes")),
        (
            "leaf_index",
            "INSERT INTO leaf_index VALUES (5, 'record.lookup', 3)".to_owned(),
        ),
        (
            "tree_hash",
            "DELETE FROM tree_hash WHERE position = 2".to_owned(),
        ),
    ];
    for (no, (table, change)) in changes.iter().enumerate() {
        let name = format!("damaged{no}");
        let address = database(&server, &name);
        let found = moved(&closed, to(&address), &mut |step, done, all| {
            if step == Step::Copy && done == all {
                server.sql(&name, change);
            }
        });
        assert!(
            matches!(&found, Err(CopyError::Differs(found)) if found == table),
            "{table}: {found:?}"
        );
        assert!(closed.paths().database().exists() && !closed.paths().store().exists());
        // Tables whose rows are removed are right the next time; nothing is removed from a log.
        let again = quietly(&closed.copy(), to(&address));
        assert_eq!(
            again.is_ok(),
            !matches!(*table, "leaf" | "leaf_index" | "tree_hash"),
            "{table}"
        );
    }
    // After the rows were compared, what is opened is found; and a source that is written to meanwhile does not move.
    let address = database(&server, "late");
    let found = moved(&closed, to(&address), &mut |step, done, _| {
        if step == Step::Verify && done == 0 {
            server.sql("late", &flipped("block", "sealed"));
        }
    });
    assert!(
        found
            .as_ref()
            .is_err_and(CopyError::is_verification_failure),
        "{found:?}"
    );
    let address = database(&server, "written");
    let copy = closed.copy();
    let found = moved(&copy, to(&address), &mut |step, done, _| {
        if step == Step::Verify && done == 1 {
            copy.sql("UPDATE checkpoint SET control = zeroblob(8)");
        }
    });
    assert!(matches!(found, Err(CopyError::Changed)), "{found:?}");
    let (after, objects) = look(&closed, &asked);
    assert_eq!(after, before);
    assert!(objects.is_empty());
}

#[test]
fn tables_that_were_marked_are_left_both_ways_though_the_new_ones_were_named_nowhere_yet() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let house = with_a_file();
    house.admit(log(ROWS, 1)).unwrap();
    let closed = house.close();
    let paths = closed.paths();
    let asked = numbers(ROWS, 1, 3);
    let (before, _) = look(&closed, &asked);
    let address = database(&server, "breach");
    let (store, aside) = (paths.store(), paths.data().join("aside"));
    // The step from one to the other fails: a folder is in the way of the file.
    let stuck = moved(&closed, to(&address), &mut |step, done, _| {
        if step == Step::Verify && done == 1 {
            fs::create_dir(&store).unwrap();
        }
    });
    assert!(matches!(stuck, Err(CopyError::Io(_))), "{stuck:?}");
    fs::remove_dir(&store).unwrap();
    // Nobody who still names the old tables goes on from them.
    let refused = open(&as_before(&closed, None).paths()).err();
    assert!(matches!(refused, Some(StartError::Moved(_))), "{refused:?}");
    // A start does the rest.
    let (after, objects) = look(&closed, &asked);
    assert_eq!(after, before);
    assert_eq!(objects, ["sqlite:postgresql"]);
    assert!(store.exists() && !paths.moving().exists() && paths.left_database().exists());

    let note = fs::read_to_string(&store).unwrap();
    let stuck = moved(&closed, Place::File, &mut |step, done, _| {
        if step == Step::Verify && done == 1 {
            fs::rename(&store, &aside).unwrap();
            fs::create_dir(&store).unwrap();
        }
    });
    assert!(matches!(stuck, Err(CopyError::Io(_))), "{stuck:?}");
    fs::remove_dir(&store).unwrap();
    fs::rename(&aside, &store).unwrap();
    let refused = open(&as_before(&closed, Some(&note)).paths()).err();
    assert!(matches!(refused, Some(StartError::Moved(_))), "{refused:?}");
    // So does the same command.
    let found = quietly(&closed, Place::File).unwrap();
    assert_eq!(
        (found.from.as_str(), found.to.as_str()),
        ("postgresql", "sqlite")
    );
    let (after, objects) = look(&closed, &asked);
    assert_eq!(after, before);
    assert_eq!(objects, ["postgresql:sqlite", "sqlite:postgresql"]);
    assert!(!store.exists() && !paths.moving().exists());
    closed.doctor();
}

/// The process that is killed: this test, which another one starts.
#[test]
#[ignore = "the process that the test below starts and kills"]
fn victim() {
    let told = |name: &str| outside::setting(name).unwrap_or_default();
    let directory = told("KILLED_VAULT");
    let address = told("KILLED_REQUEST");
    let paths = Paths::of(Path::new(&directory));
    let locked = LockedKeyring::read(&paths.keyring()).unwrap();
    let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
    let with = With {
        settings: house::settings(),
        clock: Arc::new(clock()),
        entropy: Arc::new(SystemEntropy::new()),
    };
    let place = match address.as_str() {
        "" => Place::File,
        address => to(address),
    };
    println!("{BEGINS}");
    move_tables(&paths, place, keyring.unwrap(), &with, &mut |_, _, _| ()).unwrap();
}

const BEGINS: &str = "the move begins";

/// Starts the move in a process of its own.
fn begin(closed: &Closed, address: Option<&str>) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["store_copy::victim", "--exact", "--ignored", "--nocapture"])
        .env("KILLED_VAULT", closed.directory.path())
        .env("KILLED_REQUEST", address.unwrap_or_default())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains(BEGINS)),
        "it could not begin"
    );
    // Read to its end, so that nobody waits for a reader.
    thread::spawn(move || lines.count());
    child
}

/// Kills a move some time after it began, looks at what is left, and ends it: at once, or after the vault was served.
/// Says whether the tables had moved.
fn killed_and_ended(
    closed: &Closed,
    (address, other): (Option<&str>, Option<&str>),
    (after, at_once): (Duration, bool),
    (asked, expected): (&[String], &Value),
) -> bool {
    let mut child = begin(closed, address);
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let had_moved = closed.paths().store().exists() == address.is_some();
    let place = address.map_or(Place::File, to);
    let ended = |closed: &Closed| match quietly(closed, place) {
        Ok(_) | Err(CopyError::There) => {}
        Err(fault) => panic!("{address:?} after {after:?}: {fault:?}"),
    };
    if at_once {
        ended(closed);
    }
    // Whichever side the directory names serves everything; and from then on the other one does not start.
    let (found, _) = look(closed, asked);
    assert_eq!(&found, expected);
    // A start goes on with a move that had marked the old tables and not named the new ones yet.
    let has_moved = closed.paths().store().exists() == address.is_some();
    assert!(has_moved || !had_moved);
    let note = match has_moved {
        true => other,
        false => address,
    };
    let note = note.map(|address| format!("{address}\n\n"));
    let started = open(&as_before(closed, note.as_deref()).paths()).err();
    assert!(
        started.is_some(),
        "both sides start, {address:?} after {after:?}"
    );
    ended(closed);
    had_moved
}

/// For a series: `KILLS=200 cargo test --test checks store_copy::a_move`
#[test]
fn a_move_that_is_killed_leaves_one_side_that_starts_and_goes_on_where_it_ended() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let house = with_a_file();
    house.admit(log(ROWS, 1)).unwrap();
    let asked = numbers(ROWS, 1, 3);
    let kept = ask::<ReadCheckpoint>(&house.vault, &house.people.auditor, &[], json!({})).unwrap();
    let kept = kept.as_str().unwrap().as_bytes().to_vec();
    let whole = house.close();
    let (expected, _) = look(&whole, &asked);
    // How long each takes where nobody kills it.
    let timed = whole.copy();
    let address = database(&server, "timed");
    let takes = [Some(address.as_str()), None].map(|to| {
        let mut child = begin(&timed, to);
        let since = Instant::now();
        assert!(child.wait().unwrap().success());
        since.elapsed()
    });
    let (mut moved, mut stayed) = (0, 0);
    for no in 1..=kills() {
        let closed = whole.copy();
        let address = database(&server, &format!("killed{no}"));
        // The golden ratio spreads any number of moments evenly.
        let part = |no: u32| (f64::from(no) * 0.618_033_988_749_895).fract();
        let places = [
            (Some(address.as_str()), None),
            (None, Some(address.as_str())),
        ];
        for (turn, (place, takes)) in (0..).zip(places.into_iter().zip(takes)) {
            let after = takes.mul_f64(part(2 * no + turn));
            let at_once = (no + turn).is_multiple_of(2);
            match killed_and_ended(&closed, place, (after, at_once), (&asked, &expected)) {
                true => moved += 1,
                false => stayed += 1,
            }
        }
        let (found, objects) = look(&closed, &asked);
        assert_eq!(found, expected);
        assert_eq!(objects, ["postgresql:sqlite", "sqlite:postgresql"]);
        let kept = std::slice::from_ref(&kept);
        trail::verify_directory(&closed.paths(), None, kept).unwrap();
        closed.doctor();
    }
    eprintln!("{moved} had moved when they were killed, {stayed} had not");
}

/// The statements of docs/postgresql.md that give a user its rights.
fn grants() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/postgresql.md");
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```sql\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let found: Vec<&str> = blocks.filter(|block| block.contains("GRANT ")).collect();
    assert_eq!(found.len(), 1, "one block has the rights");
    found[0].to_owned()
}

fn psql(address: &str, sql: &str) -> Output {
    Command::new("psql")
        .args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", sql])
        .output()
        .unwrap()
}

fn create(paths: &Paths) -> Result<(), StartError> {
    let made = Vault::create(
        paths,
        &NewPassphrase::parse(PASSPHRASE.to_owned()).ok().unwrap(),
        Argon2Params::new(8, 1, 1).unwrap(),
        OperatorName::parse("archibald").unwrap(),
        house::settings(),
        Arc::new(clock()),
        Arc::new(SystemEntropy::new()),
    );
    made.map(drop)
}

#[test]
fn a_user_that_can_neither_alter_nor_drop_serves_a_vault_and_what_was_erased_is_cleaned_up() {
    let Some(server) = TestServer::start(&["autovacuum_naptime=1s"]) else {
        return;
    };
    server.sql("postgres", "CREATE ROLE keeper LOGIN");
    server.sql("postgres", "CREATE ROLE vault LOGIN");
    for name in ["breach", "moved", "bare"] {
        server.sql("postgres", &format!("CREATE DATABASE {name} OWNER keeper"));
    }
    let own = |name: &str| server.by_socket("vault", name);
    // Where there are no tables, that user makes none.
    let room = TempDir::new().unwrap();
    let paths = Paths::of(room.path());
    Vault::put_tables_at(&paths, &own("bare"), None).unwrap();
    let refused = create(&paths).err();
    let expected = Some(StartError::Schema(SchemaFault::NotOwner)).map(|one| one.to_string());
    assert_eq!(refused.map(|one| one.to_string()), expected);
    // Without rights the answer is not that there is a vault; nor where there is no such database.
    server.sql("postgres", "CREATE DATABASE ungranted OWNER keeper");
    prepare(&server.by_socket("keeper", "ungranted"), None, &SystemClock).unwrap();
    for (name, words) in [
        ("ungranted", "does not allow it"),
        ("absent", "no database of this name"),
    ] {
        let room = TempDir::new().unwrap();
        let paths = Paths::of(room.path());
        Vault::put_tables_at(&paths, &own(name), None).unwrap();
        let refused = create(&paths).unwrap_err().to_string();
        assert!(refused.contains(words), "{name}: {refused}");
    }

    for name in ["breach", "moved"] {
        let keeper = server.by_socket("keeper", name);
        // Twice, as after an upgrade that changes nothing.
        for _ in 0..2 {
            prepare(&keeper, None, &SystemClock).unwrap();
        }
        let granted = psql(&keeper, &grants());
        assert!(granted.status.success(), "{}", said(&granted));
    }
    let breach = own("breach");
    for forbidden in [
        "DROP TABLE leaf",
        "ALTER TABLE leaf ADD COLUMN more INT",
        "TRUNCATE block",
        "CREATE TABLE more (no INT)",
        "CREATE TRIGGER t BEFORE UPDATE ON session EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DELETE FROM leaf",
        "UPDATE leaf SET action = ''",
        "DELETE FROM leaf_index",
        "UPDATE leaf_index SET seq = 0",
        "DELETE FROM tree_hash",
        "DELETE FROM migration",
        "GRANT SELECT ON leaf TO PUBLIC",
    ] {
        let done = psql(&breach, forbidden);
        let words = said(&done);
        // A right that nobody has is not handed on, with a warning.
        assert!(
            !done.status.success() || words.contains("no privileges"),
            "{forbidden}: {words}"
        );
    }

    let house = House::after("2024-04-02T09:00:00Z".parse().unwrap(), |paths| {
        Vault::put_tables_at(paths, &breach, None).unwrap();
    });
    house.admit(log(ROWS, 1)).unwrap();
    let asked = numbers(ROWS, 1, 3);
    reveal(&house.vault, &house, &asked[1]);
    erasure::carried_out(&house, &asked[0]);
    assert_eq!(house.vault.erase(), Ok(1));
    // The server's own cleaning removes the old row of the term.
    let cleaned = "SELECT last_autovacuum IS NOT NULL AND n_dead_tup = 0
        FROM pg_stat_user_tables WHERE relname = 'term_run'";
    let until = Instant::now() + Duration::from_secs(60);
    while said(&psql(&breach, cleaned)).trim() != "t" {
        assert!(Instant::now() < until, "the old rows are still there");
        thread::sleep(Duration::from_millis(200));
    }
    let people = house.people.clone();
    let administrator = sign_in(&house.vault, "archibald");
    let case = [("case", people.case.as_str())];
    let reason = json!({ "reason": REASON });
    ask::<RotateCaseKey>(&house.vault, &administrator, &case, reason).unwrap();
    assert_eq!(house.vault.rotate(), Ok(1));
    let before = answers(
        &house.vault,
        &people.investigator,
        people.case.as_str(),
        &asked,
    );
    let closed = house.close();
    // To another database of such a user, and the case ends there.
    quietly(&closed, to(&own("moved"))).unwrap();
    let (after, objects) = look(&closed, &asked);
    assert_eq!((&after, objects.len()), (&before, 1));
    let clock = clock();
    let house = House {
        vault: house::open_at(&closed.paths(), clock.clone()).unwrap(),
        people,
        clock,
        directory: closed.directory,
    };
    assert!(house.clock.now() > "2024-04-02T09:00:00Z".parse().unwrap());
    destroy(&house);
    house.close().doctor();
}

#[test]
fn the_command_moves_a_vault_and_says_what_it_did() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let address = database(&server, "breach");
    let closed = with_a_file().close();
    let shelf = directory();
    let passphrase = shelf.path().join("passphrase");
    write_secret(&passphrase, PASSPHRASE);
    let run = |to: &str| {
        Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["store", "copy", "--json", "--dir"])
            .arg(closed.directory.path())
            .args(["--to", to, "--passphrase-file"])
            .arg(&passphrase)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let done = run(&address);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(told["moved"]["to"], "postgresql");
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        words.contains("copying: 100 %") && words.contains("vault.db.moved"),
        "{words}"
    );
    let again = run(&address);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    let wrong = run("/var/lib/vault");
    assert_ne!(wrong.status.code(), Some(0));
    let back = run("sqlite");
    assert_eq!(back.status.code(), Some(0), "{}", said(&back));
    closed.doctor();
}
