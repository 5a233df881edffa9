//! How many messages and numbers, by what.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, Discriminator, OneOfBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::schema::{Zone, described, one_of};
use crate::domain::{CaseId, Purpose, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::records::{
    Dimension, FilterInput, ProtectedQuery, RecordFilter, Rule, Table, TableQuery,
};
use crate::vault::{Operation, OperationError, Price, Settings, Target, Why, scope};

pub struct Scope {
    case: CaseId,
    wanted: Wanted,
    purpose: Option<Purpose>,
    why: Option<Why>,
}

/// For whom a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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

#[derive(Deserialize)]
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

/// A count for those who work on the case, as the API's description shows it.
#[derive(ToSchema)]
#[schema(as = TeamScope)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its fields describe the request")]
struct TeamInput {
    #[schema(value_type = TeamAudience)]
    audience: Audience,
    #[schema(value_type = Dimensions, required = false)]
    by: Vec<String>,
    #[schema(required = false)]
    filter: FilterInput,
    /// Of days, weeks and hours; UTC if not given.
    #[schema(value_type = Option<Zone>)]
    zone: Option<String>,
    /// Only so many rows, those with most messages.
    #[schema(minimum = 1)]
    top: Option<u32>,
    #[schema(value_type = Option<Purpose>)]
    purpose: Option<String>,
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// A count for anybody else: every further choice would be another cut of the same people.
#[derive(ToSchema)]
#[schema(as = ProtectedScope)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its fields describe the request")]
struct ProtectedInput {
    #[schema(value_type = ProtectedAudience)]
    audience: Audience,
    #[schema(value_type = Vec<ProtectedDimension>, min_items = 1, max_items = 1)]
    by: Vec<String>,
    /// `nhs` if not given.
    #[schema(value_type = Option<Rule>)]
    rule: Option<String>,
    #[schema(value_type = Option<Purpose>)]
    purpose: Option<String>,
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

enum TeamAudience {}
enum ProtectedAudience {}
enum ProtectedDimension {}
enum Dimensions {}

fn dimensions(kept: impl Fn(Dimension) -> bool) -> impl Iterator<Item = &'static str> {
    let kept = Dimension::ALL.into_iter().filter(move |one| kept(*one));
    kept.map(Dimension::as_str)
}

described! {
    TeamAudience as "TeamAudience" => one_of("Those who work on the case: exact counts.", ["team"]);
    ProtectedAudience as "ProtectedAudience" => one_of("Anybody else: rounded counts.", ["protected"]);
    ProtectedDimension as "ProtectedDimension" => one_of(
        "By what a protected table can count.",
        dimensions(Dimension::may_be_protected),
    );
    Dimensions as "Dimensions" => ArrayBuilder::new()
        .description(Some("By what to count; each once."))
        .items(one_of("A dimension of a table.", dimensions(|_| true)))
        .max_items(Some(4_usize))
        .unique_items(true);
}

impl PartialSchema for ScopeInput {
    fn schema() -> RefOr<Schema> {
        let one = |name: Cow<'_, str>| Ref::from_schema_name(name);
        let (team, protected) = (TeamInput::name(), ProtectedInput::name());
        OneOfBuilder::new()
            .description(Some("A count for the team, or one to be told to others."))
            .item(one(team))
            .item(one(protected))
            .discriminator(Some(Discriminator::with_mapping(
                "audience",
                [
                    ("team", "#/components/schemas/TeamScope"),
                    ("protected", "#/components/schemas/ProtectedScope"),
                ],
            )))
            .into()
    }
}

impl ToSchema for ScopeInput {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ScopeInput")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [
            (TeamInput::name(), TeamInput::schema()),
            (ProtectedInput::name(), ProtectedInput::schema()),
        ] {
            schemas.push((name.into_owned(), schema));
        }
        TeamInput::schemas(schemas);
        ProtectedInput::schemas(schemas);
    }
}

impl Operation for Scope {
    type Action = actions::Scope;
    type Answer = Table;

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

    fn price(&self) -> Option<Price> {
        Some(Price::of_table())
    }

    fn check(&self, _: &Settings) -> Result<(), OperationError> {
        match &self.wanted {
            Wanted::Team(query) => query.check(),
            Wanted::Protected(_) => Ok(()),
        }
    }

    fn run(self, scope: &mut scope::Scope<'_, Self::Action>) -> Result<Table, OperationError> {
        match &self.wanted {
            Wanted::Team(query) => scope.count_records(query),
            Wanted::Protected(query) => scope.protected_table(query),
        }
    }
}

impl Request for Scope {
    type Input = ScopeInput;
    const DOCS: Docs = Docs {
        id: "countRecords",
        tag: "Records",
        summary: "Count records",
        description: "Messages and distinct numbers, by up to four dimensions. `team`: exact, for those \
            who work on the case. `protected`: one dimension, rounded, to be told to others. \
            Costs 100 points of the budget for views.",
        request: r#"{"audience": "team", "by": ["country"]}"#,
        answer: r#"{"rows": [{"country": "US", "messages": 1190, "numbers": 800}], "totals":
            {"messages": 1190, "numbers": 800}, "basis": {"state": "as in log", "area_state":
            "2026-11: of the area code, not the state of residence"}}"#,
        problems: &[
            "not-found",
            "case-closed",
            "budget-spent",
            "over-budget",
            "cut-too-close",
        ],
    };

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
