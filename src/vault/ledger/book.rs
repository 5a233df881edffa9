//! Appending: leaves, tree hashes, sealed details, the signed checkpoint.

use std::sync::Arc;

use ring::signature::Ed25519KeyPair;
use rusqlite::Connection;
use serde_json::Value;
use zeroize::Zeroizing;

use super::draft::Draft;
use super::writer::Acted;
use crate::vault::audit::{Checkpoint, Frontier, Leaf, commit_detail, leaf_hash};
use crate::vault::clock::Clock;
use crate::vault::entropy::Entropy;
use crate::vault::plaintext::{DetailSealer, Nonces};
use crate::vault::refusal::Unaudited;
use crate::vault::store::error::at;
use crate::vault::store::{
    StoreError, checkpoint_rows, detail_rows, leaf_rows, tree_hash_rows,
};
