//! The one door: how an operation is performed.
//!
//! An operation comes in with its type, and its answer leaves with its own. In between it is a [`Deed`], so that these
//! steps are compiled once. They are facts, decision, act, leaf, commit, receipt and bytes. Each step takes what the
//! one before it made, so the compiler holds their order. Changes to this file and to `vault::plaintext` are to be
//! reviewed by two people.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use serde_json::{Value, json};

use crate::domain::{Moment, caught};
use crate::policy::{Action, ActionKind, Class, Denial, Facts, Grant, decide, decide_unasserted};
use crate::vault::audit::Tip;
use crate::vault::budget::alarm::Alarm;
use crate::vault::budget::answered::Question;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::edition::Edition;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::{Refusal, Unaudited};
use crate::vault::call::target::{Target, Why};
use crate::vault::call::wire::{View, Wire};
use crate::vault::core::Core;
use crate::vault::door::asserted::Asserted;
use crate::vault::door::deed::{Deed, Made, Within};
use crate::vault::door::facts::{self, Situation};
use crate::vault::door::operation::Operation;
use crate::vault::door::spoilt::{note_broken, note_spoilt, refuse_spoilt};
use crate::vault::door::toll::Toll;
use crate::vault::door::vault::Vault;
use crate::vault::error::OperationError;
use crate::vault::error::Stopped;
use crate::vault::ledger::{ActOutcome, Acted, Detail, Draft, verify_again};
use crate::vault::scope::effect;
use crate::vault::scope::{Asking, Notes, Reading, Rows, question_of};
use crate::vault::store::{Look, Snapshot, StoreFault, Transaction};

/// An answer in bytes, and the number of the leaf that records it.
pub struct Reply {
    /// The number of the leaf, counted from 0.
    pub leaf: u64,
    /// The body and its media type.
    pub wire: Wire,
}

/// How an act ended. Its leaf is durable. [`Ended::reply`] makes the answer of it.
pub struct Ended<A>(Settled<A>);

/// A receipt and what it is for, or why there is none.
type Settled<A> = Result<(Receipt, Result<A, Stopped>), Unaudited>;

/// A reading act that was run.
struct Asked {
    done: OnSnapshot<Made>,
    toll: Toll,
    /// What stands for it, if the same may be asked again for nothing.
    question: Option<Question>,
}

/// Where a reading act finds what it reads, where a server has the tables.
enum Found {
    /// The server is asked.
    Asked,
    /// All is in memory, as a rule; who looked before where the log's head is, says so.
    InMemory(Option<Look>),
}

/// Called once with how an act ended.
type Then = Box<dyn FnOnce(Settled<Made>) + Send>;

/// The same with the type of the answer.
fn typed<A: Answer>(settled: Settled<Made>) -> Settled<A> {
    let (receipt, ended) = settled?;
    let ended = ended.and_then(|made| made.answer().map_err(Stopped::Failed));
    Ok((receipt, ended))
}

impl<A: Answer> Ended<A> {
    /// Makes the bytes of the answer. This takes a while for a large answer, so asynchronous code
    /// calls it on a thread for blocking work.
    pub fn reply(self) -> Result<Reply, Refusal> {
        let (leaf, wire) = self.render(|view, _| view.into_wire())?;
        Ok(Reply { leaf, wire })
    }

    /// Makes something else of the view and the number of its leaf, such as a page. Answers the leaf with it.
    pub fn render<T>(
        self,
        with: impl FnOnce(A::View, u64) -> Result<T, OperationError>,
    ) -> Result<(u64, T), Refusal> {
        let (receipt, ended) = self.0.map_err(Refusal::Unaudited)?;
        let leaf = receipt.leaf();
        let rendered = |answer: A| with(answer.view(&receipt)?, leaf);
        match ended.and_then(|answer| rendered(answer).map_err(Stopped::Failed)) {
            Ok(rendered) => Ok((leaf, rendered)),
            Err(Stopped::Denied(denial)) => Err(Refusal::Denied(denial, receipt)),
            Err(Stopped::Failed(error)) => Err(Refusal::Failed(error, receipt)),
        }
    }
}

impl Vault {
    /// Does `operation` for `caller`, or says why not. Exactly one leaf is written in every case. If
    /// the leaf cannot be written, there is no answer.
    pub fn perform<O: Operation>(&self, caller: &Caller, operation: O) -> Result<Reply, Refusal> {
        Ended(self.settled(caller, operation)).reply()
    }

    /// The same without waiting for the leaf: `then` is called on the ledger's thread
    /// and must return soon. It is dropped without a call if the leaf cannot be made durable.
    /// For an operation with [`Operation::IS_IN_MEMORY`] `look` is what [`Vault::look`] gave.
    pub fn begin<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
        look: Option<Look>,
        then: impl FnOnce(Ended<O::Answer>) + Send + 'static,
    ) -> Result<(), Refusal> {
        let then = Box::new(move |settled| then(Ended(typed(settled))));
        self.submit(caller, Box::new(operation), look, then)
            .map_err(Refusal::Unaudited)
    }

    /// Looks where a server has the log's head, for operations that find all else in memory: one question for all who
    /// ask at the same time, and none of them waits on a reader thread. `then` is called soon, on another thread or
    /// on this one, and must return soon. With a file there is nothing to look at.
    pub fn look(&self, then: impl FnOnce(Option<Look>) + Send + 'static) {
        self.core.readers.look_then(then);
    }

    /// The same, for callers inside the vault that use the answer itself.
    pub(in crate::vault) fn perform_for<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
    ) -> Result<(Receipt, Result<O::Answer, Stopped>), Refusal> {
        self.settled(caller, operation).map_err(Refusal::Unaudited)
    }

    fn settled<O: Operation>(&self, caller: &Caller, operation: O) -> Settled<O::Answer> {
        typed(self.awaited(caller, Box::new(operation)))
    }

    fn awaited(&self, caller: &Caller, deed: Box<dyn Deed>) -> Settled<Made> {
        let (back, settled) = sync_channel(1);
        let then = Box::new(move |settled| drop(back.send(settled)));
        self.submit(caller, deed, None, then)?;
        settled.recv().map_err(|_| Unaudited::NotDurable)?
    }

    fn submit(
        &self,
        caller: &Caller,
        deed: Box<dyn Deed>,
        look: Option<Look>,
        then: Then,
    ) -> Result<(), Unaudited> {
        if let Err(error) = self.one_log(caller, &*deed) {
            let stopped = Stopped::Failed(error);
            return match self.refuse(deed.kind(), caller, deed.target(), stopped) {
                Refusal::Denied(denial, receipt) => {
                    then(Ok((receipt, Err(Stopped::Denied(denial)))));
                    Ok(())
                }
                Refusal::Failed(error, receipt) => {
                    then(Ok((receipt, Err(Stopped::Failed(error)))));
                    Ok(())
                }
                Refusal::Unaudited(unaudited) => Err(unaudited),
            };
        }
        match deed.kind().class() {
            Class::Reading => self.read(caller, deed, look, then),
            Class::Writing => self.write(caller, deed, then),
        }
    }

    /// Before something is given out: whether the other nodes that run have the log that this one has. Of whoever may
    /// not do it nobody is asked; the act itself is then refused. No snapshot and no turn in the ledger is held
    /// meanwhile.
    fn one_log(&self, caller: &Caller, deed: &dyn Deed) -> Result<(), OperationError> {
        let Some(peers) = self.peers.as_ref().filter(|_| deed.kind().gives_out()) else {
            return Ok(());
        };
        let decided =
            self.on_snapshot((caller, &deed.target()), Found::Asked, |_, situation, _| {
                let decided = decide_unasserted(&situation.facts, deed.kind()).map(drop);
                (Notes::default(), decided.map_err(Stopped::Denied))
            });
        match decided.ended {
            Ok(()) => peers.agree(),
            Err(_) => Ok(()),
        }
    }

    /// Whether the caller may do this at this moment, before the rest of the request is waited for.
    /// A yes is no promise: the act itself is decided anew. A no has its leaf.
    pub fn permit<A: Action>(&self, caller: &Caller, target: &Target) -> Result<(), Refusal> {
        self.permit_kind(A::KIND, caller, target)
    }

    fn permit_kind(
        &self,
        action: ActionKind,
        caller: &Caller,
        target: &Target,
    ) -> Result<(), Refusal> {
        let found = self.on_snapshot((caller, target), Found::Asked, |_, situation, _| {
            let decided = decide(&situation.facts, action).map(drop);
            (Notes::default(), decided.map_err(Stopped::Denied))
        });
        match found.ended {
            Ok(()) => Ok(()),
            Err(stopped) => Err(self.refuse(action, caller, target.clone(), stopped)),
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
        self.refuse(A::KIND, caller, target, Stopped::Failed(error))
    }

    fn refuse(
        &self,
        action: ActionKind,
        caller: &Caller,
        target: Target,
        stopped: Stopped,
    ) -> Refusal {
        let core = Arc::clone(&self.core);
        let (back, ended) = sync_channel(1);
        let about = About {
            action,
            caller: caller.clone(),
            target,
            why: None,
            detail: Value::Null,
        };
        let submitted = self.ledger.submit(caller, move |transaction, _| {
            let (caller, target) = (&about.caller, &about.target);
            let situation = facts::load(&core, transaction, caller, target, core.tip());
            // An admission comes upon damage between its acts.
            let stopped = match (stopped, &situation) {
                (Stopped::Failed(error), Ok(situation)) => {
                    Stopped::Failed(note_spoilt(&core, situation, error))
                }
                (stopped, _) => stopped,
            };
            let stopped = note_broken(&core, stopped);
            // No refusal rests on a file that somebody else wrote to.
            let stopped = match core.control.intact() {
                Ok(()) => stopped,
                Err(error) => error.into(),
            };
            let detail = about.sealed_detail(Value::Null);
            let notes = Notes::default();
            let draft = about.draft(situation.ok().as_ref(), notes, Some(&stopped), detail);
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

    /// A reading act runs on a snapshot, in parallel with others. Its leaf, its charges and the second
    /// check of the facts follow in the ledger's transaction.
    fn read(
        &self,
        caller: &Caller,
        deed: Box<dyn Deed>,
        look: Option<Look>,
        then: Then,
    ) -> Result<(), Unaudited> {
        // Its act comes in a moment, and a commit may wait for it.
        let coming = deed.is_in_memory().then(|| self.ledger.coming());
        let about = About::of(caller, &*deed);
        let (found, again) = match deed.is_in_memory() {
            true => (Found::InMemory(look), deed.again()),
            false => (Found::Asked, None),
        };
        let mut asked = self.asked(caller, &about, deed, found);
        if let Some(again) = again.filter(|_| asked.done.has_moved()) {
            // What was in memory is not what the server has by now, so nothing of it counts.
            asked = self.asked(caller, &about, again, Found::Asked);
        }
        let Asked {
            mut done,
            toll,
            question,
        } = asked;
        let found = std::mem::take(&mut done.notes.detail);
        let detail = match &done.ended {
            Ok(_) => about.sealed_detail(found),
            Err(_) => None,
        };
        let core = Arc::clone(&self.core);
        let submitted = self.ledger.submit(caller, move |transaction, _| {
            let (situation, notes, ended) = settle(&core, transaction, &about, &toll, done);
            let ended = ended.map_err(|stopped| note_broken(&core, stopped));
            let stopped = ended.as_ref().err();
            // What was found is not said of an act that gave no answer.
            let detail = detail
                .filter(|_| stopped.is_none())
                .or_else(|| about.sealed_detail(Value::Null));
            let draft = about.draft(situation.as_ref(), notes, stopped, detail);
            let core = Arc::clone(&core);
            Acted {
                draft,
                done: Box::new(move |receipt| {
                    drop(toll);
                    // It was paid, and its answer is given out.
                    if let (Some(question), Ok(_), Ok(_)) = (question, &receipt, &ended) {
                        core.answered.note(question);
                    }
                    then(receipt.map(|receipt| (receipt, ended)));
                }),
            }
        });
        drop(coming);
        submitted
    }

    /// Runs a reading act on a snapshot, if the caller may do it and can pay.
    fn asked(&self, caller: &Caller, about: &About, deed: Box<dyn Deed>, found: Found) -> Asked {
        let core = &self.core;
        let mut toll = Toll::of(core, caller, deed.price());
        let mut question = None;
        let run = |connection: &Snapshot, situation: &Situation, when: When| {
            let (alarm, granted, _) = grant(core, connection, caller, situation, &*deed, when.now);
            let granted = granted.and_then(|grant| {
                question = question_asked(core, connection, caller, situation, &grant, &*deed);
                let free = |one| core.answered.repeats(one, core.clock.measured());
                match question.as_ref().is_some_and(free) {
                    true => toll.waive(),
                    false => toll.let_in(core, connection, caller, situation)?,
                }
                Ok(grant)
            });
            let rows = Rows::Reading(connection);
            let (mut notes, ended) = match granted {
                Ok(grant) => act(core, rows, caller, situation, grant, deed, when),
                Err(stopped) => (Notes::default(), Err(stopped)),
            };
            notes.alarm = notes.alarm.max(alarm);
            (notes, ended)
        };
        let done = self.on_snapshot((caller, &about.target), found, run);
        Asked {
            done,
            toll,
            question,
        }
    }

    /// Loads the facts on a new snapshot and calls `run` with both.
    fn on_snapshot<T>(
        &self,
        (caller, target): (&Caller, &Target),
        found: Found,
        run: impl FnOnce(&Snapshot, &Situation, When) -> (Notes, Result<T, Stopped>),
    ) -> OnSnapshot<T> {
        // Taken before the snapshot, so that a change in between is noticed, and that the snapshot has all of the log.
        let edition = self.core.editions.now();
        let before = self.core.tip();
        let stopped = |error| OnSnapshot {
            edition: None,
            situation: None,
            notes: Notes::default(),
            ended: Err(Stopped::Failed(error)),
        };
        let snapshot = match found {
            Found::InMemory(look) => self.core.readers.in_memory(look),
            Found::Asked => self.core.readers.snapshot(),
        };
        let snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            Err(error) => return stopped(error.into()),
        };
        let connection = match snapshot.connection() {
            Ok(connection) => connection,
            Err(error) => return stopped(error.into()),
        };
        let now = self.core.clock.now();
        // The snapshot may have leaves that another node wrote, which are known by now.
        let after = self.core.tip();
        let has = snapshot.leaves().is_some_and(|leaves| after.size <= leaves);
        let tip = if has { after } else { before };
        let situation = match facts::load(&self.core, connection, caller, target, tip) {
            Ok(situation) => situation,
            Err(error) => return stopped(error),
        };
        let (notes, ended) = run(connection, &situation, When { now, tip });
        OnSnapshot {
            edition,
            situation: Some(situation),
            notes,
            ended,
        }
    }

    /// A writing act runs in a savepoint of the ledger's transaction. Work that takes long and only
    /// reads is done before, on a snapshot.
    fn write(&self, caller: &Caller, mut deed: Box<dyn Deed>, then: Then) -> Result<(), Unaudited> {
        let about = About::of(caller, &*deed);
        let mut toll = Toll::of(&self.core, caller, deed.price());
        let prepared = match deed.prepares() {
            true => {
                let on_snapshot = |connection: &Snapshot, situation: &Situation, when| {
                    prepare(
                        &self.core, connection, caller, situation, &mut toll, &mut *deed, when,
                    )
                };
                self.on_snapshot((caller, &about.target), Found::Asked, on_snapshot)
                    .ended
            }
            false => Ok(()),
        };
        let core = Arc::clone(&self.core);
        self.ledger.submit(caller, move |transaction, leaf| {
            core.editions.begin_change();
            let now = core.clock.now();
            let caller = &about.caller;
            let (situation, mut notes, ended) =
                match facts::load(&core, transaction, caller, &about.target, core.tip()) {
                    Ok(situation) => {
                        let mut notes = Notes::default();
                        let used = situation.note_use(&core, transaction, caller);
                        let (alarm, granted, asserted) =
                            grant(&core, transaction, caller, &situation, &*deed, now);
                        if granted.is_ok() {
                            toll.let_in_here();
                        }
                        // Outside the savepoint: what was begun is paid, however it ends.
                        let (paid, told) = toll.take(&core, transaction, caller, &situation);
                        // If the database has ended the whole transaction (it does on a full disk),
                        // the ledger notices, and no act of this commit gets a receipt.
                        let run = |grant| {
                            transaction.in_savepoint(|| {
                                prepared?;
                                let rows = Rows::Writing(transaction, leaf);
                                let when = When {
                                    now,
                                    tip: core.tip(),
                                };
                                let (noted, ended) =
                                    act(&core, rows, caller, &situation, grant, deed, when);
                                notes = noted;
                                let answer = ended?;
                                apply(&core, transaction, &situation, &mut notes)?;
                                if let Some(asserted) = &asserted {
                                    asserted.keep(&core, transaction, caller)?;
                                    let said = asserted.digest().zip(asserted.detail());
                                    notes.assertion = said;
                                }
                                Ok(answer)
                            })
                        };
                        let ended = used.map_err(Stopped::Failed);
                        let ended = ended.and(paid).and(granted).and_then(run);
                        notes.alarm = notes.alarm.max(alarm).max(told);
                        (Some(situation), notes, ended)
                    }
                    Err(error) => (None, Notes::default(), Err(Stopped::Failed(error))),
                };
            let ended = ended.map_err(|stopped| note_broken(&core, stopped));
            let stopped = ended.as_ref().err();
            // What was found is not said of an act that gave no answer.
            let found = std::mem::take(&mut notes.detail);
            let found = stopped.map_or(found, |_| Value::Null);
            let said = notes.assertion.as_mut().map(|(_, detail)| detail.take());
            let detail = about.sealed_detail_with(found, said.filter(|_| stopped.is_none()));
            let draft = about.draft(situation.as_ref(), notes, stopped, detail);
            Acted {
                draft,
                done: Box::new(move |receipt| {
                    drop(toll);
                    then(receipt.map(|receipt| (receipt, ended)));
                }),
            }
        })
    }
}

/// The result of a run on a snapshot, and the facts it was based on.
struct OnSnapshot<T> {
    edition: Option<Edition>,
    situation: Option<Situation>,
    notes: Notes,
    ended: Result<T, Stopped>,
}

impl<T> OnSnapshot<T> {
    /// Whether what was in memory was not what the server had.
    fn has_moved(&self) -> bool {
        let Err(Stopped::Failed(OperationError::Store(error))) = &self.ended else {
            return false;
        };
        error.fault == StoreFault::Moved
    }
}

/// Decides, and checks what the request alone can be refused for. Says which alarm the question raises:
/// it is looked at whether it can be paid or not, and only if the caller may ask it.
fn grant(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    situation: &Situation,
    deed: &dyn Deed,
    now: Moment,
) -> (Option<Alarm>, Result<Grant, Stopped>, Option<Asserted>) {
    let asserted = match Asserted::of(core, connection, caller, situation, deed) {
        Ok(asserted) => asserted,
        Err(error) => return (None, Err(Stopped::Failed(error)), None),
    };
    let facts = Facts {
        assertion: asserted.facts,
        ..situation.facts.clone()
    };
    let decided = decide(&facts, deed.kind()).and_then(|grant| {
        // Of an act that is not done here, whether it was signed is of no matter yet.
        match deed.also() {
            Some(also) => decide_unasserted(&facts, also).map(|_| grant),
            None => Ok(grant),
        }
    });
    let grant = match decided {
        Ok(grant) => grant,
        Err(denial) => {
            let alarm = asserted
                .alarm
                .filter(|_| denial == Denial::AssertionRefused);
            return (alarm, Err(Stopped::Denied(denial)), None);
        }
    };
    if !deed.is_for(grant.role()) {
        return (None, Err(Stopped::Denied(Denial::NotAllowed)), None);
    }
    let case = situation.case.as_ref();
    let asking = Asking::new(core, connection, case, now, caller, &grant);
    if let Err(error) = deed.check(&asking) {
        return (None, Err(Stopped::Failed(error)), None);
    }
    let asks = deed.asks_about().zip(caller.operator_id());
    let alarm = asks
        .zip(situation.case.as_ref())
        .and_then(|((numbers, operator), case)| {
            let (alarms, hours) = (&core.question_alarm, core.settings.work_hours);
            alarms.note(operator, &case.id, numbers, hours, now)
        });
    (alarm, Ok(grant), Some(asserted))
}

/// What stands for the question of an act that is free when it is asked again.
fn question_asked(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    situation: &Situation,
    grant: &Grant,
    deed: &dyn Deed,
) -> Option<Question> {
    let question = deed.question()?;
    let case = situation.case.as_ref();
    let asked = (deed.kind(), &question);
    // What cannot be read is paid like any answer, and the act comes upon the damage itself.
    let found = question_of(core, connection, caller, grant, case, asked);
    found.ok().flatten()
}

/// When an act runs: the vault's time, and the end of the log that proofs lead to.
#[derive(Clone, Copy)]
struct When {
    now: Moment,
    tip: Tip,
}

/// Runs the part of a writing act that would take too long in the ledger's transaction. The policy
/// decides here too, so that a caller without the right cannot make the vault work.
fn prepare(
    core: &Arc<Core>,
    connection: &Snapshot,
    caller: &Caller,
    situation: &Situation,
    toll: &mut Toll,
    deed: &mut dyn Deed,
    when: When,
) -> (Notes, Result<(), Stopped>) {
    let (_, granted, _) = grant(core, connection, caller, situation, deed, when.now);
    let granted = granted.and_then(|grant| {
        toll.let_in(core, connection, caller, situation)?;
        Ok(grant)
    });
    let grant = match granted {
        Ok(grant) => grant,
        Err(stopped) => return (Notes::default(), Err(stopped)),
    };
    let case = situation.case.as_ref();
    let reading = Reading {
        core,
        connection,
        caller,
        grant,
        case,
        now: when.now,
        tip: when.tip,
    };
    let ended = refuse_spoilt(core, situation, deed.kind())
        .and_then(|()| caught(|| deed.prepare(&reading)))
        .map_err(|error| note_spoilt(core, situation, error));
    (Notes::default(), ended.map_err(Stopped::Failed))
}

/// Runs an operation that was granted.
fn act(
    core: &Arc<Core>,
    rows: Rows<'_>,
    caller: &Caller,
    situation: &Situation,
    grant: Grant,
    deed: Box<dyn Deed>,
    when: When,
) -> (Notes, Result<Made, Stopped>) {
    let told = |error| Stopped::Failed(note_spoilt(core, situation, error));
    if let Err(error) = refuse_spoilt(core, situation, deed.kind()) {
        return (Notes::default(), Err(told(error)));
    }
    let (notes, ended) = deed.run(Within {
        core,
        rows,
        caller,
        grant,
        case: situation.case.as_ref(),
        admission: &situation.admission,
        now: when.now,
        tip: when.tip,
    });
    match notes.denial {
        Some(denial) => (notes, Err(Stopped::Denied(denial))),
        None => (notes, ended.map_err(told)),
    }
}

/// The second half of a reading act, in the ledger's transaction. What was begun is paid first. The
/// answer is dropped if the budget does not cover it, if the session, the membership or the case changed
/// meanwhile, or if the caller has gone. If no writing act ran since the snapshot, the facts are the
/// same and only the time is checked again.
fn settle(
    core: &Arc<Core>,
    transaction: &Transaction,
    about: &About,
    toll: &Toll,
    done: OnSnapshot<Made>,
) -> (Option<Situation>, Notes, Result<Made, Stopped>) {
    let OnSnapshot {
        edition,
        situation,
        mut notes,
        ended,
    } = done;
    let still = situation
        .filter(|known| core.editions.is_still(edition) && known.holds_still(&about.target, core));
    let situation = match still {
        Some(situation) => situation,
        None => match facts::load(core, transaction, &about.caller, &about.target, core.tip()) {
            Ok(situation) => situation,
            // Neither an answer nor a refusal rests on facts that cannot be read.
            Err(error) => return (None, notes, Err(Stopped::Failed(error))),
        },
    };
    // The commit noticed whether somebody else wrote to the file. If so, no answer and no refusal rests on it.
    let (paid, alarm) = match core.control.intact() {
        Ok(()) => match situation.note_use(core, transaction, &about.caller) {
            Ok(()) => toll.take(core, transaction, &about.caller, &situation),
            Err(error) => (Err(error.into()), None),
        },
        Err(error) => (Err(error.into()), None),
    };
    notes.alarm = notes.alarm.max(alarm);
    let ended = paid.and(ended).and_then(|answer| {
        core.control.intact()?;
        refuse_spoilt(core, &situation, about.action)?;
        if let Some(writes) = notes.log_verified {
            verify_again(core, transaction, writes, about.action)?;
        }
        if about.caller.is_gone() {
            return Err(Stopped::Failed(OperationError::Cancelled));
        }
        decide(&situation.facts, about.action).map_err(Stopped::Denied)?;
        if !notes.effects.is_empty() {
            transaction.in_savepoint(|| apply(core, transaction, &situation, &mut notes))?;
        }
        Ok(answer)
    });
    (Some(situation), notes, ended)
}

/// Writes what the act asked to be written together with its leaf.
fn apply(
    core: &Arc<Core>,
    transaction: &Transaction,
    situation: &Situation,
    notes: &mut Notes,
) -> Result<(), Stopped> {
    for effect in std::mem::take(&mut notes.effects) {
        effect::apply(core, transaction, situation.case.as_ref(), effect)?;
    }
    Ok(())
}

/// What the leaf says about a call, however it ends.
struct About {
    action: ActionKind,
    caller: Caller,
    target: Target,
    why: Option<Why>,
    detail: Value,
}

impl About {
    fn of(caller: &Caller, deed: &dyn Deed) -> Self {
        Self {
            action: deed.kind(),
            caller: caller.clone(),
            target: deed.target(),
            why: deed.why().cloned(),
            detail: deed.detail(),
        }
    }

    /// What will be sealed beside the leaf; `found` is what the act noted.
    fn sealed_detail(&self, found: Value) -> Option<Detail> {
        self.sealed_detail_with(found, None)
    }

    /// The same, and what the caller's passkey signed.
    fn sealed_detail_with(&self, found: Value, signed: Option<Value>) -> Option<Detail> {
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
            if let Some(signed) = signed {
                members.insert("signed".to_owned(), signed);
            }
        }
        Detail::of(&detail)
    }

    fn draft(
        &self,
        situation: Option<&Situation>,
        notes: Notes,
        stopped: Option<&Stopped>,
        detail: Option<Detail>,
    ) -> Draft {
        let outcome = match stopped {
            None => ActOutcome::Done,
            Some(Stopped::Denied(denial)) => ActOutcome::Denied(denial.name()),
            Some(Stopped::Failed(error)) => ActOutcome::Failed(error.name()),
        };
        let done = outcome == ActOutcome::Done;
        Draft {
            action: self.action,
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
            subjects: notes.subjects.filter(|_| done),
            digest: notes.digest.filter(|_| done),
            assertion: notes.assertion.map(|(digest, _)| digest).filter(|_| done),
            generation: notes.generation,
            succeeds: notes.succeeds,
            alarm: notes.alarm.map(Alarm::as_str),
            verdict: notes.verdict.filter(|_| done),
            detail,
        }
    }
}
