//! Memberships: a role in a case that one lead asks for and another one gives.
//!
//! The request is bound to the role that the operator has in the case now, and to whether they are suspended. The
//! decision that approves gives the role.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::{damaged, parsed};
use crate::domain::{AccountName, CaseRole, MembershipId, OperatorId, OperatorName};
use crate::policy::{Denial, actions};
use crate::vault::keyring::RequestDigest;
use crate::vault::scope::{Asking, Reading, Scope, is_known_by_alone};
use crate::vault::store::membership_rows;
use crate::vault::{OperationError, Settings};

/// Giving somebody a role in a case.
pub enum Membership {}

/// Who should get which role. A liaison is bound to an account, nobody else is.
pub struct MembershipWanted {
    /// Who gets the role.
    pub operator: OperatorId,
    /// The role in the case.
    pub role: CaseRole,
    /// The one account a liaison speaks for.
    pub account: Option<AccountName>,
    /// The lead knows that no exhibit has that account.
    pub account_not_in_log: bool,
}

/// What is sealed of a membership, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembershipBody {
    operator: String,
    role: String,
    account: Option<String>,
    /// When it was asked, no exhibit had the account.
    #[serde(default)]
    account_not_in_log: bool,
}

/// A request as leads see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipView {
    /// The id of the membership.
    pub membership: MembershipId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The id of the operator who would get the role.
    #[schema(value_type = OperatorId)]
    pub operator: String,
    /// The operator's name.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// The role that the operator would get.
    #[schema(value_type = CaseRole)]
    pub role: String,
    /// The account a liaison would be bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AccountName, required = false)]
    pub account: Option<String>,
    /// Present and true if no exhibit had that account when this was asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub account_not_in_log: bool,
}

impl MembershipWanted {
    /// A liaison is bound to an account, nobody else is; nobody names themselves.
    pub fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)?;
        match (self.role == CaseRole::Liaison) == self.account.is_some() {
            true => Ok(()),
            false => {
                let rule = "a liaison, and nobody else, needs one";
                Err(OperationError::invalid("account", rule))
            }
        }
    }
}

impl MembershipBody {
    fn wanted(&self) -> Result<MembershipWanted, OperationError> {
        Ok(MembershipWanted {
            operator: self.operator.parse().map_err(|_| damaged())?,
            role: self.role.parse().map_err(|_| damaged())?,
            account: parsed(self.account.as_deref())?,
            account_not_in_log: self.account_not_in_log,
        })
    }
}

impl seal::Listed for Membership {}

impl RequestKind for Membership {
    type Id = MembershipId;
    type Ask = actions::NameMember;
    type List = actions::ListMemberships;
    type Read = actions::ReadMembership;
    type Decide = actions::DecideMembership;
    type Wanted = MembershipWanted;
    type Counted = ();
    type Body = MembershipBody;
    type After = ();
    type View = MembershipView;

    fn check(wanted: &MembershipWanted, asking: &Asking<'_>) -> Result<(), OperationError> {
        wanted.check(asking)
    }

    const AT_ONCE: bool = true;

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn body(
        reading: &Reading<'_>,
        wanted: MembershipWanted,
        _: Option<&()>,
    ) -> Result<MembershipBody, OperationError> {
        reading.not_oneself(&wanted.operator)?;
        reading.check_member(&wanted)?;
        Ok(MembershipBody {
            account_not_in_log: reading.account_in_log(&wanted)?.is_some(),
            operator: wanted.operator.to_string(),
            role: wanted.role.as_str().to_owned(),
            account: wanted.account.map(|name| name.as_str().to_owned()),
        })
    }

    fn bind(
        reading: &Reading<'_>,
        body: &MembershipBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        let (case, wanted) = (reading.case_row()?, body.wanted()?);
        let now = membership_rows::find(reading.connection, case.number, &wanted.operator)?;
        let role = now.as_ref().map_or("", |member| member.role.as_str());
        digest.part(role.as_bytes());
        digest.part(&[u8::from(now.is_some_and(|member| member.suspended))]);
        Ok(())
    }

    fn stated(body: &MembershipBody) -> Vec<(&'static str, String)> {
        vec![
            ("operator", body.operator.clone()),
            ("role", body.role.clone()),
        ]
    }

    fn touched(body: &MembershipBody) -> Touched<'_> {
        Touched {
            rows: 1,
            subjects: &[],
            detail: json!({ "operator": body.operator, "role": body.role }),
        }
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideMembership>,
        body: &MembershipBody,
    ) -> Result<(), OperationError> {
        let (case, wanted) = (scope.case_row()?, body.wanted()?);
        // Nobody says yes to a role of their own, also not under another name.
        let decider = scope.operator()?;
        if is_known_by_alone(scope.connection, case.number, decider, &wanted.operator)? {
            return Err(scope.deny(Denial::RecognisedByAsker));
        }
        scope.give_role(&wanted)
    }

    fn member(
        reading: &Reading<'_>,
        body: &MembershipBody,
    ) -> Result<Option<(String, String)>, OperationError> {
        let name = reading.operator_name(&body.wanted()?.operator)?;
        Ok(Some((name, body.role.clone())))
    }

    fn view(
        reading: &Reading<'_>,
        id: MembershipId,
        asked: AskedView,
        body: MembershipBody,
        (): (),
    ) -> Result<MembershipView, OperationError> {
        Ok(MembershipView {
            membership: id,
            asked,
            name: reading.operator_name(&body.wanted()?.operator)?,
            operator: body.operator,
            role: body.role,
            account: body.account,
            account_not_in_log: body.account_not_in_log,
        })
    }
}
