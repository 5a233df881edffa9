//! `GET /cases/{case}/exhibits/{exhibit}/difference?against=…`: what one exhibit
//! has that another has not, in counts.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId};
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::records::Difference;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Price, Target};

pub struct CompareExhibits {
    case: CaseId,
    exhibit: ExhibitId,
    against: ExhibitId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareInput {
    /// The other exhibit; it may be withdrawn.
    #[schema(value_type = ExhibitId)]
    pub against: String,
}

impl CompareExhibits {
    pub fn new(case: CaseId, exhibit: ExhibitId, against: &str) -> Result<Self, OperationError> {
        let against = against
            .parse()
            .map_err(|error| OperationError::invalid("against", error))?;
        Ok(Self {
            case,
            exhibit,
            against,
        })
    }
}

impl Operation for CompareExhibits {
    type Action = actions::CompareExhibits;
    type Answer = Difference;

    fn target(&self) -> Target {
        Target::NamedExhibit(self.case.clone(), self.exhibit.clone())
    }

    fn detail(&self) -> Value {
        json!({ "against": self.against })
    }

    fn price(&self) -> Option<Price> {
        Some(Price::of_difference())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Difference, OperationError> {
        scope.compare_exhibits(&self.exhibit, &self.against)
    }
}

impl Request for CompareExhibits {
    type Input = CompareInput;
    const DOCS: Docs = Docs {
        id: "compareExhibits",
        tag: "Exhibits",
        summary: "Compare two exhibits",
        description: "What one exhibit has that another has not, in counts. Costs 100 points of the \
            budget.",
        request: "",
        answer: r#"{"exhibit": "x_0123456789abcdefghjk", "against": "x_zyxwvtsrqpnmkjhgfed0",
            "messages": {"exhibit": 1200, "against": 1100}, "numbers": {"new": 40, "gone": 10,
            "unchanged": 760}, "newly_exposed": 30, "accounts": [{"account": "acme", "messages":
            {"exhibit": 1200, "against": 1100}, "numbers": {"new": 40, "gone": 10, "unchanged":
            760}}]}"#,
        problems: &[
            "not-found",
            "case-closed",
            "budget-spent",
            "over-budget",
            "lookups-frozen",
        ],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn read(ids: &Ids, input: CompareInput) -> Result<Self, OperationError> {
        Self::new(ids.case()?, ids.exhibit()?, &input.against)
    }
}
