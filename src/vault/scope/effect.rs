//! What an act asks to be written together with its leaf, because it was counted on a snapshot before.
//!
//! The ledger writes it in one savepoint. If that fails, the answer is dropped.

use std::sync::Arc;

use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::error::Stopped;
use crate::vault::plaintext::Nonces;
use crate::vault::records::Release;
use crate::vault::store::Transaction;
use crate::vault::store::case_rows::CaseRow;

pub(in crate::vault) enum Effect {
    /// Protected tables are given out.
    Release(Release),
}

pub(in crate::vault) fn apply(
    core: &Arc<Core>,
    connection: &Transaction,
    case: Option<&CaseRow>,
    effect: Effect,
) -> Result<(), Stopped> {
    let case = case.ok_or(OperationError::Internal("an effect without a case"))?;
    match effect {
        Effect::Release(release) => {
            let keys = core.case_keys(&case.id)?;
            let mut nonces = Nonces::new(&*core.entropy);
            Ok(release.record(&keys, &mut nonces, connection, case)?)
        }
    }
}
