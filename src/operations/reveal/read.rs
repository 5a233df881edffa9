//! `GET /reveals/{reveal}`: exactly what would be shown, masked.

use super::docs;
use crate::domain::RevealId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{RevealView, Scope};
use crate::vault::{Operation, OperationError, Target};

pub struct ReadReveal(pub RevealId);

impl Operation for ReadReveal {
    type Action = actions::ReadReveal;
    type Answer = RevealView;

    fn target(&self) -> Target {
        Target::Reveal(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RevealView, OperationError> {
        scope.read_reveal(&self.0)
    }
}

impl Request for ReadReveal {
    type Input = Empty;
    const DOCS: Docs = docs::READ;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Reveal(ids.reveal()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.reveal()?))
    }
}
