//! Telnyx message detail records. They have the carrier's name, or for certain products the codes
//! of its network, and the recipient's country as alpha-2. Addresses of webhooks may hold secrets
//! and are dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Telnyx, Syntax::Json, &TABLE)
        .kind("sms")
        .in_both_spellings()
}

const TABLE: [TableLine; 11] = [
    (Field::Account, &["user_id"], Reads::Text),
    (Field::Number, &["cld"], Reads::Text),
    (Field::Carrier, &["carrier"], Reads::Text),
    (Field::Carrier, &["mcc"], Reads::Mcc),
    (Field::Carrier, &["mnc"], Reads::Mnc),
    (Field::Country, &["country_code"], Reads::Text),
    (Field::SentAt, &["sent_at"], Reads::Text),
    (Field::SentAt, &["created_at"], Reads::Text),
    (Field::Kind, &["message_type"], Reads::Text),
    (Field::Channel, &["direction"], Reads::Text),
    (Field::MessageRef, &["uuid"], Reads::Text),
];
