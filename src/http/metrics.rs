//! Counters in the text format of Prometheus: route patterns and totals, no ids.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use http::Method;

use super::log_thread;
use crate::domain::Moment;
use crate::vault::{BackupReport, Health, KeyDue, KeyKind, RotationProgress};

#[derive(Default)]
pub(super) struct Metrics {
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    in_flight: AtomicI64,
    strangers: AtomicU64,
    throttled: AtomicU64,
    refused_connections: AtomicU64,
    stalled_connections: AtomicU64,
    /// The totals at the last leaf about strangers.
    summed: Mutex<(u64, u64)>,
}

/// Counts a request as in flight until it is dropped.
pub(super) struct InFlight<'m>(&'m Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    pub(super) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }

    /// Counts an answer. `route` is a pattern of the table, never the path of the request.
    pub(super) fn count(&self, method: &Method, route: &str, status: u16) {
        // Clients can invent methods; only the usual ones get a line.
        let method = match *method {
            Method::GET | Method::POST | Method::PUT | Method::DELETE => method.as_str(),
            _ => "other",
        };
        let key = (method.to_owned(), route.to_owned(), status);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(key).or_default() += 1;
    }

    pub(super) fn count_stranger(&self) {
        self.strangers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_refused_connection(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_stalled_connection(&self) {
        self.stalled_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests without a session, and throttled ones, since the last call.
    pub(super) fn strangers_to_sum(&self) -> (u64, u64) {
        let now = (
            self.strangers.load(Ordering::Relaxed),
            self.throttled.load(Ordering::Relaxed),
        );
        let mut summed = self.summed.lock().unwrap_or_else(PoisonError::into_inner);
        let new = (now.0 - summed.0, now.1 - summed.1);
        *summed = now;
        new
    }

    /// Takes back a sum whose leaf could not be written; the next leaf has it.
    pub(super) fn not_summed(&self, (strangers, throttled): (u64, u64)) {
        let mut summed = self.summed.lock().unwrap_or_else(PoisonError::into_inner);
        summed.0 -= strangers;
        summed.1 -= throttled;
    }

    /// The metrics page. `waiting` is how many operations wait for the ledger.
    pub(super) fn to_text(
        &self,
        health: &Health,
        waiting: usize,
        clock_in_doubt: bool,
        backups: BackupReport,
        (held_up, erasures_held_up): (usize, usize),
        (rotations, keys): (&[RotationProgress], &[KeyDue]),
    ) -> String {
        let mut text = String::new();
        text.push_str("# TYPE breachvault_requests_total counter\n");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), count) in &*requests {
            let _ = writeln!(
                text,
                "breachvault_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        drop(requests);
        let (commits, leaves, failures) = health.counts();
        let load = |value: &AtomicU64| value.load(Ordering::Relaxed);
        for (name, value) in [
            ("commits_total", commits),
            ("leaves_total", leaves),
            ("failed_commits_total", failures),
            ("strangers_total", load(&self.strangers)),
            ("throttled_total", load(&self.throttled)),
            ("refused_connections_total", load(&self.refused_connections)),
            ("stalled_connections_total", load(&self.stalled_connections)),
            ("dropped_log_lines_total", log_thread::dropped()),
            ("failed_backups_total", backups.failures),
        ] {
            let _ = writeln!(
                text,
                "# TYPE breachvault_{name} counter\nbreachvault_{name} {value}"
            );
        }
        let of_root = rotations.iter().find(|one| one.case.is_none());
        let of_cases: Vec<&RotationProgress> =
            rotations.iter().filter(|one| one.case.is_some()).collect();
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        let green = u8::from(health.is_green());
        for (name, value) in [
            ("requests_in_flight", in_flight),
            ("acts_waiting", i64::try_from(waiting).unwrap_or(i64::MAX)),
            ("healthy", i64::from(green)),
            ("clock_in_doubt", i64::from(clock_in_doubt)),
            // Nodes that run and did not answer, or could not be compared with, the last time; whether one has another
            // log.
            ("nodes_silent", count(health.silent_nodes() as u64)),
            ("log_forked", i64::from(health.is_forked())),
            // Destroyed cases that a fault keeps from their end.
            (
                "destructions_held_up",
                i64::try_from(held_up).unwrap_or(i64::MAX),
            ),
            // Cases with an erasure that a fault keeps from its end.
            ("erasures_held_up", count(erasures_held_up as u64)),
            // Cases whose key is being rotated, how much of them there is and is done, in bytes, and how many a fault
            // keeps from their end.
            ("case_key_rotations", count(of_cases.len() as u64)),
            (
                "case_key_rotation_bytes",
                count(of_cases.iter().filter_map(|one| one.bytes).sum()),
            ),
            (
                "case_key_rotation_done_bytes",
                count(of_cases.iter().map(|one| one.done).sum()),
            ),
            (
                "case_key_rotations_held_up",
                count(of_cases.iter().filter(|one| one.held_up).count() as u64),
            ),
            // The same of the root: whether what its predecessor's keys sealed is being sealed again.
            ("root_rotation", i64::from(of_root.is_some())),
            (
                "root_rotation_bytes",
                count(of_root.and_then(|one| one.bytes).unwrap_or(0)),
            ),
            (
                "root_rotation_done_bytes",
                count(of_root.map_or(0, |one| one.done)),
            ),
            (
                "root_rotation_held_up",
                i64::from(of_root.is_some_and(|one| one.held_up)),
            ),
            // When the newest backup was made, in seconds since 1970; 0 if there is none.
            (
                "last_backup_seconds",
                backups.done_at.map_or(0, Moment::seconds),
            ),
        ] {
            let _ = writeln!(
                text,
                "# TYPE breachvault_{name} gauge\nbreachvault_{name} {value}"
            );
        }
        dues(&mut text, keys);
        text
    }
}

/// How many keys are due, and for each kind when the first of it is, in seconds since 1970. Kinds without a date have
/// no line.
fn dues(text: &mut String, keys: &[KeyDue]) {
    let due = keys.iter().filter(|one| one.due).count();
    let _ = writeln!(
        text,
        "# TYPE breachvault_keys_due gauge\nbreachvault_keys_due {due}"
    );
    text.push_str("# TYPE breachvault_key_due_seconds gauge\n");
    for kind in KeyKind::ALL {
        let of_kind = keys.iter().filter(|one| one.kind == kind);
        if let Some(first) = of_kind.map(|one| one.due_at.seconds()).min() {
            let _ = writeln!(
                text,
                "breachvault_key_due_seconds{{kind=\"{kind}\"}} {first}"
            );
        }
    }
}
