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
use crate::vault::store::{Snapshot, StoreError, StoreFault, Transaction};

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
            // From the first step on it is this node's, so that one that comes back does not admit what is left of it.
            let mut goes_on = self.remove_some(exhibit, Self::take_over)?;
            while goes_on {
                goes_on = self.remove_some(exhibit, Self::remove_parts)?;
            }
            removed += 1;
        }
        Ok(removed)
    }

    fn take_over(core: &Core, rows: &Transaction, exhibit: Staged) -> Result<bool, StoreError> {
        match &core.node {
            Some(own) if left(core, rows)?.contains(&exhibit) => {
                exhibit_rows::take_over(rows, exhibit.0, &own.id)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Says whether something may be left.
    fn remove_parts(core: &Core, rows: &Transaction, exhibit: Staged) -> Result<bool, StoreError> {
        let own = core.node.as_ref().map(|node| node.id.clone());
        let staged = exhibit_rows::staged_at(rows)?;
        if !staged.contains(&(exhibit.0, exhibit.1, own)) {
            return Ok(false);
        }
        if exhibit_rows::shred_parts(rows, exhibit.0, PARTS)? == 0 {
            discard_staged(rows, exhibit.0, exhibit.1)?;
            return Ok(false);
        }
        Ok(true)
    }

    /// One step. Says whether another one has to follow.
    fn remove_some(
        &self,
        exhibit: Staged,
        step: fn(&Core, &Transaction, Staged) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let core = Arc::clone(&self.core);
        let (told, goes_on) = sync_channel(1);
        let staged = self.ledger.stager().stage(move |rows| {
            let _ = told.send(step(&core, rows, exhibit)?);
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
