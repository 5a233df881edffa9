//! The facts that a decision is based on, read from the snapshot that the act itself uses.
//!
//! It reads rows and, for a liaison's account, the case key. `perform` loads the facts of a reading
//! act twice: before it runs, and afterwards in the ledger's transaction.

use crate::domain::{AccountName, CaseId, Moment};
use crate::policy::{CallerFacts, CaseFacts, Facts, LeafFacts, Membership, RequestFacts};
use crate::vault::call::caller::{Caller, Who};
use crate::vault::call::target::Target;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::requests;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::operator_rows;
use crate::vault::store::request_rows::RequestRow;
use crate::vault::store::{
    Snapshot, exhibit_rows, export_rows, leaf_rows, membership_rows, reveal_rows, session_rows,
    withdrawal_rows,
};

/// The facts, and the rows that were read for them.
pub(in crate::vault) struct Situation {
    pub(in crate::vault) facts: Facts,
    pub(in crate::vault) case: Option<CaseRow>,
    /// Whether what the target names is there.
    known: bool,
    /// When the caller's session ends, if it is valid.
    session_ends: Option<Moment>,
}

impl Situation {
    pub(in crate::vault) fn case_id(&self) -> Option<CaseId> {
        self.case.as_ref().map(|row| row.id.clone())
    }

    /// Whether the facts are the same at a later time, if nothing was written since. True only for
    /// targets whose facts do not depend on the time.
    pub(in crate::vault) fn holds_at(&self, target: &Target, now: Moment) -> bool {
        matches!(target, Target::Vault | Target::Case(_))
            && self.session_ends.is_none_or(|ends| ends > now)
    }

    /// What the leaf names as its object, if it exists. A caller can make up an identifier that
    /// contains a phone number, so one that does not exist is left out.
    pub(in crate::vault) fn object(&self, target: &Target) -> Option<String> {
        target.object().filter(|_| self.known)
    }

    /// The caller's role as the leaf names it.
    pub(in crate::vault) fn role(&self) -> Option<&'static str> {
        let membership = self
            .facts
            .case
            .as_ref()
            .and_then(|case| case.membership.as_ref());
        match (membership, self.facts.caller) {
            (Some(membership), CallerFacts::Operator(home)) if !home.stays_outside_cases() => {
                Some(membership.role.as_str())
            }
            (_, CallerFacts::Operator(home)) => Some(home.as_str()),
            (_, CallerFacts::System) => Some("system"),
            (_, CallerFacts::Stranger | CallerFacts::Gone) => None,
        }
    }
}

pub(in crate::vault) fn load(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    target: &Target,
    now: Moment,
) -> Result<Situation, OperationError> {
    let (caller_facts, session_ends) = who(connection, caller, now)?;
    let mut situation = Situation {
        facts: Facts {
            caller: caller_facts,
            case: None,
            request: None,
            leaf: None,
        },
        case: None,
        known: false,
        session_ends,
    };
    match target {
        Target::Vault => {}
        Target::Operator(operator) => {
            situation.known = operator_rows::find(connection, operator)?.is_some();
        }
        Target::Case(case) => situation.case = case_rows::find(connection, case)?,
        Target::Member(case, operator) => {
            situation.case = case_rows::find(connection, case)?;
            situation.known = operator_rows::find(connection, operator)?.is_some();
        }
        // Drawn by the vault when the admission began.
        Target::Exhibit(case, _) => {
            situation.case = case_rows::find(connection, case)?;
            situation.known = situation.case.is_some();
        }
        Target::NamedExhibit(case, exhibit) => {
            situation.case = case_rows::find(connection, case)?;
            if let Some(case) = &situation.case {
                situation.known = exhibit_rows::exists(connection, case.number, exhibit)?;
            }
        }
        Target::Admission(case) => {
            situation.case = case_rows::find(connection, case)?;
            situation.facts.request = core.admissions.facts(case, caller);
        }
        Target::Reveal(id) => {
            let row = reveal_rows::TABLE.find(connection, id.as_str(), reveal_rows::read)?;
            if let Some(row) = row {
                situation.case = case_rows::find_by_number(connection, row.case)?;
                situation.facts.request = Some(about(&row, caller, now, None));
            }
        }
        Target::Export(id) => {
            let row = export_rows::TABLE.find(connection, id.as_str(), export_rows::read)?;
            if let Some(row) = row {
                situation.case = case_rows::find_by_number(connection, row.request.case)?;
                let account = match &situation.case {
                    Some(case) => requests::export_account(core, case, &row)?,
                    None => None,
                };
                situation.facts.request = Some(about(&row.request, caller, now, account));
            }
        }
        Target::Withdrawal(id) => {
            let row =
                withdrawal_rows::TABLE.find(connection, id.as_str(), withdrawal_rows::read)?;
            if let Some(row) = row {
                situation.case = case_rows::find_by_number(connection, row.request.case)?;
                situation.facts.request = Some(about(&row.request, caller, now, None));
            }
        }
        Target::Leaf(seq) => {
            let owner = leaf_rows::operator_of(connection, *seq)?;
            situation.facts.leaf = owner.map(|operator| LeafFacts {
                written_for_caller: operator.is_some()
                    && operator.as_deref() == caller.operator_id().map(|id| id.as_str()),
            });
        }
    }
    situation.known |= situation.facts.request.is_some() || situation.facts.leaf.is_some();
    if let Some(case) = &situation.case {
        situation.facts.case = Some(CaseFacts {
            state: case.state,
            membership: member(core, connection, caller, case)?,
        });
    }
    Ok(situation)
}

/// What a decision about a request rests on, whatever is asked for.
fn about<I>(
    row: &RequestRow<I>,
    caller: &Caller,
    now: Moment,
    account: Option<AccountName>,
) -> RequestFacts {
    RequestFacts {
        state: row.state,
        asked_by_caller: Some(&row.asker) == caller.operator_id(),
        expired: row.expires_at <= now,
        account,
    }
}

fn who(
    connection: &Snapshot,
    caller: &Caller,
    now: Moment,
) -> Result<(CallerFacts, Option<Moment>), OperationError> {
    let (operator, session) = match caller.who() {
        Who::Stranger => return Ok((CallerFacts::Stranger, None)),
        Who::System => return Ok((CallerFacts::System, None)),
        Who::Operator { operator, session } => (operator, session),
    };
    let standing = session_rows::standing(connection, session)?.filter(|standing| {
        !standing.revoked
            && standing.expires_at > now
            && standing.operator == *operator
            && standing.active
    });
    Ok(match standing {
        Some(standing) => (
            CallerFacts::Operator(standing.home),
            Some(standing.expires_at),
        ),
        None => (CallerFacts::Gone, None),
    })
}

fn member(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    case: &CaseRow,
) -> Result<Option<Membership>, OperationError> {
    let Some(operator) = caller.operator_id() else {
        return Ok(None);
    };
    let Some(row) = membership_rows::find(connection, case.number, operator)? else {
        return Ok(None);
    };
    let account = match &row.account {
        Some(sealed) => Some(requests::open_account(core, case, operator, sealed)?),
        None => None,
    };
    Ok(Some(Membership {
        role: row.role,
        account,
    }))
}
