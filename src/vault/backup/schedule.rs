//! Backups by a schedule, while the vault is served: a thread of its own, a leaf for each that was made or failed, and
//! the newest so many are kept.

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

/// When and where backups are made.
#[derive(Debug, Clone)]
pub struct BackupSchedule {
    /// The folder of the backups of the database.
    pub directory: PathBuf,
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
        let paths = vault.paths();
        let name = |ending| format!("{}{stamp}.{ending}", prefix(vault));
        // The keyring first: it may have a key more than the database needs, but never one less.
        if let Some(folder) = &self.keyring_directory {
            prepare(folder)?;
            let file = folder.join(name(KEYRING_ENDING));
            back_up_keyring(paths, Target::File(&file), now)?;
            let file = folder.join(name(ERASURES_ENDING));
            match back_up_erasures(paths, Target::File(&file), now) {
                Ok(_) | Err(BackupError::NoErasures) => {}
                Err(error) => return Err(error),
            }
        }
        prepare(&self.directory)?;
        let file = self.directory.join(name(DATABASE_ENDING));
        back_up_database(paths, Target::File(&file), now, REST, goes_on)
    }

    /// Deletes what is more than is kept; answers how many. What was made just now stays, and what says that it was
    /// made later than now goes first.
    fn rotate(&self, vault: &Vault, now: Moment) -> usize {
        let folders = [
            (Some(&self.directory), DATABASE_ENDING),
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
        let all = backups_in(vault, &self.directory, DATABASE_ENDING);
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
            "deleted": self.deleted,
        }));
        Ok(Done)
    }
}
