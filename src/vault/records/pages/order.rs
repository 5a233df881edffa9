//! The order of the records on pages.

use crate::domain::{Field, words};

words! {
    /// The order of the records on pages. Records that are alike in it are by exhibit and row.
    #[derive(Default)]
    pub enum Order {
        /// By exhibit, in the order of admission, then by row.
        #[default]
        Record => "record",
        /// By the time of sending, the earliest first.
        Time => "time",
        /// By the time of sending, the latest first.
        Latest => "latest",
        /// By the account, in the order of the letters, like all that follow.
        Account => "account",
        /// By the carrier.
        Carrier => "carrier",
        /// By the code of the country.
        Country => "country",
        /// By the state as in the log.
        State => "state",
        /// By the state of the area code.
        AreaState => "area_state",
        /// By the kind of message.
        Kind => "kind",
        /// By the way it was sent.
        Channel => "channel",
    }
}

impl Order {
    /// The field that says which record comes first; `None` if its place does.
    pub(super) fn field(self) -> Option<Field> {
        match self {
            Self::Record => None,
            Self::Time | Self::Latest => Some(Field::SentAt),
            Self::Account => Some(Field::Account),
            Self::Carrier => Some(Field::Carrier),
            Self::Country => Some(Field::Country),
            Self::State => Some(Field::State),
            Self::AreaState => Some(Field::AreaState),
            Self::Kind => Some(Field::Kind),
            Self::Channel => Some(Field::Channel),
        }
    }
}
