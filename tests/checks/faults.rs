//! The program under faults: `kill -9` while a file is admitted and while lookups are answered, and
//! a full disk.
//!
//! The full disk is simulated by libfiu (Debian: fiu-utils).

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::house::{self, Closed, House, PASSPHRASE, REASON, admit_as, log, numbers};
use crate::outside;
use crate::secret_file::write_secret;
use crate::tables::only_on_sqlite;
use breachvault::http::make_dev_certificate;
use breachvault::vault::clock::{Clock as _, SystemClock};
use breachvault::vault::{ExhibitCheck, trail};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_breachvault");
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts no two programs at once: the machine has few cores, and the moments count.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn secret(house: &Closed, name: &str, text: &str) -> PathBuf {
    let path = house.directory.path().join(name);
    write_secret(&path, text);
    path
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn count(house: &Closed, sql: &str) -> i64 {
    let counted = house.database().query_row(sql, [], |row| row.get(0));
    // The writer may be at work.
    counted.unwrap_or(0)
}

/// Nothing of an admission that did not end is to be seen.
fn assert_clean(house: &Closed) {
    assert_eq!(count(house, "SELECT COUNT(*) FROM exhibit"), 0);
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
        assert_eq!(
            count(house, &format!("SELECT COUNT(*) FROM {table}")),
            0,
            "{table}"
        );
    }
}

#[test]
fn an_admission_killed_at_any_moment_leaves_nothing_and_the_file_then_admits() {
    only_on_sqlite!();
    let _alone = ONE_AT_A_TIME.lock();
    const ROWS: u64 = 160_000;
    // The program that is killed has the machine's clock.
    let whole = House::at(SystemClock.now()).close();
    let config = whole.directory.path().join("breachvault.toml");
    fs::write(&config, "[identity]\nsecond_factor = \"offered\"\n").unwrap();
    let file = whole.directory.path().join("march.csv");
    fs::write(&file, log(ROWS, 7)).unwrap();
    let mut in_the_middle = 0;
    for (moment, sql) in [
        ("the exhibit is staged", "SELECT COUNT(*) FROM exhibit"),
        ("the first blocks stand", "SELECT COUNT(*) > 8 FROM block"),
        (
            "terms are being written",
            "SELECT COUNT(*) > 0 FROM term_run",
        ),
        (
            "nearly everything stands",
            "SELECT COUNT(*) FROM subject_index",
        ),
    ] {
        let house = whole.copy();
        let mut admitting = Command::new(PROGRAM)
            .args(["exhibit", "admit"])
            .arg(&file)
            .arg("--dir")
            .arg(house.directory.path())
            .args([
                "--case",
                house.people.case.as_str(),
                "--operator",
                "cunegonde",
            ])
            .arg("--config")
            .arg(&config)
            .arg("--passphrase-file")
            .arg(secret(&house, "passphrase", PASSPHRASE))
            .arg("--password-file")
            .arg(secret(&house, "password", "the long password of cunegonde"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until(moment, || {
            admitting.try_wait().unwrap().is_some() || count(&house, sql) > 0
        });
        let _ = admitting.kill();
        admitting.wait().unwrap();
        let admitted = "SELECT COUNT(*) FROM exhibit WHERE state = 'admitted'";
        if count(&house, admitted) > 0 {
            // It ended before the signal came: then it is there whole.
            let vault = house.open().unwrap();
            let checks = vault.check_exhibits().unwrap();
            assert!(checks.iter().all(ExhibitCheck::is_sound), "{moment}");
            continue;
        }
        in_the_middle += 1;
        // Not visible to anybody, whatever was written.
        assert_eq!(count(&house, "SELECT SUM(numbers + users) FROM cases"), 0);
        let vault = house.open().unwrap();
        assert_clean(&house);
        assert!(
            trail::verify_directory(&house.paths(), None, &[]).is_ok(),
            "{moment}"
        );
        let people = &house.people;
        let report = admit_as(
            &vault,
            &people.custodian,
            &people.case,
            fs::read(&file).unwrap(),
        )
        .unwrap();
        assert_eq!(report["admitted"], ROWS, "{moment}");
        let checks = vault.check_exhibits().unwrap();
        assert!(checks.iter().all(ExhibitCheck::is_sound), "{moment}");
        vault.stop().unwrap();
    }
    assert!(in_the_middle >= 2, "no signal came in time");
}

/// The program serving a vault.
struct Served {
    child: Child,
    url: String,
    agent: ureq::Agent,
    token: String,
}

/// A vault with an exhibit and the files that serving needs.
fn ready_to_serve() -> Closed {
    let house = House::new();
    house.admit(log(500, 1)).unwrap();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    make_dev_certificate(&house.paths().keys(), &[], now).unwrap();
    house.close()
}

/// A client that trusts the authority whose certificate lies there now.
fn agent(house: &Closed) -> ureq::Agent {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = fs::read(house.paths().keys().join("ca.crt")).unwrap();
    let ca = ureq::tls::Certificate::from_pem(&pem).unwrap();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[ca]))
        .build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build();
    agent.into()
}

type Words = std::io::Lines<BufReader<std::process::ChildStderr>>;

impl Served {
    fn start(house: &Closed, launcher: &[&str]) -> Option<Self> {
        let (served, words) = Self::start_unread(house, launcher)?;
        // Somebody reads on what the program says.
        std::thread::spawn(move || words.for_each(drop));
        Some(served)
    }

    /// The same with nobody who reads on.
    fn start_unread(house: &Closed, launcher: &[&str]) -> Option<(Self, Words)> {
        let mut words = launcher.iter().copied().chain([PROGRAM]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(house.directory.path())
            .arg("--passphrase-file")
            .arg(secret(house, "passphrase", PASSPHRASE))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = words.find_map(|line| {
            let line = line.ok()?;
            let (_, address) = line.split_once("serving https://")?;
            let port = address.trim().rsplit_once(':')?.1.to_owned();
            Some(format!("https://localhost:{port}"))
        });
        let url = url.expect("the server did not come up");
        let mut served = Self {
            child,
            url,
            agent: agent(house),
            token: String::new(),
        };
        let body = json!({ "name": "ingeborg", "password": "the long password of ingeborg" });
        let (status, answer, _) = served.post("/api/v1/sessions", &body).unwrap();
        assert_eq!(status, 201, "{answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        served.token = answer["token"].as_str().unwrap().to_owned();
        Some((served, words))
    }

    /// Status, body, and the number of the leaf.
    fn post(&self, path: &str, body: &Value) -> Result<(u16, String, Option<u64>), ureq::Error> {
        let request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json");
        let request = match self.token.is_empty() {
            true => request,
            false => request.header("authorization", format!("Bearer {}", self.token)),
        };
        let mut response = request.send(body.to_string())?;
        let leaf = response
            .headers()
            .get("audit-leaf")
            .map(|leaf| leaf.to_str().unwrap().parse().unwrap());
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), text, leaf))
    }

    fn look_up(
        &self,
        house: &Closed,
        number: &str,
    ) -> Result<(u16, String, Option<u64>), ureq::Error> {
        let path = format!("/api/v1/cases/{}/lookups", house.people.case);
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        self.post(&path, &body)
    }

    fn ready(&self) -> u16 {
        let response = self.agent.get(format!("{}/readyz", self.url)).call();
        response.unwrap().status().as_u16()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_killed_under_load_has_every_leaf_it_answered_with() {
    only_on_sqlite!();
    let _alone = ONE_AT_A_TIME.lock();
    let house = Arc::new(ready_to_serve());
    let mut served = Served::start(&house, &[]).unwrap();
    let numbers = numbers(500, 1, 40);
    let answered = Mutex::new(BTreeSet::new());
    let stopped = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for start in 0..4 {
            let client = Served {
                child: Command::new("true").spawn().unwrap(),
                url: served.url.clone(),
                agent: served.agent.clone(),
                token: served.token.clone(),
            };
            let (house, numbers, answered, stopped) = (&house, &numbers, &answered, &stopped);
            threads.spawn(move || {
                for number in numbers.iter().cycle().skip(start * 7) {
                    if stopped.load(Ordering::Relaxed) {
                        return;
                    }
                    // A connection that breaks off told nobody anything.
                    let Ok((200, body, Some(leaf))) = client.look_up(house, number) else {
                        return;
                    };
                    assert!(body.contains("\"exposed\""), "{body}");
                    assert!(
                        answered.lock().unwrap().insert(leaf),
                        "leaf {leaf} was given twice"
                    );
                }
            });
        }
        until("lookups to be answered", || {
            answered.lock().unwrap().len() > 200
        });
        served.kill();
        stopped.store(true, Ordering::Relaxed);
    });
    let answered = answered.into_inner().unwrap();
    let vault = house.open().unwrap();
    assert!(trail::verify_directory(&house.paths(), None, &[]).is_ok());
    let database = house.database();
    for leaf in &answered {
        let action: String = database
            .query_row(
                "SELECT action FROM leaf WHERE seq = ?1 AND outcome = 'done'",
                [*leaf as i64],
                |row| row.get(0),
            )
            .unwrap_or_else(|_| panic!("leaf {leaf} was answered and is not in the log"));
        assert_eq!(action, "record.lookup");
    }
    vault.stop().unwrap();
}

#[test]
fn a_certificate_that_was_renewed_is_served_after_sighup_and_a_spoilt_one_is_not() {
    let _alone = ONE_AT_A_TIME.lock();
    let house = ready_to_serve();
    let served = Served::start(&house, &[]).unwrap();
    let hang_up = || {
        let pid = served.child.id().to_string();
        let sent = Command::new("kill").args(["-HUP", &pid]).status();
        assert!(sent.unwrap().success());
    };
    let url = format!("{}/healthz", served.url);
    // The authority's key is not kept, so the new certificate is of another authority.
    let keys = house.paths().keys();
    make_dev_certificate(&keys, &[], "2026-01-02T00:00:00Z".parse().unwrap()).unwrap();
    let renewed = agent(&house);
    assert!(renewed.get(&url).call().is_err(), "the old one is served");
    hang_up();
    until("the new certificate", || renewed.get(&url).call().is_ok());
    fs::write(keys.join("tls.crt"), "no certificate").unwrap();
    hang_up();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        agent(&house).get(&url).call().is_ok(),
        "the last good one is served"
    );
}

#[test]
fn a_log_that_nobody_reads_holds_up_neither_answers_nor_the_ledger() {
    let _alone = ONE_AT_A_TIME.lock();
    let house = ready_to_serve();
    let (served, mut words) = Served::start_unread(&house, &[]).unwrap();
    let get = |path: &str| {
        let mut response = served
            .agent
            .get(format!("{}{path}", served.url))
            .call()
            .unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap(),
        )
    };
    let dropped = || -> u64 {
        let (_, metrics) = get("/metrics");
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("breachvault_dropped_log_lines_total "));
        line.unwrap().parse().unwrap()
    };
    // More lines than a pipe and the queue in front of it take.
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| (0..1500).for_each(|_| assert_eq!(get("/healthz").0, 200)));
        }
    });
    assert!(dropped() > 0);
    let number = numbers(500, 1, 1).remove(0);
    for _ in 0..20 {
        let (status, body, leaf) = served.look_up(&house, &number).unwrap();
        assert_eq!((status, leaf.is_some()), (200, true), "{body}");
    }
    assert_eq!(served.ready(), 200);
    // Once somebody reads again it is said how many are missing.
    let said = words.any(|line| line.unwrap().contains("lines of the log were dropped"));
    assert!(said);
}

/// Sends libfiu's remote control a command; the program itself is not changed.
fn control(pipes: &Path, child: &Child, command: &str) {
    let done = Command::new("fiu-ctrl")
        .arg("-f")
        .arg(pipes)
        .args(["-c", command, &child.id().to_string()])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", house::said(&done));
}

#[test]
fn a_disk_that_takes_no_leaf_lets_no_answer_out_and_the_server_recovers() {
    only_on_sqlite!();
    let _alone = ONE_AT_A_TIME.lock();
    if outside::run(Command::new("fiu-run").arg("-h")).is_none() {
        return;
    }
    let house = ready_to_serve();
    let pipes = house.directory.path().join("fiu");
    let launcher = ["fiu-run", "-x", "-f", pipes.to_str().unwrap()];
    let served = Served::start(&house, &launcher).unwrap();
    let number = numbers(500, 1, 1).remove(0);
    let (status, body, leaf) = served.look_up(&house, &number).unwrap();
    assert_eq!((status, leaf.is_some()), (200, true), "{body}");
    assert_eq!(served.ready(), 200);
    let leaves = |house: &Closed| count(house, "SELECT COUNT(*) FROM leaf");
    let standing = leaves(&house);
    // The disk is full; it fails as it writes; it fails as it syncs, in one way and another.
    for (point, error) in [
        ("posix/io/rw/pwrite", 28),
        ("posix/io/rw/pwrite", 5),
        ("posix/io/sync/*", 28),
        ("posix/io/sync/*", 5),
    ] {
        control(
            &pipes,
            &served.child,
            &format!("enable name={point},failinfo={error}"),
        );
        for _ in 0..3 {
            let (status, body, leaf) = served.look_up(&house, &number).unwrap();
            assert_eq!((status, leaf), (503, None), "{point} {error}: {body}");
            for told in ["exposed", "S-", "messages", "results", &number[1..]] {
                assert!(!body.contains(told), "{point} {error}: {body}");
            }
        }
        assert_eq!(served.ready(), 503, "{point} {error}");
        control(&pipes, &served.child, &format!("disable name={point}"));
        let (status, body, leaf) = served.look_up(&house, &number).unwrap();
        assert_eq!(status, 200, "{point} {error}: {body}");
        assert!(leaf.is_some());
        assert_eq!(served.ready(), 200, "{point} {error}");
        assert!(
            trail::verify_directory(&house.paths(), None, &[]).is_ok(),
            "{point} {error}"
        );
    }
    // Nobody sends requests to a server that is not ready: it turns ready by itself.
    control(
        &pipes,
        &served.child,
        "enable name=posix/io/rw/pwrite,failinfo=28",
    );
    assert_eq!(served.look_up(&house, &number).unwrap().0, 503);
    assert_eq!(served.ready(), 503);
    control(&pipes, &served.child, "disable name=posix/io/rw/pwrite");
    until("the server to turn ready", || served.ready() == 200);
    // Only what was answered stands in the log, or what nobody was told of: no more is promised.
    assert!(leaves(&house) >= standing + 4);
    drop(served);
    let vault = house.open().unwrap();
    assert!(trail::verify_directory(&house.paths(), None, &[]).is_ok());
    vault.stop().unwrap();
}
