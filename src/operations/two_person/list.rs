//! The requests of one kind in a case, newest first.

use std::marker::PhantomData;

use super::TwoPerson;
use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Price, Target};

/// Lists the newest 500 requests of this kind in a case; a liaison sees those of its account.
pub struct List<K> {
    case: CaseId,
    kind: PhantomData<fn(K)>,
}

impl<K: TwoPerson> Operation for List<K> {
    type Action = K::List;
    type Answer = K::Listed;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn price(&self) -> Option<Price> {
        K::PRICE_TO_LIST
    }

    fn run(self, scope: &mut Scope<'_, K::List>) -> Result<K::Listed, OperationError> {
        Ok(scope.list_requests::<K>()?.into())
    }
}

impl<K: TwoPerson> Request for List<K> {
    type Input = Empty;
    const DOCS: Docs = K::DOCS.list;

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
