//! A vault whose tables a server has: a real PostgreSQL, which the tests start.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use breachvault::domain::OperatorName;
use breachvault::operations::audit::SearchLeaves;
use breachvault::operations::case::ReadCase;
use breachvault::operations::key::RotateCaseKey;
use breachvault::operations::record::{CountRecords, LookUp};
use breachvault::operations::reveal::{DecideReveal, OpenReveal, RequestReveal};
use breachvault::vault::backup::{BackupError, Target, back_up_database};
use breachvault::vault::clock::{Clock as _, ManualClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::keyring::{Argon2Params, NewPassphrase};
use breachvault::vault::{Caller, Paths, Refusal, StartError, Vault, trail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::beside::Beside;
use crate::destruction::destroy;
use crate::erasure::{ERASED, admit_to, carried_out};
use crate::house::{self, Closed, House, PASSPHRASE, REASON, ask, files, log, numbers};
use crate::rotation::sign_in;
use crate::secret_file::write_secret;
use crate::server::TestServer;

const ROWS: u64 = 3000;

/// A vault whose tables a server has, over the network with a password, or by its socket.
pub(crate) fn house(server: &TestServer, by_network: bool) -> (House, TempDir) {
    let room = TempDir::new().unwrap();
    let password = room.path().join("database password");
    write_secret(&password, "horse");
    server.sql("postgres", "CREATE ROLE vault LOGIN PASSWORD 'horse'");
    server.sql("postgres", "CREATE DATABASE breach OWNER vault");
    let (address, password) = match by_network {
        true => (server.by_network("vault", "breach"), Some(password)),
        false => (server.by_socket("vault", "breach"), None),
    };
    let house = House::after("2024-04-02T09:00:00Z".parse().unwrap(), |paths| {
        Vault::put_tables_at(paths, &address, password.as_deref()).unwrap();
    });
    (house, room)
}

pub(crate) fn look_up(
    vault: &Vault,
    who: &Caller,
    case: &str,
    numbers: &[String],
) -> Result<Value, Refusal> {
    let body = json!({ "numbers": numbers, "purpose": "quality-check", "reason": REASON });
    ask::<LookUp>(vault, who, &[("case", case)], body)
}

#[test]
fn what_is_cleaned_up_after_an_erasure_keeps_no_commit_waiting() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    server.sql("postgres", "CREATE DATABASE breach");
    let address = server.by_socket("owner", "breach");
    let house = House::after("2024-04-02T09:00:00Z".parse().unwrap(), |paths| {
        Vault::put_tables_at(paths, &address, None).unwrap();
    });
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let asked = numbers(ROWS, 1, 3);
    carried_out(&house, &asked[0]);
    // Somebody keeps the cleaning of one table waiting.
    let (holds, looks) = (Beside::of(&house.paths()), Beside::of(&house.paths()));
    holds.run("BEGIN; LOCK TABLE detail IN SHARE UPDATE EXCLUSIVE MODE");
    thread::scope(|scope| {
        let erasing = scope.spawn(|| house.vault.erase());
        let waits = "SELECT query FROM pg_stat_activity
            WHERE query LIKE 'VACUUM%' AND wait_event_type = 'Lock'";
        let until = Instant::now() + Duration::from_secs(60);
        while looks.rows(waits).is_empty() {
            assert!(Instant::now() < until && !erasing.is_finished());
            thread::sleep(Duration::from_millis(20));
        }
        for number in &asked[1..] {
            let case = people.case.as_str();
            let number = std::slice::from_ref(number);
            look_up(&house.vault, &people.investigator, case, number).unwrap();
        }
        assert_eq!(looks.rows(waits).len(), 1, "it waited for the cleaning");
        holds.run("COMMIT");
        assert_eq!(erasing.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_vault_with_a_server_admits_answers_reveals_backs_up_nothing_and_destroys() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = house(&server, true);
    assert!(!house.paths().database().exists());
    let admitted = house.admit(log(ROWS, 1)).unwrap();
    assert_eq!(admitted["admitted"], ROWS);
    let people = house.people.clone();
    let case = people.case.as_str();
    let held = numbers(ROWS, 1, 3);
    let found = look_up(&house.vault, &people.investigator, case, &held).unwrap();
    let results = found["results"].as_array().unwrap();
    assert!(results.iter().all(|one| one["state"] == "exposed"));
    let absent = look_up(
        &house.vault,
        &people.investigator,
        case,
        &["+447700900098".to_owned()],
    );
    assert_eq!(absent.unwrap()["results"][0]["state"], "not_exposed");

    let subject = results[0]["subject"].clone();
    let body = json!({ "subjects": [subject], "purpose": "victim-inquiry", "reason": REASON });
    let asked = house.ask::<RequestReveal>(&people.investigator, &[("case", case)], body);
    let reveal = asked.unwrap()["reveal"].as_str().unwrap().to_owned();
    let ids = [("reveal", reveal.as_str())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house.ask::<DecideReveal>(&people.lead, &ids, yes).unwrap();
    let opened = house
        .ask::<OpenReveal>(&people.investigator, &ids, json!({}))
        .unwrap();
    assert_eq!(opened["numbers"].as_array().unwrap().len(), 1);

    let refused = back_up_database(
        &house.paths(),
        Target::File(&house.directory.path().join("copy")),
        house.clock.now(),
        Duration::ZERO,
        &|| true,
    );
    assert!(matches!(refused, Err(BackupError::Server)));

    let closed = house.close();
    closed.doctor();
    let vault = closed.open().unwrap();
    let again = look_up(&vault, &people.investigator, case, &held).unwrap();
    assert_eq!(again["results"], found["results"]);
    vault.stop().unwrap();
    drop(vault);

    let clock = ManualClock::new("2024-04-02T11:00:00Z".parse().unwrap());
    let house = House {
        vault: house::open_at(&closed.paths(), clock.clone()).unwrap(),
        people,
        clock,
        directory: closed.directory,
    };
    destroy(&house);
    let closed = house.close();
    closed.doctor();
}

#[test]
fn a_row_that_was_changed_in_the_server_is_found_and_a_second_vault_is_not_made_there() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = house(&server, false);
    let case = house.people.case.clone();
    let read = |house: &House| {
        let ids = [("case", case.as_str())];
        house.ask::<ReadCase>(&house.people.lead, &ids, json!({}))
    };
    read(&house).unwrap();
    // No vault is made where another one's tables are.
    let room = TempDir::new().unwrap();
    let paths = Paths::of(room.path());
    Vault::put_tables_at(&paths, &server.by_socket("vault", "breach"), None).unwrap();
    let second = Vault::create(
        &paths,
        &NewPassphrase::parse(PASSPHRASE.to_owned()).ok().unwrap(),
        Argon2Params::new(8, 1, 1).unwrap(),
        OperatorName::parse("archibald").unwrap(),
        house::settings(),
        Arc::new(house.clock.clone()),
        Arc::new(SystemEntropy::new()),
    );
    assert!(matches!(second.err(), Some(StartError::Taken)));
    server.sql(
        "breach",
        "UPDATE membership SET role = 'lead' WHERE role = 'custodian'",
    );
    // What is kept in memory stands for a second; each commit looks whether somebody else wrote.
    let refused = (0..2).map(|_| read(&house)).find_map(Result::err).unwrap();
    assert!(matches!(refused, Refusal::Failed(..)), "{refused:?}");
    assert_eq!(house.vault.health().damage(), Some("membership"));
    let _ = house.vault.stop();
    let closed = Closed {
        people: house.people,
        directory: house.directory,
    };
    drop(house.vault);
    assert!(matches!(closed.open().err(), Some(StartError::Control(_))));
}

#[test]
fn what_was_answered_is_there_after_the_server_was_killed_while_it_wrote() {
    let Some(mut server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let newest = AtomicU64::new(0);
    let held = numbers(ROWS, 1, 1);
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            for no in 0.. {
                let done = house::perform::<LookUp>(
                    &house.vault,
                    &people.investigator,
                    &[("case", people.case.as_str())],
                    json!({ "numbers": held, "purpose": "quality-check", "reason": format!("{REASON} {no}") }),
                );
                match done {
                    Ok(reply) => newest.store(reply.leaf, Ordering::Release),
                    Err(_) => return,
                }
            }
        });
        while newest.load(Ordering::Acquire) == 0 {
            thread::yield_now();
        }
        server.crash();
        asking.join().unwrap();
    });
    let _ = house.vault.stop();
    let closed = Closed {
        people: house.people,
        directory: house.directory,
    };
    drop(house.vault);
    let vault = closed.open().unwrap();
    vault.stop().unwrap();
    drop(vault);
    let verified = trail::verify_directory(&closed.paths(), None, &[]).unwrap();
    assert!(verified.size > newest.load(Ordering::Acquire));
}

#[test]
fn a_search_of_the_log_is_answered_also_where_others_use_the_server_without_end() {
    let Some(server) = TestServer::start(&["autovacuum=off"]) else {
        return;
    };
    let (house, _room) = house(&server, false);
    let mut refused = 0;
    for _ in 0..6 {
        // Somebody takes the number of a transaction in another database.
        server.sql("postgres", "SELECT pg_current_xact_id()");
        let found = house.ask::<SearchLeaves>(&house.people.auditor, &[], json!({}));
        match found {
            Ok(found) => assert!(
                found["leaves"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            ),
            Err(Refusal::Unaudited(_) | Refusal::Failed(..)) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(refused <= 1, "{refused} were refused");
    assert_eq!(house.vault.health().damage(), None);
}

/// What is kept of sealed parts on this machine: how each ciphertext begins.
fn kept(house: &House) -> Vec<Vec<u8>> {
    const HEADER: usize = 44;
    let mut all = Vec::new();
    for path in files(&house.paths().cache()) {
        let content = fs::read(path).unwrap();
        let mut at = 0;
        while at < content.len() {
            let length = content[at + 8..at + 12].try_into().unwrap();
            let from = at + HEADER;
            at = from + u32::from_be_bytes(length) as usize;
            all.push(content[from..at.min(from + 64)].to_vec());
        }
    }
    // What was overwritten is nothing but zeros.
    all.retain(|sealed| sealed.iter().any(|byte| *byte != 0));
    all
}

/// Asks so that blocks, statistics and the subject index are read; the table, and what is said of the erased number.
fn read_all(house: &House) -> [Value; 2] {
    let case = [("case", house.people.case.as_str())];
    let filtered = json!({ "by": ["country"], "audience": "team", "filter": { "kind": ["sms"] } });
    let table = house.ask::<CountRecords>(&house.people.lead, &case, filtered);
    let found = look_up(
        &house.vault,
        &house.people.investigator,
        house.people.case.as_str(),
        &[ERASED.to_owned()],
    );
    [table.unwrap(), found.unwrap()["results"][0].clone()]
}

#[test]
fn nothing_is_kept_on_the_machine_of_what_was_erased_sealed_again_or_destroyed() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = house(&server, false);
    admit_to(&house);
    let [_, found] = read_all(&house);
    assert_eq!(found["state"], "exposed");
    let before = kept(&house);
    assert!(before.len() > 4, "{}", before.len());
    let is_left = |before: &[Vec<u8>]| kept(&house).iter().any(|sealed| before.contains(sealed));

    carried_out(&house, ERASED);
    assert_eq!(house.vault.erase(), Ok(1));
    assert!(!is_left(&before));
    let erased = read_all(&house);
    assert_eq!(erased[1]["state"], "not_exposed");
    assert_eq!(read_all(&house), erased);
    let before = kept(&house);
    assert!(before.len() > 4, "{}", before.len());

    let administrator = sign_in(&house.vault, "archibald");
    let case = [("case", house.people.case.as_str())];
    let reason = json!({ "reason": REASON });
    house
        .ask::<RotateCaseKey>(&administrator, &case, reason)
        .unwrap();
    assert_eq!(house.vault.rotate(), Ok(1));
    assert!(!is_left(&before));
    assert_eq!(read_all(&house), erased);
    assert!(kept(&house).len() > 4);

    destroy(&house);
    assert_eq!(kept(&house), Vec::<Vec<u8>>::new());
    house.close().doctor();
}
