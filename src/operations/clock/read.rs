//! What the vault's clock says, and whether the machine's agrees.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Moment, OperatorName};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::{Action, actions};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Reading the vault's clock.
pub struct ReadClock;

/// The vault's time beside the machine's.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockState {
    /// The vault's time, as leaves have it.
    pub time: Moment,
    /// The wall clock of the machine.
    pub machine: Moment,
    /// Whether the clock jumped, and two people have to accept a time.
    pub in_doubt: bool,
    /// By how many seconds the machine's clock is ahead (or behind, below 0), if by more than 60.
    pub off_by_s: Option<i64>,
    /// For how many seconds the vault was stopped by the machine's clock, if for more than 31
    /// days and nobody accepted that.
    pub stopped_s: Option<i64>,
    /// Who accepted the machine's time and waits for a second person.
    #[schema(value_type = Option<OperatorName>)]
    pub accepted_by: Option<String>,
}

impl ClockState {
    /// As it is now.
    ///
    /// # Errors
    ///
    /// `Damaged` if the row of whoever accepted a time cannot be opened.
    pub(in crate::operations) fn of<A: Action>(
        scope: &Scope<'_, A>,
    ) -> Result<Self, OperationError> {
        let report = scope.clock();
        Ok(Self {
            time: report.time,
            machine: report.machine,
            in_doubt: report.in_doubt(),
            off_by_s: report.off_by_s,
            stopped_s: report.stopped_s,
            accepted_by: scope.clock_accepted_by()?,
        })
    }
}

impl Operation for ReadClock {
    type Action = actions::ReadClock;
    type Answer = ClockState;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ClockState, OperationError> {
        ClockState::of(scope)
    }
}

impl Request for ReadClock {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readClock",
        tag: "Clock",
        summary: "Read the vault's clock",
        description: "The vault's time, the machine's, and whether the two agree.",
        request: "",
        answer: r#"{"time": "2024-03-21T22:34:49Z", "machine": "2024-03-21T22:34:49Z", "in_doubt":
            false, "off_by_s": null, "stopped_s": null, "accepted_by": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
