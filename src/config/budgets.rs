//! `[budgets]`: how much an operator may ask in one case.

use serde::Deserialize;

use super::ConfigError;

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// Points for lookups: a number that is found costs 1, one that is not costs 2.
    pub lookup_points: u32,
    /// Points that flow back in an hour.
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
                rule: "must be at least 1, or a spent budget never comes back",
            });
        }
        Ok(())
    }
}
