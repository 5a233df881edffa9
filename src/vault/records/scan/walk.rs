//! Visits the blocks of all exhibits that count, and in each the rows that a plan keeps.
//!
//! `scan` visits in order, on one thread. `fold` uses as many threads as there are cores. The snapshot belongs to one
//! connection, so the calling thread reads the sealed blocks and hands them over; the other threads open, filter and
//! count. If several threads find a fault, the one of the first block is reported, and no part of an answer is given.
//! If the caller no longer waits, the work ends between two blocks.

use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

use super::block_place::BlockPlace;
use super::columns::{Columns, Opener};
use super::handover::{Closing, Faults, Handover, Spare};
use super::plan::Plan;
use super::sealed_columns::{FromStore, HandedOver, SealedBlock, SealedColumns as _};
use crate::domain::Field;
use crate::vault::call::caller::Caller;
use crate::vault::columns::{BLOCK_ROWS, BlockStatistics, CodeSet};
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::statistics_rows;

/// The code of the empty value in every dictionary.
const EMPTY_VALUE: u32 = 0;

/// Whether a scan in order continues.
#[derive(PartialEq, Eq)]
pub(in crate::vault::records) enum Next {
    Block,
    Nothing,
}

impl CaseRecords<'_> {
    /// Calls `visit` for each block that has a record that the plan keeps, in the order of exhibits and block numbers.
    /// Leaves out blocks for which `wanted` is false. Blocks that the statistics rule out are not opened. `visit` may
    /// open the columns of `fields`.
    pub(in crate::vault::records) fn scan(
        &self,
        plan: &Plan,
        fields: &[Field],
        wanted: impl Fn(&BlockPlace<'_>) -> bool,
        mut visit: impl FnMut(&mut Columns<'_, FromStore<'_>>) -> Result<Next, OperationError>,
    ) -> Result<(), OperationError> {
        if plan.finds_nothing() {
            return Ok(());
        }
        let greatest = self.greatest(plan, fields)?;
        let opener = self.opener(&greatest);
        let mut opened: Option<Columns<'_, FromStore<'_>>> = None;
        for place in self.places().filter(|place| wanted(place)) {
            self.still_waited_for()?;
            let statistics = self.statistics(&opener, plan, &place)?;
            if statistics.as_ref().is_some_and(|held| !plan.may_find(held)) {
                continue;
            }
            let columns = match &mut opened {
                Some(columns) => {
                    columns.begin(place);
                    columns
                }
                None => {
                    let store = FromStore::new(self);
                    opened.insert(Columns::new(opener, place, store))
                }
            };
            if let Some(statistics) = &statistics {
                plan.narrow(columns, statistics)?;
                if columns.selection().is_empty() {
                    continue;
                }
            }
            if visit(columns)? == Next::Nothing {
                break;
            }
        }
        Ok(())
    }

    /// Calls `visit` for each block that has a record that the plan keeps, with the columns of `fields` open, on
    /// several threads. Each thread has a partial result of its own, made by `begin`. Which blocks are counted in which
    /// partial result is not defined.
    pub(in crate::vault::records) fn fold<T: Send>(
        &self,
        plan: &Plan,
        fields: &[Field],
        begin: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Columns<'_, HandedOver>) -> Result<(), OperationError> + Sync,
    ) -> Result<Vec<T>, OperationError> {
        if plan.finds_nothing() {
            return Ok(Vec::new());
        }
        let greatest = self.greatest(plan, fields)?;
        let work = Work {
            opener: self.opener(&greatest),
            plan,
            fields,
            caller: self.caller,
            begin: &begin,
            visit: &visit,
            spare: Spare::default(),
            faults: Faults::default(),
        };
        let handover = Handover::new(WAITING * threads());
        let parts = thread::scope(|scope| {
            // Ends the waiting of the other threads, even if this thread panics.
            let closing = Closing(&handover);
            let mut here = Hand::new(&work);
            let mut others = Vec::new();
            let mut store = FromStore::new(self);
            let mut blocks = 0;
            for (turn, place) in self.places().enumerate() {
                if work.faults.any() {
                    break;
                }
                let block = match self.read_block(&work, &mut store, turn, place) {
                    Ok(Some(block)) => block,
                    Ok(None) => continue,
                    Err(error) => {
                        work.faults.note(turn, error);
                        break;
                    }
                };
                blocks += 1;
                if blocks <= ALONE {
                    here.take(block);
                    continue;
                }
                if others.len() + 1 < threads() {
                    others.push(scope.spawn(|| {
                        let mut hand = Hand::new(&work);
                        while let Some(block) = handover.take() {
                            hand.take(block);
                        }
                        hand.part
                    }));
                }
                if let Some(block) = handover.offer(block) {
                    here.take(block);
                }
            }
            drop(closing);
            while let Some(block) = handover.take_now() {
                here.take(block);
            }
            let mut parts: Vec<T> = here.part.into_iter().collect();
            for other in others {
                match other.join() {
                    Ok(part) => parts.extend(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            parts
        });
        work.faults.into_result()?;
        Ok(parts)
    }

    /// For each of these sets, whether a record has one of its codes. After a withdrawal the dictionaries have values
    /// that no record has, and the empty value is always in them; the statistics of the blocks then tell, except where
    /// a block has too many values.
    pub(in crate::vault::records) fn occurring(
        &self,
        sets: &[(Field, CodeSet)],
    ) -> Result<Vec<bool>, OperationError> {
        let mut occur: Vec<bool> = sets.iter().map(|(_, set)| !set.is_empty()).collect();
        let has_empty = sets.iter().any(|(_, set)| set.contains(EMPTY_VALUE));
        if (self.withdrawn.is_empty() && !has_empty) || !occur.contains(&true) {
            return Ok(occur);
        }
        let opener = self.opener(&[]);
        let mut seen = vec![false; sets.len()];
        for place in self.places() {
            let held = opener.statistics(&place, self.sealed_statistics(&place)?)?;
            for ((field, set), seen) in sets.iter().zip(&mut seen) {
                *seen |= held.may_hold_code(*field, set);
            }
        }
        for (occurs, seen) in occur.iter_mut().zip(seen) {
            *occurs &= seen;
        }
        Ok(occur)
    }

    /// A block with the columns that may be needed; `None` if the statistics rule it out.
    fn read_block<'r, B, V>(
        &self,
        work: &Work<'_, B, V>,
        store: &mut FromStore<'_>,
        turn: usize,
        place: BlockPlace<'r>,
    ) -> Result<Option<SealedBlock<'r>>, OperationError> {
        self.still_waited_for()?;
        let statistics = self.statistics(&work.opener, work.plan, &place)?;
        if let Some(held) = &statistics
            && !work.plan.may_find(held)
        {
            return Ok(None);
        }
        let mut columns = work.spare.take();
        let of_users: &[Field] = match work.fields.contains(&Field::User) {
            true => &[Field::Number, Field::Account, Field::Kind],
            false => &[],
        };
        let filtered = statistics.iter().flat_map(|held| work.plan.fields(held));
        for field in filtered.chain(work.fields.iter().chain(of_users).copied()) {
            if let Some(buffer) = columns.buffer_for(field) {
                store.bring(&place, field, buffer)?;
            }
        }
        if !of_users.is_empty() {
            columns.add_users(store.kept_users(&self.keys, &place)?);
        }
        Ok(Some(SealedBlock {
            turn,
            place,
            statistics,
            columns,
        }))
    }

    /// The statistics of a block; not opened if they cannot rule anything out.
    fn statistics(
        &self,
        opener: &Opener<'_>,
        plan: &Plan,
        place: &BlockPlace<'_>,
    ) -> Result<Option<BlockStatistics>, OperationError> {
        if plan.keeps_everything() {
            return Ok(None);
        }
        let sealed = self.sealed_statistics(place)?;
        opener.statistics(place, sealed).map(Some)
    }

    fn sealed_statistics(&self, place: &BlockPlace<'_>) -> Result<Option<Vec<u8>>, OperationError> {
        let (exhibit, no) = (place.exhibit.number, place.no);
        self.reading(place.position, |known| match known {
            Some(known) => known.statistics(self.connection, no),
            None => statistics_rows::TABLE.find(self.connection, exhibit, no),
        })
    }

    fn still_waited_for(&self) -> Result<(), OperationError> {
        match self.caller.is_some_and(Caller::is_gone) {
            true => Err(OperationError::Cancelled),
            false => Ok(()),
        }
    }

    fn opener<'r>(&'r self, greatest: &'r [(Field, u32)]) -> Opener<'r> {
        Opener {
            keys: &self.keys,
            greatest,
        }
    }

    /// The greatest valid code of each field that a scan may open.
    fn greatest(&self, plan: &Plan, fields: &[Field]) -> Result<Vec<(Field, u32)>, OperationError> {
        let mut greatest = Vec::new();
        for field in plan.code_fields().chain(fields.iter().copied()) {
            match field {
                Field::SentAt | Field::MessageRef => {}
                Field::Number => greatest.push((field, self.case.numbers)),
                Field::User => greatest.push((field, self.case.users)),
                _ => greatest.push((field, self.dictionary(field)?.size() - 1)),
            }
        }
        // The user of a record is found by its number, account and kind.
        if fields.contains(&Field::User) {
            greatest.push((Field::Number, self.case.numbers));
            for field in [Field::Account, Field::Kind] {
                greatest.push((field, self.dictionary(field)?.size() - 1));
            }
        }
        Ok(greatest)
    }

    fn places(&self) -> impl Iterator<Item = BlockPlace<'_>> {
        let exhibits = self.exhibits.iter().zip(&self.descriptions).enumerate();
        exhibits.flat_map(|(position, (exhibit, description))| {
            (0..description.blocks).map(move |no| {
                let before = u64::from(no) * BLOCK_ROWS as u64;
                let left = description.admitted.saturating_sub(before);
                BlockPlace {
                    exhibit,
                    position,
                    no,
                    rows: left.min(BLOCK_ROWS as u64) as usize,
                }
            })
        })
    }
}

/// What the threads of a fold share.
struct Work<'r, B, V> {
    opener: Opener<'r>,
    plan: &'r Plan,
    fields: &'r [Field],
    caller: Option<&'r Caller>,
    begin: &'r B,
    visit: &'r V,
    spare: Spare,
    faults: Faults,
}

/// One thread of a fold, with its partial result.
struct Hand<'w, 'r, B, V, T> {
    work: &'w Work<'r, B, V>,
    columns: Option<Columns<'r, HandedOver>>,
    part: Option<T>,
}

impl<'w, 'r, B, V, T> Hand<'w, 'r, B, V, T>
where
    B: Fn() -> T,
    V: Fn(&mut T, &Columns<'_, HandedOver>) -> Result<(), OperationError>,
{
    fn new(work: &'w Work<'r, B, V>) -> Self {
        Self {
            work,
            columns: None,
            part: None,
        }
    }

    fn take(&mut self, block: SealedBlock<'r>) {
        let (work, turn) = (self.work, block.turn);
        if !work.faults.may_precede(turn) {
            return;
        }
        if work.caller.is_some_and(Caller::is_gone) {
            work.faults.note(turn, OperationError::Cancelled);
        } else if let Err(error) = self.add(block) {
            work.faults.note(turn, error);
        }
    }

    fn add(&mut self, block: SealedBlock<'r>) -> Result<(), OperationError> {
        let work = self.work;
        let columns = match &mut self.columns {
            Some(columns) => {
                columns.begin(block.place);
                work.spare
                    .give(std::mem::replace(columns.sealed(), block.columns));
                columns
            }
            None => {
                let columns = Columns::new(work.opener, block.place, block.columns);
                self.columns.insert(columns)
            }
        };
        if let Some(statistics) = &block.statistics {
            work.plan.narrow(columns, statistics)?;
            if columns.selection().is_empty() {
                return Ok(());
            }
        }
        columns.open(work.fields)?;
        (work.visit)(self.part.get_or_insert_with(work.begin), columns)
    }
}

/// How many threads a scan uses: as many as there are cores, up to a limit.
pub(in crate::vault::records) fn threads() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        cores.min(MOST_THREADS)
    })
}

const MOST_THREADS: usize = 8;

/// For so few blocks a second thread is not worth it. Measured with 0 to 8: up to four blocks it makes no difference,
/// with seven the other choices are a fifth slower.
const ALONE: usize = 1;

/// How many blocks are read ahead for each thread.
const WAITING: usize = 2;
