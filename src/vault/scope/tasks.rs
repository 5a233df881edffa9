//! What waits for somebody and is no request: a clock in doubt, lookups that are frozen, leads who are suspended,
//! members whom nobody has recognised, cases that were to be kept until a date, destroyed cases that cannot be ended,
//! erasures that cannot be ended, a change of the keyring's slots, recoveries, keys that are due.

use serde::Serialize;
use utoipa::ToSchema;

use super::cases::LiftedBy;
use super::{Reading, Scope};
use crate::domain::{CaseId, CaseRole, HomeRole, Moment, OperatorId, OperatorName, Title, words};
use crate::policy::{Action, ActionKind, Seat, allows_seat, allows_state};
use crate::vault::OperationError;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::membership_rows::{self, MembershipRow};
use crate::vault::store::operator_rows::{self, OperatorState};

words! {
    /// What is to be done.
    pub enum TaskKind {
        /// Two people accept the time of the machine's clock.
        Clock => "clock",
        /// A lead thaws the lookups of somebody else.
        Thaw => "thaw",
        /// A lead recognises a member who has enrolled.
        Recognition => "recognition",
        /// Somebody lets a suspended lead in again, or confirms a member after a restore.
        Suspension => "suspension",
        /// A case was to be kept until then: a lead asks for its destruction, or sets another date.
        Retention => "retention",
        /// The last backup failed, or there is none; an administrator looks at the host.
        Backup => "backup",
        /// Keys or rows of a destroyed case could not be deleted; an administrator looks at the host.
        Destruction => "destruction",
        /// What is stored of an erased number could not be overwritten; an administrator looks at the host.
        Erasure => "erasure",
        /// A change of the keyring's slots: another administrator decides it, or whoever asked carries it out.
        Slots => "slots",
        /// Somebody recovers an account whose passkeys are said to be lost: ask the person, and stop it if it is not
        /// them.
        Recovery => "recovery",
        /// A key is as old as it may be, or the certificate ends soon; an administrator makes a new one.
        Keys => "keys",
    }
}

/// Something that waits and is no request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskView {
    /// What is to be done.
    pub kind: TaskKind,
    /// Whether the reader can do it. If not, it concerns the reader and somebody else does it.
    pub yours: bool,
    /// The case, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub case: Option<CaseId>,
    /// The title of the case, for its members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Title, required = false)]
    pub title: Option<String>,
    /// Whom it is done to, if to somebody; of a change of the keyring's slots, who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub operator: Option<OperatorId>,
    /// The name of that operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorName, required = false)]
    pub name: Option<String>,
    /// Until when it lasts by itself, if it ends by itself. Of a recovery: from when a new passkey can be enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub until: Option<Moment>,
}

impl<A: Action> Scope<'_, A> {
    /// What waits for the caller in the vault and in all their cases, but for requests.
    pub fn list_tasks(&mut self) -> Result<Vec<TaskView>, OperationError> {
        let operator = self.operator()?;
        let home = self.home_role()?;
        let mut all = Vec::new();
        let in_vault = |action| allows_seat(action, Seat::Home(home));
        if in_vault(ActionKind::AcceptTime) && self.core.clock.report().in_doubt() {
            let by = self.core.clock.proposed_by();
            let own = by.as_deref() == Some(operator.as_str());
            let by: Option<OperatorId> = by.and_then(|by| by.parse().ok());
            let may = match &by {
                Some(by) => self.is_somebody_beside(by)?,
                None => self.is_vouched_for_here()?,
            };
            all.push(TaskView {
                yours: !own && may,
                ..TaskView::of(TaskKind::Clock)
            });
        }
        let backups = self.core.backups.report();
        if home == HomeRole::Administrator && backups.failed_at.is_some() {
            all.push(TaskView {
                yours: true,
                ..TaskView::of(TaskKind::Backup)
            });
        }
        let held_up = self.core.held_up.all();
        if home == HomeRole::Administrator {
            all.extend(held_up.iter().map(|one| TaskView {
                yours: true,
                case: Some(one.case.clone()),
                ..TaskView::of(TaskKind::Destruction)
            }));
        }
        let erasures = self.core.erasures_held_up.all();
        if home == HomeRole::Administrator {
            all.extend(erasures.iter().map(|one| TaskView {
                yours: true,
                case: Some(one.case.clone()),
                ..TaskView::of(TaskKind::Erasure)
            }));
        }
        if in_vault(ActionKind::DecideSlotChange)
            && let Some((asker, until)) = self.slot_change_for_caller()?
        {
            all.push(TaskView {
                yours: true,
                name: Some(self.operator_name(&asker)?),
                operator: Some(asker),
                until: Some(until),
                ..TaskView::of(TaskKind::Slots)
            });
        }
        if in_vault(ActionKind::StopRecovery) && self.is_vouched_for_here()? {
            for (operator, name, until) in self.recovering()? {
                all.push(TaskView {
                    yours: true,
                    operator: Some(operator),
                    name: Some(name),
                    until: Some(until),
                    ..TaskView::of(TaskKind::Recovery)
                });
            }
        }
        if in_vault(ActionKind::RequestSlotChange) && self.key_dues()?.iter().any(|one| one.due) {
            all.push(TaskView {
                yours: true,
                ..TaskView::of(TaskKind::Keys)
            });
        }
        if in_vault(ActionKind::LiftSuspension) {
            self.add_imposed_by_administrators(&mut all)?;
        }
        for case in membership_rows::cases_of(self.connection, operator)? {
            let Some(member) = membership_rows::find(self.connection, case.number, operator)?
            else {
                continue;
            };
            let seat = Seat::Member(member.role);
            if self.core.is_destroyed(&case) {
                if allows_seat(ActionKind::StopDestruction, seat)
                    && held_up.iter().any(|one| one.case == case.id)
                {
                    all.push(TaskView {
                        title: Some(self.remains(&case)?.title),
                        case: Some(case.id),
                        ..TaskView::of(TaskKind::Destruction)
                    });
                }
                continue;
            }
            let title = self.describe(&case)?.title;
            if allows_seat(ActionKind::ReadErasure, seat)
                && erasures.iter().any(|one| one.case == case.id)
            {
                all.push(TaskView {
                    case: Some(case.id.clone()),
                    title: Some(title.clone()),
                    ..TaskView::of(TaskKind::Erasure)
                });
            }
            if allows_seat(ActionKind::StopDestruction, seat)
                && let Some(until) = self.kept_too_long(&case)?
            {
                all.push(TaskView {
                    yours: allows_seat(ActionKind::RequestDestruction, seat),
                    case: Some(case.id.clone()),
                    title: Some(title.clone()),
                    until: Some(until),
                    ..TaskView::of(TaskKind::Retention)
                });
            }
            let thaws = allows_seat(ActionKind::ThawLookups, seat)
                && allows_state(ActionKind::ThawLookups, case.state);
            let frozen = match thaws {
                true => membership_rows::list(self.connection, case.number)?,
                false => vec![member],
            };
            for one in frozen {
                if let Some(until) = self.frozen_until(&case, &one)? {
                    all.push(TaskView {
                        yours: thaws && one.operator != *operator,
                        until: Some(until),
                        ..self.task_of(TaskKind::Thaw, &case, Some(&title), &one)?
                    });
                }
            }
            if allows_seat(ActionKind::RecogniseMember, seat) {
                self.add_unrecognised(&case, &title, &mut all)?;
            }
            if allows_seat(ActionKind::LiftSuspension, seat) {
                self.add_suspensions(&case, &title, &mut all)?;
            }
        }
        Ok(all)
    }
}

impl Reading<'_> {
    /// The leads whom other administrators suspended and whom the caller lets in as an administrator, who knows no
    /// title. They are found by who imposed it, so that no case is looked at in which there is none.
    fn add_imposed_by_administrators(&self, all: &mut Vec<TaskView>) -> Result<(), OperationError> {
        for operator in operator_rows::list(self.connection)? {
            if operator.home != HomeRole::Administrator {
                continue;
            }
            for (number, member) in membership_rows::suspended_by(self.connection, &operator.id)? {
                let case = case_rows::find_by_number(self.connection, number)?;
                let Some(case) = case.filter(|case| !self.core.is_destroyed(case)) else {
                    continue;
                };
                let acting = self.acting_leads(&case)?;
                if member.role == CaseRole::Lead
                    && self.lifted_by(&case, &member, &acting, false)? == LiftedBy::You
                {
                    all.push(TaskView {
                        yours: true,
                        ..self.task_of(TaskKind::Suspension, &case, None, &member)?
                    });
                }
            }
        }
        Ok(())
    }

    /// The members of a case who have enrolled and whom nobody has recognised.
    fn add_unrecognised(
        &self,
        case: &CaseRow,
        title: &str,
        all: &mut Vec<TaskView>,
    ) -> Result<(), OperationError> {
        let mut members = membership_rows::list(self.connection, case.number)?;
        members.retain(|member| !member.recognised && !member.suspended);
        for member in members {
            let operator = operator_rows::find(self.connection, &member.operator)?;
            if operator.is_some_and(|operator| operator.state == OperatorState::Active) {
                all.push(TaskView {
                    yours: true,
                    ..self.task_of(TaskKind::Recognition, case, Some(title), &member)?
                });
            }
        }
        Ok(())
    }

    /// The suspended leads of a case, and whom a restore suspended, whom the caller lets in as a lead who knows its
    /// title.
    fn add_suspensions(
        &self,
        case: &CaseRow,
        title: &str,
        all: &mut Vec<TaskView>,
    ) -> Result<(), OperationError> {
        let mut suspended = membership_rows::list(self.connection, case.number)?;
        suspended.retain(|member| {
            let by_restore = member.suspended_by.is_none();
            member.suspended && (by_restore || member.role == CaseRole::Lead)
        });
        if suspended.is_empty() {
            return Ok(());
        }
        let acting = self.acting_leads(case)?;
        for member in suspended {
            if self.lifted_by(case, &member, &acting, true)? == LiftedBy::You {
                all.push(TaskView {
                    yours: true,
                    ..self.task_of(TaskKind::Suspension, case, Some(title), &member)?
                });
            }
        }
        Ok(())
    }

    fn task_of(
        &self,
        kind: TaskKind,
        case: &CaseRow,
        title: Option<&str>,
        member: &MembershipRow,
    ) -> Result<TaskView, OperationError> {
        Ok(TaskView {
            case: Some(case.id.clone()),
            title: title.map(str::to_owned),
            name: Some(self.operator_name(&member.operator)?),
            operator: Some(member.operator.clone()),
            ..TaskView::of(kind)
        })
    }
}

impl TaskView {
    fn of(kind: TaskKind) -> Self {
        Self {
            kind,
            yours: false,
            case: None,
            title: None,
            operator: None,
            name: None,
            until: None,
        }
    }
}
