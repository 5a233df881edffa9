//! The CSV a Twilio console downloads. Every row is a text message; its
//! direction is the channel, and inbound messages are rejected: their `To` is
//! the sender's own number. `Body` and the prices are dropped.

use crate::domain::{Field, Format};
use crate::ingest::shape::{Line, Reads, Shape, Written};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::TwilioCsv, Written::Delimited, &TABLE).kind("sms")
}

const TABLE: [Line; 5] = [
    (Field::Account, &["accountsid"], Reads::Text),
    (Field::Number, &["to"], Reads::Text),
    (Field::SentAt, &["sentdate"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["sid"], Reads::Text),
];
