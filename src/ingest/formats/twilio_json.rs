//! Twilio's Message resource: pages and single objects of the API, with times as RFC 2822, and the
//! lines of a bulk export, with times as ISO 8601. The direction is the channel. There is no carrier
//! and no place. `body`, `error_message` and prices are dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::TwilioJson, Syntax::Json, &TABLE).kind("sms")
}

const TABLE: [TableLine; 6] = [
    (Field::Account, &["account_sid"], Reads::Text),
    (Field::Number, &["to"], Reads::Text),
    (Field::SentAt, &["date_sent"], Reads::Text),
    (Field::SentAt, &["date_created"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["sid"], Reads::Text),
];
