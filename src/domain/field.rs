//! The fields of the canonical record.

use super::words;

words! {
    /// One field of a record, and how the sealed store keeps it.
    #[repr(u8)]
    pub enum Field {
        Account = 1 => "account",
        User = 2 => "user",
        Number = 3 => "number",
        Carrier = 4 => "carrier",
        Country = 5 => "country",
        State = 6 => "state",
        SentAt = 7 => "sent_at",
        Kind = 8 => "kind",
        Channel = 9 => "channel",
        MessageRef = 10 => "message_ref",
        CountryBasis = 11 => "country_basis",
        StateBasis = 12 => "state_basis",
        TimeBasis = 13 => "time_basis",
        /// The state of a number's area code; what the log says is [`Field::State`].
        AreaState = 14 => "area_state",
    }
}

impl Field {
    /// The fields whose values stand in a dictionary, records holding codes.
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

    pub const fn label(self) -> &'static str {
        self.as_str()
    }

    pub fn code(self) -> u8 {
        self as u8
    }

    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }
}
