//! The end of a token or a machine, by its owner or an administrator.

use std::marker::PhantomData;

use super::Passes;
use crate::domain::SessionId;
use crate::operations::{Docs, Done, Empty, Ids, Request};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Ends the token of a script, or a machine.
pub struct EndPass<K> {
    id: SessionId,
    kind: PhantomData<fn(K)>,
}

impl<K: Passes> Operation for EndPass<K> {
    type Action = K::End;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, K::End>) -> Result<Done, OperationError> {
        scope.end_pass(&self.id)?;
        Ok(Done)
    }
}

impl<K: Passes> Request for EndPass<K> {
    type Input = Empty;
    const DOCS: Docs = K::END;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self {
            id: K::named(ids)?,
            kind: PhantomData,
        })
    }
}
