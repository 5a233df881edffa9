//! By what messages and numbers can be counted.

use std::str::FromStr;

use crate::domain::Field;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    Country,
    /// As the log says it.
    State,
    /// Of the number's area code.
    AreaState,
    Carrier,
    Kind,
    Account,
    Channel,
    /// The day in the zone asked for: `2024-03-21`.
    Day,
    /// The hour of the day in the zone asked for: `00` to `23`.
    Hour,
    /// The week, named by its Monday.
    Week,
}

/// Dimensions whose values tell of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    Place,
    Time,
    Alone(Dimension),
}

/// The text names no dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be one of country, state, area_state, carrier, kind, account, channel, day, hour, week"
)]
pub struct DimensionError;

impl Dimension {
    pub const ALL: [Self; 10] = [
        Self::Country,
        Self::State,
        Self::AreaState,
        Self::Carrier,
        Self::Kind,
        Self::Account,
        Self::Channel,
        Self::Day,
        Self::Hour,
        Self::Week,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::State => "state",
            Self::AreaState => "area_state",
            Self::Carrier => "carrier",
            Self::Kind => "kind",
            Self::Account => "account",
            Self::Channel => "channel",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Week => "week",
        }
    }

    /// Those a protected table may have.
    pub fn may_be_protected(self) -> bool {
        matches!(
            self,
            Self::Country | Self::State | Self::AreaState | Self::Carrier | Self::Day | Self::Week
        )
    }

    /// What everybody knows to hang together: a state is in a country, a day in a week.
    pub(super) fn kin(self) -> Kin {
        match self {
            Self::Country | Self::State | Self::AreaState => Kin::Place,
            Self::Day | Self::Hour | Self::Week => Kin::Time,
            Self::Carrier | Self::Kind | Self::Account | Self::Channel => Kin::Alone(self),
        }
    }

    /// The column its codes come from.
    pub(super) fn field(self) -> Field {
        match self {
            Self::Country => Field::Country,
            Self::State => Field::State,
            Self::AreaState => Field::AreaState,
            Self::Carrier => Field::Carrier,
            Self::Kind => Field::Kind,
            Self::Account => Field::Account,
            Self::Channel => Field::Channel,
            Self::Day | Self::Hour | Self::Week => Field::SentAt,
        }
    }
}

impl FromStr for Dimension {
    type Err = DimensionError;

    fn from_str(text: &str) -> Result<Self, DimensionError> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.as_str() == text)
            .ok_or(DimensionError)
    }
}
