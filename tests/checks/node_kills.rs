//! Kills at any moment: of nodes, of the server's processes, and of the whole server, while people look up and admit.
//! Nothing that was answered is lost, nothing is there twice, the log is one, and no exhibit is there by half.
//!
//! A few dozen kills, because each costs a start. For a series, which takes about ten minutes:
//!
//!     NODE_KILLS=1000 cargo test --test checks node_kills:: -- --nocapture

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use breachvault::domain::OperatorName;
use breachvault::operations::audit::SearchLeaves;
use breachvault::operations::record::LookUp;
use breachvault::vault::identity::Password;
use breachvault::vault::{Caller, ExhibitCheck, Paths, Refusal, Reply, SignIn, Vault, trail};
use serde_json::{Value, json};

use crate::house::{self, ask, log, numbers, perform};
use crate::nodes::{clock, is_sound, joined, verified};
use crate::outside;
use crate::server::TestServer;

/// How many kills there are without a word from the environment.
const KILLS: u64 = 48;
/// So many rows are in the exhibits that are admitted meanwhile.
const FEW: u64 = 40;
/// After so many kills few processes admit.
const EXHIBITS: u64 = 60;
const PATIENCE: Duration = Duration::from_secs(90);

const ANSWERED: &str = "answered: ";
const ADMITTED: &str = "admitted: ";

/// A lookup whose reason no other one has.
fn look_up(vault: &Vault, who: &Caller, case: &str, reason: &str) -> Result<Reply, Refusal> {
    let number = numbers(FEW, 1, 1);
    let body = json!({ "numbers": number, "purpose": "quality-check", "reason": reason });
    perform::<LookUp>(vault, who, &[("case", case)], body)
}

/// The process that is killed: this test, which another one starts. It looks up without end, and admits from time to
/// time.
#[test]
#[ignore = "the process that the test of this file starts and kills"]
fn worker() {
    let told = |name: &str| outside::setting(name).unwrap_or_default();
    let paths = Paths::of(Path::new(&told("NODE_VAULT")));
    let (case, name) = (told("NODE_CASE"), told("NODE_NAME"));
    let life: u64 = told("NODE_LIFE").parse().unwrap();
    // Whoever started it has ended, without the time to kill it.
    thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
    // The server may be away at this moment, so it starts again as whoever watches over processes would.
    let begun = Instant::now();
    let vault = loop {
        match house::open_with(&paths, clock(), house::settings()) {
            Ok(vault) => break vault,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
        }
        thread::sleep(Duration::from_millis(50));
    };
    thread::scope(|scope| {
        for thread in 0..2 {
            let (vault, case, name) = (&vault, &case, &name);
            scope.spawn(move || {
                let who = entered(vault, "ingeborg");
                for no in 0_u64.. {
                    let reason = format!("lookup {no} of thread {thread} of {name} in life {life}");
                    match look_up(vault, &who, case, &reason) {
                        Ok(reply) => println!("{ANSWERED}{} {reason}", reply.leaf),
                        Err(refusal) => is_for_want_of_a_server(&refusal),
                    }
                    thread::sleep(Duration::from_millis(10));
                }
            });
        }
        // Of a long series some admit, so that a lookup does not become slower and slower.
        if life > EXHIBITS && !life.is_multiple_of(8) {
            return;
        }
        let custodian = entered(&vault, "cunegonde");
        let case = case.parse().unwrap();
        let mut admitted = 0;
        for no in 0.. {
            // A file of its own, which no other life of any node admits.
            match house::admit_as(&vault, &custodian, &case, log(FEW, life * 1000 + no)) {
                Ok(report) => {
                    println!("{ADMITTED}{}", report["exhibit"].as_str().unwrap());
                    admitted += 1;
                }
                // Also while the exhibit of another node is in the way.
                Err(refusal) => is_for_want_of_a_server(&refusal),
            }
            if admitted == 2 {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
}

/// Whoever may ask is not denied, and gets nothing.
fn is_for_want_of_a_server(refusal: &Refusal) {
    assert!(!matches!(refusal, Refusal::Denied(..)), "{refusal:?}");
}

/// Somebody who signs in as soon as they can.
fn entered(vault: &Vault, name: &str) -> Caller {
    let begun = Instant::now();
    loop {
        let attempt = SignIn {
            name: OperatorName::parse(name).unwrap(),
            password: Password::new(format!("the long password of {name}")),
            totp: None,
            address: None,
        };
        match vault.sign_in_here(attempt) {
            Ok(Ok(caller)) => return caller,
            refused => assert!(begun.elapsed() < PATIENCE, "{:?}", refused.err()),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// What everybody was answered.
#[derive(Default)]
struct Told {
    /// Each leaf of a lookup, with its reason.
    lookups: BTreeMap<u64, String>,
    exhibits: BTreeSet<String>,
}

impl Told {
    fn lookup(&mut self, leaf: u64, reason: String) {
        let before = self.lookups.insert(leaf, reason);
        assert!(before.is_none(), "leaf {leaf} answers twice");
    }

    /// A line of a process that may have been killed while it wrote it.
    fn line(&mut self, line: &str, is_whole: bool) {
        if let (Some((_, answer)), true) = (line.split_once(ANSWERED), is_whole) {
            let (leaf, reason) = answer.trim_end().split_once(' ').unwrap();
            self.lookup(leaf.parse().unwrap(), reason.to_owned());
        } else if let (Some((_, exhibit)), true) = (line.split_once(ADMITTED), is_whole) {
            assert!(self.exhibits.insert(exhibit.trim_end().to_owned()));
        }
    }
}

/// A node in a process of its own.
struct Worker {
    name: &'static str,
    directory: PathBuf,
    case: String,
    child: Child,
    reader: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(name: &'static str, directory: &Path, case: &str, told: &Arc<Mutex<Told>>) -> Self {
        let mut worker = Self {
            name,
            directory: directory.to_owned(),
            case: case.to_owned(),
            child: Command::new("true").spawn().unwrap(),
            reader: None,
        };
        worker.begin(0, told);
        worker
    }

    fn begin(&mut self, life: u64, told: &Arc<Mutex<Told>>) {
        self.child.wait().unwrap();
        self.child = Command::new(std::env::current_exe().unwrap())
            .args(["node_kills::worker", "--exact", "--ignored", "--nocapture"])
            .env("NODE_VAULT", &self.directory)
            .env("NODE_CASE", &self.case)
            .env("NODE_NAME", self.name)
            .env("NODE_LIFE", life.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(self.child.stdout.take().unwrap());
        let told = Arc::clone(told);
        self.reader = Some(thread::spawn(move || {
            let mut line = String::new();
            while let Ok(1..) = out.read_line(&mut line) {
                told.lock().unwrap().line(&line, line.ends_with('\n'));
                line.clear();
            }
        }));
    }

    /// Ends it; what it said before is known then.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
    }
}

impl Drop for Worker {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says that it is over, also when a test failed: then threads end that wait for it.
pub(crate) struct Over<'o>(pub(crate) &'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Numbers from 0 to 1 that are spread evenly, and that nobody foresees the order of.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pause(&mut self, most: Duration) {
        thread::sleep(most.mul_f64(self.next()));
    }
}

#[test]
fn whatever_is_killed_nothing_answered_is_lost_or_doubled_and_no_exhibit_is_there_by_half() {
    let Some(mut server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(FEW, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let others = [joined(&house, "second"), joined(&house, "third")];
    let kills = outside::setting("NODE_KILLS").map_or(KILLS, |count| count.parse().unwrap());
    let seed = outside::setting("NODE_SEED").map_or(1, |seed| seed.parse().unwrap());

    let told = Arc::new(Mutex::new(Told::default()));
    let mut workers = [("second", &others[0]), ("third", &others[1])]
        .map(|(name, directory)| Worker::start(name, directory.path(), case, &told));
    let (mut chance, mut kept) = (Chance(seed), Vec::new());
    let mut counts = [0_u64; 4];
    let (is_over, newest_refusal) = (AtomicBool::new(false), Mutex::new(String::new()));
    let begun = Instant::now();
    thread::scope(|scope| {
        let _over = Over(&is_over);
        // The first node is not killed, and goes on whatever happens to the server.
        scope.spawn(|| {
            for no in 0_u64.. {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let reason = format!("lookup {no} at the first node");
                match look_up(&house.vault, &people.investigator, case, &reason) {
                    Ok(reply) => told.lock().unwrap().lookup(reply.leaf, reason),
                    Err(refusal) => {
                        is_for_want_of_a_server(&refusal);
                        assert_eq!(house.vault.health().damage(), None, "{refusal:?}");
                        *newest_refusal.lock().unwrap() = format!("{refusal:?}");
                    }
                }
                thread::sleep(Duration::from_millis(10));
            }
        });
        for no in 1..=kills {
            chance.pause(Duration::from_millis(700));
            let what = (chance.next() * 10.0) as usize;
            match what {
                0..=5 => {
                    let which = what / 3;
                    workers[which].kill();
                    workers[which].begin(no, &told);
                    counts[which] += 1;
                }
                6..=7 => {
                    server.kill_one((chance.next() * 1000.0) as usize);
                    counts[2] += 1;
                }
                _ => {
                    server.kill();
                    chance.pause(Duration::from_millis(200));
                    server.begin();
                    counts[3] += 1;
                }
            }
            if no % 8 == 0 {
                // What was signed stays so.
                let note = server.psql("breach", "SELECT note FROM checkpoint");
                if note.status.success() {
                    // The program for statements ends what it prints with a line's end of its own.
                    let mut note = note.stdout;
                    note.pop();
                    kept.push(note);
                }
            }
        }
        // Everybody is answered again, without a person.
        let newest = *told.lock().unwrap().lookups.keys().last().unwrap_or(&0);
        until_all_answer(&told, newest, &newest_refusal);
    });
    workers.iter_mut().for_each(Worker::kill);
    let [second, third, processes, servers] = counts;
    println!(
        "{kills} kills in {:.0?}: {second} and {third} of two nodes, {processes} of a process of the server, {servers} \
         of the server",
        begun.elapsed()
    );

    // What nodes left is removed when they start again.
    for directory in &others {
        let vault =
            house::open_with(&Paths::of(directory.path()), clock(), house::settings()).unwrap();
        is_sound(&vault);
        vault.stop().unwrap();
    }
    let admitted = house.admit(log(FEW, 1_000_000_007)).unwrap();
    let told = Arc::into_inner(told).unwrap().into_inner().unwrap();
    println!(
        "{} lookups and {} admissions were answered",
        told.lookups.len(),
        told.exhibits.len()
    );
    is_sound(&house.vault);
    every_answer_is_one_leaf(&house.vault, &people.auditor, &told);
    let mut exhibits = told.exhibits;
    exhibits.insert(admitted["exhibit"].as_str().unwrap().to_owned());
    every_exhibit_is_whole(&server, &house.vault, &exhibits);
    let directories = [house.directory.path(), others[0].path(), others[1].path()];
    verified(&directories);
    for directory in directories {
        assert!(!kept.is_empty());
        trail::verify_directory(&Paths::of(directory), None, &kept).unwrap();
    }
}

/// Waits until all three nodes were answered once more.
fn until_all_answer(told: &Mutex<Told>, newest: u64, refusal: &Mutex<String>) {
    let begun = Instant::now();
    loop {
        let missing = {
            let told = told.lock().unwrap();
            let newer = || told.lookups.range(newest + 1..).map(|(_, reason)| reason);
            ["of second", "of third", "at the first"]
                .into_iter()
                .find(|name| !newer().any(|reason| reason.contains(name)))
        };
        let Some(name) = missing else {
            return;
        };
        let refusal = || refusal.lock().unwrap().clone();
        assert!(
            begun.elapsed() < PATIENCE,
            "no answer: {name}, {}",
            refusal()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// All leaves of done lookups, and of admissions with their exhibits.
fn done(vault: &Vault, auditor: &Caller, action: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({ "action": action, "outcome": "done", "limit": 1000 });
        if !cursor.is_null() {
            body["cursor"] = cursor;
        }
        let page = ask::<SearchLeaves>(vault, auditor, &[], body).unwrap();
        all.extend(page["leaves"].as_array().unwrap().iter().cloned());
        cursor = page["next"].clone();
        if cursor.is_null() {
            return all;
        }
    }
}

fn every_answer_is_one_leaf(vault: &Vault, auditor: &Caller, told: &Told) {
    let leaves = done(vault, auditor, "record.lookup");
    let written = leaves.iter().map(|leaf| {
        let reason = leaf["reason"].as_str().unwrap();
        (leaf["seq"].as_u64().unwrap(), reason)
    });
    let written: BTreeMap<u64, &str> = written.collect();
    for (leaf, reason) in &told.lookups {
        assert_eq!(written.get(leaf), Some(&reason.as_str()), "leaf {leaf}");
    }
    // Nobody asked twice for the same reason.
    let distinct: BTreeSet<&str> = written.values().copied().collect();
    assert_eq!(distinct.len(), written.len(), "an act has two leaves");
    // Most acts that nobody was answered left no leaf.
    println!("{} leaves of lookups", written.len());
}

fn every_exhibit_is_whole(server: &TestServer, vault: &Vault, answered: &BTreeSet<String>) {
    let count = |sql: &str| server.sql("breach", sql);
    let staged = count("SELECT count(*) FROM exhibit WHERE state <> 'admitted'");
    assert_eq!(staged, "0", "an exhibit is there by half");
    for table in [
        "block",
        "statistics",
        "seen",
        "dictionary",
        "subject_index",
        "quarantine",
        "duplicate",
        "term_run",
    ] {
        let sql = format!(
            "SELECT count(*) FROM {table} WHERE exhibit NOT IN (SELECT number FROM exhibit)"
        );
        assert_eq!(count(&sql), "0", "{table} has parts of no exhibit");
    }
    let exhibits = count("SELECT id FROM exhibit ORDER BY id");
    let there: BTreeSet<&str> = exhibits.lines().collect();
    for exhibit in answered {
        assert!(there.contains(exhibit.as_str()), "{exhibit} is lost");
    }
    let leaves = count(
        "SELECT object FROM leaf WHERE action = 'exhibit.finish' AND outcome = 'done' ORDER BY object",
    );
    let leaves: Vec<&str> = leaves.lines().collect();
    assert_eq!(leaves, there.into_iter().collect::<Vec<_>>());
    let checks = vault.check_exhibits().unwrap();
    assert!(checks.len() >= answered.len() && checks.iter().all(ExhibitCheck::is_sound));
}
