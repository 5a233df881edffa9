//! The one door.
//!
//! Facts, decision, act, leaf, commit, receipt, bytes: in this order and in no
//! other, because each step takes what the one before it made. Trusted: this
//! file and `vault::plaintext` are to be reviewed by two people.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::caller::Caller;
use super::core::Core;
use super::edition::Edition;
use super::effect::{self, Effect};
use super::facts::{self, Situation};
use super::ledger::{Acted, Detail, Draft, Outcome};
use super::operation::{Answer, Operation, OperationError, Target, Why};
use super::refusal::{Refusal, Unaudited};
use super::scope::{Notes, Scope};
use super::wire::{View, Wire};
use super::{Vault, receipt::Receipt};
use crate::domain::Moment;
use crate::policy::{Action, Class, Denial, decide};

/// An answer in bytes, and the leaf that says it was given.
pub struct Reply {
    pub leaf: u64,
    pub wire: Wire,
}

/// Why an act did not give its answer.
pub(super) enum Stopped {
    Denied(Denial),
    Failed(OperationError),
}

impl From<OperationError> for Stopped {
    fn from(error: OperationError) -> Self {
        Self::Failed(error)
    }
}

/// How an act ended, its leaf durable; it becomes an answer by [`Ended::reply`].
pub struct Ended<A>(Settled<A>);

/// A receipt and what it is for, or why there is none.
type Settled<A> = Result<(Receipt, Result<A, Stopped>), Unaudited>;

impl<A: Answer> Ended<A> {
    /// Makes the bytes, under the receipt. Whoever waits asynchronously calls this
    /// on a thread that may work: a large answer takes a while.
    pub fn reply(self) -> Result<Reply, Refusal> {
        let (leaf, wire) = self.render(View::into_wire)?;
        Ok(Reply { leaf, wire })
    }

    /// Makes something else of the view, such as a page. Answers the leaf with it.
    pub fn render<T>(
        self,
        with: impl FnOnce(A::View) -> Result<T, OperationError>,
    ) -> Result<(u64, T), Refusal> {
        let (receipt, ended) = self.0.map_err(Refusal::Unaudited)?;
        let leaf = receipt.leaf();
        let rendered = |answer: A| with(answer.view(&receipt)?);
        match ended.and_then(|answer| rendered(answer).map_err(Stopped::Failed)) {
            Ok(rendered) => Ok((leaf, rendered)),
            Err(Stopped::Denied(denial)) => Err(Refusal::Denied(denial, receipt)),
            Err(Stopped::Failed(error)) => Err(Refusal::Failed(error, receipt)),
        }
    }
}

impl Vault {
    /// Does `operation` for `caller`, or says why not. Whatever happens, exactly
    /// one leaf is written; if it cannot be, nothing is answered.
    pub fn perform<O: Operation>(&self, caller: &Caller, operation: O) -> Result<Reply, Refusal> {
        Ended(self.settled(caller, operation)).reply()
    }

    /// The same without waiting for the leaf: `then` is told on the ledger's thread
    /// and must not keep it. It is dropped untold if the leaf cannot be made durable.
    pub fn begin<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
        then: impl FnOnce(Ended<O::Answer>) + Send + 'static,
    ) -> Result<(), Refusal> {
        self.submit(caller, operation, move |settled| then(Ended(settled)))
            .map_err(Refusal::Unaudited)
    }

    /// The same, for callers inside the vault that go on with the answer itself.
    pub(super) fn perform_for<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
    ) -> Result<(Receipt, Result<O::Answer, Stopped>), Refusal> {
        self.settled(caller, operation).map_err(Refusal::Unaudited)
    }

    fn settled<O: Operation>(&self, caller: &Caller, operation: O) -> Settled<O::Answer> {
        let (back, settled) = sync_channel(1);
        self.submit(caller, operation, move |settled| drop(back.send(settled)))?;
        settled.recv().map_err(|_| Unaudited::NotDurable)?
    }

    fn submit<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
        then: impl FnOnce(Settled<O::Answer>) + Send + 'static,
    ) -> Result<(), Unaudited> {
        match O::Action::KIND.class() {
            Class::Reading => self.read(caller, operation, then),
            Class::Writing => self.write(caller, operation, then),
        }
    }

    /// Writes the leaf of a request by a signed-in operator that could not be
    /// understood, so that no authenticated call goes unrecorded.
    pub fn turn_away<A: Action>(
        &self,
        caller: &Caller,
        target: Target,
        error: OperationError,
    ) -> Refusal {
        let core = Arc::clone(&self.core);
        let (back, ended) = sync_channel(1);
        let about = About {
            caller: caller.clone(),
            target,
            why: None,
            detail: Value::Null,
        };
        let submitted = self.ledger.submit(caller, move |connection, _| {
            let now = core.clock.now();
            let situation = facts::load(&core, connection, &about.caller, &about.target, now);
            let stopped = Stopped::Failed(error);
            let detail = about.sealed_detail(Value::Null);
            let notes = Notes::default();
            let draft = about.draft::<A>(situation.ok().as_ref(), notes, Some(&stopped), detail);
            Acted {
                draft,
                done: Box::new(move |receipt| drop(back.send((receipt, stopped)))),
            }
        });
        match submitted.and_then(|()| ended.recv().map_err(|_| Unaudited::NotDurable)) {
            Ok((Ok(receipt), Stopped::Failed(error))) => Refusal::Failed(error, receipt),
            Ok((Ok(receipt), Stopped::Denied(denial))) => Refusal::Denied(denial, receipt),
            Ok((Err(unaudited), _)) | Err(unaudited) => Refusal::Unaudited(unaudited),
        }
    }

    /// A reading act: on a snapshot beside others; then its leaf, its charges and
    /// a second look at the facts in the ledger's transaction.
    fn read<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
        then: impl FnOnce(Settled<O::Answer>) + Send + 'static,
    ) -> Result<(), Unaudited> {
        let about = About::of(caller, &operation);
        let mut done = self.on_snapshot(caller, &about.target, |connection, situation, now| {
            act(
                &self.core, connection, caller, situation, operation, now, None,
            )
        });
        let found = std::mem::take(&mut done.notes.detail);
        let detail = about.sealed_detail(found);
        let core = Arc::clone(&self.core);
        self.ledger.submit(caller, move |connection, _| {
            let (situation, notes, ended) = settle::<O>(&core, connection, &about, done);
            let stopped = ended.as_ref().err();
            let draft = about.draft::<O::Action>(situation.as_ref(), notes, stopped, detail);
            Acted {
                draft,
                done: Box::new(move |receipt| then(receipt.map(|receipt| (receipt, ended)))),
            }
        })
    }

    /// Runs on a snapshot, after its facts.
    fn on_snapshot<T>(
        &self,
        caller: &Caller,
        target: &Target,
        run: impl FnOnce(&Connection, &Situation, Moment) -> (Notes, Result<T, Stopped>),
    ) -> OnSnapshot<T> {
        // Before the snapshot: what changes in between counts as changed.
        let edition = self.core.editions.now();
        let stopped = |error| OnSnapshot {
            edition: None,
            situation: None,
            notes: Notes::default(),
            ended: Err(Stopped::Failed(error)),
        };
        let snapshot = match self.core.readers.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => return stopped(error.into()),
        };
        let connection = match snapshot.connection() {
            Ok(connection) => connection,
            Err(error) => return stopped(error.into()),
        };
        let now = self.core.clock.now();
        let situation = match facts::load(&self.core, connection, caller, target, now) {
            Ok(situation) => situation,
            Err(error) => return stopped(error),
        };
        let (notes, ended) = run(connection, &situation, now);
        OnSnapshot {
            edition,
            situation: Some(situation),
            notes,
            ended,
        }
    }

    /// A writing act: all of it inside the ledger's transaction, in a savepoint.
    /// What it can find out before, on a snapshot, it finds out before.
    fn write<O: Operation>(
        &self,
        caller: &Caller,
        mut operation: O,
        then: impl FnOnce(Settled<O::Answer>) + Send + 'static,
    ) -> Result<(), Unaudited> {
        let about = About::of(caller, &operation);
        let prepared = match O::PREPARES {
            true => {
                let on_snapshot = |connection: &Connection, situation: &Situation, now| {
                    prepare(
                        &self.core,
                        connection,
                        caller,
                        situation,
                        &mut operation,
                        now,
                    )
                };
                self.on_snapshot(caller, &about.target, on_snapshot).ended
            }
            false => Ok(()),
        };
        let core = Arc::clone(&self.core);
        self.ledger.submit(caller, move |connection, leaf| {
            core.editions.begin_change();
            let now = core.clock.now();
            let (situation, mut notes, ended) =
                match facts::load(&core, connection, &about.caller, &about.target, now) {
                    Ok(situation) => {
                        let (notes, ended) = in_savepoint(connection, || {
                            if let Err(stopped) = prepared {
                                return (Notes::default(), Err(stopped));
                            }
                            let (mut notes, ended) = act(
                                &core,
                                connection,
                                &about.caller,
                                &situation,
                                operation,
                                now,
                                Some(leaf),
                            );
                            let ended = ended.and_then(|answer| {
                                apply(&core, connection, &about, &situation, &mut notes, now)?;
                                Ok(answer)
                            });
                            (notes, ended)
                        });
                        (Some(situation), notes, ended)
                    }
                    Err(error) => (None, Notes::default(), Err(Stopped::Failed(error))),
                };
            let detail = about.sealed_detail(std::mem::take(&mut notes.detail));
            let stopped = ended.as_ref().err();
            let draft = about.draft::<O::Action>(situation.as_ref(), notes, stopped, detail);
            Acted {
                draft,
                done: Box::new(move |receipt| then(receipt.map(|receipt| (receipt, ended)))),
            }
        })
    }
}

/// What came of a run on a snapshot, and what it rested on.
struct OnSnapshot<T> {
    edition: Option<Edition>,
    situation: Option<Situation>,
    notes: Notes,
    ended: Result<T, Stopped>,
}

/// Lets a writing act find out on a snapshot what would take long in the ledger's
/// transaction. It is decided here too: who may not do it may not have it counted.
fn prepare<O: Operation>(
    core: &Arc<Core>,
    connection: &Connection,
    caller: &Caller,
    situation: &Situation,
    operation: &mut O,
    now: Moment,
) -> (Notes, Result<(), Stopped>) {
    let grant = match decide(&situation.facts, O::Action::KIND) {
        Ok(grant) => grant,
        Err(denial) => return (Notes::default(), Err(Stopped::Denied(denial))),
    };
    let case = situation.case.as_ref();
    let mut scope = Scope::new(core, connection, caller, grant, case, now, None);
    let ended = catch_unwind(AssertUnwindSafe(|| operation.prepare(&mut scope)));
    let ended = match ended {
        Ok(ended) => ended.map_err(Stopped::Failed),
        Err(_) => Err(Stopped::Failed(OperationError::Internal(
            "a panic was caught",
        ))),
    };
    (Notes::default(), ended)
}

/// Decides, and runs what was granted. A panic becomes a failure of this act
/// alone; its text is dropped, because it could hold anything.
fn act<O: Operation>(
    core: &Arc<Core>,
    connection: &Connection,
    caller: &Caller,
    situation: &Situation,
    operation: O,
    now: Moment,
    leaf: Option<u64>,
) -> (Notes, Result<O::Answer, Stopped>) {
    let grant = match decide(&situation.facts, O::Action::KIND) {
        Ok(grant) => grant,
        Err(denial) => return (Notes::default(), Err(Stopped::Denied(denial))),
    };
    let mut scope = Scope::new(
        core,
        connection,
        caller,
        grant,
        situation.case.as_ref(),
        now,
        leaf,
    );
    let ended = catch_unwind(AssertUnwindSafe(|| operation.run(&mut scope)));
    let ended = match ended {
        Ok(ended) => ended.map_err(Stopped::Failed),
        Err(_) => Err(Stopped::Failed(OperationError::Internal(
            "a panic was caught",
        ))),
    };
    let notes = scope.into_notes();
    match notes.denial {
        Some(denial) => (notes, Err(Stopped::Denied(denial))),
        None => (notes, ended),
    }
}

/// The second half of a reading act, in the ledger's transaction: if session,
/// membership or case changed meanwhile, or the budget does not cover it, or nobody
/// waits for it any more, the answer is dropped and nothing is charged for it. Where no
/// writing act ran since the snapshot the facts are what they were; only the time goes on.
fn settle<O: Operation>(
    core: &Arc<Core>,
    connection: &Connection,
    about: &About,
    done: OnSnapshot<O::Answer>,
) -> (Option<Situation>, Notes, Result<O::Answer, Stopped>) {
    let OnSnapshot {
        edition,
        situation,
        mut notes,
        ended,
    } = done;
    let now = core.clock.now();
    let still = situation
        .filter(|known| core.editions.is_still(edition) && known.holds_at(&about.target, now));
    let situation = match still {
        Some(situation) => situation,
        None => match facts::load(core, connection, &about.caller, &about.target, now) {
            Ok(situation) => situation,
            Err(error) => return (None, notes, ended.and(Err(Stopped::Failed(error)))),
        },
    };
    let ended = ended.and_then(|answer| {
        if about.caller.is_gone() {
            return Err(Stopped::Failed(OperationError::Cancelled));
        }
        decide(&situation.facts, O::Action::KIND).map_err(Stopped::Denied)?;
        // A charge is one statement: it is done or it is not.
        let alone = matches!(notes.effects.as_slice(), [] | [Effect::Charge(_)]);
        let mut applied = || apply(core, connection, about, &situation, &mut notes, now);
        match alone {
            true => applied()?,
            false => in_savepoint(connection, || ((), applied())).1?,
        }
        Ok(answer)
    });
    (Some(situation), notes, ended)
}

/// Carries out what the act asked to be written with its leaf.
fn apply(
    core: &Arc<Core>,
    connection: &Connection,
    about: &About,
    situation: &Situation,
    notes: &mut Notes,
    now: Moment,
) -> Result<(), Stopped> {
    for effect in std::mem::take(&mut notes.effects) {
        effect::apply(
            core,
            connection,
            &about.caller,
            situation.case.as_ref(),
            effect,
            now,
        )?;
    }
    Ok(())
}

/// Runs `inner` in a savepoint that is undone if it stopped.
fn in_savepoint<N, T>(
    connection: &Connection,
    inner: impl FnOnce() -> (N, Result<T, Stopped>),
) -> (N, Result<T, Stopped>)
where
    N: Default,
{
    let control = |sql| connection.prepare_cached(sql)?.execute([]);
    if control("SAVEPOINT act").is_err() {
        let error = OperationError::Internal("savepoint");
        return (N::default(), Err(Stopped::Failed(error)));
    }
    let (notes, ended) = inner();
    let ends = |undo: bool| {
        if undo {
            control("ROLLBACK TO act")?;
        }
        control("RELEASE act")
    };
    // If SQLite has ended the whole transaction (a full disk does), the ledger notices and no
    // receipt is made for anybody in this commit.
    match ends(ended.is_err()) {
        Ok(_) => (notes, ended),
        Err(_) => (
            notes,
            ended.and(Err(OperationError::Internal("savepoint").into())),
        ),
    }
}

/// What the leaf says about a call, whatever comes of it.
struct About {
    caller: Caller,
    target: Target,
    why: Option<Why>,
    detail: Value,
}

impl About {
    fn of<O: Operation>(caller: &Caller, operation: &O) -> Self {
        Self {
            caller: caller.clone(),
            target: operation.target(),
            why: operation.why().cloned(),
            detail: operation.detail(),
        }
    }

    /// What will be sealed beside the leaf; `found` is what the act noted.
    fn sealed_detail(&self, found: Value) -> Option<Detail> {
        let mut detail = json!({});
        if let Some(members) = detail.as_object_mut() {
            if let Some(why) = &self.why {
                members.insert("reason".to_owned(), json!(why.reason.as_str()));
            }
            if !self.detail.is_null() {
                members.insert("asked".to_owned(), self.detail.clone());
            }
            if !found.is_null() {
                members.insert("found".to_owned(), found);
            }
        }
        Detail::of(&detail)
    }

    fn draft<A: Action>(
        &self,
        situation: Option<&Situation>,
        notes: Notes,
        stopped: Option<&Stopped>,
        detail: Option<Detail>,
    ) -> Draft {
        let outcome = match stopped {
            None => Outcome::Done,
            Some(Stopped::Denied(denial)) => Outcome::Denied(denial.name()),
            Some(Stopped::Failed(error)) => Outcome::Failed(error.name()),
        };
        let done = outcome == Outcome::Done;
        Draft {
            action: A::KIND,
            caller: notes.caller.unwrap_or_else(|| self.caller.clone()),
            role: situation.and_then(Situation::role),
            case: notes
                .case
                .or_else(|| situation.and_then(Situation::case_id)),
            object: notes
                .object
                .or_else(|| situation.and_then(|found| found.object(&self.target))),
            purpose: self.why.as_ref().and_then(|why| why.purpose),
            outcome,
            rows: notes.rows.filter(|_| done),
            subjects: notes.subjects,
            digest: notes.digest.filter(|_| done),
            generation: notes.generation,
            alarm: notes.alarm,
            detail,
        }
    }
}
