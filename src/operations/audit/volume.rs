//! `POST /audit/volume`: how many leaves were written in each hour.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::search::{SearchLeavesInput, detail, note_numbers, query};
use crate::domain::{CaseId, Moment, OperatorId};
use crate::operations::{Docs, Ids, Request};
use crate::policy::{ActionKind, actions};
use crate::vault::audit::Outcome;
use crate::vault::scope::{LeafQuery, Scope, VolumeView};
use crate::vault::{Operation, OperationError, Target};

/// Counts leaves by the hour, for auditors.
pub struct CountLeaves(LeafQuery);

/// Which leaves to count. A member that is left out keeps all of them.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountLeavesInput {
    /// Leaves at or after this time; seven days before `to` if it is left out. Also checked: it is before `to`, and at
    /// most 31 days before it.
    #[schema(value_type = Option<Moment>)]
    pub from: Option<String>,
    /// Leaves before this time; now if it is left out.
    #[schema(value_type = Option<Moment>)]
    pub to: Option<String>,
    /// Leaves of acts of this operator.
    #[schema(value_type = Option<OperatorId>)]
    pub operator: Option<String>,
    /// Leaves about this case.
    #[schema(value_type = Option<CaseId>)]
    pub case: Option<String>,
    /// Leaves about this thing: the id of a request, an exhibit or an operator, or the number of a leaf.
    #[schema(pattern = "^([a-z]_[0-9a-hjkmnp-tv-z]{20}|0|[1-9][0-9]{0,14})$")]
    pub object: Option<String>,
    /// Leaves of this action.
    #[schema(value_type = Option<ActionKind>)]
    pub action: Option<String>,
    /// Leaves with this outcome.
    #[schema(value_type = Option<Outcome>)]
    pub outcome: Option<String>,
}

impl Operation for CountLeaves {
    type Action = actions::CountLeaves;
    type Answer = VolumeView;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        detail(&self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<VolumeView, OperationError> {
        note_numbers(scope, &self.0)?;
        let counted = scope.count_leaves(&self.0)?;
        scope.note_rows(counted.leaves);
        Ok(counted)
    }
}

impl Request for CountLeaves {
    type Input = CountLeavesInput;
    const DOCS: Docs = Docs {
        id: "countLeaves",
        tag: "Audit",
        summary: "Count leaves by the hour",
        description: "How many leaves were written in each hour of a time of at most 31 days, with the hours outside \
            the usual hours of work marked. For auditors. It looks at the newest 500,000 leaves of that time and says \
            if there are more.",
        request: r#"{"from": "2024-03-21T00:00:00Z", "to": "2024-03-22T00:00:00Z", "action": "record.lookup"}"#,
        answer: r#"{"from": "2024-03-21T00:00:00Z", "to": "2024-03-22T00:00:00Z", "hours": [{"hour":
            "2024-03-21T22:00:00Z", "leaves": 41, "denied": 2, "failed": 0, "off_hours": true}], "leaves": 41,
            "off_hours": 41, "work_hours": {"from": 6, "to": 20}, "not_counted_before": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: CountLeavesInput) -> Result<Self, OperationError> {
        query(SearchLeavesInput {
            from: input.from,
            to: input.to,
            operator: input.operator,
            case: input.case,
            object: input.object,
            action: input.action,
            outcome: input.outcome,
            ..SearchLeavesInput::default()
        })
        .map(Self)
    }
}
