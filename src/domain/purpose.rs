//! The purposes an operator can state: a closed list, so that an auditor can count them.

use std::str::FromStr;

/// The purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Somebody asks whether they are affected.
    VictimInquiry,
    /// Finding out how large the incident is.
    Scoping,
    /// Telling the people or customers affected.
    Notification,
    /// Answering a regulator.
    Regulator,
    /// Answering law enforcement.
    LawEnforcement,
    /// Checking the data itself.
    QualityCheck,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 6] = [
        Self::VictimInquiry,
        Self::Scoping,
        Self::Notification,
        Self::Regulator,
        Self::LawEnforcement,
        Self::QualityCheck,
    ];

    /// The word in requests and leaves.
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

/// The text is not a purpose.
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
