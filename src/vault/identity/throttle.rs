//! Slows down whoever tries names and passwords.
//!
//! Sees keyed tags of names, and networks, in memory only. Four leaking buckets count a try until it turns out
//! to be right:
//!
//! - the name from this network: nobody gets past it;
//! - the network, whatever the name: nobody gets past it;
//! - the name from the networks around this one, and the name alone: somebody who signed in from
//!   this network before gets past them.
//!
//! One network fills the first two only, so it keeps nobody out who comes from another.
//!
//! Codes of a second factor that come with the right password are counted apart, for each operator: only somebody who
//! has the password can fill that bucket, from however many networks. While it is full, a code is good only from a
//! network where the operator signed in before. Whoever is refused for it is told what a wrong password is told.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::subnet::Subnet;
use crate::domain::{Bucket, Moment};

/// Recent failed sign-ins. In memory only; every failure that is not throttled has its leaf.
#[derive(Default)]
pub(in crate::vault) struct Throttle {
    buckets: Mutex<HashMap<Tried, (f64, Moment)>>,
    codes: Mutex<HashMap<[u8; 16], Codes>>,
}

/// Wrong codes that came with an operator's right password.
#[derive(Clone, Copy)]
struct Codes {
    level: f64,
    at: Moment,
    /// All of them since the vault was started.
    wrong: u32,
}

/// How a code that came with the right password was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum CountedCode {
    /// There is room for another one.
    Counted,
    /// It was the last one.
    Last,
    /// There was no room: it is not counted, and is good only from where the operator was before.
    TooMany,
}

#[derive(Clone)]
pub(in crate::vault) struct ThrottleKey {
    pub(in crate::vault) name: [u8; 16],
    /// None at the vault's own command line.
    pub(in crate::vault) subnet: Option<Subnet>,
}

/// Who may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Admitted {
    Anybody,
    /// Only somebody who signed in from this network before; others may in so many seconds.
    Known {
        retry_after: u32,
    },
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Tried {
    Here([u8; 16], Option<Subnet>),
    Network(Subnet),
    Around([u8; 16], Subnet),
    Name([u8; 16]),
}

/// One failure is forgotten in so many seconds.
const SECONDS_A_FAILURE: f64 = 30.0;
/// Wrong codes with the right password: so many in an hour.
const CODES: Bucket = Bucket {
    capacity: 5.0,
    leaks: 5.0,
    seconds: 3600.0,
};
/// More buckets than this are not kept: the emptiest go first.
const BUCKETS: usize = 100_000;

impl Throttle {
    /// Counts a try before its password is looked at, so that tries at the same time are as many as tries one after the
    /// other. Refused, and not counted: in how many seconds one more fits. `now` is measured time.
    pub(in crate::vault) fn enter(&self, key: &ThrottleKey, now: Moment) -> Result<Admitted, u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut admitted = Admitted::Anybody;
        let mut poured = Vec::new();
        for tried in key.buckets() {
            let level = buckets
                .get(&tried)
                .map_or(0.0, |(level, at)| leaked(*level, *at, now));
            match bucket(tried.capacity()).pour(level, 1.0) {
                Ok(_) => {}
                Err(retry_after) if tried.lets_the_known_in() => {
                    admitted = Admitted::Known { retry_after };
                }
                Err(retry_after) => return Err(retry_after),
            }
            poured.push((tried, level + 1.0));
        }
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, (level, at)| leaked(*level, *at, now) > 0.5);
        }
        for (tried, level) in poured {
            buckets.insert(tried, (level, now));
        }
        Ok(admitted)
    }

    /// Counts a code before it is looked at. `name` is an operator's whose password was right.
    pub(in crate::vault) fn enter_code(&self, name: [u8; 16], now: Moment) -> CountedCode {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = codes.entry(name).or_insert(Codes {
            level: 0.0,
            at: now,
            wrong: 0,
        });
        known.wrong = known.wrong.saturating_add(1);
        let level = CODES.leaked(known.level, (now.seconds() - known.at.seconds()) as f64);
        let Ok(level) = CODES.pour(level, 1.0) else {
            return CountedCode::TooMany;
        };
        (known.level, known.at) = (level, now);
        match CODES.pour(level, 1.0) {
            Ok(_) => CountedCode::Counted,
            Err(_) => CountedCode::Last,
        }
    }

    /// The code was right: it is not counted after all.
    pub(in crate::vault) fn give_back_code(&self, name: [u8; 16], counted: CountedCode) {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = codes.get_mut(&name) {
            known.wrong = known.wrong.saturating_sub(1);
            if counted != CountedCode::TooMany {
                known.level = (known.level - 1.0).max(0.0);
            }
        }
    }

    /// How many wrong codes came with the right password of an operator since the vault was started, if that is an
    /// alarm: mistyping does not reach it.
    pub(in crate::vault) fn alarming_codes(&self, name: &[u8; 16]) -> Option<u32> {
        let codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = codes.get(name).map(|known| known.wrong);
        wrong.filter(|wrong| f64::from(*wrong) >= CODES.capacity)
    }

    /// The try was no failure: it is not counted after all.
    pub(in crate::vault) fn give_back(&self, key: &ThrottleKey, now: Moment) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for tried in key.buckets() {
            if let Some(entry) = buckets.get_mut(&tried) {
                *entry = ((leaked(entry.0, entry.1, now) - 1.0).max(0.0), now);
            }
        }
    }

    /// Somebody signed in: what they mistyped before is forgotten.
    pub(in crate::vault) fn forget(&self, key: &ThrottleKey, now: Moment) {
        self.give_back(key, now);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Tried::Here(key.name, key.subnet));
    }
}

impl ThrottleKey {
    fn buckets(&self) -> Vec<Tried> {
        let mut all = vec![Tried::Here(self.name, self.subnet), Tried::Name(self.name)];
        if let Some(subnet) = self.subnet {
            all.push(Tried::Network(subnet));
            all.push(Tried::Around(self.name, subnet.around()));
        }
        all
    }
}

impl Tried {
    /// In failures. What one network can pour into a wider bucket is less than that bucket holds.
    fn capacity(&self) -> f64 {
        match self {
            Self::Here(..) => 5.0,
            Self::Network(_) => 30.0,
            Self::Around(..) => 15.0,
            Self::Name(_) => 50.0,
        }
    }

    fn lets_the_known_in(&self) -> bool {
        matches!(self, Self::Around(..) | Self::Name(_))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: u8, address: &str) -> ThrottleKey {
        ThrottleKey {
            name: [name; 16],
            subnet: Some(Subnet::of(address.parse().unwrap())),
        }
    }

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(seconds)
    }

    /// Tries as long as it is let, for an hour; answers how many tries that were.
    fn attack(throttle: &Throttle, key: &ThrottleKey) -> u32 {
        let mut tries = 0;
        for second in 0..3600 {
            loop {
                match throttle.enter(key, at(second)) {
                    Ok(Admitted::Anybody) => tries += 1,
                    Ok(Admitted::Known { .. }) => {
                        throttle.give_back(key, at(second));
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
        tries
    }

    #[test]
    fn one_network_keeps_nobody_out_who_comes_from_another() {
        let throttle = Throttle::default();
        assert!(attack(&throttle, &key(1, "192.0.2.1")) <= 5 + 120);
        assert!(throttle.enter(&key(1, "192.0.2.1"), at(3599)).is_err());
        for other in ["192.0.2.2", "203.0.113.9", "2001:db8::1"] {
            assert_eq!(
                throttle.enter(&key(1, other), at(3599)),
                Ok(Admitted::Anybody)
            );
        }
        assert_eq!(
            throttle.enter(&key(2, "192.0.2.1"), at(3599)),
            Ok(Admitted::Anybody)
        );
    }

    #[test]
    fn many_networks_leave_only_those_who_are_known() {
        let throttle = Throttle::default();
        for host in 0..40 {
            attack(&throttle, &key(1, &format!("198.51.{host}.7")));
        }
        let elsewhere = throttle.enter(&key(1, "203.0.113.9"), at(3599));
        assert!(matches!(elsewhere, Ok(Admitted::Known { .. })));
        assert_eq!(
            throttle.enter(&key(2, "203.0.113.9"), at(3599)),
            Ok(Admitted::Anybody)
        );
    }

    #[test]
    fn tries_at_the_same_time_are_counted_before_any_password_is_looked_at() {
        let throttle = Throttle::default();
        let key = key(1, "192.0.2.1");
        let let_in = std::thread::scope(|scope| {
            let one = || throttle.enter(&key, at(0)).is_ok();
            let all: Vec<_> = (0..40).map(|_| scope.spawn(one)).collect();
            let all = all.into_iter().map(|one| one.join().unwrap());
            all.filter(|let_in| *let_in).count()
        });
        assert_eq!(let_in, 5);
        // One of them was right.
        throttle.give_back(&key, at(0));
        assert!(throttle.enter(&key, at(0)).is_ok());
        assert!(throttle.enter(&key, at(0)).is_err());
        throttle.forget(&key, at(0));
        assert!(throttle.enter(&key, at(0)).is_ok());
    }

    #[test]
    fn codes_are_counted_for_the_operator_and_a_few_an_hour_fit() {
        let throttle = Throttle::default();
        let count = |name: u8, seconds| throttle.enter_code([name; 16], at(seconds));
        let counted: Vec<CountedCode> = (0..7).map(|_| count(1, 0)).collect();
        assert_eq!(counted[..4], [CountedCode::Counted; 4]);
        assert_eq!(counted[4], CountedCode::Last);
        assert_eq!(counted[5..], [CountedCode::TooMany; 2]);
        assert_eq!(count(2, 0), CountedCode::Counted);
        // One leaks in twelve minutes.
        assert_eq!(count(1, 719), CountedCode::TooMany);
        assert_eq!(count(1, 720), CountedCode::Last);
        assert_eq!(count(1, 720), CountedCode::TooMany);
        assert_eq!(throttle.alarming_codes(&[1; 16]), Some(10));
        throttle.give_back_code([1; 16], CountedCode::Last);
        assert_eq!(throttle.alarming_codes(&[1; 16]), Some(9));
        assert_eq!(throttle.alarming_codes(&[2; 16]), None);
        assert_eq!(count(1, 720), CountedCode::Last);
        let day = (0..86_400).filter(|second| count(3, *second) != CountedCode::TooMany);
        assert!(day.count() <= 5 + 24 * 5);
    }

    #[test]
    fn neighbours_together_count_as_one_party() {
        let throttle = Throttle::default();
        for host in 0..250 {
            attack(&throttle, &key(1, &format!("198.51.100.{host}")));
        }
        let neighbour = throttle.enter(&key(1, "198.51.100.251"), at(3599));
        assert!(matches!(neighbour, Ok(Admitted::Known { .. })));
        assert_eq!(
            throttle.enter(&key(1, "203.0.113.9"), at(3599)),
            Ok(Admitted::Anybody)
        );
    }

    #[test]
    fn a_network_that_tries_many_names_is_stopped() {
        let throttle = Throttle::default();
        let tries: u32 = (0..100)
            .map(|name| attack(&throttle, &key(name, "192.0.2.1")))
            .sum();
        assert!(tries < 30 + 121 * 100, "{tries}");
        assert!(throttle.enter(&key(200, "192.0.2.1"), at(3599)).is_err());
    }
}
