//! The delivery log of AWS SNS, from CloudWatch. It has the carrier's name and the codes of its
//! network as integers; if delivery failed, the name is absent and the codes are 0. Times name no
//! zone, so one must be declared. The account is in the name of the log group, not in the log.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::AwsSnsLog, Syntax::Json, &TABLE).kind("sms")
}

const TABLE: [TableLine; 7] = [
    (
        Field::Number,
        &["delivery.destination"],
        Reads::International,
    ),
    (Field::Carrier, &["delivery.phoneCarrier"], Reads::Text),
    (Field::Carrier, &["delivery.mcc"], Reads::Mcc),
    (Field::Carrier, &["delivery.mnc"], Reads::Mnc),
    (Field::SentAt, &["notification.timestamp"], Reads::Text),
    (Field::Channel, &["delivery.smsType"], Reads::Text),
    (Field::MessageRef, &["notification.messageId"], Reads::Text),
];
