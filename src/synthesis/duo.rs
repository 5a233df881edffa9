//! Duo's telephony endpoints, v1 and v2: one envelope, one item a line. They have neither account
//! nor user, carrier, country or state.

use super::row::{Row, Shape};
use super::text::{decimal, padded, uuid};

#[derive(Default)]
pub(super) struct DuoV1 {
    begun: bool,
}

/// All items are in one envelope; the real endpoint would return pages of a thousand.
#[derive(Default)]
pub(super) struct DuoV2 {
    count: u64,
    last: Option<(i64, u32, [u64; 4])>,
}

impl Shape for DuoV1 {
    fn open(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"stat":"OK","response":["#);
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>) {
        separate(&mut self.begun, out);
        out.extend_from_slice(br#"{"context":""#);
        out.extend_from_slice(row.channel.as_bytes());
        out.extend_from_slice(br#"","credits":"#);
        decimal(credits(row), out);
        out.extend_from_slice(br#","isotimestamp":""#);
        out.extend_from_slice(row.minute);
        padded::<2>(u64::from(row.second), out);
        out.extend_from_slice(br#"+00:00","phone":"+"#);
        decimal(row.membership.number, out);
        out.extend_from_slice(br#"","timestamp":"#);
        decimal(row.unix.unsigned_abs(), out);
        out.extend_from_slice(br#","type":""#);
        out.extend_from_slice(row.kind.as_bytes());
        out.extend_from_slice(br#""}"#);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]}\n");
    }
}

impl Shape for DuoV2 {
    fn open(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"items":["#);
    }

    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>) {
        separate(&mut (self.count > 0), out);
        self.count += 1;
        self.last = Some((row.unix, row.micros, row.chance));
        let [a, b, c, d] = row.chance;
        out.extend_from_slice(br#"{"context":""#);
        out.extend_from_slice(row.channel.as_bytes());
        out.extend_from_slice(br#"","credits":"#);
        decimal(credits(row), out);
        out.extend_from_slice(br#","phone":"+"#);
        decimal(row.membership.number, out);
        out.extend_from_slice(br#"","telephony_id":""#);
        uuid(a, b, out);
        out.extend_from_slice(br#"","ts":""#);
        out.extend_from_slice(row.minute);
        padded::<2>(u64::from(row.second), out);
        out.push(b'.');
        padded::<6>(u64::from(row.micros), out);
        out.extend_from_slice(br#"+00:00","txid":""#);
        uuid(c, d, out);
        out.extend_from_slice(br#"","type":""#);
        out.extend_from_slice(row.kind.as_bytes());
        out.extend_from_slice(br#""}"#);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n],\"metadata\":{\"next_offset\":");
        match self.last {
            None => out.extend_from_slice(b"null"),
            Some((unix, micros, [a, b, ..])) => {
                out.push(b'"');
                decimal(unix.unsigned_abs() * 1000 + u64::from(micros / 1000), out);
                out.push(b',');
                uuid(a, b, out);
                out.push(b'"');
            }
        }
        out.extend_from_slice(br#","total_objects":{"relation":"eq","value":"#);
        decimal(self.count, out);
        out.extend_from_slice(b"}}}\n");
    }
}

fn separate(begun: &mut bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if *begun { b",\n" } else { b"\n" });
    *begun = true;
}

/// A call costs more than a text, and a message abroad more than a domestic one.
fn credits(row: &Row<'_>) -> u64 {
    let abroad = row.membership.place.country.code != "US";
    1 + u64::from(row.kind == "phone") + 3 * u64::from(abroad)
}
