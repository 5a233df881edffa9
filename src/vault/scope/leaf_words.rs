//! What people read beside a leaf: the names of operators, the title of the case, the reason that was given, and
//! whether it was written at an unusual hour. None of it is in the leaf, and none of it is data of a case.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Reading;
use crate::domain::{CaseId, Moment, OperatorId, OperatorName, Reason, Title};
use crate::vault::audit::Leaf;
use crate::vault::error::OperationError;
use crate::vault::ledger::{FoundDetail, open_detail};
use crate::vault::store::case_rows;

/// A leaf of a list: its own members, and the words beside it.
#[derive(Debug, Serialize)]
pub struct ListedLeaf {
    /// The leaf as it was written.
    #[serde(flatten)]
    pub leaf: Leaf,
    /// What people read beside it.
    #[serde(flatten)]
    pub words: LeafWords,
}

/// What people read beside a leaf.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeafWords {
    /// The name of the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorName, required = false)]
    pub operator_name: Option<String>,
    /// The name of who asked for what was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorName, required = false)]
    pub asker_name: Option<String>,
    /// The title of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Title, required = false)]
    pub title: Option<String>,
    /// The reason that was given, which the leaf commits to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Reason, required = false)]
    pub reason: Option<String>,
    /// Present and true if the reason and whatever else the leaf commits to ended with its case.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub destroyed: bool,
    /// Whether it was written outside the usual hours of work, which are hours of UTC.
    pub off_hours: bool,
}

impl PartialSchema for ListedLeaf {
    /// The members of both: a leaf alone has no others, so it cannot be one part of a whole.
    fn schema() -> RefOr<Schema> {
        match (Leaf::schema(), LeafWords::schema()) {
            (RefOr::T(Schema::Object(mut all)), RefOr::T(Schema::Object(words))) => {
                all.description = Some("A leaf, and what people read beside it.".to_owned());
                all.properties.extend(words.properties);
                all.required.extend(words.required);
                Schema::Object(all).into()
            }
            (leaf, _) => leaf,
        }
    }
}

impl ToSchema for ListedLeaf {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ListedLeaf")
    }

    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        Leaf::schemas(all);
        LeafWords::schemas(all);
    }
}

/// Finds the words; a name or a title is read once.
pub(super) struct Words<'s, 'v> {
    reading: &'s Reading<'v>,
    names: HashMap<String, String>,
    titles: HashMap<String, Option<String>>,
}

impl<'s, 'v> Words<'s, 'v> {
    pub(super) fn of(reading: &'s Reading<'v>) -> Self {
        Self {
            reading,
            names: HashMap::new(),
            titles: HashMap::new(),
        }
    }

    /// What is beside a leaf. `detail` is what it commits to, opened.
    pub(super) fn beside(
        &mut self,
        leaf: &Leaf,
        detail: &Value,
    ) -> Result<LeafWords, OperationError> {
        let reason = detail.pointer("/detail/reason").and_then(Value::as_str);
        let hours = self.reading.core.settings.work_hours;
        let time: Moment = leaf.time.parse().map_err(|_| damaged(leaf))?;
        Ok(LeafWords {
            operator_name: self.name(leaf, leaf.operator.as_deref())?,
            asker_name: self.name(leaf, leaf.asker.as_deref())?,
            title: self.title(leaf)?,
            reason: reason.map(str::to_owned),
            destroyed: detail.get("destroyed").is_some(),
            off_hours: !hours.cover(time),
        })
    }

    fn name(&mut self, leaf: &Leaf, id: Option<&str>) -> Result<Option<String>, OperationError> {
        let Some(id) = id else {
            return Ok(None);
        };
        if let Some(name) = self.names.get(id) {
            return Ok(Some(name.clone()));
        }
        let operator: OperatorId = id.parse().map_err(|_| damaged(leaf))?;
        let name = self.reading.operator_name(&operator)?;
        self.names.insert(id.to_owned(), name.clone());
        Ok(Some(name))
    }

    fn title(&mut self, leaf: &Leaf) -> Result<Option<String>, OperationError> {
        let Some(id) = leaf.case.as_deref() else {
            return Ok(None);
        };
        if let Some(title) = self.titles.get(id) {
            return Ok(title.clone());
        }
        let case: CaseId = id.parse().map_err(|_| damaged(leaf))?;
        let title = match case_rows::find(self.reading.connection, &case)? {
            Some(row) => Some(self.reading.describe(&row)?.title),
            None => None,
        };
        self.titles.insert(id.to_owned(), title.clone());
        Ok(title)
    }
}

impl Reading<'_> {
    /// What a leaf commits to, opened and compared with it; null where there is nothing. Of a detail that ended with
    /// its case it says that alone.
    pub(super) fn detail_of(&self, leaf: &Leaf) -> Result<Value, OperationError> {
        let Some(committed) = leaf.detail.as_deref() else {
            return Ok(Value::Null);
        };
        match open_detail(self.connection, &self.core.keys(), leaf, committed)? {
            FoundDetail::Opened(detail) => Ok(detail),
            FoundDetail::Destroyed => Ok(json!({ "destroyed": true })),
            FoundDetail::Wrong => Err(self.core.control.found_damaged("detail").into()),
        }
    }
}

fn damaged(leaf: &Leaf) -> OperationError {
    OperationError::Damaged {
        place: format!("leaf {}", leaf.seq),
    }
}
