//! A request of any kind, sealed anew with who stopped it.

use std::sync::Arc;

use super::found::{Found, SealedOf};
use super::kind::RequestKind;
use super::sealed::Sealed;
use crate::vault::OperationError;
use crate::vault::clock::Term;
use crate::vault::core::Core;
use crate::vault::keyring::CaseKeys;
use crate::vault::scope::by_whom::ByWhom;
use crate::vault::store::request_rows::RequestRow;

/// A request that is sealed anew, and how long it had to go.
pub(super) struct Resealed {
    pub(super) sealed: Vec<u8>,
    pub(super) term: Term,
}

/// Seals a request with who stopped it.
pub(super) fn stopped<K: RequestKind>(
    core: &Core,
    keys: &Arc<CaseKeys>,
    row: RequestRow,
    by: &ByWhom,
) -> Result<Resealed, OperationError> {
    let sealed: SealedOf<K> = Sealed::open(core, keys, &row)?;
    let keys = Arc::clone(keys);
    let mut found = Found::<K> { row, keys, sealed }.sound()?;
    let term = found.sealed.term();
    found.sealed.stopped = Some(by.clone());
    let sealed = found.sealed.seal(core, &found.keys, &found.row.id)?;
    Ok(Resealed { sealed, term })
}
