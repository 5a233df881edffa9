//! What is done after a destruction was carried out: keys leave the keyring, rows go, the certificate is signed.
//!
//! The commit of the carrying out is the one moment at which a case ends; whatever is here can be interrupted and goes
//! on at the next call, in any process that opens the vault. The keys go first. Where the vault has several nodes, the
//! certificate waits until each has said that its keyring is without them. Rows go in small steps through the
//! ledger, so that acts on other cases wait for none of them for long, and no step holds more than some parts in
//! memory. The leaf with the digest of the certificate is the last of it: as long as there is none, something is left.
//! What keeps one case from its end keeps no other from theirs, and `vault/held_up.rs` knows of it.
//!
//! Not promised: that a disk forgets. Deleted rows are overwritten in the database and the write-ahead log is cut, but
//! copies, snapshots and the cells of an SSD are not the vault's.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;

use serde_json::{Value, json};

use super::call::answer::Answer;
use super::call::caller::Caller;
use super::call::receipt::Receipt;
use super::call::target::Target;
use super::core::Core;
use super::door::{Operation, Vault};
use super::error::OperationError;
use super::keyring::KeyringError;
use super::ledger::StageError;
use super::left_copies;
use super::scope::requests::{PackageFile, REQUEST_KINDS};
use super::scope::{Scope, certified, keyless_since, note_keyless, waits_for};
use super::store::case_rows::{self, CaseNumber, CaseRow};
use super::store::exhibit_rows::ExhibitNumber;
use super::store::{
    AtHand, StoreError, StoreFault, Transaction, budget_rows, erasure_rows, exhibit_rows,
    membership_rows, release_rows, request_rows, term_rows,
};
use super::this_node::Work;
use crate::domain::{CaseId, RequestId};
use crate::policy::{CaseState, actions};

/// How many parts of each kind go in one step; the largest kind has some hundred kilobytes.
const PARTS: u32 = 32;
/// How many runs of terms go in one step, of two pages each.
const RUNS: u32 = 512;
/// How many small rows go in one step.
const ROWS: usize = 256;

/// Why a destruction could not be ended now. It is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShredError {
    /// Somebody still works on the case: a file is being admitted, or a package built.
    #[error("somebody still works on the case")]
    UnderWay,
    /// Another node of the vault does not have the keyring without the keys of the case yet.
    #[error("another node still has the keys of the case")]
    Unconfirmed,
    /// The keyring could not be written.
    #[error("the keyring could not be written")]
    Keyring,
    /// The list of the case's erasures could not be taken out of the file beside the keyring.
    #[error("the erasure list of the case could not be taken away")]
    Erasures,
    /// A package of the case could not be deleted.
    #[error("a package of the case could not be deleted")]
    Package,
    /// A copy of the vault that a killed backup left could not be removed.
    #[error("a copy that a killed backup left could not be removed")]
    Copy,
    /// What this machine keeps of sealed parts could not be overwritten.
    #[error("what data/cache keeps of sealed parts could not be overwritten")]
    Kept,
    /// Another node that runs is at it.
    #[error("another node goes on with it")]
    Elsewhere,
    /// The database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault is stopping.
    #[error("the vault is stopping")]
    Stopping,
    /// The certificate could not be signed, or its leaf not be made durable.
    #[error("the certificate could not be signed")]
    Certificate,
}

impl ShredError {
    /// Whether somebody has to look at it. Otherwise it goes on by itself.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::UnderWay | Self::Elsewhere | Self::Unconfirmed | Self::Stopping
        )
    }
}

impl From<StageError> for ShredError {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Store(error) => Self::Store(error),
            StageError::Stopped => Self::Stopping,
        }
    }
}

impl Vault {
    /// Goes on with every destruction that was carried out, and says how many it ended. It takes as long as there are
    /// rows, so it is called on a thread of its own.
    ///
    /// # Errors
    ///
    /// The first that it came upon, faults before the others; what was done stays done, and the other cases were ended.
    pub fn shred(&self) -> Result<usize, ShredError> {
        let mut ended = 0;
        let mut failed: Option<ShredError> = None;
        let left = unfinished(&self.core)?;
        for held_up in self.core.held_up.all() {
            if left.iter().all(|case| case.id != held_up.case) {
                // Another node ended it.
                self.core.held_up.ended(&held_up.case);
            }
        }
        if left.is_empty() {
            return Ok(0);
        }
        // A claim moves the head twice, and other nodes may take days.
        if self.all_wait(&left)? {
            return Err(ShredError::Unconfirmed);
        }
        let claim = self.claim(Work::Destructions)?;
        let _claim = claim.ok_or(ShredError::Elsewhere)?;
        for case in unfinished(&self.core)? {
            match self.shred_case(&case) {
                Ok(()) => {
                    self.core.held_up.ended(&case.id);
                    self.core.erasures_held_up.ended(&case.id);
                    ended += 1;
                }
                Err(ShredError::Stopping) => return Err(ShredError::Stopping),
                Err(error) => {
                    if error.is_fault() {
                        self.core.held_up.failed(&case.id, self.core.clock.now());
                    }
                    if !failed.is_some_and(ShredError::is_fault) {
                        failed = Some(error);
                    }
                }
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(ended),
        }
    }

    /// The same if a case was destroyed since the last call, or that call did not come to its end.
    ///
    /// # Errors
    ///
    /// As [`Self::shred`].
    pub fn shred_if_due(&self) -> Result<usize, ShredError> {
        if !self.core.shred_due.swap(false, Ordering::AcqRel) {
            return Ok(0);
        }
        let ended = self.shred();
        // Whoever has the claim, or takes up what was left, looks once a minute.
        if ended.is_err_and(|fault| fault != ShredError::Elsewhere) {
            self.core.shred_due.store(true, Ordering::Release);
        }
        ended
    }

    /// Whether nothing is left of these cases at this node, and other nodes have not confirmed that yet.
    fn all_wait(&self, left: &[CaseRow]) -> Result<bool, StoreError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        for case in left {
            let is_done = !self.core.keys().has_case(&case.id)
                && self.core.unconfirmed(|all| all.contains(&case.id));
            let Some(generation) = keyless_since(&self.core, case).filter(|_| is_done) else {
                return Ok(false);
            };
            if waits_for(&self.core, connection, generation)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the keys of destroyed cases out of the keyring, if somebody was interrupted before.
    pub(in crate::vault) fn shred_keys(&self) -> Result<(), KeyringError> {
        // What cannot be read is told by the start itself.
        for case in unfinished(&self.core).unwrap_or_default() {
            let taken = self.destroy_keys(&case);
            taken.map_err(|_| KeyringError::NoKey)?;
        }
        Ok(())
    }

    /// Takes the keys of a case out of the keyring. Where other nodes write too, with the lock of the log's head and in
    /// a commit that names the new keyring and says since when it is without them: no two nodes change theirs at once,
    /// and each gets this one.
    fn destroy_keys(&self, case: &CaseRow) -> Result<(), ShredError> {
        let taken = |taken: Result<(), OperationError>| taken.map_err(|_| ShredError::Keyring);
        if !self.core.has_server || !self.core.keys().has_case(&case.id) {
            return taken(self.core.destroy_keys(case));
        }
        if !self.core.has_named_keyring() {
            // A change that was made before was not committed; now it is.
            let core = Arc::clone(&self.core);
            self.stage(move |rows| core.tell_of_node(rows, true).map(drop))?;
        }
        let (told, is_taken) = sync_channel(1);
        let (core, case) = (Arc::clone(&self.core), case.clone());
        self.stage(move |rows| {
            let taken = core.destroy_keys(&case);
            let is_taken = taken.is_ok();
            let _ = told.send(taken);
            if is_taken {
                noted(note_keyless(&core, rows, case.number))?;
                core.tell_of_node(rows, true)?;
            }
            Ok(())
        })?;
        taken(is_taken.recv().map_err(|_| ShredError::Keyring)?)
    }

    /// Since which generation the keyring is without the keys of a case, which it is. That is written down where it was
    /// not yet: where a file has the tables, or the commit failed that would have done it.
    fn keyless_since(&self, case: &CaseRow) -> Result<u64, ShredError> {
        let found = {
            let reader = self.core.readers.snapshot()?;
            let row = case_rows::find_by_number(reader.connection()?, case.number)?;
            row.and_then(|row| keyless_since(&self.core, &row))
        };
        if let Some(since) = found {
            return Ok(since);
        }
        let (told, since) = sync_channel(1);
        let (core, case) = (Arc::clone(&self.core), case.number);
        self.stage(move |rows| {
            let _ = told.send(noted(note_keyless(&core, rows, case))?);
            Ok(())
        })?;
        since.recv().map_err(|_| ShredError::Keyring)
    }

    fn shred_case(&self, case: &CaseRow) -> Result<(), ShredError> {
        self.destroy_keys(case)?;
        let generation = self.keyless_since(case)?;
        // It may wait for days until all nodes have confirmed, and asks every second.
        if !self.core.unconfirmed(|all| all.contains(&case.id)) {
            self.shred_all(case)?;
            self.core.unconfirmed(|all| all.insert(case.id.clone()));
        }
        let waits = {
            let reader = self.core.readers.snapshot()?;
            !waits_for(&self.core, reader.connection()?, generation)?.is_empty()
        };
        if waits {
            self.core.held_up.ended(&case.id);
            return Err(ShredError::Unconfirmed);
        }
        self.perform(&Caller::system(), Certify(case.id.clone()))
            .map_err(|_| ShredError::Certificate)?;
        self.core.unconfirmed(|all| all.remove(&case.id));
        Ok(())
    }

    /// Deletes all that is stored of a case.
    fn shred_all(&self, case: &CaseRow) -> Result<(), ShredError> {
        if self.core.admissions.end(&case.id) {
            return Err(ShredError::UnderWay);
        }
        let number = case.number;
        self.shred_packages(number)?;
        self.shred_exhibits(number)?;
        self.shred_small_rows(number)?;
        self.forget_erasures().map_err(|_| ShredError::Erasures)?;
        let settled = self.core.readers.at_hand().map(AtHand::settle);
        settled.unwrap_or(Ok(())).map_err(|_| ShredError::Kept)?;
        self.empty_log()?;
        left_copies::remove(&self.core.paths.data())
            .and_then(|_| left_copies::remove_databases(&self.core.paths.moved_databases()))
            .map_err(|_| ShredError::Copy)?;
        Ok(())
    }

    fn shred_packages(&self, case: CaseNumber) -> Result<(), ShredError> {
        for request in self.requests(case)? {
            if self.core.package_turns.is_building(&request) {
                self.core.package_turns.stop(&request);
                return Err(ShredError::UnderWay);
            }
            let file = PackageFile::of(&self.core.paths, &request);
            // It is there only if a build was killed.
            let _ = fs::remove_dir_all(file.workplace());
            file.delete().map_err(|_| ShredError::Package)?;
        }
        Ok(())
    }

    fn shred_exhibits(&self, case: CaseNumber) -> Result<(), ShredError> {
        let exhibits: Vec<ExhibitNumber> = {
            let reader = self.core.readers.snapshot()?;
            exhibit_rows::numbers(reader.connection()?, case)?
        };
        for exhibit in exhibits {
            self.until_none(move |rows| exhibit_rows::shred_parts(rows, exhibit, PARTS))?;
            self.stage(move |rows| exhibit_rows::remove(rows, exhibit))?;
            exhibit_rows::forget_parts(&self.core.readers, exhibit);
        }
        self.until_none(move |rows| term_rows::shred_runs(rows, case, RUNS))
    }

    fn shred_small_rows(&self, case: CaseNumber) -> Result<(), ShredError> {
        let most = u32::try_from(ROWS).unwrap_or(u32::MAX);
        self.until_none(move |rows| budget_rows::shred(rows, case, most))?;
        for table in [&release_rows::TABLE, &erasure_rows::TABLE] {
            self.until_none(move |rows| {
                let mut all = table.list(rows, case)?;
                all.truncate(ROWS);
                for (no, _) in &all {
                    table.remove(rows, *no)?;
                }
                Ok(all.len())
            })?;
        }
        let requests = self.requests(case)?;
        for some in requests.chunks(ROWS) {
            let some = some.to_vec();
            self.stage(move |rows| some.iter().try_for_each(|id| request_rows::shred(rows, id)))?;
        }
        self.stage(move |rows| {
            let members = membership_rows::list(rows, case)?;
            let bound = members.iter().filter(|member| member.account.is_some());
            let mut bound = bound.map(|member| &member.operator);
            bound.try_for_each(|operator| membership_rows::shred_account(rows, case, operator))
        })
    }

    /// The requests of every kind in a case.
    fn requests(&self, case: CaseNumber) -> Result<Vec<RequestId>, StoreError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let mut all = Vec::new();
        for kind in REQUEST_KINDS {
            let rows = request_rows::list(connection, case, kind.name, None)?;
            all.extend(rows.into_iter().map(|row| row.id));
        }
        Ok(all)
    }

    /// Does a step again and again until it finds nothing more to do.
    fn until_none(
        &self,
        step: impl Fn(&Transaction) -> Result<usize, StoreError> + Copy + Send + 'static,
    ) -> Result<(), ShredError> {
        loop {
            let (told, gone) = sync_channel(1);
            self.stage(move |rows| {
                let _ = told.send(step(rows)?);
                Ok(())
            })?;
            let unsaid = StoreError {
                at: "shred::step",
                fault: StoreFault::Other,
            };
            if gone.recv().map_err(|_| unsaid)? == 0 {
                return Ok(());
            }
        }
    }

    fn stage(
        &self,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), ShredError> {
        Ok(self.ledger.stager().stage(step)?)
    }
}

/// The cases that somebody destroyed, of which more is left than the certificate. One that has lost its key and was
/// destroyed by nobody is refused like them, and stays as it is: the keyring may be the wrong one.
pub(in crate::vault) fn unfinished(core: &Core) -> Result<Vec<CaseRow>, StoreError> {
    let reader = core.readers.snapshot()?;
    let mut all = case_rows::list(reader.connection()?)?;
    all.retain(|case| case.state == CaseState::Destroyed && !certified(core, case));
    Ok(all)
}

fn noted(since: Result<u64, OperationError>) -> Result<u64, StoreError> {
    since.map_err(|error| match error {
        OperationError::Store(error) => error,
        _ => StoreError::inconsistent("shred::keyless"),
    })
}

/// The last act on a case: the vault signs that it is gone.
struct Certify(CaseId);

struct Certified;

impl Answer for Certified {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({}))
    }
}

impl Operation for Certify {
    type Action = actions::CertifyDestruction;
    type Answer = Certified;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Certified, OperationError> {
        scope.certify()?;
        Ok(Certified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ExhibitId, Moment};
    use crate::vault::Settings;
    use crate::vault::exhibits::under_way::Tracked;
    use crate::vault::plaintext::Aad;
    use crate::vault::records::tests::fixture::{Fixture, MARCH};
    use crate::vault::scope::Remains;
    use crate::vault::store::{Tables, node_rows};

    /// Ends a case, as the act does that carries its destruction out.
    fn end(fixture: &Fixture, case: &CaseId) {
        let (core, case) = (Arc::clone(&fixture.vault.core), case.clone());
        fixture.stage(move |rows| {
            let failed = StoreError::inconsistent("test");
            let row = case_rows::find(rows, &case)?.ok_or(failed)?;
            let remains = Remains {
                title: "The supplier".to_owned(),
                reference: "INC-2024-0401".to_owned(),
                facts: None,
                keyless_since: None,
                certificate: None,
            };
            let aad = Aad::remains(&core.vault, &case);
            let keys = core.keys();
            let sealed = core.seal_json(keys.root_keys().details(), &aad, &remains);
            case_rows::destroy(rows, row.number, &sealed.map_err(|_| failed)?)
        });
    }

    fn row_of(fixture: &Fixture, case: &CaseId) -> CaseRow {
        let reader = fixture.vault.core.readers.snapshot().unwrap();
        let found = case_rows::find(reader.connection().unwrap(), case);
        found.unwrap().unwrap()
    }

    #[test]
    fn a_certificate_names_the_generation_in_which_the_keys_left_and_no_other_destruction_delays_it()
     {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let (vault, first) = (&fixture.vault, fixture.case.clone());
        let core = &vault.core;
        let node = fixture.another_node(5);
        let other = node.id.clone();
        fixture.stage(move |rows| node_rows::insert(rows, &node));
        let since = |case: &CaseId| keyless_since(core, &row_of(&fixture, case));
        end(&fixture, &first);
        assert_eq!(since(&first), None);
        assert_eq!(vault.shred(), Err(ShredError::Unconfirmed));
        let left = core.keys().generation();
        assert_eq!(since(&first), Some(left));

        // Another case begins and ends while the first one waits.
        let second = CaseId::from_random([8; 13]);
        let mut keyring = core.keyring_to_change().unwrap();
        keyring.add_case(&second, &*core.entropy).unwrap();
        drop(keyring);
        let opened = second.clone();
        fixture.stage(move |rows| {
            case_rows::insert(rows, &opened, b"", Moment::from_seconds(MARCH)).map(drop)
        });
        end(&fixture, &second);
        assert_eq!(vault.shred(), Err(ShredError::Unconfirmed));
        assert_eq!(since(&first), Some(left));
        let left_later = since(&second).unwrap();
        assert_eq!(left_later, left + 2);

        // The other node has the keyring of the first, and then that of the second.
        fixture.saw(&other, left);
        assert_eq!(vault.shred(), Err(ShredError::Unconfirmed));
        let signed = |case: &CaseId| certified(core, &row_of(&fixture, case));
        assert!(signed(&first) && !signed(&second));
        let leaf = || {
            let leaf = fixture.last_leaf();
            (leaf["action"].clone(), leaf["generation"].clone())
        };
        assert_eq!(leaf(), (json!("destruction.certify"), json!(left)));
        fixture.saw(&other, left_later);
        assert_eq!(vault.shred(), Ok(1));
        assert_eq!(leaf(), (json!("destruction.certify"), json!(left_later)));
        assert!(signed(&second));
    }

    #[test]
    fn a_node_does_not_say_that_it_has_no_key_of_a_case_while_it_admits_to_it() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let (vault, core) = (&fixture.vault, &fixture.vault.core);
        let own = core.node.as_ref().unwrap().id.clone();
        let told = || {
            let reader = core.readers.snapshot().unwrap();
            let row = node_rows::find(reader.connection().unwrap(), &own);
            row.unwrap().unwrap().generation
        };
        let tell = || {
            let core = Arc::clone(core);
            fixture.stage(move |rows| core.tell_of_node(rows, true).map(drop));
        };
        tell();
        let before = core.keys().generation();
        assert_eq!(told(), before);
        let exhibit = ExhibitId::from_random([9; 13]);
        let (admissions, caller) = (&core.admissions, Caller::system());
        let admission = Tracked::begin(admissions, &fixture.case, &exhibit, &caller, None);
        end(&fixture, &fixture.case);
        assert_eq!(vault.shred(), Err(ShredError::UnderWay));
        // The file has no key of the case any more, and the admission still has one in memory.
        assert!(!core.keys().has_case(&fixture.case));
        assert_eq!(core.keys().generation(), before + 1);
        assert!(admission.progress().is_cancelled());
        assert_eq!(told(), before);
        tell();
        assert_eq!(told(), before);
        drop(admission);
        tell();
        assert_eq!(told(), before + 1);
        assert_eq!(vault.shred(), Ok(1));
    }
}
