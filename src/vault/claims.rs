//! Which node goes on with what was carried out, where a vault has several.
//!
//! Whoever does takes a claim, and gives it back when nothing is left. A claim of a node that runs no longer is
//! anybody's to take. It keeps two nodes from doing the same work twice, and nothing more: each step looks whether what
//! it replaces is what was read, so two that go on at once only get in each other's way.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::door::Vault;
use super::ledger::StageError;
use super::store::{StoreError, StoreFault, Transaction};
use super::this_node::Work;

/// This node goes on with one kind of work, and no other one does, until this is dropped.
pub(in crate::vault) struct Claim<'v> {
    vault: &'v Vault,
    work: Work,
}

impl Vault {
    /// Takes the claim on one kind of work; none if another node has it that runs. Where a file has the tables there is
    /// nobody else.
    pub(in crate::vault) fn claim(&self, work: Work) -> Result<Option<Claim<'_>>, StageError> {
        let Some(node) = &self.core.node else {
            // Whoever only joins does nobody's work.
            let is_alone = !self.core.has_server;
            return Ok(is_alone.then_some(Claim { vault: self, work }));
        };
        node.begins(work);
        // Gives it back if it is not had.
        let claim = Claim { vault: self, work };
        let core = Arc::clone(&self.core);
        let (told, is_own) = sync_channel(1);
        self.ledger.stager().stage(move |rows: &Transaction| {
            let Some(node) = &core.node else {
                return Ok(());
            };
            let others = core.others_running(rows)?;
            let _ = told.send(node.claim(rows, work, &others)?);
            Ok(())
        })?;
        let unsaid = StageError::Store(StoreError {
            at: "claims::take",
            fault: StoreFault::Other,
        });
        let is_own = is_own.recv().map_err(|_| unsaid)?;
        Ok(is_own.then_some(claim))
    }

    /// Whether this node takes up what was left elsewhere: of those that run, the one with the smallest id. So does
    /// whoever has a claim, because others leave to it what it claims.
    pub fn takes_up(&self) -> bool {
        let Some(node) = &self.core.node else {
            return true;
        };
        let looked = || {
            let reader = self.core.readers.snapshot()?;
            let connection = reader.connection()?;
            let others = self.core.others_running(connection)?;
            let is_first = others.iter().all(|other| node.id < *other);
            Ok::<_, StoreError>(is_first || node.has_claim(connection)?)
        };
        looked().unwrap_or_default()
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let core = Arc::clone(&self.vault.core);
        let Some(node) = &self.vault.core.node else {
            return;
        };
        node.ends(self.work);
        let work = self.work;
        let given_back = self.vault.ledger.stager().stage(move |rows| {
            let node = core.node.as_ref();
            node.map_or(Ok(()), |node| node.give_back(rows, work))
        });
        if given_back.is_err() {
            tracing::warn!("a claim could not be given back; this node takes up what is left");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Settings;
    use crate::vault::records::tests::fixture::Fixture;
    use crate::vault::store::{Tables, meta_rows, node_rows};

    #[test]
    fn a_claim_is_another_nodes_as_long_as_that_one_runs_and_anybodys_afterwards() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let vault = &fixture.vault;
        let own = vault.core.node.as_ref().unwrap().id.clone();
        assert!(vault.takes_up(), "it is alone");
        let held = |work: Work| {
            let reader = vault.core.readers.snapshot().unwrap();
            let found = meta_rows::find(reader.connection().unwrap(), work.key());
            found.unwrap().unwrap_or_default()
        };
        // Two of this process share one, which ends with the last of them.
        let first = vault.claim(Work::Rewrites).unwrap().unwrap();
        let second = vault.claim(Work::Rewrites).unwrap().unwrap();
        assert_eq!(held(Work::Rewrites), own.as_str());
        drop(first);
        assert_eq!(held(Work::Rewrites), own.as_str());
        drop(second);
        assert_eq!(held(Work::Rewrites), "");

        let row = fixture.another_node(0);
        let other = row.id.clone();
        fixture.stage(move |rows| {
            node_rows::insert(rows, &row)?;
            meta_rows::put(rows, Work::Rewrites.key(), row.id.as_str())
        });
        assert!(!vault.takes_up(), "the other one has a smaller id");
        assert!(vault.claim(Work::Rewrites).unwrap().is_none());
        assert_eq!(held(Work::Rewrites), other.as_str());
        assert!(vault.claim(Work::Destructions).unwrap().is_some());
        // Its heartbeat lapses, and it comes back.
        fixture.clock.advance_seconds(200);
        assert!(vault.takes_up());
        let claim = vault.claim(Work::Rewrites).unwrap().unwrap();
        fixture.saw(&other, 1);
        assert!(vault.takes_up(), "it has a claim");
        drop(claim);
        assert!(!vault.takes_up());
    }
}
