//! The cells of one JSON record.

use std::borrow::Cow;

use zeroize::Zeroize;

use super::wanted::WantedColumn;
use crate::domain::Field;
use crate::ingest::formats::shape::Reads;
use crate::ingest::rows::cells::{Cells, SLOTS, slot};

/// The cells of a record, which makes one row or, if it has a list, several. Texts with escapes in
/// them are copies and wiped on drop; the others are borrowed.
pub(super) struct JsonCells<'a> {
    pub(super) columns: &'a [WantedColumn],
    /// By slot: the cell that all rows share, and the rank of the column it is of.
    pub(super) shared: [(usize, Cow<'a, str>); SLOTS],
    /// The items of its lists.
    pub(super) each: Vec<Item<'a>>,
    /// Of these, the ones that make a row.
    pub(super) rows: Vec<usize>,
    /// How many of its rows were taken before.
    pub(super) given: usize,
    /// It has the columns that identify the format.
    pub(super) shaped: bool,
}

/// An item of a list.
#[derive(Default)]
pub(super) struct Item<'a> {
    /// The ranks of its columns, and their cells.
    pub(super) cells: Vec<(usize, Cow<'a, str>)>,
    /// The item that its list is in, if it is in one.
    pub(super) in_item: Option<usize>,
    /// It has a list in it, whose items make the rows.
    pub(super) has_list: bool,
}

impl Item<'_> {
    /// Which items make a row.
    pub(super) fn rows(items: &[Self]) -> Vec<usize> {
        let items = items.iter().enumerate();
        let rows = items.filter(|(_, item)| !item.has_list);
        rows.map(|(at, _)| at).collect()
    }
}

impl JsonCells<'_> {
    /// How many rows the record makes.
    pub(super) fn rows(&self) -> usize {
        self.rows.len().max(1)
    }

    /// The cells of one row, counted from 0: those of the record, of one item of a list in
    /// it, and of the items that this list is in.
    pub(super) fn row(&self, at: usize) -> Cells<'_> {
        let mut ranks = self.shared.each_ref().map(|(rank, _)| *rank);
        let mut texts = self.shared.each_ref().map(|(_, text)| text.as_ref());
        let item = |at: Option<usize>| self.each.get(at?);
        let first = item(self.rows.get(at).copied());
        let items = std::iter::successors(first, |inner| item(inner.in_item));
        for (rank, cell) in items.flat_map(|item| &item.cells) {
            let slot = self.columns.get(*rank).map_or(SLOTS, |column| column.slot);
            if let (Some(filled), Some(text)) = (ranks.get_mut(slot), texts.get_mut(slot))
                && counts(*rank, cell, *filled, text)
            {
                (*filled, *text) = (*rank, cell);
            }
        }
        let timed = ranks.get(slot(Field::SentAt));
        let timed = timed.and_then(|rank| self.columns.get(*rank));
        Cells::new(texts, timed.map_or(Reads::Text, |column| column.reads))
    }
}

impl Drop for JsonCells<'_> {
    fn drop(&mut self) {
        let shared = self.shared.iter_mut();
        for (_, text) in shared.chain(self.each.iter_mut().flat_map(|item| &mut item.cells)) {
            if let Cow::Owned(copy) = text {
                copy.zeroize();
            }
        }
    }
}

/// True if the cell of this rank replaces the text of rank `filled`: a text replaces a blank, and a
/// lower rank a higher one, but a blank replaces no text.
pub(super) fn counts(rank: usize, cell: &str, filled: usize, text: &str) -> bool {
    filled == NONE || (rank < filled && !cell.is_empty()) || text.is_empty()
}

/// The rank of a slot that no column has filled.
pub(super) const NONE: usize = usize::MAX;
