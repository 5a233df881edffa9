//! No file and no folder names another that names it back.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Graph;
use crate::sources;

/// Files that name each other, and why that is right.
const PAIRS: &[(&str, &str, &str)] = &[];

/// What each room of `vault/` may name beside itself. A room is a folder or a file
/// at the root of `vault/`; it may name rooms above it in this list only.
const ROOMS: &[(&str, &[&str])] = &[
    ("argon2id", &[]),
    ("audit", &[]),
    ("clock", &[]),
    ("columns", &[]),
    ("entropy", &[]),
    ("held_up", &[]),
    ("key_ages", &[]),
    ("last_backups", &[]),
    ("left_copies", &[]),
    ("lock", &[]),
    ("paths", &[]),
    ("private_files", &["paths"]),
    ("program", &[]),
    ("rotations", &[]),
    ("settings", &["argon2id", "key_ages", "program"]),
    ("store", &[]),
    ("error", &["entropy", "store"]),
    ("call", &["error"]),
    ("plaintext", &["call", "entropy", "error"]),
    (
        "budget",
        &["call", "error", "plaintext", "settings", "store"],
    ),
    (
        "keyring",
        &[
            "argon2id",
            "entropy",
            "error",
            "plaintext",
            "private_files",
            "program",
        ],
    ),
    (
        "exhibits",
        &[
            "call",
            "clock",
            "columns",
            "error",
            "keyring",
            "plaintext",
            "store",
        ],
    ),
    (
        "identity",
        &[
            "argon2id",
            "clock",
            "call",
            "entropy",
            "error",
            "keyring",
            "plaintext",
            "store",
        ],
    ),
    (
        "node_key",
        &["entropy", "keyring", "paths", "private_files"],
    ),
    ("this_node", &["entropy", "keyring", "paths", "store"]),
    ("kept_here", &["keyring", "paths"]),
    ("named_generation", &["keyring", "paths"]),
    ("other_nodes", &["keyring", "store", "this_node"]),
    (
        "core",
        &[
            "audit",
            "budget",
            "call",
            "clock",
            "entropy",
            "error",
            "exhibits",
            "held_up",
            "identity",
            "kept_here",
            "key_ages",
            "keyring",
            "last_backups",
            "named_generation",
            "other_nodes",
            "paths",
            "plaintext",
            "rotations",
            "settings",
            "store",
            "this_node",
        ],
    ),
    (
        "records",
        &[
            "call",
            "columns",
            "error",
            "exhibits",
            "keyring",
            "plaintext",
            "store",
        ],
    ),
    (
        "ledger",
        &[
            "audit",
            "budget",
            "call",
            "clock",
            "core",
            "entropy",
            "keyring",
            "other_nodes",
            "paths",
            "plaintext",
            "store",
        ],
    ),
    (
        "peers",
        &[
            "audit",
            "core",
            "error",
            "ledger",
            "node_key",
            "other_nodes",
            "store",
        ],
    ),
    (
        "scope",
        &[
            "argon2id",
            "audit",
            "budget",
            "call",
            "clock",
            "core",
            "error",
            "exhibits",
            "held_up",
            "identity",
            "key_ages",
            "keyring",
            "last_backups",
            "ledger",
            "node_key",
            "paths",
            "plaintext",
            "program",
            "records",
            "rotations",
            "settings",
            "store",
            "this_node",
        ],
    ),
    (
        "door",
        &[
            "audit",
            "budget",
            "call",
            "core",
            "error",
            "exhibits",
            "identity",
            "ledger",
            "lock",
            "peers",
            "plaintext",
            "scope",
            "settings",
            "store",
        ],
    ),
    ("claims", &["door", "ledger", "store", "this_node"]),
    (
        "admission",
        &[
            "call",
            "columns",
            "core",
            "door",
            "entropy",
            "error",
            "exhibits",
            "keyring",
            "ledger",
            "plaintext",
            "scope",
            "store",
        ],
    ),
    (
        "sign_in",
        &["call", "door", "error", "identity", "scope", "store"],
    ),
    (
        "erasure_file",
        &[
            "entropy",
            "error",
            "exhibits",
            "keyring",
            "paths",
            "plaintext",
        ],
    ),
    (
        "erase",
        &[
            "admission",
            "call",
            "claims",
            "core",
            "door",
            "erasure_file",
            "error",
            "exhibits",
            "keyring",
            "ledger",
            "left_copies",
            "plaintext",
            "scope",
            "store",
            "this_node",
        ],
    ),
    (
        "keep_up",
        &["door", "erase", "error", "exhibits", "scope", "store"],
    ),
    (
        "shred",
        &[
            "call",
            "core",
            "door",
            "error",
            "keyring",
            "ledger",
            "left_copies",
            "scope",
            "store",
            "this_node",
        ],
    ),
    (
        "rotate",
        &[
            "admission",
            "call",
            "core",
            "door",
            "error",
            "exhibits",
            "keyring",
            "ledger",
            "plaintext",
            "scope",
            "store",
            "this_node",
        ],
    ),
    (
        "moving",
        &[
            "call", "door", "error", "keyring", "paths", "scope", "store",
        ],
    ),
    (
        "serving",
        &[
            "budget",
            "call",
            "clock",
            "door",
            "error",
            "held_up",
            "key_ages",
            "last_backups",
            "ledger",
            "left_copies",
            "paths",
            "peers",
            "rotations",
            "scope",
            "settings",
            "store",
        ],
    ),
    (
        "start",
        &[
            "argon2id",
            "audit",
            "budget",
            "call",
            "clock",
            "core",
            "door",
            "entropy",
            "erase",
            "error",
            "exhibits",
            "held_up",
            "identity",
            "kept_here",
            "key_ages",
            "keyring",
            "last_backups",
            "ledger",
            "left_copies",
            "lock",
            "moving",
            "named_generation",
            "other_nodes",
            "paths",
            "peers",
            "private_files",
            "rotations",
            "scope",
            "settings",
            "store",
            "this_node",
        ],
    ),
    (
        "store_copy",
        &[
            "admission",
            "clock",
            "core",
            "door",
            "entropy",
            "keyring",
            "ledger",
            "lock",
            "moving",
            "paths",
            "private_files",
            "settings",
            "start",
            "store",
        ],
    ),
    (
        "inspection",
        &[
            "admission",
            "clock",
            "core",
            "entropy",
            "erase",
            "error",
            "keyring",
            "ledger",
            "lock",
            "paths",
            "scope",
            "settings",
            "shred",
            "start",
            "store",
        ],
    ),
    (
        "backup",
        &[
            "admission",
            "audit",
            "call",
            "clock",
            "door",
            "entropy",
            "erase",
            "error",
            "inspection",
            "keyring",
            "ledger",
            "left_copies",
            "paths",
            "plaintext",
            "private_files",
            "scope",
            "settings",
            "start",
            "store",
        ],
    ),
];

#[test]
fn no_files_name_each_other_in_a_circle() {
    let graph = Graph::of(&sources());
    let defended: BTreeSet<BTreeSet<String>> = PAIRS
        .iter()
        .map(|(one, two, _)| BTreeSet::from([one.to_string(), two.to_string()]))
        .collect();
    let found: BTreeSet<_> = Graph::circles(&graph.edges).into_iter().collect();
    assert_eq!(found, defended);
}

#[test]
fn a_room_of_the_vault_names_only_those_above_it_in_the_list() {
    let rooms = Graph::of(&sources()).folded(room);
    let mut listed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, may_name) in ROOMS {
        for named in *may_name {
            assert!(
                listed.contains_key(named),
                "{name}: {named} stands below it"
            );
        }
        listed.insert(name, may_name.iter().map(ToString::to_string).collect());
    }
    let found: Vec<_> = rooms.keys().map(String::as_str).collect();
    assert_eq!(found, listed.keys().copied().collect::<Vec<_>>());
    for (name, named) in &rooms {
        assert_eq!(named, &listed[name.as_str()], "{name}");
    }
}

/// `vault/store/case_rows.rs` is in the room `store`, `vault/core.rs` in `core`.
fn room(path: &str) -> Option<String> {
    let within = path.strip_prefix("src/vault/")?;
    let first = within.split('/').next()?;
    Some(first.trim_end_matches(".rs").to_owned()).filter(|room| room != "mod")
}
