//! What is done after an erasure was carried out: everything that is stored of the number is overwritten.
//!
//! The commit of the carrying out wrote the number's tag into the erasure list of the case, and from then on the number
//! is answered as absent. Whatever is here can be interrupted and goes on at the next call, in any process that opens
//! the vault. The number's term goes last of what is overwritten, because its value finds the rest: prints of messages,
//! rows in quarantine, user names that nobody else has or that have the number in them. Every act overwrites the parts
//! of one exhibit, and its leaf has the new digest over them, so that the exhibit still verifies. When all is
//! overwritten, the list says so; whatever comes then is tried again without overwriting anything anew, so the log has
//! as many leaves however often it is. Where a vault has several nodes, one of them does it (`claims.rs`), and what
//! each keeps beside the tables follows at each (`keep_up.rs`). The write-ahead log is cut, copies that a killed backup
//! left are removed, and a last leaf says that the erasure is finished. What keeps one from its end is told
//! (`vault/held_up.rs`), in the same way for a number that the case never had.
//!
//! Also brings the list of the database and its copy beside the keyring together: an older database is told what was
//! erased after it, before anything of it is served.
//!
//! Not promised: that a disk forgets, or that copies of the vault do.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;

use serde_json::json;

use super::admission::erased_parts::{Person, users_named, users_of_only, without_person};
use super::admission::replaced_parts::ReplacedParts;
use super::call::caller::Caller;
use super::call::done::Done;
use super::call::refusal::Refusal;
use super::call::target::Target;
use super::claims::Claim;
use super::core::Core;
use super::door::{Operation, Vault};
use super::erasure_file::{ErasureFile, ErasureFileFault};
use super::error::{Conflict, OperationError};
use super::exhibits::added_terms::AddedTerms;
use super::exhibits::erased_term;
use super::exhibits::erasures::{Erasure, Erasures};
use super::exhibits::terms::{NumberTerms, TermPlace, UserTerms};
use super::keyring::CaseKeys;
use super::ledger::StageError;
use super::left_copies;
use super::plaintext::{Nonces, Phone};
use super::scope::Scope;
use super::scope::requests::{PackageFile, REQUEST_KINDS};
use super::store::case_rows::{self, CaseNumber, CaseRow};
use super::store::exhibit_rows::{self, ExhibitRow};
use super::store::{AtHand, Snapshot, StoreError, Transaction, meta_rows, request_rows};
use super::this_node::Work;
use crate::domain::{CaseId, ExhibitId, Field, RequestId};
use crate::policy::actions;

/// Where the database notes the generation of the file beside the keyring.
const GENERATION: &str = "erasure-list";

/// So many user names are looked at in one snapshot.
const NAMES_AT_ONCE: u32 = 65_536;

/// Why an erasure could not be ended now. It is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EraseError {
    /// Somebody takes a package of the case at this moment.
    #[error("somebody still takes a package of the case")]
    UnderWay,
    /// A copy of the vault that a killed backup left could not be removed.
    #[error("a copy that a killed backup left could not be removed")]
    Copy,
    /// What this machine keeps of sealed parts could not be overwritten.
    #[error("what data/cache keeps of sealed parts could not be overwritten")]
    Kept,
    /// A package of the case could not be deleted.
    #[error("a package of the case could not be deleted")]
    Package,
    /// Another node that runs is at it.
    #[error("another node goes on with it")]
    Elsewhere,
    /// Another node, or a rotation, changed something since it was read.
    #[error("something was changed since it was read")]
    Changed,
    /// Something of the case could not be read or sealed.
    #[error("the case could not be read")]
    Case,
    /// The file beside the keyring could not be read or written.
    #[error(transparent)]
    File(#[from] ErasureFileFault),
    /// The database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A leaf could not be made durable, or the vault is stopping.
    #[error("a leaf of the erasure could not be written")]
    Unaudited,
}

impl EraseError {
    /// Whether somebody has to look at it. Otherwise it goes on by itself.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::UnderWay | Self::Elsewhere | Self::Changed)
    }
}

impl From<OperationError> for EraseError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Store(error) => Self::Store(error),
            _ => Self::Case,
        }
    }
}

impl From<StageError> for EraseError {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Store(error) => Self::Store(error),
            StageError::Stopped => Self::Unaudited,
        }
    }
}

impl From<Refusal> for EraseError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Failed(OperationError::Conflict(Conflict::ResultChanged), _) => Self::Changed,
            _ => Self::Unaudited,
        }
    }
}

impl Vault {
    /// Goes on with every erasure that was carried out, and says how many it ended. It reads the records of their
    /// cases, so it is called on a thread of its own.
    ///
    /// # Errors
    ///
    /// The first that it came upon. All others are ended nevertheless, and what was done stays done.
    pub fn erase(&self) -> Result<usize, EraseError> {
        let (mut ended, mut fault) = (0, None);
        let mut claim = None;
        for case in self.cases_with_keys()? {
            match self.erase_in(&case, &mut claim) {
                Ok(count) => {
                    self.core.erasures_held_up.ended(&case.id);
                    ended += count;
                }
                Err(error) => {
                    if error.is_fault() {
                        let now = self.core.clock.now();
                        self.core.erasures_held_up.failed(&case.id, now);
                    }
                    fault = fault.or(Some(error));
                }
            }
        }
        match fault {
            None => Ok(ended),
            Some(fault) => Err(fault),
        }
    }

    /// Goes on with those of one case, and takes the claim before the first.
    fn erase_in<'v>(
        &'v self,
        case: &CaseRow,
        claim: &mut Option<Claim<'v>>,
    ) -> Result<usize, EraseError> {
        let (mut ended, mut fault) = (0, None);
        let keys = self.core.case_keys(&case.id)?;
        if self
            .erasures(&keys, case.number)?
            .each()
            .all(|(_, one)| one.done)
        {
            return Ok(0);
        }
        if claim.is_none() {
            *claim = self.claim(Work::Rewrites)?;
        }
        if claim.is_none() {
            return Err(EraseError::Elsewhere);
        }
        // What another node did before is in it.
        let list = self.erasures(&keys, case.number)?;
        for (no, erasure) in list.each().filter(|(_, one)| !one.done) {
            // A rotation of the case's key writes the same parts.
            let _turn = self.core.rotations.turn_of_erasure();
            match self.erase_one(case, &keys, &list, (no, erasure.clone())) {
                Ok(()) => ended += 1,
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        match fault {
            None => Ok(ended),
            Some(fault) => Err(fault),
        }
    }

    /// The same if an erasure was carried out since the last call, or that call did not come to its end.
    ///
    /// # Errors
    ///
    /// As [`Self::erase`].
    pub fn erase_if_due(&self) -> Result<usize, EraseError> {
        if !self.core.erase_due.swap(false, Ordering::AcqRel) {
            return Ok(0);
        }
        let ended = self.erase();
        // Whoever has the claim, or takes up what was left, looks once a minute.
        if ended
            .as_ref()
            .is_err_and(|fault| *fault != EraseError::Elsewhere)
        {
            self.core.erase_due.store(true, Ordering::Release);
        }
        ended
    }

    /// Takes over what the file beside the keyring has and the database has not, because the database is an older one,
    /// and erases it again. Then both say the same. Called before anything is served.
    ///
    /// # Errors
    ///
    /// The file is there and not this vault's, or an erasure could not be ended.
    pub(in crate::vault) fn reapply_erasures(&self) -> Result<usize, EraseError> {
        let file = ErasureFile::read(&self.core.paths, &self.core.keys())?;
        let noted = self.noted_generation()?;
        if file.as_ref().map_or(0, |file| file.generation) < noted {
            tracing::warn!(
                "the erasure lists beside the keyring are missing or older than the log says; they are written anew"
            );
        }
        let mut taken = 0;
        for case in self.cases_with_keys()? {
            let Some(file) = &file else { break };
            let keys = self.core.case_keys(&case.id)?;
            let list = self.erasures(&keys, case.number)?;
            let mut missing = file.list(&keys)?;
            missing.retain(|one| !list.each().any(|(_, there)| there.tag == one.tag));
            if !missing.is_empty() {
                taken += missing.len();
                let case = case.id.clone();
                self.perform(&Caller::system(), Reapply { case, missing })?;
            }
        }
        self.write_erasures()?;
        match self.erase() {
            // What is damaged in one case keeps nobody from the others, nor does a file that nobody can remove. The
            // numbers answer as absent already.
            Err(
                fault @ (EraseError::Case
                | EraseError::Copy
                | EraseError::Kept
                | EraseError::Package
                | EraseError::Changed),
            ) => {
                tracing::error!(fault = %fault, "an erasure could not be ended yet");
                self.core.erase_due.store(true, Ordering::Release);
            }
            Err(EraseError::Elsewhere) => {}
            ended => {
                ended?;
            }
        }
        Ok(taken)
    }

    /// Whether the file beside the keyring is the one that the log speaks of, for `doctor`.
    pub(in crate::vault) fn noted_generation(&self) -> Result<u64, EraseError> {
        let reader = self.core.readers.snapshot()?;
        Ok(noted_generation(reader.connection()?)?)
    }

    /// Erases one number whole. Each step sees what an interrupted one has done.
    fn erase_one(
        &self,
        case: &CaseRow,
        keys: &Arc<CaseKeys>,
        list: &Erasures,
        (no, mut erasure): (i64, Erasure),
    ) -> Result<(), EraseError> {
        // First of all: from here on an older database learns of it.
        self.write_erasures()?;
        if !erasure.overwritten {
            self.overwrite(case, keys, list, (no, &mut erasure))?;
        }
        // Those that were built before are gone, so the leaf that follows is over what is so.
        self.clear_packages(case, keys)?;
        self.forget_kept()?;
        self.empty_log()?;
        left_copies::remove(&self.core.paths.data())
            .and_then(|_| left_copies::remove_databases(&self.core.paths.moved_databases()))
            .map_err(|_| EraseError::Copy)?;
        let read = erasure.clone();
        erasure.done = true;
        let generation = self.write_erasures()?;
        let finish = Finish {
            case: case.id.clone(),
            no,
            read,
            erasure,
            generation,
        };
        self.perform(&Caller::system(), finish)?;
        // Acts that began before may have written pages of older rows back into the log.
        self.empty_log()?;
        Ok(())
    }

    /// Overwrites everything that is stored of one number, and writes down that this is done.
    fn overwrite(
        &self,
        case: &CaseRow,
        keys: &Arc<CaseKeys>,
        list: &Erasures,
        (no, erasure): (i64, &mut Erasure),
    ) -> Result<(), EraseError> {
        let (added, exhibits) = {
            let reader = self.core.readers.snapshot()?;
            let connection = reader.connection()?;
            let added = AddedTerms::load(connection, keys, case.number)?;
            (added, exhibit_rows::list_all(connection, case.number)?)
        };
        // Who added a term stays so, so later snapshots need not open all descriptions again.
        let known = KnownTerms { case, keys, added };
        let named = self.named_users(&known, list)?;
        {
            let reader = self.core.readers.snapshot()?;
            let place = known.at(reader.connection()?);
            let term = self.term_of(place, erasure, case.numbers)?;
            let mut users = match term {
                Some(term) => users_of_only(place, &exhibits, term)?,
                None => Vec::new(),
            };
            users.extend_from_slice(&named);
            // What an interrupted run has overwritten has no name any more.
            let mut names = UserTerms::default();
            for no in erasure.users.iter().filter(|no| **no <= case.users) {
                if names.open(place, *no)?.is_empty() {
                    users.push(*no);
                }
            }
            users.sort_unstable();
            users.dedup();
            let read = erasure.clone();
            (erasure.term, erasure.users) = (term, users);
            if *erasure != read {
                self.note(keys, (case.number, no), &read, erasure)?;
            }
        }
        for exhibit in &exhibits {
            self.overwrite_parts(&known, list, exhibit, (erasure, &named))?;
        }
        // Also where the case has no such term: whoever counts leaves learns nothing.
        let overwrite = OverwriteTerms {
            case: case.id.clone(),
            erasure: erasure.clone(),
        };
        self.perform(&Caller::system(), overwrite)?;
        if let Some(at_hand) = self.core.readers.at_hand() {
            at_hand.forget_terms_of(case.number.0);
        }
        let read = erasure.clone();
        erasure.overwritten = true;
        self.note(keys, (case.number, no), &read, erasure)
    }

    /// The term of an erased number: the one that is noted, if that is it or was overwritten already, or the one of all
    /// terms that has its tag.
    fn term_of(
        &self,
        place: TermPlace<'_>,
        erasure: &Erasure,
        visible: u32,
    ) -> Result<Option<u32>, EraseError> {
        let mut numbers = NumberTerms::default();
        let mut is_it = |no: u32| {
            let phone = numbers.open(place, no)?;
            let tag = place.keys.erased_tags().tag_phone(&phone);
            Ok::<_, OperationError>((phone.is_erased(), *tag.as_bytes() == erasure.tag))
        };
        if let Some(no) = erasure.term.filter(|no| *no <= visible) {
            let (erased, same) = is_it(no)?;
            if erased || same {
                return Ok(Some(no));
            }
        }
        for no in 1..=visible {
            if is_it(no)?.1 {
                return Ok(Some(no));
            }
        }
        Ok(None)
    }

    /// The user names of the case that have an erased number in them, whoever has them. Each is looked at once, so many
    /// at a time that no snapshot is held for long.
    fn named_users(&self, known: &KnownTerms<'_>, list: &Erasures) -> Result<Vec<u32>, EraseError> {
        let (mut named, users) = (Vec::new(), known.case.users);
        for first in (1..=users).step_by(NAMES_AT_ONCE as usize) {
            let last = first.saturating_add(NAMES_AT_ONCE - 1).min(users);
            let reader = self.core.readers.snapshot()?;
            let place = known.at(reader.connection()?);
            named.extend(users_named(place, list, first..=last)?);
        }
        Ok(named)
    }

    fn overwrite_parts(
        &self,
        known: &KnownTerms<'_>,
        list: &Erasures,
        exhibit: &ExhibitRow,
        (erasure, named): (&Erasure, &[u32]),
    ) -> Result<(), EraseError> {
        let without = {
            let reader = self.core.readers.snapshot()?;
            let place = known.at(reader.connection()?);
            let phone: Option<Phone> = match erasure.term {
                Some(no) => Some(NumberTerms::default().open(place, no)?),
                None => None,
            };
            let person = Person {
                term: erasure.term,
                phone: phone.as_ref().filter(|phone| !phone.is_erased()),
                users: &erasure.users,
                named,
                list,
            };
            let mut nonces = Nonces::new(&*self.core.entropy);
            let mut draw = || self.core.draw();
            without_person(place, exhibit, &person, &mut nonces, &mut draw)?
        };
        let overwrite = OverwriteParts {
            case: known.case.id.clone(),
            exhibit: exhibit.id.clone(),
            without,
        };
        self.perform(&Caller::system(), overwrite)?;
        exhibit_rows::forget_parts(&self.core.readers, exhibit.number);
        Ok(())
    }

    /// Packages that were built for the case are deleted, if one may be from before an erasure was carried out or had
    /// overwritten everything; those not handed out yet are built anew when somebody takes them. Says how many steps
    /// erasures had come to.
    pub(in crate::vault) fn clear_packages(
        &self,
        case: &CaseRow,
        keys: &CaseKeys,
    ) -> Result<u64, EraseError> {
        let kept = &self.core.kept_here;
        let (steps, requests): (u64, Vec<RequestId>) = {
            let reader = self.core.readers.snapshot()?;
            let connection = reader.connection()?;
            let steps = Erasures::load(connection, keys, case.number)?.steps();
            if kept.has_cleared(&case.id, steps) {
                return Ok(steps);
            }
            (steps, requests_of(connection, case)?)
        };
        for request in requests {
            if self.core.package_turns.is_building(&request) {
                return Err(EraseError::UnderWay);
            }
            let deleted = PackageFile::of(&self.core.paths, &request).delete_older(steps);
            deleted.map_err(|_| EraseError::Package)?;
        }
        kept.cleared(&self.core.paths, &case.id, steps)
            .map_err(|_| EraseError::Package)?;
        Ok(steps)
    }

    /// At a start: the folder that the configuration names may be another one than the one whose packages were deleted
    /// last. Those that say in their names that they are from before an erasure are deleted.
    pub(in crate::vault) fn clear_chosen_folder(&self) -> Result<(), EraseError> {
        if !self.core.paths.may_share_packages() {
            return Ok(());
        }
        for case in self.cases_with_keys()? {
            let keys = self.core.case_keys(&case.id)?;
            let (steps, requests) = {
                let reader = self.core.readers.snapshot()?;
                let connection = reader.connection()?;
                let steps = Erasures::load(connection, &keys, case.number)?.steps();
                match steps {
                    0 => continue,
                    _ => (steps, requests_of(connection, &case)?),
                }
            };
            for request in requests {
                let deleted = PackageFile::of(&self.core.paths, &request).delete_named_older(steps);
                deleted.map_err(|_| EraseError::Package)?;
            }
        }
        Ok(())
    }

    /// What was overwritten is not in what this machine keeps of sealed parts, either.
    pub(in crate::vault) fn forget_kept(&self) -> Result<(), EraseError> {
        let settled = self.core.readers.at_hand().map(AtHand::settle);
        settled.unwrap_or(Ok(())).map_err(|_| EraseError::Kept)
    }

    /// Writes down in the list how far an erasure is, if it is still what was read.
    fn note(
        &self,
        keys: &Arc<CaseKeys>,
        place: (CaseNumber, i64),
        read: &Erasure,
        erasure: &Erasure,
    ) -> Result<(), EraseError> {
        let (keys, read, erasure) = (Arc::clone(keys), read.clone(), erasure.clone());
        let nonce = self.core.nonce()?;
        let (told, written) = sync_channel(1);
        self.ledger.stager().stage(move |rows: &Transaction| {
            let written = erasure.replace(rows, &keys, place, &read, nonce);
            let written = written.map_err(|error| match error {
                OperationError::Store(error) => error,
                _ => StoreError::inconsistent("erasure::note"),
            })?;
            let _ = told.send(written);
            Ok(())
        })?;
        match written.recv() {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(EraseError::Changed),
        }
    }

    /// Brings the file beside the keyring up to what the database says; answers its generation.
    pub(in crate::vault) fn write_erasures(&self) -> Result<u64, EraseError> {
        let _turn = self.core.kept_here.turn_of_lists();
        let mut file = ErasureFile::read(&self.core.paths, &self.core.keys())?.unwrap_or_default();
        let mut changed = false;
        for case in self.cases_with_keys()? {
            let keys = self.core.case_keys(&case.id)?;
            let list = self.erasures(&keys, case.number)?;
            changed |= file.put(&keys, &list, self.core.nonce()?)?;
        }
        // The list of a case ends with the case.
        changed |= file.retain(|case| self.core.keys().has_case(case));
        let noted = self.noted_generation()?;
        if changed || file.generation < noted {
            file.generation = file.generation.max(noted).saturating_add(1);
            file.write(&self.core.paths, &self.core.keys(), &*self.core.entropy)?;
        }
        Ok(file.generation)
    }

    /// The list of a destroyed case leaves the file beside the keyring.
    pub(in crate::vault) fn forget_erasures(&self) -> Result<(), EraseError> {
        self.write_erasures().map(drop)
    }

    fn erasures(&self, keys: &CaseKeys, case: CaseNumber) -> Result<Erasures, EraseError> {
        let reader = self.core.readers.snapshot()?;
        Ok(Erasures::load(reader.connection()?, keys, case)?)
    }

    pub(in crate::vault) fn cases_with_keys(&self) -> Result<Vec<CaseRow>, EraseError> {
        let reader = self.core.readers.snapshot()?;
        let mut cases = case_rows::list(reader.connection()?)?;
        cases.retain(|case| !self.core.is_destroyed(case));
        Ok(cases)
    }
}

/// The requests of every kind in a case.
fn requests_of(connection: &Snapshot, case: &CaseRow) -> Result<Vec<RequestId>, StoreError> {
    let mut all = Vec::new();
    for kind in REQUEST_KINDS {
        let rows = request_rows::list(connection, case.number, kind.name, None)?;
        all.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(all)
}

/// The generation of the file beside the keyring, as the last erasure that was finished left it.
pub(in crate::vault) fn noted_generation(connection: &Snapshot) -> Result<u64, StoreError> {
    let noted = meta_rows::find(connection, GENERATION)?;
    Ok(noted.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Opens the file beside the keyring and the list of each case in it: for whoever tries a restore.
pub(in crate::vault) fn open_lists(core: &Core) -> Result<(), EraseError> {
    let Some(file) = ErasureFile::read(&core.paths, &core.keys())? else {
        return Ok(());
    };
    let reader = core.readers.snapshot()?;
    for case in case_rows::list(reader.connection()?)? {
        if !core.is_destroyed(&case) {
            let keys = core.case_keys(&case.id)?;
            file.list(&keys)?;
        }
    }
    Ok(())
}

/// The cases with an erasure that was carried out and has not ended, for `doctor`.
pub(in crate::vault) fn unended(core: &Core) -> Result<Vec<CaseId>, OperationError> {
    let reader = core.readers.snapshot()?;
    let connection = reader.connection()?;
    let mut all = Vec::new();
    for case in case_rows::list(connection)? {
        if core.is_destroyed(&case) {
            continue;
        }
        let keys = core.case_keys(&case.id)?;
        let list = Erasures::load(connection, &keys, case.number)?;
        if list.each().any(|(_, one)| !one.done) {
            all.push(case.id);
        }
    }
    Ok(all)
}

/// What is wrong with the file beside the keyring, if anything is.
pub(in crate::vault) fn check_file(core: &Core) -> Result<Option<String>, OperationError> {
    let reader = core.readers.snapshot()?;
    let noted = noted_generation(reader.connection()?)?;
    Ok(match ErasureFile::read(&core.paths, &core.keys()) {
        Err(fault) => Some(fault.to_string()),
        Ok(file) => match file.map_or(0, |file| file.generation) {
            generation if generation >= noted => None,
            generation => Some(format!(
                "the erasure lists beside the keyring are those of generation {generation}, and the log says {noted}"
            )),
        },
    })
}

/// A case and which exhibit added which of its terms.
struct KnownTerms<'k> {
    case: &'k CaseRow,
    keys: &'k CaseKeys,
    added: AddedTerms,
}

impl KnownTerms<'_> {
    /// As this snapshot has them.
    fn at<'c>(&'c self, connection: &'c Snapshot) -> TermPlace<'c> {
        TermPlace {
            connection,
            keys: self.keys,
            case: self.case.number,
            added: &self.added,
        }
    }
}

/// The parts of one exhibit are overwritten; the leaf has the new digest over all of its parts.
struct OverwriteParts {
    case: CaseId,
    exhibit: ExhibitId,
    without: ReplacedParts,
}

impl Operation for OverwriteParts {
    type Action = actions::OverwriteErased;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Exhibit(self.case.clone(), self.exhibit.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (_, keys) = case_of(scope)?;
        let mut nonces = Nonces::new(&*scope.core.entropy);
        self.without
            .write(scope.transaction()?, &keys, &mut nonces)?;
        scope.notes.digest = Some(self.without.digest);
        Ok(Done)
    }
}

/// The terms of one person are overwritten: value and tag.
struct OverwriteTerms {
    case: CaseId,
    erasure: Erasure,
}

impl Operation for OverwriteTerms {
    type Action = actions::OverwriteErased;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, keys) = case_of(scope)?;
        let rows = scope.transaction()?;
        let added = AddedTerms::load(rows, &keys, case.number)?;
        let keys = &*keys;
        let known = KnownTerms { case, keys, added };
        let place = known.at(rows);
        let mut nonces = Nonces::new(&*scope.core.entropy);
        let mut draw = || scope.core.draw();
        if let Some(no) = self.erasure.term
            && !NumberTerms::default().open(place, no)?.is_erased()
        {
            let term = (Field::Number, no);
            erased_term::overwrite(rows, place, term, &mut nonces, &mut draw)?;
        }
        for no in &self.erasure.users {
            if !UserTerms::default().open(place, *no)?.is_empty() {
                let term = (Field::User, *no);
                erased_term::overwrite(rows, place, term, &mut nonces, &mut draw)?;
            }
        }
        if let Some(no) = self.erasure.term {
            scope.notes.touch(no);
        }
        Ok(Done)
    }
}

/// Nothing is left to be overwritten.
struct Finish {
    case: CaseId,
    no: i64,
    read: Erasure,
    erasure: Erasure,
    generation: u64,
}

impl Operation for Finish {
    type Action = actions::FinishErasure;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, keys) = case_of(scope)?;
        let rows = scope.transaction()?;
        let (place, nonce) = ((case.number, self.no), scope.core.nonce()?);
        let erasure = &self.erasure;
        if !erasure.replace(rows, &keys, place, &self.read, nonce)? {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        // Each node has a file of its own, and counts on from the highest.
        let generation = self.generation.max(noted_generation(rows)?);
        meta_rows::put(rows, GENERATION, &generation.to_string())?;
        scope.notes.generation = Some(generation);
        if let Some(no) = self.erasure.term {
            scope.notes.touch(no);
        }
        Ok(Done)
    }
}

/// An older database is told what was erased after it.
struct Reapply {
    case: CaseId,
    missing: Vec<Erasure>,
}

impl Operation for Reapply {
    type Action = actions::ReapplyErasures;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, keys) = case_of(scope)?;
        let rows = scope.transaction()?;
        for erasure in &self.missing {
            erasure.insert(rows, &keys, case.number, scope.core.nonce()?)?;
        }
        scope.note_detail(json!({ "erasures": self.missing.len() }));
        Ok(Done)
    }
}

fn case_of<'v, A: crate::policy::Action>(
    scope: &Scope<'v, A>,
) -> Result<(&'v CaseRow, Arc<CaseKeys>), OperationError> {
    let case = scope.case_row()?;
    Ok((case, scope.core.case_keys(&case.id)?))
}
