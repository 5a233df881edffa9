//! Builds the index of subjects while an exhibit is admitted.
//!
//! Temporary numbers are dense, so each has a chain of its own and no hashing is
//! needed: most numbers have one to three pairs of account and kind. A chain longer
//! than eight goes on in a hash map, so that an exhibit made of one number and very
//! many accounts costs no more than another.

use std::collections::HashMap;

use super::{CodecError, RANGE_NUMBERS, SubjectEntry};

const NONE: u32 = u32::MAX;
const CHAIN: usize = 8;

/// How many rows are touched before they are counted.
const BATCH: usize = 64;

#[derive(Default)]
pub struct SubjectIndexBuilder {
    /// First node of each temporary number.
    heads: Vec<u32>,
    nodes: Vec<Node>,
    /// Nodes beyond the first of a chain's [`CHAIN`], by number, account and kind.
    beyond: HashMap<(u32, u32, u32), u32>,
}

struct Node {
    account: u32,
    kind: u32,
    /// The first message's.
    user: u32,
    messages: u32,
    next: u32,
    first: i64,
    last: i64,
}

impl SubjectIndexBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one message for each row of the five columns. Answers the rows whose user
    /// is not the one the index keeps for their number, account and kind, with the user.
    /// Quicker than row by row: the memory for a batch is asked for at once.
    pub fn add_rows(
        &mut self,
        numbers: &[u32],
        accounts: &[u32],
        kinds: &[u32],
        users: &[u32],
        seconds: &[i64],
    ) -> Result<Vec<(u32, u32)>, CodecError> {
        let rows = numbers.len();
        let columns = [accounts.len(), kinds.len(), users.len(), seconds.len()];
        if columns.iter().any(|column| *column != rows) {
            return Err(CodecError::Rows);
        }
        let values = numbers.iter().zip(accounts).zip(kinds).zip(users);
        let mut values = (0..).zip(values.zip(seconds));
        let mut others = Vec::new();
        for batch in numbers.chunks(BATCH) {
            self.touch(batch);
            for (row, ((((number, account), kind), user), seconds)) in
                values.by_ref().take(batch.len())
            {
                if !self.add(*number, *account, *kind, *user, *seconds)? {
                    others.push((row, *user));
                }
            }
        }
        Ok(others)
    }

    /// The entries range by range, each temporary number and user replaced by its final
    /// one. No two temporary numbers may have one final number.
    pub fn finish(self, numbers: &[u32], users: Vec<u32>) -> Result<SubjectRanges, CodecError> {
        if self.heads.len() > numbers.len() {
            return Err(CodecError::Code);
        }
        let heads = numbers.iter().zip(&self.heads);
        let mut order: Vec<u64> = heads
            .filter(|(_, head)| **head != NONE)
            .map(|(number, head)| u64::from(*number) << 32 | u64::from(*head))
            .collect();
        order.sort_unstable();
        if order.windows(2).any(|two| two[0] >> 32 == two[1] >> 32) {
            return Err(CodecError::Order);
        }
        Ok(SubjectRanges {
            order,
            nodes: self.nodes,
            users,
            at: 0,
        })
    }

    /// Counts one message; true if its user is the one the index keeps.
    fn add(
        &mut self,
        number: u32,
        account: u32,
        kind: u32,
        user: u32,
        seconds: i64,
    ) -> Result<bool, CodecError> {
        let at = self.node(number, account, kind)?;
        let Some(node) = self.nodes.get_mut(at) else {
            return Err(CodecError::Position);
        };
        if node.messages == 0 {
            node.user = user;
        }
        node.messages = node.messages.saturating_add(1);
        node.first = node.first.min(seconds);
        node.last = node.last.max(seconds);
        Ok(node.user == user)
    }

    fn touch(&self, numbers: &[u32]) {
        let heads = numbers.iter().filter_map(|n| self.heads.get(*n as usize));
        let nodes = heads.filter_map(|head| self.nodes.get(*head as usize));
        std::hint::black_box(nodes.fold(0, |touched, node| touched | node.next));
    }

    fn node(&mut self, number: u32, account: u32, kind: u32) -> Result<usize, CodecError> {
        let place = number as usize;
        if place >= self.heads.len() {
            self.heads.resize(place + 1, NONE);
        }
        let (mut at, mut before) = (self.heads[place], None);
        for _ in 0..CHAIN {
            let Some(node) = self.nodes.get(at as usize) else {
                let new = self.push(account, kind, NONE)?;
                match before {
                    None => self.heads[place] = new,
                    Some(before) => self.link(before, new),
                }
                return Ok(new as usize);
            };
            if node.account == account && node.kind == kind {
                return Ok(at as usize);
            }
            (before, at) = (Some(at), node.next);
        }
        let key = (number, account, kind);
        if let Some(known) = self.beyond.get(&key) {
            return Ok(*known as usize);
        }
        let new = self.push(account, kind, at)?;
        if let Some(before) = before {
            self.link(before, new);
        }
        self.beyond.insert(key, new);
        Ok(new as usize)
    }

    fn link(&mut self, before: u32, next: u32) {
        if let Some(node) = self.nodes.get_mut(before as usize) {
            node.next = next;
        }
    }

    fn push(&mut self, account: u32, kind: u32, next: u32) -> Result<u32, CodecError> {
        let at = u32::try_from(self.nodes.len()).map_err(|_| CodecError::TooMany)?;
        if at == NONE {
            return Err(CodecError::TooMany);
        }
        self.nodes.push(Node {
            account,
            kind,
            user: 0,
            messages: 0,
            next,
            first: i64::MAX,
            last: i64::MIN,
        });
        Ok(at)
    }
}

/// The entries of one range after the other, in order; empty ranges are left out.
pub struct SubjectRanges {
    /// Final number in the upper half, first node in the lower; rising.
    order: Vec<u64>,
    nodes: Vec<Node>,
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
            let mut node = self.nodes.get((item & u64::from(NONE)) as usize);
            while let Some(known) = node {
                entries.push(self.entry(number, known));
                node = self.nodes.get(known.next as usize);
            }
            entries[from..].sort_unstable();
            self.at += 1;
        }
        Some((range, entries))
    }
}

impl SubjectRanges {
    fn entry(&self, number: u32, node: &Node) -> SubjectEntry {
        SubjectEntry {
            number,
            account: node.account,
            kind: node.kind,
            user: self
                .users
                .get(node.user as usize)
                .copied()
                .unwrap_or_default(),
            messages: node.messages,
            first: node.first,
            last: node.last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SubjectBlock;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn the_index_holds_what_a_plain_map_holds(
            rows in prop::collection::vec((0_u32..40, 0_u32..30, 0_u32..3, 0_u32..5, any::<i64>()), 0..800),
            remap in prop::collection::hash_set(0_u32..20_000, 40),
        ) {
            let remap: Vec<u32> = remap.into_iter().collect();
            let mut builder = SubjectIndexBuilder::new();
            let mut plain: BTreeMap<(u32, u32, u32), SubjectEntry> = BTreeMap::new();
            let mut others = Vec::new();
            for rows in rows.chunks(300) {
                let column = |of: fn(&(u32, u32, u32, u32, i64)) -> u32| -> Vec<u32> {
                    rows.iter().map(of).collect()
                };
                let seconds: Vec<i64> = rows.iter().map(|row| row.4).collect();
                let (numbers, accounts) = (column(|row| row.0), column(|row| row.1));
                let (kinds, users) = (column(|row| row.2), column(|row| row.3));
                let found = builder.add_rows(&numbers, &accounts, &kinds, &users, &seconds);
                others.extend(found.unwrap());
            }
            let mut expected = Vec::new();
            for (at, (temporary, account, kind, user, seconds)) in rows.iter().enumerate() {
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
            for account in 0..100_000 {
                assert!(builder.add(0, account, 1, 0, round).unwrap());
            }
        }
        let ranges: Vec<_> = builder.finish(&[7], vec![0]).unwrap().collect();
        assert_eq!((ranges.len(), ranges[0].1.len()), (1, 100_000));
        assert!(ranges[0].1.iter().all(|entry| entry.messages == 2));
    }

    #[test]
    fn a_number_without_a_final_number_or_two_with_one_are_refused() {
        let mut builder = SubjectIndexBuilder::new();
        builder.add(1, 0, 0, 0, 0).unwrap();
        assert!(builder.finish(&[0], vec![0]).err() == Some(CodecError::Code));
        let mut builder = SubjectIndexBuilder::new();
        builder.add(0, 0, 0, 0, 0).unwrap();
        builder.add(1, 0, 0, 0, 0).unwrap();
        assert!(builder.finish(&[3, 3], vec![0]).err() == Some(CodecError::Order));
    }
}
