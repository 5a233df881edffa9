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
use super::effect;
use super::facts::{self, Situation};
use super::ledger::{Acted, Draft, Outcome};
use super::operation::{Answer, Operation, OperationError, Target, Why};
use super::refusal::{Refusal, Unaudited};
use super::scope::{Notes, Scope};
use super::wire::Wire;
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

impl Vault {
    /// Does `operation` for `caller`, or says why not. Whatever happens, exactly
    /// one leaf is written; if it cannot be, nothing is answered.
    pub fn perform<O: Operation>(&self, caller: &Caller, operation: O) -> Result<Reply, Refusal> {
        let (receipt, ended) = self.perform_for(caller, operation)?;
        let leaf = receipt.leaf();
        match ended.and_then(|answer| answer.body(&receipt).map_err(Stopped::Failed)) {
            Ok(wire) => Ok(Reply { leaf, wire }),
            Err(Stopped::Denied(denial)) => Err(Refusal::Denied(denial, receipt)),
            Err(Stopped::Failed(error)) => Err(Refusal::Failed(error, receipt)),
        }
    }

    /// The same, for callers inside the vault that go on with the answer itself.
    pub(super) fn perform_for<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
    ) -> Result<(Receipt, Result<O::Answer, Stopped>), Refusal> {
        match O::Action::KIND.class() {
            Class::Reading => self.read(caller, operation),
            Class::Writing => self.write(caller, operation),
        }
        .map_err(Refusal::Unaudited)
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
        let submitted = self.ledger.submit(move |connection, _| {
            let now = core.clock.now();
            let situation = facts::load(&core, connection, &about.caller, &about.target, now);
            let stopped = Stopped::Failed(error);
            let draft = about.draft::<A>(situation.ok().as_ref(), Notes::default(), Some(&stopped));
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
    ) -> Result<(Receipt, Result<O::Answer, Stopped>), Unaudited> {
        let about = About::of(caller, &operation);
        let (notes, ended) = self.act_on_snapshot(caller, &about.target, operation);
        let core = Arc::clone(&self.core);
        let (back, answer) = sync_channel(1);
        self.ledger.submit(move |connection, _| {
            let (situation, notes, ended) = settle::<O>(&core, connection, &about, notes, ended);
            let draft = about.draft::<O::Action>(situation.as_ref(), notes, ended.as_ref().err());
            Acted {
                draft,
                done: Box::new(move |receipt| drop(back.send((receipt, ended)))),
            }
        })?;
        let (receipt, ended) = answer.recv().map_err(|_| Unaudited::NotDurable)?;
        Ok((receipt?, ended))
    }

    fn act_on_snapshot<O: Operation>(
        &self,
        caller: &Caller,
        target: &Target,
        operation: O,
    ) -> (Notes, Result<O::Answer, Stopped>) {
        let snapshot = match self.core.readers.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => return (Notes::default(), Err(Stopped::Failed(error.into()))),
        };
        match snapshot.connection() {
            Ok(connection) => {
                let now = self.core.clock.now();
                match facts::load(&self.core, connection, caller, target, now) {
                    Ok(situation) => act(
                        &self.core, connection, caller, &situation, operation, now, None,
                    ),
                    Err(error) => (Notes::default(), Err(Stopped::Failed(error))),
                }
            }
            Err(error) => (Notes::default(), Err(Stopped::Failed(error.into()))),
        }
    }

    /// A writing act: all of it inside the ledger's transaction, in a savepoint.
    fn write<O: Operation>(
        &self,
        caller: &Caller,
        operation: O,
    ) -> Result<(Receipt, Result<O::Answer, Stopped>), Unaudited> {
        let about = About::of(caller, &operation);
        let core = Arc::clone(&self.core);
        let (back, answer) = sync_channel(1);
        self.ledger.submit(move |connection, leaf| {
            let now = core.clock.now();
            let (situation, notes, ended) =
                match facts::load(&core, connection, &about.caller, &about.target, now) {
                    Ok(situation) => {
                        let (notes, ended) = in_savepoint(connection, || {
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
            let draft = about.draft::<O::Action>(situation.as_ref(), notes, ended.as_ref().err());
            Acted {
                draft,
                done: Box::new(move |receipt| drop(back.send((receipt, ended)))),
            }
        })?;
        let (receipt, ended) = answer.recv().map_err(|_| Unaudited::NotDurable)?;
        Ok((receipt?, ended))
    }
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
/// waits for it any more, the answer is dropped and nothing is charged for it.
fn settle<O: Operation>(
    core: &Arc<Core>,
    connection: &Connection,
    about: &About,
    mut notes: Notes,
    ended: Result<O::Answer, Stopped>,
) -> (Option<Situation>, Notes, Result<O::Answer, Stopped>) {
    let now = core.clock.now();
    let situation = match facts::load(core, connection, &about.caller, &about.target, now) {
        Ok(situation) => situation,
        Err(error) => return (None, notes, ended.and(Err(Stopped::Failed(error)))),
    };
    let ended = ended.and_then(|answer| {
        if about.caller.is_gone() {
            return Err(Stopped::Failed(OperationError::Cancelled));
        }
        decide(&situation.facts, O::Action::KIND).map_err(Stopped::Denied)?;
        let (applied, changed) = in_savepoint(connection, || {
            let applied = apply(core, connection, about, &situation, &mut notes, now);
            ((), applied)
        });
        let () = applied;
        changed.map(|()| answer)
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
    if connection.execute_batch("SAVEPOINT act").is_err() {
        let error = OperationError::Internal("savepoint");
        return (N::default(), Err(Stopped::Failed(error)));
    }
    let (notes, ended) = inner();
    let end = if ended.is_ok() {
        "RELEASE act"
    } else {
        "ROLLBACK TO act; RELEASE act"
    };
    // If SQLite has ended the whole transaction (a full disk does), the ledger notices and no
    // receipt is made for anybody in this commit.
    match connection.execute_batch(end) {
        Ok(()) => (notes, ended),
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

    fn draft<A: Action>(
        &self,
        situation: Option<&Situation>,
        notes: Notes,
        stopped: Option<&Stopped>,
    ) -> Draft {
        let outcome = match stopped {
            None => Outcome::Done,
            Some(Stopped::Denied(denial)) => Outcome::Denied(denial.name()),
            Some(Stopped::Failed(error)) => Outcome::Failed(error.name()),
        };
        let done = outcome == Outcome::Done;
        let mut detail = json!({});
        if let Some(members) = detail.as_object_mut() {
            if let Some(why) = &self.why {
                members.insert("reason".to_owned(), json!(why.reason.as_str()));
            }
            if !self.detail.is_null() {
                members.insert("asked".to_owned(), self.detail.clone());
            }
            if !notes.detail.is_null() {
                members.insert("found".to_owned(), notes.detail);
            }
        }
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
