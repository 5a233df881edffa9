//! Cases and their members.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::by_whom::{ByWhom, ByWhomView};
use super::integrity::IntegrityView;
use super::requests::{ComingDestruction, MembershipWanted, WaitingView};
use super::{Reading, RowsOf, Scope, WantedRows, is_known_by_alone, open_account, seal_account};
use crate::domain::{
    AccountName, CaseId, CaseRole, ExhibitId, HomeRole, Moment, OperatorId, OperatorName,
    Reference, Title, words,
};
use crate::policy::{Action, CaseState, Denial, Seat, Writes, allows_seat};
use crate::vault::call::target::Why;
use crate::vault::error::{Conflict, DataRefusal, NearMisses, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::line_report::KindCount;
use crate::vault::identity::OperatorSecrets;
use crate::vault::plaintext::{Aad, RejectKind, open_json};
use crate::vault::records::SearchedView;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::membership_rows::{self, MembershipRow};
use crate::vault::store::operator_rows::OperatorState;
use crate::vault::store::{exhibit_rows, operator_rows};

/// What is kept, sealed, of a case.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) title: String,
    reference: String,
    /// Until when the case is to be kept, in seconds; then somebody decides about its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) keep_until: Option<i64>,
    /// Who put the case on hold, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<ByWhom>,
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
    /// Whether it is open, on hold, closed or destroyed. Of a destroyed case there is its certificate.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
    /// When it was opened.
    pub opened_at: Moment,
    /// Until when it is to be kept, if a lead said so. Then leads and custodians are reminded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub keep_until: Option<Moment>,
    /// Who put it on hold, while it is and if a person did. Left out for a liaison.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hold: Option<ByWhomView>,
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
    /// How far the audit log was checked.
    pub integrity: IntegrityView,
    /// What waits for the caller in this case.
    pub waiting: Vec<WaitingView>,
    /// The columns of each exhibit that were left out at its admission. Left out for a liaison.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub left_out: Option<Vec<LeftOut>>,
    /// A destruction that was approved. Left out for a liaison.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub destruction: Option<ComingDestruction>,
}

/// What an exhibit's file had, and the vault has not.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOut {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The names of the columns that were not read.
    pub dropped_columns: Vec<String>,
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
    /// Whether a lead knows whose account it is. Without that they have no right in the case.
    pub recognised: bool,
    /// How many wrong fingerprints leads typed for the account since the vault was started, in any case; for leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub wrong_fingerprints: Option<u32>,
    /// Who lets a suspended member in again; for leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lifted_by: Option<LiftedBy>,
    /// Until then their lookups are frozen, unless another lead thaws them; for leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub frozen_until: Option<Moment>,
}

words! {
    /// Who lets a suspended member in again.
    pub enum LiftedBy {
        /// The reader lifts the suspension.
        You => "you",
        /// Somebody else than the reader, who imposed it, is the member or could be the member under another name:
        /// another lead of the case, or an administrator if another administrator imposed it.
        SomebodyElse => "somebody-else",
        /// The leads of the case name the member anew.
        Naming => "naming",
        /// A lead of the case, or an administrator with the vault's passphrase, since a lead imposed it.
        Passphrase => "passphrase",
    }
}

impl<A: Action> Scope<'_, A> {
    /// A page of the cases that the caller is a member of, newest first.
    pub fn list_cases(&mut self, wanted: &WantedRows) -> Result<RowsOf<CaseView>, OperationError> {
        let page = self.own_cases(wanted)?;
        self.note_rows(page.rows.len() as u64);
        page.try_map(|case| self.view_case(&case))
    }

    /// The case of this act.
    pub fn read_case(&mut self) -> Result<CaseView, OperationError> {
        let case = self.case_row()?;
        let mut view = self.view_case(case)?;
        if view.exhibits.is_some() && !self.core.is_destroyed(case) {
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
        let mut waiting = self.list_inbox(&WantedRows::ALL)?.rows;
        waiting.retain(|one| one.case == case.case);
        self.notes.rows = None;
        let destruction = match self.grant.role() {
            Some(CaseRole::Liaison) | None => None,
            _ => self.coming_destruction(None)?,
        };
        let left_out = match case.exhibits {
            Some(_) => Some(self.left_out()?),
            None => None,
        };
        Ok(OverviewView {
            destruction,
            left_out,
            basis,
            integrity: self.integrity()?,
            waiting,
            case,
        })
    }

    /// What the exhibits that count were admitted without.
    fn left_out(&self) -> Result<Vec<LeftOut>, OperationError> {
        let case = self.case_row()?;
        if self.core.is_destroyed(case) {
            return Ok(Vec::new());
        }
        let keys = self.core.case_keys(&case.id)?;
        let rows = exhibit_rows::list(self.connection, case.number)?.into_iter();
        let left_out = rows.map(|row| {
            let description = open_description(&keys, &row)?;
            Ok(LeftOut {
                exhibit: row.id,
                name: description.name,
                dropped_columns: description.dropped_columns,
            })
        });
        left_out.collect()
    }

    /// A page of the members of the case, by role and then by id.
    pub fn list_members(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<MemberView>, OperationError> {
        let case = self.case_row()?;
        let all = membership_rows::list(self.connection, case.number)?;
        let page = wanted.cut(all, |row| row.operator.to_string())?;
        self.note_rows(page.rows.len() as u64);
        // How somebody stands is for those who can change it.
        let leads = self.grant.role() == Some(CaseRole::Lead);
        let acting = self.acting_leads(case)?;
        page.try_map(|row| {
            let account = match &row.account {
                Some(sealed) => Some(
                    open_account(self.core, case, &row.operator, sealed)?
                        .as_str()
                        .to_owned(),
                ),
                None => None,
            };
            let lifted_by = match row.suspended {
                true => Some(self.lifted_by(case, &row, &acting, leads)?),
                false => None,
            };
            let frozen_until = self.frozen_until(case, &row)?;
            Ok(MemberView {
                name: self.operator_name(&row.operator)?,
                recognised: row.recognised,
                wrong_fingerprints: self
                    .core
                    .wrong_fingerprints
                    .of(&row.operator)
                    .filter(|_| leads && !row.recognised),
                operator: row.operator,
                role: row.role.as_str(),
                account,
                suspended: row.suspended,
                lifted_by: lifted_by.filter(|_| leads),
                frozen_until: frozen_until.filter(|_| leads),
            })
        })
    }

    fn view_case(&self, case: &CaseRow) -> Result<CaseView, OperationError> {
        let description = self.describe(case)?;
        let operator = self.operator()?;
        let member = membership_rows::find(self.connection, case.number, operator)?;
        let account = match member.as_ref().and_then(|member| member.account.as_ref()) {
            Some(sealed) if !self.core.is_destroyed(case) => {
                Some(open_account(self.core, case, operator, sealed)?)
            }
            _ => None,
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
        let hold = match told {
            true => self.hold_view(&description)?,
            false => None,
        };
        Ok(CaseView {
            case: case.id.clone(),
            title: description.title,
            reference: description.reference,
            state: match self.core.is_destroyed(case) {
                true => CaseState::Destroyed.as_str(),
                false => case.state.as_str(),
            },
            opened_at: case.opened_at,
            hold,
            keep_until: description.keep_until.map(Moment::from_seconds),
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
        keep_until: Option<Moment>,
    ) -> Result<CaseId, OperationError> {
        let operator = self.operator()?;
        let case = CaseId::from_random(self.core.draw()?);
        {
            // The key is on disk before the row is: a crash between the two leaves a key without a
            // case, which harms nobody; a case without a key could never be read.
            let mut keyring = self.core.keyring_to_change()?;
            keyring.add_case(&case, &*self.core.entropy)?;
            self.notes.generation = Some(keyring.generation());
        }
        let keys = self.core.case_keys(&case)?;
        let description = Description {
            title: title.as_str().to_owned(),
            reference: reference.as_str().to_owned(),
            keep_until: keep_until.map(Moment::seconds),
            hold: None,
        };
        let aad = Aad::case_description(&self.core.vault, &case);
        let sealed = self
            .core
            .seal_json(keys.descriptions(), &aad, &description)?;
        let number = case_rows::insert(self.transaction()?, &case, &sealed, self.now)?;
        membership_rows::upsert(self.transaction()?, number, operator, CaseRole::Lead, None)?;
        // Nothing is in it yet, and nothing gets in but by somebody who read their fingerprint out to its lead.
        membership_rows::recognise(self.transaction()?, number, operator, operator, self.now)?;
        self.notes.case = Some(case.clone());
        Ok(case)
    }

    /// Sets until when the case is to be kept, or that nothing says so.
    pub fn set_retention(&mut self, until: Option<Moment>) -> Result<(), OperationError> {
        let mut description = self.describe(self.case_row()?)?;
        let before = description.keep_until.map(Moment::from_seconds);
        description.keep_until = until.map(Moment::seconds);
        self.note_detail(json!({ "before": before, "keep_until": until }));
        self.describe_anew(&description)
    }

    /// Keeps who put the case on hold and why, or that it is on hold no more.
    pub(super) fn note_hold(&mut self, why: Option<&Why>) -> Result<(), OperationError> {
        let mut description = self.describe(self.case_row()?)?;
        description.hold = match why {
            Some(why) => Some(ByWhom::of(self.operator()?, self.now, why.reason.as_str())),
            None => None,
        };
        self.describe_anew(&description)
    }

    fn describe_anew(&self, description: &Description) -> Result<(), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let aad = Aad::case_description(&self.core.vault, &case.id);
        let sealed = self
            .core
            .seal_json(keys.descriptions(), &aad, description)?;
        Ok(case_rows::describe(
            self.transaction()?,
            case.number,
            &sealed,
        )?)
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

    /// Gives the role; whoever calls this has decided it. A suspended member is let in again. What the member approved,
    /// nobody used, and the new role could not approve, is stopped. Whoever was recognised
    /// stays so, but where the role needs a second factor or a passkey that they do not have: whoever has only their
    /// password could set that up and be in the role, so a lead recognises them once they have it.
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
        self.stop_beyond(case, &wanted.operator, wanted.role)?;
        membership_rows::upsert(
            self.transaction()?,
            case.number,
            &wanted.operator,
            wanted.role,
            sealed.as_deref(),
        )?;
        if self.lacks_for(wanted.role, &wanted.operator)? {
            membership_rows::unrecognise(self.transaction()?, case.number, &wanted.operator)?;
        }
        Ok(())
    }

    /// Stops what somebody approved in the case, nobody used, and this role of theirs could not approve.
    pub(in crate::vault::scope) fn stop_beyond(
        &mut self,
        case: &CaseRow,
        operator: &OperatorId,
        role: CaseRole,
    ) -> Result<(), OperationError> {
        let words = "whoever approved this has another role in the case now";
        let may = |action| allows_seat(action, Seat::Member(role));
        let stopped = self.stop_approved_by(case, operator, words, |kind| !may(kind.decide))?;
        if !stopped.ids.is_empty() {
            let (ended, ids) = (stopped.open, stopped.ids);
            self.note_detail(json!({ "approvals_ended": ended, "approvals": ids }));
        }
        Ok(())
    }

    /// Ends a member's rights in the case, until another lead gives some again, and stops what they approved and nobody
    /// used. A lead's suspension takes the place of an earlier one; an administrator's takes nobody's place, so that an
    /// administrator never gets to be who imposed what a lead imposed.
    pub fn suspend_member(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        let before = member.suspended.then_some(member.suspended_by);
        if before.is_some() && self.grant.role() != Some(CaseRole::Lead) {
            self.note_detail(json!({ "suspended_before_by": before }));
            return Ok(());
        }
        let words = "whoever approved this was suspended in the case";
        let stopped = self.stop_approved_by(case, operator, words, |_| true)?;
        let mut detail = json!({ "approvals_ended": stopped.open, "approvals": stopped.ids });
        if let Some(by) = before {
            detail["suspended_before_by"] = json!(by);
        }
        self.note_detail(detail);
        Ok(membership_rows::suspend(
            self.transaction()?,
            case.number,
            operator,
            Some(self.operator()?),
            self.now,
        )?)
    }

    /// Ends a membership, denies what the member asked for in the case and did not use yet, and stops what they
    /// approved and nobody used; answers how many requests they had asked for. A lead is the second person for the
    /// others, also while they are suspended, so one lead does not get rid of another by it; one whose account has
    /// ended is nobody's second person.
    pub fn remove_member(&mut self, operator: &OperatorId) -> Result<usize, OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        if member.role == CaseRole::Lead && self.has_account(operator)? {
            return Err(self.deny(Denial::NotAllowed));
        }
        let ended = self.end_requests_of(operator)?;
        let words = "whoever approved this is no member of the case any more";
        let stopped = self.stop_approved_by(case, operator, words, |_| true)?;
        self.note_detail(json!({
            "role": member.role.as_str(),
            "requests_ended": ended.len(),
            "requests": ended,
            "approvals_ended": stopped.open,
            "approvals": stopped.ids,
        }));
        membership_rows::remove(self.transaction()?, case.number, operator)?;
        Ok(ended.len())
    }

    /// Lets a suspended lead in again, in the role that leads gave them, where leads cannot: fewer than two can act,
    /// and who suspended them is none of those. A lead of the case confirms any member whom a restore suspended. Nobody
    /// lifts what they imposed, and an administrator lifts only what another administrator imposed: else one
    /// administrator, who can suspend any lead, could undo whatever a lead imposed.
    pub fn lift_suspension(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        let acting = self.acting_leads(case)?;
        let by_lead = self.grant.role() == Some(CaseRole::Lead);
        match self.lifted_by(case, &member, &acting, by_lead)? {
            LiftedBy::Naming | LiftedBy::Passphrase => Err(self.deny(Denial::NotAllowed)),
            LiftedBy::SomebodyElse => Err(self.deny(match self.lifts_own(case, &member)? {
                true => Denial::RecognisedByAsker,
                false => Denial::OwnRequest,
            })),
            LiftedBy::You => Ok(membership_rows::lift(
                self.transaction()?,
                case.number,
                operator,
            )?),
        }
    }

    /// Lets a suspended lead in again whom nobody else can: no lead of the case can act, and the account of whoever
    /// suspended them has ended, or a restore did it. Only for an administrator who has the vault's passphrase: one
    /// without it could end that account and so undo what a lead imposed.
    pub fn let_in(&mut self, operator: &OperatorId) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        let ended = match &member.suspended_by {
            Some(by) => !self.has_account(by)?,
            // A restore suspended everybody.
            None => member.suspended,
        };
        let may = ended
            && member.role == CaseRole::Lead
            && self.grant.role().is_none()
            && !self.can_others_act(case, &member, &self.acting_leads(case)?, 1)?;
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
    /// A page of the cases that the caller is a member of, newest first. Of the others only the numbers are read.
    pub(in crate::vault) fn own_cases(
        &self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<CaseRow>, OperationError> {
        let after = match &wanted.after {
            Some(id) => {
                let id: Option<CaseId> = id.parse().ok();
                let row = match id {
                    Some(id) => case_rows::find(self.connection, &id)?,
                    None => None,
                };
                let unknown = || DataRefusal::OtherPage.at("after");
                Some(row.ok_or_else(unknown)?.number.0.to_string())
            }
            None => None,
        };
        let numbers = membership_rows::case_numbers_of(self.connection, self.operator()?)?;
        let wanted = WantedRows {
            after,
            limit: wanted.limit,
        };
        let page = wanted.cut(numbers, |number| number.0.to_string())?;
        let mut rows = Vec::with_capacity(page.rows.len());
        for number in page.rows {
            rows.extend(case_rows::find_by_number(self.connection, number)?);
        }
        let last = rows.last().filter(|_| page.next.is_some());
        let next = last.map(|case: &CaseRow| case.id.to_string());
        Ok(RowsOf { rows, next })
    }

    /// Title and reference of a case.
    pub(super) fn describe(&self, case: &CaseRow) -> Result<Description, OperationError> {
        if self.core.is_destroyed(case) {
            let remains = self.remains(case)?;
            return Ok(Description {
                title: remains.title,
                reference: remains.reference,
                keep_until: None,
                hold: None,
            });
        }
        let keys = self.core.case_keys(&case.id)?;
        let aad = Aad::case_description(&self.core.vault, &case.id);
        open_json(keys.descriptions(), &aad, &case.sealed, "case description")
    }

    /// Who put the case of this act on hold.
    pub(super) fn hold(&self) -> Result<Option<ByWhomView>, OperationError> {
        self.hold_view(&self.describe(self.case_row()?)?)
    }

    fn hold_view(&self, description: &Description) -> Result<Option<ByWhomView>, OperationError> {
        let hold = description.hold.as_ref();
        hold.map(|hold| hold.view(self, "case description"))
            .transpose()
    }

    /// Title and reference of a case, for what is left of it.
    pub(in crate::vault::scope) fn named(
        &self,
        case: &CaseRow,
    ) -> Result<(String, String), OperationError> {
        let description = self.describe(case)?;
        Ok((description.title, description.reference))
    }

    /// Until when a case was to be kept, if that is over and no hold keeps it.
    pub(in crate::vault::scope) fn kept_too_long(
        &self,
        case: &CaseRow,
    ) -> Result<Option<Moment>, OperationError> {
        if case.state == CaseState::Held {
            return Ok(None);
        }
        let until = self.describe(case)?.keep_until.map(Moment::from_seconds);
        Ok(until.filter(|until| *until <= self.now))
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

    /// Whether somebody lacks a second factor or a passkey that this role in a case needs. A code that was never used
    /// is none: the password alone replaces it.
    pub(super) fn lacks_for(
        &self,
        role: CaseRole,
        operator: &OperatorId,
    ) -> Result<bool, OperationError> {
        let row =
            operator_rows::find(self.connection, operator)?.ok_or(OperationError::NotFound)?;
        let needed = self.core.settings.needed([Seat::Member(role)]);
        let needs_code = needed.factor && row.totp_step == 0;
        if !needed.passkey && !needs_code {
            return Ok(false);
        }
        let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        Ok(secrets.passkeys.is_empty())
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

    /// Who lets a member in again who was suspended, or is not. `acting` are the leads who can act; the reader is one
    /// of the case if they are there `as_lead`, else an administrator. An account of the OpenID provider for which the
    /// member alone stands does not count: both can be one person.
    pub(in crate::vault::scope) fn lifted_by(
        &self,
        case: &CaseRow,
        member: &MembershipRow,
        acting: &[OperatorId],
        as_lead: bool,
    ) -> Result<LiftedBy, OperationError> {
        let own = self.caller.operator_id() == Some(&member.operator);
        if member.suspended && member.suspended_by.is_none() {
            return Ok(match (as_lead, own || self.lifts_own(case, member)?) {
                (true, false) => LiftedBy::You,
                (true, true) => LiftedBy::SomebodyElse,
                // One lead comes back by the passphrase, and confirms the others.
                (false, _) => LiftedBy::Passphrase,
            });
        }
        let imposed_by = member
            .suspended_by
            .as_ref()
            .filter(|by| member.role == CaseRole::Lead && !acting.contains(by));
        let Some(by) = imposed_by else {
            return Ok(LiftedBy::Naming);
        };
        if self.can_others_act(case, member, acting, 2)? {
            return Ok(LiftedBy::Naming);
        }
        if !as_lead && !self.is_administrator(by)? {
            return Ok(LiftedBy::Passphrase);
        }
        let imposed = self.caller.operator_id() == Some(by);
        Ok(match own || imposed || self.lifts_own(case, member)? {
            true => LiftedBy::SomebodyElse,
            false => LiftedBy::You,
        })
    }

    /// Whether the reader could be the suspended member under another name: one of the two came by the OpenID provider,
    /// and nobody but the other one stands for whose account that is. Whoever stands for a member also confirms them
    /// after a restore, and lets them in where a lead imposed it who cannot act: nobody else may be there who could.
    fn lifts_own(&self, case: &CaseRow, member: &MembershipRow) -> Result<bool, OperationError> {
        let Some(reader) = self.caller.operator_id() else {
            return Ok(false);
        };
        if is_known_by_alone(self.connection, case.number, reader, &member.operator)? {
            return Ok(true);
        }
        let by_administrator = match &member.suspended_by {
            Some(by) => self.is_administrator(by)?,
            None => false,
        };
        Ok(by_administrator
            && is_known_by_alone(self.connection, case.number, &member.operator, reader)?)
    }

    /// Whether so many of the leads who can act could not be the member under another name.
    fn can_others_act(
        &self,
        case: &CaseRow,
        member: &MembershipRow,
        acting: &[OperatorId],
        count: usize,
    ) -> Result<bool, OperationError> {
        let mut others = 0;
        for lead in acting {
            let known = is_known_by_alone(self.connection, case.number, lead, &member.operator)?;
            others += usize::from(!known);
        }
        Ok(others >= count)
    }

    /// The leads of a case who can do something in it now.
    pub(in crate::vault::scope) fn acting_leads(
        &self,
        case: &CaseRow,
    ) -> Result<Vec<OperatorId>, OperationError> {
        let mut acting = Vec::new();
        for member in membership_rows::list(self.connection, case.number)? {
            if member.role == CaseRole::Lead && member.counts() {
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
