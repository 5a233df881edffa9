//! What the decider's passkey signed, taken from beside the decision's leaf, with the leaf of the passkey's enrolment.
//!
//! The leaf says whether a passkey signed, and has the digest of what it signed. The rest was sealed when the decision
//! was made, so that a passkey that was removed later is in the package all the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::approval::Approval;
use super::sealed::damaged;
use crate::domain::{ActStatement, PasskeyPoint};
use crate::policy::Action;
use crate::vault::OperationError;
use crate::vault::audit::Leaf;
use crate::vault::scope::Scope;

/// What shows that the decider's own device approved a package.
pub struct DeciderDevice {
    /// The text of the assertion.
    pub assertion: String,
    /// The statement whose digest it signs, canonical JSON.
    pub statement: Vec<u8>,
    /// The public key of the passkey.
    pub point: PasskeyPoint,
    /// The leaf of the passkey's enrolment.
    pub enrolment: Vec<u8>,
    /// A `.tlog-proof` text: that leaf is in the tree of the checkpoint.
    pub proof: String,
}

/// What the door sealed beside the leaf.
#[derive(Deserialize)]
struct Kept {
    statement: ActStatement,
    assertion: String,
    key: String,
    enrolled: u64,
}

impl<A: Action> Scope<'_, A> {
    /// What the decider's passkey signed; nothing if the decision was not signed.
    pub(super) fn decider_device(
        &self,
        approval: &Approval,
    ) -> Result<Option<DeciderDevice>, OperationError> {
        let leaf = Leaf::parse(&approval.leaf).map_err(|_| damaged())?;
        if leaf.assertion.is_none() {
            return Ok(None);
        }
        let detail = self.detail_of(&leaf)?;
        let signed = detail.pointer("/detail/signed").cloned();
        let kept: Kept =
            serde_json::from_value(signed.ok_or_else(damaged)?).map_err(|_| damaged())?;
        let key = STANDARD.decode(&kept.key).map_err(|_| damaged())?;
        Ok(Some(DeciderDevice {
            assertion: kept.assertion,
            statement: kept.statement.to_bytes().ok_or_else(damaged)?,
            point: PasskeyPoint::parse(&key).map_err(|_| damaged())?,
            enrolment: self.leaf_bytes(kept.enrolled)?,
            proof: self.prove_leaf(kept.enrolled)?.0,
        }))
    }
}
