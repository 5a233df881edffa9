//! The CSV a Twilio console downloads. Every row is a text message; its
//! direction is the channel, and inbound messages are rejected: their `To` is
//! the sender's own number. `Body` and the prices are dropped.

use super::shape::{Shape, Written, text};
use crate::domain::{Field, Format};

pub(super) const SHAPE: Shape = Shape {
    format: Format::TwilioCsv,
    written: Written::Delimited,
    columns: &[
        text(Field::Account, &["accountsid"]),
        text(Field::Number, &["to"]),
        text(Field::SentAt, &["sentdate"]),
        text(Field::Channel, &["direction"]),
        text(Field::MessageRef, &["sid"]),
    ],
    required: &[Field::Number, Field::SentAt],
    kind: Some("sms"),
};
