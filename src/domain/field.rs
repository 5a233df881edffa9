//! The fields of the canonical record.

/// One field of a record, and how the sealed store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    Account = 1,
    User = 2,
    Number = 3,
    Carrier = 4,
    Country = 5,
    State = 6,
    SentAt = 7,
    Kind = 8,
    Channel = 9,
    MessageRef = 10,
    CountryBasis = 11,
    StateBasis = 12,
    TimeBasis = 13,
    /// The state of a number's area code. The state in the log is [`Field::State`].
    AreaState = 14,
}

impl Field {
    pub const ALL: [Self; 14] = [
        Self::Account,
        Self::User,
        Self::Number,
        Self::Carrier,
        Self::Country,
        Self::State,
        Self::SentAt,
        Self::Kind,
        Self::Channel,
        Self::MessageRef,
        Self::CountryBasis,
        Self::StateBasis,
        Self::TimeBasis,
        Self::AreaState,
    ];

    /// The fields whose values are in a dictionary; records hold codes of them.
    pub const DICTIONARIES: [Self; 10] = [
        Self::Account,
        Self::Carrier,
        Self::Country,
        Self::State,
        Self::Kind,
        Self::Channel,
        Self::CountryBasis,
        Self::StateBasis,
        Self::TimeBasis,
        Self::AreaState,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::User => "user",
            Self::Number => "number",
            Self::Carrier => "carrier",
            Self::Country => "country",
            Self::State => "state",
            Self::SentAt => "sent_at",
            Self::Kind => "kind",
            Self::Channel => "channel",
            Self::MessageRef => "message_ref",
            Self::CountryBasis => "country_basis",
            Self::StateBasis => "state_basis",
            Self::TimeBasis => "time_basis",
            Self::AreaState => "area_state",
        }
    }

    pub fn code(self) -> u8 {
        self as u8
    }

    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }
}
