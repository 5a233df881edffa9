//! Table `leaf_index`: which leaves have a value that a search may ask for. It repeats columns of `leaf`.
//!
//! It is written for 256 leaves at once, so that most commits write none of its pages. It ends at the last multiple of
//! 256 leaves that the log has reached; whoever searches looks at each of the leaves behind it.

use std::hash::{BuildHasher as _, RandomState};

use super::checkpoint_rows;
use super::error::StoreError;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    Object,
    /// An outcome other than `done`, which most leaves say.
    Outcome,
    Operator,
    Case,
    Action,
}

/// A criterion, and the value that is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'v> {
    pub(super) criterion: Criterion,
    pub(super) value: &'v str,
}

impl Criterion {
    const ALL: [Self; 5] = [
        Self::Object,
        Self::Outcome,
        Self::Operator,
        Self::Case,
        Self::Action,
    ];

    /// Its number in the table.
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Object => 1,
            Self::Outcome => 2,
            Self::Operator => 3,
            Self::Case => 4,
            Self::Action => 5,
        }
    }

    /// The value that a leaf has for it, or NULL, of the columns of `leaf`.
    const fn of_leaf(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Outcome => "nullif(outcome, 'done')",
            Self::Operator => "operator",
            Self::Case => "case_id",
            Self::Action => "action",
        }
    }
}

/// With so many leaves each, entries are written.
const STEP: u64 = 256;

/// Where the entries end of a log of so many leaves.
pub(super) fn end_of(size: u64) -> u64 {
    size - size % STEP
}

/// Where the entries end: it follows from the newest checkpoint, which the same commit wrote.
pub(super) fn end(connection: &Snapshot) -> Result<u64, StoreError> {
    let size = checkpoint_rows::size(connection)?;
    Ok(size.map_or(0, end_of))
}

/// Writes the entries that are due with a commit: the log had so many leaves, and now has so many.
///
/// Entries that somebody else wrote there do not keep the vault from writing its log. [`check`] finds them.
pub(crate) fn fill(connection: &Transaction, before: u64, size: u64) -> Result<(), StoreError> {
    let (first, end) = (end_of(before), end_of(size));
    if first >= end {
        return Ok(());
    }
    let of_each = Criterion::ALL.map(|criterion| {
        let (number, value) = (criterion.number(), criterion.of_leaf());
        format!(
            "SELECT {number}, {value}, seq FROM leaf
             WHERE seq >= ?1 AND seq < ?2 AND {value} IS NOT NULL"
        )
    });
    let sql = format!(
        "-- leaf_index::fill
         INSERT INTO leaf_index (criterion, value, seq)
         {} ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING",
        of_each.join(" UNION ALL ")
    );
    let values = values![signed(first), signed(end)];
    connection
        .execute("leaf_index::fill", &sql, values)
        .map(drop)
}

/// How many leaves between two numbers, both included, have a value; no more than `most` are counted.
pub(super) fn matching(
    connection: &Snapshot,
    asked: Asked<'_>,
    [first, last]: [i64; 2],
    most: u32,
) -> Result<u32, StoreError> {
    let sql = format!(
        "-- leaf_index::matching
         SELECT count(*) FROM (
            SELECT 1 FROM leaf_index
            WHERE criterion = {} AND value = ?1 AND seq BETWEEN ?2 AND ?3 LIMIT {most}
         ) AS matching",
        asked.criterion.number()
    );
    let values = values![asked.value, first, last];
    connection.one("leaf_index::matching", &sql, values, |row| row.get(0))
}

/// Whether the table has the entries of the leaves of a log of this size, all of them and no others, in their order:
/// otherwise a search could miss leaves that are there. The leaves themselves have to be verified before.
pub(crate) fn check(connection: &Snapshot, size: u64) -> Result<(), StoreError> {
    let at = "leaf_index::check";
    // Entries that are not in the order of their keys are there for one who reads all, and not for one who asks.
    if !connection.session().indexes_agree(at, "leaf_index")? {
        return Err(StoreError::inconsistent(at));
    }
    let keys = RandomState::new();
    let (mut due, mut there) = (Entries::default(), Entries::default());
    let end = signed(end_of(size));
    connection.each(at, &values_of_leaves(), values![end], |row| {
        let seq = row.get(0)?;
        for (no, criterion) in (1..).zip(Criterion::ALL) {
            if row.cell(no)? != ValueRef::Null {
                due.add(&keys, (criterion.number(), row.text(no)?, seq));
            }
        }
        Ok(())
    })?;
    let all = "-- leaf_index::all\nSELECT criterion, value, seq FROM leaf_index";
    connection.each(at, all, &[], |row| {
        there.add(&keys, (row.get(0)?, row.text(1)?, row.get(2)?));
        Ok(())
    })?;
    match due == there {
        true => Ok(()),
        false => Err(StoreError::inconsistent(at)),
    }
}

/// The same for the leaves that a log got after it had so many, which were checked. An entry too many is none that a
/// search takes for a leaf, because it looks at each leaf too; so only the one that lacks is looked for.
pub(crate) fn check_new(connection: &Snapshot, before: u64, size: u64) -> Result<(), StoreError> {
    let (first, end) = (end_of(before), end_of(size));
    if first >= end {
        return Ok(());
    }
    let at = "leaf_index::check_new";
    let of_each = Criterion::ALL.map(|criterion| {
        let (number, value) = (criterion.number(), criterion.of_leaf());
        format!(
            "SELECT leaf.seq FROM leaf
             WHERE leaf.seq >= ?1 AND leaf.seq < ?2 AND {value} IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM leaf_index
                WHERE criterion = {number} AND leaf_index.value = {value} AND leaf_index.seq = leaf.seq
             )"
        )
    });
    let sql = format!(
        "-- leaf_index::check_new\nSELECT count(*) FROM ({}) AS missing",
        of_each.join(" UNION ALL ")
    );
    let values = values![signed(first), signed(end)];
    let missing: u64 = connection.one(at, &sql, values, |row| row.get(0))?;
    match missing {
        0 => Ok(()),
        _ => Err(StoreError::inconsistent(at)),
    }
}

/// Entries in any order: how many there are, and the sum over them. The sum is keyed anew for each comparison, so
/// nobody can choose entries that have the sum of others.
#[derive(Default, PartialEq, Eq)]
struct Entries {
    count: u64,
    sum: u64,
}

impl Entries {
    fn add(&mut self, keys: &RandomState, entry: (i64, &str, i64)) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(keys.hash_one(entry));
    }
}

/// What each leaf before a number has for each criterion.
fn values_of_leaves() -> String {
    format!(
        "-- leaf_index::of_leaves\nSELECT seq, {} FROM leaf WHERE seq < ?1",
        Criterion::ALL.map(Criterion::of_leaf).join(", ")
    )
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
