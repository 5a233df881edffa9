//! Events of AWS End User Messaging, alone or as the `detail` of an EventBridge event. One message
//! has several events; all have the time of the request. Inside EventBridge there is no number, so
//! the format is identified by its events, and such rows are rejected. `context` is dropped.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::AwsEndUserMessaging, Syntax::Json, &TABLE).events(&KINDS)
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

/// What the type of an event may begin with, and the kind of message that it means.
const KINDS: [(&str, &str); 3] = [("TEXT_", "sms"), ("VOICE_", "phone"), ("MEDIA_", "mms")];
