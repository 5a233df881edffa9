//! How many messages and numbers, by what.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, Purpose};
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::records::{
    Dimension, FilterInput, ProtectedQuery, RecordFilter, Rule, Table, TableQuery,
};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire, scope};

pub struct Scope {
    case: CaseId,
    wanted: Wanted,
    purpose: Option<Purpose>,
    why: Option<Why>,
}

/// For whom a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Those who work on the case: exact counts, small ones marked.
    Team,
    /// Anybody else: one dimension, rounded.
    Protected,
}

enum Wanted {
    Team(Box<TableQuery>),
    Protected(ProtectedQuery),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeInput {
    /// Of country, state (as in log), area_state (from area code), carrier, kind, account, channel, day, hour, week.
    #[serde(default)]
    pub by: Vec<String>,
    #[serde(default)]
    pub filter: FilterInput,
    pub audience: Audience,
    /// An IANA zone for days, weeks and hours; UTC if not given.
    pub zone: Option<String>,
    /// Only so many rows, those with most messages.
    pub top: Option<u32>,
    /// How a protected table is rounded: `nhs`, which is usual, or `cms`.
    pub rule: Option<String>,
    pub purpose: Option<String>,
    pub reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(transparent)]
pub struct ScopeAnswer(pub Table);

impl Operation for Scope {
    type Action = actions::Scope;
    type Answer = ScopeAnswer;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }

    fn detail(&self) -> Value {
        let purpose = self.purpose.map(Purpose::as_str);
        match &self.wanted {
            Wanted::Team(query) => {
                let by: Vec<_> = query.by.iter().map(|by| by.as_str()).collect();
                json!({
                    "audience": "team",
                    "by": by,
                    "filter": query.filter,
                    "zone": query.zone,
                    "top": query.top,
                    "purpose": purpose,
                })
            }
            Wanted::Protected(query) => json!({
                "audience": "protected",
                "by": [query.by.as_str()],
                "rule": query.rule.as_str(),
                "purpose": purpose,
            }),
        }
    }

    fn run(
        self,
        scope: &mut scope::Scope<'_, Self::Action>,
    ) -> Result<ScopeAnswer, OperationError> {
        match &self.wanted {
            Wanted::Team(query) => scope.count_records(query),
            Wanted::Protected(query) => scope.protected_table(query),
        }
        .map(ScopeAnswer)
    }
}

impl Answer for ScopeAnswer {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for Scope {
    type Input = ScopeInput;
    type Output = Table;
    const SUMMARY: &'static str = "Counts messages and distinct numbers";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: ScopeInput) -> Result<Self, OperationError> {
        let purpose = input
            .purpose
            .map(|text| text.parse::<Purpose>())
            .transpose()
            .map_err(|error| OperationError::invalid("purpose", error))?;
        let why = match &input.reason {
            Some(reason) => Some(Why {
                purpose,
                ..only_reason(reason)?
            }),
            None => None,
        };
        let filter = RecordFilter::parse(input.filter)?;
        let mut by = Vec::new();
        for (at, text) in input.by.iter().enumerate() {
            let dimension: Dimension = text
                .parse()
                .map_err(|error| OperationError::invalid(format!("by[{at}]"), error))?;
            by.push(dimension);
        }
        let wanted = match input.audience {
            Audience::Team => {
                if input.rule.is_some() {
                    return Err(OperationError::invalid("rule", "is for protected tables"));
                }
                Wanted::Team(Box::new(TableQuery {
                    by,
                    filter,
                    zone: input.zone,
                    top: input.top,
                }))
            }
            Audience::Protected => {
                let [by] = by.as_slice() else {
                    let rule = "must name exactly one dimension of a protected table";
                    return Err(OperationError::invalid("by", rule));
                };
                // Every further choice would be another cut of the same people.
                let chosen = [
                    ("filter", !filter.is_empty()),
                    ("zone", input.zone.is_some()),
                    ("top", input.top.is_some()),
                ];
                if let Some((at, _)) = chosen.iter().find(|(_, chosen)| *chosen) {
                    let rule = "must be left out of a protected table";
                    return Err(OperationError::invalid(*at, rule));
                }
                let rule = match input.rule {
                    Some(text) => text
                        .parse()
                        .map_err(|error| OperationError::invalid("rule", error))?,
                    None => Rule::Nhs,
                };
                Wanted::Protected(ProtectedQuery { by: *by, rule })
            }
        };
        Ok(Self {
            case: ids.case()?,
            wanted,
            purpose,
            why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "c_00000000000000000000";

    fn read(input: Value) -> Result<Scope, OperationError> {
        let ids = Ids::new(vec![("case".to_owned(), CASE.to_owned())]);
        Scope::read(&ids, serde_json::from_value(input).unwrap())
    }

    fn at(input: Value) -> String {
        match read(input) {
            Err(OperationError::Invalid { at, .. }) => at,
            _ => panic!("it was taken"),
        }
    }

    #[test]
    fn a_protected_table_leaves_nothing_to_choose_but_dimension_and_rule() {
        let of = |member: &str, value: Value| {
            let mut input = json!({"by": ["country"], "audience": "protected"});
            input[member] = value;
            input
        };
        assert_eq!(at(of("filter", json!({"country": ["US"]}))), "filter");
        assert_eq!(at(of("zone", json!("Europe/London"))), "zone");
        assert_eq!(at(of("top", json!(3))), "top");
        assert_eq!(at(of("by", json!(["country", "state"]))), "by");
        assert_eq!(at(of("rule", json!("none"))), "rule");
        assert!(read(of("rule", json!("cms"))).is_ok());
    }

    #[test]
    fn a_wrong_member_is_named() {
        let with = |by: &str| json!({"by": ["day", by], "audience": "team"});
        assert_eq!(at(with("number")), "by[1]");
        assert!(read(with("hour")).is_ok());
        let rule = json!({"audience": "team", "rule": "nhs"});
        assert_eq!(at(rule), "rule");
        let reason = json!({"audience": "team", "reason": "short"});
        assert_eq!(at(reason), "reason");
        assert!(serde_json::from_value::<ScopeInput>(json!({"audience": "press"})).is_err());
    }

    #[test]
    fn the_detail_says_what_was_asked() {
        let input = json!({
            "by": ["day"], "audience": "team", "purpose": "scoping", "filter": {"kind": ["sms"]}
        });
        let Ok(scope) = read(input) else {
            panic!("it was refused");
        };
        let detail = scope.detail();
        assert_eq!(detail["filter"], json!({"kind": ["sms"]}));
        assert_eq!(detail["purpose"], "scoping");
    }
}
