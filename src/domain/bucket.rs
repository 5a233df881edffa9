//! A leaky bucket: a limit on how much may happen at once, and on the rate over time.
//!
//! The caller keeps the level and the time at which it was computed, in memory or in the database.

/// How much a bucket holds and how fast it leaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The highest level, in the caller's unit: requests, failures or points.
    pub capacity: f64,
    /// How much leaks in `seconds`, in the same unit.
    pub leaks: f64,
    /// The period of `leaks`, in seconds.
    pub seconds: f64,
}

impl Bucket {
    /// The level after so many seconds. If they are negative, because a clock was set back, nothing
    /// leaks.
    pub fn leaked(self, level: f64, seconds: f64) -> f64 {
        (level - seconds.max(0.0) * self.leaks / self.seconds).max(0.0)
    }

    /// The level with `amount` added.
    ///
    /// # Errors
    ///
    /// If there is no room for all of it, nothing is added; the error is the number of seconds until
    /// there is room, 1 or more.
    pub fn pour(self, level: f64, amount: f64) -> Result<f64, u32> {
        let after = level + amount;
        if after > self.capacity {
            return Err(self.seconds_to_leak(after - self.capacity));
        }
        Ok(after)
    }

    /// In how many seconds an amount leaks: 1 or more.
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
