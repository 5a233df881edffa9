//! `[budgets]`: what an operator may ask of one case.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::{Budget, Settings, WorkHours};

/// The settings of `[budgets]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// Lookup points of one operator in one case.
    pub lookup_points: u32,
    /// Lookup points given back each hour.
    pub lookup_points_per_hour: u32,
    /// The most lookup points in 30 days.
    pub lookup_points_per_month: u32,
    /// Points of one operator in one case for pages of records, timelines and tables.
    pub view_points: u32,
    /// View points given back each hour.
    pub view_points_per_hour: u32,
    /// The most view points in 30 days.
    pub view_points_per_month: u32,
    /// Lookup points of a whole case in 30 days; above, everybody is slowed down.
    pub case_points_per_month: u32,
    /// Lookup points of one operator in a day while everybody is slowed down.
    pub slowed_points_per_day: u32,
    /// Cases that one lead may open in a day.
    pub cases_per_day: usize,
    /// The hour, UTC, from which lookups raise no alarm for their time.
    pub work_from_hour: u8,
    /// The hour, UTC, from which they do.
    pub work_to_hour: u8,
}

impl Default for Budgets {
    fn default() -> Self {
        let settings = Settings::default();
        let (lookups, views) = (settings.lookup_budget, settings.view_budget);
        Self {
            lookup_points: lookups.capacity,
            lookup_points_per_hour: lookups.per_hour,
            lookup_points_per_month: lookups.per_month,
            view_points: views.capacity,
            view_points_per_hour: views.per_hour,
            view_points_per_month: views.per_month,
            case_points_per_month: settings.case_points,
            slowed_points_per_day: settings.slowed_points,
            cases_per_day: settings.cases_per_day,
            work_from_hour: settings.work_hours.from,
            work_to_hour: settings.work_hours.to,
        }
    }
}

impl Budgets {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refilled = "must be at least 1; otherwise a spent budget is never refilled";
        let hour = "must be 0 to 24";
        for (setting, fits, rule) in [
            (
                "budgets.lookup_points_per_hour",
                self.lookup_points_per_hour > 0,
                refilled,
            ),
            (
                "budgets.view_points_per_hour",
                self.view_points_per_hour > 0,
                refilled,
            ),
            (
                "budgets.cases_per_day",
                self.cases_per_day > 0,
                "must be at least 1",
            ),
            ("budgets.work_from_hour", self.work_from_hour <= 24, hour),
            ("budgets.work_to_hour", self.work_to_hour <= 24, hour),
        ] {
            if !fits {
                return Err(ConfigError::Refused { setting, rule });
            }
        }
        Ok(())
    }

    pub(super) fn lookups(&self) -> Budget {
        Budget {
            capacity: self.lookup_points,
            per_hour: self.lookup_points_per_hour,
            per_month: self.lookup_points_per_month,
        }
    }

    pub(super) fn views(&self) -> Budget {
        Budget {
            capacity: self.view_points,
            per_hour: self.view_points_per_hour,
            per_month: self.view_points_per_month,
        }
    }

    pub(super) fn work_hours(&self) -> WorkHours {
        WorkHours {
            from: self.work_from_hour,
            to: self.work_to_hour,
        }
    }
}
