//! Where an admission finds the records that its case has already. Holds the keys of the case; sees no number.

use crate::vault::keyring::CaseKeys;
use crate::vault::store::Snapshot;

/// Where the records of the case are found.
pub(super) struct Known<'a> {
    pub(super) connection: &'a Snapshot,
    pub(super) keys: &'a CaseKeys,
}
