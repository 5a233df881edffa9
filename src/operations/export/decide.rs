//! `POST /exports/{export}/decision`: somebody else says yes or no.

use super::docs;
use crate::domain::ExportId;
use crate::operations::{Decide, Decided, Docs, Ids};
use crate::policy::{RequestState, actions};
use crate::vault::scope::{CountedExport, Scope};
use crate::vault::{OperationError, Target, Why};

pub type DecideExport = Decide<ExportId>;

impl Decided for ExportId {
    type Action = actions::DecideExport;
    type Counted = Option<CountedExport>;
    const COUNTS: bool = true;
    const DOCS: Docs = docs::DECIDE;

    fn named(ids: &Ids) -> Result<Self, OperationError> {
        ids.export()
    }

    fn target(&self) -> Target {
        Target::Export(self.clone())
    }

    fn count(&self, scope: &Scope<'_, Self::Action>) -> Result<Self::Counted, OperationError> {
        scope.count_asked_export(self).map(Some)
    }

    fn decide(
        &self,
        scope: &mut Scope<'_, Self::Action>,
        approve: bool,
        why: &Why,
        counted: &Self::Counted,
    ) -> Result<RequestState, OperationError> {
        scope.decide_export(self, approve, why, counted.as_ref())
    }
}
