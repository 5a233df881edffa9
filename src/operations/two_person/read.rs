//! What exactly would be shown, sent or taken away.

use super::{TwoPerson, named, target};
use crate::operations::{Empty, Ids, Request};
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct Read<K: TwoPerson>(K::Id);

/// One request.
pub struct Shown<K: TwoPerson>(K::View);

impl<K: TwoPerson> Answer for Shown<K> {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self.0)
    }
}

impl<K: TwoPerson> Operation for Read<K> {
    type Action = K::Read;
    type Answer = Shown<K>;

    fn target(&self) -> Target {
        target::<K>(&self.0)
    }

    fn run(self, scope: &mut Scope<'_, K::Read>) -> Result<Shown<K>, OperationError> {
        Ok(Shown(scope.read_request::<K>(&self.0)?))
    }
}

impl<K: TwoPerson> Request for Read<K> {
    type Input = Empty;
    type Output = K::View;
    const SUMMARY: &'static str = K::SUMMARIES.read;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(target::<K>(&named::<K>(ids)?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        named::<K>(ids).map(Self)
    }
}
