//! Duo Admin API v2, `GET /admin/v2/logs/telephony`: JSON with an id for each event. There is no
//! account, user, carrier or place.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::DuoV2, Syntax::Json, &TABLE).in_both_spellings()
}

const TABLE: [TableLine; 5] = [
    (Field::Number, &["phone"], Reads::Text),
    (Field::SentAt, &["ts"], Reads::Text),
    (Field::Kind, &["type"], Reads::Text),
    (Field::Channel, &["context"], Reads::Text),
    (Field::MessageRef, &["telephony_id"], Reads::Text),
];
