//! Which control rows were changed lately, as each seal over them says.
//!
//! A node that follows another one reads these rows and not whole tables. The sums that come out are compared with
//! those of the seal, so a list that lacks a row only costs that its table is read. That a row stayed in its groups is
//! taken from the list: nobody but a node can have sealed it.

use std::collections::VecDeque;

use super::encode::{bytes_of, decoded};
use super::tables::{CONTROL, ControlTable};
use crate::vault::store::value::Value;

/// What was changed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::vault::store) enum Changed {
    /// The row with this key was written, or removed; it is in no group that it was not in before, unless it is new.
    Row(&'static ControlTable, Vec<Value>),
    /// Rows of this table.
    Table(&'static ControlTable),
}

/// How often control rows were changed, and what was changed by the last of these commits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recent {
    version: u64,
    /// Oldest first. One for each of the newest versions.
    commits: VecDeque<Vec<u8>>,
}

/// So many bytes of changes are named. A server keeps a row whole if it has less than 2,000 bytes, and the log's head
/// has a signed checkpoint and the sums too.
const MOST_BYTES: usize = 900;
/// Of a commit with more, only the tables are named.
const MOST_OF_ONE: usize = 400;
/// The number of cells of a row, where a whole table is meant.
const WHOLE: u8 = u8::MAX;

impl Recent {
    /// The same after a commit that changed this, or of which it is not said what.
    pub(super) fn with(&self, changed: Option<Vec<Changed>>) -> Self {
        let mut next = self.clone();
        next.version = self.version.saturating_add(1);
        match changed.and_then(|changed| encoded(&changed)) {
            Some(commit) => next.commits.push_back(commit),
            None => next.commits.clear(),
        }
        let bytes = |commits: &VecDeque<Vec<u8>>| commits.iter().map(Vec::len).sum::<usize>();
        while bytes(&next.commits) > MOST_BYTES || next.commits.len() > usize::from(u8::MAX) {
            next.commits.pop_front();
        }
        next
    }

    /// What was changed since what `known` speaks of; nothing if that is not known.
    pub(in crate::vault::store) fn since(&self, known: &Self) -> Option<Vec<Changed>> {
        let missing = usize::try_from(self.version.checked_sub(known.version)?).ok()?;
        let skipped = self.commits.len().checked_sub(missing)?;
        let mut all: Vec<Changed> = Vec::new();
        for commit in self.commits.iter().skip(skipped) {
            for one in decoded_commit(commit)? {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        Some(all)
    }

    /// As it is sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.version.to_be_bytes().to_vec();
        bytes.push(u8::try_from(self.commits.len()).unwrap_or_default());
        for commit in &self.commits {
            let length = u16::try_from(commit.len()).unwrap_or_default();
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(commit);
        }
        bytes
    }

    /// Takes it from the beginning of what was sealed.
    pub(crate) fn take(rest: &mut &[u8]) -> Option<Self> {
        let (version, after) = rest.split_first_chunk::<8>()?;
        let (count, mut after) = after.split_first()?;
        let mut commits = VecDeque::new();
        for _ in 0..*count {
            let (length, behind) = after.split_first_chunk::<2>()?;
            let (commit, behind) =
                behind.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            commits.push_back(commit.to_vec());
            after = behind;
        }
        *rest = after;
        Some(Self {
            version: u64::from_be_bytes(*version),
            commits,
        })
    }
}

/// A commit's changes; none if something has no short form.
fn encoded(changed: &[Changed]) -> Option<Vec<u8>> {
    let number = |table: &ControlTable| {
        let no = CONTROL.iter().position(|own| own.name == table.name)?;
        u8::try_from(no).ok()
    };
    let mut tables = Vec::new();
    let mut bytes = Vec::new();
    for one in changed {
        let (Changed::Row(table, _) | Changed::Table(table)) = one;
        let no = number(table)?;
        if !tables.contains(&no) {
            tables.push(no);
        }
        bytes.push(no);
        match one {
            Changed::Table(_) => bytes.push(WHOLE),
            Changed::Row(_, key) => {
                bytes.push(u8::try_from(key.len()).ok()?);
                for cell in key {
                    let (kind, value) = bytes_of(cell);
                    bytes.push(kind);
                    bytes.push(u8::try_from(value.len()).ok()?);
                    bytes.extend_from_slice(&value);
                }
            }
        }
    }
    match bytes.len() > MOST_OF_ONE {
        true => Some(tables.into_iter().flat_map(|no| [no, WHOLE]).collect()),
        false => Some(bytes),
    }
}

fn decoded_commit(mut rest: &[u8]) -> Option<Vec<Changed>> {
    let mut all = Vec::new();
    while let Some((no, after)) = rest.split_first() {
        let table = *CONTROL.get(usize::from(*no))?;
        let (cells, mut after) = after.split_first()?;
        if *cells == WHOLE {
            all.push(Changed::Table(table));
            rest = after;
            continue;
        }
        let mut key = Vec::new();
        for _ in 0..*cells {
            let (kind, behind) = after.split_first()?;
            let (length, behind) = behind.split_first()?;
            let (value, behind) = behind.split_at_checked(usize::from(*length))?;
            key.push(decoded(*kind, value)?);
            after = behind;
        }
        if key.len() != table.groups.first()?.len() {
            return None;
        }
        all.push(Changed::Row(table, key));
        rest = after;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tables::{BUDGET, META, SESSION};
    use super::*;

    fn row(no: i64) -> Changed {
        let key = vec![
            Value::Integer(no),
            Value::Text("look-up".to_owned()),
            Value::Text("o_1".to_owned()),
        ];
        Changed::Row(&BUDGET, key)
    }

    #[test]
    fn what_was_changed_since_is_named_as_long_as_there_is_room() {
        let none = Recent::default();
        let one = none.with(Some(vec![row(1)]));
        let two = one.with(Some(vec![row(2), Changed::Table(&SESSION), row(1)]));
        assert_eq!(two.since(&two), Some(Vec::new()));
        assert_eq!(
            two.since(&one),
            Some(vec![row(2), Changed::Table(&SESSION), row(1)])
        );
        // Each row once.
        assert_eq!(
            two.since(&none),
            Some(vec![row(1), row(2), Changed::Table(&SESSION)])
        );
        assert_eq!(one.since(&two), None, "it is older");
        let mut newest = two.clone();
        for no in 3..100 {
            newest = newest.with(Some(vec![row(no)]));
        }
        assert_eq!(newest.since(&two), None);
        assert!(newest.to_bytes().len() < 1100);
        let last = newest.with(Some(vec![row(100)]));
        assert_eq!(last.since(&newest), Some(vec![row(100)]));
        // What cannot be named is not said to be unchanged.
        let unsaid = last.with(None);
        assert_eq!(unsaid.since(&last), None);
        assert_eq!(unsaid.since(&unsaid), Some(Vec::new()));
    }

    #[test]
    fn of_a_large_commit_only_the_tables_are_named() {
        let none = Recent::default();
        let many: Vec<Changed> = (0..100).map(row).chain([Changed::Table(&META)]).collect();
        let after = none.with(Some(many));
        let tables = vec![Changed::Table(&BUDGET), Changed::Table(&META)];
        assert_eq!(after.since(&none), Some(tables));
        let long = Changed::Row(&META, vec![Value::Text("k".repeat(300))]);
        assert_eq!(none.with(Some(vec![long])).since(&none), None);
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_read_again_and_nothing_else_panics(
            numbers in proptest::collection::vec(any::<i64>(), 0..40),
            junk in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let mut recent = Recent::default();
            for no in numbers {
                recent = recent.with(Some(vec![row(no)]));
            }
            let mut bytes = recent.to_bytes();
            bytes.extend_from_slice(&junk);
            let mut rest = &bytes[..];
            prop_assert_eq!(Recent::take(&mut rest), Some(recent));
            prop_assert_eq!(rest, &junk[..]);
            let _ = Recent::take(&mut &junk[..]);
            let _ = decoded_commit(&junk);
        }
    }
}
