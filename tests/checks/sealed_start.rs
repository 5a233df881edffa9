//! A vault that starts sealed: what it answers, who unseals it, and what the log says of it.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use breachvault::domain::SlotLabel;
use breachvault::http::make_dev_certificate;
use breachvault::vault::clock::{Clock as _, SystemClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::keyring::{
    Argon2Params, Handed, LockedKeyring, Passphrase, PreparedSlot, Programs, SlotWanted,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::demo::PROGRAM;
use crate::house::{Closed, House, PASSPHRASE};
use crate::secret_file::write_secret;
use crate::tables::only_on_sqlite;

/// A stopped vault with a set of two of three shares, each in a file.
struct WithShares {
    closed: Closed,
    ca: String,
    fingerprint: String,
}

impl WithShares {
    fn new() -> Self {
        let closed = House::new().close();
        let paths = closed.paths();
        let locked = LockedKeyring::read(&paths.keyring()).unwrap();
        let fingerprint = locked.fingerprint().to_string();
        let passphrase = Passphrase::new(PASSPHRASE.to_owned());
        let mut keyring = locked.unlock(&passphrase).ok().unwrap();
        let (entropy, now) = (SystemEntropy::new(), SystemClock.now());
        let slot = PreparedSlot::make(
            keyring.vault(),
            SlotLabel::parse("board").unwrap(),
            &SlotWanted::Shares { k: 2, n: 3 },
            Argon2Params::new(8, 1, 1).unwrap(),
            &Programs::default(),
            &entropy,
        );
        let slot = slot.ok().unwrap();
        keyring.add_slot(&slot, now, &entropy).unwrap();
        let Handed::Shares(texts) = slot.handed else {
            panic!("no shares");
        };
        for (no, text) in (1..).zip(&texts) {
            write_secret(closed.directory.path().join(format!("share.{no}")), text);
        }
        let files = make_dev_certificate(&paths.keys(), &[], now).unwrap();
        Self {
            ca: files.ca.to_str().unwrap().to_owned(),
            closed,
            fingerprint,
        }
    }

    fn share(&self, no: usize) -> String {
        let path = self.closed.directory.path().join(format!("share.{no}"));
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let profiles = self.closed.directory.path().join("profiles");
        Command::new(PROGRAM)
            .args(arguments)
            .args([
                "--ca-file",
                &self.ca,
                "--profiles",
                profiles.to_str().unwrap(),
            ])
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// `serve --sealed`, which is ended when the test ends.
struct Serving {
    process: Child,
    words: BufReader<ChildStderr>,
    url: String,
}

impl Serving {
    fn start(directory: &Path) -> Self {
        Self::start_with(directory, &[])
    }

    fn start_with(directory: &Path, more: &[&str]) -> Self {
        let mut process = serve(directory, more)
            .arg("--sealed")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let words = BufReader::new(process.stderr.take().unwrap());
        let mut serving = Self {
            process,
            words,
            url: String::new(),
        };
        let line = serving.line_with("sealed: waiting");
        let from = line.find("https://").unwrap();
        let url = line[from..].split_whitespace().next().unwrap();
        serving.url = url.to_owned();
        serving
    }

    fn line_with(&mut self, text: &str) -> String {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(
                self.words.read_line(&mut line).unwrap() > 0,
                "it ended before {text}"
            );
        }
        line
    }

    fn send(&self, signal: Signal) {
        kill_process(pid(&self.process), signal).unwrap();
    }

    /// Interrupts it, and waits until it has ended.
    fn end(mut self) -> bool {
        self.send(Signal::TERM);
        let mut rest = String::new();
        self.words.read_to_string(&mut rest).unwrap();
        self.process.wait().unwrap().success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(directory: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
        .arg(directory)
        .args(more)
        .env_clear();
    command
}

fn pid(process: &Child) -> Pid {
    Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[track_caller]
fn ended(output: &Output, status: i32, word: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(said.contains(word), "{said}");
    assert!(!said.contains("BVSHARE1-"), "a share was shown");
}

#[test]
fn one_address_holds_few_connections_to_a_sealed_vault_and_a_newcomer_is_let_in() {
    let vault = WithShares::new();
    let config = vault.closed.directory.path().join("limits.toml");
    std::fs::write(
        &config,
        "[limits]\naddress_connections = 8\nheader_s = 120\n",
    )
    .unwrap();
    let more = ["--config", config.to_str().unwrap()];
    let serving = Serving::start_with(vault.closed.directory.path(), &more);
    let address = serving.url.trim_start_matches("https://").to_owned();
    let held: Vec<TcpStream> = (0..24)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    // All but eight are closed, long before the time for a handshake is over.
    let is_closed = |stream: &&TcpStream| {
        stream.set_nonblocking(true).unwrap();
        let peeked = stream.peek(&mut [0; 1]);
        !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    };
    let begun = Instant::now();
    while held.iter().filter(is_closed).count() < held.len() - 8 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{begun:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    let progress = ["key", "unseal", "--progress", "--server", &serving.url];
    ended(&vault.run(&progress), 4, &vault.fingerprint);
    drop(held);
    assert!(serving.end());
}

#[test]
fn two_holders_unseal_a_vault_and_a_leaf_says_so() {
    only_on_sqlite!();
    let vault = WithShares::new();
    let mut serving = Serving::start(vault.closed.directory.path());
    let url = serving.url.clone();
    let server = ["--server", url.as_str()];

    // Nothing but its health and its progress is answered.
    let password = vault.closed.directory.path().join("password");
    write_secret(&password, "a password");
    let password = password.to_str().unwrap();
    let login = [
        "login",
        "--operator",
        "archibald",
        "--password-file",
        password,
    ];
    ended(&vault.run(&[&login[..], &server[..]].concat()), 4, "sealed");
    let unseal = |more: &[&str]| vault.run(&[&["key", "unseal"][..], more, &server[..]].concat());
    let progress = unseal(&["--progress"]);
    ended(&progress, 4, &vault.fingerprint);

    // Its certificate was renewed: SIGHUP ends nothing, and from then on the new one is served.
    let keys = vault.closed.paths().keys();
    make_dev_certificate(&keys, &[], SystemClock.now()).unwrap();
    serving.send(Signal::HUP);
    serving.line_with("the certificate was read again");
    ended(&unseal(&["--progress"]), 4, &vault.fingerprint);

    // A share in the place of a file's name is repeated nowhere.
    let text = std::fs::read_to_string(vault.share(2)).unwrap();
    ended(
        &unseal(&["--share-file", text.trim()]),
        2,
        "never an argument",
    );

    // Nothing is sent to another vault than the share's and the one that was typed.
    let share = vault.share(3);
    let other = [
        "--share-file",
        share.as_str(),
        "--fingerprint",
        "0000-0000-0000-0000",
    ];
    ended(&unseal(&other), 2, "nothing was sent");
    let foreign = WithShares::new();
    let theirs = foreign.share(1);
    ended(&unseal(&["--share-file", &theirs]), 1, "another one");
    ended(&unseal(&["--progress"]), 4, "given: \n");

    let typed = [
        "--share-file",
        share.as_str(),
        "--fingerprint",
        &vault.fingerprint,
    ];
    let taken = unseal(&typed);
    ended(&taken, 0, "given: 3");
    ended(&taken, 0, "share 3 taken, 1 more is needed");
    ended(&unseal(&["--share-file", &share]), 2, "was given before");
    ended(&unseal(&["--share-file", &vault.share(1)]), 0, "opening");
    serving.line_with("unsealed: serving");
    serving.line_with("browsers open https://localhost:");
    // It is the vault now, which knows no such person.
    let opened = vault.run(&[&login[..], &server[..]].concat());
    assert_ne!(opened.status.code(), Some(4), "{}", said(&opened));
    // Whoever comes late is told that there is nothing to do.
    let late = vault.share(2);
    for late in [&["--progress"][..], &["--share-file", late.as_str()][..]] {
        ended(&unseal(late), 1, "the vault is open");
    }
    // And no holder is asked for a vault that is open already.
    let second = serve(vault.closed.directory.path(), &["--sealed"]).output();
    ended(&second.unwrap(), 1, "another process has this vault open");
    assert!(serving.end());

    let sql = "SELECT CAST(bytes AS TEXT) FROM leaf WHERE action = 'vault.unseal'";
    let leaf = vault
        .closed
        .database()
        .query_row(sql, [], |row| row.get::<_, String>(0));
    let leaf = leaf.unwrap();
    assert!(leaf.contains("\"object\":\"shares "), "{leaf}");
    assert!(leaf.contains(" 1,3\""), "{leaf}");
}

/// A signal that comes between the two servers, while the vault opens, ends it too.
#[test]
fn a_stop_that_comes_while_a_vault_opens_is_not_lost() {
    let vault = WithShares::new();
    for signal in [Signal::TERM, Signal::INT] {
        let mut serving = Serving::start(vault.closed.directory.path());
        let unseal = |no: usize| {
            let share = vault.share(no);
            let given = [
                "key",
                "unseal",
                "--server",
                &serving.url,
                "--share-file",
                &share,
            ];
            vault.run(&given)
        };
        ended(&unseal(3), 0, "1 more is needed");
        ended(&unseal(1), 0, "opening");
        serving.send(signal);
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = serving.process.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{signal:?} was lost"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{signal:?}: {status}");
    }
}

#[test]
fn a_vault_without_shares_does_not_start_sealed() {
    let closed = House::new().close();
    let paths = closed.paths();
    make_dev_certificate(&paths.keys(), &[], SystemClock.now()).unwrap();
    let output = serve(closed.directory.path(), &["--sealed"]).output();
    ended(&output.unwrap(), 1, "no set of shares");
}

/// Whoever renews a certificate does not know how far a start is.
#[test]
fn a_hang_up_does_not_end_a_vault_that_still_starts() {
    let closed = House::new().close();
    make_dev_certificate(&closed.paths().keys(), &[], SystemClock.now()).unwrap();
    let config = closed.directory.path().join("sealed.toml");
    std::fs::write(&config, "[serve]\nsealed = true\n").unwrap();
    let more = ["--passphrase-fd", "0", "--config", config.to_str().unwrap()];
    let mut process = serve(closed.directory.path(), &more)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It waits for the passphrase; by then, or soon, it catches SIGHUP.
    let status = format!("/proc/{}/status", process.id());
    let catches = || {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        caught.is_some_and(|bits| bits & 1 == 1)
    };
    let begun = Instant::now();
    while !catches() {
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(60), "SIGHUP would end it");
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(pid(&process), Signal::HUP).unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(PASSPHRASE.as_bytes()).unwrap();
    drop(stdin);
    let mut serving = Serving {
        words: BufReader::new(process.stderr.take().unwrap()),
        process,
        url: String::new(),
    };
    // It is told that it is not sealed, though the configuration says so.
    serving.line_with("serve.sealed is of no use");
    serving.line_with("serving https://");
    assert!(serving.end());
}

#[test]
fn a_sealed_vault_ends_when_it_is_told_to() {
    let vault = WithShares::new();
    assert!(Serving::start(vault.closed.directory.path()).end());
}

#[test]
fn shares_open_a_vault_for_a_command_too() {
    let vault = WithShares::new();
    let dir = vault.closed.directory.path().to_str().unwrap();
    let (one, two) = (vault.share(1), vault.share(2));
    let doctor = |shares: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["doctor", "--dir", dir]).env_clear();
        for share in shares {
            command.args(["--share-file", share]);
        }
        command.output().unwrap()
    };
    ended(&doctor(&[&one]), 4, "too few shares");
    ended(&doctor(&[&one, &one]), 4, "was given before");
    let whole = doctor(&[&one, &two]);
    assert!(said(&whole).contains("mark"), "{}", said(&whole));
    assert_ne!(whole.status.code(), Some(4), "{}", said(&whole));
}
