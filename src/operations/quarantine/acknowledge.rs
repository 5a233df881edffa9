//! `POST /quarantines/{quarantine}/acknowledgement`: the receiver has the list.

use super::docs;
use crate::operations::Docs;
use crate::operations::export::{Acknowledge, Acknowledgeable, CancelBuild};
use crate::vault::scope::requests::Quarantine;

impl Acknowledgeable for Quarantine {
    const ACKNOWLEDGE: Docs = docs::ACKNOWLEDGE;
    const CANCEL: Docs = docs::CANCEL;
}

/// Records that the receiver has the sealed list of a quarantine.
pub type AcknowledgeList = Acknowledge<Quarantine>;

/// Stops the sealed list of a quarantine that is being built.
pub type CancelList = CancelBuild<Quarantine>;
