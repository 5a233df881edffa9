//! `POST /destructions/{destruction}/carrying-out`: a case ends.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::{CaseId, DestructionId, RequestIdOfKind as _};
use crate::operations::case::MoveInput;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::{CaseState, actions};
use crate::vault::scope::Scope;
use crate::vault::scope::requests::EndedCase;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why};

/// Destroys a case whose destruction was approved and whose delay is over.
pub struct CarryOutDestruction {
    destruction: DestructionId,
    why: Why,
}

/// A case that was ended.
pub struct CarriedOut(EndedCase);

/// A case that was destroyed.
#[derive(Serialize, ToSchema)]
pub struct DestroyedBody {
    /// The case.
    pub case: CaseId,
    /// Its state: `destroyed`. The certificate is signed once its rows are deleted.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
}

impl Answer for CarriedOut {
    type View = DestroyedBody;

    fn view(self, receipt: &Receipt) -> Result<DestroyedBody, OperationError> {
        let case = self.0.shred_keys(receipt);
        Ok(DestroyedBody {
            case,
            state: CaseState::Destroyed.as_str(),
        })
    }
}

impl Operation for CarryOutDestruction {
    type Action = actions::CarryOutDestruction;
    type Answer = CarriedOut;

    fn target(&self) -> Target {
        Target::Request(self.destruction.of_any_kind())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CarriedOut, OperationError> {
        scope
            .carry_out_destruction(&self.destruction)
            .map(CarriedOut)
    }
}

impl Request for CarryOutDestruction {
    type Input = MoveInput;
    const DOCS: Docs = docs::CARRY_OUT;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.destruction()?.of_any_kind()))
    }

    fn read(ids: &Ids, input: MoveInput) -> Result<Self, OperationError> {
        Ok(Self {
            destruction: ids.destruction()?,
            why: only_reason(&input.reason)?,
        })
    }
}
