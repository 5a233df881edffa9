//! `PUT /cases/{case}/members/{operator}`: what a lead sends to ask for a role, and what comes back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{AccountName, CaseRole, MembershipId, Moment, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Membership, MembershipWanted};
use crate::vault::{OperationError, Target, Why};

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
    const DOCS: StepDocs = docs::STEPS;
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
