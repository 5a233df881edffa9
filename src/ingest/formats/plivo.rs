//! Plivo messages: numbers without a plus, times with a space and the account's own offset. The
//! account is in `resource_uri`.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Plivo, Syntax::Json, &TABLE)
        .kind("sms")
        .in_both_spellings()
}

const TABLE: [TableLine; 7] = [
    (Field::Account, &["resource_uri"], Reads::AccountInUri),
    (Field::Number, &["to_number"], Reads::International),
    (Field::SentAt, &["message_time"], Reads::Text),
    (Field::SentAt, &["message_sent_time"], Reads::Text),
    (Field::Kind, &["message_type"], Reads::Text),
    (Field::Channel, &["message_direction"], Reads::Text),
    (Field::MessageRef, &["message_uuid"], Reads::Text),
];
