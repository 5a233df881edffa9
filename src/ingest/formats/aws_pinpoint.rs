//! SMS events of AWS Pinpoint. One message has several events; the vault keeps the first. Events of
//! other channels, and answers of recipients, are not messages and are rejected.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::AwsPinpoint, Syntax::Json, &TABLE).events(&KINDS)
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

/// What the type of an event may begin with, and the kind of message that it means.
const KINDS: [(&str, &str); 3] = [
    ("_SMS.BUFFERED", "sms"),
    ("_SMS.SUCCESS", "sms"),
    ("_SMS.FAILURE", "sms"),
];
