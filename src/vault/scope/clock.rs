//! The vault's clock: reading it, and accepting another time.

use serde_json::json;

use super::{Reading, Scope};
use crate::domain::{Moment, OperatorId};
use crate::policy::{ActionKind, Denial, actions};
use crate::vault::clock::{Accepted, ClockReport, NotAccepted, PROPOSAL_S};
use crate::vault::error::{Conflict, OperationError};

impl Reading<'_> {
    /// What the clocks say.
    pub fn clock(&self) -> ClockReport {
        self.core.clock.report()
    }

    /// The name of whoever accepted the machine's time and waits for a second person.
    pub fn clock_accepted_by(&self) -> Result<Option<String>, OperationError> {
        let Some(by) = self.core.clock.proposed_by() else {
            return Ok(None);
        };
        let by: OperatorId = by.parse().map_err(|_| OperationError::Damaged {
            place: "clock".to_owned(),
        })?;
        self.operator_name(&by).map(Some)
    }
}

impl Scope<'_, actions::AcceptTime> {
    /// Until when it waits for a second person; `None` if the time is the vault's now.
    pub fn accept_time(&mut self, stated: Moment) -> Result<Option<Moment>, OperationError> {
        if !self.is_vouched_for_here()? {
            return Err(self.deny(Denial::NotAllowed));
        }
        if let Some(by) = self.core.clock.proposed_by() {
            let by: OperatorId = by.parse().map_err(|_| OperationError::Damaged {
                place: "clock".to_owned(),
            })?;
            if !self.still_may(ActionKind::AcceptTime, &by)? {
                self.core.clock.forget_proposal();
            } else if self.operator()? != &by && !self.is_somebody_beside(&by)? {
                return Err(self.deny(Denial::RecognisedByAsker));
            }
        }
        let accepted = self.core.clock.accept(self.operator()?, stated);
        match accepted {
            Ok(Accepted::Proposed) => {
                self.note_detail(json!({ "accepted": false, "time": stated }));
                Ok(Some(self.clock().time.plus_seconds(PROPOSAL_S)))
            }
            Ok(Accepted::Done { before, now }) => {
                self.note_detail(json!({ "accepted": true, "before": before, "time": now }));
                Ok(None)
            }
            Err(NotAccepted::NoDoubt) => Err(OperationError::Conflict(Conflict::ClockRight)),
            Err(NotAccepted::OtherTime) => Err(OperationError::invalid(
                "time",
                "must be what the machine's clock shows, to five minutes",
            )),
            Err(NotAccepted::SamePerson) => {
                self.notes.denial = Some(Denial::OwnRequest);
                Err(OperationError::NotFound)
            }
        }
    }
}
