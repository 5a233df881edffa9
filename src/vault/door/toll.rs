//! The toll of one call: known from the request, looked at before anything is read, and taken in the
//! ledger's transaction however the act ended.
//!
//! Sees points and, to tell a liaison's account apart, the case key.

use std::sync::atomic::Ordering;

use crate::policy::CaseFacts;
use crate::vault::budget::alarm::Alarm;
use crate::vault::budget::charge::{Payer, Refused};
use crate::vault::budget::price::Price;
use crate::vault::budget::under_way::Entered;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::door::facts::Situation;
use crate::vault::error::{OperationError, Stopped};
use crate::vault::scope::party_of;
use crate::vault::store::{Snapshot, Transaction};

/// What a call owes. Its points are under way until this is dropped, after the commit.
pub(super) struct Toll {
    price: Option<Price>,
    entered: Option<Entered>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was begun.
    Free,
    /// The act was let in.
    Owed,
    /// The first look found too little.
    Refused,
}

impl Toll {
    /// Before the snapshot of the call begins.
    pub(super) fn of(core: &Core, caller: &Caller, price: Option<Price>) -> Self {
        let entered = price
            .zip(caller.operator_id())
            .map(|(price, operator)| core.under_way.enter(operator, price));
        Self {
            price,
            entered,
            state: State::Free,
        }
    }

    /// Lets the act in if it can pay. From then on it owes.
    pub(super) fn let_in(
        &mut self,
        core: &Core,
        connection: &Snapshot,
        caller: &Caller,
        situation: &Situation,
    ) -> Result<(), Stopped> {
        let Some(price) = self.price else {
            return Ok(());
        };
        let now = core.clock.measured();
        let before = self.entered.as_ref().map_or(0, Entered::before);
        let looked = with_payer(core, caller, situation, |payer| {
            payer.look(&core.settings, connection, price, before, now)
        })?;
        self.state = match &looked {
            Ok(()) => State::Owed,
            Err(Stopped::Denied(_)) => State::Refused,
            Err(Stopped::Failed(_)) => State::Free,
        };
        looked
    }

    /// Lets the act in for nothing.
    pub(super) fn waive(&mut self) {
        self.price = None;
        self.entered = None;
    }

    /// Lets the act in without a look, because the charge is in the same transaction.
    pub(super) fn let_in_here(&mut self) {
        if self.state == State::Free {
            self.state = State::Owed;
        }
    }

    /// Takes what is owed, or counts the refusal.
    pub(super) fn take(
        &self,
        core: &Core,
        connection: &Transaction,
        caller: &Caller,
        situation: &Situation,
    ) -> (Result<(), Stopped>, Option<Alarm>) {
        let (Some(price), State::Owed | State::Refused) = (self.price, self.state) else {
            return (Ok(()), None);
        };
        let (settings, now) = (&core.settings, core.clock.measured());
        let taken = with_payer(core, caller, situation, |payer| match self.state {
            State::Refused => Err(payer.refuse(settings, connection, price, now)),
            _ => payer.pay(settings, connection, price, now),
        });
        match taken {
            Ok(Ok(alarm)) => {
                let points = u64::from(price.points);
                core.charged.fetch_add(points, Ordering::Relaxed);
                (Ok(()), alarm)
            }
            Ok(Err(Refused { stopped, alarm })) => (Err(stopped), alarm),
            Err(error) => (Err(error.into()), None),
        }
    }
}

fn with_payer<T>(
    core: &Core,
    caller: &Caller,
    situation: &Situation,
    with: impl FnOnce(&Payer<'_>) -> T,
) -> Result<T, OperationError> {
    let nobody = OperationError::Internal("a price without a payer");
    let (Some(operator), Some(case)) = (caller.operator_id(), &situation.case) else {
        return Err(nobody);
    };
    let facts: Option<&CaseFacts> = situation.facts.case.as_ref();
    let membership = facts.and_then(|facts| facts.membership.as_ref());
    let account = membership.and_then(|membership| membership.account.as_ref());
    Ok(with(&Payer {
        operator,
        case: case.number,
        party: &party_of(core, case, account)?,
    }))
}
