//! `POST /erasures/{erasure}/carrying-out`: a case forgets one person's number.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::{ErasureId, RequestIdOfKind as _};
use crate::operations::case::MoveInput;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{ErasureBegun, ShownState};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why};

/// Carries out an erasure that was approved.
pub struct CarryOutErasure {
    erasure: ErasureId,
    why: Why,
}

/// An erasure that was begun.
pub struct Begun {
    erasure: ErasureId,
    begun: ErasureBegun,
}

/// An erasure that was carried out.
#[derive(Serialize, ToSchema)]
pub struct ErasureCarriedOut {
    /// The erasure.
    pub erasure: ErasureId,
    /// Its state: `used`. The number is answered as absent; the leaf `erasure.finish` says when all is overwritten.
    pub state: ShownState,
}

impl Answer for Begun {
    type View = ErasureCarriedOut;

    fn view(self, receipt: &Receipt) -> Result<ErasureCarriedOut, OperationError> {
        self.begun.begin(receipt);
        Ok(ErasureCarriedOut {
            erasure: self.erasure,
            state: ShownState::Used,
        })
    }
}

impl Operation for CarryOutErasure {
    type Action = actions::CarryOutErasure;
    type Answer = Begun;

    fn target(&self) -> Target {
        Target::Request(self.erasure.of_any_kind())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Begun, OperationError> {
        let begun = scope.carry_out_erasure(&self.erasure)?;
        Ok(Begun {
            erasure: self.erasure,
            begun,
        })
    }
}

impl Request for CarryOutErasure {
    type Input = MoveInput;
    const DOCS: Docs = docs::CARRY_OUT;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.erasure()?.of_any_kind()))
    }

    fn read(ids: &Ids, input: MoveInput) -> Result<Self, OperationError> {
        Ok(Self {
            erasure: ids.erasure()?,
            why: only_reason(&input.reason)?,
        })
    }
}
