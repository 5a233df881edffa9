//! Which tables hold control rows, and what holds the others.

/// A table of control rows.
#[derive(Debug)]
pub(crate) struct ControlTable {
    pub(crate) name: &'static str,
    /// All columns, in the order of the schema.
    pub(in crate::vault::store) columns: &'static [&'static str],
    /// The columns by which rows are read together. The first group is the primary key. No column
    /// stands for all rows of the table.
    pub(in crate::vault::store) groups: &'static [&'static [&'static str]],
}

impl PartialEq for ControlTable {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl ControlTable {
    /// Whether its rows are read one by one or all together only.
    pub(super) fn has_no_groups(&self) -> bool {
        self.groups.len() == 2
    }
}

/// Every table of control rows. A table comes after those that its rows refer to; the seal names each table.
pub(in crate::vault::store) static CONTROL: &[&ControlTable] = &[
    &META,
    &CLOCK,
    &SLOT_CHANGE,
    &OPERATOR,
    &SESSION,
    &NODE,
    &CASES,
    &MEMBERSHIP,
    &EXHIBIT,
    &REQUEST,
    &RELEASE,
    &ERASURE,
    &BUDGET,
];

pub(crate) static META: ControlTable = ControlTable {
    name: "meta",
    columns: &["key", "value"],
    groups: &[&["key"], &[]],
};

pub(crate) static CLOCK: ControlTable = ControlTable {
    name: "clock",
    columns: &["one", "sealed"],
    groups: &[&["one"], &[]],
};

pub(crate) static SLOT_CHANGE: ControlTable = ControlTable {
    name: "slot_change",
    columns: &["one", "sealed"],
    groups: &[&["one"], &[]],
};

pub(crate) static OPERATOR: ControlTable = ControlTable {
    name: "operator",
    columns: &[
        "id",
        "name_tag",
        "home",
        "state",
        "sealed",
        "enrolment",
        "enrol_by",
        "totp_step",
        "created_at",
        "identity",
    ],
    groups: &[&["id"], &["name_tag"], &["enrolment"], &["identity"], &[]],
};

pub(crate) static SESSION: ControlTable = ControlTable {
    name: "session",
    columns: &[
        "id",
        "token",
        "operator",
        "opened_at",
        "expires_at",
        "idle_at",
        "second_factor",
        "means",
        "revoked_at",
        "scope",
        "used_at",
    ],
    groups: &[&["id"], &["token"], &["operator"], &[]],
};

pub(crate) static NODE: ControlTable = ControlTable {
    name: "node",
    columns: &[
        "id",
        "name",
        "run",
        "since",
        "seen_at",
        "generation",
        "key",
        "address",
        "struck_at",
    ],
    groups: &[&["id"], &[]],
};

pub(crate) static CASES: ControlTable = ControlTable {
    name: "cases",
    columns: &[
        "number",
        "id",
        "state",
        "sealed",
        "opened_at",
        "numbers",
        "users",
    ],
    groups: &[&["number"], &["id"], &[]],
};

pub(crate) static MEMBERSHIP: ControlTable = ControlTable {
    name: "membership",
    columns: &[
        "case_number",
        "operator",
        "role",
        "account",
        "suspended_at",
        "suspended_by",
        "recognised_at",
        "recognised_by",
    ],
    groups: &[
        &["case_number", "operator"],
        &["case_number"],
        &["operator"],
        &["suspended_by"],
        &[],
    ],
};

pub(crate) static EXHIBIT: ControlTable = ControlTable {
    name: "exhibit",
    columns: &[
        "number",
        "id",
        "case_number",
        "state",
        "file_tag",
        "sealed",
        "begun_at",
        "admitted_at",
        "withdrawn_at",
        "withdrawn_leaf",
        "node",
    ],
    groups: &[&["number"], &["id"], &["case_number"], &[]],
};

pub(crate) static REQUEST: ControlTable = ControlTable {
    name: "request",
    columns: &[
        "id",
        "case_number",
        "kind",
        "asker",
        "state",
        "asked_at",
        "decider",
        "decided_at",
        "decided_leaf",
        "digest",
        "sealed",
    ],
    groups: &[
        &["id"],
        &["case_number", "kind"],
        &["case_number", "kind", "asker"],
        &[],
    ],
};

pub(crate) static RELEASE: ControlTable = ControlTable {
    name: "release",
    columns: &["no", "case_number", "sealed"],
    groups: &[&["no"], &["case_number"], &[]],
};

pub(crate) static ERASURE: ControlTable = ControlTable {
    name: "erasure",
    columns: &["no", "case_number", "sealed"],
    groups: &[&["no"], &["case_number"], &[]],
};

pub(crate) static BUDGET: ControlTable = ControlTable {
    name: "budget",
    columns: &[
        "case_number",
        "kind",
        "payer",
        "days",
        "spent",
        "at",
        "refused",
        "retry_at",
        "frozen_until",
        "raised",
        "raised_until",
    ],
    groups: &[&["case_number", "kind", "payer"], &[]],
};

/// Every other table, and what finds a change of it.
#[cfg(test)]
const SEALED: &[(&str, &str)] = &[
    (
        "block",
        "sealed in place; the exhibit's description says how many, and a query needs each it asks for",
    ),
    (
        "statistics",
        "sealed in place; there is one for each block, and a query needs each it asks for",
    ),
    (
        "seen",
        "sealed in place; there is one for each block, and a later admission needs each",
    ),
    (
        "dictionary",
        "sealed in place; a segment has the first code, the last exhibit's description the last one",
    ),
    (
        "subject_index",
        "sealed in place; the exhibit's description says which ranges there are",
    ),
    (
        "quarantine",
        "sealed in place; the exhibit's description says how many, the admission's digest has all",
    ),
    (
        "duplicate",
        "sealed in place; the admission's digest has all",
    ),
    (
        "term_run",
        "sealed in place; the tags of a run name the next one, the exhibit's description the terms",
    ),
    ("leaf", "hashed into the signed tree"),
    ("leaf_index", "compared with the leaves before a search"),
    ("tree_hash", "hashed into the signed tree"),
    (
        "checkpoint",
        "signed; the seal in it is of the size and root of this checkpoint",
    ),
    (
        "detail",
        "sealed for its leaf, which has a commitment to it",
    ),
    ("migration", "compared with the program's own texts"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::vault::store::Transaction;

    #[test]
    fn every_table_is_a_control_table_or_says_what_finds_a_change_of_it() {
        let connection = Transaction::in_memory();
        let connection = connection.raw();
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut statement = connection.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        let there: BTreeSet<String> = names.map(Result::unwrap).collect();
        let control = CONTROL.iter().map(|table| table.name);
        let named: Vec<String> = control
            .chain(SEALED.iter().map(|(name, _)| *name))
            .map(str::to_owned)
            .collect();
        assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), there);
        assert_eq!(named.len(), there.len(), "a table is named twice");
    }

    #[test]
    fn the_columns_are_those_of_the_schema_and_the_first_group_is_the_primary_key() {
        let connection = Transaction::in_memory();
        let connection = connection.raw();
        for table in CONTROL {
            let sql = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
            let mut statement = connection.prepare(sql).unwrap();
            let names = statement.query_map([table.name], |row| row.get(0)).unwrap();
            let key: Vec<String> = names.map(Result::unwrap).collect();
            let sql = "SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid";
            let mut statement = connection.prepare(sql).unwrap();
            let names = statement.query_map([table.name], |row| row.get(0)).unwrap();
            let columns: Vec<String> = names.map(Result::unwrap).collect();
            assert_eq!(table.columns, &columns, "{}", table.name);
            assert_eq!(table.groups.first().unwrap(), &key, "{}", table.name);
            assert!(table.groups.contains(&&[][..]), "{}", table.name);
        }
    }
}
