//! `POST /cases/{case}/records/search`: masked records, a page at a time.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::domain::{CaseId, Purpose, Reason};
use crate::operations::{Docs, Ids, Request, why};
use crate::policy::actions;
use crate::vault::records::{FilterInput, Order, PageQuery, RecordFilter, RecordPage};
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Price, Target, Why};

/// Lists masked records, a page at a time.
pub struct SearchRecords {
    case: CaseId,
    filter: RecordFilter,
    order: Order,
    limit: Option<u32>,
    cursor: Option<String>,
    why: Why,
}

/// Which records to list, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInput {
    /// Which records to list; all of them if not given.
    #[serde(default)]
    pub filter: FilterInput,
    /// In which order: by the time of sending (`time`, the latest first with `latest`), by the values of a column, or
    /// as in the exhibits (`record`, if not given).
    #[serde(default)]
    pub order: Order,
    /// Records on a page: 1 to 500, 100 if not given.
    #[schema(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before; the first page if not given.
    #[schema(value_type = Option<PageCursor>)]
    pub cursor: Option<String>,
    /// What the records are needed for.
    #[schema(value_type = Purpose)]
    pub purpose: String,
    /// Why the records are listed.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl SearchRecords {
    fn query(&self) -> PageQuery<'_> {
        PageQuery {
            filter: &self.filter,
            order: self.order,
            limit: self.limit,
            cursor: self.cursor.as_deref(),
        }
    }
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
            "filter": self.filter.for_log(),
            "order": self.order,
            "limit": self.limit,
            "continued": self.cursor.is_some(),
        })
    }

    fn price(&self) -> Option<Price> {
        let compares = self.filter.compares();
        Some(Price::of_page(self.query().room()).comparing(compares))
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        self.query().check(asking.account())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RecordPage, OperationError> {
        let page = scope.search_records(&self.query())?;
        scope.note_detail(json!({ "total": page.total }));
        Ok(page)
    }
}

impl Request for SearchRecords {
    type Input = SearchInput;
    const DOCS: Docs = Docs {
        id: "searchRecords",
        tag: "Records",
        summary: "Search records",
        description: "Records that a filter keeps, masked, a page at a time. `basis` says what was searched, \
            `unknown_values` which values of the filter the case does not have. A record that has room on \
            the page costs one point of the budget for views. With `newly_exposed_in` a page costs 100 points of the \
            budget for lookups instead, like a difference.",
        request: r#"{"filter": {"kind": ["sms"]}, "limit": 100, "purpose": "scoping", "reason":
            "which accounts were hit"}"#,
        answer: r#"{"records": [{"record": "x_0123456789abcdefghjk:17", "subject": "S-7Q4M2KXA",
            "number_masked": "+1 ••• ••• ••••", "account": "acme", "carrier": "Example Mobile",
            "country": "US", "state": "TX", "area_state": "TX", "sent_at":
            "2024-03-21T22:34:49Z", "kind": "sms", "channel": ""}], "next": null, "total": 1,
            "basis": {"exhibits": 1, "records": 1190, "span": {"first": "2024-03-01T00:04:11Z", "last":
            "2024-03-31T23:58:40Z"}, "quarantined": 2}}"#,
        problems: &[
            "not-found",
            "case-closed",
            "budget-spent",
            "over-budget",
            "lookups-frozen",
        ],
    };

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
