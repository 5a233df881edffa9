//! Lists records, masked, a page at a time.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Ids, Request, why};
use crate::policy::actions;
use crate::vault::records::{FilterInput, Order, PageQuery, RecordFilter, RecordPage};
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct SearchRecords {
    case: CaseId,
    filter: RecordFilter,
    order: Order,
    limit: Option<u32>,
    cursor: Option<String>,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInput {
    #[serde(default)]
    pub filter: FilterInput,
    /// `record` if not given; `time`, the timeline of the one subject in the filter.
    #[serde(default)]
    pub order: Order,
    /// Records on a page: 1 to 500, 100 if not given.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    pub purpose: String,
    pub reason: String,
}

impl Operation for SearchRecords {
    type Action = actions::SearchRecords;
    type Answer = RecordPage;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({
            "filter": self.filter,
            "order": self.order,
            "limit": self.limit,
            "continued": self.cursor.is_some(),
        })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RecordPage, OperationError> {
        let page = scope.search_records(&PageQuery {
            filter: &self.filter,
            order: self.order,
            limit: self.limit,
            cursor: self.cursor.as_deref(),
        })?;
        scope.note_detail(json!({ "total": page.total }));
        Ok(page)
    }
}

impl Answer for RecordPage {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for SearchRecords {
    type Input = SearchInput;
    type Output = RecordPage;
    const SUMMARY: &'static str = "Lists records with masked numbers";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: SearchInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            filter: RecordFilter::parse(input.filter)?,
            order: input.order,
            limit: input.limit,
            cursor: input.cursor,
            why: why(&input.purpose, &input.reason)?,
        })
    }
}
