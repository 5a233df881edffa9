//! Prints of messages: keyed hashes of what tells a message from others.
//!
//! Two kinds. A print of 128 bits distinguishes the rows of one file, and in `in_case` those of earlier exhibits. A
//! short print is stored with a record, so that a later admission finds the records that may be the same message; it is
//! made of what both must have in common, and only the records themselves tell whether they are the same.
//! Sees codes, times and other prints.

use super::group::CHANNEL;
use crate::vault::columns::PRINT_BITS;
use crate::vault::plaintext::Fingerprinter;

/// Account, carrier, country, state, kind, channel.
pub(super) const CODES: usize = CHANNEL + 1;

/// What sets prints of one kind apart from those of the others.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(super) enum Mark {
    Second = 1,
    /// Any time within a minute.
    Minute,
    /// A time that is written to the minute.
    OnlyMinute,
    Fraction,
    OnlyFractions,
    /// A row of a minute that is written to the second.
    SecondOfMinute,
    /// A row that is written to the minute, and is new.
    NewMinute,
}

/// What distinguishes a row without a message reference from others.
pub(super) struct RowIdentity {
    pub(super) number: u64,
    pub(super) user: u64,
    pub(super) sent_at: i64,
    /// In the order of `Field::DICTIONARIES`; the bases are left out.
    pub(super) codes: [u32; CODES],
}

/// The print of a reference as an account has it: the same reference of two customers is of two messages. So is one
/// with an account and one without, because nobody knows that they are the same, and no message may be lost. Short
/// prints are made without it.
pub(super) fn in_account(reference: u128, account: u32) -> u128 {
    reference ^ u128::from(account).wrapping_mul(ACCOUNTS)
}

/// The print of a row with a reference that is no id of a message.
pub(super) fn of_timed(
    prints: &Fingerprinter,
    reference: u128,
    number: u64,
    unit: Mark,
    time: i64,
) -> u128 {
    of_marked(prints, reference, unit, [number, time as u64])
}

/// A print made of another one.
pub(super) fn of_marked(prints: &Fingerprinter, print: u128, mark: Mark, [a, b]: [u64; 2]) -> u128 {
    prints.of_row(&[print as u64, (print >> 64) as u64, mark as u64, a, b])
}

/// The print of a row without a reference.
pub(super) fn of_row(prints: &Fingerprinter, row: &RowIdentity) -> u128 {
    let [account, carrier, country, state, kind, channel] = row.codes.map(u64::from);
    prints.of_row(&[
        row.number,
        row.user,
        row.sent_at as u64,
        account,
        carrier,
        country,
        state,
        kind,
        channel,
    ])
}

/// The minute of a time.
pub(super) fn minute_of(sent_at: i64) -> i64 {
    sent_at.div_euclid(60)
}

/// The short print of a message whose reference is its id: `reference` and `number` are prints.
pub(super) fn short_of_id(reference: u128, number: u64) -> u64 {
    short(reference as u64 ^ number, (reference >> 64) as u64)
}

/// The short print of any other message with a reference. Whichever of two times is the coarser, both are in one
/// minute.
pub(super) fn short_of_minute(reference: u128, number: u64, sent_at: i64) -> u64 {
    let minute = (minute_of(sent_at) as u64).wrapping_mul(SPREAD);
    short(
        reference as u64 ^ number,
        (reference >> 64) as u64 ^ minute ^ TIMED,
    )
}

/// The short print of a message without a reference.
pub(super) fn short_of_row(print: u128) -> u64 {
    narrowed((print >> 64) as u64 >> (u64::BITS - PRINT_BITS))
}

/// The highest bits of a product, folded. Both factors are keyed hashes already.
fn short(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    narrowed((product as u64 ^ (product >> 64) as u64) >> (u64::BITS - PRINT_BITS))
}

/// Tests make short prints alike, so that rows meet that are not the same message.
fn narrowed(print: u64) -> u64 {
    #[cfg(test)]
    let print = print & tests::KEPT.get();
    print
}

/// Odd, so that no two minutes come out alike: 2^64 over the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Odd, so that no two accounts come out alike.
const ACCOUNTS: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
/// Sets times apart from ids.
const TIMED: u64 = 0xf39c_c060_5ced_c835;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        /// The bits of short prints that are kept on this thread.
        pub(in crate::vault::admission) static KEPT: Cell<u64> = const { Cell::new(u64::MAX) };
    }

    #[test]
    fn a_short_print_changes_with_all_that_it_is_made_of_and_with_no_second() {
        let prints = Fingerprinter::new([1, 2, 3, 4]);
        let [a, b] = ["a", "b"].map(|text| prints.of_text(text));
        let all = [
            short_of_id(a, 1),
            short_of_id(b, 1),
            short_of_id(a, 2),
            short_of_minute(a, 1, 0),
            short_of_minute(a, 1, 60),
            short_of_minute(a, 1, -1),
            short_of_minute(b, 1, 0),
            short_of_minute(a, 2, 0),
            short_of_row(a),
            short_of_row(b),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(*one < 1 << PRINT_BITS, "{at}");
            assert!(!all[..at].contains(one), "{at}");
        }
        assert_eq!(short_of_minute(a, 1, 0), short_of_minute(a, 1, 59));
        assert_eq!(short_of_minute(a, 1, -60), short_of_minute(a, 1, -1));
    }
}
