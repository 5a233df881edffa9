//! Which tables there are, and by which columns their rows are gone through.

use crate::vault::store::control::CONTROL;

/// One table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// All columns, in the order of the schema.
    pub(super) columns: &'static [&'static str],
    /// The columns that find one row.
    pub(super) key: &'static [&'static str],
    pub(super) kind: Kind,
    /// No page has more rows: they are in memory together.
    pub(super) most_rows: usize,
}

/// How rows come to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Control rows: few, by keys of any order.
    Control,
    /// Sealed parts: many or large, by whole numbers.
    Parts,
    /// The log: rows are added at its end, and none is ever changed.
    Log,
    /// Entries of the log's index: many, by keys of any order. Rows are added, and none is ever changed.
    Entries,
}

/// For rows that may have half a megabyte, and for others.
const FEW: usize = 64;
const MANY: usize = 2048;

const PART: &[&str] = &["exhibit", "no", "sealed"];
const PART_KEY: &[&str] = &["exhibit", "no"];

const fn parts(
    name: &'static str,
    columns: &'static [&'static str],
    key: &'static [&'static str],
) -> Table {
    Table {
        name,
        columns,
        key,
        kind: Kind::Parts,
        most_rows: FEW,
    }
}

/// The tables of sealed parts.
const PARTS: &[Table] = &[
    parts(
        "block",
        &["exhibit", "field", "no", "sealed"],
        &["exhibit", "field", "no"],
    ),
    parts("statistics", PART, PART_KEY),
    parts("seen", PART, PART_KEY),
    parts(
        "dictionary",
        &["exhibit", "field", "sealed"],
        &["exhibit", "field"],
    ),
    parts(
        "subject_index",
        &["exhibit", "range", "sealed"],
        &["exhibit", "range"],
    ),
    parts("quarantine", PART, PART_KEY),
    parts("duplicate", PART, PART_KEY),
    parts(
        "term_run",
        &[
            "case_number",
            "field",
            "first",
            "exhibit",
            "first_tag",
            "tags",
            "sealed",
        ],
        &["case_number", "field", "first"],
    ),
    Table {
        most_rows: MANY,
        ..parts("detail", &["seq", "sealed"], &["seq"])
    },
];

/// The tables of the log.
const LOG: &[Table] = &[
    Table {
        name: "leaf",
        columns: &[
            "seq", "time", "operator", "case_id", "object", "action", "outcome", "bytes",
        ],
        key: &["seq"],
        kind: Kind::Log,
        most_rows: MANY,
    },
    Table {
        name: "leaf_index",
        columns: &["criterion", "value", "seq"],
        key: &["criterion", "value", "seq"],
        kind: Kind::Entries,
        most_rows: MANY,
    },
    Table {
        name: "tree_hash",
        columns: &["position", "hash"],
        key: &["position"],
        kind: Kind::Log,
        most_rows: MANY,
    },
];

/// The head of the log, which is no part of what is copied row by row.
pub(super) const HEAD: Table = Table {
    name: "checkpoint",
    columns: &["one", "size", "note", "control"],
    key: &["one"],
    kind: Kind::Control,
    most_rows: MANY,
};

/// Every table but that of the head and the one that says which steps made them. A table comes after those that its
/// rows refer to.
pub(super) fn all() -> impl DoubleEndedIterator<Item = Table> {
    let control = CONTROL.iter().map(|table| Table {
        name: table.name,
        columns: table.columns,
        key: table.groups.first().copied().unwrap_or_default(),
        kind: Kind::Control,
        most_rows: MANY,
    });
    let rest = PARTS.iter().chain(LOG).copied();
    control.chain(rest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::vault::store::Transaction;

    #[test]
    fn every_table_is_copied_with_all_its_columns_by_a_key_of_its_own() {
        let connection = Transaction::in_memory();
        let connection = connection.raw();
        let names = |sql: &str, of: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).unwrap();
            let names = statement.query_map([of], |row| row.get(0)).unwrap();
            names.map(Result::unwrap).collect()
        };
        let there = "SELECT name FROM sqlite_schema WHERE type = ?1 AND name <> 'migration'";
        let there: BTreeSet<String> = names(there, "table").into_iter().collect();
        let mut known = BTreeSet::new();
        for table in all().chain([HEAD]) {
            assert!(known.insert(table.name.to_owned()), "{}", table.name);
            let columns = "SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid";
            assert_eq!(names(columns, table.name), table.columns);
            // Two rows with the same key are refused.
            let unique = "SELECT group_concat(name) FROM
                (SELECT i.name AS list, c.name FROM pragma_index_list(?1) i, pragma_index_info(i.name) c
                 WHERE i.\"unique\" = 1 ORDER BY i.name, c.seqno) GROUP BY list
                UNION SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND type = 'INTEGER'";
            let unique = names(unique, table.name);
            assert!(
                unique.contains(&table.key.join(",")),
                "{}: {unique:?}",
                table.name
            );
            if matches!(table.kind, Kind::Parts | Kind::Log) {
                let kinds = "SELECT name FROM pragma_table_info(?1) WHERE type = 'INTEGER'";
                let numbers = names(kinds, table.name);
                let all_numbers = table
                    .key
                    .iter()
                    .all(|column| numbers.iter().any(|one| one == column));
                assert!(all_numbers, "{}", table.name);
            }
        }
        assert_eq!(known, there);
    }

    #[test]
    fn a_table_comes_after_those_that_its_rows_refer_to() {
        let connection = Transaction::in_memory();
        let connection = connection.raw();
        let mut before = BTreeSet::new();
        for table in all() {
            let sql = "SELECT \"table\" FROM pragma_foreign_key_list(?1)";
            let mut statement = connection.prepare(sql).unwrap();
            let named = statement.query_map([table.name], |row| row.get(0)).unwrap();
            for named in named {
                let named: String = named.unwrap();
                assert!(before.contains(named.as_str()), "{}: {named}", table.name);
            }
            before.insert(table.name);
        }
    }
}
