//! Stopping what was asked for before it is carried out: somebody stops one request, or an act of somebody ends several
//! of them, as a hold does.
//!
//! Who did it and why is sealed with the request. What was stopped stays so; it can be asked for anew.

use super::REQUEST_KINDS;
use super::found::Found;
use super::kind::RequestKind;
use super::listed_kind::ListedKind;
use crate::domain::OperatorId;
use crate::policy::{RequestState, Writes};
use crate::vault::scope::Scope;
use crate::vault::scope::by_whom::ByWhom;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::request_rows::{self, RequestRow};
use crate::vault::{OperationError, Why};

/// What was stopped by one act.
#[derive(Default)]
pub(in crate::vault::scope) struct StoppedRequests {
    /// The ids of all of them.
    pub(in crate::vault::scope) ids: Vec<String>,
    /// How many of them had not run out.
    pub(in crate::vault::scope) open: usize,
}

impl<A: Writes> Scope<'_, A> {
    /// Stops a request that is in this state.
    pub(super) fn stop<K: RequestKind>(
        &mut self,
        mut found: Found<K>,
        from: RequestState,
        why: &Why,
    ) -> Result<(), OperationError> {
        let by = ByWhom::of(self.operator()?, self.now, why.reason.as_str());
        found.sealed.stopped = Some(by);
        self.advance(&found, from, RequestState::Stopped)
    }

    /// Stops what waits or was approved among the requests of these kinds in the case, with the reason of this act.
    /// Else a delay would run on while the case is held, and what somebody approved before they knew of the reason for
    /// the hold would be carried out as soon as it is lifted.
    pub(super) fn stop_kinds(
        &self,
        kinds: &[&str],
        why: &Why,
    ) -> Result<StoppedRequests, OperationError> {
        let by = ByWhom::of(self.operator()?, self.now, why.reason.as_str());
        let chosen = |kind: &ListedKind, _: &RequestRow| kinds.contains(&kind.name);
        self.stop_chosen(self.case_row()?, by, chosen)
    }

    /// Stops what somebody approved in a case who cannot approve it any more, and nobody used. It stays so if they come
    /// back: somebody may have ended their membership for what they approved. `words` say it to those who asked, who
    /// are not told the reason of the act.
    pub(in crate::vault::scope) fn stop_approved_by(
        &self,
        case: &CaseRow,
        decider: &OperatorId,
        words: &str,
        chosen: impl Fn(&ListedKind) -> bool,
    ) -> Result<StoppedRequests, OperationError> {
        let by = ByWhom::of(self.operator()?, self.now, words);
        self.stop_chosen(case, by, |kind, row| {
            row.state == RequestState::Approved
                && row.decider.as_ref() == Some(decider)
                && chosen(kind)
        })
    }

    /// Stops what somebody asked for or approved in a case of which the provider's groups made them no member.
    pub(in crate::vault::scope) fn stop_all_of(
        &self,
        case: &CaseRow,
        operator: &OperatorId,
    ) -> Result<StoppedRequests, OperationError> {
        let words = "the provider gave another role to whoever asked for this or approved it";
        let by = ByWhom::of(operator, self.now, words);
        self.stop_chosen(case, by, |_, row| {
            row.asker == *operator || row.decider.as_ref() == Some(operator)
        })
    }

    fn stop_chosen(
        &self,
        case: &CaseRow,
        by: ByWhom,
        chosen: impl Fn(&ListedKind, &RequestRow) -> bool,
    ) -> Result<StoppedRequests, OperationError> {
        // What was asked for there ended with the case, and no key opens it.
        if self.core.is_destroyed(case) {
            return Ok(StoppedRequests::default());
        }
        let none = OperationError::Internal("an end of requests without a leaf");
        let by = by.under(self.leaf.ok_or(none)?);
        let keys = self.core.case_keys(&case.id)?;
        let mut all = StoppedRequests::default();
        for kind in REQUEST_KINDS {
            for row in request_rows::list(self.connection, case.number, kind.name, None)? {
                if !kind.is_open(&row) || !chosen(kind, &row) {
                    continue;
                }
                let (id, from, to) = (row.id.clone(), row.state, RequestState::Stopped);
                let anew = (kind.stopped)(self.core, &keys, row, &by)?;
                request_rows::advance(self.transaction()?, &id, from, to, &anew.sealed)?;
                // What ran out lives again if the vault's time turns out to have been wrong, so it is stopped too.
                all.open += usize::from(!self.core.clock.has_ended(anew.term));
                all.ids.push(id.to_string());
            }
        }
        Ok(all)
    }
}
