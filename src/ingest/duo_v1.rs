//! Duo Admin API v1, `GET /admin/v1/logs/telephony`: JSON, a time in two
//! spellings, no account, no user, no carrier and no place.

use super::shape::{Column, Reads, Shape, Written, text};
use crate::domain::{Field, Format};

pub(super) const SHAPE: Shape = Shape {
    format: Format::DuoV1,
    written: Written::Json,
    columns: &[
        text(Field::Number, &["phone"]),
        text(Field::SentAt, &["isotimestamp"]),
        Column {
            field: Field::SentAt,
            names: &["timestamp"],
            reads: Reads::EpochSeconds,
        },
        text(Field::Kind, &["type"]),
        text(Field::Channel, &["context"]),
    ],
    required: &[Field::Number, Field::SentAt],
    kind: None,
};
