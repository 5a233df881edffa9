//! `GET /cases/{case}/exhibits/{exhibit}/difference?against=…`: the counts by which two
//! exhibits differ.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId};
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{DifferenceView, Scope};
use crate::vault::{Asking, DataRefusal, Operation, OperationError, Price, Target};

/// Compares two exhibits by counts: messages, and new, gone and unchanged numbers.
pub struct CompareExhibits {
    case: CaseId,
    exhibit: ExhibitId,
    against: ExhibitId,
}

/// The exhibit to compare with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareInput {
    /// The other exhibit; it may be withdrawn.
    #[schema(value_type = ExhibitId)]
    pub against: String,
}

impl CompareExhibits {
    /// The comparison of `exhibit` with `against`, which is still text.
    ///
    /// # Errors
    ///
    /// `Invalid` if `against` is no id of an exhibit.
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
    type Answer = DifferenceView;

    fn target(&self) -> Target {
        Target::NamedExhibit(self.case.clone(), self.exhibit.clone())
    }

    fn detail(&self) -> Value {
        json!({ "against": self.against })
    }

    fn price(&self) -> Option<Price> {
        Some(Price::of_difference())
    }

    fn check(&self, _: &Asking<'_>) -> Result<(), OperationError> {
        match self.exhibit == self.against {
            true => {
                let rule = DataRefusal::NoOtherExhibit.rule();
                Err(OperationError::invalid("against", rule))
            }
            false => Ok(()),
        }
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DifferenceView, OperationError> {
        scope.compare_exhibits(&self.exhibit, &self.against)
    }
}

impl Request for CompareExhibits {
    type Input = CompareInput;
    const DOCS: Docs = Docs {
        id: "compareExhibits",
        tag: "Exhibits",
        summary: "Compare two exhibits",
        description: "The counts by which two exhibits differ, for investigators and leads. Costs 100 points of the \
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
