//! `PUT /cases/{case}/members/{operator}`: give an operator a role in a case, or ask another lead to.

use serde_json::Value;

use crate::domain::CaseId;
use crate::operations::membership::{NameMemberInput, NamedMember, NamedState};
use crate::operations::two_person::{Requested, TwoPerson};
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{Membership, MembershipWanted};
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Gives an operator a role in a case, or changes it.
pub struct NameMember {
    case: CaseId,
    wanted: MembershipWanted,
    why: Why,
}

impl Operation for NameMember {
    type Action = actions::NameMember;
    type Answer = NamedMember;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.wanted.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        Membership::detail(&self.wanted)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        self.wanted.check(asking)?;
        asking.room_for::<Membership>()
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<NamedMember, OperationError> {
        if scope.has_other_leads()? {
            let (id, expires_at) = scope.ask::<Membership>(self.wanted, &self.why, None)?;
            return Ok(Requested::<Membership> { id, expires_at }.into());
        }
        scope.name_member(&self.wanted)?;
        Ok(NamedMember {
            state: NamedState::Given,
            membership: None,
            expires_at: None,
        })
    }
}

impl Request for NameMember {
    type Input = NameMemberInput;
    const DOCS: Docs = Membership::DOCS.ask;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Membership::about(ids)
    }

    fn read(ids: &Ids, input: NameMemberInput) -> Result<Self, OperationError> {
        let (wanted, why) = Membership::wanted(ids, input)?;
        Ok(Self {
            case: ids.case()?,
            wanted,
            why,
        })
    }
}
