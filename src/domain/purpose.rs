//! Why an operator asks: a closed list, so that an auditor can count.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why an operator asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    VictimInquiry,
    Scoping,
    Notification,
    Regulator,
    LawEnforcement,
    QualityCheck,
}

impl Purpose {
    pub const ALL: [Self; 6] = [
        Self::VictimInquiry,
        Self::Scoping,
        Self::Notification,
        Self::Regulator,
        Self::LawEnforcement,
        Self::QualityCheck,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::VictimInquiry => "victim-inquiry",
            Self::Scoping => "scoping",
            Self::Notification => "notification",
            Self::Regulator => "regulator",
            Self::LawEnforcement => "law-enforcement",
            Self::QualityCheck => "quality-check",
        }
    }
}

/// The text names no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be one of victim-inquiry, scoping, notification, regulator, law-enforcement, quality-check"
)]
pub struct PurposeError;

impl FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, PurposeError> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(PurposeError)
    }
}
