//! How far the audit log was checked: what the vault itself did, and nothing that it only believes.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use crate::domain::Moment;
use crate::domain::schema::Digest;
use crate::policy::{Action, ActionKind};
use crate::vault::error::OperationError;

/// How far the audit log was checked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Integrity)]
pub struct IntegrityView {
    /// How many leaves are under the newest checkpoint, whose signature was checked for this answer.
    pub size: u64,
    /// The root of the tree of these leaves.
    #[schema(value_type = Digest)]
    pub root: String,
    /// When the vault last recomputed the whole log. Null if it has not since it was started, or if somebody else than
    /// a node of the vault may have written to its database since.
    pub verified: Option<VerifiedView>,
    /// The high-water mark: a file apart from the database says that the log had so many leaves, so a log put back to
    /// fewer is found at the next start. It was compared with the log at the last start.
    pub marked: u64,
}

/// A verification of the whole log.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = LogVerified)]
pub struct VerifiedView {
    /// When it was.
    pub at: Moment,
    /// How many leaves the log had.
    pub size: u64,
    /// The act for which it was done, such as `audit.search`.
    #[schema(value_type = ActionKind)]
    pub by: &'static str,
}

impl<A: Action> Scope<'_, A> {
    /// How far the audit log was checked.
    pub fn integrity(&self) -> Result<IntegrityView, OperationError> {
        let newest = self.newest_checkpoint()?;
        let verified = *self
            .core
            .log_verified
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // With other nodes beside it, the vault verifies the whole log again now and then, and new leaves each time.
        let others_write = self.core.control.has_company();
        let verified =
            verified.filter(|last| others_write || last.writes == self.connection.foreign_writes());
        Ok(IntegrityView {
            size: newest.size,
            root: newest.root.to_string(),
            verified: verified.map(|last| VerifiedView {
                at: last.at,
                size: last.size,
                by: last.by.name(),
            }),
            marked: self.core.marked.load(Ordering::Acquire),
        })
    }
}
