//! The CSV of a Twilio console: every cell quoted, and a body of constant words, a column that must
//! be dropped on loading. It holds text messages only, so calls are not marked.

use super::random::mix;
use super::row::{Row, Shape};
use super::text::{decimal, hexadecimal, padded};

pub(super) struct TwilioCsv;

impl Shape for TwilioCsv {
    fn open(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(
            br#""From","To","Body","Status","SentDate","ApiVersion","NumSegments","ErrorCode","AccountSid","Sid","Direction","Price","PriceUnit""#,
        );
        out.push(b'\n');
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>) {
        let [a, b, c, _] = row.chance;
        // Two in a hundred do not arrive: error 30003 is an unreachable handset.
        let lost = c % 50 == 0;
        out.extend_from_slice(br#""+14155550101","+"#);
        decimal(row.membership.number, out);
        out.extend_from_slice(br#"","<content>",""#);
        out.extend_from_slice(if lost { b"undelivered" } else { b"delivered" });
        out.extend_from_slice(br#"",""#);
        out.extend_from_slice(row.minute);
        padded::<2>(u64::from(row.second), out);
        out.extend_from_slice(br#"Z","2010-04-01","1",""#);
        out.extend_from_slice(if lost { b"30003" } else { b"" });
        out.extend_from_slice(br#"","AC"#);
        let account = row
            .account
            .bytes()
            .fold(0, |sum: u64, byte| sum << 6 ^ u64::from(byte));
        hexadecimal(mix(account), mix(!account), out);
        out.extend_from_slice(br#"","SM"#);
        hexadecimal(a, b, out);
        out.extend_from_slice(br#"","outbound-api","-0.0079","USD""#);
        out.push(b'\n');
    }

    fn close(&mut self, _out: &mut Vec<u8>) {}
}
