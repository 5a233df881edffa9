//! The formats in which suppliers deliver their logs.

use super::words;

words! {
    /// A format of a supplier's log.
    pub enum Format {
        /// CSV with the fields of the supplier's notice, in any order.
        SupplierCsv => "supplier-csv",
        /// Duo Admin API v1, `GET /admin/v1/logs/telephony`.
        DuoV1 => "duo-v1",
        /// Duo Admin API v2, `GET /admin/v2/logs/telephony`.
        DuoV2 => "duo-v2",
        /// The CSV that the Twilio console downloads.
        TwilioCsv => "twilio-csv",
        /// Twilio messages, from the API or a bulk export.
        TwilioJson => "twilio-json",
        /// The CSV of a Vonage report.
        VonageCsv => "vonage-csv",
        /// Telnyx message detail records.
        Telnyx => "telnyx",
        /// Bandwidth, `GET /messages`.
        Bandwidth => "bandwidth",
        /// Sinch delivery reports of recipients.
        Sinch => "sinch",
        /// Plivo messages.
        Plivo => "plivo",
        /// MessageBird messages, each with many recipients.
        MessageBird => "messagebird",
        /// The delivery log of AWS SNS, from CloudWatch.
        AwsSnsLog => "aws-sns-log",
        /// The daily usage report of AWS SNS.
        AwsSnsCsv => "aws-sns-csv",
        /// Events of AWS End User Messaging.
        AwsEndUserMessaging => "aws-end-user-messaging",
        /// SMS events of AWS Pinpoint.
        AwsPinpoint => "aws-pinpoint",
        /// The Okta System Log, Classic and Identity Engine.
        Okta => "okta",
        ;
        /// A file that is read with a mapping. This cannot be declared by name.
        Mapped => "mapped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UnknownWord;

    #[test]
    fn every_format_is_read_from_its_name_and_named_in_the_error() {
        let names = UnknownWord {
            words: Format::WORDS,
        }
        .to_string();
        let names = names.trim_start_matches("must be one of ");
        let all = Format::ALL.map(Format::as_str);
        assert_eq!(names.split(", ").collect::<Vec<_>>(), all);
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert_eq!(
            "auto".parse::<Format>(),
            Err(UnknownWord {
                words: Format::WORDS
            })
        );
    }
}
