//! MessageBird messages. A message makes a row for each of its recipients, whose numbers are
//! integers. `mo` is a message that the owner of the log received. `reference` is the customer's
//! own text and may name a user. `body` is dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::MessageBird, Syntax::Json, &TABLE)
        .kind("sms")
        .in_both_spellings()
}

const TABLE: [TableLine; 6] = [
    (Field::User, &["reference"], Reads::Text),
    (
        Field::Number,
        &["recipients.items[].recipient"],
        Reads::International,
    ),
    (Field::SentAt, &["createdDatetime"], Reads::Text),
    (Field::Kind, &["type"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["id"], Reads::Text),
];
