//! A batch of some thousand leaves in memory; the buffers are reused for the next batch.

use crate::domain::Moment;

/// A leaf as it is stored.
#[derive(Clone, Copy)]
pub(in crate::vault) struct StoredLeaf<'a> {
    /// The number it is stored under.
    pub(in crate::vault) number: u64,
    pub(in crate::vault) bytes: &'a [u8],
    pub(in crate::vault) beside: Option<Beside<'a>>,
}

/// The columns that are stored beside a leaf for searching; they must agree with the leaf.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Beside<'a> {
    pub(in crate::vault) time: Moment,
    pub(in crate::vault) operator: Option<&'a str>,
    pub(in crate::vault) case: Option<&'a str>,
    pub(in crate::vault) object: Option<&'a str>,
    pub(in crate::vault) action: &'a str,
    pub(in crate::vault) outcome: &'a str,
}

/// A source of leaves, in stored order.
pub(in crate::vault) trait Leaves {
    /// Passes the next leaf to `take`, or returns that there is none.
    fn next_into(&mut self, take: &mut dyn FnMut(StoredLeaf<'_>)) -> Result<bool, Unreadable>;
}

/// A leaf could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Unreadable;

impl<E, I: Iterator<Item = Result<(u64, Vec<u8>), E>>> Leaves for I {
    fn next_into(&mut self, take: &mut dyn FnMut(StoredLeaf<'_>)) -> Result<bool, Unreadable> {
        let Some(leaf) = self.next() else {
            return Ok(false);
        };
        let (number, bytes) = leaf.map_err(|_| Unreadable)?;
        take(StoredLeaf {
            number,
            bytes: &bytes,
            beside: None,
        });
        Ok(true)
    }
}

#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    texts: String,
    places: Vec<LeafPlace>,
    /// There are no leaves after these.
    pub(super) last: bool,
    /// The leaf after these could not be read.
    pub(super) unreadable: bool,
}

#[derive(Clone, Copy)]
pub(super) struct LeafPlace {
    number: u64,
    /// Of the leaf's bytes.
    start: usize,
    end: usize,
    beside: Option<BesidePlace>,
}

#[derive(Clone, Copy)]
struct BesidePlace {
    time: Moment,
    /// Offset in the texts, where operator, case, object, action and outcome follow each other.
    start: usize,
    operator: Option<usize>,
    case: Option<usize>,
    object: Option<usize>,
    action: usize,
    outcome: usize,
}

impl Batch {
    /// Reads the next leaves into the buffers of these.
    pub(super) fn refill(mut self, leaves: &mut impl Leaves) -> Self {
        self.bytes.clear();
        self.texts.clear();
        self.places.clear();
        (self.last, self.unreadable) = (false, false);
        while self.places.len() < MOST {
            match leaves.next_into(&mut |leaf| self.push(leaf)) {
                Ok(true) => {}
                Ok(false) => {
                    self.last = true;
                    break;
                }
                Err(Unreadable) => {
                    (self.last, self.unreadable) = (true, true);
                    break;
                }
            }
        }
        self
    }

    fn push(&mut self, leaf: StoredLeaf<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(leaf.bytes);
        let beside = leaf.beside.map(|beside| {
            let start = self.texts.len();
            let mut text = |text: &str| {
                self.texts.push_str(text);
                text.len()
            };
            BesidePlace {
                time: beside.time,
                start,
                operator: beside.operator.map(&mut text),
                case: beside.case.map(&mut text),
                object: beside.object.map(&mut text),
                action: text(beside.action),
                outcome: text(beside.outcome),
            }
        });
        self.places.push(LeafPlace {
            number: leaf.number,
            start,
            end: self.bytes.len(),
            beside,
        });
    }

    pub(super) fn places(&self) -> &[LeafPlace] {
        &self.places
    }

    pub(super) fn leaf(&self, place: &LeafPlace) -> StoredLeaf<'_> {
        let beside = place.beside.map(|of| {
            let mut at = of.start;
            let mut text = |length: usize| {
                let text = self.texts.get(at..at + length).unwrap_or_default();
                at += length;
                text
            };
            Beside {
                time: of.time,
                operator: of.operator.map(&mut text),
                case: of.case.map(&mut text),
                object: of.object.map(&mut text),
                action: text(of.action),
                outcome: text(of.outcome),
            }
        });
        StoredLeaf {
            number: place.number,
            bytes: self.bytes.get(place.start..place.end).unwrap_or_default(),
            beside,
        }
    }
}

impl LeafPlace {
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

/// Enough leaves to be worth starting threads, and few enough to limit memory.
const MOST: usize = 8_192;
