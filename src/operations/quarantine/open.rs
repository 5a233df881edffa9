//! `POST /quarantines/{quarantine}/open`: the asker sees the rows once, masked.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::{QuarantineId, RequestIdOfKind as _};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::MaskedReject;
use crate::vault::{Operation, OperationError, Target};

/// Shows the asker the rows of a quarantine, once.
pub struct OpenQuarantine(QuarantineId);

/// The rows of a quarantine, masked.
#[derive(Serialize, ToSchema)]
pub struct OpenedQuarantine {
    /// The rows, by line.
    #[schema(max_items = 50000)]
    pub rows: Vec<MaskedReject>,
    /// There are more rows than are shown; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub rows_more: bool,
}

impl Operation for OpenQuarantine {
    type Action = actions::OpenQuarantine;
    type Answer = OpenedQuarantine;

    fn target(&self) -> Target {
        Target::Request(self.0.of_any_kind())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OpenedQuarantine, OperationError> {
        let (rows, rows_more) = scope.open_quarantine(&self.0)?;
        Ok(OpenedQuarantine { rows, rows_more })
    }
}

impl Request for OpenQuarantine {
    type Input = Empty;
    const DOCS: Docs = docs::OPEN;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.quarantine()?.of_any_kind()))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        ids.quarantine().map(Self)
    }
}
