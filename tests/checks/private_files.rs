//! The built program: its files are its owner's alone, and a secret that others can read is refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::outside::skip;
use crate::secret_file::write_secret;

const PROGRAM: &str = env!("CARGO_BIN_EXE_breachvault");
const PASSPHRASE: &str = "a passphrase of these tests";

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn open_to(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs the program under a umask.
fn run(umask: &str, arguments: &[&str]) -> Output {
    let script = format!("umask {umask}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &script, PROGRAM])
        .args(arguments)
        .output()
        .unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        write_secret(room.path("passphrase"), PASSPHRASE);
        write_secret(room.path("password"), "the long password of ingeborg");
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn init(&self, umask: &str) -> Output {
        let (vault, passphrase) = (self.text("vault"), self.text("passphrase"));
        let password = self.text("password");
        run(
            umask,
            &[
                "init",
                "--dir",
                &vault,
                "--passphrase-file",
                &passphrase,
                "--administrator-password-file",
                &password,
            ],
        )
    }

    fn key_status(&self) -> Output {
        let (vault, passphrase) = (self.text("vault"), self.text("passphrase"));
        run(
            "022",
            &["doctor", "--dir", &vault, "--passphrase-file", &passphrase],
        )
    }
}

fn all(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all(&path, found);
        }
        found.push(path);
    }
}

#[test]
fn whatever_was_there_only_the_owner_reads_what_init_makes() {
    for umask in ["000", "022", "027", "0777"] {
        let room = Room::new();
        let vault = room.path("vault");
        if umask != "0777" {
            // Somebody was there before.
            for folder in ["vault", "vault/keys", "vault/data", "vault/data/packages"] {
                fs::create_dir(room.path(folder)).unwrap();
                open_to(&room.path(folder), 0o777);
            }
            for file in [
                "data/lock",
                "data/audit.vkey",
                "data/vault.db-wal",
                "keys/tls.key",
                "keys/ca.crt",
            ] {
                fs::write(vault.join(file), "left here").unwrap();
                open_to(&vault.join(file), 0o666);
            }
        }
        let made = room.init(umask);
        assert!(made.status.success(), "{umask}: {}", words(&made));
        let mut found = Vec::new();
        all(&vault, &mut found);
        assert!(found.len() > 6, "{found:?}");
        for path in found {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), expected, "{umask}: {}", path.display());
        }
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused_and_says_chmod() {
    let room = Room::new();
    for open in [0o640, 0o604, 0o644, 0o660] {
        open_to(&room.path("passphrase"), open);
        let refused = room.init("022");
        assert!(!refused.status.success());
        assert!(words(&refused).contains("chmod 600"), "{}", words(&refused));
        assert!(!words(&refused).contains(PASSPHRASE));
    }
    open_to(&room.path("passphrase"), 0o400);
    open_to(&room.path("password"), 0o644);
    assert!(words(&room.init("022")).contains("chmod 600"));
    open_to(&room.path("password"), 0o600);
    let made = room.init("022");
    assert!(made.status.success(), "{}", words(&made));
    for open in [0o640, 0o604, 0o666] {
        open_to(&room.path("vault/keys/keyring"), open);
        let refused = room.key_status();
        assert!(!refused.status.success());
        let said = format!(
            "{}{}",
            words(&refused),
            String::from_utf8_lossy(&refused.stdout)
        );
        assert!(said.contains("chmod 600"), "{said}");
    }
    open_to(&room.path("vault/keys/keyring"), 0o600);
    for (name, open, usual) in [
        ("keys", 0o777, 0o700),
        ("data", 0o770, 0o700),
        ("data/packages", 0o702, 0o700),
        ("data/vault.db", 0o666, 0o600),
        ("keys/high-water-mark", 0o640, 0o600),
    ] {
        let path = room.path("vault").join(name);
        open_to(&path, open);
        let (vault, passphrase) = (room.text("vault"), room.text("passphrase"));
        let serve = ["serve", "--dir", &vault, "--passphrase-file", &passphrase];
        let refused = run("022", &[&serve[..], &["--listen", "127.0.0.1:0"]].concat());
        assert!(!refused.status.success(), "{name}");
        let told = words(&refused);
        assert!(told.contains(&format!("can use {name} (")), "{told}");
        assert!(told.contains(&format!("chmod {usual:o}")), "{told}");
        let doctor = run("022", &["doctor", "--dir", &vault]);
        assert!(!doctor.status.success(), "{name}");
        let said = String::from_utf8_lossy(&doctor.stdout);
        assert!(said.contains(&format!("{name} ({open:04o})")), "{said}");
        open_to(&path, usual);
    }
    open_to(&room.path("vault/keys/tls.key"), 0o640);
    let (vault, passphrase) = (room.text("vault"), room.text("passphrase"));
    let listen = ["--listen", "127.0.0.1:0"];
    let serve = ["serve", "--dir", &vault, "--passphrase-file", &passphrase];
    let refused = run("022", &[&serve[..], &listen].concat());
    assert!(!refused.status.success());
    assert!(words(&refused).contains("chmod 600"), "{}", words(&refused));
    let identity = room.path("identity");
    fs::write(&identity, "AGE-SECRET-KEY-1").unwrap();
    open_to(&identity, 0o644);
    let (identity, out) = (room.text("identity"), room.text("out"));
    let refused = run(
        "022",
        &[
            "evidence",
            "open",
            &vault,
            "--identity",
            &identity,
            "--out",
            &out,
        ],
    );
    assert!(words(&refused).contains("chmod 600"), "{}", words(&refused));
}

#[test]
fn files_of_another_user_are_refused_and_named() {
    const OTHER: u32 = 65_534;
    let room = Room::new();
    let made = room.init("022");
    assert!(made.status.success(), "{}", words(&made));
    let give = |path: &Path, owner: u32| chown(path, Some(owner), None);
    let us = fs::metadata(room.path("passphrase")).unwrap().uid();
    if us == OTHER || give(&room.path("passphrase"), OTHER).is_err() {
        return skip("only root can give a file to another user");
    }
    let refused = room.key_status();
    assert!(!refused.status.success());
    assert!(words(&refused).contains("chown"), "{}", words(&refused));
    give(&room.path("passphrase"), us).unwrap();
    for name in [
        "data/vault.db",
        "data",
        "data/packages",
        "keys",
        "keys/high-water-mark",
        "keys/keyring",
    ] {
        let path = room.path("vault").join(name);
        give(&path, OTHER).unwrap();
        let (vault, passphrase) = (room.text("vault"), room.text("passphrase"));
        let serve = ["serve", "--dir", &vault, "--passphrase-file", &passphrase];
        let refused = run("022", &[&serve[..], &["--listen", "127.0.0.1:0"]].concat());
        assert!(!refused.status.success(), "{name}");
        let told = words(&refused);
        assert!(told.contains("user id 65534"), "{name}: {told}");
        let doctor = run("022", &["doctor", "--dir", &vault]);
        assert!(!doctor.status.success(), "{name}");
        let said = String::from_utf8_lossy(&doctor.stdout);
        assert!(
            said.contains(&format!("{name} (it is user 65534's)")),
            "{said}"
        );
        give(&path, us).unwrap();
    }
    assert!(room.key_status().status.success());
}
