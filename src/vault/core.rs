//! What every act shares: readers, keys, clock, randomness, settings.
//!
//! Sees all keys. The ledger is not in here, so that an act in the queue can
//! hold this without holding the queue.

use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::clock::Clock;
use super::edition::Editions;
use super::entropy::{Entropy, EntropyError, draw};
use super::keyring::{CaseKeys, Keyring, KeyringError};
use super::known_case::KnownCases;
use super::operation::OperationError;
use super::plaintext::{Aad, BlockSealer, Nonce, Nonces, TermSealer};
use super::run_alarm::RunAlarm;
use super::settings::Settings;
use super::sign_in::KnownSessions;
use super::start::Paths;
use super::store::connection::Readers;
use super::under_way::UnderWay;
use crate::domain::{CaseId, VaultId};

pub(in crate::vault) struct Core {
    pub(in crate::vault) readers: Readers,
    pub(in crate::vault) keyring: RwLock<Keyring>,
    pub(in crate::vault) clock: Arc<dyn Clock>,
    pub(in crate::vault) entropy: Arc<dyn Entropy>,
    pub(in crate::vault) settings: Settings,
    pub(in crate::vault) vault: VaultId,
    pub(in crate::vault) paths: Paths,
    pub(in crate::vault) run_alarm: RunAlarm,
    pub(in crate::vault) admissions: UnderWay,
    pub(in crate::vault) known_cases: KnownCases,
    pub(in crate::vault) editions: Editions,
    pub(in crate::vault) sessions: KnownSessions,
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

    /// Draws random bytes for an identifier or a token.
    pub(in crate::vault) fn draw<const N: usize>(&self) -> Result<[u8; N], OperationError> {
        Ok(draw(&*self.entropy)?)
    }

    /// One nonce, for something sealed alone; what seals many holds a stock.
    pub(in crate::vault) fn nonce(&self) -> Result<Nonce, OperationError> {
        Ok(Nonces::new(&*self.entropy).take()?)
    }

    /// Seals a value as JSON under a term key.
    pub(in crate::vault) fn seal_json(
        &self,
        sealer: &TermSealer,
        aad: &Aad,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, OperationError> {
        let json = Zeroizing::new(
            serde_json::to_vec(value).map_err(|_| OperationError::Internal("seal_json"))?,
        );
        sealer
            .seal(self.nonce()?, aad, &json)
            .map_err(|_| OperationError::Internal("seal_json"))
    }

    /// The same under a block key, for larger texts.
    pub(in crate::vault) fn seal_request(
        &self,
        sealer: &BlockSealer,
        aad: &Aad,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, OperationError> {
        let json = Zeroizing::new(
            serde_json::to_vec(value).map_err(|_| OperationError::Internal("seal_request"))?,
        );
        sealer
            .seal(self.nonce()?, aad, &json)
            .map_err(|_| OperationError::Internal("seal_request"))
    }
}

/// Opens what `seal_json` sealed; `place` names the row for the error.
pub(in crate::vault) fn open_json<T: DeserializeOwned>(
    sealer: &TermSealer,
    aad: &Aad,
    sealed: &[u8],
    place: &str,
) -> Result<T, OperationError> {
    let damaged = || OperationError::Damaged {
        place: place.to_owned(),
    };
    let json = sealer.open(aad, sealed).map_err(|_| damaged())?;
    serde_json::from_slice(&json).map_err(|_| damaged())
}

/// Opens what `seal_request` sealed.
pub(in crate::vault) fn open_request<T: DeserializeOwned>(
    sealer: &BlockSealer,
    aad: &Aad,
    sealed: &[u8],
    place: &str,
) -> Result<T, OperationError> {
    let damaged = || OperationError::Damaged {
        place: place.to_owned(),
    };
    let json = sealer.open(aad, sealed).map_err(|_| damaged())?;
    serde_json::from_slice(&json).map_err(|_| damaged())
}

impl From<KeyringError> for OperationError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::UnknownCase => Self::Damaged {
                place: "the case has no key in the keyring".to_owned(),
            },
            _ => Self::Internal("keyring"),
        }
    }
}

impl From<EntropyError> for OperationError {
    fn from(_: EntropyError) -> Self {
        Self::Internal("the system gave no randomness")
    }
}
