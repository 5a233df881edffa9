//! `[budgets]`: how many lookups an operator may make in one case.

use serde::Deserialize;

use super::ConfigError;

/// The settings of `[budgets]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// Lookup points of one operator in one case: a number that is found costs 1, one that is not
    /// found 2.
    pub lookup_points: u32,
    /// Points given back each hour.
    pub lookup_points_per_hour: u32,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            lookup_points: 2000,
            lookup_points_per_hour: 200,
        }
    }
}

impl Budgets {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.lookup_points_per_hour == 0 {
            return Err(ConfigError::Refused {
                setting: "budgets.lookup_points_per_hour",
                rule: "must be at least 1; otherwise a spent budget is never refilled",
            });
        }
        Ok(())
    }
}
