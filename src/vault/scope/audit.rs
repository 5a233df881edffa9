//! The audit log, read through the door.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use serde_json::Value;

use super::Scope;
use super::leaf_words::{LeafWords, ListedLeaf, Words};
use crate::domain::{CaseId, Moment, OperatorId, Reason};
use crate::policy::{Action, ActionKind};
use crate::vault::audit::{
    Checkpoint, InclusionProof, Leaf, inclusion_proof, leaf_hash, verify_inclusion,
};
use crate::vault::error::OperationError;
use crate::vault::ledger::{StoredHashes, log_key_at, proven_leaf, verify_all};
use crate::vault::store::leaf_rows::{self, LeafFilter};
use crate::vault::store::{StoreFault, checkpoint_rows};

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
    /// About this thing: the id of a request, an exhibit, an operator, or the number of a leaf.
    pub object: Option<String>,
    /// Of this action.
    pub action: Option<ActionKind>,
    /// With this outcome: `done`, `denied` or `failed`.
    pub outcome: Option<String>,
    /// With this number or a higher one.
    pub since: Option<u64>,
    /// With a number below this one: the next page.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// A leaf with its opened detail.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeafView {
    /// The leaf as it was written.
    pub leaf: Leaf,
    /// What the leaf commits to; null where there is nothing.
    #[schema(value_type = Option<LeafDetail>)]
    pub detail: Value,
    /// Names, title and hour, for people.
    pub words: LeafWords,
    /// The inclusion proof under the newest checkpoint, as `GET /audit/leaves/{leaf}/proof` gives it.
    pub proof: String,
    /// The public key of the log, as `GET /audit/vkey` gives it.
    pub vkey: String,
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

impl LeafQuery {
    /// What the columns beside the leaves are compared with.
    pub(super) fn filter(&self) -> LeafFilter {
        LeafFilter {
            from: self.from,
            to: self.to,
            operator: self.operator.as_ref().map(ToString::to_string),
            case: self.case.as_ref().map(ToString::to_string),
            object: self.object.clone(),
            action: self.action.map(|action| action.name().to_owned()),
            outcome: self.outcome.clone(),
            since: self.since,
            before: self.before,
        }
    }
}

/// A `.tlog-proof` text.
pub struct LogProof(pub String);

impl<A: Action> Scope<'_, A> {
    /// The leaves that match, with their numbers, newest first.
    pub fn search_leaves(&mut self, query: &LeafQuery) -> Result<Vec<ListedLeaf>, OperationError> {
        let verified = verify_all(self.core, self.connection, self.tip, A::KIND)?;
        self.notes.log_verified = Some(verified);
        let found = self.newest_leaves(query, verified)?;
        let mut words = Words::of(&self.reading);
        let mut listed = Vec::with_capacity(found.len());
        for leaf in found {
            let detail = self.detail_of(&leaf)?;
            let words = words.beside(&leaf, &detail)?;
            listed.push(ListedLeaf { leaf, words });
        }
        Ok(listed)
    }

    /// A page of the leaves that match, newest first. Of a time, only those are looked at that may be of it.
    fn newest_leaves(&self, query: &LeafQuery, verified: u64) -> Result<Vec<Leaf>, OperationError> {
        let end = self.tip.size;
        let (first, before) = (
            query.since.unwrap_or(0),
            query.before.unwrap_or(end).min(end),
        );
        let times = &self.core.leaf_times;
        let places = match (query.from, query.to) {
            (None, None) => std::iter::once(0..end).collect(),
            (from, to) => times.places(self.connection, (end, verified), from, to)?,
        };
        let mut all: Vec<Leaf> = Vec::new();
        for place in places {
            let filter = LeafFilter {
                since: Some(place.start.max(first)),
                before: Some(place.end.min(before)),
                ..query.filter()
            };
            let wanted = query
                .limit
                .saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
            if wanted == 0 {
                break;
            }
            if filter.since < filter.before {
                all.extend(self.found_leaves(&filter, wanted)?);
            }
        }
        Ok(all)
    }

    /// The leaves that match, newest first, each proved. The log has to be verified before.
    pub(super) fn found_leaves(
        &self,
        filter: &LeafFilter,
        limit: u32,
    ) -> Result<Vec<Leaf>, OperationError> {
        let found = leaf_rows::search(self.connection, filter, limit);
        found
            .map_err(|error| match error.fault {
                StoreFault::Inconsistent => self.core.control.found_damaged("leaf"),
                _ => error,
            })?
            .into_iter()
            .map(|(seq, _)| parse(seq, &self.leaf_bytes(seq)?))
            .collect()
    }

    /// One leaf, proved to be the one that the vault wrote.
    pub(super) fn one_leaf(&self, seq: u64) -> Result<Leaf, OperationError> {
        parse(seq, &self.leaf_bytes(seq)?)
    }

    /// The exact bytes of a leaf, proved to be those that the vault wrote.
    pub fn leaf_bytes(&self, seq: u64) -> Result<Vec<u8>, OperationError> {
        let leaf = proven_leaf(self.core, self.connection, self.tip, seq)?;
        leaf.ok_or(OperationError::NotFound)
    }

    /// How many leaves the log has, all of them as the vault wrote them.
    pub fn verified_size(&mut self) -> Result<u64, OperationError> {
        verify_all(self.core, self.connection, self.tip, A::KIND)?;
        Ok(self.tip.size)
    }

    /// One leaf with its detail. `NotFound` beyond the end of the log.
    pub fn read_leaf(&mut self, seq: u64) -> Result<LeafView, OperationError> {
        let leaf = parse(seq, &self.leaf_bytes(seq)?)?;
        let detail = self.detail_of(&leaf)?;
        Ok(LeafView {
            words: Words::of(&self.reading).beside(&leaf, &detail)?,
            proof: self.prove_leaf(seq)?.0,
            vkey: self.verifier_key()?,
            leaf,
            detail,
        })
    }

    /// The inclusion proof of a leaf under the newest checkpoint of the snapshot.
    pub fn prove_leaf(&self, seq: u64) -> Result<LogProof, OperationError> {
        let leaf = self.leaf_bytes(seq)?;
        let (checkpoint, note) = self.signed_checkpoint()?;
        let path = inclusion_proof(seq, checkpoint.size, &StoredHashes(self.connection));
        let proven = path.ok().filter(|path| {
            let (size, root) = (checkpoint.size, &checkpoint.root);
            verify_inclusion(&leaf_hash(&leaf), seq, size, path, root).is_ok()
        });
        let path = match proven {
            Some(path) => path,
            None => {
                // If the server went away, nothing was found.
                checkpoint_rows::newest(self.connection)?;
                return Err(self.core.control.found_damaged("tree_hash").into());
            }
        };
        Ok(LogProof(InclusionProof::new(seq, path, note).to_string()))
    }

    /// The log's public key as text.
    pub fn verifier_key(&self) -> Result<String, OperationError> {
        let key = log_key_at(self.core, self.connection, u64::MAX)?;
        Ok(key.to_string())
    }

    /// Size and root of the newest checkpoint of the snapshot.
    pub fn newest_checkpoint(&self) -> Result<Checkpoint, OperationError> {
        Ok(self.signed_checkpoint()?.0)
    }

    /// The newest checkpoint and its note. It is not older than the log that this process wrote.
    fn signed_checkpoint(&self) -> Result<(Checkpoint, String), OperationError> {
        let damaged = || self.core.control.found_damaged("checkpoint");
        let (size, note) = checkpoint_rows::newest(self.connection)?.ok_or_else(damaged)?;
        let key = log_key_at(self.core, self.connection, size)?;
        let opened = Checkpoint::open(note.as_bytes(), &key).ok();
        let opened = opened.filter(|checkpoint| checkpoint.size >= self.tip.size);
        Ok((opened.ok_or_else(damaged)?, note))
    }
}

fn parse(seq: u64, bytes: &[u8]) -> Result<Leaf, OperationError> {
    serde_json::from_slice(bytes).map_err(|_| OperationError::Damaged {
        place: format!("leaf {seq}"),
    })
}
