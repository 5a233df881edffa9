//! The built program, run as people run it.
//!
//! Secrets are passed in files; no output may contain one. Each test has its own vault directory.

#![expect(
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; one of them spoils a database by hand"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::directory::directory;
use crate::secret_file::write_secret;

const PASSPHRASE: &str = "a passphrase of the tests";
const PASSWORD: &str = "a password of the tests";

struct Run {
    status: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let run = Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    for secret in [PASSPHRASE, PASSWORD] {
        assert!(!run.out.contains(secret) && !run.err.contains(secret));
    }
    run
}

/// A vault with an enrolled administrator.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { dir: directory() };
        bench.secret("passphrase", PASSPHRASE);
        bench.secret("wrong", "another passphrase");
        bench.secret("password", PASSWORD);
        bench.secret("config", "[identity]\nsecond_factor = \"offered\"");
        let made = run(&[
            "init",
            "--dir",
            &bench.vault(),
            "--passphrase-file",
            &bench.path("passphrase"),
            "--administrator-password-file",
            &bench.path("password"),
            "--config",
            &bench.path("config"),
        ]);
        assert_eq!(made.status, 0, "{}", made.err);
        assert!(made.out.starts_with("administrator: o_"));
        bench
    }

    fn secret(&self, name: &str, text: &str) {
        write_secret(self.dir.path().join(name), &format!("{text}\n"));
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn vault(&self) -> String {
        self.path("vault")
    }

    fn database(&self) -> PathBuf {
        self.dir.path().join("vault/data/vault.db")
    }

    /// Runs a command on the vault as the administrator, with this passphrase's file.
    fn with_passphrase(&self, arguments: &[&str], passphrase: &str) -> Run {
        let (vault, passphrase, password) =
            (self.vault(), self.path(passphrase), self.path("password"));
        let config = self.path("config");
        let common = [
            "--config",
            &config,
            "--dir",
            &vault,
            "--passphrase-file",
            &passphrase,
            "--operator",
            "administrator",
            "--password-file",
            &password,
        ];
        run(&[arguments, &common].concat())
    }

    fn as_administrator(&self, arguments: &[&str]) -> Run {
        self.with_passphrase(arguments, "passphrase")
    }

    /// Changes the database behind the program's back.
    fn tamper(&self, statement: &str) {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.execute_batch(statement).unwrap();
    }

    fn verify(&self) -> Run {
        run(&["audit", "verify", "--dir", &self.vault(), "--json"])
    }

    /// `doctor` or `audit verify` with the passphrase.
    fn look(&self, command: &[&str], passphrase: &str, more: &[&str]) -> Run {
        let (vault, passphrase) = (self.vault(), self.path(passphrase));
        let common = ["--dir", &vault, "--passphrase-file", &passphrase];
        run(&[command, &common, more].concat())
    }

    /// The newest checkpoint of the log, kept in a file of its own.
    fn checkpoint(&self, name: &str) -> String {
        let out = self.path(name);
        let exported = run(&["audit", "export", "--dir", &self.vault(), "--out", &out]);
        assert_eq!(exported.status, 0, "{}", exported.err);
        self.path(&format!("{name}/checkpoint"))
    }

    /// These files of the vault as they are.
    fn keep(&self, names: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
        let root = self.dir.path().join("vault");
        let kept = names.iter().map(|name| {
            let path = root.join(name);
            (path.clone(), fs::read(path).unwrap())
        });
        kept.collect()
    }

    /// Puts files back as they were.
    fn put_back(&self, kept: &[(PathBuf, Vec<u8>)]) {
        for beside in ["vault.db-wal", "vault.db-shm"] {
            let _ = fs::remove_file(self.database().with_file_name(beside));
        }
        for (path, bytes) in kept {
            fs::write(path, bytes).unwrap();
        }
    }

    /// Serves the vault until it is dropped, or answers how the start was refused.
    fn serve(&self, more: &[&str]) -> Result<Serving, Run> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dir", &self.vault()])
            .args(["--passphrase-file", &self.path("passphrase")])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let mut err = String::new();
        while words.read_line(&mut err).unwrap() > 0 {
            if err.contains("serving https://") {
                std::thread::spawn(move || words.lines().for_each(drop));
                return Ok(Serving(child));
            }
        }
        let status = child.wait().unwrap().code().unwrap();
        let out = String::new();
        Err(Run { status, out, err })
    }
}

const DATABASE: &str = "data/vault.db";
const MARK: &str = "keys/high-water-mark";
const KEYRING: &str = "keys/keyring";

/// The program serving a vault, which ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{} {}", run.out, run.err))
}

#[test]
fn help_is_an_answer_and_a_wrong_usage_is_not() {
    let help = run(&["--help"]);
    assert_eq!(help.status, 0);
    assert!(help.out.contains("synthesise") || help.out.contains("exhibit"));
    assert_eq!(run(&["--version"]).status, 0);
    for wrong in [
        &[][..],
        &["burn"],
        &["init"],
        &["audit", "verify"],
        &["init", "--passphrase", "x"],
        &["exhibit", "synthesise", "--rows", "many"],
    ] {
        let told = run(wrong);
        assert_eq!(told.status, 2, "{wrong:?}");
        assert!(told.out.is_empty(), "{wrong:?}");
    }
}

#[test]
fn completions_are_printed() {
    let bash = run(&["completions", "bash"]);
    assert_eq!(bash.status, 0);
    assert!(bash.out.contains("breachvault"));
}

#[test]
fn a_secret_that_is_not_there_is_a_wrong_usage() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("vault").to_str().unwrap().to_owned();
    let missing = dir.path().join("none").to_str().unwrap().to_owned();
    let told = run(&["init", "--dir", &vault, "--passphrase-file", &missing]);
    assert_eq!(told.status, 2);
    assert!(!Path::new(&vault).exists());
}

#[test]
fn a_vault_is_made_once() {
    let bench = Bench::new();
    let again = run(&[
        "init",
        "--dir",
        &bench.vault(),
        "--passphrase-file",
        &bench.path("passphrase"),
    ]);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("already"));
}

#[test]
fn a_wrong_passphrase_leaves_the_vault_sealed() {
    let bench = Bench::new();
    let told = bench.with_passphrase(&["operator", "list"], "wrong");
    assert_eq!(told.status, 4);
    assert!(told.out.is_empty());
    assert!(told.err.starts_with("error: wrong passphrase"));
}

#[test]
fn a_wrong_password_is_refused_and_has_a_leaf() {
    let bench = Bench::new();
    bench.secret("password", "quite another password");
    let told = bench.as_administrator(&["operator", "list"]);
    assert_eq!(told.status, 1);
    let verdict = json(&bench.verify());
    assert_eq!(verdict["outcomes"]["denied"], 1);
}

#[test]
fn an_operator_is_added_enrolled_listed_and_revoked() {
    let bench = Bench::new();
    let unsaid = bench.as_administrator(&["operator", "add", "in.one"]);
    assert_eq!(unsaid.status, 2);
    assert!(unsaid.err.contains("--role"), "{}", unsaid.err);
    let added = [
        "operator",
        "add",
        "in.one",
        "--role",
        "investigator",
        "--json",
    ];
    let added = bench.as_administrator(&added);
    assert_eq!(added.status, 0, "{}", added.err);
    let added = json(&added);
    let id = added["operator"].as_str().unwrap();
    bench.secret("token", added["enrolment"].as_str().unwrap());
    let enrol = [
        "operator",
        "enrol",
        "--dir",
        &bench.vault(),
        "--passphrase-file",
        &bench.path("passphrase"),
        "--enrolment-file",
        &bench.path("token"),
        "--password-file",
        &bench.path("password"),
    ];
    assert_eq!(run(&enrol).status, 0);
    let twice = run(&enrol);
    assert_eq!(twice.status, 1);
    assert!(!twice.err.contains(added["enrolment"].as_str().unwrap()));

    let again = bench.as_administrator(&["operator", "add", "in.one", "--role", "lead"]);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("name-taken"));

    let listed = bench.as_administrator(&["operator", "list"]);
    let line = listed.out.lines().find(|line| line.contains("in.one"));
    assert!(line.unwrap().contains("investigator"));
    assert!(line.unwrap().contains("active"));

    let revoked = bench.as_administrator(&["operator", "revoke", id]);
    assert_eq!(revoked.status, 0, "{}", revoked.err);
    let listed = bench.as_administrator(&["operator", "list"]);
    assert!(listed.out.contains("revoked"));
}

#[test]
fn after_a_new_passphrase_the_old_one_opens_nothing() {
    let bench = Bench::new();
    bench.secret("new", "a passphrase that is new");
    let rotated =
        bench.as_administrator(&["key", "rotate", "--new-passphrase-file", &bench.path("new")]);
    assert_eq!(rotated.status, 0, "{}", rotated.err);
    assert_eq!(rotated.out, "generation: 2\n");
    assert_eq!(bench.as_administrator(&["operator", "list"]).status, 4);
    let with_new = bench.with_passphrase(&["operator", "list"], "new");
    assert_eq!(with_new.status, 0, "{}", with_new.err);
    let status = run(&["key", "status", "--dir", &bench.vault(), "--json"]);
    assert_eq!(json(&status)["generation"], 2);
}

#[test]
fn a_passphrase_comes_from_a_descriptor_too() {
    let bench = Bench::new();
    let told = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["operator", "list", "--dir", &bench.vault()])
        .args(["--passphrase-fd", "0", "--operator", "administrator"])
        .args(["--password-file", &bench.path("password")])
        .args(["--config", &bench.path("config")])
        .stdin(fs::File::open(bench.path("passphrase")).unwrap())
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(0));
}

#[test]
fn a_log_verifies_from_the_vault_and_from_its_export() {
    let bench = Bench::new();
    let verdict = bench.verify();
    assert_eq!(verdict.status, 0, "{}", verdict.err);
    assert!(verdict.err.contains("warning"));
    let verdict = json(&verdict);
    assert_eq!(verdict["verified"], true);
    assert_eq!(verdict["stored_hashes"], true);

    let exported = bench.path("exported");
    let export = [
        "audit",
        "export",
        "--dir",
        &bench.vault(),
        "--out",
        &exported,
    ];
    assert_eq!(run(&export).status, 0);
    assert_eq!(run(&export).status, 1);
    let vkey = bench.path("vault/data/audit.vkey");
    let kept = bench.path("exported/checkpoint");
    let from_export = run(&[
        "audit", "verify", "--log", &exported, "--vkey", &vkey, "--json",
    ]);
    assert_eq!(from_export.status, 0, "{}", from_export.err);
    assert!(!from_export.err.contains("warning"));
    assert_eq!(json(&from_export)["root"], verdict["root"]);
    assert_eq!(json(&from_export)["size"], verdict["size"]);

    let _ = bench.as_administrator(&["operator", "list"]);
    // A shell or an editor may have added empty lines.
    let mut note = fs::read(&kept).unwrap();
    note.extend_from_slice(b"\n\n");
    fs::write(&kept, note).unwrap();
    let grown = run(&[
        "audit",
        "verify",
        "--dir",
        &bench.vault(),
        "--vkey",
        &vkey,
        "--checkpoint",
        &kept,
    ]);
    assert_eq!(grown.status, 0, "{}", grown.err);
    assert!(grown.out.contains("kept checkpoints: 1"));
}

#[test]
fn an_edited_leaf_is_named() {
    let bench = Bench::new();
    bench.tamper(
        "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), 'done', 'dome') AS BLOB) WHERE seq = 1",
    );
    let told = bench.verify();
    assert_eq!(told.status, 3);
    assert_eq!(json(&told)["verified"], false);
    assert_eq!(json(&told)["failure"]["first_bad"], 1);
    assert!(told.err.contains("leaf 1"));
}

#[test]
fn a_leaf_that_is_gone_is_named() {
    let bench = Bench::new();
    bench.tamper("DELETE FROM leaf WHERE seq = 1");
    let told = bench.verify();
    assert_eq!(told.status, 3);
    assert_eq!(json(&told)["failure"]["kind"], "Gap");
}

#[test]
fn a_column_that_says_something_else_than_its_leaf_is_named() {
    let bench = Bench::new();
    for (change, column) in [
        ("action = 'case.open'", "action"),
        ("time = time + 1", "time"),
        ("outcome = 'denied'", "outcome"),
        ("operator = 'o_00000000000000000000'", "operator"),
    ] {
        let bench = &bench;
        let before = fs::read(bench.database()).unwrap();
        bench.tamper(&format!("UPDATE leaf SET {change} WHERE seq = 1"));
        let told = bench.verify();
        assert_eq!(told.status, 3, "{change}");
        assert_eq!(json(&told)["failure"]["column"], column);
        for beside in ["vault.db-wal", "vault.db-shm"] {
            let _ = fs::remove_file(bench.database().with_file_name(beside));
        }
        fs::write(bench.database(), before).unwrap();
    }
}

#[test]
fn an_altered_schema_does_not_verify_and_verify_and_doctor_name_the_object() {
    for (change, named) in [
        (
            "CREATE TRIGGER of_mine AFTER UPDATE ON session
             BEGIN UPDATE session SET revoked_at = NULL; END",
            "the trigger `of_mine` of the table `session` is not the vault's",
        ),
        (
            "CREATE VIEW of_mine AS SELECT * FROM operator",
            "the view `of_mine` is not the vault's",
        ),
        (
            "DROP INDEX request_of_case",
            "the index `request_of_case` of the table `request` is missing",
        ),
        (
            "ALTER TABLE operator ADD COLUMN of_mine INTEGER DEFAULT 1",
            "the table `operator` is not as the vault made it",
        ),
    ] {
        let bench = Bench::new();
        rusqlite::Connection::open(bench.database())
            .unwrap()
            .execute_batch(change)
            .unwrap();
        let told = bench.verify();
        assert_eq!(told.status, 3, "{change}");
        assert!(told.err.contains("schema was altered"), "{}", told.err);
        assert!(told.err.contains(named), "{}", told.err);
        let told = run(&["doctor", "--dir", &bench.vault()]);
        assert_ne!(told.status, 0, "{change}");
        assert!(told.out.contains(named), "{}", told.out);
    }
}

#[test]
fn a_tail_that_was_cut_shows_against_a_kept_checkpoint() {
    let bench = Bench::new();
    let exported = bench.path("exported");
    let early = fs::read(bench.database()).unwrap();
    let _ = bench.as_administrator(&["operator", "list"]);
    let _ = run(&[
        "audit",
        "export",
        "--dir",
        &bench.vault(),
        "--out",
        &exported,
    ]);
    for beside in ["vault.db-wal", "vault.db-shm"] {
        let _ = fs::remove_file(bench.database().with_file_name(beside));
    }
    fs::write(bench.database(), early).unwrap();
    assert_eq!(bench.verify().status, 0);
    let kept = bench.path("exported/checkpoint");
    let told = run(&[
        "audit",
        "verify",
        "--dir",
        &bench.vault(),
        "--checkpoint",
        &kept,
    ]);
    assert_eq!(told.status, 3);
    assert!(told.err.contains("cut"));

    let refused = bench.as_administrator(&["operator", "list"]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("rolled back"), "{}", refused.err);
    assert!(
        refused
            .err
            .contains("put back the newest copy of both, from one moment"),
        "{}",
        refused.err
    );
}

#[test]
fn a_mark_that_is_gone_comes_from_a_backup_even_an_older_one() {
    let bench = Bench::new();
    let mark = PathBuf::from(bench.path("vault/keys/high-water-mark"));
    let early = bench.path("early-mark");
    fs::copy(&mark, &early).unwrap();
    let _ = bench.as_administrator(&["operator", "list"]);
    fs::remove_file(&mark).unwrap();
    let refused = bench.as_administrator(&["operator", "list"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.err.contains("put back keys/high-water-mark"),
        "{}",
        refused.err
    );
    fs::copy(&early, &mark).unwrap();
    let listed = bench.as_administrator(&["operator", "list"]);
    assert_eq!(listed.status, 0, "{}", listed.err);
}

#[test]
fn a_name_in_the_place_of_an_id_is_told_where_the_id_is() {
    let bench = Bench::new();
    let refused = bench.as_administrator(&["operator", "revoke", "administrator"]);
    assert_eq!(refused.status, 2);
    assert!(
        refused.err.contains("breachvault operator list"),
        "{}",
        refused.err
    );
}

#[test]
fn there_is_nothing_to_verify_where_there_is_no_vault() {
    let dir = tempfile::tempdir().unwrap();
    let told = run(&["audit", "verify", "--dir", dir.path().to_str().unwrap()]);
    assert_eq!(told.status, 1);
}

#[test]
fn an_exhibit_is_withdrawn_and_compared_by_those_who_may_and_ids_are_ids() {
    let bench = Bench::new();
    let (case, exhibit) = ("c_00000000000000000000", "x_00000000000000000000");
    let reason = ["--reason", "the supplier sent another file"];
    let ask = ["exhibit", "withdraw", "ask", exhibit, "--case", case];
    let compare = [
        "exhibit",
        "difference",
        exhibit,
        "--case",
        case,
        "--against",
    ];
    let withdrawal = "w_00000000000000000000";
    let decide = ["exhibit", "withdraw", "decide", withdrawal, "approve"];
    // An administrator is told of no case.
    for arguments in [
        [&ask[..], &reason].concat(),
        [&compare[..], &[exhibit]].concat(),
        [&decide[..], &reason].concat(),
    ] {
        let told = bench.as_administrator(&arguments);
        assert_eq!(told.status, 1, "{}", told.err);
        assert!(
            told.err.contains("not-found") || told.err.contains("nothing"),
            "{}",
            told.err
        );
    }
    for arguments in [
        [&ask[..], &["--reason", "short"]].concat(),
        [&compare[..], &["+447700900123"]].concat(),
        [&decide[..4], &["perhaps"], &reason].concat(),
    ] {
        let told = bench.as_administrator(&arguments);
        assert_eq!(told.status, 2, "{}", told.err);
        assert!(!told.err.contains("7700900"), "{}", told.err);
    }
}

#[test]
fn a_synthetic_log_is_the_same_for_the_same_seed() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let make = |seed: &str, out: &str| {
        run(&[
            "exhibit",
            "synthesise",
            "--rows",
            "500",
            "--seed",
            seed,
            "--out",
            out,
        ])
    };
    let (one, two, other) = (path("one"), path("two"), path("other"));
    assert_eq!(make("7", &one).status, 0);
    assert_eq!(make("7", &two).status, 0);
    assert_eq!(make("8", &other).status, 0);
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    assert_ne!(fs::read(&one).unwrap(), fs::read(&other).unwrap());
    assert_eq!(make("7", &one).status, 1);
    let printed = make("7", "-");
    assert_eq!(printed.out.as_bytes(), fs::read(&one).unwrap());
    assert!(printed.err.contains("100 %"));
}

#[test]
fn what_is_no_package_fails_verification() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("broken.tar");
    let path = path.to_str().unwrap();
    assert_eq!(run(&["evidence", "verify", path]).status, 1);
    fs::write(path, "not a tar").unwrap();
    let told = run(&["evidence", "verify", path]);
    assert_eq!(told.status, 3, "{}", told.err);
    assert!(told.err.starts_with("error: "));
}

#[test]
fn the_doctor_finds_a_sound_vault_sound_and_a_spoilt_one_not() {
    let bench = Bench::new();
    let sound = run(&[
        "doctor",
        "--dir",
        &bench.vault(),
        "--passphrase-file",
        &bench.path("passphrase"),
    ]);
    assert_eq!(sound.status, 0, "{}{}", sound.out, sound.err);
    bench.tamper("INSERT INTO leaf_index VALUES (5, 'record.lookup', 0)");
    let misled = run(&["doctor", "--dir", &bench.vault()]);
    assert_eq!(misled.status, 3);
    assert!(misled.out.contains("`leaf_index`"), "{}", misled.out);
    bench.tamper("DELETE FROM leaf_index");
    bench.tamper("UPDATE leaf SET time = time + 1 WHERE seq = 0");
    let spoilt = run(&["doctor", "--dir", &bench.vault()]);
    assert_eq!(spoilt.status, 3);
    assert!(spoilt.out.contains("FAILED"));
}

#[test]
fn a_demo_that_others_can_reach_warns_that_they_can_sign_in() {
    let room = tempfile::tempdir().unwrap();
    let warned = |listen: &str| {
        let mut demo = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["demo", "--json", "--rows", "50", "--listen", listen])
            .args(["--dir", room.path().join(listen).to_str().unwrap()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(demo.stdout.take().unwrap())
            .read_line(&mut told)
            .unwrap();
        assert!(told.contains("\"url\""), "{told}");
        demo.kill().unwrap();
        let said = demo.wait_with_output().unwrap().stderr;
        String::from_utf8_lossy(&said).contains("warning: this address can be reached")
    };
    assert!(warned("0.0.0.0:0"));
    assert!(!warned("127.0.0.1:0"));
}

#[test]
fn the_doctor_changes_nothing() {
    let bench = Bench::new();
    let _ = bench.as_administrator(&["operator", "list"]);
    let rows = || {
        let connection = rusqlite::Connection::open(bench.database()).unwrap();
        let count = |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        ["leaf", "checkpoint", "detail", "tree_hash"].map(count)
    };
    let before = (rows(), bench.keep(&[MARK, KEYRING]), json(&bench.verify()));
    for _ in 0..2 {
        let told = bench.look(&["doctor"], "passphrase", &["--json"]);
        assert_eq!(told.status, 0, "{}{}", told.out, told.err);
        let found = json(&told);
        for what in ["details", "exhibits", "clock", "mark"] {
            let all = found.as_array().unwrap().iter();
            let state = all
                .filter(|one| one["what"] == what)
                .map(|one| &one["state"]);
            assert_eq!(state.collect::<Vec<_>>(), ["ok"], "{what}: {found}");
        }
    }
    let after = (rows(), bench.keep(&[MARK, KEYRING]), json(&bench.verify()));
    assert_eq!(before, after);
}

#[test]
fn the_doctor_writes_no_byte_whether_the_vault_was_stopped_or_killed() {
    let bench = Bench::new();
    let _ = bench.as_administrator(&["operator", "list"]);
    let data = bench.database().parent().unwrap().to_owned();
    // Names and bytes of all files, but for the index of the log, which is no data.
    let bytes = || {
        let mut all: Vec<(String, Vec<u8>)> = [data.clone(), data.with_file_name("keys")]
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                let index = name.ends_with("-shm");
                let read = fs::read(&path).unwrap();
                (name, if index { Vec::new() } else { read })
            })
            .collect();
        all.sort();
        all
    };
    let looks = || {
        let told = bench.look(&["doctor"], "passphrase", &["--json"]);
        assert_eq!(told.status, 0, "{}{}", told.out, told.err);
        let found = json(&told);
        let all = found.as_array().unwrap();
        assert!(
            all.iter().all(|one| one["state"] != "not-looked-at"),
            "{found}"
        );
    };
    let stopped = bytes();
    looks();
    assert_eq!(names(&stopped), names(&bytes()));
    assert!(stopped == bytes(), "a file of a stopped vault was changed");
    // What a killed process leaves: commits that are in the log of the database and not in its file.
    let wal = data.join("vault.db-wal");
    let connection = rusqlite::Connection::open(bench.database()).unwrap();
    let no_merge = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(no_merge, true).unwrap();
    // There and back, so that nothing is damaged.
    for by in [1, -1] {
        let moved = format!("UPDATE migration SET applied_at = applied_at + {by} WHERE number = 1");
        connection.execute_batch(&moved).unwrap();
    }
    drop(connection);
    assert!(fs::metadata(&wal).unwrap().len() > 0);
    let killed = bytes();
    looks();
    assert_eq!(names(&killed), names(&bytes()));
    assert!(killed == bytes(), "a file of a killed vault was changed");
    fs::remove_file(data.join("vault.db-shm")).unwrap();
    let copied = bytes();
    looks();
    assert_eq!(names(&copied), names(&bytes()));
    assert!(copied == bytes(), "a file of a copied vault was changed");
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

/// What was put back, and the words that `doctor` and `audit verify` have for it.
#[test]
fn files_that_were_put_back_are_found_with_the_passphrase_by_doctor_and_audit_verify() {
    let bench = Bench::new();
    bench.secret("new", "a passphrase that is new");
    let first = bench.keep(&[DATABASE, KEYRING]);
    let rotate = ["key", "rotate", "--new-passphrase-file", &bench.path("new")];
    assert_eq!(bench.as_administrator(&rotate).status, 0);
    // The next start's leaf is sealed with the new generation.
    let listed = bench.with_passphrase(&["operator", "list"], "new");
    assert_eq!(listed.status, 0, "{}", listed.err);
    let last = bench.keep(&[DATABASE, MARK, KEYRING]);
    let seal = "UPDATE checkpoint SET control = x''";
    let mark = bench.dir.path().join("vault").join(MARK);
    type Change<'b> = &'b dyn Fn();
    let cases: [(&str, Change<'_>, &str); 5] = [
        ("passphrase", &|| bench.put_back(&first), "rolled back"),
        (
            "passphrase",
            &|| bench.put_back(&first[1..]),
            "the keyring is of generation 1",
        ),
        (
            "passphrase",
            &|| {
                bench.put_back(&first[1..]);
                bench.tamper(seal);
            },
            "the seal over the control rows is not the one of the log's end",
        ),
        (
            "new",
            &|| bench.tamper("UPDATE checkpoint SET control = zeroblob(length(control))"),
            "the seal over the control rows is not the one of the log's end",
        ),
        (
            "new",
            &|| fs::remove_file(&mark).unwrap(),
            "the high-water mark is missing",
        ),
    ];
    for (passphrase, change, words) in cases {
        bench.put_back(&last);
        for command in [&["doctor"][..], &["audit", "verify"]] {
            let sound = bench.look(command, "new", &[]);
            assert_eq!(sound.status, 0, "{}{}", sound.out, sound.err);
            bench.put_back(&last);
        }
        change();
        let told = bench.look(&["audit", "verify"], passphrase, &[]);
        assert_eq!(told.status, 3, "{words}: {}{}", told.out, told.err);
        assert!(told.err.contains(words), "{}", told.err);
        let told = bench.look(&["doctor"], passphrase, &[]);
        assert_eq!(told.status, 3, "{words}: {}{}", told.out, told.err);
        let line = told.out.lines().find(|line| line.starts_with("mark"));
        let line = line.unwrap();
        assert!(
            line.contains("FAILED") && line.contains(words),
            "{}",
            told.out
        );
        assert!(
            told.out.contains("the vault is left as it is"),
            "{}",
            told.out
        );
        // It is not the log that is at fault.
        assert!(told.err.contains("do not go together"), "{}", told.err);
        // The start says what to put back, and where that is written.
        let refused = bench.with_passphrase(&["operator", "list"], passphrase);
        assert_ne!(refused.status, 0);
        assert!(refused.err.contains("docs/backup.md"), "{}", refused.err);
        // Without the passphrase the log itself is as it was signed.
        assert_eq!(bench.verify().status, 0, "{words}");
    }
}

#[test]
fn doctor_and_serve_leave_a_log_alone_that_a_kept_checkpoint_shows_cut() {
    let bench = Bench::new();
    let early = bench.keep(&[DATABASE, MARK]);
    let _ = bench.as_administrator(&["operator", "list"]);
    let kept = bench.checkpoint("kept");
    let kept = ["--checkpoint", kept.as_str()];
    let sound = bench.look(&["doctor"], "passphrase", &kept);
    assert_eq!(sound.status, 0, "{}{}", sound.out, sound.err);
    assert!(bench.serve(&kept).is_ok());
    bench.put_back(&early);
    let size = json(&bench.verify())["size"].clone();
    let told = bench.look(&["doctor"], "passphrase", &kept);
    assert_eq!(told.status, 3, "{}{}", told.out, told.err);
    assert!(told.out.contains("the log was cut"), "{}", told.out);
    for skipped in ["details", "exhibits", "clock"] {
        let line = told.out.lines().find(|line| line.starts_with(skipped));
        assert!(line.unwrap().contains("skipped"), "{}", told.out);
    }
    let refused = bench.serve(&kept).err().expect("it was served");
    assert_eq!(refused.status, 3, "{}", refused.err);
    assert!(refused.err.contains("the log was cut"), "{}", refused.err);
    // Neither wrote a leaf, nor moved the mark.
    assert_eq!(json(&bench.verify())["size"], size);
    assert_eq!(bench.keep(&[MARK]), early[1..]);
    // What found it is the checkpoint alone.
    assert!(bench.serve(&[]).is_ok());
}

#[test]
fn doctor_looks_at_the_mark_of_a_vault_that_is_served() {
    let bench = Bench::new();
    let served = bench.serve(&[]).ok().unwrap();
    let sound = bench.look(&["doctor"], "passphrase", &["--json"]);
    assert_eq!(sound.status, 0, "{}{}", sound.out, sound.err);
    let state = |run: &Run, what: &str| {
        let found = json(run);
        let found = found.as_array().unwrap().iter();
        let mut of_it = found.filter(|found| found["what"] == what);
        of_it.next().unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&sound, "mark"), "ok");
    assert_eq!(state(&sound, "details"), "not-looked-at");
    assert!(sound.out.contains("the vault is being served"));
    assert!(!sound.out.contains("--passphrase-file"), "{}", sound.out);
    fs::remove_file(bench.dir.path().join("vault").join(MARK)).unwrap();
    let told = bench.look(&["doctor"], "passphrase", &["--json"]);
    assert_eq!(told.status, 3, "{}{}", told.out, told.err);
    assert_eq!(state(&told, "mark"), "failed");
    let without = run(&["doctor", "--dir", &bench.vault(), "--json"]);
    assert_eq!(state(&without, "mark"), "not-looked-at");
    drop(served);
}

#[test]
fn a_mapping_is_drafted_and_a_wrong_one_is_named_by_its_line() {
    let bench = Bench::new();
    let fixture = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ingest/");
        format!("{folder}{name}")
    };
    let (file, out) = (fixture("mapped-local.csv"), bench.path("mapping.toml"));
    let printed = run(&["exhibit", "map", &file]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    assert!(
        printed.out.contains("column = \"Anschluss\""),
        "{}",
        printed.out
    );
    assert!(!printed.out.contains("canary"), "{}", printed.out);
    assert_eq!(run(&["exhibit", "map", &file, "--out", &out]).status, 0);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), printed.out);
    assert_ne!(
        run(&["exhibit", "map", &file, "--out", &out]).status,
        0,
        "it is kept"
    );
    assert_ne!(run(&["exhibit", "map", &fixture("empty.csv")]).status, 0);
    std::fs::write(&out, "container = \"csv\"\n[number]\ncolour = \"x\"\n").unwrap();
    let case = "c_0123456789abcdefghjk";
    let refused =
        bench.as_administrator(&["exhibit", "admit", &file, "--case", case, "--mapping", &out]);
    assert_eq!(refused.status, 2, "{}", refused.err);
    assert!(refused.err.contains("line 3, number"), "{}", refused.err);
}

#[test]
fn messages_say_what_where_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (missing, folder) = (path("none.csv"), path("folder"));
    fs::create_dir(&folder).unwrap();
    for (arguments, words) in [
        (
            &["exhibit", "map", &missing][..],
            &["none.csv", "there is no such file", "check its path"][..],
        ),
        (
            &["exhibit", "check", &folder],
            &["folder", "it is a directory; name a file"],
        ),
        (
            &["exhibit", "check", &missing, "--zone", "Moon/Base"],
            &["none.csv"],
        ),
        (
            &["key", "status", "--dir", &folder],
            &["there is no vault in", "folder", "init"],
        ),
        (
            &[
                "demo",
                "--dir",
                &folder,
                "--exhibit",
                &missing,
                "--listen",
                "127.0.0.1:0",
            ],
            &["none.csv", "there is no such file"],
        ),
        (
            &[
                "demo",
                "--dir",
                &folder,
                "--zone",
                "UTC",
                "--listen",
                "127.0.0.1:0",
            ],
            &["--exhibit"],
        ),
        (
            &[
                "operator",
                "add",
                "ann",
                "--role",
                "boss",
                "--dir",
                &folder,
                "--operator",
                "x",
            ],
            &["--role: must be one of investigator"],
        ),
    ] {
        let told = run(arguments);
        assert!((1..=2).contains(&told.status), "{arguments:?}");
        for word in words {
            assert!(told.err.contains(word), "{arguments:?}: {}", told.err);
        }
        assert!(!told.err.contains("entity"), "{}", told.err);
    }
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        0,
        "nothing was built"
    );
}

#[test]
fn a_file_is_checked_without_a_vault() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("log.csv");
    let rows = "account,number,sent_at,kind\nA,2025550142,2024-03-01T10:00:00Z,sms\n";
    fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let good = run(&["exhibit", "check", file, "--region", "US", "--json"]);
    assert_eq!(good.status, 0, "{}", good.err);
    assert_eq!(
        (&json(&good)["rows"], &json(&good)["readable"]),
        (&1.into(), &1.into())
    );
    let bare = rows.replace("2025550142", "abc123");
    fs::write(file, bare).unwrap();
    let refused = run(&["exhibit", "check", file, "--json"]);
    assert_eq!(refused.status, 1);
    assert_eq!(json(&refused)["rejects"][0]["line"], 2);
    assert!(
        refused
            .err
            .contains("not even its only row can be admitted"),
        "{}",
        refused.err
    );
    assert!(
        refused.err.contains("the column of the number"),
        "{}",
        refused.err
    );
    assert!(
        refused.err.contains("--accept-quarantined"),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("abc123") && !refused.out.contains("abc123"));
}

#[test]
fn a_demo_looks_before_it_builds_and_is_resumed() {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("demo");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = folder.to_str().unwrap();
    let told = run(&["demo", "--dir", dir, "--listen", &address]);
    assert_eq!(told.status, 2);
    assert!(told.err.contains(&address) && told.err.contains("something listens there already"));
    assert!(!folder.exists(), "nothing was built");
    let serve = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["demo", "--dir", dir, "--json", "--listen", "127.0.0.1:0"])
            .args(if folder.exists() {
                &[][..]
            } else {
                &["--rows", "500"]
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    let (first, again) = (serve(), serve());
    for member in ["case", "operators", "sample_numbers"] {
        assert_eq!(first[member], again[member], "{member}");
    }
    let other = run(&[
        "demo",
        "--dir",
        dir,
        "--rows",
        "5",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_eq!(other.status, 2);
    assert!(other.err.contains("has a demo already"), "{}", other.err);
}

#[test]
fn a_demo_names_what_is_wrong_with_its_arguments_before_it_builds() {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("demo");
    let dir = folder.to_str().unwrap();
    let path = |name: &str, text: &str| {
        let path = room.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let head = "account,number,sent_at,kind\n";
    let good = path(
        "good.csv",
        &format!("{head}A,+12025550142,2024-03-01T10:00:00Z,sms\n"),
    );
    let blank = path(
        "blank.csv",
        &format!("{head},+12025550142,2024-03-01T10:00:00Z,sms\n"),
    );
    let pipe = room.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    // Somebody who writes into it, so that opening it does not wait.
    let writer = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    let pipe = pipe.to_str().unwrap();
    let (number, long) = ("call +1 202 555 0142", "x".repeat(400));
    for (arguments, words) in [
        (vec!["--exhibit", &good, "--name", number], vec!["--name: "]),
        (
            vec!["--exhibit", &good, "--source", &long],
            vec!["--source: "],
        ),
        (
            vec!["--exhibit", &good, "--zone", "Moon/Base"],
            vec!["--zone: "],
        ),
        (
            vec!["--exhibit", &good, "--quotes", "some"],
            vec!["--quotes: "],
        ),
        (
            vec!["--exhibit", &blank],
            vec!["blank.csv", "no row names an account", "--account NAME"],
        ),
        (
            vec!["--exhibit", pipe],
            vec!["--exhibit", "no regular file"],
        ),
        (vec!["--drop", "x"], vec!["--drop"]),
        (vec!["--rows", "0"], vec!["--rows: a demo has 1 to"]),
        (
            vec!["--rows", "99999999999999"],
            vec!["--rows: a demo has 1 to"],
        ),
        (vec!["--lookup-budget", "0"], vec!["--lookup-budget"]),
    ] {
        let always = ["demo", "--dir", dir, "--listen", "127.0.0.1:0"];
        let told = run(&[&always[..], &arguments].concat());
        assert!((1..=2).contains(&told.status), "{arguments:?}");
        for word in words {
            assert!(told.err.contains(word), "{arguments:?}: {}", told.err);
        }
        assert!(!told.err.contains("Exhibit-"), "{}", told.err);
        assert!(!told.err.contains("0142"), "{}", told.err);
        assert!(!folder.exists(), "{arguments:?}: nothing is built");
    }
    drop(writer);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    drop(port);
    let twice = [
        "demo",
        "--dir",
        dir,
        "--listen",
        &address,
        "--machines",
        &address,
    ];
    let told = run(&twice);
    assert_eq!(told.status, 2);
    assert!(
        told.err.contains("--machines: must be another"),
        "{}",
        told.err
    );
    let told = run(&["demo", "--dir", dir, "--listen", "192.0.2.1:8443"]);
    assert_eq!(told.status, 2);
    assert!(
        told.err.contains("does not have that address"),
        "{}",
        told.err
    );
    assert!(!folder.exists());
}
