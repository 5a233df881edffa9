//! `POST /cases/{case}/members/{operator}/recognition`: a lead types the fingerprint that the owner of an account reads
//! out.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::schema::SpokenFingerprint;
use crate::domain::{OperatorId, Reason};
use crate::operations::on_member::{ActOnMember, OnMember};
use crate::operations::{Docs, Done, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::identity::Fingerprint;
use crate::vault::scope::Scope;
use crate::vault::{OperationError, Target};

/// Recognises a member of a case. It takes the fingerprint that they read out.
pub type RecogniseMember = OnMember<Recognition>;

/// The recognition of a member.
pub enum Recognition {}

/// What the owner of the account read out, and how it was heard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecognitionInput {
    /// What the owner of the account read out.
    #[schema(value_type = SpokenFingerprint)]
    pub fingerprint: String,
    /// How the lead knows who read it out, such as by telephone or in person.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl ActOnMember for Recognition {
    type Action = actions::RecogniseMember;
    type With = Fingerprint;
    type Answer = Done;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        typed: &Fingerprint,
    ) -> Result<Done, OperationError> {
        scope.recognise_member(operator, typed)?;
        Ok(Done)
    }
}

impl Request for RecogniseMember {
    type Input = RecognitionInput;
    const DOCS: Docs = Docs {
        id: "recogniseMember",
        tag: "Cases",
        summary: "Recognise a member of a case",
        description: "Whoever is named as a member has no right in the case until a lead of it types the fingerprint \
            that `GET /me` shows to the owner of the account. They read it out to the lead, face to face or by a \
            telephone number that the lead knows. So somebody else who used the invitation is nobody. After a reset of \
            the second factor the account has another fingerprint, and is recognised anew in each case. A wrong \
            fingerprint raises an alarm. Nobody recognises themselves; whoever opens a case is recognised in it.",
        request: r#"{"fingerprint": "7K3M-9QTX-2BWD", "reason": "she read it out by telephone; I know her voice"}"#,
        answer: "{}",
        problems: &["not-found", "own-membership", "wrong-fingerprint"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: RecognitionInput) -> Result<Self, OperationError> {
        let why = only_reason(&input.reason)?;
        let rule = "must be three groups of four letters or digits, such as 7K3M-9QTX-2BWD";
        let typed = Fingerprint::parse(&input.fingerprint)
            .map_err(|_| OperationError::invalid("fingerprint", rule))?;
        Ok(Self::with(ids.case()?, ids.operator()?, typed, why))
    }
}
