//! `[sessions]`: how long sessions, invitations and requests last.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The settings of `[sessions]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// How long a session lasts, in minutes.
    pub session_minutes: u32,
    /// How long a session may be unused, in minutes; from `session_minutes` on, all the time.
    pub idle_minutes: u32,
    /// How long an invitation can be used, in hours.
    pub enrolment_hours: u32,
    /// How long a reveal or a withdrawal waits for its decision, and how long an approved reveal
    /// can be opened, in hours.
    pub reveal_hours: u32,
    /// The same for exports, in hours.
    pub export_hours: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            session_minutes: 8 * 60,
            idle_minutes: 30,
            enrolment_hours: 3 * 24,
            reveal_hours: 24,
            export_hours: 7 * 24,
        }
    }
}

impl Sessions {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let all = [
            self.session_minutes,
            self.idle_minutes,
            self.enrolment_hours,
            self.reveal_hours,
            self.export_hours,
        ];
        if all.contains(&0) {
            return Err(ConfigError::Refused {
                setting: "sessions",
                rule: "must be at least 1",
            });
        }
        Ok(())
    }
}
