//! A server that is not as it has to be: full, read-only, careless, of a newer schema, not trusted. Nothing starts with
//! it, a vault that is open refuses, and each says why.

use std::fs;
use std::process::{Command, Stdio};

use breachvault::vault::{ExhibitCheck, Refusal, Vault};

use crate::house::{self, Closed, House, PASSPHRASE, log};
use crate::nodes::{ROWS, is_sound, look_up, verified};
use crate::peers::until;
use crate::secret_file::write_secret;
use crate::server::TestServer;

/// What a start says that is refused.
fn refused(house: &Closed) -> String {
    let refused = house.open().err().expect("it started");
    let mut text = refused.to_string();
    let mut cause = std::error::Error::source(&refused);
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    // The program says the same, and ends.
    let passphrase = house.directory.path().join("passphrase");
    write_secret(&passphrase, PASSPHRASE);
    let served = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(house.directory.path())
        .arg("--passphrase-file")
        .arg(&passphrase)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!served.status.success());
    format!("{text}\n{}", house::said(&served))
}

fn closed(house: House) -> Closed {
    let _ = house.vault.stop();
    let House {
        vault,
        people,
        directory,
        ..
    } = house;
    drop(vault);
    Closed { people, directory }
}

/// Sets something of a server, or resets it, and waits until it is so.
fn set(server: &TestServer, name: &str, value: Option<&str>) {
    let before = server.sql("postgres", &format!("SHOW {name}"));
    server.sql(
        "postgres",
        &match value {
            Some(value) => format!("ALTER SYSTEM SET {name} = {value}"),
            None => format!("ALTER SYSTEM RESET {name}"),
        },
    );
    server.sql("postgres", "SELECT pg_reload_conf()");
    until(name, || {
        server.sql("postgres", &format!("SHOW {name}")) != before
    });
}

fn says_of_all(text: &str, words: &str) {
    let count = text.matches(words).count();
    assert!(count >= 2, "not by both: {text}");
}

#[test]
fn a_server_that_became_careless_read_only_newer_or_strange_is_refused_by_name() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    // By the network, and as somebody who may do nothing but what the vault has to.
    let (house, _room) = crate::postgresql::house(&server, true);
    house.admit(log(ROWS, 1)).unwrap();
    let mut house = house;
    let case = house.people.case.clone();
    let size = |house: &House| verified(&[house.directory.path()]);
    for (name, off, says) in [
        ("synchronous_commit", "off", "`synchronous_commit = off`"),
        ("fsync", "off", "`fsync = off`"),
        ("full_page_writes", "off", "`full_page_writes = off`"),
        (
            "default_transaction_read_only",
            "on",
            "accepts no writes now",
        ),
        ("ssl", "off", "does not encrypt"),
    ] {
        let asks = |house: &House| look_up(&house.vault, &house.people.investigator, case.as_str());
        asks(&house).unwrap();
        let before = size(&house);
        set(&server, name, Some(off));
        // While it is served: connections that are there go on being encrypted.
        if name != "ssl" {
            until("the vault finds it", || {
                matches!(asks(&house), Err(Refusal::Unaudited(_)))
            });
            until("readiness fails", || !house.vault.health().is_green());
            let written = size(&house);
            assert!(matches!(asks(&house), Err(Refusal::Unaudited(_))), "{name}");
            assert_eq!(size(&house), written, "{name}");
            assert!(written >= before);
        }
        let clock = house.clock.clone();
        let closed = closed(house);
        says_of_all(&refused(&closed), says);
        set(&server, name, None);
        // It goes on as if nothing had been.
        let vault = closed.open().unwrap();
        house = House {
            vault,
            people: closed.people,
            clock,
            directory: closed.directory,
        };
        asks(&house).unwrap();
        is_sound(&house.vault);
    }

    let closed = closed(house);
    let note = closed.paths().store();
    let right = fs::read_to_string(&note).unwrap();
    // Somebody else's certificate.
    let key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::default().self_signed(&key);
    let authority = closed.directory.path().join("authority.pem");
    fs::write(&authority, own.unwrap().pem()).unwrap();
    let known = server.authorities();
    let strange = right.replace(known.to_str().unwrap(), authority.to_str().unwrap());
    fs::write(&note, strange).unwrap();
    says_of_all(&refused(&closed), "no certificate that is trusted");
    fs::write(&note, &right).unwrap();
    // A program of later made the tables.
    let later = "INSERT INTO migration SELECT max(number) + 1, 'later', '', 0 FROM migration";
    server.sql("breach", later);
    says_of_all(&refused(&closed), "newer");
    server.sql("breach", "DELETE FROM migration WHERE name = 'later'");
    // A copy that was not promoted.
    let copy = server.replica();
    fs::write(&note, format!("{}\n\n", copy.by_socket("vault", "breach"))).unwrap();
    says_of_all(&refused(&closed), "accepts no writes now");
    drop(copy);
    fs::write(&note, right).unwrap();
    closed.open().unwrap().stop().unwrap();
    closed.doctor();
}

#[test]
fn a_server_whose_disk_is_full_takes_no_leaf_and_nobody_is_answered_until_there_is_room() {
    let Some(server) = TestServer::start_with_little_room(48 << 20) else {
        eprintln!("skipped: only root can make a disk that is soon full");
        return;
    };
    server.sql("postgres", "CREATE ROLE vault LOGIN");
    let place = "CREATE DATABASE breach OWNER vault TABLESPACE little";
    server.sql("postgres", place);
    let address = server.by_socket("vault", "breach");
    let house = House::after("2024-04-02T09:00:00Z".parse().unwrap(), |paths| {
        Vault::put_tables_at(paths, &address, None).unwrap();
    });
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let asks = || look_up(&house.vault, &people.investigator, case).map(|reply| reply.leaf);
    asks().unwrap();
    // Somebody else's table takes all of it.
    server.sql(
        "postgres",
        "CREATE TABLE fills (bytes TEXT) TABLESPACE little",
    );
    let fill = |rows: u32| {
        let sql =
            format!("INSERT INTO fills SELECT repeat('x', 7000) FROM generate_series(1, {rows})");
        server.psql("postgres", &sql).status.success()
    };
    for rows in [1000, 100, 10, 1] {
        while fill(rows) {}
    }
    let mut answered = 0;
    let refused = loop {
        // There is room in pages that are there already.
        match asks() {
            Ok(leaf) => answered = leaf,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, Refusal::Unaudited(_)), "{refused:?}");
    until("readiness fails", || !house.vault.health().is_green());
    let refused = house.admit(log(ROWS, 2));
    assert!(refused.is_err(), "{refused:?}");
    assert!(house.vault.health().damage().is_none());
    let full = verified(&[house.directory.path()]);
    assert!(full > answered);

    server.sql("postgres", "DROP TABLE fills");
    until("there is room", || asks().is_ok());
    is_sound(&house.vault);
    let admitted = house.admit(log(ROWS, 2)).unwrap();
    assert_eq!(admitted["admitted"], ROWS);
    let checks = house.vault.check_exhibits().unwrap();
    assert!(checks.iter().all(ExhibitCheck::is_sound));
    house.close().doctor();
}
