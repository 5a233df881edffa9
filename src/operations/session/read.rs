//! `GET /me`: who the caller is, and what is left of its budgets.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, SelfView};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadSelf;

/// The JSON of the answer.
#[derive(Serialize, ToSchema)]
pub struct SelfBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    view: SelfView,
}

impl Answer for SelfBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadSelf {
    type Action = actions::ReadSelf;
    type Answer = SelfBody;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SelfBody, OperationError> {
        Ok(SelfBody {
            view: scope.read_self()?,
        })
    }
}

impl Request for ReadSelf {
    type Input = Empty;
    type Output = SelfBody;
    const SUMMARY: &'static str = "Who the caller is";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
