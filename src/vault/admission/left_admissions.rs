//! Removes what a node was admitting that runs no longer, so that its case gets other files.
//!
//! A start does so before anything is served (`vault/start/`); this is for nodes that run on. Nobody saw what goes,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ExhibitId, Field};
    use crate::vault::Settings;
    use crate::vault::records::tests::fixture::Fixture;
    use crate::vault::store::{Tables, block_rows, case_rows, node_rows};

    #[test]
    fn what_a_node_left_that_is_gone_goes_and_it_cannot_admit_what_is_left_of_it_when_it_comes_back()
     {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let vault = &fixture.vault;
        let (other, now) = (fixture.another_node(5), vault.core.clock.in_seconds(0));
        let (node, id) = (other.id.clone(), ExhibitId::from_random([9; 13]));
        let (told, staged) = sync_channel(1);
        let (case, exhibit) = (fixture.case.clone(), id.clone());
        fixture.stage(move |rows| {
            node_rows::insert(rows, &other)?;
            let case = case_rows::find(rows, &case)?;
            let case = case.ok_or(StoreError::inconsistent("test"))?.number;
            let number = exhibit_rows::stage(rows, &exhibit, case, Some(&other.id), now)?;
            for no in 0..PARTS + 8 {
                block_rows::insert(rows, number, Field::SentAt, no, b"sealed")?;
            }
            let _ = told.send((number, case));
            Ok(())
        });
        let (number, case) = staged.recv().unwrap();
        // It is admitted by a node that runs.
        assert_eq!(vault.clear_left_admissions(), Ok(0));
        assert_eq!(vault.remove_some((number, case)), Ok(false));
        fixture.clock.advance_seconds(179);
        assert_eq!(vault.clear_left_admissions(), Ok(0));
        fixture.clock.advance_seconds(1);
        assert_eq!(vault.remove_some((number, case)), Ok(true));

        // The node comes back, and its admission to its end.
        fixture.saw(&node, 1);
        let (told, admitted) = sync_channel(1);
        fixture.stage(move |rows| {
            let whose = (number, &id, Some(&node));
            let _ = told.send(exhibit_rows::admit(rows, whose, None, b"sealed", now).is_ok());
            Ok(())
        });
        assert!(!admitted.recv().unwrap(), "a part of it was removed");
        // What is left is nobody's, so it goes, although its node runs.
        assert_eq!(vault.clear_left_admissions(), Ok(1));
        assert_eq!(vault.clear_left_admissions(), Ok(0));
        let reader = vault.core.readers.snapshot().unwrap();
        let left = exhibit_rows::numbers(reader.connection().unwrap(), case);
        assert!(left.unwrap().is_empty());
        assert_eq!(vault.health().damage(), None);
    }
}
