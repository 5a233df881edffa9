//! What is done after an administrator gave a case a new key: everything that is sealed under an older one is sealed
//! again, and then the older ones leave the keyring.
//!
//! That a case has two keys says that its rotation is under way; nothing else does. So it can be interrupted after each
//! step, and goes on at the next call, in any process that opens the vault: what is under the newest key already is
//! left out. Each step of an exhibit is one act: it writes some parts and the new digest over the set, and its leaf has
//! that digest. Runs of terms are sealed beside them. Details of leaves, and the small rows (members, requests,
//! releases, at last the case) follow some at a time. Then every table is looked through once more, whether anything
//! names another key; only if nothing does, and no reader has an older snapshot, the older keys go.
//!
//! Reads go on meanwhile: the keys of a case open under each of its keys (`keyring/case_ring.rs`). An admission that
//! began before is not there, because the new key is refused then; one that begins later seals under the new key.
//! What is sealed under the vault's own keys, which change with the root, is sealed again in the same way (`own.rs`).
//! Erasures and destructions come first: between two steps the rotation makes way for them.
//!
//! Not promised: that a disk forgets, or that copies of the vault do.

mod acts;
mod own;
mod own_acts;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use super::admission::replaced_parts::ReplacedParts;
use super::admission::resealed_parts::Resealing;
use super::call::caller::Caller;
use super::call::refusal::Refusal;
use super::core::Core;
use super::door::Vault;
use super::error::{Conflict, OperationError};
use super::exhibits::added_terms::AddedTerms;
use super::exhibits::exhibit_parts::ExhibitParts;
use super::keyring::CaseKeys;
use super::ledger::StageError;
use super::plaintext::{Aad, KeyId, Nonces};
use super::store::case_rows::{self, CaseRow};
use super::store::exhibit_rows::{self, ExhibitNumber, ExhibitRow};
use super::store::term_rows::Terms;
use super::store::{Snapshot, StoreError, StoreFault, detail_rows, sealed_under};
use super::this_node::Work;
use crate::domain::{CaseId, ExhibitId, Field};

use acts::{ResealDetails, ResealParts, ResealRows, ResealTerms, ResealedRun, Retire};

/// How many runs of terms one step writes, of two pages each and more for user names.
const RUNS: u32 = 256;
/// How many details one step writes.
const DETAILS: u32 = 2048;
/// How often everything is gone through, if something is left each time.
const PASSES: usize = 3;

/// How often it is tried to cut the write-ahead log, and the pause between.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_millis(200);

/// Why a rotation could not be ended now. It is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotateError {
    /// An erasure waits, or the case was destroyed, or no further step was wanted.
    #[error("an erasure or a destruction comes first")]
    MakesWay,
    /// Something of the case could not be read, or is not what was sealed.
    #[error("something of the case could not be read")]
    Case,
    /// Something is still under an older key after it was sealed again.
    #[error("something in the table {0} is still under an older key")]
    Left(&'static str),
    /// What this machine keeps of sealed parts could not be overwritten.
    #[error("what data/cache keeps of sealed parts could not be overwritten")]
    Kept,
    /// Another node that runs is at it.
    #[error("another node goes on with it")]
    Elsewhere,
    /// The database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A leaf could not be made durable, or the act of a step failed, or the vault is stopping.
    #[error("a step of the rotation could not be written")]
    Unwritten,
}

impl RotateError {
    /// Whether somebody has to look at it. Otherwise it goes on by itself.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::MakesWay | Self::Elsewhere)
    }
}

impl From<OperationError> for RotateError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Store(error) => Self::Store(error),
            _ => Self::Case,
        }
    }
}

impl From<StageError> for RotateError {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Store(error) => Self::Store(error),
            StageError::Stopped => Self::Unwritten,
        }
    }
}

impl From<Refusal> for RotateError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // An erasure at another node came between.
            Refusal::Failed(OperationError::Conflict(Conflict::ResultChanged), _) => Self::MakesWay,
            _ => Self::Unwritten,
        }
    }
}

impl Vault {
    /// Goes on with the rotation of the root and with every one of a case's key, and says how many it ended. It reads
    /// and writes the cases whole, so it is called on a thread of its own.
    ///
    /// # Errors
    ///
    /// The first that it came upon, faults before the others. The other cases were ended nevertheless, and what was
    /// done stays done.
    pub fn rotate(&self) -> Result<usize, RotateError> {
        self.core.rotate_due.store(false, Ordering::Release);
        let (mut ended, mut failed) = (0, None::<RotateError>);
        if !self.core.keys().root_rotates() && self.core.keys().rotating().is_empty() {
            return Ok(0);
        }
        // Whoever has the claim, or takes up what was left, looks once a minute.
        let claim = self.claim(Work::Rewrites);
        if claim.is_err() {
            self.core.rotate_due.store(true, Ordering::Release);
        }
        let _claim = claim?.ok_or(RotateError::Elsewhere)?;
        match self.rotate_own() {
            Ok(did) => ended += usize::from(did),
            Err(error) => failed = Some(error),
        }
        for case in self.cases_with_two_keys()? {
            match self.rotate_case(&case) {
                Ok(()) => {
                    self.core.rotations.ended(Some(&case.id));
                    ended += 1;
                }
                Err(error) => {
                    if error.is_fault() {
                        self.core.rotations.failed(Some(&case.id));
                    }
                    if !failed.as_ref().is_some_and(RotateError::is_fault) {
                        failed = Some(error);
                    }
                }
            }
        }
        match failed {
            None => Ok(ended),
            Some(error) => {
                self.core.rotate_due.store(true, Ordering::Release);
                Err(error)
            }
        }
    }

    /// The same if a rotation began since the last call, or that call did not come to its end.
    ///
    /// # Errors
    ///
    /// As [`Self::rotate`].
    pub fn rotate_if_due(&self) -> Result<usize, RotateError> {
        match self.core.rotate_due.load(Ordering::Acquire) {
            true => self.rotate(),
            false => Ok(0),
        }
    }

    /// Stops between two steps, after so many at most, and says whether everything is ended. What is left is left to
    /// the next call, as after a kill. For whoever wants to see a vault between two steps.
    ///
    /// # Errors
    ///
    /// As [`Self::rotate`].
    pub fn rotate_some(&self, steps: u64) -> Result<bool, RotateError> {
        self.core.rotations.allow(steps);
        let rotated = self.rotate();
        self.core.rotations.allow(u64::MAX);
        match rotated {
            Ok(_) => Ok(true),
            Err(RotateError::MakesWay) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn rotate_case(&self, case: &CaseRow) -> Result<(), RotateError> {
        let _turn = self.core.rotations.turn();
        let keys = self.core.case_keys(&case.id)?;
        self.count(case, &keys)?;
        for pass in 1..=PASSES {
            self.reseal_parts_and_terms(case, &keys)?;
            self.reseal_details(case, &keys)?;
            // The description of the case comes last of all: a restore sees by it whether something is left.
            self.reseal_rows(case, &keys)?;
            match self.left(case, &keys)? {
                None => break,
                Some(table) if pass == PASSES => return Err(RotateError::Left(table)),
                Some(_) => {}
            }
        }
        self.goes_on(case)?;
        if let Some(at_hand) = self.core.readers.at_hand() {
            at_hand.forget_terms_of(case.number.0);
            at_hand.settle().map_err(|_| RotateError::Kept)?;
        }
        self.until_nobody_reads_older(Some(case))?;
        let retire = Retire {
            case: case.id.clone(),
            key: keys.key_id(),
        };
        self.perform(&Caller::system(), retire)?;
        Ok(())
    }

    /// Cuts the write-ahead log. That fails as long as a reader has a snapshot from before, in which something is under
    /// an older key; most have ended in a moment.
    fn until_nobody_reads_older(&self, case: Option<&CaseRow>) -> Result<(), RotateError> {
        let mut tries = 0;
        loop {
            match self.empty_log() {
                Err(StageError::Store(error))
                    if error.fault == StoreFault::Busy && tries < TRIES =>
                {
                    tries += 1;
                    std::thread::sleep(PAUSE);
                    let gone = case.is_some_and(|case| !self.core.keys().has_case(&case.id));
                    if gone || self.core.rotations.erasure_waits() {
                        return Err(RotateError::MakesWay);
                    }
                }
                ended => return Ok(ended?),
            }
        }
    }

    /// Seals the parts of all exhibits and the terms again. One thread reads and seals parts and another one terms,
    /// while the ledger writes what they sealed before.
    fn reseal_parts_and_terms(
        &self,
        case: &CaseRow,
        keys: &Arc<CaseKeys>,
    ) -> Result<(), RotateError> {
        let exhibits = self.exhibits(case)?;
        let numbers: Vec<ExhibitNumber> = exhibits.iter().map(|exhibit| exhibit.number).collect();
        let core = &*self.core;
        let is_over = &AtomicBool::new(false);
        let resealed = std::thread::scope(|threads| {
            let _ends = Ends(is_over);
            let (ready, steps) = sync_channel(1);
            let ready_too = ready.clone();
            threads.spawn(move || {
                let mut all = exhibits.into_iter();
                let prepared = all.try_for_each(|one| {
                    // An exhibit of which nothing is left to do hands nothing over, but is read whole.
                    match is_over.load(Ordering::Acquire) || core.rotations.erasure_waits() {
                        true => Err(RotateError::MakesWay),
                        false => prepare_parts(core, keys, one, &ready),
                    }
                });
                tell_of_error(prepared, &ready);
            });
            threads.spawn(move || {
                let mut all = [Field::Number, Field::User].into_iter();
                let number = case.number;
                let prepared = all.try_for_each(|field| {
                    let case = number;
                    prepare_runs(core, keys, Terms { case, field }, &ready_too)
                });
                tell_of_error(prepared, &ready_too);
            });
            for step in steps {
                // What fails because the case goes is no fault.
                self.goes_on(case)?;
                let step = step?;
                let bytes = self.write_step(case, keys.key_id(), step)?;
                core.rotations.did(Some(&case.id), bytes);
            }
            Ok::<_, RotateError>(())
        });
        // Also where only some were.
        for number in numbers {
            exhibit_rows::forget_parts(&core.readers, number);
        }
        resealed
    }

    /// Writes what was sealed, and answers how many bytes.
    fn write_step(&self, case: &CaseRow, key: KeyId, step: Step) -> Result<u64, RotateError> {
        let case = case.id.clone();
        let bytes = match step {
            Step::Parts { exhibit, parts } => {
                let bytes = parts.bytes();
                let act = ResealParts {
                    case,
                    exhibit,
                    key,
                    parts,
                };
                self.perform(&Caller::system(), act)?;
                bytes
            }
            Step::Terms { field, runs } => {
                let bytes = runs.iter().map(ResealedRun::bytes).sum();
                let act = ResealTerms {
                    case,
                    key,
                    field,
                    runs,
                };
                self.perform(&Caller::system(), act)?;
                bytes
            }
        };
        Ok(bytes)
    }

    fn reseal_rows(&self, case: &CaseRow, keys: &Arc<CaseKeys>) -> Result<(), RotateError> {
        loop {
            let left = {
                let reader = self.core.readers.snapshot()?;
                rows::left(reader.connection()?, case, keys.key_id())?
            };
            if left.is_none() {
                return Ok(());
            }
            self.goes_on(case)?;
            let act = ResealRows {
                case: case.id.clone(),
                key: keys.key_id(),
            };
            self.perform(&Caller::system(), act)?;
        }
    }

    fn reseal_details(&self, case: &CaseRow, keys: &Arc<CaseKeys>) -> Result<(), RotateError> {
        let mut after = None;
        loop {
            let mut details = {
                let reader = self.core.readers.snapshot()?;
                let connection = reader.connection()?;
                let place = (after, DETAILS);
                detail_rows::not_under(connection, &case.id, keys.key_id().front(), place)?
            };
            let Some((last, _)) = details.last() else {
                return Ok(());
            };
            after = Some(*last);
            self.goes_on(case)?;
            let mut nonces = Nonces::new(&*self.core.entropy);
            for (seq, sealed) in &mut details {
                let nonce = nonces.take().map_err(OperationError::from)?;
                let place = Aad::detail(&self.core.vault, *seq);
                keys.details()
                    .reseal(nonce, &place, sealed)
                    .map_err(|_| RotateError::Case)?;
            }
            let bytes = details.iter().map(|(_, sealed)| sealed.len() as u64).sum();
            let act = ResealDetails {
                case: case.id.clone(),
                key: keys.key_id(),
                details,
            };
            self.perform(&Caller::system(), act)?;
            self.core.rotations.did(Some(&case.id), bytes);
        }
    }

    /// Counts how much there is to do, for those who watch.
    fn count(&self, case: &CaseRow, keys: &Arc<CaseKeys>) -> Result<(), RotateError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let front = keys.key_id().front();
        let (mut all, mut done) = (0, 0);
        for exhibit in exhibit_rows::list_all(connection, case.number)? {
            all += sealed_under::bytes_of_exhibit(connection, exhibit.number)?;
            // The first step of an exhibit seals its description again.
            if KeyId::of_sealed(&exhibit.sealed) == Some(keys.key_id()) {
                done += sealed_under::bytes_under(connection, exhibit.number, front)?;
            }
        }
        all += sealed_under::bytes_of_terms(connection, case.number)?;
        all += sealed_under::bytes_of_details(connection, &case.id)?;
        self.core.rotations.goes_on(Some(&case.id), all, done);
        Ok(())
    }

    /// A table in which something of the case names another key than the newest.
    fn left(
        &self,
        case: &CaseRow,
        keys: &Arc<CaseKeys>,
    ) -> Result<Option<&'static str>, RotateError> {
        let reader = self.core.readers.snapshot()?;
        Ok(left(reader.connection()?, case, keys.key_id())?)
    }

    fn exhibits(&self, case: &CaseRow) -> Result<Vec<ExhibitRow>, RotateError> {
        let reader = self.core.readers.snapshot()?;
        Ok(exhibit_rows::list_all(reader.connection()?, case.number)?)
    }

    /// Between two steps: makes way for what comes first.
    fn goes_on(&self, case: &CaseRow) -> Result<(), RotateError> {
        let gone = !self.core.keys().has_case(&case.id);
        match gone || !self.core.rotations.may_go_on() {
            true => Err(RotateError::MakesWay),
            false => Ok(()),
        }
    }

    fn cases_with_two_keys(&self) -> Result<Vec<CaseRow>, RotateError> {
        let rotating: BTreeSet<CaseId> = self.core.keys().rotating().into_iter().collect();
        if rotating.is_empty() {
            return Ok(Vec::new());
        }
        let reader = self.core.readers.snapshot()?;
        let mut cases = case_rows::list(reader.connection()?)?;
        cases.retain(|case| rotating.contains(&case.id) && !self.core.is_destroyed(case));
        Ok(cases)
    }
}

/// What one act writes that was sealed beforehand.
enum Step {
    Parts {
        exhibit: ExhibitId,
        parts: ReplacedParts,
    },
    Terms {
        field: Field,
        runs: Vec<ResealedRun>,
    },
}

/// Where steps go that are ready to be written. One waits until the one before was taken.
type Ready = SyncSender<Result<Step, RotateError>>;

/// Says at its end, also after an error, that nobody waits for steps any more.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// An error if nobody waits for steps any more.
fn hand_over(step: Step, ready: &Ready) -> Result<(), RotateError> {
    ready.send(Ok(step)).map_err(|_| RotateError::MakesWay)
}

/// The error goes where the steps go. Whoever waits for them may have gone.
fn tell_of_error(prepared: Result<(), RotateError>, ready: &Ready) {
    if let Err(error) = prepared {
        let _ = ready.send(Err(error));
    }
}

/// Reads an exhibit's parts and seals them again, some at a time.
fn prepare_parts(
    core: &Core,
    keys: &CaseKeys,
    exhibit: ExhibitRow,
    ready: &Ready,
) -> Result<(), RotateError> {
    let id = exhibit.id.clone();
    let mut resealing = {
        let reader = core.readers.snapshot()?;
        Resealing::begin(reader.connection()?, keys, exhibit)?
    };
    let mut nonces = Nonces::new(&*core.entropy);
    let most = core.settings.rotation_step_bytes;
    loop {
        // A snapshot for each step: a long one would keep the write-ahead log from being emptied.
        let parts = {
            let reader = core.readers.snapshot()?;
            resealing.next(reader.connection()?, keys, &mut nonces, most)?
        };
        let Some(parts) = parts else {
            return Ok(());
        };
        let exhibit = id.clone();
        hand_over(Step::Parts { exhibit, parts }, ready)?;
    }
}

/// Reads the runs of terms of a field and seals them again, some at a time.
fn prepare_runs(
    core: &Core,
    keys: &CaseKeys,
    terms: Terms,
    ready: &Ready,
) -> Result<(), RotateError> {
    let (field, front) = (terms.field, keys.key_id().front());
    let (mut from, mut added) = (1, AddedTerms::default());
    loop {
        let mut runs = Vec::new();
        {
            let reader = core.readers.snapshot()?;
            let connection = reader.connection()?;
            let mut nonces = Nonces::new(&*core.entropy);
            for mut run in terms.not_under(connection, front, (from, RUNS))? {
                // The first time, and where an exhibit was admitted meanwhile.
                if added.adder(field, run.first).is_none() {
                    added = AddedTerms::load(connection, keys, terms.case)?;
                }
                let adder = added.adder(field, run.first).ok_or(RotateError::Case)?;
                let before = ResealedRun::headers(&run);
                ExhibitParts::of(keys, &adder.id)
                    .reseal_run(&mut nonces, field, &mut run)
                    .map_err(|_| RotateError::Case)?;
                from = run.first.saturating_add(1);
                runs.push(ResealedRun { before, run });
            }
        }
        if runs.is_empty() {
            return Ok(());
        }
        hand_over(Step::Terms { field, runs }, ready)?;
    }
}

/// A table in which something of the case names another key than this one.
fn left(
    connection: &Snapshot,
    case: &CaseRow,
    key: KeyId,
) -> Result<Option<&'static str>, StoreError> {
    let front = key.front();
    for exhibit in exhibit_rows::numbers(connection, case.number)? {
        let table = sealed_under::left_of_exhibit(connection, exhibit, front)?;
        if table.is_some() {
            return Ok(table);
        }
    }
    let exhibits = exhibit_rows::list_all(connection, case.number)?;
    let mut descriptions = exhibits.iter().map(|row| KeyId::of_sealed(&row.sealed));
    if descriptions.any(|named| named != Some(key)) {
        return Ok(Some("exhibit"));
    }
    if sealed_under::terms_are_left(connection, case.number, front)? {
        return Ok(Some("term_run"));
    }
    if sealed_under::details_are_left(connection, &case.id, front)? {
        return Ok(Some("detail"));
    }
    rows::left(connection, case, key)
}
