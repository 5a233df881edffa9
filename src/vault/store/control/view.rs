//! How a connection sees the control state: a reader as it was since its snapshot began, the writer
//! with the changes of its transaction.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::encode::{Place, places_in, row_named};
use super::put_off::PutOff;
use super::recent::Changed;
use super::state::{ControlState, Elements, Kept};
use super::sum::Sum;
use super::tables::ControlTable;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::value::ValueRef;

/// A row's element, and the groups it is in.
pub(super) type Known = (Sum, Vec<Place>);

/// How a connection sees the control state.
#[derive(Debug)]
pub(in crate::vault::store) struct ControlView {
    pub(super) state: Arc<ControlState>,
    /// The version at which a reader's snapshot began.
    since: Cell<u64>,
    /// How many foreign writes were known just before a reader's snapshot began.
    foreign: Cell<u64>,
    /// The changes of the transaction under way; the writer has them.
    changes: Option<RefCell<Changes>>,
}

#[derive(Debug, Default)]
struct Changes {
    sums: HashMap<Place, Sum>,
    undo: Vec<Undo>,
    /// Rows as they were written, to be kept once they are committed.
    rows: HashMap<Place, Arc<Kept>>,
    /// What makes elements from the commit on, if it is something new.
    elements: Option<Arc<Elements>>,
    /// Tables of which a row may have left a group that its key does not tell.
    regrouped: BTreeSet<&'static str>,
    /// Rows that are not written yet.
    put_off: Vec<PutOff>,
}

/// A step back.
#[derive(Debug)]
enum Undo {
    /// What `sums` held before a change.
    Sum(Place, Option<Sum>),
    /// What `elements` held before a change.
    Elements(Option<Arc<Elements>>),
    /// A row is not what the program meant to write.
    Lost,
}

impl ControlView {
    pub(in crate::vault::store) fn of_reader(state: Arc<ControlState>) -> Self {
        Self {
            state,
            since: Cell::new(0),
            foreign: Cell::new(0),
            changes: None,
        }
    }

    pub(in crate::vault::store) fn of_writer(state: Arc<ControlState>) -> Self {
        Self {
            state,
            since: Cell::new(0),
            foreign: Cell::new(0),
            changes: Some(RefCell::default()),
        }
    }

    pub(in crate::vault::store) fn begin(&self) {
        self.foreign.set(self.state.foreign_writes());
        self.since.set(self.state.begin());
    }

    pub(in crate::vault::store) fn end(&self) {
        self.state.end(self.since.get());
    }

    /// What the writer sees of a group: its own changes, or the newest version.
    pub(super) fn now(&self, place: &[u8]) -> Sum {
        let changed = self.changes.as_ref().and_then(|changes| {
            let changes = changes.borrow();
            changes.sums.get(place).copied()
        });
        changed.unwrap_or_else(|| self.state.now(place))
    }

    pub(super) fn holds(&self, place: &[u8], sum: Sum) -> bool {
        match &self.changes {
            Some(_) => self.now(place) == sum,
            None => self.state.was(self.since.get(), place, sum),
        }
    }

    /// The rows of a group that are kept, if they are what this view has to see.
    pub(super) fn kept(&self, place: &[u8]) -> Option<Arc<Kept>> {
        let written = self.changes.as_ref().and_then(|changes| {
            let changes = changes.borrow();
            changes.rows.get(place).cloned()
        });
        let kept = written.or_else(|| self.state.kept(place));
        // A reader sees the rows of its snapshot, because it reads other tables of it too.
        let stands = |kept: &Arc<Kept>| match self.changes {
            Some(_) => self.holds(place, kept.sum),
            None => self.steady(place) == Some(kept.sum.bytes()),
        };
        kept.filter(|kept| stands(kept) && kept.is_fresh())
    }

    /// Keeps the rows of a group as they were written, from the commit on.
    pub(super) fn wrote(&self, place: Place, kept: Kept) {
        if let Some(changes) = &self.changes {
            changes.borrow_mut().rows.insert(place, Arc::new(kept));
        }
    }

    /// The row is written with the next statement, unless it is set again before.
    pub(super) fn put_off(&self, row: PutOff) {
        let Some(changes) = &self.changes else {
            return;
        };
        let all = &mut changes.borrow_mut().put_off;
        match all.iter_mut().find(|one| one.place == row.place) {
            Some(one) => one.follow(row),
            None => all.push(row),
        }
    }

    /// The rows that are to be written now.
    pub(super) fn take_put_off(&self) -> Vec<PutOff> {
        let changes = self.changes.as_ref();
        changes.map_or_else(Vec::new, |changes| {
            std::mem::take(&mut changes.borrow_mut().put_off)
        })
    }

    /// What makes the elements of the rows that this view sees.
    pub(super) fn elements(&self) -> Arc<Elements> {
        let changed = self.changes.as_ref().and_then(|changes| {
            let changes = changes.borrow();
            changes.elements.clone()
        });
        changed.unwrap_or_else(|| self.state.elements())
    }

    /// What made them before, for a reader whose snapshot may be of then.
    pub(super) fn elements_before(&self) -> Option<Arc<Elements>> {
        match self.changes {
            Some(_) => None,
            None => self.state.elements_before(),
        }
    }

    /// The element of a row, and the groups it is in.
    pub(super) fn row(&self, table: &'static ControlTable, cells: &[ValueRef<'_>]) -> Known {
        (self.elements().of(table, cells), places_in(table, cells))
    }

    /// Goes on with these sums of all groups, which `elements` made.
    pub(super) fn renew(&self, elements: Elements, sums: HashMap<Place, Sum>) {
        let Some(changes) = &self.changes else {
            return;
        };
        let mut changes = changes.borrow_mut();
        for (place, sum) in sums {
            let old = changes.sums.insert(place.clone(), sum);
            changes.undo.push(Undo::Sum(place, old));
        }
        let old = changes.elements.replace(Arc::new(elements));
        changes.undo.push(Undo::Elements(old));
        changes.rows.clear();
    }

    pub(super) fn replace(
        &self,
        table: &'static ControlTable,
        before: Option<Known>,
        after: Option<Known>,
    ) {
        let Some(changes) = &self.changes else {
            return;
        };
        let stays = match (&before, &after) {
            (Some((_, before)), Some((_, after))) => before == after,
            (Some(_), None) => table.has_no_groups(),
            (None, _) => true,
        };
        if !stays {
            changes.borrow_mut().regrouped.insert(table.name);
        }
        let change = |place: &Place, with: &dyn Fn(&mut Sum)| {
            let mut sum = self.now(place);
            with(&mut sum);
            let mut changes = changes.borrow_mut();
            let old = changes.sums.insert(place.clone(), sum);
            changes.undo.push(Undo::Sum(place.clone(), old));
        };
        for (element, places) in before.iter() {
            places
                .iter()
                .for_each(|place| change(place, &|sum| sum.take(*element)));
        }
        for (element, places) in after.iter() {
            places
                .iter()
                .for_each(|place| change(place, &|sum| sum.add(*element)));
        }
    }

    /// Whether this process wrote or verified the log's head with this seal.
    pub(in crate::vault::store) fn knows(&self, seal: &[u8]) -> bool {
        self.state.knows(seal)
    }

    /// How many foreign writes are known, and in what this connection reads. A reader's snapshot may have
    /// later ones, and has all of these.
    pub(in crate::vault::store) fn foreign_writes(&self) -> u64 {
        match self.changes {
            Some(_) => self.state.foreign_writes(),
            None => self.foreign.get(),
        }
    }

    /// See [`ControlState`].
    pub(in crate::vault::store) fn was_just_compared(&self) -> bool {
        self.state.was_just_compared()
    }

    /// The writer saw that another connection had committed.
    pub(in crate::vault::store) fn note_foreign_write(&self) {
        self.state.note_foreign_write();
    }

    /// Notes what a verification of the whole found.
    pub(in crate::vault::store) fn note_damage(&self, error: StoreError) {
        self.state.found_damaged(error.at);
    }

    /// Notes that the schema is not the program's; `said` names the object.
    pub(in crate::vault::store) fn note_schema(&self, said: &str, error: StoreError) -> StoreError {
        if self.state.damage().is_none() {
            tracing::error!(fault = said, "somebody else changed the schema");
        }
        self.state.found_damaged(error.at)
    }

    /// Notes what a failed statement says of the file; see [`ControlState::note_failure`].
    pub(in crate::vault::store) fn note_failure(&self, error: StoreError) -> StoreError {
        self.state.note_failure(error)
    }

    /// A name for what a group is, as long as nothing of it changes; none while it does.
    pub(super) fn steady(&self, place: &[u8]) -> Option<[u8; 32]> {
        match self.changes {
            Some(_) => None,
            None => self.state.steady(self.since.get(), place),
        }
    }

    /// A row is not what the program meant to write: the transaction must not be committed with it.
    pub(super) fn lose(&self) {
        if let Some(changes) = &self.changes {
            changes.borrow_mut().undo.push(Undo::Lost);
        }
    }

    /// The rows that the transaction under way changed; none if their elements are made anew.
    pub(super) fn changed(&self) -> Option<Vec<Changed>> {
        let changes = self.changes.as_ref()?.borrow();
        if changes.elements.is_some() {
            return None;
        }
        let rows = changes.sums.keys().filter_map(|place| row_named(place));
        let all = rows.map(
            |(table, key)| match changes.regrouped.contains(table.name) {
                true => Changed::Table(table),
                false => Changed::Row(table, key),
            },
        );
        Some(all.collect())
    }

    /// How many changes there are, to go back to.
    pub(in crate::vault::store) fn mark(&self) -> usize {
        let changes = self.changes.as_ref();
        changes.map_or(0, |changes| changes.borrow().undo.len())
    }

    /// Undoes the changes after a mark.
    pub(in crate::vault::store) fn back_to(&self, mark: usize) {
        let Some(changes) = &self.changes else {
            return;
        };
        let mut changes = changes.borrow_mut();
        changes.rows.clear();
        // What was put off before the mark was written before it.
        changes.put_off.clear();
        if mark == 0 {
            changes.regrouped.clear();
        }
        while changes.undo.len() > mark {
            match changes.undo.pop() {
                Some(Undo::Sum(place, Some(sum))) => drop(changes.sums.insert(place, sum)),
                Some(Undo::Sum(place, None)) => drop(changes.sums.remove(&place)),
                Some(Undo::Elements(old)) => changes.elements = old,
                Some(Undo::Lost) | None => {}
            }
        }
    }

    /// Commits with `commit`, so that no reader is without the sums of what it sees.
    pub(in crate::vault::store) fn commit(
        &self,
        commit: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(changes) = &self.changes else {
            return commit();
        };
        let changes = changes.borrow();
        if changes.undo.iter().any(|undo| matches!(undo, Undo::Lost)) {
            return Err(StoreError::inconsistent("control::lost"));
        }
        let (sums, elements) = (&changes.sums, changes.elements.as_ref());
        self.state.begin_change(sums, elements);
        let committed = commit();
        if committed.is_err_and(|error| error.fault == StoreFault::Uncertain) {
            // Readers may see the one or the other, until the next transaction reads what is there.
            return committed;
        }
        self.state.end_change(sums, elements, committed.is_ok());
        if committed.is_ok() {
            for (place, kept) in &changes.rows {
                self.state.keep(place.clone(), Arc::clone(kept));
            }
        }
        committed
    }
}
