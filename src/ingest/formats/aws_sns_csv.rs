//! The daily usage report of AWS SNS: numbers with their plus or without. No
//! carrier, no place, and the account only in the path of the file.

use crate::domain::{Field, Format};
use crate::ingest::shape::{Line, Reads, Shape, Written};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::AwsSnsCsv, Written::Delimited, &TABLE).kind("sms")
}

const TABLE: [Line; 4] = [
    (
        Field::Number,
        &["destinationphonenumber"],
        Reads::International,
    ),
    (Field::SentAt, &["publishtimeutc"], Reads::Text),
    (Field::Channel, &["messagetype"], Reads::Text),
    (Field::MessageRef, &["messageid"], Reads::Text),
];
