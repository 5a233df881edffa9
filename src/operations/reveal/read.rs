//! `GET /reveals/{reveal}`: exactly what would be shown, masked.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::RevealId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{RevealView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadReveal(pub RevealId);

#[derive(Serialize, ToSchema)]
pub struct RevealBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    view: RevealView,
}

impl Answer for RevealBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadReveal {
    type Action = actions::ReadReveal;
    type Answer = RevealBody;

    fn target(&self) -> Target {
        Target::Reveal(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RevealBody, OperationError> {
        Ok(RevealBody {
            view: scope.read_reveal(&self.0)?,
        })
    }
}

impl Request for ReadReveal {
    type Input = Empty;
    type Output = RevealBody;
    const SUMMARY: &'static str = "One reveal, masked";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Reveal(ids.reveal()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.reveal()?))
    }
}
