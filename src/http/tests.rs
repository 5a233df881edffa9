//! The router in process, over a real vault, with operations made for the tests.

use std::io::Read;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use utoipa::ToSchema;

use super::app::App;
use super::mount::Routes;
use super::openapi;
use super::routes::{description, routes};
use super::upload;
use crate::config::{Limits, Networks};
use crate::domain::{CaseId, OperatorName};
use crate::operations::exhibit::Arriving;
use crate::operations::{Docs, Empty, Ids, Request as Asked};
use crate::policy::actions;
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::identity::{NewPassword, Password};
use crate::vault::keyring::{Argon2Params, NewPassphrase};
use crate::vault::scope::Scope;
use crate::vault::{
    Answer, Caller, Operation, OperationError, Passkeys, Paths, Receipt, Refusal, Reply,
    SecondFactor, Settings, Tables, Target, Vault, Wire,
};

const PASSWORD: &str = "a password of the tests";

struct Said(Value);

impl Answer for Said {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(self.0)
    }
}

const DOCS: Docs = Docs {
    id: "test",
    tag: "Service",
    summary: "A test",
    description: "Of the tests.",
    request: "",
    answer: "",
    problems: &[],
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountInput {
    count: u64,
}

/// Says a count back; 13 makes it panic.
struct Count(u64);

impl Operation for Count {
    type Action = actions::ReadSelf;
    type Answer = Said;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<Said, OperationError> {
        assert_ne!(self.0, 13, "+447700900123");
        Ok(Said(json!({ "count": self.0 })))
    }
}

impl Asked for Count {
    type Input = CountInput;
    const DOCS: Docs = DOCS;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: CountInput) -> Result<Self, OperationError> {
        Ok(Self(input.count))
    }
}

/// About a case, which the administrator may never know of.
struct OfCase(CaseId);

impl Operation for OfCase {
    type Action = actions::ReadCase;
    type Answer = Said;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<Said, OperationError> {
        Ok(Said(json!({})))
    }
}

impl Asked for OfCase {
    type Input = Empty;
    const DOCS: Docs = DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        ids.case().map(Target::Case)
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        ids.case().map(Self)
    }
}

struct Octets;

impl Operation for Octets {
    type Action = actions::ReadSelf;
    type Answer = RawBytes;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<RawBytes, OperationError> {
        Ok(RawBytes)
    }
}

struct RawBytes;

impl Answer for RawBytes {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::bytes("application/octet-stream", vec![0, 1, 2]))
    }
}

impl Asked for Octets {
    type Input = Empty;
    const DOCS: Docs = DOCS;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}

/// The same address, as JSON.
struct Plain;

impl Operation for Plain {
    type Action = actions::ReadSelf;
    type Answer = Said;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<Said, OperationError> {
        Ok(Said(json!({ "count": 0 })))
    }
}

impl Asked for Plain {
    type Input = Empty;
    const DOCS: Docs = DOCS;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}

fn admit(
    vault: &Vault,
    caller: &Caller,
    asked: upload::Asked,
    mut arriving: Arriving,
) -> Result<Reply, Refusal> {
    let mut bytes = Vec::new();
    match arriving.file.read_to_end(&mut bytes) {
        Ok(read)
            if asked.query.format == "auto"
                && asked.name == "log.csv"
                && asked.source.is_none() =>
        {
            vault.perform(caller, Count(read as u64))
        }
        Ok(_) | Err(_) => {
            let error = OperationError::invalid("file", "broke off");
            Err(vault.turn_away::<actions::BeginExhibit>(caller, Target::Case(asked.case), error))
        }
    }
}

fn with_tests(routes: Routes) -> Routes {
    routes
        .mount::<Count>(Method::POST, "/test/count", StatusCode::CREATED)
        .mount::<OfCase>(Method::GET, "/test/{case}", StatusCode::OK)
        .mount_by_accept::<Plain, Octets>(
            Method::GET,
            "/test/leaf",
            StatusCode::OK,
            "application/octet-stream",
        )
        .mount_upload::<Value, Value>("/test/{case}/exhibits", DOCS, "{}", admit)
}

struct Served {
    router: Router,
    app: Arc<App>,
    token: String,
    vault: Arc<Vault>,
    _tables: Option<Tables>,
    _directory: TempDir,
}

impl Served {
    async fn new() -> Self {
        Self::with(Limits {
            body_bytes: 2048,
            upload_bytes: 100_000,
            header_bytes: 4096,
            ..Limits::default()
        })
        .await
    }

    async fn with(limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let paths = Paths::of(directory.path());
        let tables = Tables::wanted();
        if let Some(tables) = &tables {
            Vault::put_tables_at(&paths, &tables.address(), None).unwrap();
        }
        let founded = Vault::create(
            &paths,
            &NewPassphrase::parse("a passphrase of the tests".to_owned()).unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("admin").unwrap(),
            Settings {
                second_factor: SecondFactor::Offered,
                passkeys: Passkeys::Offered,
                password_cost: Argon2Params::new(8, 1, 1).unwrap(),
                ..Settings::default()
            },
            Arc::new(SystemClock),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap();
        let vault = Arc::new(founded.vault);
        let password = NewPassword::parse(Password::new(PASSWORD.to_owned())).unwrap();
        let enrolled = vault.enrol(&founded.invitation.enrolment, password, false);
        assert!(enrolled.is_ok());
        let here = Networks::of_this_machine();
        let app = Arc::new(App::new(Arc::clone(&vault), limits, here, description));
        let mut served = Self {
            router: with_tests(routes()).into_router(Arc::clone(&app)),
            app,
            token: String::new(),
            vault,
            _tables: tables,
            _directory: directory,
        };
        let body = json!({ "name": "admin", "password": PASSWORD }).to_string();
        let response = served.send(post("/api/v1/sessions", &body)).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        served.token = json(response).await["token"].as_str().unwrap().to_owned();
        served
    }

    /// What `/metrics` says to whoever may read it.
    fn metrics(&self) -> String {
        let backups = self.vault.backups();
        self.app
            .metrics
            .to_text(self.vault.health(), 0, false, backups, (0, 0), (&[], &[]))
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn send_signed(&self, mut request: Request<Body>) -> Response {
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        self.send(request).await
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap()
}

fn post(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

async fn problem(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let id = response.headers()["request-id"].clone();
    let leaf = response.headers().get("audit-leaf").cloned();
    let body = json(response).await;
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"], id.to_str().unwrap());
    let leaf = leaf.map(|leaf| leaf.to_str().unwrap().parse::<u64>().unwrap());
    assert_eq!(body["leaf"].as_u64(), leaf);
    let kind = body["type"].as_str().unwrap();
    let kind = kind.strip_prefix("/errors#").unwrap().to_owned();
    (status, kind, body)
}

#[tokio::test]
async fn an_answer_names_its_leaf_and_carries_the_headers_of_every_answer() {
    let served = Served::new().await;
    let response = served
        .send_signed(post("/api/v1/test/count", r#"{"count":7}"#))
        .await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let headers = response.headers().clone();
    assert!(
        headers["audit-leaf"]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .is_ok()
    );
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'");
    assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert!(!headers.contains_key(header::SERVER));
    assert_eq!(headers["request-id"].len(), 24);
    assert_eq!(json(response).await, json!({ "count": 7 }));
}

#[tokio::test]
async fn without_a_session_nothing_is_answered_and_nothing_is_written() {
    let served = Served::new().await;
    let (_, leaves, _) = served.vault.health().counts();
    let forged = format!("Bearer {}", "A".repeat(43));
    let basic = "Basic YTpi".to_owned();
    for credential in [None, Some(forged), Some(basic), Some("Bearer x".to_owned())] {
        let mut request = post("/api/v1/test/count", r#"{"count":7}"#);
        if let Some(credential) = credential {
            let credential = credential.parse().unwrap();
            request
                .headers_mut()
                .insert(header::AUTHORIZATION, credential);
        }
        let response = served.send(request).await;
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let (status, kind, _) = problem(response).await;
        assert_eq!((status, kind.as_str()), (401, "unauthenticated"));
    }
    assert_eq!(served.vault.health().counts().1, leaves);
}

#[tokio::test]
async fn a_body_that_is_not_understood_gets_a_leaf_and_a_place_and_is_not_quoted() {
    let served = Served::new().await;
    for (body, status, kind) in [
        ("{\n\"count\":+447700900123}", 400, "malformed-json"),
        ("{\n\"count\":\"+447700900123\"}", 422, "invalid"),
        ("{\"count\":1,\n\"+447700900123\":1}", 422, "invalid"),
    ] {
        let response = served.send_signed(post("/api/v1/test/count", body)).await;
        let (got, name, said) = problem(response).await;
        assert_eq!((got, name.as_str()), (status, kind), "{body}");
        assert_eq!(said["line"], 2);
        assert!(said["column"].is_u64());
        assert!(said["leaf"].is_u64());
        assert!(!said.to_string().contains("7700900"), "{said}");
    }
}

#[tokio::test]
async fn a_large_body_and_one_of_another_kind_are_refused_with_a_leaf() {
    let served = Served::new().await;
    let large = format!("{{\"count\":{}}}", "1".repeat(3000));
    let response = served.send_signed(post("/api/v1/test/count", &large)).await;
    let (status, kind, body) = problem(response).await;
    assert_eq!((status, kind.as_str()), (413, "too-large"));
    assert!(body["leaf"].is_u64());
    let mut request = post("/api/v1/test/count", r#"{"count":7}"#);
    request
        .headers_mut()
        .insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    let (status, kind, body) = problem(served.send_signed(request).await).await;
    assert_eq!((status, kind.as_str()), (415, "unsupported-media-type"));
    assert!(body["leaf"].is_u64());
    let mut request = get("/api/v1/test/leaf");
    let long = "x".repeat(5000).parse().unwrap();
    request.headers_mut().insert("x-long", long);
    let (status, kind, _) = problem(served.send_signed(request).await).await;
    assert_eq!((status, kind.as_str()), (431, "headers-too-large"));
}

#[tokio::test]
async fn an_address_that_is_not_there_and_a_case_of_others_look_alike() {
    let served = Served::new().await;
    let bodies = [
        "/api/v1/nothing/here",
        "/api/v1/test/c_00000000000000000000",
        "/api/v1/test/not-an-id",
    ]
    .map(|path| served.send_signed(get(path)));
    let mut seen = Vec::new();
    for response in bodies {
        let (status, kind, mut body) = problem(response.await).await;
        assert_eq!((status, kind.as_str()), (404, "not-found"));
        let members = body.as_object_mut().unwrap();
        members.remove("request_id");
        members.remove("leaf");
        seen.push(body);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
    let response = served.send(get("/api/v1/enrolments")).await;
    assert_eq!(response.headers()[header::ALLOW], "POST");
    let (status, kind, _) = problem(response).await;
    assert_eq!((status, kind.as_str()), (405, "method-not-allowed"));
}

#[tokio::test]
async fn an_operation_that_panics_answers_a_bare_problem() {
    let served = Served::new().await;
    let response = served
        .send_signed(post("/api/v1/test/count", r#"{"count":13}"#))
        .await;
    let (status, kind, body) = problem(response).await;
    assert_eq!((status, kind.as_str()), (500, "internal"));
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["leaf", "request_id", "status", "title", "type"]);
    let response = served
        .send_signed(post("/api/v1/test/count", r#"{"count":1}"#))
        .await;
    assert_eq!(response.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_wrong_password_is_a_denial_with_a_leaf() {
    let served = Served::new().await;
    for name in ["admin", "nobody.here"] {
        let body = json!({ "name": name, "password": "not the password" }).to_string();
        let (status, kind, body) =
            problem(served.send(post("/api/v1/sessions", &body)).await).await;
        assert_eq!((status, kind.as_str()), (401, "wrong-credential"));
        assert!(body["leaf"].is_u64());
    }
}

#[tokio::test]
async fn strangers_are_throttled_and_counted_and_the_signed_in_are_not() {
    let served = Served::with(Limits {
        stranger_burst: 4,
        stranger_per_minute: 1,
        ..Limits::default()
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let response = served.send(get("/api/v1/test/leaf")).await;
        statuses.push(response.status().as_u16());
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
    }
    // The sign-in of the test took one.
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    let response = served.send_signed(get("/api/v1/test/leaf")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let text = served.metrics();
    assert!(text.contains("breachvault_strangers_total 5"), "{text}");
    assert!(text.contains("breachvault_throttled_total 2"), "{text}");
}

#[tokio::test]
async fn what_is_accepted_picks_the_form() {
    let served = Served::new().await;
    let response = served.send_signed(get("/api/v1/test/leaf")).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(response.headers()[header::VARY], "accept");
    let mut request = get("/api/v1/test/leaf");
    let octets = "text/html, application/octet-stream;q=0.9";
    request
        .headers_mut()
        .insert(header::ACCEPT, octets.parse().unwrap());
    let response = served.send_signed(request).await;
    let kind = &response.headers()[header::CONTENT_TYPE];
    assert_eq!(kind, "application/octet-stream");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(bytes.as_ref(), [0, 1, 2]);
}

#[tokio::test]
async fn an_upload_is_streamed_bounded_and_never_half_taken() {
    let served = Served::new().await;
    let upload = |path: &str, body: Body| {
        Request::post(path)
            .header(header::HOST, "localhost")
            .header("Exhibit-Name", "log.csv")
            .body(body)
            .unwrap()
    };
    let path = "/api/v1/test/c_00000000000000000000/exhibits?format=auto&zone=UTC";
    let response = served
        .send_signed(upload(path, Body::from(vec![b'x'; 90_000])))
        .await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(json(response).await, json!({ "count": 90_000 }));
    let response = served
        .send_signed(upload(path, Body::from(vec![b'x'; 100_001])))
        .await;
    let (status, kind, body) = problem(response).await;
    assert_eq!((status, kind.as_str()), (413, "too-large"));
    assert!(body["leaf"].is_u64());
    let path = format!("{path}&number=%2B447700900123");
    let response = served.send_signed(upload(&path, Body::empty())).await;
    let (status, kind, body) = problem(response).await;
    assert_eq!((status, kind.as_str()), (400, "malformed-query"));
    assert!(body["leaf"].is_u64());
    assert!(!body.to_string().contains("7700900"));
}

#[tokio::test]
async fn anybody_sees_that_it_is_up_and_ready_and_counts_without_ids() {
    let served = Served::new().await;
    for path in ["/healthz", "/readyz", "/errors"] {
        assert_eq!(served.send(get(path)).await.status(), StatusCode::OK);
    }
    let secret = "/api/v1/test/c_00000000000000000000";
    served.send_signed(get(secret)).await;
    served.send(get("/+447700900123")).await;
    let text = served.metrics();
    assert!(text.contains("route=\"/api/v1/test/{case}\",status=\"404\""));
    assert!(text.contains("route=\"unmatched\",status=\"404\"} 1"));
    assert!(text.contains("breachvault_healthy 1"));
    assert!(!text.contains("7700900") && !text.contains("c_0000"));
}

#[tokio::test]
async fn pages_for_anybody_are_throttled_like_strangers_and_probes_are_not() {
    let served = Served::with(Limits {
        stranger_burst: 4,
        stranger_per_minute: 1,
        ..Limits::default()
    })
    .await;
    let mut statuses = Vec::new();
    for path in [
        "/openapi.json",
        "/errors",
        "/api/v1/openapi.json",
        "/errors",
        "/openapi.json",
    ] {
        statuses.push(served.send(get(path)).await.status().as_u16());
    }
    // The sign-in of the test took one.
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(served.send(get(path)).await.status(), StatusCode::OK);
    }
    // Whoever has a session is no stranger.
    let leaf = served.send_signed(get("/api/v1/test/leaf")).await;
    assert_eq!(leaf.status(), StatusCode::OK);
    let read = served.send_signed(get("/openapi.json")).await;
    assert_eq!(read.status(), StatusCode::OK);
}

#[tokio::test]
async fn metrics_are_not_there_for_whom_the_configuration_does_not_name() {
    let served = Served::new().await;
    // The router of the tests knows no addresses.
    for path in ["/metrics", "/api/v1/metrics"] {
        let (status, kind, _) = problem(served.send(get(path)).await).await;
        assert_eq!((status, kind.as_str()), (404, "not-found"));
        let (status, kind, _) = problem(served.send_signed(get(path)).await).await;
        assert_eq!((status, kind.as_str()), (404, "not-found"));
    }
}

#[tokio::test]
async fn the_description_is_openapi_3_1_and_names_every_route() {
    let served = Served::new().await;
    let document = json(served.send(get("/openapi.json")).await).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    for route in super::table() {
        let method = route.method.as_str().to_ascii_lowercase();
        let described = &document["paths"][&route.path][method];
        assert!(described.is_object(), "{}", route.path);
        let session = described["security"][0]["session"].is_array();
        assert_eq!(session, route.session);
    }
}

#[test]
fn a_description_holds_parameters_bodies_and_the_leaf() {
    let table = with_tests(Routes::new("/api/v1")).into_table();
    let document: Value = serde_json::from_str(&openapi::document(&table)).unwrap();
    let count = &document["paths"]["/api/v1/test/count"]["post"];
    let found = |value: &Value| {
        let place = value["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
        document.pointer(place).unwrap().clone()
    };
    let body = found(&count["requestBody"]["content"]["application/json"]["schema"]);
    assert_eq!(body["required"], json!(["count"]));
    let done = &count["responses"]["201"];
    assert!(done["headers"]["Audit-Leaf"].is_object());
    let refused = found(&count["responses"]["422"]);
    assert!(refused["content"]["application/problem+json"].is_object());
    let case = &document["paths"]["/api/v1/test/{case}"]["get"]["parameters"][0];
    assert_eq!(
        (&case["name"], &case["in"]),
        (&json!("case"), &json!("path"))
    );
    let leaf = &document["paths"]["/api/v1/test/leaf"]["get"]["responses"]["200"]["content"];
    assert_eq!(leaf.as_object().unwrap().len(), 2);
    assert!(document["components"]["schemas"]["Problem"].is_object());
    assert_eq!(
        document["components"]["securitySchemes"]["session"]["scheme"],
        "bearer"
    );
}

#[test]
fn no_two_shapes_of_the_description_share_a_name() {
    let mut seen = std::collections::BTreeMap::new();
    for route in super::table() {
        for shape in openapi::shapes(&route) {
            let mut nested = Vec::new();
            (shape.nested)(&mut nested);
            for (name, schema) in nested {
                let schema = serde_json::to_string(&schema).unwrap();
                let before = seen.insert(name.clone(), schema.clone());
                assert!(before.is_none_or(|before| before == schema), "{name}");
            }
        }
    }
}
