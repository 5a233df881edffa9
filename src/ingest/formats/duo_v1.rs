//! Duo Admin API v1, `GET /admin/v1/logs/telephony`: JSON, a time in two
//! spellings, no account, no user, no carrier and no place.

use crate::domain::{Field, Format};
use crate::ingest::shape::{Line, Reads, Shape, Written};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::DuoV1, Written::Json, &TABLE)
}

const TABLE: [Line; 5] = [
    (Field::Number, &["phone"], Reads::Text),
    (Field::SentAt, &["isotimestamp"], Reads::Text),
    (Field::SentAt, &["timestamp"], Reads::EpochSeconds),
    (Field::Kind, &["type"], Reads::Text),
    (Field::Channel, &["context"], Reads::Text),
];
