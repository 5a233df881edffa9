//! What all acts share: readers, keys, clock, randomness and settings.
//!
//! Sees all keys. The ledger is not part of it, so that an act in the ledger's queue can hold it without holding the
//! queue.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::Serialize;

use crate::domain::{CaseId, Moment, VaultId};
use crate::vault::audit::{KeyName, Tip};
use crate::vault::budget::answered::Answered;
use crate::vault::budget::package_turns::PackageTurns;
use crate::vault::budget::question_alarm::QuestionAlarm;
use crate::vault::budget::under_way::PointsUnderWay;
use crate::vault::call::edition::Editions;
use crate::vault::clock::VaultClock;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::OperationError;
use crate::vault::exhibits::known_case::KnownCases;
use crate::vault::exhibits::leftovers::Leftovers;
use crate::vault::exhibits::under_way::UnderWay;
use crate::vault::identity::{KnownSessions, Throttle};
use crate::vault::keyring::{CaseKeys, Keyring};
use crate::vault::last_backups::LastBackups;
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce, Sealer, seal_json};
use crate::vault::settings::Settings;
use crate::vault::store::{ControlState, LeafTimes, Readers};

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
    pub(in crate::vault) question_alarm: QuestionAlarm,
    pub(in crate::vault) under_way: Arc<PointsUnderWay>,
    pub(in crate::vault) answered: Answered,
    pub(in crate::vault) admissions: Arc<UnderWay>,
    /// What admissions left that could not be removed.
    pub(in crate::vault) leftovers: Leftovers,
    pub(in crate::vault) known_cases: KnownCases,
    pub(in crate::vault) editions: Editions,
    pub(in crate::vault) package_turns: PackageTurns,
    pub(in crate::vault) throttle: Throttle,
    pub(in crate::vault) sessions: KnownSessions,
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
}

impl Core {
    /// The newest keys of a case.
    pub(in crate::vault) fn case_keys(
        &self,
        case: &CaseId,
    ) -> Result<Arc<CaseKeys>, OperationError> {
        Ok(self.keys().case_keys(case)?)
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
