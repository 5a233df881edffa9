//! Values sealed as JSON: descriptions, requests, secrets of operators.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::aad::Aad;
use super::nonce::Nonce;
use super::seal::{BlockSealer, OpenError, SealError, TermSealer};
use crate::vault::error::OperationError;

/// Either sealer.
pub(in crate::vault) trait Sealer {
    fn seal(&self, nonce: Nonce, aad: &Aad, plaintext: &[u8]) -> Result<Vec<u8>, SealError>;

    fn open(&self, aad: &Aad, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError>;

    /// Opens in place, and seals the same under the newest key.
    fn reseal(&self, nonce: Nonce, aad: &Aad, sealed: &mut [u8]) -> Result<(), OpenError>;
}

macro_rules! sealer {
    ($sealer:ty) => {
        impl Sealer for $sealer {
            fn seal(&self, nonce: Nonce, aad: &Aad, plain: &[u8]) -> Result<Vec<u8>, SealError> {
                <$sealer>::seal(self, nonce, aad, plain)
            }

            fn open(&self, aad: &Aad, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
                <$sealer>::open(self, aad, sealed)
            }

            fn reseal(&self, nonce: Nonce, aad: &Aad, sealed: &mut [u8]) -> Result<(), OpenError> {
                <$sealer>::reseal(self, nonce, aad, sealed)
            }
        }
    };
}

sealer!(TermSealer);
sealer!(BlockSealer);

pub(in crate::vault) fn seal_json(
    sealer: &impl Sealer,
    nonce: Nonce,
    aad: &Aad,
    value: &impl Serialize,
) -> Result<Vec<u8>, OperationError> {
    let json = serde_json::to_vec(value).map_err(|_| OperationError::Internal("seal_json"))?;
    sealer
        .seal(nonce, aad, &Zeroizing::new(json))
        .map_err(|_| OperationError::Internal("seal_json"))
}

/// Opens what [`seal_json`] sealed; `place` names the row for the error.
pub(in crate::vault) fn open_json<T: DeserializeOwned>(
    sealer: &impl Sealer,
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
