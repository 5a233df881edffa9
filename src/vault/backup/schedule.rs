//! Backups by a schedule, while the vault is served: a thread of its own, a leaf for each that was made or failed, and
//! the newest so many are kept. Where a server has the tables, they are of the keyring and the erasure lists alone.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use super::fault::BackupError;
use super::make::{Target, back_up_database, back_up_erasures, back_up_keyring};
use super::trailer::{self, Kind, Manifest};
use crate::domain::Moment;
use crate::policy::actions;
use crate::vault::call::caller::Caller;
use crate::vault::call::done::Done;
use crate::vault::call::target::Target as About;
use crate::vault::clock::Clock;
use crate::vault::door::{Operation, Vault};
use crate::vault::error::OperationError;
use crate::vault::left_copies::COPY;
use crate::vault::private_files::make_folder_unless_used;
use crate::vault::scope::Scope;
use crate::vault::store::{StoreError, StoreFault};

/// When and where backups are made.
#[derive(Debug, Clone)]
pub struct BackupSchedule {
    /// The folder of the backups of the database; not used where a server has the tables.
    pub directory: Option<PathBuf>,
    /// The folder of the backups of the keyring and of the erasure lists, if the schedule makes them.
    pub keyring_directory: Option<PathBuf>,
    /// How many seconds from one to the next.
    pub every_s: i64,
    /// How many of each are kept.
    pub keep: usize,
}

/// The thread that makes backups. It ends when this is dropped.
pub struct Backups {
    stop: Option<Sender<()>>,
    goes_on: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// How often it is looked whether one is due.
const LOOKED_EVERY: Duration = Duration::from_secs(30);
/// After how many seconds one that failed is tried again.
const AGAIN_S: i64 = 3600;
/// After so long without a write, an unfinished backup was left behind by a process that was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(86_400);
/// The rest between two steps of a copy, so that the disk has time for others.
const REST: Duration = Duration::from_millis(2);
/// How often a round begins anew because the keyring was changed while it was made.
const MOST_TRIES: usize = 3;
const DATABASE_ENDING: &str = "bvdata";
const KEYRING_ENDING: &str = "bvkeys";
const ERASURES_ENDING: &str = "bverased";

impl Backups {
    /// Begins to make backups. The vault must not be stopped before this is dropped.
    pub fn start(vault: &Arc<Vault>, schedule: BackupSchedule, clock: Arc<dyn Clock>) -> Self {
        let (stop, stopped) = channel();
        let goes_on = Arc::new(AtomicBool::new(true));
        let (vault, going) = (Arc::clone(vault), Arc::clone(&goes_on));
        vault
            .core
            .backups
            .scheduled(schedule.newest(&vault, clock.now()));
        let thread = std::thread::Builder::new()
            .name("backup".to_owned())
            .spawn(move || {
                loop {
                    if schedule.is_due(&vault, clock.now()) {
                        schedule.back_up(&vault, clock.now(), &|| going.load(Ordering::Relaxed));
                    }
                    match stopped.recv_timeout(LOOKED_EVERY) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
            });
        if thread.is_err() {
            tracing::error!("the thread of the backups could not be started");
        }
        Self {
            stop: Some(stop),
            goes_on,
            thread: thread.ok(),
        }
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        self.goes_on.store(false, Ordering::Relaxed);
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl BackupSchedule {
    /// Whether it makes what it names, of a vault whose tables a server has or not.
    ///
    /// # Errors
    ///
    /// The setting that is wrong, and why.
    pub fn check(&self, has_server: bool) -> Result<(), (&'static str, &'static str)> {
        match (has_server, &self.directory, &self.keyring_directory) {
            (false, None, _) => Err((
                "backup.directory",
                "is needed: a file has the tables of this vault, and without it they are not backed up",
            )),
            (true, _, None) => Err((
                "backup.directory",
                "is of no use: a server has the tables of this vault, and its own means copy them; \
                 backup.keyring_directory makes backups of the keyring",
            )),
            (true, Some(_), Some(_)) => {
                tracing::warn!(
                    "backup.directory is of no use: a server has the tables, and the schedule makes backups of the \
                     keyring and the erasure lists alone"
                );
                Ok(())
            }
            (true, None, Some(_)) | (false, Some(_), _) => Ok(()),
        }
    }

    fn is_due(&self, vault: &Vault, now: Moment) -> bool {
        let report = vault.core.backups.report();
        // One from the future was made while the clock was wrong: it says nothing of how long ago it was.
        let over = |since: Option<Moment>, seconds: i64| {
            since.is_none_or(|since| since > now || since.plus_seconds(seconds) <= now)
        };
        match report.failed_at {
            Some(failed) => over(Some(failed), AGAIN_S.min(self.every_s)),
            None => over(report.done_at, self.every_s),
        }
    }

    /// Makes the backups that are due, removes old ones, and writes the leaf.
    fn back_up(&self, vault: &Vault, now: Moment, goes_on: &dyn Fn() -> bool) {
        let made = self.make(vault, now, goes_on);
        if !goes_on() {
            // The vault is stopping; the next start makes it.
            return;
        }
        let failed = match &made {
            Ok(_) => false,
            Err(error) => {
                tracing::error!(fault = %error, "a backup failed");
                true
            }
        };
        let deleted = match failed {
            true => 0,
            false => self.rotate(vault, now),
        };
        let noted = vault.perform(&Caller::system(), NoteBackup { made, deleted });
        match failed {
            true => vault.core.backups.failed(now),
            false => vault.core.backups.done(now),
        }
        if !failed && noted.is_err() {
            tracing::error!("the leaf of a backup could not be written");
        }
    }

    fn make(
        &self,
        vault: &Vault,
        now: Moment,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Manifest, BackupError> {
        let stamp: String = now
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let mut tries = 0;
        loop {
            // A case that is opened, or gets another key, between the two copies would be in the database alone.
            let before = vault.core.keys().generation();
            let (of_keyring, beside) = self.make_beside(vault, now, &stamp)?;
            let folder = match (&self.directory, vault.core.has_server) {
                (Some(folder), false) => folder,
                // The server's own means copy the tables.
                _ => return of_keyring.ok_or(BackupError::Server),
            };
            let (begun, changed) = (Cell::new(false), Cell::new(false));
            // Asked first when the copy of the database has begun, which is of that moment.
            let still = || {
                if !begun.replace(true) && !beside.is_empty() {
                    changed.set(vault.core.keys().generation() != before);
                }
                !changed.get() && goes_on()
            };
            if !goes_on() {
                let (at, fault) = ("backup::schedule", StoreFault::Stopped);
                return Err(StoreError { at, fault }.into());
            }
            prepare(folder)?;
            let name = format!("{}{stamp}.{DATABASE_ENDING}", prefix(vault));
            let file = folder.join(name);
            let made = back_up_database(vault.paths(), Target::File(&file), now, REST, &still);
            if made.is_ok() || !changed.get() || tries >= MOST_TRIES {
                return made;
            }
            tries += 1;
            for file in beside {
                fs::remove_file(file).map_err(BackupError::io("remove a copy of the keyring"))?;
            }
        }
    }

    /// Makes the backups of the keyring and of the erasure lists, where there is a folder for them. Answers what is
    /// in the one of the keyring, and the files.
    fn make_beside(
        &self,
        vault: &Vault,
        now: Moment,
        stamp: &str,
    ) -> Result<(Option<Manifest>, Vec<PathBuf>), BackupError> {
        let Some(folder) = &self.keyring_directory else {
            return Ok((None, Vec::new()));
        };
        prepare(folder)?;
        let name = |ending| folder.join(format!("{}{stamp}.{ending}", prefix(vault)));
        let mut made = vec![name(KEYRING_ENDING)];
        let of_keyring = back_up_keyring(vault.paths(), Target::File(&name(KEYRING_ENDING)), now)?;
        let lists = name(ERASURES_ENDING);
        match back_up_erasures(vault.paths(), Target::File(&lists), now) {
            Ok(_) => made.push(lists),
            Err(BackupError::NoErasures) => {}
            Err(error) => return Err(error),
        }
        Ok((Some(of_keyring), made))
    }

    /// Deletes what is more than is kept; answers how many. What was made just now stays, and what says that it was
    /// made later than now goes first.
    fn rotate(&self, vault: &Vault, now: Moment) -> usize {
        let folders = [
            (self.directory.as_ref(), DATABASE_ENDING),
            (self.keyring_directory.as_ref(), KEYRING_ENDING),
            (self.keyring_directory.as_ref(), ERASURES_ENDING),
        ];
        let mut deleted = 0;
        for (folder, ending) in folders {
            let Some(folder) = folder else {
                continue;
            };
            let mut all = backups_in(vault, folder, ending);
            all.sort_by_key(|(made_at, _)| (*made_at <= now, *made_at));
            all.truncate(all.len().saturating_sub(self.keep));
            for (_, path) in all {
                match fs::remove_file(&path) {
                    Ok(()) => deleted += 1,
                    Err(error) => {
                        tracing::warn!(kind = %error.kind(), "an old backup could not be deleted");
                    }
                }
            }
        }
        deleted
    }

    /// When the newest backup was made that is there, of those that were not made later than now.
    fn newest(&self, vault: &Vault, now: Moment) -> Option<Moment> {
        let (folder, ending) = match vault.core.has_server {
            true => (self.keyring_directory.as_ref(), KEYRING_ENDING),
            false => (self.directory.as_ref(), DATABASE_ENDING),
        };
        let all = backups_in(vault, folder?, ending);
        let times = all.into_iter().map(|(made_at, _)| made_at);
        times.filter(|made_at| *made_at <= now).max()
    }
}

fn prefix(vault: &Vault) -> String {
    let id = vault.core.vault.as_str();
    format!("breachvault-{}-", id.get(..8).unwrap_or(id))
}

/// Makes the folder if it is not there, and clears what a process left there that was killed long ago.
fn prepare(folder: &Path) -> Result<(), BackupError> {
    make_folder_unless_used(folder).map_err(BackupError::io("make the folder of the backups"))?;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // Whoever makes a backup now writes to its file.
        let idle = entry.metadata().and_then(|found| found.modified());
        let idle = idle.ok().and_then(|written| written.elapsed().ok());
        let left = idle.is_some_and(|idle| idle > LEFT_BEHIND);
        if left && entry.file_name().to_string_lossy().starts_with(COPY) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// The whole backups of the vault in a folder, each with when it was made by its own word; other files are not counted.
fn backups_in(vault: &Vault, folder: &Path, ending: &str) -> Vec<(Moment, PathBuf)> {
    let prefix = prefix(vault);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let rest = name.strip_prefix(&prefix);
        rest.and_then(|rest| rest.strip_suffix(ending))
            .is_some_and(|rest| rest.ends_with('.'))
    });
    let kind = match ending {
        KEYRING_ENDING => Kind::Keyring,
        ERASURES_ENDING => Kind::Erasures,
        _ => Kind::Database,
    };
    named
        .filter_map(|entry| {
            let (_, manifest) = trailer::read(&entry.path()).ok()?;
            let ours = manifest.vault == vault.core.vault && manifest.kind == kind;
            let made_at = manifest.made_at.parse().ok().filter(|_| ours)?;
            Some((made_at, entry.path()))
        })
        .collect()
}

/// A scheduled backup was made, or failed.
struct NoteBackup {
    made: Result<Manifest, BackupError>,
    deleted: usize,
}

impl Operation for NoteBackup {
    type Action = actions::NoteBackup;
    type Answer = Done;

    fn target(&self) -> About {
        About::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let manifest = self.made.map_err(|error| error.for_leaf())?;
        if let Some(log) = &manifest.log {
            scope.note_rows(log.leaves);
            scope.notes.digest = Some(log.root.clone());
        }
        scope.note_detail(json!({
            "bytes": manifest.bytes,
            "made_at": manifest.made_at,
            "leaves": manifest.log.as_ref().map(|log| log.leaves),
            "exhibits": manifest.log.as_ref().map(|log| log.exhibits),
            "tables": manifest.log.is_some(),
            "keyring_generation": manifest.generation,
            "deleted": self.deleted,
        }));
        Ok(Done)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::domain::{CaseId, OperatorName};
    use crate::vault::clock::ManualClock;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::keyring::{Argon2Params, NewPassphrase};
    use crate::vault::paths::Paths;
    use crate::vault::settings::Settings;

    #[test]
    fn a_keyring_that_changes_before_the_copy_of_the_database_begins_is_copied_again() {
        let folder = TempDir::new().unwrap();
        let now: Moment = "2024-04-02T09:00:00Z".parse().unwrap();
        let passphrase = NewPassphrase::parse("a passphrase for tests".to_owned());
        let vault = Vault::create(
            &Paths::of(&folder.path().join("vault")),
            &passphrase.ok().unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("admin").unwrap(),
            Settings::default(),
            Arc::new(ManualClock::new(now)),
            Arc::new(SystemEntropy::new()),
        );
        let vault = vault.unwrap().vault;
        let schedule = BackupSchedule {
            directory: Some(folder.path().join("databases")),
            keyring_directory: Some(folder.path().join("keyrings")),
            every_s: 3600,
            keep: 7,
        };
        let asked = Cell::new(0);
        let changes = |often: u32| {
            let (asked, vault) = (&asked, &vault);
            asked.set(0);
            // Asked between the two copies, and then while the database is copied.
            move || {
                asked.set(asked.get() + 1);
                if asked.get() <= often {
                    let case = CaseId::from_random(vault.core.draw().unwrap());
                    let mut keyring = vault.core.keyring_to_change().unwrap();
                    keyring.add_case(&case, &*vault.core.entropy).unwrap();
                }
                true
            }
        };
        for (count, often) in [(1, 0), (2, 1), (3, 3)] {
            let now = now.plus_seconds(i64::from(count));
            schedule.make(&vault, now, &changes(often)).unwrap();
            let kept = backups_in(&vault, &folder.path().join("keyrings"), KEYRING_ENDING);
            let (_, path) = kept.iter().max_by_key(|(made_at, _)| *made_at).unwrap();
            let (_, told) = trailer::read(path).unwrap();
            assert_eq!(told.generation, Some(vault.core.keys().generation()));
            assert_eq!(Ok(kept.len()), usize::try_from(count));
        }
        // One that never rests is no backup, and nobody is told that it was made.
        let now = now.plus_seconds(4);
        assert!(schedule.make(&vault, now, &changes(u32::MAX)).is_err());
        let databases = folder.path().join("databases");
        let kept = backups_in(&vault, &databases, DATABASE_ENDING);
        assert_eq!(kept.len(), 3);
    }
}
