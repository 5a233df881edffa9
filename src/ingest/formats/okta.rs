//! The Okta System Log: Classic has the number in a target of type `MobilePhone`,
//! Identity Engine in the debug data. Other events than messages and calls that
//! were sent are rejected, their numbers unread. No carrier and no place: the
//! calling code beside the number is no country (`+1` is 25 of them).

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    let mut shape = Shape::of_table(Format::Okta, Syntax::Json, &TABLE);
    shape.marks = vec![Field::SentAt, Field::Kind];
    shape.kinds = KINDS
        .map(|(begins, kind)| (begins.to_owned(), kind.to_owned()))
        .to_vec();
    shape
}

const TABLE: [TableLine; 7] = [
    (Field::User, &["target[type=User].alternateId"], Reads::Text),
    (
        Field::Number,
        &["debugContext.debugData.phoneNumber"],
        Reads::Text,
    ),
    (
        Field::Number,
        &["target[type=MobilePhone].alternateId"],
        Reads::Text,
    ),
    (Field::SentAt, &["published"], Reads::Text),
    (Field::Kind, &["eventType"], Reads::Text),
    (Field::Channel, &["eventType"], Reads::Text),
    (Field::MessageRef, &["uuid"], Reads::Text),
];

/// What the types of events begin with.
const KINDS: [(&str, &str); 2] = [("system.sms.send_", "sms"), ("system.voice.send_", "phone")];
