//! Slows down whoever tries names and passwords.
//!
//! Sees keyed tags of names, and addresses, in memory only.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::domain::{Bucket, Moment};

/// Failed sign-ins of late, by name and by address: two leaking buckets. In
/// memory only; every failure that is not throttled has its leaf.
#[derive(Default)]
pub(in crate::vault) struct Throttle {
    buckets: Mutex<HashMap<Tried, (f64, Moment)>>,
}

#[derive(Clone)]
pub(in crate::vault) struct ThrottleKey {
    pub(in crate::vault) name: [u8; 16],
    pub(in crate::vault) address: Option<IpAddr>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Tried {
    Name([u8; 16]),
    Address(IpAddr),
}

const FAILURES_A_NAME: f64 = 5.0;
const FAILURES_AN_ADDRESS: f64 = 30.0;
/// One failure is forgotten in so many seconds.
const SECONDS_A_FAILURE: f64 = 30.0;
/// More buckets than this are not kept: the emptiest go first.
const BUCKETS: usize = 100_000;

impl Throttle {
    /// Refused: in how many seconds one more try fits.
    pub(in crate::vault) fn check(&self, key: &ThrottleKey, now: Moment) -> Result<(), u32> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for (tried, capacity) in key.buckets() {
            let level = buckets
                .get(&tried)
                .map_or(0.0, |(level, at)| leaked(*level, *at, now));
            bucket(capacity).pour(level, 1.0)?;
        }
        Ok(())
    }

    pub(in crate::vault) fn count_failure(&self, key: &ThrottleKey, now: Moment) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, (level, at)| leaked(*level, *at, now) > 0.5);
        }
        for (tried, _) in key.buckets() {
            let entry = buckets.entry(tried).or_insert((0.0, now));
            *entry = (leaked(entry.0, entry.1, now) + 1.0, now);
        }
    }

    pub(in crate::vault) fn forget(&self, key: &ThrottleKey) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Tried::Name(key.name));
    }
}

impl ThrottleKey {
    fn buckets(&self) -> Vec<(Tried, f64)> {
        let mut all = vec![(Tried::Name(self.name), FAILURES_A_NAME)];
        if let Some(address) = self.address {
            all.push((Tried::Address(address), FAILURES_AN_ADDRESS));
        }
        all
    }
}

fn leaked(level: f64, at: Moment, now: Moment) -> f64 {
    bucket(0.0).leaked(level, (now.seconds() - at.seconds()) as f64)
}

fn bucket(capacity: f64) -> Bucket {
    Bucket {
        capacity,
        leaks: 1.0,
        seconds: SECONDS_A_FAILURE,
    }
}
