//! What the control rows are, in memory: sums for each group of rows.
//!
//! The ledger changes it with every commit. A reader may be on a snapshot that is older than the
//! newest commit, so a group remembers what it was as long as a snapshot of that time is open.
//! Not promised: that two groups a reader compares are of one moment. Each is as it was at some
//! moment between the start of the reader's snapshot and now.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::encode::{Place, beginning_of_places, encode_row};
use super::sum::Sum;
use super::tables::ControlTable;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::head::Head;
use crate::vault::store::value::{Value, ValueRef};

type Element = dyn Fn(&[u8]) -> [u8; 32] + Send + Sync;

/// What makes the keyed element of an encoded row.
pub(crate) struct Elements {
    /// Which key it has. The seal over the sums has the same one.
    pub(super) key: u32,
    make: Box<Element>,
}

impl Elements {
    /// `make` makes them with the key of this number.
    pub(crate) fn new(key: u32, make: impl Fn(&[u8]) -> [u8; 32] + Send + Sync + 'static) -> Self {
        let make = Box::new(make);
        Self { key, make }
    }

    /// The element of a row.
    pub(super) fn of(&self, table: &'static ControlTable, cells: &[ValueRef<'_>]) -> Sum {
        Sum::of((self.make)(&encode_row(table, cells)))
    }
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Elements").field(&self.key).finish()
    }
}

/// The elements in force, and those of before as long as a reader may have sums of them.
struct InForce {
    now: Arc<Elements>,
    /// With the version at which they ended.
    before: Option<(u64, Arc<Elements>)>,
}

/// How many groups' rows are kept. A row has less than a kilobyte.
const MOST_KEPT: usize = 8192;

/// The verified control state.
pub(crate) struct ControlState {
    elements: RwLock<InForce>,
    groups: RwLock<HashMap<Place, Group>>,
    /// Rows that were read lately, so that an act need not read them again.
    kept: RwLock<HashMap<Place, Arc<Kept>>>,
    open: Mutex<Open>,
    damaged: OnceLock<&'static str>,
    /// Cases of which a sealed part was found to be damaged, and the first such kind of part.
    spoilt: Mutex<BTreeMap<String, &'static str>>,
    /// How often the writer saw that another connection had committed.
    foreign: AtomicU64,
    /// The newest heads of the log that this process wrote or verified. A row of a snapshot that has another one is
    /// not compared with this state.
    heads: Mutex<VecDeque<Vec<u8>>>,
    /// Whether another process moved the head since the start.
    has_company: AtomicBool,
    /// When all rows were compared with the database last, and how long that took.
    compared: Mutex<(Instant, Duration)>,
}

/// Where others write all the time, all rows are compared so often, and no more than a twentieth of the time goes
/// there.
const COMPARED_EVERY: Duration = Duration::from_secs(1);
const COMPARED_PART: u32 = 20;

/// So many heads are kept. A snapshot has one of the newest.
const MOST_HEADS: usize = 256;

/// The rows of a group, and the sum that they make. They are what the vault wrote as long as the group has this sum.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) sum: Sum,
    pub(super) rows: Vec<Vec<Value>>,
    /// When the file was last seen to have them.
    seen: Instant,
}

impl Kept {
    /// Rows that the file has now.
    pub(super) fn new(sum: Sum, rows: Vec<Vec<Value>>) -> Self {
        let seen = Instant::now();
        Self { sum, rows, seen }
    }

    /// Whether they may still stand for the file: not for long, so that a change of the file that went past the
    /// database is met soon.
    pub(super) fn is_fresh(&self) -> bool {
        self.seen.elapsed() < FRESH
    }
}

const FRESH: Duration = Duration::from_secs(1);

/// The rows of one group.
#[derive(Default)]
pub(super) struct Group {
    sum: Sum,
    /// What it was before, and at which version that ended.
    past: Vec<(u64, Sum)>,
}

impl Group {
    pub(super) fn of(sum: Sum) -> Self {
        Self {
            sum,
            past: Vec::new(),
        }
    }
}

/// The newest durable version, and how many snapshots were begun at each version.
#[derive(Default)]
struct Open {
    durable: u64,
    since: BTreeMap<u64, usize>,
}

impl fmt::Debug for ControlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlState").finish_non_exhaustive()
    }
}

impl ControlState {
    /// A state of no rows.
    pub(super) fn empty(elements: Elements) -> Self {
        Self {
            elements: RwLock::new(InForce {
                now: Arc::new(elements),
                before: None,
            }),
            groups: RwLock::default(),
            kept: RwLock::default(),
            open: Mutex::default(),
            damaged: OnceLock::new(),
            spoilt: Mutex::default(),
            foreign: AtomicU64::new(0),
            heads: Mutex::default(),
            has_company: AtomicBool::new(false),
            compared: Mutex::new((Instant::now(), Duration::ZERO)),
        }
    }

    /// All rows were compared with the database; it began then.
    pub(super) fn note_comparison(&self, since: Instant) {
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        *compared = (Instant::now(), since.elapsed());
    }

    /// Whether the comparison of all rows can wait, because nodes of the vault write beside each other and it was just
    /// done. What is read is compared all the same.
    pub(in crate::vault::store) fn was_just_compared(&self) -> bool {
        let compared = self.compared.lock();
        let (at, took) = *compared.unwrap_or_else(PoisonError::into_inner);
        let pause = COMPARED_EVERY.max(took.saturating_mul(COMPARED_PART));
        self.has_company() && at.elapsed() < pause
    }

    pub(super) fn become_known(&self, groups: HashMap<Place, Group>) {
        *self.groups.write().unwrap_or_else(PoisonError::into_inner) = groups;
    }

    /// What makes the elements of the newest version.
    pub(super) fn elements(&self) -> Arc<Elements> {
        Arc::clone(&self.in_force().now)
    }

    /// What made them before, while a snapshot of then may be open.
    pub(super) fn elements_before(&self) -> Option<Arc<Elements>> {
        let before = &self.in_force().before;
        before.as_ref().map(|(_, before)| Arc::clone(before))
    }

    fn in_force(&self) -> std::sync::RwLockReadGuard<'_, InForce> {
        self.elements.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a group as they were kept. The caller compares their sum.
    pub(super) fn kept(&self, place: &[u8]) -> Option<Arc<Kept>> {
        let all = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        all.get(place).cloned()
    }

    /// Keeps the rows of a group that were read or committed, if they are the newest.
    pub(super) fn keep(&self, place: Place, kept: Arc<Kept>) {
        if self.now(&place) != kept.sum {
            return;
        }
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_KEPT && !all.contains_key(&place) {
            all.clear();
        }
        all.insert(place, kept);
    }

    /// All groups that have rows, for tests that compare two states.
    #[cfg(test)]
    pub(super) fn sums(&self) -> BTreeMap<Place, [u8; 32]> {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        let sums = groups.iter().map(|(place, group)| (place, group.sum));
        let sums = sums.filter(|(_, sum)| *sum != Sum::default());
        sums.map(|(place, sum)| (place.clone(), sum.bytes()))
            .collect()
    }

    /// What a group is at the newest version.
    pub(super) fn now(&self, place: &[u8]) -> Sum {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        groups.get(place).map(|group| group.sum).unwrap_or_default()
    }

    /// Whether a group was this at some moment since a version.
    pub(super) fn was(&self, since: u64, place: &[u8], sum: Sum) -> bool {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        match groups.get(place) {
            None => sum == Sum::default(),
            Some(group) => {
                let past = |(until, past): &(u64, Sum)| *until > since && *past == sum;
                group.sum == sum || group.past.iter().any(past)
            }
        }
    }

    /// What a group was at the last change before `version`, for a cache: none if it changed since.
    pub(super) fn steady(&self, since: u64, place: &[u8]) -> Option<[u8; 32]> {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        match groups.get(place) {
            None => Some(Sum::default().bytes()),
            Some(group) if group.past.iter().any(|(until, _)| *until > since) => None,
            Some(group) => Some(group.sum.bytes()),
        }
    }

    /// The table that was found to be damaged, if one was. It stays so until the next start.
    pub(crate) fn damage(&self) -> Option<&'static str> {
        self.damaged.get().copied()
    }

    /// Fails once damage was found.
    pub(crate) fn intact(&self) -> Result<(), StoreError> {
        match self.damage() {
            None => Ok(()),
            Some(table) => Err(tampered(table)),
        }
    }

    /// Notes that a table is not what the vault wrote.
    pub(crate) fn found_damaged(&self, table: &'static str) -> StoreError {
        if self.damaged.set(table).is_ok() {
            tracing::error!(table, "a row is not what the vault wrote");
        }
        tampered(table)
    }

    /// Notes what a failed statement says of the file: if the file is broken, nothing is read any more until the next
    /// start.
    pub(crate) fn note_failure(&self, error: StoreError) -> StoreError {
        match error.is_broken_file() {
            true => self.found_damaged(error.at.split("::").next().unwrap_or(error.at)),
            false => error,
        }
    }

    /// Notes that a sealed part of a case is damaged. Answers the kind of the part that was found first: it stands for
    /// all later ones until the next start.
    pub(crate) fn found_spoilt(&self, case: &str, part: &'static str) -> &'static str {
        let mut spoilt = self.spoilt.lock().unwrap_or_else(PoisonError::into_inner);
        spoilt.entry(case.to_owned()).or_insert_with(|| {
            tracing::error!(case, part, "a sealed part of a case is damaged");
            part
        })
    }

    /// The kind of the damaged part of a case, if one was found.
    pub(crate) fn spoilt(&self, case: &str) -> Option<&'static str> {
        let spoilt = self.spoilt.lock().unwrap_or_else(PoisonError::into_inner);
        spoilt.get(case).copied()
    }

    /// The kind of a damaged part of any case.
    pub(crate) fn any_spoilt(&self) -> Option<&'static str> {
        let spoilt = self.spoilt.lock().unwrap_or_else(PoisonError::into_inner);
        spoilt.values().next().copied()
    }

    /// What a restart does, for tests that damage one part after the other.
    #[cfg(test)]
    pub(crate) fn forget_spoilt(&self) {
        let mut spoilt = self.spoilt.lock().unwrap_or_else(PoisonError::into_inner);
        spoilt.clear();
    }

    /// What a second does, for tests that compare what is read.
    #[cfg(test)]
    pub(crate) fn forget_kept(&self) {
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }

    /// The log's head is, or is about to be, the one with this seal.
    pub(crate) fn note_head(&self, seal: &[u8]) {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= MOST_HEADS {
            heads.pop_front();
        }
        heads.push_back(Head::name_of(seal));
    }

    /// Whether this process wrote or verified the head with this seal.
    pub(super) fn knows(&self, seal: &[u8]) -> bool {
        let name = Head::name_of(seal);
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.iter().rev().any(|head| *head == name)
    }

    /// Whether another process moved the head since the start.
    pub(crate) fn has_company(&self) -> bool {
        self.has_company.load(Ordering::Acquire)
    }

    /// Goes on with rows that another process wrote, and that were verified: `sums` are those of groups that may be
    /// others, and all that there are of the tables that were read `whole`. Readers of a snapshot from before accept
    /// what was.
    pub(super) fn adopt(
        &self,
        mut sums: HashMap<Place, Sum>,
        whole: &[&'static ControlTable],
        elements: Elements,
    ) {
        self.has_company.store(true, Ordering::Release);
        let whole: Vec<Place> = whole.iter().copied().map(beginning_of_places).collect();
        {
            let known = self.groups.read().unwrap_or_else(PoisonError::into_inner);
            let is_read = |place: &Place| whole.iter().any(|whole| place.starts_with(whole));
            let gone: Vec<Place> = match whole.is_empty() {
                true => Vec::new(),
                false => known
                    .keys()
                    .filter(|place| is_read(place) && !sums.contains_key(*place))
                    .cloned()
                    .collect(),
            };
            sums.extend(gone.into_iter().map(|place| (place, Sum::default())));
            sums.retain(|place, sum| {
                let before = known.get(place).map(|group| group.sum);
                before.unwrap_or_default() != *sum
            });
        }
        let elements = (elements.key != self.elements().key).then(|| Arc::new(elements));
        self.begin_change(&sums, elements.as_ref());
        self.end_change(&sums, elements.as_ref(), true);
    }

    /// Another connection committed.
    pub(super) fn note_foreign_write(&self) {
        self.foreign.fetch_add(1, Ordering::Release);
    }

    /// How often another connection committed, as far as the writer saw.
    pub(super) fn foreign_writes(&self) -> u64 {
        self.foreign.load(Ordering::Acquire)
    }

    /// A snapshot begins; answers the version it may be compared with.
    pub(super) fn begin(&self) -> u64 {
        let mut open = self.open();
        let durable = open.durable;
        *open.since.entry(durable).or_default() += 1;
        durable
    }

    /// A snapshot that began at this version has ended.
    pub(super) fn end(&self, since: u64) {
        let mut open = self.open();
        if let Some(count) = open.since.get_mut(&since) {
            *count -= 1;
            if *count == 0 {
                open.since.remove(&since);
            }
        }
    }

    /// Makes the sums of a transaction known just before its commit. Readers accept both what was
    /// and what will be until [`ControlState::end_change`].
    ///
    /// With `elements` the sums are of these, and those in force become those of before. A reader compares what it
    /// reads with both, so it needs no lock: sums of before are only what a group was, for snapshots of then.
    pub(super) fn begin_change(
        &self,
        sums: &HashMap<Place, Sum>,
        elements: Option<&Arc<Elements>>,
    ) {
        let (durable, oldest) = {
            let open = self.open();
            let oldest = open.since.keys().next().copied();
            (open.durable, oldest.unwrap_or(open.durable))
        };
        {
            let mut in_force = self
                .elements
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(next) = elements {
                let before = std::mem::replace(&mut in_force.now, Arc::clone(next));
                in_force.before = Some((durable + 1, before));
            } else if matches!(in_force.before, Some((until, _)) if until <= oldest) {
                in_force.before = None;
            }
        }
        let mut groups = self.groups.write().unwrap_or_else(PoisonError::into_inner);
        for (place, sum) in sums {
            let group = groups.entry(place.clone()).or_default();
            group.past.retain(|(until, _)| *until > oldest);
            group.past.push((durable + 1, group.sum));
            group.sum = *sum;
        }
    }

    /// The transaction was committed, or it was not.
    pub(super) fn end_change(
        &self,
        sums: &HashMap<Place, Sum>,
        elements: Option<&Arc<Elements>>,
        committed: bool,
    ) {
        if committed {
            self.open().durable += 1;
            return;
        }
        if elements.is_some() {
            let mut in_force = self
                .elements
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some((_, before)) = in_force.before.take() {
                in_force.now = before;
            }
        }
        let mut groups = self.groups.write().unwrap_or_else(PoisonError::into_inner);
        for place in sums.keys() {
            if let Some(group) = groups.get_mut(place)
                && let Some((_, before)) = group.past.pop()
            {
                group.sum = before;
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error that names a table.
pub(super) fn tampered(table: &'static str) -> StoreError {
    StoreError {
        at: table,
        fault: StoreFault::Tampered,
    }
}
