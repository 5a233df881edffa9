//! A request from the store, opened, and the digest that binds it.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::kind::RequestKind;
use super::sealed::{Sealed, damaged};
use crate::domain::{OperatorId, Purpose, RequestId};
use crate::vault::OperationError;
use crate::vault::clock::{Term, VaultClock};
use crate::vault::keyring::{CaseKeys, RequestDigest};
use crate::vault::store::request_rows::RequestRow;

pub(super) type SealedOf<K> = Sealed<<K as RequestKind>::Body, <K as RequestKind>::After>;

/// A request of the scope's case, opened.
pub(super) struct Found<K: RequestKind> {
    pub(super) row: RequestRow,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) sealed: SealedOf<K>,
}

impl<K: RequestKind> Found<K> {
    /// Checks the digest. Only the row names the asker, and the digest shows that it is the right one.
    pub(super) fn sound(self) -> Result<Self, OperationError> {
        match self.bound(&self.row.asker)?[..] == self.row.digest[..] {
            true => Ok(self),
            false => Err(damaged()),
        }
    }

    /// The keyed digest over what was asked, who asked it, what was found for it, and how long it waits.
    fn bound(&self, asker: &OperatorId) -> Result<[u8; 32], OperationError> {
        bound::<K>(&self.keys, &self.row.id, asker, &self.sealed)
    }

    /// The keyed digest over all of that, and over how long the decision holds.
    pub(super) fn bound_decision(&self, asker: &OperatorId) -> Result<[u8; 32], OperationError> {
        let holds = self.sealed.holds.ok_or_else(damaged)?;
        let mut digest = RequestDigest::of(&self.keys, "decision");
        digest.part(&self.bound(asker)?);
        holds.add_to(&mut digest);
        Ok(digest.finish())
    }
}

/// How many seconds the delay before a yes can be used has to go; 0 where none runs. `holds` is how long the yes holds.
pub(super) fn left_of_delay<K: RequestKind>(holds: Term, clock: &VaultClock) -> i64 {
    K::USED_AT_THE_END_S.map_or(0, |seconds| clock.left_of_delay(holds.earlier(seconds)))
}

pub(super) fn bound<K: RequestKind>(
    keys: &CaseKeys,
    id: &RequestId,
    asker: &OperatorId,
    sealed: &SealedOf<K>,
) -> Result<[u8; 32], OperationError> {
    let body = serde_json::to_vec(&sealed.body)
        .map(Zeroizing::new)
        .map_err(|_| OperationError::Internal("body of a request"))?;
    let mut digest = RequestDigest::of(keys, "request");
    digest.part(K::NAME.as_bytes());
    digest.part(id.as_str().as_bytes());
    digest.part(asker.as_str().as_bytes());
    digest.part(sealed.purpose.map_or("", Purpose::as_str).as_bytes());
    digest.part(sealed.reason.as_bytes());
    digest.part(&body);
    digest.part(&sealed.found);
    sealed.waits.add_to(&mut digest);
    Ok(digest.finish())
}
