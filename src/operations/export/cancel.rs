//! `DELETE /exports/{export}/package`: stops a package that is being built.
//!
//! The leaf of this act is durable before anything is stopped. Whoever waits for the package then gets an error,
//! nothing of it stays, and the request is as it was: it can be handed out until it expires.

use serde::Serialize;
use utoipa::ToSchema;

use super::Acknowledgeable;
use crate::domain::{RequestIdOfKind as _, words};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::Packaged;
use crate::vault::{Answer, BuildCancellation, Operation, OperationError, Receipt, Target};

/// Stops the package of a request that is being built.
pub struct CancelBuild<K: Packaged>(K::Id);

/// The cancellation, carried out when the answer is shown.
pub struct Cancelling(Option<BuildCancellation>);

/// What became of the request to stop a package.
#[derive(Serialize, ToSchema)]
pub struct CancelledBuild {
    /// Whether the package is being stopped.
    pub state: BuildCancelState,
}

words! {
    /// What became of the request to stop a package.
    pub enum BuildCancelState {
        /// It is being stopped.
        Cancelling => "cancelling",
        /// It is not being built, or it is built already.
        None => "none",
    }
}

impl Answer for Cancelling {
    type View = CancelledBuild;

    fn view(self, receipt: &Receipt) -> Result<CancelledBuild, OperationError> {
        let stopped = self.0.is_some_and(|build| build.carry_out(receipt));
        Ok(CancelledBuild {
            state: match stopped {
                true => BuildCancelState::Cancelling,
                false => BuildCancelState::None,
            },
        })
    }
}

impl<K: Packaged> Operation for CancelBuild<K> {
    type Action = actions::CancelBuild;
    type Answer = Cancelling;

    fn target(&self) -> Target {
        Target::Request(self.0.of_any_kind())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Cancelling, OperationError> {
        scope.cancel_build::<K>(&self.0).map(Cancelling)
    }
}

impl<K: Acknowledgeable> Request for CancelBuild<K> {
    type Input = Empty;
    const DOCS: Docs = K::CANCEL;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        let id: K::Id = ids.named(K::NAME)?;
        Ok(Target::Request(id.of_any_kind()))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        ids.named(K::NAME).map(Self)
    }
}
