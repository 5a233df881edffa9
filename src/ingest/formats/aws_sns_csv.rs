//! The daily usage report of AWS SNS. Numbers have a plus or not. There is no carrier and no place,
//! and the account is only in the path of the file.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::AwsSnsCsv, Syntax::Delimited, &TABLE).kind("sms")
}

const TABLE: [TableLine; 4] = [
    (
        Field::Number,
        &["destinationphonenumber"],
        Reads::International,
    ),
    (Field::SentAt, &["publishtimeutc"], Reads::Text),
    (Field::Channel, &["messagetype"], Reads::Text),
    (Field::MessageRef, &["messageid"], Reads::Text),
];
