//! An operation without its type. The door is compiled once for all operations, and not once for each.

use std::any::Any;
use std::sync::Arc;

use serde_json::Value;

use super::operation::Operation;
use crate::domain::{CaseRole, Moment, caught};
use crate::policy::{Action, ActionKind, Grant};
use crate::vault::audit::{Decision, Tip};
use crate::vault::budget::price::Price;
use crate::vault::call::caller::Caller;
use crate::vault::call::target::{Target, Why};
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::under_way::FoundAdmission;
use crate::vault::identity::NewPassword;
use crate::vault::plaintext::AskedNumbers;
use crate::vault::scope::{Asking, Notes, Reading, Rows, Scope};
use crate::vault::store::case_rows::CaseRow;

/// What the door asks of an operation, and how it runs it. [`Operation`] says what each part means.
pub(super) trait Deed: Send + 'static {
    fn kind(&self) -> ActionKind;
    fn target(&self) -> Target;
    fn why(&self) -> Option<&Why>;
    fn detail(&self) -> Value;
    fn decision(&self) -> Option<Decision>;
    fn new_password(&self) -> Option<&NewPassword>;
    fn also(&self) -> Option<ActionKind>;
    fn price(&self) -> Option<Price>;
    fn question(&self) -> Option<Value>;
    fn is_for(&self, role: Option<CaseRole>) -> bool;
    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError>;
    fn asks_about(&self) -> Option<&AskedNumbers>;
    fn is_in_memory(&self) -> bool;
    fn again(&self) -> Option<Box<dyn Deed>>;
    fn prepares(&self) -> bool;
    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError>;
    /// Runs it in a scope of its action. A panic becomes a failure of this act alone. Its text is dropped, because it
    /// may hold a number.
    fn run(self: Box<Self>, within: Within<'_>) -> (Notes, Result<Made, OperationError>);
}

/// What the scope of an act is made of.
pub(super) struct Within<'v> {
    pub(super) core: &'v Arc<Core>,
    pub(super) rows: Rows<'v>,
    pub(super) caller: &'v Caller,
    pub(super) grant: Grant,
    pub(super) case: Option<&'v CaseRow>,
    pub(super) admission: &'v Option<FoundAdmission>,
    pub(super) now: Moment,
    pub(super) tip: Tip,
}

/// An answer without its type.
pub(super) struct Made(Box<dyn Any + Send>);

impl Made {
    /// The answer, for the operation that it is of.
    pub(super) fn answer<A: Send + 'static>(self) -> Result<A, OperationError> {
        let answer = self.0.downcast::<A>();
        answer
            .map(|answer| *answer)
            .map_err(|_| OperationError::Internal("the answer of another operation"))
    }
}

impl<O: Operation> Deed for O {
    fn kind(&self) -> ActionKind {
        O::Action::KIND
    }

    fn target(&self) -> Target {
        Operation::target(self)
    }

    fn why(&self) -> Option<&Why> {
        Operation::why(self)
    }

    fn detail(&self) -> Value {
        Operation::detail(self)
    }

    fn decision(&self) -> Option<Decision> {
        Operation::decision(self)
    }

    fn new_password(&self) -> Option<&NewPassword> {
        Operation::new_password(self)
    }

    fn also(&self) -> Option<ActionKind> {
        Operation::also(self)
    }

    fn price(&self) -> Option<Price> {
        Operation::price(self)
    }

    fn question(&self) -> Option<Value> {
        Operation::question(self)
    }

    fn is_for(&self, role: Option<CaseRole>) -> bool {
        Operation::is_for(self, role)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        Operation::check(self, asking)
    }

    fn asks_about(&self) -> Option<&AskedNumbers> {
        Operation::asks_about(self)
    }

    fn is_in_memory(&self) -> bool {
        O::IS_IN_MEMORY
    }

    fn again(&self) -> Option<Box<dyn Deed>> {
        let again = Operation::again(self)?;
        Some(Box::new(again))
    }

    fn prepares(&self) -> bool {
        O::PREPARES
    }

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        Operation::prepare(self, reading)
    }

    fn run(self: Box<Self>, within: Within<'_>) -> (Notes, Result<Made, OperationError>) {
        let Within {
            core,
            rows,
            caller,
            grant,
            case,
            admission,
            now,
            tip,
        } = within;
        let mut scope = Scope::new(core, rows, caller, grant, case, now, tip);
        scope.admission.clone_from(admission);
        let ended = caught(|| Operation::run(*self, &mut scope));
        let ended = ended.map(|answer| Made(Box::new(answer)));
        (scope.into_notes(), ended)
    }
}
