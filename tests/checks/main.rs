//! Tests through the library's public door, or of the built program. They are one
//! binary, because each binary links the whole program.
//!
//! `house` makes a vault with one operator for each role, `directory` a folder for
//! one; `beside` is somebody who changes its rows; `outside` runs programs that are not ours.

mod beside;
mod demo;
mod directory;
mod house;
mod outside;
#[path = "../../src/vault/store/postgresql/tests/server.rs"]
#[expect(
    dead_code,
    reason = "how it asks for passwords is for the library's tests"
)]
mod server;
#[path = "../../src/vault/store/postgresql/tests/tables.rs"]
#[expect(dead_code, reason = "an address is all that these tests use of them")]
mod tables;

mod approval_attacks;
mod backup;
mod building;
mod clock;
mod cmd;
mod compile_fail;
mod control_rows;
mod destruction;
mod erasure;
mod evidence_tools;
mod faults;
mod file_put_back;
mod foreign_schema;
mod forged_leaves;
mod help;
mod independent;
mod keeps_running;
mod key_kills;
mod kills;
mod leakage;
mod line_length;
mod mapping;
mod named_tests;
mod node_cuts;
mod node_failover;
mod node_kills;
mod node_servers;
mod nodes;
mod only_on_sqlite;
mod packaging;
mod peers;
mod people_page;
mod postgresql;
mod private_files;
mod protected_attack;
mod proxy;
mod recovery;
mod root_rotation;
mod rotation;
mod sealed_rows;
mod sealed_start;
mod secret_file;
mod shell;
mod shell_page;
mod sign_in;
mod simulation;
mod spreadsheet;
mod start_leaf;
mod store_copy;
mod suppression;
mod tamper;
mod test_modules;
mod tls;
mod tour;
mod vectors_tlog;
