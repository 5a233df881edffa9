//! What a sealed vault answers: health, progress, a share that is taken or not; everything else is `sealed`.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::page;
use super::waiting::{NotTaken, Waiting};
use crate::domain::hex;
use crate::http::ProblemKind;
use crate::http::problem::Problem;
use crate::vault::entropy::{SystemEntropy, draw};

/// The largest body: a share has 140 letters.
const BODY: usize = 4096;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The body of a share.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareInput {
    share: String,
}

impl Drop for ShareInput {
    fn drop(&mut self) {
        self.share.zeroize();
    }
}

pub(super) async fn answer(waiting: &Waiting, from: Option<IpAddr>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match path.as_str() {
        "/healthz" if read => text(StatusCode::OK, "up\n"),
        "/readyz" if read => text(StatusCode::SERVICE_UNAVAILABLE, "sealed\n"),
        "/api/v1/unseal" if read => progress(waiting),
        "/api/v1/unseal" if request.method() == Method::POST => {
            told(give(waiting, from, request).await)
        }
        "/" | "/console" | "/unseal" if read => page::page(&waiting.progress(Instant::now())),
        "/unseal.js" if read => page::script(),
        _ => told(Err(Problem::new(ProblemKind::Sealed))),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

const HEADERS: [(header::HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
];

fn progress(waiting: &Waiting) -> Response {
    json(&waiting.progress(Instant::now()))
}

async fn give(
    waiting: &Waiting,
    from: Option<IpAddr>,
    request: Request,
) -> Result<Response, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().map(str::trim) == Some("application/json"));
    if !is_json {
        return Err(Problem::new(ProblemKind::UnsupportedMediaType));
    }
    let body = Limited::new(request.into_body(), BODY).collect();
    let body = tokio::time::timeout(BODY_TIME, body)
        .await
        .map_err(|_| Problem::new(ProblemKind::Timeout))?;
    let body = body.map_err(|_| Problem::new(ProblemKind::TooLarge))?;
    let body = Zeroizing::new(body.to_bytes().to_vec());
    // Only what is refused counts: a share that is needed is taken, whatever others send from behind the same address.
    let counted = |problem: Problem| match waiting.may_fail(from, Instant::now()) {
        Ok(()) => problem,
        Err(too_many) => refused(too_many),
    };
    let malformed = |error: serde_json::Error| {
        let mut problem = Problem::new(ProblemKind::MalformedJson);
        problem.line = Some(error.line() as u64);
        problem.column = Some(error.column() as u64);
        counted(problem)
    };
    let input: ShareInput = serde_json::from_slice(&body).map_err(malformed)?;
    let given = waiting.give(&input.share, Instant::now());
    match &given {
        Ok(progress) => tracing::info!(
            shares = progress.given.len(),
            state = progress.state,
            "a share was given"
        ),
        Err(NotTaken::Refused(fault)) => {
            tracing::warn!(fault = fault.name(), "a share was refused");
        }
        Err(NotTaken::Enough) => tracing::info!("a share came after there were enough"),
        Err(NotTaken::Keyring(fault)) => {
            tracing::warn!(fault = %fault, "shares did not open the keyring");
        }
        Err(NotTaken::TooMany(_)) => {}
    }
    match given {
        Ok(progress) => Ok(json(&progress)),
        Err(NotTaken::Enough) => Err(refused(NotTaken::Enough)),
        Err(why) => Err(counted(refused(why))),
    }
}

fn refused(why: NotTaken) -> Problem {
    match why {
        NotTaken::TooMany(seconds) => Problem::new(ProblemKind::Throttled).retry_after(seconds),
        NotTaken::Refused(fault) => {
            Problem::new(ProblemKind::Invalid).at("share", fault.to_string())
        }
        NotTaken::Enough => {
            Problem::new(ProblemKind::Invalid).at("share", "there were enough shares before")
        }
        NotTaken::Keyring(error) => {
            Problem::new(ProblemKind::Invalid).at("share", error.to_string())
        }
    }
}

/// A problem with its bytes; there is no `around` here that writes them.
fn told(answer: Result<Response, Problem>) -> Response {
    let problem = match answer {
        Ok(response) => return response,
        Err(problem) => problem,
    };
    let id = hex::encode(&draw::<12>(&SystemEntropy::new()).unwrap_or_default());
    let bytes = problem.to_json(&id);
    let mut response = problem.into_response();
    *response.body_mut() = bytes.into();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert("request-id", id);
    }
    response
}

fn json(value: &impl serde::Serialize) -> Response {
    let mut bytes = serde_json::to_vec(value).unwrap_or_default();
    bytes.push(b'\n');
    let media_type = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::OK, media_type, bytes).into_response()
}

fn text(status: StatusCode, text: &'static str) -> Response {
    let media_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, media_type, text).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::Moment;
    use crate::http::sealed::waiting::tests::sealed;
    use crate::vault::keyring::{Argon2Params, Keyring, LockedKeyring, NewPassphrase};

    fn asked(requests: Vec<http::Request<Body>>) -> Vec<(u16, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let passphrase = NewPassphrase::parse("a passphrase of the tests".to_owned()).unwrap();
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let (made, entropy) = (Moment::from_seconds(0), SystemEntropy::new());
        Keyring::create(&path, &passphrase, params, made, &entropy).unwrap();
        asked_of(&Waiting::new(LockedKeyring::read(&path).unwrap()), requests)
    }

    fn asked_of(waiting: &Waiting, requests: Vec<http::Request<Body>>) -> Vec<(u16, String)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let from = Some(IpAddr::from([192, 0, 2, 1]));
        let one = |request| {
            runtime.block_on(async {
                let response = answer(waiting, from, request).await;
                assert_eq!(response.headers()["cache-control"], "no-store");
                let status = response.status().as_u16();
                let body = response.into_body().collect().await.unwrap().to_bytes();
                (status, String::from_utf8(body.to_vec()).unwrap())
            })
        };
        requests.into_iter().map(one).collect()
    }

    fn get(path: &str) -> http::Request<Body> {
        http::Request::get(path).body(Body::empty()).unwrap()
    }

    fn post(path: &str, media_type: &str, body: impl Into<Body>) -> http::Request<Body> {
        let request = http::Request::post(path).header("content-type", media_type);
        request.body(body.into()).unwrap()
    }

    #[test]
    fn health_and_progress_are_answered_and_everything_else_is_sealed() {
        let all = asked(vec![
            get("/healthz"),
            get("/readyz"),
            get("/api/v1/unseal"),
            get("/api/v1/me"),
            get("/metrics"),
            post("/api/v1/sessions", "application/json", "{}"),
            post("/healthz", "application/json", "{}"),
        ]);
        assert_eq!(all[0], (200, "up\n".to_owned()));
        assert_eq!(all[1], (503, "sealed\n".to_owned()));
        let progress: Value = serde_json::from_str(&all[2].1).unwrap();
        assert_eq!(progress["state"], "sealed");
        assert_eq!(progress["given"], json!([]));
        for (status, body) in &all[3..] {
            assert_eq!(*status, 503);
            let problem: Value = serde_json::from_str(body).unwrap();
            assert_eq!(problem["type"], "/errors#sealed");
        }
    }

    #[test]
    fn a_share_that_is_needed_is_taken_whatever_others_send_from_the_same_address() {
        const JSON: &str = "application/json";
        let (waiting, texts, _folder) = sealed();
        let garbage = (0..30).map(|_| post("/api/v1/unseal", JSON, "{\"share\":\"AAAA\"}"));
        let told = asked_of(&waiting, garbage.collect());
        assert_eq!(told.last().unwrap().0, 429);
        let share = |no: usize| {
            post(
                "/api/v1/unseal",
                JSON,
                json!({ "share": texts[no] }).to_string(),
            )
        };
        let told = asked_of(&waiting, vec![share(0), share(0), share(2), share(1)]);
        // The second is refused, as a share that is there already; the last comes too late, and its holder did nothing
        // wrong.
        assert_eq!((told[0].0, told[2].0, told[3].0), (200, 200, 422));
        assert_ne!(told[1].0, 200);
        assert!(told[2].1.contains("opening"), "{}", told[2].1);
        assert!(told[3].1.contains("enough shares before"), "{}", told[3].1);
    }

    #[test]
    fn what_is_no_share_is_refused_and_never_quoted() {
        const JSON: &str = "application/json";
        let all = asked(vec![
            post("/api/v1/unseal", "text/plain", "BVSHARE1-AAAA"),
            post("/api/v1/unseal", JSON, "{\"share\":\n BVSHARE1-AAAA"),
            post(
                "/api/v1/unseal",
                JSON,
                "{\"share\":\"BVSHARE1-AAAA\",\"more\":1}",
            ),
            post("/api/v1/unseal", JSON, "{\"share\":\"BVSHARE1-AAAA\"}"),
            post("/api/v1/unseal", JSON, "x".repeat(BODY + 1)),
        ]);
        let statuses: Vec<u16> = all.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [415, 400, 400, 422, 413]);
        for (_, body) in &all {
            assert!(!body.contains("AAAA") && !body.contains("more"), "{body}");
        }
        // Whoever sends too many of them has to wait.
        let garbage = (0..30).map(|_| post("/api/v1/unseal", JSON, "{\"share\":\"AAAA\"}"));
        let told: Vec<u16> = asked(garbage.collect()).iter().map(|one| one.0).collect();
        assert_eq!((told[0], told[29]), (422, 429));
        let line: Value = serde_json::from_str(&all[1].1).unwrap();
        assert_eq!(line["line"], 2);
    }
}
