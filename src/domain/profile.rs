//! What an export holds: a closed list.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// One account's numbers, with how often and when: to notify the people behind them.
    AccountNotice,
    /// Counts only, by each dimension: for regulators and reports.
    ScopeReport,
    /// Every matching record in full.
    Evidence,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::AccountNotice, Self::ScopeReport, Self::Evidence];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountNotice => "account-notice",
            Self::ScopeReport => "scope-report",
            Self::Evidence => "evidence",
        }
    }
}

/// The text names no profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be account-notice, scope-report or evidence")]
pub struct ProfileError;

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Self, ProfileError> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
            .ok_or(ProfileError)
    }
}
