//! Events of AWS End User Messaging, alone or inside an EventBridge event. Several
//! events tell of one message; its time is that of the request, which they
//! share. The EventBridge variant has no number, so that the format is known by
//! its events, and such rows are rejected. `context` is dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    let mut shape = Shape::of_table(Format::AwsEndUserMessaging, Syntax::Json, &TABLE);
    shape.marks = vec![Field::SentAt, Field::Kind];
    shape.kinds = KINDS
        .map(|(begins, kind)| (begins.to_owned(), kind.to_owned()))
        .to_vec();
    shape
}

const TABLE: [TableLine; 10] = [
    (Field::Account, &["account"], Reads::Text),
    (
        Field::Number,
        &["destinationPhoneNumber", "detail.destinationPhoneNumber"],
        Reads::Text,
    ),
    (
        Field::Carrier,
        &["carrierName", "detail.carrierName"],
        Reads::Text,
    ),
    (Field::Carrier, &["mcc", "detail.mcc"], Reads::Mcc),
    (Field::Carrier, &["mnc", "detail.mnc"], Reads::Mnc),
    (
        Field::Country,
        &["isoCountryCode", "detail.isoCountryCode"],
        Reads::Text,
    ),
    (
        Field::SentAt,
        &["messageRequestTimestamp", "detail.messageRequestTimestamp"],
        Reads::EpochMillis,
    ),
    (Field::Kind, &["eventType", "detail.eventType"], Reads::Text),
    (
        Field::Channel,
        &["messageType", "detail.messageType"],
        Reads::Text,
    ),
    (
        Field::MessageRef,
        &["messageId", "detail.messageId"],
        Reads::Text,
    ),
];

/// What the types of events begin with.
const KINDS: [(&str, &str); 3] = [("TEXT_", "sms"), ("VOICE_", "phone"), ("MEDIA_", "mms")];
