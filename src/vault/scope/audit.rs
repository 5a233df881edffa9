//! The audit log, read through the door.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use serde_json::Value;

use super::Scope;
use crate::domain::{CaseId, Moment, OperatorId, Reason};
use crate::policy::{Action, ActionKind};
use crate::vault::audit::{
    Checkpoint, InclusionProof, KeyName, Leaf, VerifierKey, inclusion_proof,
};
use crate::vault::error::OperationError;
use crate::vault::ledger::{StoredHashes, public_key};
use crate::vault::plaintext::Aad;
use crate::vault::plaintext::open_json;
use crate::vault::store::leaf_rows::{self, LeafFilter};
use crate::vault::store::{checkpoint_rows, detail_rows};

/// What an auditor searches for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeafQuery {
    /// Written at or after this time.
    pub from: Option<Moment>,
    /// Written before this time.
    pub to: Option<Moment>,
    /// Written for this operator.
    pub operator: Option<OperatorId>,
    /// About this case.
    pub case: Option<CaseId>,
    /// Of this action.
    pub action: Option<ActionKind>,
    /// With this outcome: `done`, `denied` or `failed`.
    pub outcome: Option<String>,
    /// With a number below this one: the next page.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// A leaf with its opened detail, where that was not erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeafView {
    /// The leaf as it was written.
    pub leaf: Leaf,
    /// What the leaf commits to; null where there was nothing or it was erased.
    #[schema(value_type = Option<LeafDetail>)]
    pub detail: Value,
}

/// A detail, and the salt of the commitment to it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe what was sealed as JSON")]
struct LeafDetail {
    detail: DetailWords,
    /// 32 bytes.
    #[schema(min_items = 32, max_items = 32)]
    salt: Vec<u8>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe what was sealed as JSON")]
struct DetailWords {
    /// As the asker typed it.
    #[schema(value_type = Reason, required = false)]
    reason: String,
    /// Filters, counts and names, which differ from action to action. Never a number.
    #[schema(required = false)]
    asked: BTreeMap<String, Value>,
    /// What came of it, where more is known than the leaf says.
    #[schema(required = false)]
    found: BTreeMap<String, Value>,
}

/// A `.tlog-proof` text.
pub struct LogProof(pub String);

impl<A: Action> Scope<'_, A> {
    /// The leaves that match, with their numbers, newest first.
    pub fn search_leaves(&mut self, query: &LeafQuery) -> Result<Vec<(u64, Leaf)>, OperationError> {
        let filter = LeafFilter {
            from: query.from,
            to: query.to,
            operator: query.operator.as_ref().map(ToString::to_string),
            case: query.case.as_ref().map(ToString::to_string),
            action: query.action.map(|action| action.name().to_owned()),
            outcome: query.outcome.clone(),
            before: query.before,
        };
        leaf_rows::search(self.connection, &filter, query.limit)?
            .into_iter()
            .map(|(seq, bytes)| Ok((seq, parse(seq, &bytes)?)))
            .collect()
    }

    /// The exact bytes of a leaf.
    pub fn leaf_bytes(&mut self, seq: u64) -> Result<Vec<u8>, OperationError> {
        leaf_rows::find(self.connection, seq)?.ok_or(OperationError::NotFound)
    }

    /// One leaf with its detail. `NotFound` beyond the end of the log.
    pub fn read_leaf(&mut self, seq: u64) -> Result<LeafView, OperationError> {
        let leaf = parse(seq, &self.leaf_bytes(seq)?)?;
        let detail = match detail_rows::find(self.connection, seq)? {
            None => Value::Null,
            Some(sealed) => {
                let aad = Aad::detail(&self.core.vault, seq);
                let place = format!("detail of leaf {seq}");
                open_json(
                    self.core.keys().root_keys().details(),
                    &aad,
                    &sealed,
                    &place,
                )?
            }
        };
        Ok(LeafView { leaf, detail })
    }

    /// The inclusion proof of a leaf under the newest checkpoint of the snapshot.
    pub fn prove_leaf(&mut self, seq: u64) -> Result<LogProof, OperationError> {
        let (size, note) =
            checkpoint_rows::newest(self.connection)?.ok_or(OperationError::NotFound)?;
        if seq >= size {
            return Err(OperationError::NotFound);
        }
        let path = inclusion_proof(seq, size, &StoredHashes(self.connection)).map_err(|_| {
            OperationError::Damaged {
                place: "tree hashes".to_owned(),
            }
        })?;
        Ok(LogProof(InclusionProof::new(seq, path, note).to_string()))
    }

    /// The log's public key as text.
    pub fn verifier_key(&self) -> Result<String, OperationError> {
        let origin = KeyName::from_str(&format!("breachvault/{}", self.core.vault))
            .map_err(|_| OperationError::Internal("origin"))?;
        Ok(VerifierKey::new(origin, public_key(self.core)).to_string())
    }

    /// Size and root of the newest checkpoint of the snapshot.
    pub fn newest_checkpoint(&self) -> Result<Checkpoint, OperationError> {
        let (_, note) =
            checkpoint_rows::newest(self.connection)?.ok_or(OperationError::NotFound)?;
        let key = VerifierKey::from_str(&self.verifier_key()?)
            .map_err(|_| OperationError::Internal("vkey"))?;
        Checkpoint::open(note.as_bytes(), &key).map_err(|_| OperationError::Damaged {
            place: "checkpoint".to_owned(),
        })
    }
}

fn parse(seq: u64, bytes: &[u8]) -> Result<Leaf, OperationError> {
    serde_json::from_slice(bytes).map_err(|_| OperationError::Damaged {
        place: format!("leaf {seq}"),
    })
}
