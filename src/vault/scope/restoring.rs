//! What a restore takes away.
//!
//! The restored rows are of the backup's moment. What ended, was used or was spent after it would be there again:
//! sessions and invitations, decisions that were used, budgets, members who were suspended; and a recovery that
//! somebody stopped, whose delay would be over by now. So all of that is taken away, and people give it anew. What
//! protects may have come after the backup too: a case that is open may have been put on hold, and an administrator's
//! account may have ended. So every open case is on hold, and of the administrators one is left. Nodes of before cannot
//! go on in the new log, so they are struck off.

use serde::Serialize;

use super::Scope;
use super::bound_account::open_account;
use super::budgets::party_of;
use super::requests::is_open;
use crate::domain::{HomeRole, Moment};
use crate::policy::{ActionKind, CaseState, Seat, Writes, allows_seat};
use crate::vault::OperationError;
use crate::vault::budget::charge;
use crate::vault::budget::price::BudgetKind;
use crate::vault::identity::OperatorSecrets;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::membership_rows::MembershipRow;
use crate::vault::store::operator_rows::{self, OperatorRow, OperatorState};
use crate::vault::store::{
    case_rows, leaf_rows, membership_rows, node_rows, request_rows, session_rows,
};

/// What was taken away.
#[derive(Debug, Default, Serialize)]
pub struct TakenAway {
    /// How many sessions were ended.
    pub sessions: usize,
    /// How many invitations were ended. Whoever was invited is invited anew.
    pub invitations: usize,
    /// Whose recovery, or agreed reset of a second factor, was ended. It is begun or asked for anew.
    pub recoveries: Vec<String>,
    /// The requests that waited for a decision, or were approved and not used.
    pub requests: Vec<String>,
    /// How many budgets count as spent.
    pub budgets: usize,
    /// How many memberships are suspended until a lead confirms them.
    pub memberships: usize,
    /// The cases that were open and are on hold now.
    pub put_on_hold: Vec<String>,
    /// The nodes of before, which were struck off: the new log is none of theirs, and each has a keyring.
    pub nodes: Vec<String>,
}

impl<A: Writes> Scope<'_, A> {
    /// Takes away whatever the vault may have taken away or used up after the backup.
    pub fn take_rights_away(&mut self) -> Result<TakenAway, OperationError> {
        let transaction = self.transaction()?;
        let mut taken = TakenAway::default();
        for operator in operator_rows::list(self.connection)? {
            taken.sessions += session_rows::revoke_all(transaction, &operator.id, self.now)?;
            if operator.state == OperatorState::Invited {
                let no_name: [u8; 16] = self.core.draw()?;
                operator_rows::revoke(transaction, &operator.id, &no_name)?;
                taken.invitations += 1;
            }
            if operator.state == OperatorState::Active && self.end_what_replaces(&operator)? {
                taken.recoveries.push(operator.id.to_string());
            }
        }
        for request in request_rows::all(self.connection)? {
            if is_open(&request) {
                request_rows::delete(transaction, &request.id)?;
                taken.requests.push(request.id.to_string());
            }
        }
        for node in node_rows::list(self.connection)? {
            node_rows::strike(transaction, &node.id, self.now)?;
            taken.nodes.push(node.id.to_string());
        }
        if self.end_slot_change()? {
            taken.requests.push("slot change".to_owned());
        }
        let unknown_s = self.unknown_seconds()?;
        for case in case_rows::list(self.connection)? {
            // Nobody asks about it any more, and no account in it opens.
            let destroyed = self.core.is_destroyed(&case);
            if !destroyed && case.state == CaseState::Open {
                case_rows::set_state(transaction, case.number, CaseState::Held)?;
                taken.put_on_hold.push(case.id.to_string());
            }
            for member in membership_rows::list(self.connection, case.number)? {
                if !destroyed {
                    taken.budgets += self.count_as_spent(&case, &member, unknown_s)?;
                }
                if !member.suspended {
                    membership_rows::suspend(
                        transaction,
                        case.number,
                        &member.operator,
                        None,
                        self.now,
                    )?;
                    taken.memberships += 1;
                }
            }
        }
        Ok(taken)
    }

    /// Ends the accounts of all administrators but the caller, who accepts what was restored; answers whose. One of
    /// them may have ended after the backup. They are invited anew.
    pub fn end_other_administrators(&mut self) -> Result<Vec<String>, OperationError> {
        let own = self.operator()?.clone();
        let mut ended = Vec::new();
        for row in operator_rows::list(self.connection)? {
            let acts = row.home == HomeRole::Administrator && row.state == OperatorState::Active;
            if !acts || row.id == own {
                continue;
            }
            let no_name: [u8; 16] = self.core.draw()?;
            let transaction = self.transaction()?;
            operator_rows::revoke(transaction, &row.id, &no_name)?;
            session_rows::revoke_all(transaction, &row.id, self.now)?;
            ended.push(row.id.to_string());
        }
        Ok(ended)
    }

    /// Ends what lets somebody replace a second factor that was lost, or was said to be: a recovery, a reset, or a wish
    /// for one. Says whether there was anything.
    fn end_what_replaces(&self, operator: &OperatorRow) -> Result<bool, OperationError> {
        let mut secrets = OperatorSecrets::open(&self.core.keys(), operator)?;
        let recovers = self.end_recovery(&mut secrets, &operator.id)?;
        let was_reset = secrets.is_reset();
        if !recovers && !was_reset {
            return Ok(false);
        }
        // A code counts as used again, if one was.
        let step = match operator.totp_step {
            0 => secrets.newest_step().unwrap_or(0),
            step => step,
        };
        secrets.forget_reset();
        let sealed = self.seal_secrets(&secrets, &operator.id)?;
        operator_rows::keep_factor(self.transaction()?, &operator.id, step, &sealed)?;
        Ok(true)
    }

    /// Counts the budgets of a member as spent; answers how many.
    fn count_as_spent(
        &self,
        case: &CaseRow,
        member: &MembershipRow,
        unknown_s: i64,
    ) -> Result<usize, OperationError> {
        let account = member.account.as_deref();
        let account = account.map(|sealed| open_account(self.core, case, &member.operator, sealed));
        let payer = charge::Payer {
            operator: &member.operator,
            case: case.number,
            party: &party_of(self.core, case, account.transpose()?.as_ref())?,
        };
        let looks_up = allows_seat(ActionKind::LookUp, Seat::Member(member.role));
        let kinds = [BudgetKind::Views, BudgetKind::Lookups];
        let kinds = kinds.into_iter().take(1 + usize::from(looks_up));
        let mut counted = 0;
        for kind in kinds {
            let (settings, now) = (&self.core.settings, self.core.clock.measured());
            payer.count_as_spent(settings, self.transaction()?, kind, unknown_s, now)?;
            counted += 1;
        }
        Ok(counted)
    }

    /// For how long the vault may have worked on after the backup.
    fn unknown_seconds(&self) -> Result<i64, OperationError> {
        let last = leaf_rows::newest_time(self.connection)?;
        let machine = self.core.clock.report().machine;
        let until = self.core.clock.measured().seconds().max(machine.seconds());
        Ok(until.saturating_sub(last.map_or(0, Moment::seconds)).max(0))
    }
}
