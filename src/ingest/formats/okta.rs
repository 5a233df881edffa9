//! The Okta System Log. In Classic the number is in a target of type `MobilePhone`, in Identity
//! Engine in the debug data. Only messages and calls that were sent are read; other events are
//! rejected. There is no carrier and no place: the calling code is not a country (25 countries have
//! `+1`).

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Okta, Syntax::Json, &TABLE).events(&KINDS)
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

/// What the type of an event may begin with, and the kind of message that it means.
const KINDS: [(&str, &str); 2] = [("system.sms.send_", "sms"), ("system.voice.send_", "phone")];
