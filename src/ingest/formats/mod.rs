//! The named formats, one file each: a table of the columns of a supplier's log and the field
//! that each holds. A column that is not in the table is dropped.
//!
//! These files hold names of columns; no cell passes through them. `shape` defines a format.

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
pub(super) mod shape;
mod sinch;
mod supplier_csv;
mod telnyx;
mod twilio_csv;
mod twilio_json;
mod vonage_csv;

use self::shape::{Shape, Syntax};
use crate::domain::Format;

/// The table of a format.
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
        // Its columns are those that the mapping names.
        Format::Mapped => Shape::new(format, Syntax::Delimited, Vec::new()),
    }
}
