//! What all acts share: readers, keys, clock, randomness and settings.
//!
//! Sees all keys. The ledger is not part of it, so that an act in the ledger's queue can hold it without holding the
//! queue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::domain::{CaseId, Moment, NodeId, VaultId};
use crate::policy::{ActionKind, CaseState};
use crate::vault::audit::{Frontier, KeyName, Tip};
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
use crate::vault::keyring::{CaseKeys, Kept, Keyring, KeyringError, KeyringStatus};
use crate::vault::last_backups::LastBackups;
use crate::vault::named_generation::NamedGeneration;
use crate::vault::other_nodes::{OtherNodes, WantedKeyring};
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce, Sealer, seal_json};
use crate::vault::rotations::{RotationProgress, Rotations};
use crate::vault::settings::Settings;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::node_rows::NodeRow;
use crate::vault::store::{
    ControlState, LeafTimes, Readers, Snapshot, StoreError, StoreFault, Transaction, node_rows,
};
use crate::vault::this_node::ThisNode;

pub(in crate::vault) struct Core {
    pub(in crate::vault) readers: Readers,
    pub(in crate::vault) control: Arc<ControlState>,
    /// Points charged since the start.
    pub(in crate::vault) charged: AtomicU64,
    pub(in crate::vault) keyring: RwLock<Keyring>,
    /// The generation that the head of the log names, where this node has that one.
    pub(in crate::vault) named: NamedGeneration,
    pub(in crate::vault) clock: Arc<VaultClock>,
    pub(in crate::vault) entropy: Arc<dyn Entropy>,
    pub(in crate::vault) settings: Settings,
    pub(in crate::vault) vault: VaultId,
    pub(in crate::vault) paths: Paths,
    /// Whether a server has the tables, so that other nodes may write too.
    pub(in crate::vault) has_server: bool,
    /// Which node this is; none where a file has the tables.
    pub(in crate::vault) node: Option<ThisNode>,
    /// Which node's directory this is, also where a file has the tables by now; none if it never was one's.
    pub(in crate::vault) own_node: Option<NodeId>,
    /// What is known of the others.
    pub(in crate::vault) others: Arc<OtherNodes>,
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
    /// The log as far as it was verified, where a server has it.
    pub(in crate::vault) log_on_server: Mutex<LogOnServer>,
    /// Between which times the leaves were written.
    pub(in crate::vault) leaf_times: LeafTimes,
    /// Whether something of a destroyed case may be left.
    pub(in crate::vault) shred_due: AtomicBool,
    /// Destroyed cases of which all is gone here, and that wait for other nodes.
    pub(in crate::vault) unconfirmed: Mutex<BTreeSet<CaseId>>,
    /// Since which generation of the keyring it is without the keys of a case that this process destroyed.
    pub(in crate::vault) keyless: Mutex<BTreeMap<CaseId, u64>>,
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

/// What is known of a log that a server has.
#[derive(Default)]
pub(in crate::vault) struct LogOnServer {
    /// How often the whole of it was verified.
    pub(in crate::vault) wholes: u64,
    pub(in crate::vault) last: Option<VerifiedLog>,
}

/// How far it was verified last, and what of it is new leaves that came after the whole log was.
pub(in crate::vault) struct VerifiedLog {
    pub(in crate::vault) frontier: Frontier,
    /// After how many foreign writes the whole log was verified, when, and how long that took.
    pub(in crate::vault) writes: u64,
    pub(in crate::vault) at: Instant,
    pub(in crate::vault) took: Duration,
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
    /// drops what is kept of the case in memory. Where other nodes write too, in the ledger's transaction.
    pub(in crate::vault) fn destroy_keys(&self, case: &CaseRow) -> Result<(), OperationError> {
        if self.keys().has_case(&case.id) {
            let mut keyring = self.keyring_to_change()?;
            keyring.destroy_case(&case.id, &*self.entropy)?;
            self.keyless().insert(case.id.clone(), keyring.generation());
        }
        self.forget(case);
        Ok(())
    }

    /// Since which generation the keyring is without the keys of a destroyed case: where this process took them out,
    /// that is known; else it is so since the one of now, or one before.
    pub(in crate::vault) fn keyless_since(&self, case: &CaseId) -> u64 {
        let known = self.keyless().get(case).copied();
        known.unwrap_or_else(|| self.keys().generation())
    }

    fn keyless(&self) -> MutexGuard<'_, BTreeMap<CaseId, u64>> {
        self.keyless.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at, or changes, which destroyed cases wait for other nodes.
    pub(in crate::vault) fn unconfirmed<T>(
        &self,
        with: impl FnOnce(&mut BTreeSet<CaseId>) -> T,
    ) -> T {
        with(
            &mut self
                .unconfirmed
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// This node, if its packages are in a folder that other nodes may share.
    pub(in crate::vault) fn shares_packages(&self) -> Option<&ThisNode> {
        self.node
            .as_ref()
            .filter(|_| self.paths.may_share_packages())
    }

    /// Drops what is kept of a destroyed case in memory.
    pub(in crate::vault) fn forget(&self, case: &CaseRow) {
        self.known_cases.forget(case.number);
        if let Some(at_hand) = self.readers.at_hand() {
            at_hand.forget_terms_of(case.number.0);
        }
        self.question_alarm.forget(&case.id);
    }

    /// The keyring, for somebody who changes it.
    ///
    /// Where other nodes write too, only in the ledger's transaction, and only if it is the one that the head of the
    /// log names. So no two nodes change it at once, and a file is at most one change ahead of the log: if the commit
    /// that would name it fails, and another node makes its own change, both are of one generation and differ, which is
    /// found. After a change that was not committed, the next commit of anything names it, and then it can be changed
    /// again.
    pub(in crate::vault) fn keyring_to_change(
        &self,
    ) -> Result<RwLockWriteGuard<'_, Keyring>, OperationError> {
        let keyring = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        match self.is_newest_named(&keyring) || !self.has_server {
            true => Ok(keyring),
            false => Err(OperationError::Store(StoreError {
                at: "keyring::change",
                fault: StoreFault::Busy,
            })),
        }
    }

    /// Whether the head of the log names the keyring that this node has, so that it can be changed.
    pub(in crate::vault) fn has_named_keyring(&self) -> bool {
        self.is_newest_named(&self.keys())
    }

    fn is_newest_named(&self, keyring: &Keyring) -> bool {
        keyring.generation() == self.named.newest()
    }

    /// The head of the log was found to name the keyring of this generation, which this node has. If it is another one
    /// than before, what is kept in memory of cases goes whose keys are not in it.
    pub(in crate::vault) fn found_named(
        &self,
        generation: u64,
        connection: &Snapshot,
    ) -> Result<(), StoreError> {
        self.others.wants(None);
        match self.named.is(generation) {
            true => self.forget_destroyed(connection),
            false => Ok(()),
        }
    }

    /// A commit of this node named the keyring of this generation.
    pub(in crate::vault) fn has_named(&self, generation: u64) {
        self.named.is(generation);
        self.others.wants(None);
        if self.has_server {
            self.named.keep(&self.paths);
        }
    }

    /// Drops what is kept in memory of destroyed cases, and ends their admissions.
    fn forget_destroyed(&self, connection: &Snapshot) -> Result<(), StoreError> {
        let mut cases = case_rows::list(connection)?;
        cases.retain(|case| self.is_destroyed(case));
        for case in &cases {
            self.admissions.end(&case.id);
            self.forget(case);
        }
        Ok(())
    }

    /// The status of the keyring, and how far the rotations are that it says are under way: that of the root first,
    /// then those of cases. Both are of one moment: a rotation may end at any.
    pub(in crate::vault) fn key_status(&self) -> (KeyringStatus, Vec<RotationProgress>) {
        let (status, of_root, cases) = {
            let keys = self.keys();
            let of_root = keys.root_rotates().then_some(None);
            (keys.status(), of_root, keys.rotating())
        };
        let cases = cases.into_iter().map(Some);
        let all = of_root.into_iter().chain(cases);
        let rotations = all.map(|case| self.rotations.progress(case));
        (status, rotations.collect())
    }

    /// Whether the vault has the node that this directory is. Where a file has the tables, there are none.
    pub(in crate::vault) fn is_node(&self, connection: &Snapshot) -> Result<bool, StoreError> {
        let Some(node) = &self.node else {
            return Ok(!self.has_server);
        };
        let all = node_rows::list(connection)?;
        Ok(all.is_empty() || all.iter().any(|row| row.id == node.id))
    }

    /// The other nodes that run, as far as this one heard. Where a file has the tables, none can, whatever its row said
    /// last when a server had them.
    pub(in crate::vault) fn others_running(
        &self,
        connection: &Snapshot,
    ) -> Result<BTreeSet<NodeId>, StoreError> {
        if !self.has_server {
            return Ok(BTreeSet::new());
        }
        let own = self.node.as_ref().map(|node| &node.id);
        let all = node_rows::list(connection)?;
        Ok(self.others.hear(&all, own, self.clock.elapsed()))
    }

    /// The vault has these nodes by a log of so many leaves.
    pub(in crate::vault) fn know_nodes(&self, rows: Vec<NodeRow>, size: u64) {
        let own = self.node.as_ref().map(|node| &node.id);
        self.others.are(rows, size, own, self.clock.elapsed());
    }

    /// Writes down that this node runs, or that it does not from now on. Where a file has the tables, nothing. False if
    /// it is a node no more.
    pub(in crate::vault) fn tell_of_node(
        &self,
        transaction: &Transaction,
        runs: bool,
    ) -> Result<bool, StoreError> {
        let Some(node) = &self.node else {
            return Ok(true);
        };
        let at = match runs {
            true => self.clock.in_seconds(0),
            false => Moment::from_seconds(0),
        };
        let (mut generation, has_keys) = {
            let keys = self.keys();
            let of_destroyed = self.admissions.is_any(|case| !keys.has_case(case));
            (keys.generation(), of_destroyed)
        };
        if has_keys {
            // An admission of a destroyed case has its keys in memory until it ended, which it soon does.
            let told = node_rows::find(transaction, &node.id)?;
            generation = told.map_or(generation, |row| row.generation.min(generation));
        }
        node.tell(transaction, at, generation)
    }

    /// Where other nodes write too: takes the keyring that the head of the log names, if somebody put it here.
    pub(in crate::vault) fn take_keyring_in_place(&self, wanted: &WantedKeyring) -> bool {
        let mut keyring = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        match keyring.take_in_place(&wanted.named, self.kept_of(wanted)) {
            Ok(taken) => {
                if taken {
                    tracing::info!(
                        generation = wanted.named.generation,
                        "a newer keyring was taken"
                    );
                }
                taken
            }
            Err(error) => {
                tracing::error!(fault = %error, "the new keyring file was not taken");
                false
            }
        }
    }

    /// The same with what another node sent, if it is still needed. It is on the disk before this returns.
    pub(in crate::vault) fn take_keyring(
        &self,
        bytes: &[u8],
        wanted: &WantedKeyring,
    ) -> Result<(), KeyringError> {
        let mut keyring = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        if self.others.wanted().as_ref() != Some(wanted) {
            return Err(KeyringError::NotTheNamed);
        }
        keyring.take(bytes, &wanted.named, self.kept_of(wanted))?;
        self.others.wants(None);
        Ok(())
    }

    /// What must not be lost of the keyring here when it gives way to one that the head of the log names.
    fn kept_of(&self, wanted: &WantedKeyring) -> Kept<impl Fn(&CaseId) -> bool> {
        Kept {
            named: self.named.newest(),
            needed: move |case: &CaseId| wanted.cases.contains(case),
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
