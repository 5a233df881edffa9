//! Duo Admin API v1, `GET /admin/v1/logs/telephony`: JSON with the time in two forms. There is no
//! account, user, carrier or place.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::DuoV1, Syntax::Json, &TABLE).in_both_spellings()
}

const TABLE: [TableLine; 5] = [
    (Field::Number, &["phone"], Reads::Text),
    (Field::SentAt, &["isotimestamp"], Reads::Text),
    (Field::SentAt, &["timestamp"], Reads::EpochSeconds),
    (Field::Kind, &["type"], Reads::Text),
    (Field::Channel, &["context"], Reads::Text),
];
