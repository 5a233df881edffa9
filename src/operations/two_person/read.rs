//! One request, with exactly what an approval would show, send or take away.

use super::{TwoPerson, named, target};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Price, Target};

/// Shows one request as its decider sees it.
pub struct Read<K: TwoPerson>(K::Id);

impl<K: TwoPerson> Operation for Read<K> {
    type Action = K::Read;
    type Answer = K::View;

    fn target(&self) -> Target {
        target::<K>(&self.0)
    }

    fn price(&self) -> Option<Price> {
        K::PRICE_TO_READ
    }

    fn run(self, scope: &mut Scope<'_, K::Read>) -> Result<K::View, OperationError> {
        scope.read_request::<K>(&self.0)
    }
}

impl<K: TwoPerson> Request for Read<K> {
    type Input = Empty;
    const DOCS: Docs = K::DOCS.read;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(target::<K>(&named::<K>(ids)?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        named::<K>(ids).map(Self)
    }
}
