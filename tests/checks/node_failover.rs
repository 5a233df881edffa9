//! The server is killed, and its synchronous copy is promoted: what was answered is there, and the nodes go on with the
//! new server without a person, because `data/store` names both hosts.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use breachvault::operations::case::ReadCase;
use breachvault::operations::record::LookUp;
use breachvault::vault::{Caller, Paths, Refusal, Reply, StartError, Vault};
use serde_json::json;
use tempfile::TempDir;

use crate::house::{self, House, ask, log, numbers, perform};
use crate::node_kills::Over;
use crate::nodes::{ROWS, clock, is_sound, joined, leaf, open, verified};
use crate::peers::{again, until};
use crate::server::TestServer;

/// How long nodes may take until they go on with the new server.
const GOING_ON: Duration = Duration::from_secs(30);

fn look_up(vault: &Vault, who: &Caller, case: &str, reason: &str) -> Result<Reply, Refusal> {
    let number = numbers(ROWS, 1, 1);
    let body = json!({ "numbers": number, "purpose": "quality-check", "reason": reason });
    perform::<LookUp>(vault, who, &[("case", case)], body)
}

/// From now on a directory finds its tables at either server.
fn knows_both(directory: &std::path::Path, address: &str) {
    fs::write(directory.join("data/store"), format!("{address}\n\n")).unwrap();
}

/// A house whose server has a synchronous copy, and another node.
fn with_a_copy(server: &TestServer) -> (House, TempDir, TempDir, TestServer) {
    let (house, room) = crate::postgresql::house(server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let other = joined(&house, "second");
    let copy = server.replica();
    server.sql(
        "postgres",
        "ALTER SYSTEM SET synchronous_standby_names = '*'",
    );
    server.sql("postgres", "SELECT pg_reload_conf()");
    until("the copy is synchronous", || {
        server.sql("postgres", "SELECT sync_state FROM pg_stat_replication") == "sync"
    });
    let address = server.by_sockets(&copy, "vault", "breach");
    for directory in [house.directory.path(), other.path()] {
        knows_both(directory, &address);
    }
    house.vault.stop().unwrap();
    (again(house, house::settings()), room, other, copy)
}

#[test]
fn a_promoted_copy_has_all_that_was_answered_and_the_nodes_go_on_with_it() {
    let Some(mut server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room, other, mut copy) = with_a_copy(&server);
    let people = house.people.clone();
    let case = people.case.as_str();
    let second = open(&other, house::settings());
    let told = Mutex::new(BTreeMap::new());
    let asks = |vault: &Vault, reason: String| {
        let answered = look_up(vault, &people.investigator, case, &reason)?;
        let before = told.lock().unwrap().insert(answered.leaf, reason);
        assert_eq!(before, None, "two answers have one leaf");
        Ok::<(), Refusal>(())
    };

    // Without the copy no commit is durable, and nobody is answered.
    asks(&house.vault, "before anything".to_owned()).unwrap();
    copy.kill();
    let refused = asks(&house.vault, "the copy is away".to_owned());
    assert!(matches!(refused, Err(Refusal::Unaudited(_))), "{refused:?}");
    until("readiness fails", || !house.vault.health().is_green());
    copy.begin();
    until("the copy follows again", || {
        asks(&house.vault, "the copy is back".to_owned()).is_ok()
    });

    // The server ends under lookups at both nodes.
    let (is_over, refused) = (
        AtomicBool::new(false),
        [AtomicU64::new(0), AtomicU64::new(0)],
    );
    let took = thread::scope(|scope| {
        let _over = Over(&is_over);
        let nodes = [("first", &house.vault), ("second", &second)];
        for ((name, vault), refused) in nodes.into_iter().zip(&refused) {
            let (asks, is_over) = (&asks, &is_over);
            scope.spawn(move || {
                for no in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    if asks(vault, format!("lookup {no} at the {name} node")).is_err() {
                        refused.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(Duration::from_millis(20));
                    }
                }
            });
        }
        let count = || told.lock().unwrap().len();
        until("lookups are answered", || count() > 40);
        server.kill();
        // What is not promoted is not written to, and nothing is read from it. Whoever was refused has no answer on its
        // way any more.
        until("both nodes refuse", || {
            refused
                .iter()
                .all(|count| count.load(Ordering::Relaxed) > 0)
        });
        let known = count();
        thread::sleep(Duration::from_millis(500));
        assert_eq!(count(), known, "a copy answered");
        let ids = [("case", case)];
        let read = ask::<ReadCase>(&house.vault, &people.lead, &ids, json!({}));
        assert!(read.is_err());
        until("readiness fails", || !house.vault.health().is_green());
        copy.sql("postgres", "SELECT pg_promote()");
        let promoted = Instant::now();
        let newest = *told.lock().unwrap().keys().last().unwrap();
        until("both nodes are answered by the new server", || {
            let told = told.lock().unwrap();
            let newer = || told.range(newest + 1..).map(|(_, reason)| reason);
            ["first", "second"]
                .iter()
                .all(|name| newer().any(|reason| reason.contains(name)))
        });
        promoted.elapsed()
    });
    println!("both nodes went on after {took:.1?}");
    assert!(took < GOING_ON, "{took:?}");
    is_sound(&house.vault);
    is_sound(&second);
    let told = told.into_inner().unwrap();
    for (seq, reason) in &told {
        let found = leaf(&house.vault, &people.auditor, *seq).unwrap();
        assert_eq!(found["leaf"]["action"], "record.lookup", "{found}");
        assert_eq!(
            found["detail"]["detail"]["reason"],
            reason.as_str(),
            "{found}"
        );
    }
    let size = verified(&[house.directory.path(), other.path()]);
    assert!(size > *told.keys().last().unwrap());

    // The old server comes back as it was, and says that it accepts writes. Nodes stay where they are, and whoever
    // starts does not go on with what it has.
    server.begin();
    look_up(
        &house.vault,
        &people.investigator,
        case,
        "afterwards, there",
    )
    .unwrap();
    second.stop().unwrap();
    drop(second);
    let refused = house::open_with(&Paths::of(other.path()), clock(), house::settings()).err();
    assert!(matches!(refused, Some(StartError::Mark(_))), "{refused:?}");
    server.kill();
    let second = open(&other, house::settings());
    look_up(&second, &people.investigator, case, "with the new server").unwrap();
    is_sound(&second);
    is_sound(&house.vault);
}
