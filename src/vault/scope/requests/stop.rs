//! Stopping what was asked for before it is carried out: somebody stops one request, or a hold stops all of a kind.
//!
//! Who did it and why is sealed with the request. What was stopped stays so; it can be asked for anew.

use std::sync::Arc;

use super::case_move::CaseMove;
use super::destruction::Destruction;
use super::erasure::Erasure;
use super::found::{Found, SealedOf};
use super::kind::RequestKind;
use super::sealed::Sealed;
use crate::policy::{RequestState, Writes};
use crate::vault::scope::Scope;
use crate::vault::scope::by_whom::ByWhom;
use crate::vault::store::request_rows;
use crate::vault::{OperationError, Why};

impl<A: Writes> Scope<'_, A> {
    /// Stops a request that is in this state.
    pub(super) fn stop<K: RequestKind>(
        &mut self,
        mut found: Found<K>,
        from: RequestState,
        why: &Why,
    ) -> Result<(), OperationError> {
        found.sealed.stopped = Some(ByWhom::of(self.operator()?, self.now, &why.reason));
        self.advance(&found, from, RequestState::Stopped)
    }

    /// Stops all that a hold is in the way of, whether it waits for a decision or was approved; answers how many
    /// requests that were. Else a delay would run on while the case is held, and what somebody approved before they
    /// knew of the reason for the hold would be carried out as soon as it is lifted.
    pub(super) fn stop_what_ends_data(&mut self, why: &Why) -> Result<usize, OperationError> {
        Ok(self.stop_all::<Destruction>(why)?
            + self.stop_all::<Erasure>(why)?
            + self.stop_all::<CaseMove>(why)?)
    }

    /// Stops what waits or was approved among the requests of a kind in the case.
    pub(super) fn stop_all<K: RequestKind>(&mut self, why: &Why) -> Result<usize, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let mut stopped = 0;
        for row in request_rows::list(self.connection, case.number, K::NAME, None)? {
            let from = row.state;
            if !matches!(from, RequestState::Requested | RequestState::Approved) {
                continue;
            }
            let sealed: SealedOf<K> = Sealed::open(self.core, &keys, &row)?;
            let keys = Arc::clone(&keys);
            let found = Found::<K> { row, keys, sealed }.sound()?;
            // What ran out lives again if the vault's time turns out to have been wrong, so it is stopped too.
            stopped += usize::from(!self.core.clock.has_ended(found.sealed.term()));
            self.stop(found, from, why)?;
        }
        Ok(stopped)
    }
}
