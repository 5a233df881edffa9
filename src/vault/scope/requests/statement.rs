//! A statement of what was decided. The decision's leaf has its digest.
//!
//! It is canonical JSON (RFC 8785) with what everybody may know, and with the keyed digest over all that was asked and
//! found, and over how long the decision holds. Without the key, the keyed digest looks random, so the digest over both
//! gives nothing away. A package carries these bytes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::found::Found;
use super::kind::RequestKind;
use crate::domain::OperatorId;
use crate::vault::OperationError;

pub(super) struct Statement(Vec<u8>);

impl Statement {
    /// The statement about a request of this asker.
    pub(super) fn of<K: RequestKind>(
        found: &Found<K>,
        asker: &OperatorId,
    ) -> Result<Self, OperationError> {
        let mut members = BTreeMap::from([
            ("bound", STANDARD.encode(found.bound_decision(asker)?)),
            ("kind", K::NAME.to_owned()),
            ("request", found.row.id.to_string()),
        ]);
        members.extend(K::stated(&found.sealed.body));
        serde_json::to_vec(&members)
            .map(Self)
            .map_err(|_| OperationError::Internal("statement of a decision"))
    }

    /// SHA-256 in base64, as the leaf has it.
    pub(super) fn digest(&self) -> String {
        STANDARD.encode(digest(&SHA256, &self.0))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
