//! `POST /cases/{case}/lookups`: whether numbers are exposed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::schema::RegionCode;
use crate::domain::{CaseId, Purpose, Reason};
use crate::operations::{Docs, Ids, Request, why};
use crate::policy::actions;
use crate::vault::plaintext::{AskedNumbers, RawText, Region};
use crate::vault::records::SearchedView;
use crate::vault::scope::{LookUpResult, Scope};
use crate::vault::{Asking, Operation, OperationError, Price, Target, Why};

/// Asks for each of some numbers whether it is in the case.
#[derive(Clone)]
pub struct LookUp {
    case: CaseId,
    numbers: Arc<AskedNumbers>,
    region: Option<Region>,
    why: Why,
}

/// Numbers to look up, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpInput {
    /// The numbers, in any format; a number without `+` needs `region`. `docs/input-formats.md` says how they are read.
    #[schema(min_items = 1, max_items = 1000)]
    pub numbers: Vec<RawText>,
    /// The region of numbers without a calling code, such as `GB`.
    #[schema(value_type = Option<RegionCode>)]
    pub region: Option<String>,
    /// What the answers are needed for.
    #[schema(value_type = Purpose)]
    pub purpose: String,
    /// Why the numbers are looked up.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// One answer for each number, listed by position.
#[derive(Serialize, ToSchema)]
pub struct LookUpAnswer {
    /// The answers, in the order of the numbers.
    pub results: Vec<LookUpResult>,
    /// What was searched: `not_exposed` says nothing about anything else.
    pub basis: SearchedView,
}

impl Operation for LookUp {
    type Action = actions::LookUp;
    type Answer = LookUpAnswer;

    const IS_IN_MEMORY: bool = true;

    fn again(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({
            "numbers": self.numbers.len(),
            "region": self.region.map(|region| region.to_string()),
        })
    }

    fn price(&self) -> Option<Price> {
        Some(Price::of_numbers(self.numbers.distinct()))
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        let most = asking.settings.lookup_numbers;
        match (1..=most).contains(&self.numbers.len()) {
            true => Ok(()),
            false => {
                let rule = format!("must have 1 to {most} numbers");
                Err(OperationError::invalid("numbers", rule))
            }
        }
    }

    fn asks_about(&self) -> Option<&AskedNumbers> {
        Some(&self.numbers)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LookUpAnswer, OperationError> {
        let (results, basis) = scope.look_up(&self.numbers)?;
        Ok(LookUpAnswer { results, basis })
    }
}

impl Request for LookUp {
    type Input = LookUpInput;
    const DOCS: Docs = Docs {
        id: "lookUpNumbers",
        tag: "Records",
        summary: "Look numbers up",
        description: "Asks for each number whether it is exposed. Answers are listed by position; no \
            number is repeated. `basis` says what was searched: an answer says nothing about rows in \
            quarantine or about logs that were not admitted. A text that is not read as one number is \
            `unreadable`, and `why` says why. A case without an exhibit refuses, and that costs nothing. \
            Every distinct readable number costs one point of the budget, whatever the answer.",
        request: r#"{"numbers": ["+447700900123", "07700 900124", "+44123"], "region": "GB", "purpose":
            "victim-inquiry", "reason": "a caller asks about a number"}"#,
        answer: r#"{"results": [{"ref": 0, "state": "exposed", "subject": "S-7Q4M2KXA", "messages": 3,
            "first": "2024-03-21T22:34:49Z", "last": "2024-03-21T22:34:49Z", "kinds": ["sms"]},
            {"ref": 1, "state": "not_exposed"}, {"ref": 2, "state": "unreadable", "why": "too-short"}],
            "basis": {"exhibits": 1, "records": 1190, "span": {"first": "2024-03-01T00:04:11Z", "last":
            "2024-03-31T23:58:40Z"}, "quarantined": 2}}"#,
        problems: &[
            "not-found",
            "case-closed",
            "nothing-admitted",
            "budget-spent",
            "over-budget",
            "lookups-frozen",
        ],
    };

    const SMALL: bool = true;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: LookUpInput) -> Result<Self, OperationError> {
        let region = input
            .region
            .map(|text| text.parse())
            .transpose()
            .map_err(|error| OperationError::invalid("region", error))?;
        Ok(Self {
            case: ids.case()?,
            numbers: Arc::new(AskedNumbers::read(&input.numbers, region)),
            region,
            why: why(&input.purpose, &input.reason)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: Value) -> Result<LookUp, OperationError> {
        let case = "c_00000000000000000000".to_owned();
        let ids = Ids::new(vec![("case".to_owned(), case)]);
        LookUp::read(&ids, serde_json::from_value(input).unwrap())
    }

    #[test]
    fn the_detail_counts_the_numbers_and_holds_none() {
        let input = json!({
            "numbers": ["+447700900123", "07700 900124"],
            "region": "GB",
            "purpose": "victim-inquiry",
            "reason": "the person called us",
        });
        let Ok(look_up) = read(input) else {
            panic!("it was refused");
        };
        assert_eq!(look_up.detail(), json!({"numbers": 2, "region": "GB"}));
    }

    #[test]
    fn a_region_a_purpose_or_a_reason_that_is_none_is_named() {
        let good = json!({
            "numbers": [], "region": "GB", "purpose": "scoping", "reason": "counting the exposed",
        });
        for (member, value) in [("region", "ZZ"), ("purpose", "fun"), ("reason", "because")] {
            let mut input = good.clone();
            input[member] = json!(value);
            let refused = read(input).err();
            assert!(matches!(refused, Some(OperationError::Invalid { at, .. }) if at == member));
        }
        assert!(read(good).is_ok());
    }

    #[test]
    fn members_that_are_not_known_are_refused() {
        let input = json!({"numbers": [], "purpose": "scoping", "reason": "x", "number": "y"});
        assert!(serde_json::from_value::<LookUpInput>(input).is_err());
    }
}
