//! Pages that anybody may read, and the answers for unknown paths and methods. They write no leaf. Whoever has no
//! session is counted as a stranger, but for the two probes: strangers must not make a balancer think that it is down.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::ProblemKind;
use super::app::App;
use super::authenticate::{address, admit_anybody, bearer, stranger};
use super::problem::Problem;
use super::{accept, pages};
use crate::operations::Docs;

pub(super) const OPENAPI: Docs = Docs {
    id: "readDescription",
    tag: "Service",
    summary: "Read this description",
    description: "This OpenAPI document.",
    request: "",
    answer: "",
    problems: &[],
};

pub(super) const CHALLENGE: Docs = Docs {
    id: "readSignInChallenge",
    tag: "Sessions",
    summary: "Read what a passkey signs at a sign-in",
    description: "A nonce, and the challenge that a passkey signs to sign in: `challenge` of \
        `navigator.credentials.get()` with `rpId` as `relying_party` says and `userVerification` required, and without \
        `allowCredentials`. The answer names no account and is good for some minutes, once.",
    request: "",
    answer: r#"{"nonce": "AAAAAGYMcVAAAA", "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "relying_party": "vault.example", "seconds": 300}"#,
    problems: &["unavailable"],
};

pub(super) const ERRORS: Docs = Docs {
    id: "readErrors",
    tag: "Service",
    summary: "Read what every problem means",
    description: "The page that the `type` of every problem points to, in Markdown; as HTML for a browser.",
    request: "",
    answer: "",
    problems: &[],
};

pub(super) const HEALTHZ: Docs = Docs {
    id: "readHealth",
    tag: "Service",
    summary: "Ask whether the process is up",
    description: "Whether it can work is `readReadiness`.",
    request: "",
    answer: "up\n",
    problems: &[],
};

pub(super) const READYZ: Docs = Docs {
    id: "readReadiness",
    tag: "Service",
    summary: "Ask whether leaves can be written",
    description: "Answers 503 while leaves cannot be made durable, and once damage was found, and says which. Further \
        lines say if the clock jumped, and if a destroyed case cannot be ended.",
    request: "",
    answer: "ready\n",
    problems: &[],
};

pub(super) const METRICS: Docs = Docs {
    id: "readMetrics",
    tag: "Service",
    summary: "Read the counts",
    description: "Counts as Prometheus reads them. No ids, no names. There for the addresses in `serve.metrics` \
        only; by default, for the machine itself.",
    request: "",
    answer: "",
    problems: &["not-found"],
};

const DAMAGED: &str = "damaged: a part of the vault is not what it wrote; keep the files, and run `breachvault \
     doctor` and `breachvault audit verify` (docs/errors.md)\n";

const CLOCK_IN_DOUBT: &str = "the clock jumped: two leads or administrators have to accept a time, each with \
     POST /api/v1/clock/acceptance or `breachvault clock accept` (docs/people.md)\n";

const WAITS_FOR_ROOT: &str = "the vault got a new root at another node, and no node takes that keyring from another: \
     stop this one, copy keys/keyring and keys/high-water-mark from the node that made the root, and start it \
     (docs/scale.md)\n";

const IS_NO_NODE: &str = "this is no node of the vault any more: it was struck off, or another process was started as \
     the same node; it answers nothing more (docs/scale.md)\n";

const WAITS_FOR_KEYRING: &str = "the keyring of this node is not the one that the log was written with: it asks the \
     nodes that run for it; without [nodes] copy keys/keyring from the node that changed it (docs/scale.md)\n";

const FORKED: &str = "forked: another node of the vault has a log that is not this one's, because one of them was \
     shown a copy of the database; both write nothing and give nothing out (docs/scale.md)\n";

const NODES_SILENT: &str = "another node that runs does not answer this one: no reveal is opened and no package is \
     handed out (docs/scale.md)\n";

const DESTRUCTION_HELD_UP: &str =
    "a destroyed case cannot be ended: look at the log of the server (docs/operations.md)\n";

const ERASURE_HELD_UP: &str =
    "an erasure cannot be ended: look at the log of the server (docs/operations.md)\n";

/// 200 while the process runs; `/readyz` answers whether it can work.
pub(super) async fn healthz(State(_): State<Arc<App>>) -> Response {
    text(StatusCode::OK, "up\n")
}

/// 503 while leaves cannot be made durable, and once damage was found.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.vault.health().is_green() {
        // The vault works on, and people have to look at something.
        let mut told = "ready\n".to_owned();
        if app.vault.clock().in_doubt() {
            told.push_str(CLOCK_IN_DOUBT);
        }
        if app.vault.health().silent_nodes() > 0 {
            told.push_str(NODES_SILENT);
        }
        if !app.vault.held_up().is_empty() {
            told.push_str(DESTRUCTION_HELD_UP);
        }
        if !app.vault.erasures_held_up().is_empty() {
            told.push_str(ERASURE_HELD_UP);
        }
        text(StatusCode::OK, told)
    } else {
        let why = match app.vault.health().damage() {
            _ if app.vault.health().is_forked() => FORKED,
            // Not where: a liaison, who is not told, may ask here too.
            Some(_) => DAMAGED,
            None if app.vault.health().is_no_node() => IS_NO_NODE,
            None if app.vault.health().waits_for_root() => WAITS_FOR_ROOT,
            None if app.vault.health().waits_for_keyring() => WAITS_FOR_KEYRING,
            None => "leaves cannot be made durable\n",
        };
        text(StatusCode::SERVICE_UNAVAILABLE, why)
    }
}

/// Not there for anybody but those whom the configuration names.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    admit_anybody(&app, &parts, bearer(&parts))?;
    if !address(&parts).is_some_and(|from| app.metrics_for.lists(from)) {
        return Err(Problem::new(ProblemKind::NotFound));
    }
    let in_doubt = app.vault.clock().in_doubt();
    let text = app.metrics.to_text(
        app.vault.health(),
        app.vault.waiting(),
        in_doubt,
        app.vault.backups(),
        (
            app.vault.held_up().len(),
            app.vault.erasures_held_up().len(),
        ),
        (&app.vault.rotations(), &app.vault.key_dues()),
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// The OpenAPI document.
pub(super) async fn description(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    admit_anybody(&app, &parts, bearer(&parts))?;
    let document = app.description.clone();
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// What a passkey signs at a sign-in. Nothing is kept for it.
pub(super) async fn challenge(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    admit_anybody(&app, &parts, bearer(&parts))?;
    let challenge = app.vault.sign_in_challenge()?;
    let json = serde_json::to_vec(&challenge).map_err(|_| Problem::new(ProblemKind::Internal))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// The page that the `type` of every problem points to.
pub(super) async fn errors(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let page = accept::choose(request.headers(), &["text/plain", "text/html"]) == Some(1);
    let mut response = match page {
        true => pages::errors(&app, request).await?,
        false => {
            let (parts, _) = request.into_parts();
            admit_anybody(&app, &parts, bearer(&parts))?;
            text(StatusCode::OK, include_str!("../../docs/errors.md"))
        }
    };
    let varies = HeaderValue::from_static("accept");
    response.headers_mut().insert(header::VARY, varies);
    Ok(response)
}

pub(super) async fn not_found(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let problem = Problem::new(ProblemKind::NotFound);
    stranger(&app, address(&parts), problem).into_response()
}

pub(super) async fn method_not_allowed(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let problem = Problem::new(ProblemKind::MethodNotAllowed);
    let mut response = stranger(&app, address(&parts), problem).into_response();
    let path = parts.extensions.get::<MatchedPath>();
    let all = app.allowed.get();
    if let Some(allowed) = path.zip(all).and_then(|(path, all)| all.get(path.as_str()))
        && response.status() == StatusCode::METHOD_NOT_ALLOWED
    {
        response
            .headers_mut()
            .insert(header::ALLOW, allowed.clone());
    }
    response
}

pub(super) async fn not_acceptable(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let problem = Problem::new(ProblemKind::NotAcceptable);
    stranger(&app, address(&parts), problem).into_response()
}

fn text(status: StatusCode, text: impl IntoResponse) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        text,
    )
        .into_response()
}
