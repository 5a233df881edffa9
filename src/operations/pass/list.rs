//! The tokens or the machines of the caller; everybody's for administrators.

use std::marker::PhantomData;

use super::{PassList, Passes};
use crate::operations::{Docs, Ids, PageInput, Request};
use crate::vault::scope::{Scope, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists tokens of scripts, or machines.
pub struct ListPasses<K> {
    wanted: WantedRows,
    kind: PhantomData<fn(K)>,
}

impl<K: Passes> Operation for ListPasses<K> {
    type Action = K::List;
    type Answer = PassList<K>;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, K::List>) -> Result<PassList<K>, OperationError> {
        Ok(scope.list_passes(K::KIND, &self.wanted)?.into())
    }
}

impl<K: Passes> Request for ListPasses<K> {
    type Input = PageInput;
    const DOCS: Docs = K::LIST;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self {
            wanted: input.wanted()?,
            kind: PhantomData,
        })
    }
}
