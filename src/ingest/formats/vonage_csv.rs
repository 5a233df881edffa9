//! The CSV of a Vonage report: numbers without a plus, the carrier's name and the codes of its
//! network in one cell (`23415`), countries as alpha-2, offsets without a colon. `client_ref` is the
//! customer's own text and may name a user. `message_body` is dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::VonageCsv, Syntax::Delimited, &TABLE).kind("sms")
}

const TABLE: [TableLine; 9] = [
    (Field::Account, &["accountid"], Reads::Text),
    (Field::User, &["clientref"], Reads::Text),
    (Field::Number, &["to"], Reads::International),
    (Field::Carrier, &["networkname"], Reads::Text),
    (Field::Carrier, &["network"], Reads::MccMnc),
    (Field::Country, &["country"], Reads::Text),
    (Field::SentAt, &["datereceived"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["messageid"], Reads::Text),
];
