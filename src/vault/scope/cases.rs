//! Cases and their members.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::requests::{MembershipWanted, WaitingView};
use super::{Reading, Scope, open_account, seal_account};
use crate::domain::{
    AccountName, CaseId, CaseRole, HomeRole, Moment, OperatorId, OperatorName, Reference, Title,
};
use crate::policy::{Action, CaseState, Denial, Writes};
use crate::vault::error::{Conflict, NearMisses, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::line_report::KindCount;
use crate::vault::plaintext::{Aad, RejectKind, open_json};
use crate::vault::records::SearchedView;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::operator_rows::OperatorState;
use crate::vault::store::{exhibit_rows, membership_rows, operator_rows};

/// What is kept, sealed, of a case.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) title: String,
    reference: String,
}

/// A case as its members see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Case)]
pub struct CaseView {
    /// The id of the case.
    pub case: CaseId,
    /// Its title.
    #[schema(value_type = Title)]
    pub title: String,
    /// The file number under which it is known elsewhere.
    #[schema(value_type = Reference)]
    pub reference: String,
    /// Whether it is open, on hold or closed.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
    /// When it was opened.
    pub opened_at: Moment,
    /// What the caller is in it.
    #[schema(value_type = Option<CaseRole>)]
    pub role: Option<&'static str>,
    /// The account a liaison is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AccountName, required = false)]
    pub account: Option<String>,
    /// Left out for a liaison, who may not learn what others hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exhibits: Option<usize>,
    /// Distinct numbers, while the case has one exhibit. Of several exhibits the sum would tell whether the numbers of
    /// one file are among those of another, which is paid for: `POST /cases/{case}/scope` counts them. Left out for a
    /// custodian too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub numbers: Option<u64>,
    /// Rows in quarantine of all exhibits that count; for a custodian of those that it admitted. In the answer about
    /// one case only, and left out for a liaison.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quarantined: Option<u64>,
    /// The same rows by what is wrong with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quarantined_by_kind: Option<Vec<KindCount>>,
}

/// A case at a glance.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseOverview)]
pub struct OverviewView {
    /// The case itself.
    #[serde(flatten)]
    pub case: CaseView,
    /// What its answers rest on; for a liaison, of its account. Left out for a custodian. How many records there are in
    /// all is left out where the case has several exhibits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub basis: Option<SearchedView>,
    /// How many leaves the audit log had, under the newest checkpoint.
    pub log_size: u64,
    /// What waits for the caller in this case.
    pub waiting: Vec<WaitingView>,
}

/// A member of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    /// The member's id.
    pub operator: OperatorId,
    /// The name the member signs in with.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// What the member is in this case.
    #[schema(value_type = CaseRole)]
    pub role: &'static str,
    /// The account a liaison is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AccountName, required = false)]
    pub account: Option<String>,
    /// Whether their rights were ended until another lead gives some again.
    pub suspended: bool,
}

impl<A: Action> Scope<'_, A> {
    /// The cases the caller is a member of.
    pub fn list_cases(&mut self) -> Result<Vec<CaseView>, OperationError> {
        let operator = self.operator()?;
        membership_rows::cases_of(self.connection, operator)?
            .iter()
            .map(|case| self.view_case(case))
            .collect()
    }

    /// The case of this act.
    pub fn read_case(&mut self) -> Result<CaseView, OperationError> {
        let case = self.case_row()?;
        let mut view = self.view_case(case)?;
        if view.exhibits.is_some() {
            let keys = self.core.case_keys(&case.id)?;
            let mut quarantined = 0;
            let mut by_kind: BTreeMap<RejectKind, u64> = BTreeMap::new();
            for exhibit in exhibit_rows::list(self.connection, case.number)? {
                let description = open_description(&keys, &exhibit)?;
                if !self.knows_counts() && !self.admitted(&description) {
                    continue;
                }
                quarantined += description.quarantined;
                for (kind, rows) in description.rejects {
                    let kind: RejectKind = kind.parse().map_err(|_| OperationError::Damaged {
                        place: format!("exhibit {}, description", exhibit.id),
                    })?;
                    *by_kind.entry(kind).or_default() += rows;
                }
            }
            let by_kind = by_kind.into_iter();
            let by_kind = by_kind.map(|(kind, rows)| KindCount {
                kind: kind.as_str(),
                rows,
            });
            view.quarantined = Some(quarantined);
            view.quarantined_by_kind = Some(by_kind.collect());
        }
        Ok(view)
    }

    /// The case, what is in it and what waits in it.
    pub fn read_overview(&mut self) -> Result<OverviewView, OperationError> {
        let case = self.read_case()?;
        // A custodian chooses exhibits, and would learn from a sum over them what others have.
        let told = self.grant.role() != Some(CaseRole::Custodian);
        let basis = told.then(|| self.searched_for_nothing()).transpose()?;
        let mut waiting = self.list_inbox()?;
        waiting.retain(|one| one.case == case.case);
        self.notes.rows = None;
        Ok(OverviewView {
            basis,
            log_size: self.tip.size,
            waiting,
            case,
        })
    }

    /// The members of the case, by role and then by id.
    pub fn list_members(&mut self) -> Result<Vec<MemberView>, OperationError> {
        let case = self.case_row()?;
        membership_rows::list(self.connection, case.number)?
            .into_iter()
            .map(|row| {
                let account = match &row.account {
                    Some(sealed) => Some(
                        open_account(self.core, case, &row.operator, sealed)?
                            .as_str()
                            .to_owned(),
                    ),
                    None => None,
                };
                Ok(MemberView {
                    name: self.operator_name(&row.operator)?,
                    operator: row.operator,
                    role: row.role.as_str(),
                    account,
                    suspended: row.suspended,
                })
            })
            .collect()
    }

    fn view_case(&self, case: &CaseRow) -> Result<CaseView, OperationError> {
        let description = self.describe(case)?;
        let operator = self.operator()?;
        let member = membership_rows::find(self.connection, case.number, operator)?;
        let account = match member.as_ref().and_then(|member| member.account.as_ref()) {
            Some(sealed) => Some(open_account(self.core, case, operator, sealed)?),
            None => None,
        };
        let role = member.map(|member| member.role);
        let told = role != Some(CaseRole::Liaison);
        let counted = told && role != Some(CaseRole::Custodian);
        let all = exhibit_rows::list_all(self.connection, case.number)?;
        let withdrawn = all.iter().filter(|row| row.withdrawn.is_some()).count();
        let numbers = match (counted, all.len(), withdrawn) {
            (true, 0 | 1, 0) => Some(u64::from(case.numbers)),
            (true, 0 | 1, _) => Some(0),
            _ => None,
        };
        Ok(CaseView {
            case: case.id.clone(),
            title: description.title,
            reference: description.reference,
            state: case.state.as_str(),
            opened_at: case.opened_at,
            role: role.map(CaseRole::as_str),
            account: account.map(|account| account.as_str().to_owned()),
            exhibits: told.then_some(all.len() - withdrawn),
            numbers,
            quarantined: None,
            quarantined_by_kind: None,
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Opens a case, with a key of its own; the opener becomes its lead.
    pub fn open_case(
        &mut self,
        title: &Title,
        reference: &Reference,
    ) -> Result<CaseId, OperationError> {
        let operator = self.operator()?;
        let case = CaseId::from_random(self.core.draw()?);
        {
            // The key is on disk before the row is: a crash between the two leaves a key without a
            // case, which harms nobody; a case without a key could never be read.
            let mut keyring = self
                .core
                .keyring
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            keyring.add_case(&case, &*self.core.entropy)?;
            self.notes.generation = Some(keyring.generation());
        }
        let keys = self.core.case_keys(&case)?;
        let description = Description {
            title: title.as_str().to_owned(),
            reference: reference.as_str().to_owned(),
        };
        let aad = Aad::case_description(&self.core.vault, &case);
        let sealed = self
            .core
            .seal_json(keys.descriptions(), &aad, &description)?;
        let number = case_rows::insert(self.transaction()?, &case, &sealed, self.now)?;
        membership_rows::upsert(self.transaction()?, number, operator, CaseRole::Lead, None)?;
        self.notes.case = Some(case.clone());
        Ok(case)
    }

    /// Moves a case from one of `from` to `to`.
    pub fn move_case(&mut self, from: &[CaseState], to: CaseState) -> Result<(), OperationError> {
        let case = self.case_row()?;
        if !from.contains(&case.state) {
            return Err(OperationError::Conflict(Conflict::CaseState(case.state)));
        }
        Ok(case_rows::set_state(self.transaction()?, case.number, to)?)
    }

    /// Gives an operator a role in the case, while no other lead is there to decide it.
    pub fn name_member(&mut self, wanted: &MembershipWanted) -> Result<(), OperationError> {
        if self.has_other_leads()? {
            return Err(self.deny(Denial::NotAllowed));
        }
        self.not_oneself(&wanted.operator)?;
        self.check_member(wanted)?;
        self.give_role(wanted)
    }

    /// Gives the role; whoever calls this has decided it. A suspended member is let in again.
    pub(in crate::vault::scope) fn give_role(
        &mut self,
        wanted: &MembershipWanted,
    ) -> Result<(), OperationError> {
        let case = self.case_row()?;
        self.check_operator(&wanted.operator)?;
        let sealed = match &wanted.account {
            Some(account) => Some(seal_account(self.core, case, &wanted.operator, account)?),
            None => None,
        };
        membership_rows::upsert(
            self.transaction()?,
            case.number,
            &wanted.operator,
            wanted.role,
            sealed.as_deref(),
        )?;
        Ok(())
    }

    /// Ends a member's rights in the case, until another lead gives some again. A lead's suspension takes the place of
    /// an earlier one; an administrator's takes nobody's place, so that an administrator never gets to be who imposed
    /// what a lead imposed.
    pub fn suspend_member(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        if member.suspended {
            self.note_detail(json!({ "suspended_before_by": member.suspended_by }));
            if self.grant.role() != Some(CaseRole::Lead) {
                return Ok(());
            }
        }
        Ok(membership_rows::suspend(
            self.transaction()?,
            case.number,
            operator,
            self.operator()?,
            self.now,
        )?)
    }

    /// Lets a suspended lead in again, in the role that leads gave them, where leads cannot: fewer than
    /// two can act, and who suspended them is none of those. Nobody lifts what they imposed, and an administrator
    /// lifts only what another administrator imposed: else one administrator, who can suspend any lead, could undo
    /// whatever a lead imposed.
    pub fn lift_suspension(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        let acting = self.acting_leads()?;
        let imposed_by = member
            .suspended_by
            .filter(|by| member.role == CaseRole::Lead && acting.len() < 2 && !acting.contains(by));
        let by_lead = self.grant.role() == Some(CaseRole::Lead);
        let may = match &imposed_by {
            Some(by) => by_lead || self.is_administrator(by)?,
            None => false,
        };
        match imposed_by.filter(|_| may) {
            None => Err(self.deny(Denial::NotAllowed)),
            Some(by) if Some(&by) == self.caller.operator_id() => {
                Err(self.deny(Denial::OwnRequest))
            }
            Some(_) => Ok(membership_rows::lift(
                self.transaction()?,
                case.number,
                operator,
            )?),
        }
    }

    /// Lets a suspended lead in again whom nobody else can: no lead of the case can act, and the account of whoever
    /// suspended them has ended. Only for an administrator who has the vault's passphrase: one without it could end
    /// that account and so undo what a lead imposed.
    pub fn let_in(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        let ended = match &member.suspended_by {
            Some(by) => !self.has_account(by)?,
            None => false,
        };
        let may = ended
            && member.role == CaseRole::Lead
            && self.grant.role().is_none()
            && self.acting_leads()?.is_empty();
        if !may {
            return Err(self.deny(Denial::NotAllowed));
        }
        self.note_detail(json!({ "imposed_by": member.suspended_by, "by_passphrase": true }));
        Ok(membership_rows::lift(
            self.transaction()?,
            case.number,
            operator,
        )?)
    }
}

impl Reading<'_> {
    /// Title and reference of a case.
    pub(super) fn describe(&self, case: &CaseRow) -> Result<Description, OperationError> {
        let keys = self.core.case_keys(&case.id)?;
        let aad = Aad::case_description(&self.core.vault, &case.id);
        open_json(keys.descriptions(), &aad, &case.sealed, "case description")
    }

    /// Whether the case has another lead than the caller. One who is suspended counts, so that
    /// nobody gets rid of the second person by suspending them; one whose account was ended does not.
    pub fn has_other_leads(&self) -> Result<bool, OperationError> {
        let case = self.case_row()?;
        for member in membership_rows::list(self.connection, case.number)? {
            let other = Some(&member.operator) != self.caller.operator_id();
            if other && member.role == CaseRole::Lead && self.has_account(&member.operator)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the operator's account has not ended.
    fn has_account(&self, operator: &OperatorId) -> Result<bool, OperationError> {
        let row = operator_rows::find(self.connection, operator)?;
        Ok(row.is_some_and(|row| row.state != OperatorState::Revoked))
    }

    fn is_administrator(&self, operator: &OperatorId) -> Result<bool, OperationError> {
        let row = operator_rows::find(self.connection, operator)?;
        Ok(row.is_some_and(|row| row.home == HomeRole::Administrator))
    }

    /// The leads of the case who can do something in it now.
    fn acting_leads(&self) -> Result<Vec<OperatorId>, OperationError> {
        let mut acting = Vec::new();
        for member in membership_rows::list(self.connection, self.case_row()?.number)? {
            if member.role == CaseRole::Lead && !member.suspended {
                let operator = operator_rows::find(self.connection, &member.operator)?;
                let can_act = operator.is_some_and(|operator| {
                    operator.state == OperatorState::Active && !operator.home.stays_outside_cases()
                });
                acting.extend(can_act.then_some(member.operator));
            }
        }
        Ok(acting)
    }

    /// Who can be a member as it is wanted: an operator of the vault's cases, for an account that an exhibit has or
    /// that is said to be in none.
    pub(in crate::vault::scope) fn check_member(
        &self,
        wanted: &MembershipWanted,
    ) -> Result<(), OperationError> {
        self.check_operator(&wanted.operator)?;
        match self.account_in_log(wanted)? {
            Some(near) if !wanted.account_not_in_log => Err(OperationError::NoSuchAccount(near)),
            _ => Ok(()),
        }
    }

    /// Nothing if the account that is wanted, if one is, is in an exhibit; else what it may have been meant for.
    pub(in crate::vault::scope) fn account_in_log(
        &self,
        wanted: &MembershipWanted,
    ) -> Result<Option<NearMisses>, OperationError> {
        match &wanted.account {
            Some(account) => self
                .records_of(self.case_row()?, None)?
                .near_misses(account),
            None => Ok(None),
        }
    }

    /// Who may be a member of a case at all.
    pub(in crate::vault::scope) fn check_operator(
        &self,
        operator: &OperatorId,
    ) -> Result<(), OperationError> {
        let row =
            operator_rows::find(self.connection, operator)?.ok_or(OperationError::NotFound)?;
        match row.home.stays_outside_cases() {
            true => Err(OperationError::Conflict(Conflict::OutsideCases)),
            false => Ok(()),
        }
    }
}
