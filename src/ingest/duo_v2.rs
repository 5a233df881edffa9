//! Duo Admin API v2, `GET /admin/v2/logs/telephony`: JSON, one id an event,
//! no account, no user, no carrier and no place.

use super::shape::{Shape, Written, text};
use crate::domain::{Field, Format};

pub(super) const SHAPE: Shape = Shape {
    format: Format::DuoV2,
    written: Written::Json,
    columns: &[
        text(Field::Number, &["phone"]),
        text(Field::SentAt, &["ts"]),
        text(Field::Kind, &["type"]),
        text(Field::Channel, &["context"]),
        text(Field::MessageRef, &["telephony_id"]),
    ],
    required: &[Field::Number, Field::SentAt],
    kind: None,
};
