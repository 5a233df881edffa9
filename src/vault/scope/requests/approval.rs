//! Finds the approval of a request. The decision's leaf counts, and no column of the request's row.
//!
//! The row says only where the leaf is. The leaf is proved into the root that the ledger keeps in memory.
//! It must say that an operator other than the asker approved exactly this request, for as long as it holds.

use super::found::Found;
use super::kind::RequestKind;
use super::sealed::damaged;
use super::statement::Statement;
use crate::domain::OperatorId;
use crate::policy::{Action, Denial, RequestState};
use crate::vault::OperationError;
use crate::vault::audit::{Decision, Leaf, Outcome};
use crate::vault::scope::Scope;

/// An approval that was found in the log.
pub(super) struct Approval {
    /// The leaf's exact bytes, and its number.
    pub(super) leaf: Vec<u8>,
    pub(super) seq: u64,
    /// What was approved; the leaf has its digest.
    pub(super) statement: Vec<u8>,
}

impl<A: Action> Scope<'_, A> {
    /// The approval of a request, or a refusal.
    pub(super) fn approved<K: RequestKind>(
        &mut self,
        found: &Found<K>,
    ) -> Result<Approval, OperationError> {
        let seq = found.row.decided_leaf.ok_or_else(damaged)?;
        if seq >= self.tip.size {
            // The decision is not durable yet.
            return Err(self.deny(Denial::WrongState(RequestState::Requested)));
        }
        let leaf = self.leaf_bytes(seq).map_err(|error| match error {
            OperationError::NotFound => damaged(),
            other => other,
        })?;
        let told = Leaf::parse(&leaf).map_err(|_| damaged())?;
        let (asker, decider) = approves::<K>(&told, found)?;
        let statement = Statement::of(found, &asker)?;
        if told.decided != Some(statement.digest()) {
            return Err(damaged());
        }
        if self.core.clock.has_ended(found.sealed.term()) {
            return Err(self.deny(Denial::Expired));
        }
        if !self.asker_stands(found)? {
            return Err(self.deny(Denial::AskerGone));
        }
        if !self.decider_stands::<K>(found.row.case, &decider)? {
            return Err(self.deny(Denial::DeciderGone));
        }
        Ok(Approval {
            leaf,
            seq,
            statement: statement.into_bytes(),
        })
    }
}

/// The asker and the decider, if the leaf says that somebody else than the asker approved this request.
fn approves<K: RequestKind>(
    leaf: &Leaf,
    found: &Found<K>,
) -> Result<(OperatorId, OperatorId), OperationError> {
    let asker = leaf.asker.as_deref().ok_or_else(damaged)?;
    let decider = leaf.operator.as_deref().ok_or_else(damaged)?;
    let holds = leaf.action == <K::Decide as Action>::KIND.name()
        && leaf.outcome == Outcome::Done
        && leaf.decision == Some(Decision::Approve)
        && leaf.object.as_deref() == Some(found.row.id.as_str())
        && leaf.case.as_deref() == Some(found.keys.case().as_str())
        && asker == found.row.asker.as_str()
        && decider != asker;
    match (holds, asker.parse(), decider.parse()) {
        (true, Ok(asker), Ok(decider)) => Ok((asker, decider)),
        _ => Err(damaged()),
    }
}
