//! The large tables of a case, by the key that their rows are sealed under: how many bytes there are, and whether any
//! row is left that names another key than a given one.
//!
//! A ciphertext begins with the version of its format and the id of its key (5 bytes), so this needs no key. Control
//! rows are not here: there are few of them, and whoever seals them again reads them all.

use super::case_rows::CaseNumber;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::value::{ValueRef, values};
use crate::domain::CaseId;

/// The first bytes of a ciphertext: the version of its format and the id of its key.
pub(crate) type Front = [u8; 5];

/// The ids of the vault's own keys, in the ciphertexts of details that are of no case, are from here on.
pub(super) const OF_VAULT: [u8; 4] = [0x80, 0, 0, 0];

/// Of the parts of one exhibit: the name of a table, how many bytes it has, how many rows name another key.
const OF_EXHIBIT: [(&str, &str, &str); 7] = [
    (
        "block",
        "SELECT coalesce(sum(length(sealed)), 0) FROM block WHERE exhibit = ?1",
        "SELECT count(*) FROM block WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "statistics",
        "SELECT coalesce(sum(length(sealed)), 0) FROM statistics WHERE exhibit = ?1",
        "SELECT count(*) FROM statistics WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "seen",
        "SELECT coalesce(sum(length(sealed)), 0) FROM seen WHERE exhibit = ?1",
        "SELECT count(*) FROM seen WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "dictionary",
        "SELECT coalesce(sum(length(sealed)), 0) FROM dictionary WHERE exhibit = ?1",
        "SELECT count(*) FROM dictionary WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "subject_index",
        "SELECT coalesce(sum(length(sealed)), 0) FROM subject_index WHERE exhibit = ?1",
        "SELECT count(*) FROM subject_index WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "quarantine",
        "SELECT coalesce(sum(length(sealed)), 0) FROM quarantine WHERE exhibit = ?1",
        "SELECT count(*) FROM quarantine WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
    (
        "duplicate",
        "SELECT coalesce(sum(length(sealed)), 0) FROM duplicate WHERE exhibit = ?1",
        "SELECT count(*) FROM duplicate WHERE exhibit = ?1 AND substr(sealed, 1, 5) <> ?2",
    ),
];

const BLOCKS_UNDER: &str = "-- sealed_under::blocks
    SELECT coalesce(sum(length(sealed)), 0) FROM block
    WHERE exhibit = ?1 AND substr(sealed, 1, 5) = ?2";

const TERMS: &str = "-- sealed_under::terms
    SELECT coalesce(sum(length(sealed) + length(tags)), 0) FROM term_run WHERE case_number = ?1";

const TERMS_LEFT: &str = "-- sealed_under::terms_left
    SELECT count(*) FROM term_run WHERE case_number = ?1
    AND (substr(sealed, 1, 5) <> ?2 OR substr(tags, 1, 5) <> ?2)";

const DETAILS: &str = "-- sealed_under::details
    SELECT coalesce(sum(length(detail.sealed)), 0) FROM leaf JOIN detail ON detail.seq = leaf.seq
    WHERE leaf.case_id = ?1";

const DETAILS_LEFT: &str = "-- sealed_under::details_left
    SELECT count(*) FROM leaf JOIN detail ON detail.seq = leaf.seq
    WHERE leaf.case_id = ?1 AND substr(detail.sealed, 1, 5) <> ?2
    AND substr(detail.sealed, 2, 4) < ?3";

/// How many bytes the parts of an exhibit have.
pub(crate) fn bytes_of_exhibit(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
) -> Result<u64, StoreError> {
    let mut bytes = 0;
    for (_, sql, _) in OF_EXHIBIT {
        bytes += number(connection, sql, values![exhibit.0])?;
    }
    Ok(bytes)
}

/// How many bytes of the blocks of an exhibit, which are most of it, are under this key.
pub(crate) fn bytes_under(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    front: Front,
) -> Result<u64, StoreError> {
    number(connection, BLOCKS_UNDER, values![exhibit.0, &front])
}

/// How many bytes the runs of terms of a case have.
pub(crate) fn bytes_of_terms(connection: &Snapshot, case: CaseNumber) -> Result<u64, StoreError> {
    number(connection, TERMS, values![case.0])
}

/// How many bytes the details of the leaves of a case have.
pub(crate) fn bytes_of_details(connection: &Snapshot, case: &CaseId) -> Result<u64, StoreError> {
    number(connection, DETAILS, values![case.as_str()])
}

/// The first table in which an exhibit has a part that names another key.
pub(crate) fn left_of_exhibit(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    front: Front,
) -> Result<Option<&'static str>, StoreError> {
    for (table, _, sql) in OF_EXHIBIT {
        if number(connection, sql, values![exhibit.0, &front])? > 0 {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Whether a run of terms of a case names another key.
pub(crate) fn terms_are_left(
    connection: &Snapshot,
    case: CaseNumber,
    front: Front,
) -> Result<bool, StoreError> {
    Ok(number(connection, TERMS_LEFT, values![case.0, &front])? > 0)
}

/// Whether the detail of a leaf of a case names another key.
pub(crate) fn details_are_left(
    connection: &Snapshot,
    case: &CaseId,
    front: Front,
) -> Result<bool, StoreError> {
    Ok(number(
        connection,
        DETAILS_LEFT,
        values![case.as_str(), &front, &OF_VAULT],
    )? > 0)
}

fn number(connection: &Snapshot, sql: &str, values: &[ValueRef<'_>]) -> Result<u64, StoreError> {
    connection.one("sealed_under", sql, values, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::Moment;
    use crate::vault::store::Writer;

    /// Every column of the database that can hold a ciphertext, and who seals it again when a case gets a new key;
    /// or why nobody does. Whoever adds one has to say so here, and `vault/rotate` has to know it.
    const COLUMNS: [(&str, &str); 35] = [
        ("block.sealed", "step by step with its exhibit"),
        ("statistics.sealed", "step by step with its exhibit"),
        ("seen.sealed", "step by step with its exhibit"),
        ("dictionary.sealed", "step by step with its exhibit"),
        ("subject_index.sealed", "step by step with its exhibit"),
        ("quarantine.sealed", "step by step with its exhibit"),
        ("duplicate.sealed", "step by step with its exhibit"),
        ("exhibit.sealed", "with each step of its exhibit"),
        ("term_run.sealed", "some runs at a time"),
        ("term_run.tags", "some runs at a time"),
        (
            "detail.sealed",
            "some at a time; without a case, of the root",
        ),
        ("cases.sealed", "with the small rows"),
        ("membership.account", "with the small rows"),
        ("request.sealed", "with the small rows"),
        ("release.sealed", "with the small rows"),
        ("erasure.sealed", "of the lasting key"),
        ("exhibit.file_tag", "a keyed digest, of the lasting key"),
        ("term_run.first_tag", "a keyed tag, of the lasting key"),
        ("request.digest", "a keyed digest, of the lasting key"),
        ("budget.days", "counts, not sealed"),
        ("budget.refused", "times, not sealed"),
        ("operator.name_tag", "of the root"),
        ("operator.identity", "a keyed tag, of the root"),
        ("operator.sealed", "of the root"),
        ("operator.enrolment", "of the root"),
        ("session.token", "of the root"),
        ("session.scope", "of the root"),
        ("clock.sealed", "of the root"),
        ("slot_change.sealed", "of the root"),
        ("checkpoint.control", "of the root"),
        ("leaf.bytes", "not sealed"),
        ("migration.sha256", "not sealed"),
        ("node.key", "the SHA-256 of a public key"),
        ("node.run", "drawn at a start, not sealed"),
        ("tree_hash.hash", "not sealed"),
    ];

    #[test]
    fn of_every_column_it_is_known_who_seals_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let writer = Writer::open(&path).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        let mut statement = writer
            .raw()
            .prepare(
                "SELECT m.name || '.' || c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
                 WHERE m.type = 'table' AND c.type = 'BLOB' AND m.name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let found: BTreeSet<String> = statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let known = COLUMNS.iter().map(|(column, _)| (*column).to_owned());
        assert_eq!(found, known.collect());
    }
}
