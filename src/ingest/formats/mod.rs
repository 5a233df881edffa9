//! The named formats, one table a file: which columns a log has and which of
//! our fields each holds. What is not in a table is dropped.
//!
//! Names only; no cell passes here.

mod aws_end_user_messaging;
mod aws_pinpoint;
mod aws_sns_csv;
mod aws_sns_log;
mod bandwidth;
mod duo_v1;
mod duo_v2;
mod messagebird;
mod okta;
mod plivo;
mod sinch;
mod supplier_csv;
mod telnyx;
mod twilio_csv;
mod twilio_json;
mod vonage_csv;

use super::shape::{Shape, Written};
use crate::domain::Format;

pub(super) fn shape(format: Format) -> Shape {
    match format {
        Format::SupplierCsv => supplier_csv::shape(),
        Format::DuoV1 => duo_v1::shape(),
        Format::DuoV2 => duo_v2::shape(),
        Format::TwilioCsv => twilio_csv::shape(),
        Format::TwilioJson => twilio_json::shape(),
        Format::VonageCsv => vonage_csv::shape(),
        Format::Telnyx => telnyx::shape(),
        Format::Bandwidth => bandwidth::shape(),
        Format::Sinch => sinch::shape(),
        Format::Plivo => plivo::shape(),
        Format::MessageBird => messagebird::shape(),
        Format::AwsSnsLog => aws_sns_log::shape(),
        Format::AwsSnsCsv => aws_sns_csv::shape(),
        Format::AwsEndUserMessaging => aws_end_user_messaging::shape(),
        Format::AwsPinpoint => aws_pinpoint::shape(),
        Format::Okta => okta::shape(),
        // Its columns are what a mapping names.
        Format::Mapped => Shape::new(format, Written::Delimited, Vec::new()),
    }
}
