//! What somebody does to another member of a case, with a reason: the same for every such act.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Docs, Ids, Request, only_reason};
use crate::domain::{CaseId, OperatorId, Reason};
use crate::policy::Action;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// One kind of act on a member. Nobody does it to themselves.
pub trait ActOnMember: Send + Sync + 'static {
    /// The right to do it.
    type Action: Action;
    /// What it takes beside whom and why.
    type With: Send + 'static;
    /// What came of it.
    type Answer: Serialize + ToSchema + Send + 'static;

    /// Does it.
    ///
    /// # Errors
    ///
    /// `NotFound` if the operator is no member; others of its kind.
    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        with: &Self::With,
    ) -> Result<Self::Answer, OperationError>;
}

/// One of them that is done over the API.
pub trait AskedOverApi: ActOnMember<With = ()> {
    /// What the API's description says.
    const DOCS: Docs;
}

/// An act of this kind on a member of a case.
pub struct OnMember<K: ActOnMember> {
    case: CaseId,
    operator: OperatorId,
    with: K::With,
    why: Why,
}

/// Why it is done to the member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnMemberInput {
    /// Why it is done to the member.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl<K: ActOnMember> OnMember<K> {
    /// The act on this member of this case, with what it takes.
    pub fn with(case: CaseId, operator: OperatorId, with: K::With, why: Why) -> Self {
        Self {
            case,
            operator,
            with,
            why,
        }
    }
}

impl<K: ActOnMember<With = ()>> OnMember<K> {
    /// The act on this member of this case.
    pub fn new(case: CaseId, operator: OperatorId, why: Why) -> Self {
        Self::with(case, operator, (), why)
    }
}

impl<K: ActOnMember> Operation for OnMember<K> {
    type Action = K::Action;
    type Answer = K::Answer;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<K::Answer, OperationError> {
        K::act(scope, &self.operator, &self.with)
    }
}

impl<K: AskedOverApi> Request for OnMember<K> {
    type Input = OnMemberInput;
    const DOCS: Docs = K::DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: OnMemberInput) -> Result<Self, OperationError> {
        let why = only_reason(&input.reason)?;
        Ok(Self::new(ids.case()?, ids.operator()?, why))
    }
}
