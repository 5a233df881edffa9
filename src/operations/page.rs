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
        let limit = self.limit.as_deref().map_or(Some(MOST), limit_of);
        let limit = limit.filter(|limit| (1..=MOST).contains(limit));
        Ok(WantedRows {
            after: self.after,
            limit: limit.ok_or_else(|| OperationError::invalid("limit", "must be 1 to 500"))?,
        })
    }
}

/// A whole number of a query as the API's description has it: digits alone, and no zero before others. There is one
/// way to write each.
pub(in crate::operations) fn whole(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text == "0" || !text.starts_with('0');
    (digits && plain).then(|| text.parse().ok())?
}

/// The same for how many rows are wanted.
pub(in crate::operations) fn limit_of(text: &str) -> Option<usize> {
    usize::try_from(whole(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_written_one_way() {
        for (text, number) in [
            ("0", 0),
            ("7", 7),
            ("500", 500),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(whole(text), Some(number), "{text}");
        }
        for text in [
            "",
            "+1",
            "-1",
            "01",
            "00",
            " 1",
            "1 ",
            "1.0",
            "1e2",
            "0x1",
            "1_0",
            "١",
            "18446744073709551616",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }
}
