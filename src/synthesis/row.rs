//! One message of a synthetic log, before it is written in a format.

use super::people::Membership;

pub(super) struct Row<'a> {
    /// The name of the customer account.
    pub account: &'a str,
    /// The person who gets the message.
    pub membership: Membership<'a>,
    /// `2024-03-21T22:34:`
    pub minute: &'a [u8],
    /// The second of the minute.
    pub second: u8,
    /// Microseconds of the second.
    pub micros: u32,
    /// Seconds since 1970.
    pub unix: i64,
    /// The kind of message, such as `sms`.
    pub kind: &'static str,
    /// What the message is for, such as `authentication`.
    pub channel: &'static str,
    /// 16 digits.
    pub reference: u64,
    /// Random bits for identifiers that only some formats have.
    pub chance: [u64; 4],
}

/// Writes a whole log in one format.
pub(super) trait Shape {
    fn open(&mut self, out: &mut Vec<u8>);
    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>);
    fn close(&mut self, out: &mut Vec<u8>);
}
