//! Requests without a session: one token bucket for each address.
//!
//! The buckets are in memory and bounded. Strangers that share an address share a bucket. Requests
//! with a session are never counted here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::connection::network;
use crate::domain::Bucket;

/// The most addresses with a bucket. If there are more, empty buckets are dropped; if all of them
/// are in use, every bucket is dropped.
const ADDRESSES: usize = 50_000;

pub(super) struct Throttle {
    bucket: Bucket,
    counted: Mutex<HashMap<Option<IpAddr>, Counted>>,
}

/// The level of one bucket, in requests, and the time at which it was computed.
struct Counted {
    level: f64,
    at: Instant,
}

impl Throttle {
    pub(super) fn new(burst: u32, per_minute: u32) -> Self {
        Self {
            bucket: Bucket {
                capacity: f64::from(burst.max(1)),
                leaks: f64::from(per_minute.max(1)),
                seconds: 60.0,
            },
            counted: Mutex::default(),
        }
    }

    /// Counts a request; `Err` says in how many seconds it would be let in.
    pub(super) fn take(&self, address: Option<IpAddr>, now: Instant) -> Result<(), u32> {
        let address = address.map(network);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= ADDRESSES && !counted.contains_key(&address) {
            counted.retain(|_, known| self.level(known, now) > 0.0);
            if counted.len() >= ADDRESSES {
                counted.clear();
            }
        }
        let level = counted
            .get(&address)
            .map_or(0.0, |known| self.level(known, now));
        let poured = self.bucket.pour(level, 1.0);
        let level = poured.unwrap_or(level);
        counted.insert(address, Counted { level, at: now });
        poured.map(drop)
    }

    fn level(&self, known: &Counted, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(known.at).as_secs_f64();
        self.bucket.leaked(known.level, seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_address_has_a_burst_and_then_a_rate() {
        let throttle = Throttle::new(3, 60);
        let (now, here) = (Instant::now(), "192.0.2.1".parse().ok());
        for _ in 0..3 {
            assert_eq!(throttle.take(here, now), Ok(()));
        }
        assert_eq!(throttle.take(here, now), Err(1));
        assert_eq!(throttle.take("192.0.2.2".parse().ok(), now), Ok(()));
        assert_eq!(throttle.take(here, now + Duration::from_secs(1)), Ok(()));
    }

    #[test]
    fn one_network_of_ipv6_is_one_address() {
        let throttle = Throttle::new(1, 60);
        let now = Instant::now();
        assert_eq!(throttle.take("2001:db8::1".parse().ok(), now), Ok(()));
        assert_eq!(throttle.take("2001:db8::2".parse().ok(), now), Err(1));
        assert_eq!(throttle.take("2001:db8:0:1::1".parse().ok(), now), Ok(()));
    }
}
