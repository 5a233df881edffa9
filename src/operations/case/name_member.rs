//! `PUT /cases/{case}/members/{operator}`: give an operator a role in a case.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{AccountName, CaseId, CaseRole, OperatorId};
use crate::operations::{Docs, Done, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Gives an operator a role in a case, or changes it.
pub struct NameMember {
    case: CaseId,
    operator: OperatorId,
    role: CaseRole,
    account: Option<AccountName>,
}

/// The role of a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameMemberInput {
    /// The role of the operator in this case.
    #[schema(value_type = CaseRole)]
    pub role: String,
    /// The one account a liaison speaks for.
    #[schema(value_type = Option<AccountName>)]
    pub account: Option<String>,
}

impl Operation for NameMember {
    type Action = actions::NameMember;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.operator.clone())
    }

    fn detail(&self) -> Value {
        json!({ "role": self.role.as_str(), "account": self.account.as_ref().map(AccountName::as_str) })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.name_member(&self.operator, self.role, self.account.as_ref())?;
        Ok(Done)
    }
}

impl Request for NameMember {
    type Input = NameMemberInput;
    const DOCS: Docs = Docs {
        id: "nameMember",
        tag: "Cases",
        summary: "Give an operator a role in a case",
        description: "Adds a member, or changes a role. A liaison speaks for one account and sees that \
            alone.",
        request: r#"{"role": "liaison", "account": "acme"}"#,
        answer: "{}",
        problems: &[
            "not-found",
            "case-closed",
            "outside-cases",
            "own-membership",
        ],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: NameMemberInput) -> Result<Self, OperationError> {
        let role = input.role.parse().map_err(|_| {
            OperationError::invalid("role", "must be investigator, lead, custodian or liaison")
        })?;
        let account = input
            .account
            .map(|name| {
                AccountName::parse(&name).map_err(|error| OperationError::invalid("account", error))
            })
            .transpose()?;
        Ok(Self {
            case: ids.case()?,
            operator: ids.operator()?,
            role,
            account,
        })
    }
}
