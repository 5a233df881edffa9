//! Which page of a list is wanted: the same two members for every list that is read with `GET`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::vault::OperationError;
use crate::vault::scope::WantedRows;

/// The most rows of one page, and how many a page has if nothing is said.
const MOST: usize = 500;

/// Which page of a list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageInput {
    /// How many at most: 1 to 500. 500 if it is left out.
    #[serde(default)]
    #[schema(pattern = "^([1-9][0-9]?|[1-4][0-9][0-9]|500)$")]
    pub limit: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    #[schema(value_type = Option<PageCursor>)]
    pub after: Option<String>,
}

impl PageInput {
    /// What the vault is asked for.
    ///
    /// # Errors
    ///
    /// `Invalid` if `limit` is out of its bounds.
    pub(in crate::operations) fn wanted(self) -> Result<WantedRows, OperationError> {
        let limit = self.limit.as_deref().map_or(Ok(MOST), str::parse);
        let limit = limit.ok().filter(|limit| (1..=MOST).contains(limit));
        Ok(WantedRows {
            after: self.after,
            limit: limit.ok_or_else(|| OperationError::invalid("limit", "must be 1 to 500"))?,
        })
    }
}
