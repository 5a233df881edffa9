//! Roles in a case that two leads give: one lead asks by naming a member (`case::NameMember`), and another one
//! decides.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{AccountName, CaseRole, MembershipId, Moment, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{
    AskedAt, Decide, List, Read, Requested, StepDocs, TwoPerson, step_docs,
};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Membership, MembershipWanted};
use crate::vault::{OperationError, Target, Why};

/// Lists the memberships that were asked for in a case.
pub type ListMemberships = List<Membership>;
/// Shows one membership that was asked for, as its decider sees it.
pub type ReadMembership = Read<Membership>;
/// Approves or denies a membership. If approved, the operator has the role at once.
pub type DecideMembership = Decide<Membership>;

/// The role that an operator should have in the case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameMemberInput {
    /// The role of the operator in this case.
    #[schema(value_type = CaseRole)]
    pub role: String,
    /// The one account a liaison speaks for.
    #[schema(value_type = Option<AccountName>)]
    pub account: Option<String>,
    /// Names a liaison although no exhibit has the account. Without it such a name is refused with `near_misses`.
    #[serde(default)]
    #[schema(required = false)]
    pub account_not_in_log: bool,
    /// Why; the decider reads it. It may be left out.
    #[schema(value_type = Option<Reason>)]
    pub reason: Option<String>,
}

/// The outcome: the role was given, or was requested.
#[derive(Serialize, ToSchema)]
pub struct NamedMember {
    /// Whether the operator has the role now.
    pub state: NamedState,
    /// The id of the request that another lead decides; absent if the role was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub membership: Option<MembershipId>,
    /// When the request expires if nobody decides it; absent if the role was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<Moment>,
}

/// Whether the role was given or waits for another lead's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NamedState {
    /// The operator has the role.
    Given,
    /// Another lead decides first.
    Requested,
}

impl From<Requested<Membership>> for NamedMember {
    fn from(requested: Requested<Membership>) -> Self {
        Self {
            state: NamedState::Requested,
            membership: Some(requested.id),
            expires_at: Some(requested.expires_at),
        }
    }
}

impl TwoPerson for Membership {
    const DOCS: StepDocs = STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!(
        "membership",
        "operator",
        "name",
        "role",
        "account",
        "account_not_in_log"
    );
    type Input = NameMemberInput;
    type Requested = NamedMember;
    const ASKED_AT: AskedAt = AskedAt::OtherAct;

    fn about(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn wanted(
        ids: &Ids,
        input: NameMemberInput,
    ) -> Result<(MembershipWanted, Why), OperationError> {
        let role = input.role.parse().map_err(|_| {
            OperationError::invalid("role", "must be investigator, lead, custodian or liaison")
        })?;
        let account = input
            .account
            .map(|name| {
                AccountName::parse(&name).map_err(|error| OperationError::invalid("account", error))
            })
            .transpose()?;
        let wanted = MembershipWanted {
            operator: ids.operator()?,
            role,
            account,
            account_not_in_log: input.account_not_in_log,
        };
        Ok((
            wanted,
            only_reason(input.reason.as_deref().unwrap_or(NO_REASON))?,
        ))
    }

    fn detail(wanted: &MembershipWanted) -> Value {
        json!({
            "role": wanted.role.as_str(),
            "account": wanted.account.as_ref().map(AccountName::as_str),
            "account_not_in_log": wanted.account_not_in_log,
        })
    }
}

/// The reason that is written down if the asker gave none.
const NO_REASON: &str = "no reason was given";

/// What the API's description says about these operations.
const STEPS: StepDocs = step_docs! {
    tag: "Cases",
    name: "Membership",
    many: "memberships",
    ask: {
        id: "nameMember",
        summary: "Give an operator a role in a case",
        description: "Adds a member, changes a role, or lets a suspended member in again. A liaison speaks for \
            one account and sees that alone; an account that no exhibit has is refused with the names that are near \
            to it, unless `account_not_in_log` says that this is known. While the case has no other lead, it is done \
            at once. Otherwise it is a request that another lead decides.",
        request: r#"{"role": "liaison", "account": "acme"}"#,
        answer: r#"{"state": "requested", "membership": "m_0123456789abcdefghjk", "expires_at":
            "2024-03-22T22:34:49Z"}"#,
        problems: ["outside-cases", "own-membership"],
    },
    list: {
        summary: "List the memberships that were asked for",
        description: "What was asked.",
    },
    read: {
        summary: "Read a membership that was asked for",
        description: "Who would get which role.",
        example: r#"{"membership": "m_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "reason": "she joins the team", "decision_reason": null,
            "operator": "o_0123456789abcdefghjk", "name": "investigator", "role": "investigator"}"#,
    },
    decide: {
        summary: "Decide a membership",
        description: " A lead does it. A yes gives the role at once.",
        reason: "she joins the team",
        problems: ["outside-cases"],
    },
};
