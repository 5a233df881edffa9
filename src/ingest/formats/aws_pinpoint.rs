//! SMS events of AWS Pinpoint. Several events tell of one message, of which the
//! vault keeps the first. Events of other channels are no messages, and an
//! answer of the recipient is none either.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    let mut shape = Shape::of_table(Format::AwsPinpoint, Syntax::Json, &TABLE);
    shape.marks = vec![Field::SentAt, Field::Kind];
    shape.kinds = KINDS
        .map(|(begins, kind)| (begins.to_owned(), kind.to_owned()))
        .to_vec();
    shape
}

const TABLE: [TableLine; 9] = [
    (Field::Account, &["awsAccountId"], Reads::Text),
    (
        Field::Number,
        &["attributes.destination_phone_number"],
        Reads::Text,
    ),
    (Field::Carrier, &["attributes.carrier_name"], Reads::Text),
    (Field::Carrier, &["attributes.mcc_mnc"], Reads::MccMnc),
    (
        Field::Country,
        &["attributes.iso_country_code"],
        Reads::Text,
    ),
    (Field::SentAt, &["event_timestamp"], Reads::EpochMillis),
    (Field::Kind, &["event_type"], Reads::Text),
    (Field::Channel, &["attributes.message_type"], Reads::Text),
    (Field::MessageRef, &["attributes.message_id"], Reads::Text),
];

const KINDS: [(&str, &str); 3] = [
    ("_SMS.BUFFERED", "sms"),
    ("_SMS.SUCCESS", "sms"),
    ("_SMS.FAILURE", "sms"),
];
