//! Brings what this machine keeps beside the tables up to what they say: sealed parts, packages, the erasure lists.
//!
//! Whoever erases, seals again, withdraws or destroys does so at one node, and other nodes have files of their own.
//! Each looks when another node changed cases, exhibits or erasures, and at a start. A package from before an erasure
//! is refused from the moment on at which this node knows of it (`scope/requests/package.rs`), so nothing here is in a
//! hurry.
//!
//! Not promised: that a disk forgets.

use std::collections::HashSet;

use super::door::Vault;
use super::erase::EraseError;
use super::error::OperationError;
use super::exhibits::description::open_description;
use super::exhibits::known_parts::KnownParts;
use super::scope::requests::PackageFile;
use super::store::exhibit_rows::ExhibitRow;
use super::store::{AtHand, Snapshot, StoreError, case_rows, exhibit_rows, request_rows};
use crate::domain::{NodeId, RequestId};
use crate::policy::CaseState;

impl Vault {
    /// Looks at all of it.
    ///
    /// # Errors
    ///
    /// The first that it came upon; whatever else could be done was done. It is tried again when it is asked for.
    pub fn keep_up(&self) -> Result<(), EraseError> {
        self.core.kept_here.begin();
        let done = self.clear_older_packages();
        let done = done.and(self.forget_older_parts());
        // A destroyed case takes its list along.
        let done = done.and(self.write_erasures().map(drop));
        if done.is_err() {
            self.core.kept_here.is_behind();
        }
        done
    }

    /// The same if something may be behind. Otherwise only what could not be overwritten is tried again.
    ///
    /// # Errors
    ///
    /// As [`Self::keep_up`].
    pub fn keep_up_if_due(&self) -> Result<(), EraseError> {
        match self.core.kept_here.begin() {
            true => self.keep_up(),
            false => self.forget_kept(),
        }
    }

    /// Overwrites sealed parts of exhibits that do not count, and those that are not what their exhibit has now.
    fn forget_older_parts(&self) -> Result<(), EraseError> {
        let Some(at_hand) = self.core.readers.at_hand() else {
            return Ok(());
        };
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        at_hand.keep_from_now_on();
        if at_hand.has_parts() {
            let mut gone = at_hand.exhibits();
            self.keep_newest(connection, at_hand, &mut gone)?;
            gone.into_iter()
                .for_each(|exhibit| at_hand.forget_parts(exhibit));
        }
        self.forget_kept()
    }

    /// Goes through the exhibits that count and of which something is kept. What is left over does not count.
    fn keep_newest(
        &self,
        connection: &Snapshot,
        at_hand: &AtHand,
        kept: &mut HashSet<i64>,
    ) -> Result<(), EraseError> {
        for case in case_rows::list(connection)? {
            if kept.is_empty() || self.core.is_destroyed(&case) {
                continue;
            }
            let mut exhibits = exhibit_rows::list(connection, case.number)?;
            exhibits.retain(|exhibit| kept.contains(&exhibit.number.0));
            if exhibits.is_empty() {
                continue;
            }
            let keys = self.core.case_keys(&case.id)?;
            for exhibit in &exhibits {
                let parts_of = |exhibit: &ExhibitRow| {
                    let digest = open_description(&keys, exhibit)?.blocks_digest;
                    KnownParts::of(connection, (exhibit.number, &exhibit.id), &digest)
                };
                match parts_of(exhibit) {
                    Ok(Some(parts)) => at_hand.keep_only(exhibit.number.0, parts.list()),
                    Ok(None) => {}
                    // The next one who reads it is told. Nothing of it is kept meanwhile.
                    Err(OperationError::Damaged { .. }) => continue,
                    Err(error) => return Err(error.into()),
                }
                kept.remove(&exhibit.number.0);
            }
        }
        Ok(())
    }

    /// Deletes packages that may be from before an erasure, if something may be behind. What is not deleted is handed
    /// out to nobody; but whoever takes a package need not ask twice if this was called first.
    ///
    /// # Errors
    ///
    /// As [`Self::keep_up`].
    pub fn clear_packages_if_due(&self) -> Result<(), EraseError> {
        match self.core.kept_here.may_be_behind() {
            true => self.clear_older_packages(),
            false => Ok(()),
        }
    }

    /// Clears what nodes left of builds that run no longer, in a folder that they share, and says how many there were.
    ///
    /// # Errors
    ///
    /// The database could not be read.
    pub fn clear_left_builds(&self) -> Result<usize, StoreError> {
        let Some(node) = self.core.shares_packages() else {
            return Ok(0);
        };
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let others = self.core.others_running(connection)?;
        let runs = |one: &NodeId| *one == node.id || others.contains(one);
        let is_known = |request: &RequestId| request_rows::is_there(connection, request);
        let paths = &self.core.paths;
        Ok(PackageFile::clear_workplaces(paths, runs, is_known))
    }

    /// Deletes what this node built of a request's package, in a folder that nodes share. Says whether they do: then
    /// another one may be there.
    pub fn discard_package(&self, request: &RequestId) -> bool {
        let Some(node) = self.core.shares_packages() else {
            return false;
        };
        // What cannot be deleted goes with old packages.
        let _ = PackageFile::of(&self.core.paths, request).delete_of(&node.id);
        true
    }

    /// Deletes packages from before an erasure, and those of destroyed cases.
    fn clear_older_packages(&self) -> Result<(), EraseError> {
        let mut done = Ok(());
        for case in self.cases_with_keys()? {
            let keys = self.core.case_keys(&case.id)?;
            done = done.and(self.clear_packages(&case, &keys).map(drop));
        }
        done.and(self.delete_packages_of_destroyed())
    }

    fn delete_packages_of_destroyed(&self) -> Result<(), EraseError> {
        let mut done = Ok(());
        for request in PackageFile::all(&self.core.paths) {
            let is_destroyed = {
                let reader = self.core.readers.snapshot()?;
                let connection = reader.connection()?;
                let row = request_rows::find(connection, &request)?;
                let case = row.map(|row| case_rows::find_by_number(connection, row.case));
                let case = case.transpose()?.flatten();
                case.is_some_and(|case| case.state == CaseState::Destroyed)
            };
            if !is_destroyed {
                continue;
            }
            if self.core.package_turns.is_building(&request) {
                self.core.package_turns.stop(&request);
                done = done.and(Err(EraseError::UnderWay));
                continue;
            }
            let file = PackageFile::of(&self.core.paths, &request);
            done = done.and(file.delete_all().map_err(|_| EraseError::Package));
        }
        done
    }
}
