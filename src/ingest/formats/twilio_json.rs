//! Twilio's Message resource: pages and single objects of the API, whose times
//! are RFC 2822, and the lines of a bulk export, whose times are ISO 8601.
//! Account, direction as the channel, no carrier and no place. `body`,
//! `error_message` and the prices are dropped.

use crate::domain::{Field, Format};
use crate::ingest::shape::{Line, Reads, Shape, Written};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::TwilioJson, Written::Json, &TABLE).kind("sms")
}

const TABLE: [Line; 6] = [
    (Field::Account, &["account_sid"], Reads::Text),
    (Field::Number, &["to"], Reads::Text),
    (Field::SentAt, &["date_sent"], Reads::Text),
    (Field::SentAt, &["date_created"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["sid"], Reads::Text),
];
