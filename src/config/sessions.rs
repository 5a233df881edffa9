//! `[sessions]`: how long what somebody may do lasts.

use serde::Deserialize;

use super::ConfigError;

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    pub session_minutes: u32,
    /// How long an invitation can be used.
    pub enrolment_hours: u32,
    /// How long a reveal waits for its decision, and an approved one for its opening.
    pub reveal_hours: u32,
    /// The same for exports.
    pub export_hours: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            session_minutes: 8 * 60,
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
            self.enrolment_hours,
            self.reveal_hours,
            self.export_hours,
        ];
        if all.contains(&0) {
            return Err(ConfigError::Refused {
                setting: "sessions",
                rule: "nothing may last no time at all",
            });
        }
        Ok(())
    }
}
