//! Plivo messages: numbers without their plus, times with a space and the
//! account's own offset, the account inside `resource_uri`.

use crate::domain::{Field, Format};
use crate::ingest::shape::{Line, Reads, Shape, Written};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Plivo, Written::Json, &TABLE).kind("sms")
}

const TABLE: [Line; 7] = [
    (Field::Account, &["resource_uri"], Reads::AccountInUri),
    (Field::Number, &["to_number"], Reads::International),
    (Field::SentAt, &["message_time"], Reads::Text),
    (Field::SentAt, &["message_sent_time"], Reads::Text),
    (Field::Kind, &["message_type"], Reads::Text),
    (Field::Channel, &["message_direction"], Reads::Text),
    (Field::MessageRef, &["message_uuid"], Reads::Text),
];
