//! `POST /exports/{export}/decision`: somebody else says yes or no.

use serde_json::{Value, json};

use crate::domain::ExportId;
use crate::operations::reveal::{DecidedBody, DecisionInput};
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

pub struct DecideExport {
    export: ExportId,
    approve: bool,
    why: Why,
}

impl Operation for DecideExport {
    type Action = actions::DecideExport;
    type Answer = DecidedBody;

    fn target(&self) -> Target {
        Target::Export(self.export.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "approve": self.approve })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DecidedBody, OperationError> {
        let state = scope.decide_export(&self.export, self.approve, &self.why)?;
        Ok(DecidedBody {
            state: state.as_str(),
        })
    }
}

impl Request for DecideExport {
    type Input = DecisionInput;
    type Output = DecidedBody;
    const SUMMARY: &'static str = "Decide somebody else's export";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Export(ids.export()?))
    }

    fn read(ids: &Ids, input: DecisionInput) -> Result<Self, OperationError> {
        Ok(Self {
            export: ids.export()?,
            approve: input.approves()?,
            why: only_reason(&input.reason)?,
        })
    }
}
