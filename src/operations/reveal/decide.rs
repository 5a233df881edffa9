//! `POST /reveals/{reveal}/decision`: somebody else says yes or no.

use super::docs;
use crate::domain::RevealId;
use crate::operations::{Decide, Decided, Docs, Ids};
use crate::policy::{RequestState, actions};
use crate::vault::scope::Scope;
use crate::vault::{OperationError, Target, Why};

pub type DecideReveal = Decide<RevealId>;

impl Decided for RevealId {
    type Action = actions::DecideReveal;
    type Counted = ();
    const DOCS: Docs = docs::DECIDE;

    fn named(ids: &Ids) -> Result<Self, OperationError> {
        ids.reveal()
    }

    fn target(&self) -> Target {
        Target::Reveal(self.clone())
    }

    fn decide(
        &self,
        scope: &mut Scope<'_, Self::Action>,
        approve: bool,
        why: &Why,
        (): &(),
    ) -> Result<RequestState, OperationError> {
        scope.decide_reveal(self, approve, why)
    }
}
