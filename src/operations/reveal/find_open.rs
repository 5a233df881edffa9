//! Which open reveals are about some people already: asked before one asks for them once more.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::plaintext::SubjectToken;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::OpenRevealView;
use crate::vault::{Operation, OperationError, Target};

/// Finds the open reveals of some people. It costs nothing.
pub struct FindOpenReveals {
    case: CaseId,
    people: Vec<SubjectToken>,
}

/// Whom a reveal is about to be asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindOpenRevealsInput {
    /// Subject tokens, `S-` and eight characters.
    #[schema(value_type = Vec<SubjectToken>, max_items = 1000)]
    pub subjects: Vec<String>,
}

/// The open reveals of these people.
#[derive(Serialize, ToSchema)]
pub struct OpenReveals {
    /// Those that wait for a decision or for their opening, newest first.
    pub open: Vec<OpenRevealView>,
}

/// The most people of whom one asks at a time.
const MOST: usize = 1000;

impl Operation for FindOpenReveals {
    type Action = actions::ListReveals;
    type Answer = OpenReveals;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OpenReveals, OperationError> {
        Ok(OpenReveals {
            open: scope.open_reveals_of(&self.people)?,
        })
    }
}

impl Request for FindOpenReveals {
    type Input = FindOpenRevealsInput;
    const DOCS: Docs = Docs {
        id: "findOpenReveals",
        tag: "Reveals",
        summary: "Find the open reveals of some people",
        description: "Which reveals that wait for a decision or for their opening are about any of these people. Nobody's \
            number is shown, not even masked. It costs nothing.",
        request: r#"{"subjects": ["S-7Q4M2KXA"]}"#,
        answer: r#"{"open": [{"reveal": "r_0123456789abcdefghjk", "state": "requested", "asked_by":
            "investigator", "expires_at": "2024-03-22T22:34:49Z", "subjects": ["S-7Q4M2KXA"]}]}"#,
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: FindOpenRevealsInput) -> Result<Self, OperationError> {
        if input.subjects.len() > MOST {
            let rule = format!("must name at most {MOST} subjects");
            return Err(OperationError::invalid("subjects", rule));
        }
        // The form asks for nobody else: what is no token is refused when it is sent.
        let people = input.subjects.iter().filter_map(|text| text.parse().ok());
        Ok(Self {
            case: ids.case()?,
            people: people.collect(),
        })
    }
}
