//! The database: one file of code for each table. The rest of the crate reads through a [`Snapshot`] and writes through
//! a [`Transaction`]; it does not name the engine. Nor do the files of the tables: their SQL is what engines have in
//! common, with places `?1`, `?2`, … and values that are ours ([`value`]). What an engine does in its own way, from
//! connecting to the comparison of the schema, is a folder: `sqlite` and `postgresql`; [`engine`] chooses.
//!
//! It sees ciphertext, tags and ids, but no keys and no digits. Called inside `vault` only. Every
//! mutation checks how many rows it changed. There is one writer, the ledger's, and a pool of
//! readers; nothing else opens the file.

mod at_hand;
mod blob_reader;
pub(crate) mod block_rows;
pub(crate) mod budget_rows;
pub(crate) mod case_rows;
mod check;
pub(crate) mod checkpoint_rows;
pub(crate) mod clock_rows;
mod control;
pub(crate) mod detail_rows;
pub(crate) mod dictionary_rows;
pub(crate) mod duplicate_rows;
mod engine;
pub(crate) mod erasure_rows;
mod error;
pub(crate) mod exhibit_rows;
mod head;
mod head_look;
pub(crate) mod known_lists;
mod large;
pub(crate) mod leaf_index_rows;
pub(crate) mod leaf_rows;
mod leaf_times;
pub(crate) mod membership_rows;
pub(crate) mod meta_rows;
pub(crate) mod node_rows;
pub(crate) mod operator_rows;
pub(crate) mod part_list;
mod postgresql;
pub(crate) mod quarantine_rows;
pub(crate) mod release_rows;
pub(crate) mod request_rows;
mod row;
mod savepoint;
mod schema;
pub(crate) mod sealed_list;
pub(crate) mod sealed_parts;
pub(crate) mod sealed_under;
pub(crate) mod seen_rows;
pub(crate) mod session_rows;
pub(crate) mod slot_change_rows;
mod snapshot;
mod sqlite;
pub(crate) mod statistics_rows;
pub(crate) mod stored_parts;
pub(crate) mod subject_index_rows;
pub(crate) mod term_rows;
mod transaction;
pub(crate) mod transfer;
pub(crate) mod tree_hash_rows;
mod value;

pub(crate) use at_hand::AtHand;
pub(crate) use control::{ControlState, Elements, ReadControl, Recent};
pub(crate) use engine::{Database, note_of};
pub use error::{StoreError, StoreFault};
pub(crate) use head::Head;
pub use head_look::Look;
pub(crate) use leaf_times::LeafTimes;
pub use postgresql::PlaceFault;
#[cfg(test)]
pub(crate) use postgresql::tests::{
    server::TestServer,
    tables::{Tables, only_on_sqlite},
};
pub use schema::{SchemaDifference, SchemaFault};
pub(crate) use snapshot::{Access, GoOn, Readers, Snapshot};
#[cfg(test)]
pub(crate) use snapshot::{Reader, statements::take as take_statements};
pub(crate) use sqlite::copy_database;
pub(crate) use transaction::{Transaction, Writer};
