//! The dimensions by which messages and numbers are counted.

use crate::domain::{Field, words};

words! {
    /// By what messages and numbers are counted.
    pub enum Dimension {
        /// The country, as an alpha-2 code.
        Country => "country",
        /// As the log says it.
        State => "state",
        /// Of the number's area code.
        AreaState => "area_state",
        /// As the log says it.
        Carrier => "carrier",
        /// The kind of message.
        Kind => "kind",
        /// The customer account.
        Account => "account",
        /// The way the message was sent.
        Channel => "channel",
        /// The day in the zone asked for: `2024-03-21`.
        Day => "day",
        /// The hour of the day in the zone asked for: `00` to `23`.
        Hour => "hour",
        /// The week, named by its Monday.
        Week => "week",
    }
}

/// Groups of dimensions whose values depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault::records) enum Kin {
    Place,
    Time,
    Alone(Dimension),
}

impl Dimension {
    /// Whether a protected table may have this dimension.
    pub fn may_be_protected(self) -> bool {
        matches!(
            self,
            Self::Country | Self::State | Self::AreaState | Self::Carrier | Self::Day | Self::Week
        )
    }

    /// The group of the dimension: a state is in a country, a day is in a week.
    pub(in crate::vault::records) fn kin(self) -> Kin {
        match self {
            Self::Country | Self::State | Self::AreaState => Kin::Place,
            Self::Day | Self::Hour | Self::Week => Kin::Time,
            Self::Carrier | Self::Kind | Self::Account | Self::Channel => Kin::Alone(self),
        }
    }

    /// The field of the column that it is counted from.
    pub(in crate::vault::records) fn field(self) -> Field {
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
