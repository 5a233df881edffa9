//! What was asked in a case, newest first.

use std::marker::PhantomData;

use super::TwoPerson;
use crate::domain::CaseId;
use crate::operations::{Empty, Ids, Request};
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct List<K> {
    case: CaseId,
    kind: PhantomData<fn(K)>,
}

/// The requests of a case.
pub struct Listed<K: TwoPerson>(K::Listed);

impl<K: TwoPerson> Answer for Listed<K> {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self.0)
    }
}

impl<K: TwoPerson> Operation for List<K> {
    type Action = K::List;
    type Answer = Listed<K>;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, K::List>) -> Result<Listed<K>, OperationError> {
        Ok(Listed(scope.list_requests::<K>()?.into()))
    }
}

impl<K: TwoPerson> Request for List<K> {
    type Input = Empty;
    type Output = K::Listed;
    const SUMMARY: &'static str = K::SUMMARIES.list;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            kind: PhantomData,
        })
    }
}
