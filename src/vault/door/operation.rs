//! What can be asked of the vault, as a trait.
//!
//! `operations` implements [`Operation`], one file for each thing that a person can do. Only
//! `perform` runs one.

use serde_json::Value;

use crate::domain::CaseRole;
use crate::policy::{Action, ActionKind};
use crate::vault::audit::Decision;
use crate::vault::budget::price::Price;
use crate::vault::call::answer::Answer;
use crate::vault::call::target::{Target, Why};
use crate::vault::error::OperationError;
use crate::vault::identity::NewPassword;
use crate::vault::plaintext::AskedNumbers;
use crate::vault::scope::{Asking, Reading, Scope};

/// One thing somebody can do. `Action` says under which right it runs.
pub trait Operation: Sized + Send + 'static {
    /// The right it needs: decides what the policy asks and what the scope allows.
    type Action: Action;
    /// What it answers when it succeeds.
    type Answer: Answer;

    /// What it is about: goes to the policy and into the leaf.
    fn target(&self) -> Target;

    /// Why it is asked, where the asker must say.
    fn why(&self) -> Option<&Why> {
        None
    }

    /// What the leaf commits to beside the reason: filters, counts, names of
    /// columns. Sealed, never in the leaf itself, and never a number.
    fn detail(&self) -> Value {
        Value::Null
    }

    /// Of a decision about somebody else's request: which.
    fn decision(&self) -> Option<Decision> {
        None
    }

    /// The password that the act sets, if it sets one: a passkey signs for this one, and its statement has a keyed
    /// digest of it.
    fn new_password(&self) -> Option<&NewPassword> {
        None
    }

    /// Another action that the caller must be allowed to: the one that a challenge is asked for.
    fn also(&self) -> Option<ActionKind> {
        None
    }

    /// What it costs. Follows from the request alone, never from what is found.
    fn price(&self) -> Option<Price> {
        None
    }

    /// The question, if asking it again is free: everything that the answer follows from, beside the records of the
    /// case. Only for a reading act about a case.
    fn question(&self) -> Option<Value> {
        None
    }

    /// Whether this in particular is for somebody of this role in the case, where the matrix allows the action to more
    /// than may ask for all of it. Decided with the matrix, before anything is charged or read.
    fn is_for(&self, _: Option<CaseRole>) -> bool {
        true
    }

    /// What can be refused by looking at the request and at who asks: before it is charged, and before
    /// anything of a case is read.
    fn check(&self, _: &Asking<'_>) -> Result<(), OperationError> {
        Ok(())
    }

    /// The numbers it asks about: questions raise alarms, answers never do.
    fn asks_about(&self) -> Option<&AskedNumbers> {
        None
    }

    /// Whether a reading act finds all in memory, as a rule, where a server has the tables. If what it found there is
    /// not what the server has when it has to ask (`StoreFault::Moved`), it is done [`again`](Operation::again).
    const IS_IN_MEMORY: bool = false;

    /// The same once more, for an act that finds all in memory.
    fn again(&self) -> Option<Self> {
        None
    }

    /// Whether [`Operation::prepare`] has something to do.
    const PREPARES: bool = false;

    /// What a writing act finds out on a snapshot before its turn in the ledger,
    /// because it takes long: counts over many records. What it rests on may have
    /// changed when `run` comes; `run` must see that. What it is given can only read.
    fn prepare(&mut self, _: &Reading<'_>) -> Result<(), OperationError> {
        Ok(())
    }

    /// Does it, once the policy has allowed it. Its writes are kept only if the leaf is committed with them.
    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Self::Answer, OperationError>;
}
