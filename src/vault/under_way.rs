//! Admissions under way: how far each is, and whether somebody stopped it.
//!
//! In memory only; ids, counts and times, no number and no key. Who admits tells
//! how far it is, `scope` shows it. Not promised: that the counts are those of
//! one moment; they are read while they grow.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::caller::Caller;
use super::core::Core;
use super::operation::{Conflict, OperationError};
use super::receipt::Receipt;
use crate::domain::schema::{described, words};
use crate::domain::{CaseId, ExhibitId, Moment, OperatorId};
use crate::policy::{RequestFacts, RequestState};

/// The admissions of all cases; one at a time in a case.
#[derive(Default)]
pub(in crate::vault) struct UnderWay(Mutex<HashMap<CaseId, Arc<Admitting>>>);

struct Admitting {
    exhibit: ExhibitId,
    begun_by: Option<OperatorId>,
    begun_at: Moment,
    /// For the speed alone; it is no time of day.
    since: Instant,
    bytes_total: Option<u64>,
    bytes: AtomicU64,
    rows: AtomicU64,
    state: Mutex<State>,
}

struct State {
    stage: Stage,
    cancelled: bool,
    /// Ends a read that waits for bytes that may never come.
    stop: Option<Box<dyn FnOnce() + Send>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Reading,
    Sealing,
    /// It can be cancelled no more.
    Finishing,
}

/// How far the admission of a case is. Of a case without one, `state` is `none`
/// and stands alone.
#[derive(Debug, Serialize)]
pub struct AdmissionView {
    /// `none`, `running` or `cancelling`.
    pub state: &'static str,
    #[serde(flatten)]
    pub admission: Option<AdmissionState>,
}

/// No file is being admitted, as the API's description shows it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe the answer")]
struct NoAdmission {
    #[schema(value_type = NotAdmitting)]
    state: &'static str,
}

/// A file is being admitted, as the API's description shows it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe the answer")]
struct AdmissionUnderWay {
    #[schema(value_type = Admits)]
    state: &'static str,
    #[serde(flatten)]
    admission: AdmissionState,
}

enum NotAdmitting {}
enum Admits {}

described! {
    NotAdmitting as "NotAdmitting" => words("No file is being admitted.", ["none"]);
    Admits as "Admits" => words("A file is being admitted.", ["running", "cancelling"]);
}

impl PartialSchema for AdmissionView {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .description(Some("How far the admission of a case is."))
            .item(Ref::from_schema_name(NoAdmission::name()))
            .item(Ref::from_schema_name(AdmissionUnderWay::name()))
            .into()
    }
}

impl ToSchema for AdmissionView {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Admission")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [
            (NoAdmission::name(), NoAdmission::schema()),
            (AdmissionUnderWay::name(), AdmissionUnderWay::schema()),
        ] {
            schemas.push((name.into_owned(), schema));
        }
        NoAdmission::schemas(schemas);
        AdmissionUnderWay::schemas(schemas);
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AdmissionState {
    pub exhibit: ExhibitId,
    pub stage: Stage,
    pub begun_at: Moment,
    pub bytes_read: u64,
    /// If it was said how long the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bytes_total: Option<u64>,
    pub rows: u64,
    pub rows_per_second: u64,
    /// Of reading; of what comes after it nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seconds_left: Option<u64>,
}

impl UnderWay {
    /// What a decision about the admission of a case rests on.
    pub(in crate::vault) fn facts(&self, case: &CaseId, caller: &Caller) -> Option<RequestFacts> {
        let admitting = self.find(case)?;
        Some(RequestFacts {
            state: RequestState::Requested,
            asked_by_caller: admitting.begun_by.is_some()
                && admitting.begun_by.as_ref() == caller.operator_id(),
            expired: false,
            account: None,
        })
    }

    pub(in crate::vault) fn view(&self, case: &CaseId) -> AdmissionView {
        match self.find(case) {
            None => AdmissionView {
                state: "none",
                admission: None,
            },
            Some(admitting) => admitting.view(),
        }
    }

    pub(in crate::vault) fn cancellation(&self, case: &CaseId) -> Option<Cancellation> {
        self.find(case).map(Cancellation)
    }

    fn find(&self, case: &CaseId) -> Option<Arc<Admitting>> {
        locked(&self.0).get(case).map(Arc::clone)
    }
}

/// An entry of [`UnderWay`], for as long as the admission lives.
pub(in crate::vault) struct Tracked {
    core: Arc<Core>,
    case: CaseId,
    progress: AdmissionProgress,
}

impl Tracked {
    pub(in crate::vault) fn begin(
        core: &Arc<Core>,
        case: &CaseId,
        exhibit: &ExhibitId,
        caller: &Caller,
        bytes_total: Option<u64>,
    ) -> Self {
        let admitting = Arc::new(Admitting {
            exhibit: exhibit.clone(),
            begun_by: caller.operator_id().cloned(),
            begun_at: core.clock.now(),
            since: Instant::now(),
            bytes_total,
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            state: Mutex::new(State {
                stage: Stage::Reading,
                cancelled: false,
                stop: None,
            }),
        });
        locked(&core.admissions.0).insert(case.clone(), Arc::clone(&admitting));
        Self {
            core: Arc::clone(core),
            case: case.clone(),
            progress: AdmissionProgress(admitting),
        }
    }

    pub(in crate::vault) fn progress(&self) -> &AdmissionProgress {
        &self.progress
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let mut all = locked(&self.core.admissions.0);
        // The next admission of the case may have begun already.
        if all
            .get(&self.case)
            .is_some_and(|other| Arc::ptr_eq(other, &self.progress.0))
        {
            all.remove(&self.case);
        }
    }
}

/// Where an admission says how far it is and hears that it was cancelled. Its
/// clones are the same.
#[derive(Clone)]
pub struct AdmissionProgress(Arc<Admitting>);

impl AdmissionProgress {
    /// So many bytes more were read of the file as received.
    pub fn read(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// So many rows were read in all.
    pub fn rows(&self, rows: u64) {
        self.0.rows.store(rows, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        locked(&self.0.state).cancelled
    }

    /// `stop` is called when somebody cancels, at once if somebody has.
    pub fn on_cancel(&self, stop: Box<dyn FnOnce() + Send>) {
        let mut state = locked(&self.0.state);
        if state.cancelled {
            drop(state);
            stop();
        } else {
            state.stop = Some(stop);
        }
    }

    /// Goes on to the next stage, or says that there is none because it was cancelled.
    pub(in crate::vault) fn reach(&self, stage: Stage) -> Result<(), OperationError> {
        let mut state = locked(&self.0.state);
        if state.cancelled {
            return Err(OperationError::Conflict(Conflict::AdmissionCancelled));
        }
        state.stage = stage;
        Ok(())
    }
}

/// An admission that may be cancelled, once the leaf that says so is durable.
pub struct Cancellation(Arc<Admitting>);

impl Cancellation {
    pub fn exhibit(&self) -> &ExhibitId {
        &self.0.exhibit
    }

    /// False: it is too late, the admission is being finished.
    pub fn carry_out(&self, _: &Receipt) -> bool {
        let mut state = locked(&self.0.state);
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
}

impl Admitting {
    fn view(&self) -> AdmissionView {
        let (stage, cancelled) = {
            let state = locked(&self.state);
            (state.stage, state.cancelled)
        };
        let bytes_read = self.bytes.load(Ordering::Relaxed);
        let rows = self.rows.load(Ordering::Relaxed);
        let seconds = self.since.elapsed().as_secs_f64();
        AdmissionView {
            state: if cancelled { "cancelling" } else { "running" },
            admission: Some(AdmissionState {
                exhibit: self.exhibit.clone(),
                stage,
                begun_at: self.begun_at,
                bytes_read,
                bytes_total: self.bytes_total,
                rows,
                rows_per_second: (rows as f64 / seconds.max(0.001)) as u64,
                seconds_left: self
                    .bytes_total
                    .filter(|_| stage == Stage::Reading)
                    .and_then(|total| seconds_left(seconds, bytes_read, total)),
            }),
        }
    }
}

/// At the speed so far; unknown before the first byte.
fn seconds_left(seconds: f64, read: u64, total: u64) -> Option<u64> {
    let left = total.saturating_sub(read) as f64;
    (read > 0).then(|| (seconds * left / read as f64).ceil() as u64)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_from_the_speed_so_far() {
        assert_eq!(seconds_left(10.0, 0, 100), None);
        assert_eq!(seconds_left(10.0, 25, 100), Some(30));
        assert_eq!(seconds_left(10.0, 100, 100), Some(0));
        // A client that said too little.
        assert_eq!(seconds_left(10.0, 120, 100), Some(0));
    }
}
