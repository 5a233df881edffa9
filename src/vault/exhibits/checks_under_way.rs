//! The dry runs that are under way, for whoever began them.
//!
//! In memory only. Holds ids and counts. Nobody else is told of a dry run: nothing of its file becomes part of the
//! case.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use super::under_way::{AdmissionProgress, seconds_left};
use crate::domain::{CaseId, Moment, OperatorId};
use crate::vault::call::caller::Caller;

/// All of them.
#[derive(Default)]
pub(in crate::vault) struct ChecksUnderWay(Mutex<Vec<Arc<Checking>>>);

struct Checking {
    case: CaseId,
    begun_by: Option<OperatorId>,
    begun_at: Moment,
    /// For the speed only; not a time of day.
    since: Instant,
    bytes_total: Option<u64>,
    progress: AdmissionProgress,
}

/// A file that is being read and reported on, and not admitted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckUnderWay {
    /// When it began.
    pub begun_at: Moment,
    /// Bytes of the file read so far.
    pub bytes_read: u64,
    /// If the length of the file was declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bytes_total: Option<u64>,
    /// Rows read so far, rejects included.
    pub rows: u64,
    /// Until the file is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seconds_left: Option<u64>,
}

impl ChecksUnderWay {
    /// Those that the caller began in a case, the oldest first.
    pub(in crate::vault) fn own(&self, case: &CaseId, caller: &Caller) -> Vec<CheckUnderWay> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.iter().filter(|one| {
            one.case == *case
                && one.begun_by.is_some()
                && one.begun_by.as_ref() == caller.operator_id()
        });
        own.map(|one| one.view()).collect()
    }
}

impl Checking {
    fn view(&self) -> CheckUnderWay {
        let bytes_read = self.progress.bytes();
        let seconds = self.since.elapsed().as_secs_f64();
        CheckUnderWay {
            begun_at: self.begun_at,
            bytes_read,
            bytes_total: self.bytes_total,
            rows: self.progress.rows_read(),
            seconds_left: self
                .bytes_total
                .and_then(|total| seconds_left(seconds, bytes_read, total)),
        }
    }
}

/// An entry of [`ChecksUnderWay`]; removed on drop.
pub(in crate::vault) struct TrackedCheck {
    all: Arc<ChecksUnderWay>,
    one: Arc<Checking>,
}

impl TrackedCheck {
    pub(in crate::vault) fn begin(
        all: &Arc<ChecksUnderWay>,
        case: &CaseId,
        caller: &Caller,
        now: Moment,
        bytes_total: Option<u64>,
        progress: &AdmissionProgress,
    ) -> Self {
        let one = Arc::new(Checking {
            case: case.clone(),
            begun_by: caller.operator_id().cloned(),
            begun_at: now,
            since: Instant::now(),
            bytes_total,
            progress: progress.clone(),
        });
        let mut listed = all.0.lock().unwrap_or_else(PoisonError::into_inner);
        listed.push(Arc::clone(&one));
        drop(listed);
        Self {
            all: Arc::clone(all),
            one,
        }
    }
}

impl Drop for TrackedCheck {
    fn drop(&mut self) {
        let mut listed = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        listed.retain(|other| !Arc::ptr_eq(other, &self.one));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;

    #[test]
    fn a_dry_run_is_listed_for_whoever_began_it_until_it_ends() {
        let all = Arc::new(ChecksUnderWay::default());
        let caller = |no| {
            let session = SessionId::from_random([1; 13]);
            Caller::operator(OperatorId::from_random([no; 13]), session)
        };
        let case = CaseId::from_random([1; 13]);
        let other_case = CaseId::from_random([2; 13]);
        let progress = AdmissionProgress::new();
        let now = Moment::from_seconds(1_712_048_400);
        let first = TrackedCheck::begin(&all, &case, &caller(1), now, Some(100), &progress);
        let second = TrackedCheck::begin(&all, &case, &caller(1), now, None, &progress);
        let system = TrackedCheck::begin(&all, &case, &Caller::system(), now, None, &progress);
        progress.read(40);
        progress.rows(3);
        let own = all.own(&case, &caller(1));
        assert_eq!(own.len(), 2);
        assert_eq!((own[0].bytes_read, own[0].rows), (40, 3));
        assert_eq!((own[0].bytes_total, own[1].bytes_total), (Some(100), None));
        assert!(own[0].seconds_left.is_some() && own[1].seconds_left.is_none());
        assert!(all.own(&case, &caller(2)).is_empty());
        assert!(all.own(&other_case, &caller(1)).is_empty());
        assert!(all.own(&case, &Caller::system()).is_empty());
        drop(first);
        assert_eq!(all.own(&case, &caller(1)).len(), 1);
        drop((second, system));
        assert!(all.own(&case, &caller(1)).is_empty());
    }
}
