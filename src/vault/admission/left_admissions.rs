//! Removes what a node was admitting that runs no longer, so that its case gets other files.
//!
//! A start does so before anything is served (`vault/start.rs`); this is for nodes that run on. Nobody saw what goes,
//! so there is no leaf. A node that comes back finds its exhibit gone, and its admission fails.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use crate::domain::NodeId;
use crate::vault::Vault;
use crate::vault::core::Core;
use crate::vault::exhibits::leftovers::discard_staged;
use crate::vault::ledger::StageError;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::{Snapshot, StoreError, StoreFault};

/// How many parts of each kind go in one step, so that nobody's commit waits for long.
const PARTS: u32 = 32;

/// A staged exhibit and its case.
type Staged = (ExhibitNumber, CaseNumber);

impl Vault {
    /// Removes the exhibits that nodes left which run no longer, and says how many.
    ///
    /// # Errors
    ///
    /// The database could not be read or written. What was removed stays removed.
    pub fn clear_left_admissions(&self) -> Result<usize, StoreError> {
        if self.core.node.is_none() {
            return Ok(0);
        }
        let all = {
            let reader = self.core.readers.snapshot()?;
            left(&self.core, reader.connection()?)?
        };
        let mut removed = 0;
        for exhibit in all {
            while self.remove_some(exhibit)? {}
            removed += 1;
        }
        Ok(removed)
    }

    /// One step. Says whether something is left to be removed, and its node still does not run.
    fn remove_some(&self, exhibit: Staged) -> Result<bool, StoreError> {
        let core = Arc::clone(&self.core);
        let (told, goes_on) = sync_channel(1);
        let staged = self.ledger.stager().stage(move |rows| {
            let mut goes_on = left(&core, rows)?.contains(&exhibit);
            if goes_on {
                // With the first parts, so that a node that comes back does not admit what is left of it.
                exhibit_rows::make_nobodys(rows, exhibit.0)?;
                if exhibit_rows::shred_parts(rows, exhibit.0, PARTS)? == 0 {
                    discard_staged(rows, exhibit.0, exhibit.1)?;
                    goes_on = false;
                }
            }
            let _ = told.send(goes_on);
            Ok(())
        });
        let failed = |fault| StoreError {
            at: "admission::clear_left",
            fault,
        };
        staged.map_err(|error| match error {
            StageError::Store(error) => error,
            StageError::Stopped => failed(StoreFault::Stopped),
        })?;
        goes_on.recv().map_err(|_| failed(StoreFault::Other))
    }
}

/// What is staged of a node that runs no longer, or of none that there is.
fn left(core: &Core, connection: &Snapshot) -> Result<Vec<Staged>, StoreError> {
    let running = core.others_running(connection)?;
    let own = core.node.as_ref().map(|node| &node.id);
    let is_left = |node: &Option<NodeId>| {
        node.as_ref()
            .is_some_and(|node| Some(node) != own && !running.contains(node))
    };
    let all = exhibit_rows::staged_at(connection)?.into_iter();
    let left = all.filter(|(.., node)| is_left(node));
    Ok(left.map(|(exhibit, case, _)| (exhibit, case)).collect())
}
