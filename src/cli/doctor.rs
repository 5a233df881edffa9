//! `doctor`: checks a vault directory without changing a byte of it. With a passphrase it also looks at the high-water
//! mark, and opens every sealed part of a vault that nobody serves and whose log is sound.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::error::{CliError, chain};
use super::unlock_args::UnlockArgs;
use super::{settings, streams, unlock};
use crate::domain::io_words;
use crate::vault::clock::{ClockReport, SystemClock};
use crate::vault::entropy::SystemEntropy;
use crate::vault::keyring::{Keyring, LockedKeyring};
use crate::vault::private_files::{OpenToOthers, exposed};
use crate::vault::trail;
use crate::vault::{FilesBeside, Inspection, Paths, Settings, StartError, Vault};

#[derive(Args)]
pub(super) struct Doctor {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// A checkpoint that you kept: the log must contain it; may be given more than once
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
    /// A configuration file, for the programs of the keyring
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
}

/// What needs the passphrase.
const SEALED: [&str; 6] = [
    "details",
    "exhibits",
    "destructions",
    "erasures",
    "rotations",
    "clock",
];

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    explanation: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    /// Nothing is damaged, and people have something to do.
    Notice,
    Failed,
    NotLookedAt,
}

impl Doctor {
    pub(super) fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        if !paths.keyring().exists() && !paths.database().exists() {
            let shown = self.dir.display();
            return Err(CliError::failed(format!("there is no vault in {shown}"))
                .hint("name the vault's directory with --dir; `breachvault init` makes one"));
        }
        // Dropped last, when nothing looks any more.
        let _beside = FilesBeside::note(&paths);
        let programs = settings::config(self.config.as_deref())?.keyring.programs();
        let unlocked = match self.unlock.is_given() {
            true => Some(unlock::unlock(&paths, &self.unlock, &programs)?),
            false => None,
        };
        let served = is_open(&paths);
        let kept = unlock::read_kept(&self.kept)?;
        let logged = log(&paths, &kept);
        let marked = unlocked.as_ref().map(|keyring| mark(&paths, keyring));
        let at_fault =
            |found: &Result<String, (String, bool)>| found.as_ref().is_err_and(|error| error.1);
        let is_at_fault = at_fault(&logged) || marked.as_ref().is_some_and(at_fault);
        let unread = !is_at_fault && (logged.is_err() || matches!(marked, Some(Err(_))));
        let mut findings = vec![
            finding("permissions", permissions(&paths)),
            finding("keyring", keyring(&paths)),
            finding(
                "schema",
                trail::check_schema(&paths)
                    .map(|()| "known and unaltered".to_owned())
                    .map_err(|error| chain(&error)),
            ),
            finding("log", logged.map_err(|error| error.0)),
            Finding {
                what: "lock",
                state: State::Ok,
                explanation: match served {
                    true => "another process has the vault open".to_owned(),
                    false => "no process has the vault open".to_owned(),
                },
            },
            leftovers(&paths),
            match marked {
                Some(marked) => finding("mark", marked.map_err(|error| error.0)),
                None => skipped("mark", NEEDS_KEY),
            },
        ];
        // What is not what was signed is not opened.
        let sound = !failed(&findings, "log") && !failed(&findings, "mark");
        let why = match sound {
            true if served => {
                "the vault is being served; stop it first, or look at a copy of keys/ and data/"
            }
            true => NEEDS_KEY,
            false if unread => "the log could not be read",
            false => "the log is not what was signed, so the vault is left as it is",
        };
        match unlocked {
            Some(keyring) if sound && !served => match sealed(&paths, keyring) {
                Ok(found) => findings.extend(found),
                Err(StartError::Io(
                    ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied,
                )) => findings.extend(SEALED.map(|what| {
                    skipped(what, "needs a copy of keys/ and data/ that can be written")
                })),
                Err(error) => return Err(error.into()),
            },
            _ => findings.extend(SEALED.map(|what| skipped(what, why))),
        }
        if self.json {
            streams::json(&findings)?;
        } else {
            findings
                .iter()
                .try_for_each(|found| streams::data(&line(found)))?;
        }
        match findings.iter().find(|found| found.state == State::Failed) {
            None => Ok(()),
            // A path, a permission or the medium, and nothing about the log.
            Some(_) if unread => Err(CliError::failed("the audit log could not be read").hint(
                "the line `log` or `mark` says why; check the directory, who owns its files and whether the disk can be read",
            )),
            Some(_) if !sound && !failed(&findings, "log") => Err(CliError::unverified(
                "the keyring, the database and the high-water mark do not go together",
            )
            .hint(
                "the line `mark` says which of them is older, missing or changed; docs/backup.md has what to put back",
            )),
            Some(_) if !sound => Err(CliError::unverified("the audit log does not verify").hint(
                "`breachvault audit verify` with the same checkpoints and passphrase shows details",
            )),
            Some(found) => Err(CliError::failed(format!("a check failed: {}", found.what))),
        }
    }
}

/// Looks at every sealed part of the vault.
fn sealed(paths: &Paths, keyring: Keyring) -> Result<[Finding; 6], StartError> {
    let vault = Inspection::open(
        paths,
        keyring,
        Settings::default(),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    )?;
    let details = vault
        .check_details()
        .map(|()| "every sealed detail of the log is present and intact".to_owned())
        .map_err(|error| chain(&error));
    let exhibits = check_exhibits(&vault);
    let clock = clock(vault.clock());
    Ok([
        finding("details", details),
        finding("exhibits", exhibits),
        destructions(&vault),
        erasures(&vault),
        rotations(&vault),
        clock,
    ])
}

/// Opens every sealed part of every exhibit and compares it with what was admitted.
fn check_exhibits(vault: &Inspection) -> Result<String, String> {
    let checks = vault
        .check_exhibits()
        .map_err(|error| format!("not checked: {}", error.name()))?;
    let erasures = vault
        .check_erasures()
        .map_err(|error| format!("not checked: {}", error.name()))?;
    let faults: Vec<&str> = checks
        .iter()
        .flat_map(|check| &check.faults)
        .chain(&erasures)
        .map(String::as_str)
        .collect();
    if faults.is_empty() {
        let exhibits = checks
            .iter()
            .filter(|check| check.exhibit.is_some())
            .count();
        Ok(format!(
            "{exhibits} opened, every sealed part is present and intact"
        ))
    } else {
        Err(faults.join("; "))
    }
}

/// Whether everything of the destroyed cases is gone.
fn destructions(vault: &Inspection) -> Finding {
    let what = "destructions";
    let unfinished = match vault.unfinished() {
        Ok(unfinished) => unfinished,
        Err(error) => return finding(what, Err(format!("not looked at: {error}"))),
    };
    let told: Vec<String> = unfinished
        .iter()
        .map(|(case, at)| match at {
            Some(at) => format!("{case}: rows are still being deleted since {at}"),
            None => format!("{case}: rows are still being deleted"),
        })
        .collect();
    match told.as_slice() {
        [] => finding(
            what,
            Ok("of destroyed cases nothing is left to delete".to_owned()),
        ),
        told => Finding {
            what,
            state: State::Notice,
            explanation: format!(
                "{}; a vault that is served goes on with it",
                told.join("; ")
            ),
        },
    }
}

/// Whether everything that was stored of erased numbers is overwritten.
fn erasures(vault: &Inspection) -> Finding {
    let what = "erasures";
    match vault.unended_erasures() {
        Err(error) => finding(what, Err(format!("not looked at: {}", error.name()))),
        Ok(cases) if cases.is_empty() => finding(
            what,
            Ok("of erased numbers nothing is left to overwrite".to_owned()),
        ),
        Ok(cases) => {
            let cases: Vec<String> = cases.iter().map(ToString::to_string).collect();
            Finding {
                what,
                state: State::Notice,
                explanation: format!(
                    "{}: what is stored of a number is still being overwritten; a vault that is served goes on with it",
                    cases.join(", ")
                ),
            }
        }
    }
}

/// Whether everything is sealed under the newest keys.
fn rotations(vault: &Inspection) -> Finding {
    let what = "rotations";
    let (root, cases) = vault.rotating();
    let root = root.then(|| "the vault itself, after a new root".to_owned());
    let cases = cases.iter().map(ToString::to_string);
    let left: Vec<String> = root.into_iter().chain(cases).collect();
    match left.as_slice() {
        [] => finding(
            what,
            Ok("no new key has parts left to seal anew".to_owned()),
        ),
        left => Finding {
            what,
            state: State::Notice,
            explanation: format!(
                "{}: parts are still to be sealed under a new key; a vault that is served goes on with it, and \
                 `breachvault key status` there says whether a fault is in the way",
                left.join(", ")
            ),
        },
    }
}

/// The copies of the vault that a killed backup or restore left.
fn leftovers(paths: &Paths) -> Finding {
    let what = "leftovers";
    let left = match Vault::copies_left(paths) {
        Ok(left) => left,
        Err(error) => {
            let told = format!("not looked for: {}", io_words(error.kind()));
            return finding(what, Err(told));
        }
    };
    let left: Vec<String> = left.iter().map(|path| path.display().to_string()).collect();
    let told = (!left.is_empty()).then(|| {
        format!(
            "a backup or restore that was killed left {}: remove it while none runs (docs/operations.md)",
            left.join(", ")
        )
    });
    let told: Vec<String> = told.into_iter().chain(moved(paths)).collect();
    match told.as_slice() {
        [] => finding(
            what,
            Ok("no backup or restore left a copy of the vault".to_owned()),
        ),
        told => Finding {
            what,
            state: State::Notice,
            explanation: told.join("; "),
        },
    }
}

/// What a move of the tables left.
fn moved(paths: &Paths) -> Option<String> {
    let told = match (paths.moving().exists(), paths.left_database().exists()) {
        (true, _) => {
            "a move of the tables did not come to its end: run `breachvault store copy` again, or serve the vault \
             where it is (docs/postgresql.md)"
        }
        (false, true) => {
            "data/vault.db.moved has the tables from before they moved to a server: delete it once the vault works \
             there"
        }
        (false, false) => return None,
    };
    Some(told.to_owned())
}

/// Whether the machine's clock and the vault's agree, and what to do if not.
fn clock(report: ClockReport) -> Finding {
    let (state, explanation) = match report.in_doubt() {
        false => (
            State::Ok,
            format!("agrees with the machine's, {}", report.time),
        ),
        true => (
            State::Notice,
            format!(
                "the vault's time is {}, the machine's clock shows {}: two leads or administrators have to accept \
                 a time, each with `breachvault clock accept` (docs/people.md)",
                report.time, report.machine
            ),
        ),
    };
    Finding {
        what: "clock",
        state,
        explanation,
    }
}

/// Checks that the files and folders of the vault are their owner's alone, and names those that are not.
fn permissions(paths: &Paths) -> Result<String, String> {
    for folder in [paths.keys(), paths.data()] {
        let name = name(&folder);
        fs::metadata(&folder).map_err(|error| format!("{name}: {}", io_words(error.kind())))?;
    }
    let open: Vec<String> = exposed(paths)
        .into_iter()
        .map(|found| match found.open {
            OpenToOthers::Mode(mode) => format!("{} ({mode:04o})", found.name),
            OpenToOthers::Owner(owner) => format!("{} (it is user {owner}'s)", found.name),
        })
        .collect();
    match open.as_slice() {
        [] => Ok("only the owner can use keys and data".to_owned()),
        open => Err(format!("other users can use: {}", open.join(", "))),
    }
}

fn keyring(paths: &Paths) -> Result<String, String> {
    let locked = LockedKeyring::read(&paths.keyring()).map_err(|error| error.to_string())?;
    let status = locked.status();
    Ok(format!(
        "readable, generation {}, slots: {}",
        status.generation,
        status.slots.len()
    ))
}

/// What the log is, or what is wrong and whether the log itself is.
fn log(paths: &Paths, kept: &[Vec<u8>]) -> Result<String, (String, bool)> {
    let verdict = trail::verify_directory(paths, None, kept)
        .and_then(|verdict| trail::verify_index(paths).map(|()| verdict))
        .map_err(|error| (chain(&error), error.is_verification_failure()))?;
    let locked =
        LockedKeyring::read(&paths.keyring()).map_err(|error| (error.to_string(), false))?;
    let origin = format!("breachvault/{}", locked.vault());
    if !verdict.origin.is_of_vault_of(&origin) {
        let told = "the log and the keyring belong to different vaults";
        return Err((told.to_owned(), true));
    }
    Ok(format!("verified, {} leaves", verdict.size))
}

fn mark(paths: &Paths, keyring: &Keyring) -> Result<String, (String, bool)> {
    trail::verify_mark(paths, keyring)
        .map(|size| {
            format!("the log has the {size} leaves of the mark, and the keyring is not older")
        })
        .map_err(|error| (chain(&error), error.is_verification_failure()))
}

/// Whether another process has the vault open.
pub(super) fn is_open(paths: &Paths) -> bool {
    let lock = File::open(paths.data().join("lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn failed(findings: &[Finding], what: &str) -> bool {
    let failed = |found: &Finding| found.what == what && found.state == State::Failed;
    findings.iter().any(failed)
}

/// Sealed parts are looked at by whoever can open the keyring.
const NEEDS_KEY: &str = "needs --passphrase-file";

fn skipped(what: &'static str, why: &str) -> Finding {
    Finding {
        what,
        state: State::NotLookedAt,
        explanation: format!("skipped: {why}"),
    }
}

fn finding(what: &'static str, outcome: Result<String, String>) -> Finding {
    let state = match outcome {
        Ok(_) => State::Ok,
        Err(_) => State::Failed,
    };
    let (Ok(explanation) | Err(explanation)) = outcome;
    Finding {
        what,
        state,
        explanation,
    }
}

fn line(found: &Finding) -> String {
    let state = match found.state {
        State::Ok => "ok",
        State::Notice => "NOTICE",
        State::Failed => "FAILED",
        State::NotLookedAt => "-",
    };
    format!("{:<12} {state:<6} {}", found.what, found.explanation)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
