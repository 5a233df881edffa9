//! What all acts share: readers, keys, clock, randomness and settings.
//!
//! Sees all keys. The ledger is not part of it, so that an act in the ledger's queue can hold it without holding the
//! queue.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::Serialize;

use crate::domain::{CaseId, Moment, NodeId, VaultId};
use crate::policy::{ActionKind, CaseState};
use crate::vault::audit::{KeyName, Tip};
use crate::vault::budget::answered::Answered;
use crate::vault::budget::package_turns::PackageTurns;
use crate::vault::budget::question_alarm::QuestionAlarm;
use crate::vault::budget::under_way::PointsUnderWay;
use crate::vault::call::edition::Editions;
use crate::vault::clock::VaultClock;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::OperationError;
use crate::vault::exhibits::checks_under_way::ChecksUnderWay;
use crate::vault::exhibits::known_case::KnownCases;
use crate::vault::exhibits::leftovers::Leftovers;
use crate::vault::exhibits::under_way::UnderWay;
use crate::vault::held_up::HeldUpCases;
use crate::vault::identity::{Challenges, KnownSessions, Throttle, WrongFingerprints};
use crate::vault::kept_here::KeptHere;
use crate::vault::key_ages::KnownDues;
use crate::vault::keyring::{CaseKeys, Keyring};
use crate::vault::last_backups::LastBackups;
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce, Sealer, seal_json};
use crate::vault::rotations::{RotationProgress, Rotations};
use crate::vault::settings::Settings;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::{
    ControlState, LeafTimes, Readers, Snapshot, StoreError, Transaction, node_rows,
};
use crate::vault::this_node::{ThisNode, runs};

pub(in crate::vault) struct Core {
    pub(in crate::vault) readers: Readers,
    pub(in crate::vault) control: Arc<ControlState>,
    /// Points charged since the start.
    pub(in crate::vault) charged: AtomicU64,
    pub(in crate::vault) keyring: RwLock<Keyring>,
    pub(in crate::vault) clock: Arc<VaultClock>,
    pub(in crate::vault) entropy: Arc<dyn Entropy>,
    pub(in crate::vault) settings: Settings,
    pub(in crate::vault) vault: VaultId,
    pub(in crate::vault) paths: Paths,
    /// Whether a server has the tables, so that other nodes may write too.
    pub(in crate::vault) has_server: bool,
    /// Which node this is; none where a file has the tables.
    pub(in crate::vault) node: Option<ThisNode>,
    pub(in crate::vault) question_alarm: QuestionAlarm,
    pub(in crate::vault) under_way: Arc<PointsUnderWay>,
    pub(in crate::vault) answered: Answered,
    pub(in crate::vault) admissions: Arc<UnderWay>,
    /// The dry runs that are under way.
    pub(in crate::vault) checks: Arc<ChecksUnderWay>,
    /// What admissions left that could not be removed.
    pub(in crate::vault) leftovers: Leftovers,
    pub(in crate::vault) known_cases: KnownCases,
    pub(in crate::vault) editions: Editions,
    pub(in crate::vault) package_turns: PackageTurns,
    pub(in crate::vault) throttle: Throttle,
    pub(in crate::vault) wrong_fingerprints: WrongFingerprints,
    pub(in crate::vault) sessions: KnownSessions,
    pub(in crate::vault) challenges: Challenges,
    /// The name of the log: another one since a restore.
    pub(in crate::vault) log_name: RwLock<KeyName>,
    /// The backups that were made since the start.
    pub(in crate::vault) backups: LastBackups,
    /// Where the log ends, as the ledger wrote it.
    pub(in crate::vault) tip: RwLock<Tip>,
    /// How the whole log was verified last.
    pub(in crate::vault) log_verified: Mutex<Option<LogVerified>>,
    /// Between which times the leaves were written.
    pub(in crate::vault) leaf_times: LeafTimes,
    /// Whether something of a destroyed case may be left.
    pub(in crate::vault) shred_due: AtomicBool,
    /// The keys that are due, as they were found last.
    pub(in crate::vault) key_dues: KnownDues,
    /// Destroyed cases that could not be ended.
    pub(in crate::vault) held_up: HeldUpCases,
    /// Cases with an erasure that could not be ended.
    pub(in crate::vault) erasures_held_up: HeldUpCases,
    /// Whether what is kept here beside the tables may be behind them.
    pub(in crate::vault) kept_here: KeptHere,
    /// Whether something of an erased number may be left.
    pub(in crate::vault) erase_due: AtomicBool,
    /// Whether the key of a case may have to be rotated.
    pub(in crate::vault) rotate_due: AtomicBool,
    /// How far rotations of case keys are.
    pub(in crate::vault) rotations: Rotations,
    /// How many leaves the log has under the high-water mark.
    pub(in crate::vault) marked: AtomicU64,
}

/// A verification of the whole log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct LogVerified {
    /// After how many foreign writes.
    pub(in crate::vault) writes: u64,
    pub(in crate::vault) at: Moment,
    /// How many leaves it had.
    pub(in crate::vault) size: u64,
    /// For which act it was done.
    pub(in crate::vault) by: ActionKind,
}

impl Core {
    /// The keys of a case: they seal under its newest one, and open under each. Whoever reads a snapshot takes them
    /// after it: then they open everything in it.
    pub(in crate::vault) fn case_keys(
        &self,
        case: &CaseId,
    ) -> Result<Arc<CaseKeys>, OperationError> {
        Ok(self.keys().case_keys(case)?)
    }

    /// Whether the case was destroyed. One that has no key was, whatever its row says: as where an older database was
    /// put back under the keyring of today.
    pub(in crate::vault) fn is_destroyed(&self, case: &CaseRow) -> bool {
        case.state == CaseState::Destroyed || !self.keys().has_case(&case.id)
    }

    /// Takes the keys of a destroyed case out of the keyring, which is on disk without them before this returns, and
    /// drops what is kept of the case in memory. Answers the keyring's generation.
    pub(in crate::vault) fn destroy_keys(&self, case: &CaseRow) -> Result<u64, OperationError> {
        let generation = {
            let mut keyring = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
            if keyring.has_case(&case.id) {
                keyring.destroy_case(&case.id, &*self.entropy)?;
            }
            keyring.generation()
        };
        self.known_cases.forget(case.number);
        if let Some(at_hand) = self.readers.at_hand() {
            at_hand.forget_tags_of(case.number.0);
        }
        self.question_alarm.forget(&case.id);
        Ok(generation)
    }

    /// The keyring, for somebody who changes it.
    pub(in crate::vault) fn keyring_to_change(&self) -> std::sync::RwLockWriteGuard<'_, Keyring> {
        self.keyring.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the rotations are that the keyring says are under way: that of the root first, then those of cases.
    pub(in crate::vault) fn rotations_under_way(&self) -> Vec<RotationProgress> {
        let (of_root, cases) = {
            let keys = self.keys();
            (keys.root_rotates().then_some(None), keys.rotating())
        };
        let cases = cases.into_iter().map(Some);
        let all = of_root.into_iter().chain(cases);
        all.map(|case| self.rotations.progress(case)).collect()
    }

    /// The other nodes that run, as far as they said.
    pub(in crate::vault) fn others_running(
        &self,
        connection: &Snapshot,
    ) -> Result<Vec<NodeId>, StoreError> {
        let now = self.clock.in_seconds(0);
        let own = self.node.as_ref().map(|node| &node.id);
        let mut all = node_rows::list(connection)?;
        all.retain(|row| Some(&row.id) != own && runs(row, now));
        Ok(all.into_iter().map(|row| row.id).collect())
    }

    /// Writes down that this node runs, or that it does not from now on. Where a file has the tables, nothing.
    pub(in crate::vault) fn tell_of_node(
        &self,
        transaction: &Transaction,
        runs: bool,
    ) -> Result<(), StoreError> {
        let Some(node) = &self.node else {
            return Ok(());
        };
        let at = match runs {
            true => self.clock.in_seconds(0),
            false => Moment::from_seconds(0),
        };
        let generation = self.keys().generation();
        // One that was struck off is found by the commit.
        node.tell(transaction, at, generation).map(drop)
    }

    /// Where other nodes write too: takes the keyring that one of them changed, once somebody copied it here. What is
    /// not such a file is found by whoever looks for the file of before.
    pub(in crate::vault) fn take_newer_keyring(&self) {
        if !self.has_server || self.keys().is_in_place() {
            return;
        }
        match self.keyring_to_change().take_newer() {
            Ok(true) => tracing::info!("a newer keyring was taken"),
            Ok(false) => {}
            Err(error) => tracing::error!(fault = %error, "the new keyring file was not taken"),
        }
    }

    pub(in crate::vault) fn keys(&self) -> std::sync::RwLockReadGuard<'_, Keyring> {
        self.keyring.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the log.
    pub(in crate::vault) fn log_name(&self) -> KeyName {
        let name = self.log_name.read();
        name.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the vault was restored: its log goes on from another one.
    pub(in crate::vault) fn was_restored(&self) -> bool {
        self.log_name()
            .continues(&format!("breachvault/{}", self.vault))
    }

    /// A restore began a new log.
    pub(in crate::vault) fn set_log_name(&self, name: KeyName) {
        *self
            .log_name
            .write()
            .unwrap_or_else(PoisonError::into_inner) = name;
    }

    /// Size and root of the log after the newest commit. Whoever reads a snapshot takes them before it.
    pub(in crate::vault) fn tip(&self) -> Tip {
        *self.tip.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::vault) fn set_tip(&self, tip: Tip) {
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = tip;
    }

    /// When a session that is used now ends if it is not used again; `idle_at` is what was written down. That is
    /// written anew only once it moved by a step.
    pub(in crate::vault) fn used_until(&self, idle_at: Moment) -> Moment {
        let Some((idle, step)) = self.settings.idle() else {
            return idle_at;
        };
        let then = self.clock.in_seconds(idle);
        match then.seconds().saturating_sub(idle_at.seconds()) >= step {
            true => then,
            false => idle_at,
        }
    }

    /// Draws random bytes for an identifier or a token.
    pub(in crate::vault) fn draw<const N: usize>(&self) -> Result<[u8; N], OperationError> {
        Ok(draw(&*self.entropy)?)
    }

    /// One nonce. Code that seals many values draws from `Nonces` instead.
    pub(in crate::vault) fn nonce(&self) -> Result<Nonce, OperationError> {
        Ok(Nonce::draw(&*self.entropy)?)
    }

    /// Seals a value as JSON.
    pub(in crate::vault) fn seal_json(
        &self,
        sealer: &impl Sealer,
        aad: &Aad,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, OperationError> {
        seal_json(sealer, self.nonce()?, aad, value)
    }
}
