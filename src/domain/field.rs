//! The fields of the canonical record.

/// One field of a record, and how the sealed store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    /// The customer account that the message was sent for.
    Account = 1,
    /// The user name of the recipient.
    User = 2,
    /// The phone number of the recipient.
    Number = 3,
    /// The mobile network of the number.
    Carrier = 4,
    /// The country, as an alpha-2 code.
    Country = 5,
    /// The state or province in the log.
    State = 6,
    /// When the message was sent, in seconds since 1970.
    SentAt = 7,
    /// The kind of message, such as `sms` or `phone`.
    Kind = 8,
    /// What the message was for, such as `authentication`.
    Channel = 9,
    /// The supplier's reference of the message.
    MessageRef = 10,
    /// Where the country comes from.
    CountryBasis = 11,
    /// Where the state comes from.
    StateBasis = 12,
    /// Where the zone of the time comes from.
    TimeBasis = 13,
    /// The state of a number's area code. The state in the log is [`Field::State`].
    AreaState = 14,
}

impl Field {
    /// All fields, in the order of their codes.
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

    /// The name of the field, as filters and key labels use it.
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

    /// The number of the field in associated data and key derivation.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The field of a code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }
}
