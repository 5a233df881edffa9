//! Twilio's Message and Call resources: pages and single objects of the API, with times as RFC 2822,
//! the lines of a bulk export, with times as ISO 8601, and what Twilio's own command and libraries
//! write, whose names are `accountSid` and the like. The direction is the channel. The `sid` says
//! whether it was a message or a call; a call has its own time. There is no carrier and no place.
//! `body`, `error_message` and prices are dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    let shape = Shape::of_table(Format::TwilioJson, Syntax::Json, &TABLE);
    shape.kinds(&KINDS).in_both_spellings()
}

const TABLE: [TableLine; 8] = [
    (Field::Account, &["account_sid"], Reads::Text),
    (Field::Number, &["to"], Reads::Text),
    (Field::SentAt, &["start_time"], Reads::Text),
    (Field::SentAt, &["date_sent"], Reads::Text),
    (Field::SentAt, &["date_created"], Reads::Text),
    (Field::Kind, &["sid"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["sid"], Reads::Text),
];

/// What a `sid` may begin with, and the kind that this means. Any other is a text message.
pub(super) const KINDS: [(&str, &str); 3] = [("CA", "phone"), ("MM", "mms"), ("", "sms")];
