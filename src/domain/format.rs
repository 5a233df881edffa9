//! The shapes in which suppliers hand their logs over.

use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// CSV with the fields of the supplier's notice, in any order.
    SupplierCsv,
    /// Duo Admin API v1, `GET /admin/v1/logs/telephony`.
    DuoV1,
    /// Duo Admin API v2, `GET /admin/v2/logs/telephony`.
    DuoV2,
    /// The CSV a Twilio console downloads.
    TwilioCsv,
    /// What a mapping says. Nobody names it; a mapping does.
    Mapped,
}

impl Format {
    /// The formats that a file can be found to have, or declared.
    pub const ALL: [Self; 4] = [Self::SupplierCsv, Self::DuoV1, Self::DuoV2, Self::TwilioCsv];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SupplierCsv => "supplier-csv",
            Self::DuoV1 => "duo-v1",
            Self::DuoV2 => "duo-v2",
            Self::TwilioCsv => "twilio-csv",
            Self::Mapped => "mapped",
        }
    }
}

/// The text names no known format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of supplier-csv, duo-v1, duo-v2, twilio-csv")]
pub struct FormatError;

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or(FormatError)
    }
}
