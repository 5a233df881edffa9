//! One message of a made-up log, before it takes a format's shape.

use super::people::Membership;

pub(super) struct Row<'a> {
    pub account: &'a str,
    pub membership: Membership<'a>,
    /// `2024-03-21T22:34:`
    pub minute: &'a [u8],
    pub second: u8,
    pub micros: u32,
    /// Seconds since 1970.
    pub unix: i64,
    pub kind: &'static str,
    pub channel: &'static str,
    /// 16 digits.
    pub reference: u64,
    /// For the identifiers a format has of its own.
    pub chance: [u64; 4],
}

/// The shape of a whole log.
pub(super) trait Shape {
    fn open(&mut self, out: &mut Vec<u8>);
    fn row(&mut self, row: &Row<'_>, out: &mut Vec<u8>);
    fn close(&mut self, out: &mut Vec<u8>);
}
