//! The API's description (OpenAPI 3.1), made from the route table.
//!
//! Schemas come from the types of bodies and answers, texts and examples from the `Docs` of the
//! operations, problems from `ProblemKind`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::ProblemKind;
use super::plain;
use super::problem::ProblemBody;
use super::range::RangeHeaders;
use super::route::{Route, Shape, Takes};
use super::sheet;
use super::upload::{UploadHeaders, UploadQuery};
use crate::domain::schema::{ALSO_CHECKED, MachineId, TokenId};
use crate::domain::{CaseId, ExhibitId, OperatorId, PasskeyId, RequestId, RequestWords, SessionId};
use crate::policy::{CaseState, allows_state, needs_case};

const SESSION: &str = "session";
const MACHINE: &str = "machine";
const PROBLEM: &str = "application/problem+json";
/// In the doc comment of a member: a rule follows that a schema cannot express.
const ALSO: &str = "Also checked: ";

/// The tags and their descriptions.
const TAGS: &[(&str, &str)] = &[
    ("Sessions", "Sign-in, and who the caller is."),
    (
        "Operators",
        "The people who may sign in; for administrators.",
    ),
    ("Clock", "The vault's time, and who accepts another one."),
    (
        "Nodes",
        "The processes that serve the vault; for administrators and auditors.",
    ),
    ("Keys", "The status of the keyring; for administrators."),
    ("Cases", "One case for each breach, and who works on it."),
    (
        "Exhibits",
        "The files of a case: admitted, compared, withdrawn.",
    ),
    (
        "Records",
        "Numbers, records and counts of a case; numbers are masked.",
    ),
    (
        "Budgets",
        "Lookup points: asked by one, decided by another.",
    ),
    (
        "Reveals",
        "Numbers in the clear: asked by one, decided by another.",
    ),
    (
        "Exports",
        "Packages for others: asked by one, decided by another.",
    ),
    ("Audit", "The log of every answer and refusal."),
    ("Service", "What anybody may read without a session."),
];

/// The problems that every request with a session can be answered with.
const ALWAYS: &[ProblemKind] = &[
    ProblemKind::MalformedJson,
    ProblemKind::MalformedQuery,
    ProblemKind::MalformedRequest,
    ProblemKind::Unauthenticated,
    ProblemKind::SessionEnded,
    ProblemKind::SecondFactorNeeded,
    ProblemKind::PasskeyNeeded,
    ProblemKind::NotRecognised,
    ProblemKind::BeyondToken,
    ProblemKind::NotAllowed,
    ProblemKind::NotAcceptable,
    ProblemKind::Timeout,
    ProblemKind::TooLarge,
    ProblemKind::AddressTooLong,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::Invalid,
    ProblemKind::Throttled,
    ProblemKind::HeadersTooLarge,
    ProblemKind::Internal,
    ProblemKind::Damaged,
    ProblemKind::DiskFull,
    ProblemKind::Unaudited,
    ProblemKind::Busy,
    ProblemKind::Stopping,
    ProblemKind::GivenUp,
    ProblemKind::NodeUnfit,
    ProblemKind::Unavailable,
];

/// Those of them that a request without a session is never answered with.
const SIGNED_IN: &[ProblemKind] = &[
    ProblemKind::Unauthenticated,
    ProblemKind::SessionEnded,
    ProblemKind::SecondFactorNeeded,
    ProblemKind::PasskeyNeeded,
    ProblemKind::NotRecognised,
    ProblemKind::BeyondToken,
    ProblemKind::NotAllowed,
];

/// The document as JSON.
pub(super) fn document(table: &[Route]) -> String {
    let mut schemas = schemas(table);
    let mut refusals = BTreeMap::from([("Problem".to_owned(), refusal("A problem.", "Problem"))]);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in table {
        let method = route.method.as_str().to_ascii_lowercase();
        let operation = operation(route, &mut schemas, &mut refusals);
        paths
            .entry(&route.path)
            .or_default()
            .insert(method, operation);
    }
    let used: BTreeSet<_> = table.iter().map(|route| route.docs.tag).collect();
    let tags: Vec<_> = TAGS
        .iter()
        .filter(|(name, _)| used.contains(name))
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "breachvault",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A vault for the data of one breach. Every answer to a signed-in \
                operator names its leaf in the audit log in the header `Audit-Leaf`. What a \
                schema cannot say of a value is named by `x-also-checked`.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "contact": { "name": "breachvault" },
        },
        "servers": [{ "url": "/", "description": "The vault that serves this description." }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals,
            "securitySchemes": {
                SESSION: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a session; `openSession` gives one.",
                },
                MACHINE: {
                    "type": "mutualTLS",
                    "description": "A certificate whose key `addMachine` was told of, at the vault's address for \
                        machines only.",
                },
            },
        },
    });
    name_rules(&mut document);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn shapes(route: &Route) -> Vec<Shape> {
    let taken = match route.takes {
        Takes::Json(shape) | Takes::Query(shape) => vec![shape],
        Takes::File => vec![Shape::of::<UploadQuery>(), Shape::of::<UploadHeaders>()],
        Takes::Part => vec![Shape::of::<RangeHeaders>()],
        Takes::Nothing => Vec::new(),
    };
    let given = route.gives.iter().filter_map(|(_, shape)| *shape);
    let also = route.also.map(|(_, shape, _)| shape);
    taken.into_iter().chain(given).chain(also).collect()
}

/// The problems that a route can answer with.
pub(super) fn problems(route: &Route) -> BTreeSet<ProblemKind> {
    let named = |name: &&str| ProblemKind::ALL.iter().find(|kind| kind.name() == *name);
    let own = route.docs.problems.iter().filter_map(named);
    if route.action.is_none() {
        let always = [
            ProblemKind::MalformedRequest,
            ProblemKind::NotAcceptable,
            ProblemKind::AddressTooLong,
            ProblemKind::Throttled,
            ProblemKind::HeadersTooLarge,
        ];
        return always.iter().chain(own).copied().collect();
    }
    let always = ALWAYS
        .iter()
        .filter(|kind| route.session || !SIGNED_IN.contains(kind));
    let ends = route
        .action
        .is_some_and(|action| needs_case(action) && !allows_state(action, CaseState::Destroyed));
    let ended = ends.then_some(&ProblemKind::CaseDestroyed);
    let signed = match route.signed {
        true => [ProblemKind::AssertionNeeded, ProblemKind::AssertionRefused].as_slice(),
        false => &[],
    };
    always
        .chain(own)
        .chain(ended)
        .chain(signed)
        .copied()
        .collect()
}

/// The schemas of all bodies and answers, by name.
fn schemas(table: &[Route]) -> BTreeMap<String, Value> {
    let mut nested: Vec<(String, RefOr<Schema>)> = Vec::new();
    for shape in table.iter().flat_map(shapes) {
        nested.push(((shape.name)().into_owned(), (shape.schema)()));
        (shape.nested)(&mut nested);
    }
    macro_rules! parameters {
        ($($id:ty)*) => { $(nested.push((<$id>::name().into_owned(), <$id>::schema()));)* };
    }
    parameters! {
        CaseId ExhibitId RequestId OperatorId SessionId PasskeyId TokenId MachineId
    }
    let requests = RequestWords::ALL.iter();
    nested.extend(requests.map(|kind| (kind.id.to_owned(), kind.schema().into())));
    let mut schemas: BTreeMap<String, Value> = nested
        .into_iter()
        .map(|(name, schema)| (name, json!(schema)))
        .collect();
    // The members of these types become parameters.
    let in_query = table.iter().filter_map(|route| match route.takes {
        Takes::Query(shape) => Some((shape.name)()),
        _ => None,
    });
    let in_parts = [
        UploadQuery::name(),
        UploadHeaders::name(),
        RangeHeaders::name(),
    ];
    for parameters in in_query.chain(in_parts) {
        schemas.remove(parameters.as_ref());
    }
    schemas.insert(
        "Problem".to_owned(),
        problem(ProblemKind::ALL.iter().copied(), None),
    );
    schemas
}

fn operation(
    route: &Route,
    schemas: &mut BTreeMap<String, Value>,
    refusals: &mut BTreeMap<String, Value>,
) -> Value {
    let docs = &route.docs;
    let description = match route.action {
        Some(action) => format!(
            "{}\n\nDecided and recorded as `{action}`.",
            docs.description
        ),
        None => docs.description.to_owned(),
    };
    let mut operation = json!({
        "operationId": route.id(),
        "tags": [docs.tag],
        "summary": docs.summary,
        "description": description,
        "parameters": parameters(route),
        "responses": responses(route, schemas, refusals),
        "security": match (route.session, route.action) {
            (true, Some(action)) if action.is_for_scripts() => {
                json!([{ SESSION: [] }, { MACHINE: [] }])
            }
            (true, _) => json!([{ SESSION: [] }]),
            (false, _) => json!([]),
        },
    });
    if let Some(body) = body(route, schemas) {
        operation["requestBody"] = body;
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(parameter("path", name, id_in_path(name), true))
    });
    let mut all: Vec<Value> = in_path.collect();
    match route.takes {
        Takes::Query(shape) => all.extend(members("query", shape)),
        Takes::File => {
            all.extend(members("query", Shape::of::<UploadQuery>()));
            all.extend(members("header", Shape::of::<UploadHeaders>()));
        }
        Takes::Part => all.extend(members("header", Shape::of::<RangeHeaders>())),
        Takes::Nothing | Takes::Json(_) => {}
    }
    if route.signed {
        let schema = json!({
            "type": "string",
            "description": "For a session that was opened with a passkey. `ask` is answered with a `Challenge`, and \
                nothing is done; then, with the same request, what the passkey signed: the nonce, and base64url of \
                credential id, clientDataJSON, authenticatorData and signature, with dots between.",
        });
        all.push(parameter("header", "Passkey-Assertion", schema, false));
    }
    all
}

/// The members of a type as parameters.
fn members(place: &str, shape: Shape) -> Vec<Value> {
    let schema = json!((shape.schema)());
    let required = |name: &str| {
        let named = schema["required"].as_array().into_iter().flatten();
        named.into_iter().any(|known| known == name)
    };
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, member)| parameter(place, name, not_null(member), required(name)))
        .collect()
}

/// The schema without null: a parameter can be left out but is never null.
fn not_null(member: &Value) -> Value {
    let mut member = member.clone();
    let one = member["oneOf"]
        .as_array()
        .and_then(|of| of.iter().find(|one| one["type"] != "null").cloned());
    if let Some(one) = one {
        return one;
    }
    let kind = member["type"]
        .as_array()
        .and_then(|of| of.iter().find(|one| *one != "null").cloned());
    if let Some(kind) = kind {
        member["type"] = kind;
    }
    member
}

fn parameter(place: &str, name: &str, mut schema: Value, required: bool) -> Value {
    let described = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("description"));
    let words = match place {
        "path" => json!(format!("The {name} that is meant.")),
        _ => described.unwrap_or_else(|| json!(format!("The {name} of the file."))),
    };
    json!({
        "name": name,
        "in": place,
        "required": required,
        "description": words,
        "schema": schema,
    })
}

fn id_in_path(name: &str) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    match name {
        "case" => reference(&CaseId::name()),
        "exhibit" => reference(&ExhibitId::name()),
        "operator" => reference(&OperatorId::name()),
        "session" => reference(&SessionId::name()),
        "passkey" => reference(&PasskeyId::name()),
        "token" => reference(&TokenId::name()),
        "machine" => reference(&MachineId::name()),
        "request" => reference(&RequestId::name()),
        "leaf" => position(),
        _ => match RequestWords::ALL.iter().find(|kind| kind.one == name) {
            Some(kind) => reference(kind.id),
            None => json!({ "type": "string" }),
        },
    }
}

/// The schema of a leaf's number.
fn position() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX })
}

fn body(route: &Route, schemas: &BTreeMap<String, Value>) -> Option<Value> {
    match route.takes {
        Takes::Nothing | Takes::Part | Takes::Query(..) => None,
        Takes::File => Some(json!({
            "required": true,
            "description": "The file, packed or not.",
            "content": { "application/octet-stream": { "schema": octets() } },
        })),
        Takes::Json(shape) => {
            let name = (shape.name)();
            let schema = schemas.get(name.as_ref())?;
            // No body counts as an empty object, which is enough if no member is required.
            let needed = schema["oneOf"].is_array()
                || schema["required"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty());
            Some(json!({
                "required": needed,
                "description": "A JSON object.",
                "content": { "application/json": media(Some(shape), route.docs.request) },
            }))
        }
    }
}

fn media(shape: Option<Shape>, example: &str) -> Value {
    let mut media = match shape {
        Some(shape) => {
            json!({ "schema": { "$ref": format!("#/components/schemas/{}", (shape.name)()) } })
        }
        None => json!({ "schema": { "type": "string" } }),
    };
    if !example.is_empty() {
        let text = || json!(example);
        media["example"] = match shape {
            Some(_) => serde_json::from_str(example).unwrap_or_else(|_| text()),
            None => text(),
        };
    }
    media
}

fn octets() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn responses(
    route: &Route,
    schemas: &mut BTreeMap<String, Value>,
    refusals: &mut BTreeMap<String, Value>,
) -> Value {
    let mut by_status: BTreeMap<u16, BTreeSet<ProblemKind>> = BTreeMap::new();
    for kind in problems(route) {
        let status = kind.status().as_u16();
        by_status.entry(status).or_default().insert(kind);
    }
    let mut responses = Map::new();
    for (status, kinds) in by_status {
        let name = problem_name(status, &kinds);
        let words: Vec<_> = kinds.iter().map(|kind| kind.title()).collect();
        schemas
            .entry(name.clone())
            .or_insert_with(|| problem(kinds.iter().copied(), Some(status)));
        refusals.entry(name.clone()).or_insert_with(|| {
            let mut refusal = refusal(&words.join(" "), &name);
            if matches!(status, 429 | 503) {
                refusal["headers"]["Retry-After"] = json!({
                    "description": "After how many seconds it may be tried again.",
                    "schema": { "type": "integer", "minimum": 0 },
                });
            }
            if status == 416 {
                refusal["headers"]["Content-Range"] = header("How many bytes the whole file has.");
            }
            if status == 401 {
                refusal["headers"]["WWW-Authenticate"] =
                    json!({ "description": "`Bearer`", "schema": { "type": "string" } });
            }
            refusal
        });
        responses.insert(status.to_string(), shared(&name));
    }
    responses.insert("default".to_owned(), shared("Problem"));
    responses.insert(route.status.as_str().to_owned(), success(route));
    if let Takes::Part = route.takes {
        let mut part = success(route);
        part["description"] = json!("The part that was asked for.");
        part["headers"]["Content-Range"] = header("Which bytes of how many these are.");
        responses.insert("206".to_owned(), part);
    }
    if let Some((status, shape, example)) = route.also {
        let mut response = success(route);
        response["description"] = json!("Nothing was made; a report of what was sent.");
        response["content"] = json!({ "application/json": media(Some(shape), example) });
        responses.insert(status.as_str().to_owned(), response);
    }
    if route.docs.id == plain::READYZ.id {
        let words = json!({ "schema": { "type": "string" } });
        let response = json!({ "description": "Not ready.", "content": { "text/plain": words } });
        responses.insert("503".to_owned(), response);
    }
    Value::Object(responses)
}

fn shared(response: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{response}") })
}

/// The response of a refusal, with a problem of this schema.
fn refusal(words: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({
        "description": words,
        "headers": {
            "Request-Id": request_id(),
            "Audit-Leaf": leaf("The leaf that records this refusal, if there is one."),
        },
        "content": { PROBLEM: { "schema": schema } },
    })
}

fn success(route: &Route) -> Value {
    let mut content = Map::new();
    for (at, (kind, shape)) in route.gives.iter().enumerate() {
        let media = match *kind {
            "application/octet-stream" | "application/x-tar" => json!({ "schema": octets() }),
            sheet::CSV => json!({ "schema": { "type": "string" } }),
            "application/json" if shape.is_none() => {
                json!({ "schema": {
                    "type": "object",
                    "description": "An OpenAPI document.",
                    "required": ["openapi", "info"],
                    "properties": {
                        "openapi": { "type": "string" },
                        "info": { "type": "object", "additionalProperties": {} },
                    },
                    "additionalProperties": {},
                } })
            }
            _ => media(*shape, if at == 0 { route.docs.answer } else { "" }),
        };
        content.insert((*kind).to_owned(), media);
    }
    let mut headers = json!({ "Request-Id": request_id() });
    if route.action.is_some() {
        headers["Audit-Leaf"] = leaf("The leaf that records this answer.");
    }
    if route.gives.iter().any(|(kind, _)| *kind == sheet::CSV) {
        let words = "The `after` of the next page, where the answer is CSV and there is one.";
        headers["Page-Next"] = header(words);
    }
    if let Takes::Part = route.takes {
        headers["Accept-Ranges"] = header("`bytes`");
        headers["ETag"] = header("Names these bytes, for `If-Range`.");
    }
    json!({ "description": "Done.", "headers": headers, "content": content })
}

/// A header of an answer that is a text.
fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn leaf(description: &str) -> Value {
    json!({ "description": description, "schema": position() })
}

fn request_id() -> Value {
    json!({
        "description": "The name of this request in the log of the server.",
        "schema": { "type": "string" },
    })
}

/// `Problem409CaseClosedExpired`, or `Problem401` for the kinds that every request shares.
fn problem_name(status: u16, kinds: &BTreeSet<ProblemKind>) -> String {
    let common = ALWAYS
        .iter()
        .filter(|kind| kind.status().as_u16() == status)
        .copied()
        .collect();
    let mut name = format!("Problem{status}");
    if *kinds != common {
        for word in kinds.iter().flat_map(|kind| kind.name().split('-')) {
            let mut letters = word.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            name.push_str(letters.as_str());
        }
    }
    name
}

/// The schema of a problem of one of these kinds.
fn problem(kinds: impl Iterator<Item = ProblemKind>, status: Option<u16>) -> Value {
    let mut schema = json!(ProblemBody::schema());
    let types: Vec<_> = kinds.map(ProblemKind::type_uri).collect();
    schema["properties"]["type"] = json!({
        "type": "string",
        "description": "Names a section of /errors.",
        "enum": types,
    });
    if let Some(status) = status {
        schema["properties"]["status"] = json!({ "type": "integer", "enum": [status] });
    }
    schema
}

/// Moves the rule after [`ALSO`] from a description into the extension.
fn name_rules(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let rule = members.get("description").and_then(|words| {
                let (words, rule) = words.as_str()?.split_once(ALSO)?;
                Some((words.trim().to_owned(), rule.trim().to_owned()))
            });
            if let Some((words, rule)) = rule {
                match words.is_empty() {
                    true => members.remove("description"),
                    false => members.insert("description".to_owned(), json!(words)),
                };
                members.insert(ALSO_CHECKED.to_owned(), json!(rule));
            }
            members.values_mut().for_each(name_rules);
        }
        Value::Array(items) => items.iter_mut().for_each(name_rules),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::table;

    fn parsed() -> Value {
        serde_json::from_str(&document(&table())).unwrap()
    }

    fn operations(document: &Value) -> Vec<(String, Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of_path = |(path, methods): (&String, &Value)| {
            let methods = methods.as_object().unwrap().clone();
            let named = move |path: String| {
                methods
                    .into_iter()
                    .map(move |(method, one)| (format!("{method} {path}"), one))
            };
            named(path.clone()).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// What a reference refers to; anything else as it is.
    fn found<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
        let place = value["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'));
        place.map_or(value, |place| document.pointer(place).unwrap())
    }

    fn every(value: &Value, at: &str, see: &mut dyn FnMut(&str, &Value)) {
        see(at, value);
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if name != "example" && name != "examples" {
                        every(member, &format!("{at}/{name}"), see);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| every(item, at, see)),
            _ => {}
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_a_known_tag_words_and_examples() {
        let document = parsed();
        let mut seen = BTreeSet::new();
        for (at, one) in operations(&document) {
            let id = one["operationId"].as_str().unwrap();
            assert!(seen.insert(id.to_owned()), "{at}: {id} is there twice");
            assert!(
                id.chars().all(|c| c.is_ascii_alphanumeric()) && id.len() > 6,
                "{at}: {id}"
            );
            let tag = one["tags"][0].as_str().unwrap();
            assert!(TAGS.iter().any(|(known, _)| *known == tag), "{at}: {tag}");
            let (summary, words) = (&one["summary"], one["description"].as_str().unwrap());
            assert!(
                summary.as_str().unwrap().len() > 5 && words.len() > 10,
                "{at}"
            );
            for (name, response) in one["responses"].as_object().unwrap() {
                let problem = found(&document, response);
                let ours = problem["content"].as_object().unwrap();
                assert!(
                    !ours.is_empty() && !problem["description"].is_null(),
                    "{at}: {name}"
                );
            }
        }
        for route in table() {
            let docs = &route.docs;
            for name in docs.problems {
                let known = ProblemKind::ALL.iter().any(|kind| kind.name() == *name);
                assert!(known, "{}: {name} is no problem", docs.id);
            }
            if route.gives.iter().any(|(_, shape)| shape.is_some()) {
                let example = serde_json::from_str::<Value>(docs.answer);
                assert!(
                    example.is_ok_and(|json| json.is_object()),
                    "{}: answer",
                    docs.id
                );
            }
            if let Some((_, _, text)) = route.also {
                let example: Value = serde_json::from_str(text).unwrap();
                let report = &document["components"]["schemas"]["FileReport"];
                let required = report["required"].as_array().unwrap();
                for member in required {
                    let there = example.get(member.as_str().unwrap());
                    assert!(there.is_some(), "{}: {member}", docs.id);
                }
                for member in example.as_object().unwrap().keys() {
                    let known = report["properties"].get(member);
                    assert!(known.is_some(), "{}: {member}", docs.id);
                }
            }
            if matches!(route.takes, Takes::Json(_)) {
                let example = serde_json::from_str::<Value>(docs.request);
                assert!(
                    example.is_ok_and(|json| json.is_object()),
                    "{}: request",
                    docs.id
                );
            }
        }
    }

    /// Objects whose members are not described, and why. May only shrink.
    const OF_ANY_KIND: [(&str, &str); 6] = [
        (
            "/components/schemas/DetailWords/properties/asked",
            "each action seals what it was asked in words of its own, for people who read the log",
        ),
        (
            "/components/schemas/DetailWords/properties/found",
            "each action seals what it found in words of its own, for people who read the log",
        ),
        (
            "/paths//openapi.json/get/responses/200/content/application/json/schema",
            "the format is described by the OpenAPI Initiative",
        ),
        (
            "/paths//openapi.json/get/responses/200/content/application/json/schema/properties/info",
            "the format is described by the OpenAPI Initiative",
        ),
        (
            "/paths//api/v1/openapi.json/get/responses/200/content/application/json/schema",
            "the same document",
        ),
        (
            "/paths//api/v1/openapi.json/get/responses/200/content/application/json/schema/properties/info",
            "the same document",
        ),
    ];

    #[test]
    fn every_reference_is_there_and_no_object_is_opaque() {
        let document = parsed();
        let mut of_any_kind = BTreeSet::new();
        every(&document, "", &mut |at, value| {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let place = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(place).is_some(), "{at}: {reference}");
            }
            if value.get("type").is_some_and(|kind| kind == "object") {
                let told = ["properties", "additionalProperties", "maxProperties"];
                assert!(
                    told.iter().any(|word| value.get(word).is_some()),
                    "{at} is opaque"
                );
            }
            // A map says what its values are: `{}` and `true` say nothing.
            let values = value.get("additionalProperties");
            if values.is_some_and(|values| *values == json!({}) || *values == json!(true)) {
                of_any_kind.insert(at.to_owned());
            }
        });
        let excepted = OF_ANY_KIND.iter().map(|(at, _)| (*at).to_owned());
        assert_eq!(of_any_kind, excepted.collect(), "values are not described");
        let text = document.to_string();
        assert!(!text.contains(ALSO), "a rule is not an extension");
    }

    #[test]
    fn the_copy_in_the_documents_is_current() {
        let made = document(&table());
        let copy = include_str!("../../docs/openapi.json");
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/target/openapi.json");
        std::fs::write(place, &made).unwrap();
        assert!(
            made == copy,
            "copy target/openapi.json to docs/openapi.json"
        );
    }
}
