//! Bandwidth, `GET /messages`. It has the carrier's name and the country of the called number as
//! alpha-3. `location` is an internal id, not a state.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Bandwidth, Syntax::Json, &TABLE)
        .kind("sms")
        .in_both_spellings()
}

const TABLE: [TableLine; 8] = [
    (Field::Account, &["accountId"], Reads::Text),
    (Field::Number, &["destinationTn"], Reads::Text),
    (Field::Carrier, &["carrierName"], Reads::Text),
    (Field::Country, &["calledNumberCountryA3"], Reads::Text),
    (Field::SentAt, &["receiveTime"], Reads::Text),
    (Field::Kind, &["messageType"], Reads::Text),
    (Field::Channel, &["messageDirection"], Reads::Text),
    (Field::MessageRef, &["messageId"], Reads::Text),
];
