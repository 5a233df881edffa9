//! Builds the subject index while an exhibit is admitted.
//!
//! Temporary numbers are dense, so each has a node of its own and no hashing is needed. Most numbers have one or two
//! pairs of account and kind; further pairs are in a chain. A chain longer than eight continues in a hash map, so that
//! an exhibit made of one number and very many accounts costs no more than another.

use std::collections::HashMap;

use super::{CodecError, RANGE_NUMBERS, SubjectEntry};

const NONE: u32 = u32::MAX;
const CHAIN: usize = 8;

/// How many nodes are read ahead, before they are counted.
const BATCH: usize = 256;

/// Counts messages by number, account and kind, with temporary numbers in place of the final ones.
#[derive(Default)]
pub struct SubjectIndexBuilder {
    /// The first node of each temporary number; it has no messages until the number is counted.
    firsts: Vec<Node>,
    /// All others.
    more: Vec<Node>,
    /// Those beyond the first of a chain's [`CHAIN`], by number and pair.
    beyond: HashMap<(u32, u32), u32>,
    pairs: Pairs,
    /// The base of the offsets.
    base: Option<i64>,
    /// First and last times that no offset reaches, by node.
    far: HashMap<NodeId, (i64, i64)>,
}

/// Messages to be counted: each list has one entry for each message.
pub struct Messages<'m> {
    /// Temporary numbers.
    pub numbers: &'m [u32],
    /// Codes of accounts.
    pub accounts: &'m [u32],
    /// Codes of kinds of message.
    pub kinds: &'m [u32],
    /// Times, in seconds since 1970.
    pub seconds: &'m [i64],
}

#[derive(Clone, Copy)]
struct Node {
    pair: u32,
    /// The first message's; [`NONE`] until it is known.
    user: u32,
    messages: u32,
    next: u32,
    /// Seconds from the base on.
    first: u32,
    last: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum NodeId {
    First(u32),
    More(u32),
}

const EMPTY: Node = Node {
    pair: 0,
    user: NONE,
    messages: 0,
    next: NONE,
    first: u32::MAX,
    last: 0,
};

impl SubjectIndexBuilder {
    /// Stands for the user of a number, account and kind that have none yet.
    pub const NO_USER: u32 = NONE;

    /// A builder that has counted nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts messages in their order.
    ///
    /// `users_of` is called for one batch of messages after the other. It gets the position of the first message of the
    /// batch, and for each message the user that its number, account and kind have already
    /// ([`SubjectIndexBuilder::NO_USER`] if they have none). It replaces each of these by the message's own user.
    ///
    /// `others` is replaced by the messages whose user is not the one that is kept: their positions, ascending, each
    /// with its user.
    pub fn count_all(
        &mut self,
        messages: &Messages<'_>,
        mut users_of: impl FnMut(usize, &mut [u32]) -> Result<(), CodecError>,
        others: &mut Vec<(u32, u32)>,
    ) -> Result<(), CodecError> {
        others.clear();
        let Messages {
            numbers,
            accounts,
            kinds,
            seconds,
        } = messages;
        let rows = numbers.len();
        if [accounts.len(), kinds.len(), seconds.len()] != [rows; 3] {
            return Err(CodecError::Rows);
        }
        let most = numbers.iter().max().copied().unwrap_or(0);
        if most == NONE {
            return Err(CodecError::TooMany);
        }
        if self.firsts.len() <= most as usize {
            self.firsts.resize(most as usize + 1, EMPTY);
        }
        let (mut ids, mut users) = ([NodeId::First(0); BATCH], [NONE; BATCH]);
        for (from, batch) in (0..).step_by(BATCH).zip(numbers.chunks(BATCH)) {
            let nodes = batch.iter().map(|number| &self.firsts[*number as usize]);
            std::hint::black_box(nodes.fold(0, |touched, node| touched | node.next));
            for (place, number) in batch.iter().enumerate() {
                let at = from + place;
                let pair = self.pairs.of(accounts[at], kinds[at])?;
                ids[place] = self.node(*number, pair)?;
                users[place] = self.at(ids[place]).user;
                self.count(ids[place], seconds[at]);
            }
            let users = &mut users[..batch.len()];
            users_of(from, users)?;
            for (place, (id, user)) in ids.iter().zip(users).enumerate() {
                let kept = &mut self.at(*id).user;
                if *kept == NONE {
                    *kept = *user;
                } else if *kept != *user {
                    others.push(((from + place) as u32, *user));
                }
            }
        }
        Ok(())
    }

    /// Whether any message to a temporary number was counted.
    pub fn holds(&self, number: u32) -> bool {
        let node = self.firsts.get(number as usize);
        node.is_some_and(|node| node.messages > 0)
    }

    /// The entries, range by range, with the final numbers and users in place of the temporary ones. Two temporary
    /// numbers must not have the same final number.
    pub fn finish(self, numbers: &[u32], users: Vec<u32>) -> Result<SubjectRanges, CodecError> {
        let counted = self.firsts.iter().rposition(|node| node.messages > 0);
        if counted.is_some_and(|last| last >= numbers.len()) {
            return Err(CodecError::Code);
        }
        let mut order: Vec<u64> = (0..)
            .zip(numbers)
            // A number without a final number is in duplicates only.
            .filter(|(temporary, number)| self.holds(*temporary) && **number != 0)
            .map(|(temporary, number)| u64::from(*number) << 32 | u64::from(temporary))
            .collect();
        order.sort_unstable();
        if order.windows(2).any(|two| two[0] >> 32 == two[1] >> 32) {
            return Err(CodecError::Order);
        }
        Ok(SubjectRanges {
            order,
            built: self,
            users,
            at: 0,
        })
    }

    fn at(&mut self, id: NodeId) -> &mut Node {
        match id {
            NodeId::First(number) => &mut self.firsts[number as usize],
            NodeId::More(at) => &mut self.more[at as usize],
        }
    }

    fn count(&mut self, id: NodeId, seconds: i64) {
        // So that offsets reach equally far in both directions.
        let base = *self
            .base
            .get_or_insert(seconds.saturating_sub(1 << (u32::BITS - 1)));
        let offset = seconds.checked_sub(base).map(u32::try_from);
        let node = self.at(id);
        node.messages = node.messages.saturating_add(1);
        if let Some(Ok(offset)) = offset {
            node.first = node.first.min(offset);
            node.last = node.last.max(offset);
        } else {
            let (first, last) = self.far.entry(id).or_insert((seconds, seconds));
            (*first, *last) = ((*first).min(seconds), (*last).max(seconds));
        }
    }

    /// The node of a number and a pair, one without messages if they come first.
    fn node(&mut self, number: u32, pair: u32) -> Result<NodeId, CodecError> {
        let first = &mut self.firsts[number as usize];
        let mut id = NodeId::First(number);
        if first.messages == 0 {
            first.pair = pair;
            return Ok(id);
        }
        for _ in 1..CHAIN {
            let node = *self.at(id);
            if node.pair == pair {
                return Ok(id);
            }
            if node.next == NONE {
                return self.push(id, pair);
            }
            id = NodeId::More(node.next);
        }
        if self.at(id).pair == pair {
            return Ok(id);
        }
        if let Some(known) = self.beyond.get(&(number, pair)) {
            return Ok(NodeId::More(*known));
        }
        let new = self.push(id, pair)?;
        if let NodeId::More(at) = new {
            self.beyond.insert((number, pair), at);
        }
        Ok(new)
    }

    /// Inserts a node into a chain, after another.
    fn push(&mut self, behind: NodeId, pair: u32) -> Result<NodeId, CodecError> {
        let at = u32::try_from(self.more.len()).map_err(|_| CodecError::TooMany)?;
        if at == NONE {
            return Err(CodecError::TooMany);
        }
        let next = std::mem::replace(&mut self.at(behind).next, at);
        self.more.push(Node {
            pair,
            next,
            ..EMPTY
        });
        Ok(NodeId::More(at))
    }
}

/// Pairs of account and kind, numbered in order of arrival.
#[derive(Default)]
struct Pairs {
    list: Vec<(u32, u32)>,
    known: HashMap<(u32, u32), u32>,
    /// A cache of pairs by a cheap hash, so that most messages need no other lookup.
    recent: Vec<u32>,
}

const RECENT: usize = 4096;

impl Pairs {
    fn of(&mut self, account: u32, kind: u32) -> Result<u32, CodecError> {
        let slot = account.wrapping_mul(31).wrapping_add(kind) as usize % RECENT;
        let recent = self.recent.get(slot);
        match recent.filter(|pair| self.list.get(**pair as usize) == Some(&(account, kind))) {
            Some(pair) => Ok(*pair),
            None => self.find(account, kind, slot),
        }
    }

    fn find(&mut self, account: u32, kind: u32, slot: usize) -> Result<u32, CodecError> {
        let new = u32::try_from(self.list.len()).map_err(|_| CodecError::TooMany)?;
        let pair = *self.known.entry((account, kind)).or_insert(new);
        if pair == new {
            self.list.push((account, kind));
        }
        self.recent.resize(RECENT, 0);
        self.recent[slot] = pair;
        Ok(pair)
    }
}

/// The entries of one range after the other, in order. Empty ranges are left out.
pub struct SubjectRanges {
    /// Final number in the upper half, temporary one in the lower; rising.
    order: Vec<u64>,
    built: SubjectIndexBuilder,
    /// Final numbers of users; 0 stays nobody.
    users: Vec<u32>,
    at: usize,
}

impl Iterator for SubjectRanges {
    type Item = (u32, Vec<SubjectEntry>);

    fn next(&mut self) -> Option<Self::Item> {
        let range = (*self.order.get(self.at)? >> 32) as u32 / RANGE_NUMBERS;
        let mut entries: Vec<SubjectEntry> = Vec::new();
        while let Some(item) = self.order.get(self.at) {
            let number = (item >> 32) as u32;
            if number / RANGE_NUMBERS != range {
                break;
            }
            let from = entries.len();
            let mut id = NodeId::First(*item as u32);
            loop {
                let node = *self.built.at(id);
                entries.push(self.entry(number, id, node));
                if node.next == NONE {
                    break;
                }
                id = NodeId::More(node.next);
            }
            entries[from..].sort_unstable();
            self.at += 1;
        }
        Some((range, entries))
    }
}

impl SubjectRanges {
    fn entry(&self, number: u32, id: NodeId, node: Node) -> SubjectEntry {
        let base = self.built.base.unwrap_or_default();
        let far = self.built.far.get(&id).copied();
        let near = (node.first <= node.last)
            .then(|| [node.first, node.last].map(|offset| base + i64::from(offset)));
        let [first, last] = match (near, far) {
            (Some([first, last]), Some(far)) => [first.min(far.0), last.max(far.1)],
            (Some(near), None) => near,
            (None, far) => far.map_or([0; 2], |far| [far.0, far.1]),
        };
        let pair = self.built.pairs.list.get(node.pair as usize);
        let (account, kind) = pair.copied().unwrap_or_default();
        let user = self.users.get(node.user as usize);
        SubjectEntry {
            number,
            account,
            kind,
            user: user.copied().unwrap_or_default(),
            messages: node.messages,
            first,
            last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::columns::SubjectBlock;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Row = (u32, u32, u32, u32, i64);

    /// The rows that have another user than their node.
    fn count(builder: &mut SubjectIndexBuilder, rows: &[Row]) -> Vec<(u32, u32)> {
        let numbers: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let accounts: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let kinds: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let seconds: Vec<i64> = rows.iter().map(|row| row.4).collect();
        let messages = Messages {
            numbers: &numbers,
            accounts: &accounts,
            kinds: &kinds,
            seconds: &seconds,
        };
        let mut others = vec![(9, 9)];
        let users_of = |from: usize, users: &mut [u32]| {
            for (user, row) in users.iter_mut().zip(&rows[from..]) {
                *user = row.3;
            }
            Ok(())
        };
        builder.count_all(&messages, users_of, &mut others).unwrap();
        others
    }

    fn seconds() -> impl Strategy<Value = i64> {
        prop_oneof![1_700_000_000..1_700_100_000_i64, any::<i64>()]
    }

    proptest! {
        #[test]
        fn the_index_holds_what_a_plain_map_holds(
            rows in prop::collection::vec((0_u32..40, 0_u32..30, 0_u32..3, 0_u32..5, seconds()), 0..800),
            remap in prop::collection::hash_set(1_u32..20_000, 40),
        ) {
            let remap: Vec<u32> = remap.into_iter().collect();
            let mut builder = SubjectIndexBuilder::new();
            let mut plain: BTreeMap<(u32, u32, u32), SubjectEntry> = BTreeMap::new();
            let mut others = Vec::new();
            for rows in rows.chunks(300) {
                others.extend(count(&mut builder, rows));
            }
            let mut expected = Vec::new();
            for (at, (temporary, account, kind, user, seconds)) in rows.iter().enumerate() {
                prop_assert!(builder.holds(*temporary));
                let number = remap[*temporary as usize];
                let new = SubjectEntry {
                    number,
                    account: *account,
                    kind: *kind,
                    user: *user * 10,
                    messages: 0,
                    first: *seconds,
                    last: *seconds,
                };
                let entry = plain.entry((number, *account, *kind)).or_insert(new);
                entry.messages += 1;
                entry.first = entry.first.min(*seconds);
                entry.last = entry.last.max(*seconds);
                if entry.user != *user * 10 {
                    expected.push(((at % 300) as u32, *user));
                }
            }
            prop_assert_eq!(others, expected);
            let mut back = Vec::new();
            let mut ranges = Vec::new();
            for (range, entries) in builder.finish(&remap, vec![0, 10, 20, 30, 40]).unwrap() {
                let mut bytes = Vec::new();
                SubjectBlock::encode(range, &entries, &mut bytes).unwrap();
                back.extend(entries);
                ranges.push(range);
            }
            prop_assert!(ranges.is_sorted_by(|a, b| a < b));
            prop_assert!(back.into_iter().eq(plain.into_values()));
        }
    }

    #[test]
    fn one_number_with_very_many_accounts_is_no_slower_to_add() {
        let mut builder = SubjectIndexBuilder::new();
        for round in 0..2 {
            let rows: Vec<Row> = (0..100_000)
                .map(|account| (0, account, 1, 0, round))
                .collect();
            assert_eq!(count(&mut builder, &rows), []);
        }
        let ranges: Vec<_> = builder.finish(&[7], vec![0]).unwrap().collect();
        assert_eq!((ranges.len(), ranges[0].1.len()), (1, 100_000));
        assert!(ranges[0].1.iter().all(|entry| entry.messages == 2));
    }

    #[test]
    fn two_numbers_with_one_final_number_and_one_without_a_place_are_refused() {
        let mut builder = SubjectIndexBuilder::new();
        count(&mut builder, &[(1, 0, 1, 0, 0)]);
        assert!(builder.finish(&[0], vec![0]).err() == Some(CodecError::Code));
        let mut builder = SubjectIndexBuilder::new();
        count(&mut builder, &[(0, 0, 1, 0, 0), (1, 0, 1, 0, 0)]);
        assert!(builder.finish(&[3, 3], vec![0]).err() == Some(CodecError::Order));
    }

    #[test]
    fn a_number_that_was_never_counted_is_not_in_the_index() {
        let mut builder = SubjectIndexBuilder::new();
        count(&mut builder, &[(2, 5, 1, 0, 0)]);
        assert!(!builder.holds(0) && builder.holds(2) && !builder.holds(3));
        let ranges: Vec<_> = builder.finish(&[0, 8, 7], vec![0]).unwrap().collect();
        assert_eq!((ranges.len(), ranges[0].1.len()), (1, 1));
        assert_eq!((ranges[0].1[0].number, ranges[0].1[0].account), (7, 5));
    }
}
