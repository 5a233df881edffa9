//! `POST /quarantines/{quarantine}/acknowledgement`: the receiver has the list.

use super::docs;
use crate::operations::Docs;
use crate::operations::export::{Acknowledge, Acknowledgeable};
use crate::vault::scope::requests::Quarantine;

impl Acknowledgeable for Quarantine {
    const ACKNOWLEDGE: Docs = docs::ACKNOWLEDGE;
}

/// Records that the receiver has the sealed list of a quarantine.
pub type AcknowledgeList = Acknowledge<Quarantine>;
