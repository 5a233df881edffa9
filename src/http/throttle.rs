//! Requests without a session: one token bucket for each address.
//!
//! In memory and bounded. Not promised: fairness between strangers that share
//! an address; whoever has a session is never counted here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// More addresses than this are not told apart: the fullest buckets go first.
const ADDRESSES: usize = 50_000;

pub(super) struct Throttle {
    burst: f64,
    per_second: f64,
    buckets: Mutex<HashMap<Option<IpAddr>, Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Throttle {
    pub(super) fn new(burst: u32, per_minute: u32) -> Self {
        Self {
            burst: f64::from(burst.max(1)),
            per_second: f64::from(per_minute.max(1)) / 60.0,
            buckets: Mutex::default(),
        }
    }

    /// Takes a token; `Err` says in how many seconds there will be one.
    pub(super) fn take(&self, address: Option<IpAddr>, now: Instant) -> Result<(), u32> {
        let address = address.map(network);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| self.level(bucket, now) < self.burst);
            if buckets.len() >= ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(address).or_insert(Bucket {
            tokens: self.burst,
            at: now,
        });
        let level = self.level(bucket, now);
        *bucket = Bucket {
            tokens: level,
            at: now,
        };
        if level < 1.0 {
            return Err(((1.0 - level) / self.per_second).ceil() as u32);
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + seconds * self.per_second).min(self.burst)
    }
}

/// An IPv6 customer has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
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
