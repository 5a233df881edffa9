//! All rows of a database in another one, whichever engine either is: copied, compared, removed again.
//!
//! Rows go as they are. What is sealed stays sealed, so no key is needed. The source is one snapshot. The target is
//! written in batches, each a transaction, so a process that is killed leaves whole batches, and the next one goes on
//! behind them. The row of the log's head is no part of it ([`head`]): nobody takes a database without one for a
//! vault's.

mod clear;
mod compare;
pub(crate) mod head;
mod page;
mod put;
mod tables;

pub(crate) use clear::clear;
pub(crate) use compare::compare;
pub(crate) use put::{copy, copy_head};

use self::tables::all;
use super::error::StoreError;
use super::snapshot::Snapshot;

/// How many rows there are.
pub(crate) fn count(of: &Snapshot) -> Result<u64, StoreError> {
    let mut rows = 0;
    for table in all() {
        rows += page::count(of, &table)?;
    }
    Ok(rows)
}

/// Whether anybody has written a row, so that these tables are somebody's.
pub(crate) fn has_rows(of: &Snapshot) -> Result<bool, StoreError> {
    for table in all().chain([tables::HEAD]) {
        if page::count(of, &table)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::Moment;
    use crate::vault::store::leaf_rows::{self, NewLeaf};
    use crate::vault::store::{
        Writer, checkpoint_rows, detail_rows, leaf_index_rows, meta_rows, tree_hash_rows,
    };

    fn open(folder: &Path, name: &str) -> Writer {
        let writer = Writer::open(&folder.join(name)).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        writer
    }

    /// Leaves with their details and hashes, and a head.
    fn write(to: &Writer, leaves: std::ops::Range<u64>) {
        let begun = to.begin().unwrap();
        for seq in leaves.clone() {
            let leaf = NewLeaf {
                seq,
                time: Moment::from_seconds(5),
                operator: seq.is_multiple_of(2).then(|| "o_1".to_owned()),
                case: None,
                object: None,
                action: "record.lookup",
                outcome: "done",
                bytes: b"{}".to_vec(),
            };
            leaf_rows::insert_all(&begun, &[leaf]).unwrap();
            detail_rows::insert_all(&begun, seq, &[vec![7; 500]]).unwrap();
            tree_hash_rows::insert_all(&begun, seq, [&[seq as u8; 32]].into_iter()).unwrap();
        }
        leaf_index_rows::fill(&begun, leaves.start, leaves.end).unwrap();
        meta_rows::insert(&begun, &format!("key {}", leaves.start), "value").unwrap();
        checkpoint_rows::put(&begun, leaves.end, "a note", b"a seal").unwrap();
        begun.commit().unwrap();
    }

    fn differs(from: &Writer, to: &Writer) -> Option<&'static str> {
        let element = |row: &[u8]| {
            let digest = ring::digest::digest(&ring::digest::SHA256, row);
            digest.as_ref().try_into().unwrap()
        };
        compare(from, to, &element, &mut |_| ()).unwrap().differs
    }

    #[test]
    fn what_is_there_is_not_copied_again_and_every_difference_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (open(folder.path(), "from"), open(folder.path(), "to"));
        write(&from, 0..300);
        assert!(!has_rows(&to).unwrap());
        let mut told = Vec::new();
        copy(&from, &to, &mut |rows| told.push(rows)).unwrap();
        assert_eq!(told.last(), Some(&count(&from).unwrap()));
        assert!(told.is_sorted());
        assert_eq!(differs(&from, &to), None);
        // Without its head it is no vault's.
        assert_eq!(checkpoint_rows::newest(&to), Ok(None));
        assert!(has_rows(&to).unwrap());
        // As after a kill, when the source had more.
        write(&from, 300..600);
        assert_eq!(differs(&from, &to), Some("meta"));
        copy(&from, &to, &mut |_| ()).unwrap();
        assert_eq!(differs(&from, &to), None);
        assert_eq!(leaf_index_rows::check(&to, 600), Ok(()));
        copy_head(&from, &to).unwrap();
        assert_eq!(head::digest(&from), head::digest(&to));
        for (table, change) in [
            ("detail", "UPDATE detail SET sealed = x'00' WHERE seq = 17"),
            ("detail", "DELETE FROM detail WHERE seq = 599"),
            ("leaf", "UPDATE leaf SET operator = NULL WHERE seq = 2"),
            ("leaf_index", "DELETE FROM leaf_index WHERE seq = 511"),
            ("tree_hash", "INSERT INTO tree_hash VALUES (900, x'00')"),
        ] {
            let begun = to.begin().unwrap();
            begun.raw().execute(change, []).unwrap();
            assert_eq!(differs(&from, &to), Some(table), "{change}");
        }
        assert_eq!(differs(&from, &to), None);
    }

    #[test]
    fn all_is_removed_but_the_log_and_a_moved_head_stays_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let to = open(folder.path(), "to");
        write(&to, 0..600);
        assert_eq!(head::moved_to(&to), Ok(None));
        let begun = to.begin().unwrap();
        head::mark_moved(&begun, "postgresql after leaf 599").unwrap();
        begun.commit().unwrap();
        let moved = head::moved_to(&to).unwrap();
        assert_eq!(moved.as_deref(), Some("postgresql after leaf 599"));
        // Whoever has the older head in memory writes none in its place.
        let begun = to.begin().unwrap();
        assert!(checkpoint_rows::put(&begun, 601, "a later note", b"a seal").is_err());
        drop(begun);
        clear(&to).unwrap();
        assert_eq!(checkpoint_rows::newest(&to), Ok(None));
        assert_eq!(meta_rows::find(&to, "key 0"), Ok(None));
        assert_eq!(leaf_rows::count(&to), Ok(600));
        // Of 512 leaves an action each, of half of them an operator.
        assert_eq!(count(&to), Ok(1200 + 768), "leaves, entries and hashes");
        assert_eq!(leaf_index_rows::check(&to, 600), Ok(()));
    }
}
