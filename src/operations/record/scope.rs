//! `POST /cases/{case}/scope`: counts of messages and numbers, by dimensions.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, Discriminator, OneOfBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::schema::{Zone, also_checked, described, one_of};
use crate::domain::{CaseId, Purpose, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::records::{
    Dimension, FilterInput, ProtectedQuery, RecordFilter, Rule, Table, TableQuery,
};
use crate::vault::{Asking, Operation, OperationError, Price, Target, Why, scope};

/// Counts messages and distinct numbers, by up to four dimensions or by each of several.
pub struct CountRecords {
    case: CaseId,
    wanted: Wanted,
    purpose: Option<Purpose>,
    why: Option<Why>,
}

/// The audience of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// The people who work on the case: exact counts, with small ones marked.
    Team,
    /// Everybody else: one dimension, rounded counts.
    Protected,
}

enum Wanted {
    Team(Box<TableQuery>),
    Protected(ProtectedQuery),
}

/// Which records to count, by what, and for whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeInput {
    /// The dimensions to count by, up to four of: country, state (as in the log), area_state (of
    /// the area code), carrier, kind, account, channel, day, hour, week.
    #[serde(default)]
    pub by: Vec<String>,
    /// Dimensions that each get a table of its own, from one scan. Not together with `by`, and not for protected
    /// tables.
    #[serde(default)]
    pub charts: Vec<String>,
    /// Which records to count; all of them if not given. Not for protected tables.
    #[serde(default)]
    pub filter: FilterInput,
    /// For whom the table is.
    pub audience: Audience,
    /// The IANA zone of days, weeks and hours; UTC if not given.
    pub zone: Option<String>,
    /// How many rows to show at most: those with the most messages.
    pub top: Option<u32>,
    /// How a protected table is rounded: `nhs` or `cms`; `nhs` if not given.
    pub rule: Option<String>,
    /// What the counts are needed for; may be left out.
    pub purpose: Option<String>,
    /// Why records are counted; may be left out.
    pub reason: Option<String>,
}

/// A table of exact counts, for the people who work on the case.
#[derive(ToSchema)]
#[schema(as = TeamScope)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its fields describe the request")]
struct TeamInput {
    /// For whom the table is: `team`.
    #[schema(value_type = TeamAudience)]
    audience: Audience,
    /// The dimensions to count by, up to four; none if not given.
    #[schema(value_type = Dimensions, required = false)]
    by: Vec<String>,
    /// Dimensions that each get a table of its own, from one scan and for one price; each once. Not together with `by`.
    #[schema(value_type = Charts, required = false)]
    charts: Vec<String>,
    /// Which records to count; all of them if not given.
    #[schema(required = false)]
    filter: FilterInput,
    /// The zone of days, weeks and hours; UTC if not given.
    #[schema(value_type = Option<Zone>)]
    zone: Option<String>,
    /// How many rows to show at most: those with the most messages.
    #[schema(minimum = 1)]
    top: Option<u32>,
    /// What the counts are needed for.
    #[schema(value_type = Option<Purpose>)]
    purpose: Option<String>,
    /// Why records are counted.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// A table of rounded counts, for everybody else. It has no filter: two tables that differ by a
/// few people would tell about those people.
#[derive(ToSchema)]
#[schema(as = ProtectedScope)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its fields describe the request")]
struct ProtectedInput {
    /// For whom the table is: `protected`.
    #[schema(value_type = ProtectedAudience)]
    audience: Audience,
    /// The one dimension to count by.
    #[schema(value_type = Vec<ProtectedDimension>, min_items = 1, max_items = 1)]
    by: Vec<String>,
    /// How counts are rounded; `nhs` if not given.
    #[schema(value_type = Option<Rule>)]
    rule: Option<String>,
    /// What the counts are needed for.
    #[schema(value_type = Option<Purpose>)]
    purpose: Option<String>,
    /// Why records are counted.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

enum TeamAudience {}
enum ProtectedAudience {}
enum ProtectedDimension {}
enum Dimensions {}
enum Charts {}

fn dimensions(kept: impl Fn(Dimension) -> bool) -> impl Iterator<Item = &'static str> {
    let kept = Dimension::ALL.into_iter().filter(move |one| kept(*one));
    kept.map(Dimension::as_str)
}

described! {
    TeamAudience as "TeamAudience" => one_of("The people who work on the case: exact counts.", ["team"]);
    ProtectedAudience as "ProtectedAudience" => one_of("Everybody else: rounded counts.", ["protected"]);
    ProtectedDimension as "ProtectedDimension" => one_of(
        "A dimension of a protected table.",
        dimensions(Dimension::may_be_protected),
    );
    Dimensions as "Dimensions" => ArrayBuilder::new()
        .description(Some("The dimensions to count by; each once."))
        .items(one_of("A dimension of a table.", dimensions(|_| true)))
        .max_items(Some(4_usize))
        .unique_items(true);
    Charts as "Charts" => ArrayBuilder::new()
        .description(Some("The dimensions that each get a table; each once."))
        .items(one_of("A dimension of a table.", dimensions(|_| true)))
        .unique_items(true)
        .extensions(Some(also_checked("it is left out where `by` is given")));
}

impl PartialSchema for ScopeInput {
    fn schema() -> RefOr<Schema> {
        let one = |name: Cow<'_, str>| Ref::from_schema_name(name);
        let (team, protected) = (TeamInput::name(), ProtectedInput::name());
        OneOfBuilder::new()
            .description(Some("A table for the team, or one for everybody else."))
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

impl CountRecords {
    /// All of the question, with its filter as `told` has it.
    fn asked(&self, told: impl Fn(&RecordFilter) -> RecordFilter) -> Value {
        let purpose = self.purpose.map(Purpose::as_str);
        match &self.wanted {
            Wanted::Team(query) => {
                let mut asked = json!({
                    "audience": "team",
                    "by": query.by,
                    "filter": told(&query.filter),
                    "zone": query.zone,
                    "top": query.top,
                    "purpose": purpose,
                });
                if !query.charts.is_empty() {
                    asked["charts"] = json!(query.charts);
                }
                asked
            }
            Wanted::Protected(query) => json!({
                "audience": "protected",
                "by": [query.by.as_str()],
                "rule": query.rule.as_str(),
                "purpose": purpose,
            }),
        }
    }
}

impl Operation for CountRecords {
    type Action = actions::Scope;
    type Answer = Table;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }

    fn detail(&self) -> Value {
        self.asked(RecordFilter::for_log)
    }

    fn price(&self) -> Option<Price> {
        let compares = match &self.wanted {
            Wanted::Team(query) => query.filter.compares(),
            Wanted::Protected(_) => false,
        };
        Some(Price::of_table().comparing(compares))
    }

    fn question(&self) -> Option<Value> {
        let reason = self.why.as_ref().map(|why| why.reason.as_str());
        match &self.wanted {
            // What a difference costs is paid each time.
            Wanted::Team(query) if query.filter.compares() => None,
            // Not what the log has of it, in which two accounts of digits alone are one.
            _ => Some(json!([self.asked(RecordFilter::clone), reason])),
        }
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        match &self.wanted {
            Wanted::Team(query) => query.check(asking.account()),
            Wanted::Protected(query) => query.check(asking.account()),
        }
    }

    fn run(self, scope: &mut scope::Scope<'_, Self::Action>) -> Result<Table, OperationError> {
        match &self.wanted {
            Wanted::Team(query) => scope.count_records(query),
            Wanted::Protected(query) => scope.protected_table(query),
        }
    }
}

impl Request for CountRecords {
    type Input = ScopeInput;
    const DOCS: Docs = Docs {
        id: "countRecords",
        tag: "Records",
        summary: "Count records",
        description: "Messages and distinct numbers: with `by`, one table by up to four dimensions; with `charts`, \
            a table for each dimension, from one scan. `team`: exact, for those who work on the case. `protected`: one dimension, rounded, for everybody else; a state comes with \
            its country. `basis` says what was searched, `unknown_values` which values of the filter the case \
            does not have. Costs 100 points of the budget for views, however many charts; the same question, asked again \
            in the same session while the case has the same exhibits, costs nothing, except to a liaison: 60 times at \
            once and once more each second, and beyond that as much as a new one. With \
            `newly_exposed_in` it costs 100 of the budget for lookups, like a difference. `Accept: text/csv` gives \
            the rows as CSV; those of charts then begin with dimension and value.",
        request: r#"{"audience": "team", "by": ["country"]}"#,
        answer: r#"{"by": ["country"], "rows": [{"country": "US", "messages": 1190, "numbers": 800}], "totals":
            {"messages": 1190, "numbers": 800}, "basis": {"exhibits": 1, "records": 1190, "span":
            {"first": "2024-03-01T00:04:11Z", "last": "2024-03-31T23:58:40Z"}, "quarantined": 2, "state":
            "as in log", "area_state": "2026-11: of the area code, not the state of residence"}}"#,
        problems: &[
            "not-found",
            "case-closed",
            "budget-spent",
            "over-budget",
            "lookups-frozen",
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
        let by = parsed("by", &input.by)?;
        let charts = parsed("charts", &input.charts)?;
        let wanted = match input.audience {
            Audience::Team => {
                if input.rule.is_some() {
                    return Err(OperationError::invalid("rule", "is for protected tables"));
                }
                Wanted::Team(Box::new(TableQuery {
                    by,
                    charts,
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
                // Two tables that differ by a few people would tell about those people.
                let chosen = [
                    ("charts", !charts.is_empty()),
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

fn parsed(member: &str, texts: &[String]) -> Result<Vec<Dimension>, OperationError> {
    let one = |(at, text): (usize, &String)| {
        let wrong = |error| OperationError::invalid(format!("{member}[{at}]"), error);
        text.parse().map_err(wrong)
    };
    texts.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "c_00000000000000000000";

    fn read(input: Value) -> Result<CountRecords, OperationError> {
        let ids = Ids::new(vec![("case".to_owned(), CASE.to_owned())]);
        CountRecords::read(&ids, serde_json::from_value(input).unwrap())
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
        assert_eq!(at(of("charts", json!(["day"]))), "charts");
        assert_eq!(at(of("by", json!(["country", "state"]))), "by");
        assert_eq!(at(of("rule", json!("none"))), "rule");
        assert!(read(of("rule", json!("cms"))).is_ok());
    }

    #[test]
    fn a_wrong_member_is_named() {
        let with = |by: &str| json!({"by": ["day", by], "audience": "team"});
        assert_eq!(at(with("number")), "by[1]");
        assert!(read(with("hour")).is_ok());
        let charts = json!({"charts": ["day", "number"], "audience": "team"});
        assert_eq!(at(charts), "charts[1]");
        let rule = json!({"audience": "team", "rule": "nhs"});
        assert_eq!(at(rule), "rule");
        let reason = json!({"audience": "team", "reason": "short"});
        assert_eq!(at(reason), "reason");
        assert!(serde_json::from_value::<ScopeInput>(json!({"audience": "press"})).is_err());
    }

    #[test]
    fn questions_that_differ_in_anything_are_different_and_a_comparison_is_none() {
        let all = [
            json!({"audience": "team"}),
            json!({"audience": "team", "charts": ["day"]}),
            json!({"audience": "team", "charts": ["day", "hour"]}),
            json!({"audience": "team", "charts": ["hour", "day"]}),
            json!({"audience": "team", "by": ["day"]}),
            json!({"audience": "team", "by": ["day"], "zone": "UTC"}),
            json!({"audience": "team", "by": ["day"], "top": 3}),
            json!({"audience": "team", "by": ["day"], "filter": {"kind": ["sms"]}}),
            json!({"audience": "team", "by": ["day"], "filter": {"account": ["123456789012"]}}),
            json!({"audience": "team", "by": ["day"], "filter": {"account": ["987654321098"]}}),
            json!({"audience": "team", "by": ["day"], "purpose": "scoping"}),
            json!({"audience": "team", "by": ["day"], "reason": "a reason to ask"}),
            json!({"audience": "protected", "by": ["day"]}),
            json!({"audience": "protected", "by": ["day"], "rule": "cms"}),
        ];
        let question = |input: &Value| read(input.clone()).ok().unwrap().question();
        for (at, one) in all.iter().enumerate() {
            assert!(question(one).is_some());
            for other in &all[at + 1..] {
                assert_ne!(question(one), question(other), "{one} {other}");
            }
        }
        let filter = json!({"newly_exposed_in": "x_00000000000000000000"});
        assert_eq!(
            question(&json!({"audience": "team", "filter": filter})),
            None
        );
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
