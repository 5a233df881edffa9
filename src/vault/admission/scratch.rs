//! Buffers for the rows of one batch.

use super::group::DICTIONARIES;
use super::seen::Compared;

/// The rows of one batch that can be admitted. The buffers are reused. Each column has an entry for each of `rows`.
#[derive(Default)]
pub(super) struct Scratch {
    /// The temporary numbers of all rows of the batch; `UNASKED` where it is not known yet.
    pub(super) found: Vec<u32>,
    pub(super) rows: Vec<u32>,
    pub(super) codes: [Vec<u32>; DICTIONARIES],
    pub(super) numbers: Vec<u32>,
    /// The prints of the numbers.
    pub(super) identities: Vec<u64>,
    pub(super) prints: Vec<u128>,
    pub(super) compared: Vec<Compared>,
    /// The prints of their minutes, 0 where no such print is needed.
    pub(super) minutes: Vec<u128>,
    /// The prints that are stored with the records.
    pub(super) short: Vec<u64>,
    /// Whether no row before it in the file is the same message.
    pub(super) new: Vec<bool>,
    /// Whether an earlier exhibit has the message. Empty if there is none.
    pub(super) in_case: Vec<bool>,
    pub(super) seconds: Vec<i64>,
    /// Positions in `rows` whose user is not the one in the subject index, with the user plus one.
    pub(super) others: Vec<(u32, u32)>,
    /// From the distinct values of a batch to codes.
    pub(super) map: Vec<u32>,
}
