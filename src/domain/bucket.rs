//! A leaking bucket: what is poured in leaks out with time, and it holds only so much.
//!
//! The level is the caller's to keep, in memory or in the database, with the time at
//! which it was so high.

/// How much a bucket holds and how fast it leaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// In the unit of what is poured in: requests, failures, points.
    pub capacity: f64,
    /// The same unit: how much leaks in `seconds`.
    pub leaks: f64,
    /// The period of `leaks`, in seconds.
    pub seconds: f64,
}

impl Bucket {
    /// What is left of a level after so many seconds. A clock that was set back makes
    /// the seconds negative, and nothing leaks.
    pub fn leaked(self, level: f64, seconds: f64) -> f64 {
        (level - seconds.max(0.0) * self.leaks / self.seconds).max(0.0)
    }

    /// The level with `amount` poured in. If there is no room for all of it nothing is
    /// poured, and `Err` says in how many seconds there is: 1 or more.
    pub fn pour(self, level: f64, amount: f64) -> Result<f64, u32> {
        let after = level + amount;
        if after > self.capacity {
            return Err(self.seconds_to_leak(after - self.capacity));
        }
        Ok(after)
    }

    /// In how many seconds an amount has leaked: 1 or more.
    pub fn seconds_to_leak(self, amount: f64) -> u32 {
        // Conversion saturates.
        ((amount * self.seconds / self.leaks).ceil() as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Bucket = Bucket {
        capacity: 3.0,
        leaks: 1.0,
        seconds: 2.0,
    };

    #[test]
    fn it_holds_its_capacity_and_leaks_with_time() {
        assert_eq!(THREE.pour(2.0, 1.0), Ok(3.0));
        assert_eq!(THREE.pour(3.0, 1.0), Err(2));
        assert_eq!(THREE.leaked(3.0, 4.0), 1.0);
        assert_eq!(THREE.leaked(3.0, 600.0), 0.0);
    }

    #[test]
    fn a_clock_that_was_set_back_gives_nothing_back_and_no_wait_is_none() {
        assert_eq!(THREE.leaked(3.0, -10.0), 3.0);
        assert_eq!(THREE.pour(2.9, 0.2), Err(1));
        assert_eq!(THREE.seconds_to_leak(f64::MAX), u32::MAX);
    }
}
