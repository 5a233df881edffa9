//! The fields of the canonical record.

use super::words;

words! {
    /// One field of a record, and how the sealed store keeps it.
    #[repr(u8)]
    pub enum Field {
        /// The customer account that the message was sent for.
        Account = 1 => "account",
        /// The user name of the recipient.
        User = 2 => "user",
        /// The phone number of the recipient.
        Number = 3 => "number",
        /// The mobile network of the number.
        Carrier = 4 => "carrier",
        /// The country, as an alpha-2 code.
        Country = 5 => "country",
        /// The state or province in the log.
        State = 6 => "state",
        /// When the message was sent, in seconds since 1970.
        SentAt = 7 => "sent_at",
        /// The kind of message, such as `sms` or `phone`.
        Kind = 8 => "kind",
        /// What the message was for, such as `authentication`.
        Channel = 9 => "channel",
        /// The supplier's reference of the message.
        MessageRef = 10 => "message_ref",
        /// Where the country comes from.
        CountryBasis = 11 => "country_basis",
        /// Where the state comes from.
        StateBasis = 12 => "state_basis",
        /// Where the zone of the time comes from.
        TimeBasis = 13 => "time_basis",
        /// The state of a number's area code. The state in the log is [`Field::State`].
        AreaState = 14 => "area_state",
    }
}

impl Field {
    /// The fields with a dictionary: records hold codes for their values.
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

    /// The same word as [`Field::as_str`], for key derivation labels and associated data.
    pub const fn label(self) -> &'static str {
        self.as_str()
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
