//! Is this number exposed?

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Ids, Request, why};
use crate::policy::actions;
use crate::vault::plaintext::{RawText, Region};
use crate::vault::scope::{LookUpResult, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct LookUp {
    case: CaseId,
    numbers: Vec<RawText>,
    region: Option<Region>,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpInput {
    /// In any format; a number without `+` needs `region`.
    #[schema(value_type = Vec<String>)]
    pub numbers: Vec<RawText>,
    /// The region that numbers without a calling code are read in, such as `GB`.
    pub region: Option<String>,
    pub purpose: String,
    pub reason: String,
}

/// One answer for each number, by its position.
#[derive(Serialize, ToSchema)]
pub struct LookUpAnswer {
    pub results: Vec<LookUpResult>,
}

impl Operation for LookUp {
    type Action = actions::LookUp;
    type Answer = LookUpAnswer;

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

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LookUpAnswer, OperationError> {
        let results = scope.look_up(&self.numbers, self.region)?;
        Ok(LookUpAnswer { results })
    }
}

impl Answer for LookUpAnswer {
    const SMALL: bool = true;

    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for LookUp {
    type Input = LookUpInput;
    type Output = LookUpAnswer;
    const SUMMARY: &'static str = "Asks for each number whether it is exposed";

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
            numbers: input.numbers,
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
