//! `POST /cases/{case}/members/{operator}/suspension`: a member's rights in a case end at once.

use crate::domain::OperatorId;
use crate::operations::on_member::{ActOnMember, AskedOverApi, OnMember};
use crate::operations::{Docs, Done};
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::Scope;

/// Ends a member's rights in a case at once.
pub type SuspendMember = OnMember<Suspension>;

/// The suspension of a member.
pub enum Suspension {}

impl ActOnMember for Suspension {
    type Action = actions::SuspendMember;
    type With = ();
    type Answer = Done;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        (): &(),
    ) -> Result<Done, OperationError> {
        scope.suspend_member(operator)?;
        Ok(Done)
    }
}

impl AskedOverApi for Suspension {
    const DOCS: Docs = Docs {
        id: "suspendMember",
        tag: "Cases",
        summary: "Suspend a member of a case",
        description: "The member's rights in the case end at once, and what they approved and nobody used is stopped \
            for good. A lead or an administrator can do this. \
            If the member is suspended already, a lead takes the place of whoever suspended them, and an \
            administrator does not. \
            To let them in again is to give rights: a lead names them, and another lead decides. Where \
            fewer than two leads can act, see `liftSuspension`.",
        request: r#"{"reason": "the account was misused"}"#,
        answer: "{}",
        problems: &["not-found", "own-membership"],
    };
}
