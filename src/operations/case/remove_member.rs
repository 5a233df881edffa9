//! `DELETE /cases/{case}/members/{operator}`: somebody is no member of the case any more.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::OperatorId;
use crate::operations::Docs;
use crate::operations::on_member::{ActOnMember, AskedOverApi, OnMember};
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::Scope;

/// Removes a member from a case.
pub type RemoveMember = OnMember<Removal>;

/// The removal of a member.
pub enum Removal {}

/// Somebody who is no member any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRemoved {
    /// How many open requests of theirs in this case ended with it, as denied.
    pub requests_ended: usize,
}

impl ActOnMember for Removal {
    type Action = actions::RemoveMember;
    type With = ();
    type Answer = MemberRemoved;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        (): &(),
    ) -> Result<MemberRemoved, OperationError> {
        let requests_ended = scope.remove_member(operator)?;
        Ok(MemberRemoved { requests_ended })
    }
}

impl AskedOverApi for Removal {
    const DOCS: Docs = Docs {
        id: "removeMember",
        tag: "Cases",
        summary: "Remove a member from a case",
        description: "The operator is no member of the case any more, at once. What they asked for in it and was not \
            used yet is denied, and what they approved and nobody used is stopped. Both stay so if they become a \
            member again, for which another lead decides as for anybody. A lead can do this. A lead is not removed by \
            one person: two leads give them another role first (`PUT /cases/{case}/members/{operator}`), unless their account has ended.",
        request: r#"{"reason": "she works on another case now"}"#,
        answer: r#"{"requests_ended": 1}"#,
        problems: &["not-found", "own-membership"],
    };
}
