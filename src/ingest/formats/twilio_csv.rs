//! The CSV that a Twilio console downloads. The `Sid` says whether a row was a message or a call; its
//! direction is the channel. Inbound messages are rejected: their `To` is a number of the log's owner.
//! `Body` and prices are dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use super::twilio_json::KINDS;
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::TwilioCsv, Syntax::Delimited, &TABLE).kinds(&KINDS)
}

const TABLE: [TableLine; 5] = [
    (Field::Account, &["accountsid"], Reads::Text),
    (Field::Number, &["to"], Reads::Text),
    (Field::SentAt, &["sentdate"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["sid"], Reads::Text),
];
