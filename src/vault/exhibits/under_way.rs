//! The admissions that are under way: the progress of each, and whether somebody cancelled it.
//!
//! In memory only. Holds ids, counts and times, no number and no key. The admission reports its progress, `scope` shows
//! it. Not promised: that the counts are of one moment; they change while they are read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId, Moment, OperatorId, words};
use crate::policy::{ActionKind, RequestFacts, RequestState};
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::clock::VaultClock;
use crate::vault::error::{Conflict, OperationError};

/// The admissions of all cases; one at a time in a case.
pub(in crate::vault) struct UnderWay {
    clock: Arc<VaultClock>,
    by_case: Mutex<HashMap<CaseId, Arc<Admitting>>>,
}

struct Admitting {
    exhibit: ExhibitId,
    begun_by: Option<OperatorId>,
    begun_at: Moment,
    /// For the speed only; not a time of day.
    since: Instant,
    bytes_total: Option<u64>,
    meter: Arc<Meter>,
}

struct Meter {
    bytes: AtomicU64,
    rows: AtomicU64,
    state: Mutex<State>,
}

struct State {
    stage: Stage,
    cancelled: bool,
    /// Ends a read that waits for more bytes.
    stop: Option<Box<dyn FnOnce() + Send>>,
}

/// How far an admission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The file is being read.
    Reading,
    /// The file was read; its last parts are being sealed.
    Sealing,
    /// It can no longer be cancelled.
    Finishing,
}

/// The progress of the admission of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admission)]
#[serde(untagged)]
pub enum AdmissionView {
    /// No file is being admitted.
    None(NoAdmission),
    /// A file is being admitted.
    UnderWay(AdmissionUnderWay),
}

/// No file is being admitted; `state` is the only member.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoAdmission {
    /// Always `none`.
    pub state: NotAdmitting,
}

/// A file is being admitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdmissionUnderWay {
    /// Whether it goes on or was cancelled.
    pub state: Admits,
    /// How far it is.
    #[serde(flatten)]
    pub admission: AdmissionState,
}

words! {
    /// No file is being admitted.
    pub enum NotAdmitting {
        /// There is no admission.
        None => "none",
    }
}

words! {
    /// A file is being admitted.
    pub enum Admits {
        /// It goes on.
        Running => "running",
        /// It was cancelled and has not ended yet.
        Cancelling => "cancelling",
    }
}

/// How far an admission is.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdmissionState {
    /// The exhibit it will become.
    pub exhibit: ExhibitId,
    /// What is being done.
    pub stage: Stage,
    /// When it began.
    pub begun_at: Moment,
    /// Bytes of the file read so far. This and what follows is left out for a custodian who did not begin it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bytes_read: Option<u64>,
    /// If the length of the file was declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bytes_total: Option<u64>,
    /// Rows read so far, rejects included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rows: Option<u64>,
    /// The mean since it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rows_per_second: Option<u64>,
    /// Until the file is read; the rest cannot be estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seconds_left: Option<u64>,
}

impl UnderWay {
    pub(in crate::vault) fn new(clock: Arc<VaultClock>) -> Self {
        Self {
            clock,
            by_case: Mutex::default(),
        }
    }

    /// The admission that is under way in a case now. One act looks once: what it decides and what it does is about
    /// the same admission, even if another one begins meanwhile.
    pub(in crate::vault) fn find(&self, case: &CaseId) -> Option<FoundAdmission> {
        let all = locked(&self.by_case);
        all.get(case).map(Arc::clone).map(FoundAdmission)
    }

    /// Whether there is an admission in a case of which this holds.
    pub(in crate::vault) fn is_any(&self, of: impl Fn(&CaseId) -> bool) -> bool {
        locked(&self.by_case).keys().any(of)
    }

    /// Ends the admission of a case that was destroyed. One that is being finished is refused when it comes to its end.
    /// Answers whether there is one that has not ended yet.
    pub(in crate::vault) fn end(&self, case: &CaseId) -> bool {
        let admitting = self.find(case);
        if let Some(FoundAdmission(admitting)) = &admitting {
            admitting.cancel();
        }
        admitting.is_some()
    }
}

/// An admission that was under way when it was looked for.
#[derive(Clone)]
pub(in crate::vault) struct FoundAdmission(Arc<Admitting>);

impl FoundAdmission {
    /// Whether the caller began it.
    pub(in crate::vault) fn is_own(&self, caller: &Caller) -> bool {
        self.0.begun_by.is_some() && self.0.begun_by.as_ref() == caller.operator_id()
    }

    /// The facts for a decision about it.
    pub(in crate::vault) fn facts(&self, caller: &Caller) -> RequestFacts {
        RequestFacts {
            state: RequestState::Requested,
            asked_by_caller: self.is_own(caller),
            known_by_asker_alone: false,
            could_be_asker: false,
            expired: false,
            account: None,
            read_by: ActionKind::ReadAdmission,
        }
    }

    /// How far it is; `counted`: with the counts of the file.
    pub(in crate::vault) fn view(&self, counted: bool) -> AdmissionUnderWay {
        self.0.view(counted)
    }

    /// What cancels it.
    pub(in crate::vault) fn cancellation(&self) -> Cancellation {
        Cancellation(Arc::clone(&self.0))
    }
}

impl From<Option<AdmissionUnderWay>> for AdmissionView {
    fn from(under_way: Option<AdmissionUnderWay>) -> Self {
        match under_way {
            Some(under_way) => Self::UnderWay(under_way),
            None => Self::None(NoAdmission {
                state: NotAdmitting::None,
            }),
        }
    }
}

/// An entry of [`UnderWay`]; removed on drop.
pub(in crate::vault) struct Tracked {
    all: Arc<UnderWay>,
    case: CaseId,
    progress: AdmissionProgress,
}

impl Tracked {
    pub(in crate::vault) fn begin(
        all: &Arc<UnderWay>,
        case: &CaseId,
        exhibit: &ExhibitId,
        caller: &Caller,
        bytes_total: Option<u64>,
    ) -> Self {
        let progress = AdmissionProgress::new();
        let admitting = Arc::new(Admitting {
            exhibit: exhibit.clone(),
            begun_by: caller.operator_id().cloned(),
            begun_at: all.clock.now(),
            since: Instant::now(),
            bytes_total,
            meter: Arc::clone(&progress.0),
        });
        locked(&all.by_case).insert(case.clone(), admitting);
        Self {
            all: Arc::clone(all),
            case: case.clone(),
            progress,
        }
    }

    pub(in crate::vault) fn progress(&self) -> &AdmissionProgress {
        &self.progress
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let mut all = locked(&self.all.by_case);
        // The next admission of the case may have begun already.
        if all
            .get(&self.case)
            .is_some_and(|other| Arc::ptr_eq(&other.meter, &self.progress.0))
        {
            all.remove(&self.case);
        }
    }
}

/// The handle by which an admission reports its progress and learns that it was cancelled. Clones share the same state.
#[derive(Clone)]
pub struct AdmissionProgress(Arc<Meter>);

impl AdmissionProgress {
    /// The progress of something that nobody sees and nobody can cancel yet.
    pub(in crate::vault) fn new() -> Self {
        Self(Arc::new(Meter {
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            state: Mutex::new(State {
                stage: Stage::Reading,
                cancelled: false,
                stop: None,
            }),
        }))
    }

    /// Adds to the bytes that were read of the received file.
    pub fn read(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How many bytes of the received file were read so far.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// How many rows were read so far.
    pub(in crate::vault) fn rows_read(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    /// Sets how many rows were read.
    pub fn rows(&self, rows: u64) {
        self.0.rows.store(rows, Ordering::Relaxed);
    }

    /// Whether somebody cancelled the admission.
    pub fn is_cancelled(&self) -> bool {
        locked(&self.0.state).cancelled
    }

    /// Sets what is called when somebody cancels. If somebody has already, it is called at once.
    pub fn on_cancel(&self, stop: Box<dyn FnOnce() + Send>) {
        let mut state = locked(&self.0.state);
        if state.cancelled {
            drop(state);
            stop();
        } else {
            state.stop = Some(stop);
        }
    }

    /// Moves to the next stage; an error if the admission was cancelled.
    pub(in crate::vault) fn reach(&self, stage: Stage) -> Result<(), OperationError> {
        let mut state = locked(&self.0.state);
        if state.cancelled {
            return Err(OperationError::Conflict(Conflict::AdmissionCancelled));
        }
        state.stage = stage;
        Ok(())
    }
}

/// The right to cancel an admission, once the leaf of that act is durable.
pub struct Cancellation(Arc<Admitting>);

impl Cancellation {
    /// The exhibit that would be given up.
    pub fn exhibit(&self) -> &ExhibitId {
        &self.0.exhibit
    }

    /// False if it is too late because the admission is being finished.
    pub fn carry_out(&self, _: &Receipt) -> bool {
        self.0.cancel()
    }
}

impl Admitting {
    /// False if it is too late because the admission is being finished.
    fn cancel(&self) -> bool {
        let mut state = locked(&self.meter.state);
        if state.stage == Stage::Finishing {
            return false;
        }
        state.cancelled = true;
        let stop = state.stop.take();
        drop(state);
        if let Some(stop) = stop {
            stop();
        }
        true
    }

    fn view(&self, counted: bool) -> AdmissionUnderWay {
        let (stage, cancelled) = {
            let state = locked(&self.meter.state);
            (state.stage, state.cancelled)
        };
        let bytes_read = self.meter.bytes.load(Ordering::Relaxed);
        let rows = self.meter.rows.load(Ordering::Relaxed);
        let seconds = self.since.elapsed().as_secs_f64();
        AdmissionUnderWay {
            state: if cancelled {
                Admits::Cancelling
            } else {
                Admits::Running
            },
            admission: AdmissionState {
                exhibit: self.exhibit.clone(),
                stage,
                begun_at: self.begun_at,
                bytes_read: counted.then_some(bytes_read),
                bytes_total: self.bytes_total.filter(|_| counted),
                rows: counted.then_some(rows),
                rows_per_second: counted.then_some((rows as f64 / seconds.max(0.001)) as u64),
                seconds_left: self
                    .bytes_total
                    .filter(|_| counted && stage == Stage::Reading)
                    .and_then(|total| seconds_left(seconds, bytes_read, total)),
            },
        }
    }
}

/// Estimated from the speed so far; `None` before the first byte.
pub(super) fn seconds_left(seconds: f64, read: u64, total: u64) -> Option<u64> {
    let left = total.saturating_sub(read) as f64;
    (read > 0).then(|| (seconds * left / read as f64).ceil() as u64)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;
    use crate::vault::clock::ManualClock;

    #[test]
    fn what_was_found_stays_the_same_admission_when_another_one_begins() {
        let clock = ManualClock::new(Moment::from_seconds(1_712_048_400));
        let all = Arc::new(UnderWay::new(Arc::new(VaultClock::founded(Arc::new(
            clock,
        )))));
        let case = CaseId::from_random([1; 13]);
        let (first, second) = (
            ExhibitId::from_random([1; 13]),
            ExhibitId::from_random([2; 13]),
        );
        let session = SessionId::from_random([1; 13]);
        let caller = |no| Caller::operator(OperatorId::from_random([no; 13]), session.clone());
        let begun = Tracked::begin(&all, &case, &first, &caller(1), None);
        let found = all.find(&case).unwrap();
        drop(begun);
        let _next = Tracked::begin(&all, &case, &second, &caller(2), None);
        assert!(found.is_own(&caller(1)) && !found.is_own(&caller(2)));
        assert_eq!(*found.cancellation().exhibit(), first);
        assert_eq!(found.view(true).admission.exhibit, first);
        assert_eq!(*all.find(&case).unwrap().cancellation().exhibit(), second);
    }

    #[test]
    fn what_is_left_follows_from_the_speed_so_far() {
        assert_eq!(seconds_left(10.0, 0, 100), None);
        assert_eq!(seconds_left(10.0, 25, 100), Some(30));
        assert_eq!(seconds_left(10.0, 100, 100), Some(0));
        // The client declared too few bytes.
        assert_eq!(seconds_left(10.0, 120, 100), Some(0));
    }
}
