//! Pages of lists: which rows are wanted, and how a list is cut.
//!
//! A list keeps its order, and a row keeps its id, so a page begins behind the last row of the page before.

use crate::vault::error::{DataRefusal, OperationError};

/// Which rows of a list are wanted.
pub struct WantedRows {
    /// The `next` of the page before; the first page if it is left out.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// A page of a list.
pub struct RowsOf<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What the page behind this one begins after; none on the last page.
    pub next: Option<String>,
}

impl WantedRows {
    /// All rows, for commands on the vault's own machine and for what is shown whole.
    pub const ALL: Self = Self {
        after: None,
        limit: usize::MAX,
    };

    /// The wanted rows of a whole list. `id` names a row.
    ///
    /// # Errors
    ///
    /// `NotInData` if the list has no row to begin after.
    pub(in crate::vault) fn cut<T>(
        &self,
        rows: Vec<T>,
        id: impl Fn(&T) -> String,
    ) -> Result<RowsOf<T>, OperationError> {
        self.cut_where(rows, id, |_| true)
    }

    /// The same of those rows alone that are kept. The row to begin after need not be one of them any more.
    pub(in crate::vault) fn cut_where<T>(
        &self,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> String,
        keep: impl Fn(&T) -> bool,
    ) -> Result<RowsOf<T>, OperationError> {
        if let Some(after) = &self.after {
            let last = rows.iter().position(|row| id(row) == *after);
            let last = last.ok_or_else(|| DataRefusal::OtherPage.at("after"))?;
            rows.drain(..=last);
        }
        rows.retain(keep);
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(id);
        Ok(RowsOf { rows, next })
    }
}

impl<T> RowsOf<T> {
    /// Makes a view of each row.
    pub(in crate::vault) fn try_map<V>(
        self,
        view: impl FnMut(T) -> Result<V, OperationError>,
    ) -> Result<RowsOf<V>, OperationError> {
        Ok(RowsOf {
            rows: self.rows.into_iter().map(view).collect::<Result<_, _>>()?,
            next: self.next,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(after: Option<&str>, limit: usize) -> Option<(Vec<u8>, Option<String>)> {
        let wanted = WantedRows {
            after: after.map(str::to_owned),
            limit,
        };
        let page = wanted.cut(vec![1_u8, 2, 3, 4, 5], u8::to_string).ok()?;
        Some((page.rows, page.next))
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        assert_eq!(cut(None, 2), Some((vec![1, 2], Some("2".to_owned()))));
        assert_eq!(cut(Some("2"), 2), Some((vec![3, 4], Some("4".to_owned()))));
        assert_eq!(cut(Some("4"), 2), Some((vec![5], None)));
        assert_eq!(cut(Some("5"), 2), Some((vec![], None)));
        assert_eq!(cut(None, 5), Some((vec![1, 2, 3, 4, 5], None)));
        assert_eq!(cut(Some("6"), 2), None);
    }

    #[test]
    fn a_page_may_begin_after_a_row_that_counts_no_more() {
        let wanted = WantedRows {
            after: Some("2".to_owned()),
            limit: 2,
        };
        let odd = |row: &u8| row % 2 == 1;
        let page = wanted.cut_where(vec![1_u8, 2, 3, 4, 5, 7], u8::to_string, odd);
        let page = page.ok().unwrap();
        assert_eq!((page.rows, page.next), (vec![3, 5], Some("5".to_owned())));
    }
}
