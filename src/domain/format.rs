//! The formats in which suppliers deliver their logs.

use std::str::FromStr;

/// A format of a supplier's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// CSV with the fields of the supplier's notice, in any order.
    SupplierCsv,
    /// Duo Admin API v1, `GET /admin/v1/logs/telephony`.
    DuoV1,
    /// Duo Admin API v2, `GET /admin/v2/logs/telephony`.
    DuoV2,
    /// The CSV that the Twilio console downloads.
    TwilioCsv,
    /// Twilio messages, from the API or a bulk export.
    TwilioJson,
    /// The CSV of a Vonage report.
    VonageCsv,
    /// Telnyx message detail records.
    Telnyx,
    /// Bandwidth, `GET /messages`.
    Bandwidth,
    /// Sinch delivery reports of recipients.
    Sinch,
    /// Plivo messages.
    Plivo,
    /// MessageBird messages, each with many recipients.
    MessageBird,
    /// The delivery log of AWS SNS, from CloudWatch.
    AwsSnsLog,
    /// The daily usage report of AWS SNS.
    AwsSnsCsv,
    /// Events of AWS End User Messaging.
    AwsEndUserMessaging,
    /// SMS events of AWS Pinpoint.
    AwsPinpoint,
    /// The Okta System Log, Classic and Identity Engine.
    Okta,
    /// A file that is read with a mapping. This cannot be declared by name.
    Mapped,
}

impl Format {
    /// The formats that can be detected or declared.
    pub const ALL: [Self; 16] = [
        Self::SupplierCsv,
        Self::DuoV1,
        Self::DuoV2,
        Self::TwilioCsv,
        Self::TwilioJson,
        Self::VonageCsv,
        Self::Telnyx,
        Self::Bandwidth,
        Self::Sinch,
        Self::Plivo,
        Self::MessageBird,
        Self::AwsSnsLog,
        Self::AwsSnsCsv,
        Self::AwsEndUserMessaging,
        Self::AwsPinpoint,
        Self::Okta,
    ];

    /// The name of the format, as requests and reports use it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SupplierCsv => "supplier-csv",
            Self::DuoV1 => "duo-v1",
            Self::DuoV2 => "duo-v2",
            Self::TwilioCsv => "twilio-csv",
            Self::TwilioJson => "twilio-json",
            Self::VonageCsv => "vonage-csv",
            Self::Telnyx => "telnyx",
            Self::Bandwidth => "bandwidth",
            Self::Sinch => "sinch",
            Self::Plivo => "plivo",
            Self::MessageBird => "messagebird",
            Self::AwsSnsLog => "aws-sns-log",
            Self::AwsSnsCsv => "aws-sns-csv",
            Self::AwsEndUserMessaging => "aws-end-user-messaging",
            Self::AwsPinpoint => "aws-pinpoint",
            Self::Okta => "okta",
            Self::Mapped => "mapped",
        }
    }
}

/// The text names no known format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be one of supplier-csv, duo-v1, duo-v2, twilio-csv, twilio-json, vonage-csv, telnyx, \
     bandwidth, sinch, plivo, messagebird, aws-sns-log, aws-sns-csv, aws-end-user-messaging, aws-pinpoint, okta"
)]
pub struct FormatError;

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or(FormatError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read_from_its_name_and_named_in_the_error() {
        let names = FormatError.to_string();
        let names = names.trim_start_matches("must be one of ");
        let all = Format::ALL.map(Format::as_str);
        assert_eq!(names.split(", ").collect::<Vec<_>>(), all);
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert_eq!("auto".parse::<Format>(), Err(FormatError));
    }
}
