//! The API's description (OpenAPI 3.1), made of the route table.

use std::collections::BTreeMap;

use http::Method;
use utoipa::PartialSchema;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, HttpMethod, InfoBuilder, OpenApiBuilder,
    Paths, RefOr, Required, Schema,
};

use super::problem::ProblemBody;
use super::route::{Route, Shape, Takes};
use super::upload;

const SESSION: &str = "session";

/// The document as JSON.
pub(super) fn document(table: &[Route]) -> String {
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut paths = Paths::new();
    for route in table {
        let Some(method) = method(&route.method) else {
            continue;
        };
        paths.add_path_operation(&route.path, vec![method], operation(route));
        for shape in shapes(route) {
            let mut nested = Vec::new();
            (shape.nested)(&mut nested);
            schemas.extend(nested);
        }
    }
    schemas.insert("Problem".to_owned(), ProblemBody::schema());
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(
            SESSION,
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        )
        .build();
    let info = InfoBuilder::new()
        .title("breachvault")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A vault for the data of one breach. Every answer to a signed-in operator names its \
             leaf in the audit log in the header `Audit-Leaf`.",
        ))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components))
        .build()
        .to_json()
        .unwrap_or_default()
}

pub(super) fn shapes(route: &Route) -> Vec<Shape> {
    let taken = match route.takes {
        Takes::Json(shape) => Some(shape),
        Takes::Nothing | Takes::Query(_) | Takes::File => None,
    };
    let given = route.gives.iter().filter_map(|(_, shape)| *shape);
    taken.into_iter().chain(given).collect()
}

fn operation(route: &Route) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .summary(Some(route.summary))
        .operation_id(Some(name(route)));
    if let Some(action) = route.action {
        operation = operation
            .description(Some(format!("Decided and recorded as `{action}`.")))
            .tag(action.name().split('.').next().unwrap_or_default());
    }
    for parameter in route.path.split('/').filter_map(|part| {
        let part = part.strip_prefix('{')?;
        part.strip_suffix('}')
    }) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(parameter)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(string())),
        );
    }
    operation = match route.takes {
        Takes::Nothing => operation,
        Takes::Query(names) => with_query(operation, names),
        Takes::Json(shape) => {
            operation.request_body(Some(body("application/json", (shape.schema)())))
        }
        Takes::File => with_upload(operation),
    };
    if route.session {
        operation = operation.security(SecurityRequirement::new(SESSION, Vec::<String>::new()));
    }
    let problem = ResponseBuilder::new()
        .description("A problem; its type names a section of /errors")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(RefOr::Ref(utoipa::openapi::Ref::from_schema_name(
                    "Problem",
                ))))
                .build(),
        )
        .build();
    for status in problems(route) {
        operation = operation.response(*status, problem.clone());
    }
    operation
        .response(route.status.as_str(), success(route))
        .response("default", problem)
}

/// The statuses of the problems that this kind of route can answer.
fn problems(route: &Route) -> &'static [&'static str] {
    match (route.action, route.session, route.takes) {
        (None, ..) => &["429", "431"],
        (Some(_), false, _) => &[
            "400", "401", "408", "413", "415", "422", "429", "431", "500", "503",
        ],
        (Some(_), true, Takes::Nothing) => {
            &["401", "403", "404", "409", "429", "431", "500", "503"]
        }
        (Some(_), true, _) => &[
            "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "431", "500",
            "503",
        ],
    }
}

fn success(route: &Route) -> utoipa::openapi::Response {
    let mut response = ResponseBuilder::new().description("Done");
    for (media, shape) in &route.gives {
        let schema = shape.map_or_else(|| RefOr::T(string()), |shape| (shape.schema)());
        response = response.content(*media, ContentBuilder::new().schema(Some(schema)).build());
    }
    if route.action.is_some() {
        let position = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .build();
        let header = HeaderBuilder::new()
            .schema(Some(position))
            .description(Some("The leaf that records this answer"))
            .build();
        response = response.header("Audit-Leaf", header);
    }
    response.build()
}

fn with_query(operation: OperationBuilder, names: &[&str]) -> OperationBuilder {
    names.iter().fold(operation, |operation, name| {
        operation.parameter(
            ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::True)
                .schema(Some(string())),
        )
    })
}

fn with_upload(operation: OperationBuilder) -> OperationBuilder {
    let mut operation = operation;
    for name in upload::QUERY {
        let schema = if name == "map" {
            Schema::Array(ArrayBuilder::new().items(RefOr::T(string())).build())
        } else {
            string()
        };
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .schema(Some(schema)),
        );
    }
    for name in upload::HEADERS {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .schema(Some(string())),
        );
    }
    operation.request_body(Some(body("application/octet-stream", RefOr::T(string()))))
}

fn body(media: &str, schema: RefOr<Schema>) -> utoipa::openapi::request_body::RequestBody {
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content(media, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn string() -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).build())
}

/// `post_cases_case_lookups`: method and path, without the prefix.
fn name(route: &Route) -> String {
    let path = route.path.strip_prefix("/api/v1").unwrap_or(&route.path);
    let mut name = route.method.as_str().to_ascii_lowercase();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        name.push('_');
        name.extend(part.chars().filter(char::is_ascii_alphanumeric));
    }
    name
}

fn method(method: &Method) -> Option<HttpMethod> {
    match *method {
        Method::GET => Some(HttpMethod::Get),
        Method::POST => Some(HttpMethod::Post),
        Method::PUT => Some(HttpMethod::Put),
        Method::DELETE => Some(HttpMethod::Delete),
        _ => None,
    }
}
