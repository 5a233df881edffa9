//! Heads of requests that are not as they must be: each gets its status and a problem.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Empty, TestVault, Wire, body};

/// Sends bytes on a connection of their own; status, headers and the problem that came back.
fn send(vault: &TestVault, bytes: &[u8]) -> (u16, String, Value) {
    let mut wire = Wire::to(vault);
    wire.send(bytes);
    let answer = wire.read_all();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let problem = serde_json::from_str(body).unwrap_or(Value::Null);
    (status.unwrap_or(0), head.to_ascii_lowercase(), problem)
}

#[test]
fn a_request_that_names_no_host_or_two_is_refused_with_a_problem() {
    let vault = TestVault::new();
    for hosts in [
        "",
        "host: a\r\nhost: a\r\n",
        "host: a\r\nhost: b\r\n",
        "host:\r\n",
        "host: a b\r\n",
        "host: somebody@a\r\n",
    ] {
        for path in ["/healthz", "/api/v1/me", "/nothing"] {
            let request = format!("GET {path} HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
            let (status, head, problem) = send(&vault, request.as_bytes());
            assert_eq!(status, 400, "{hosts:?} {path}: {head}");
            assert_eq!(problem["type"], "/errors#malformed-request", "{hosts:?}");
            assert!(head.contains("application/problem+json"), "{head}");
        }
    }
}

#[test]
fn what_http_itself_refuses_is_a_problem_too() {
    let vault = TestVault::new();
    let many = |count: usize| {
        let lines: String = (0..count).map(|no| format!("x-{no}: 1\r\n")).collect();
        format!("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{lines}\r\n")
    };
    let long = "x".repeat(400_000);
    for (request, expected, kind) in [
        (many(90), 200, ""),
        (many(150), 431, "headers-too-large"),
        (many(5000), 431, "headers-too-large"),
        (
            format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx-long: {long}\r\n\r\n"),
            431,
            "headers-too-large",
        ),
        (
            format!(
                "GET /healthz?{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                &long[..9000]
            ),
            414,
            "address-too-long",
        ),
        (
            "GET /healthz HTTP/1.1\r\nno colon\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "GET  HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "POST /api/v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "POST /api/v1/sessions HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            400,
            "malformed-request",
        ),
    ] {
        let (status, head, problem) = send(&vault, request.as_bytes());
        let what: String = request.chars().take(60).collect();
        assert_eq!(status, expected, "{what}: {head}");
        if expected != 200 {
            assert_eq!(problem["type"], format!("/errors#{kind}"), "{what}: {head}");
            assert_eq!(problem["status"], expected);
            assert!(head.contains("application/problem+json"), "{head}");
            assert!(head.contains("strict-transport-security"), "{head}");
            let id = problem["request_id"].as_str().unwrap();
            assert!(head.contains(&format!("request-id: {id}")), "{head}");
        }
    }
}

#[test]
fn a_body_that_is_coded_or_in_another_text_is_refused_with_a_leaf() {
    let empty = Empty::new();
    let lead = empty.vault.lead();
    let path = format!("/api/v1/cases/{}/lookups", empty.case);
    let text = body::look_up(&["+447700900123"]).to_string();
    let json = ("content-type", "application/json");
    for headers in [
        [json, ("content-encoding", "gzip")],
        [json, ("content-encoding", "br")],
        [json, ("content-encoding", "identity, gzip")],
        [json, ("content-type", "application/json")],
        [
            ("content-type", "application/json; charset=utf-16"),
            ("x-a", "1"),
        ],
        [("content-type", "text/plain"), ("x-a", "1")],
    ] {
        let answer = lead.send(Method::POST, &path, &headers, text.as_bytes());
        let answer = answer.assert_problem(415, "unsupported-media-type");
        assert!(answer.leaf().is_some(), "{headers:?}");
    }
    let headers = [json, ("content-encoding", "identity")];
    let answer = lead.send(Method::POST, &path, &headers, text.as_bytes());
    assert_ne!(answer.status, 415);
    let path = format!("/api/v1/cases/{}/exhibits", empty.case);
    let headers = [("content-encoding", "gzip")];
    let custodian = empty.vault.custodian();
    let answer = custodian.send(Method::POST, &path, &headers, b"not read");
    answer.assert_problem(415, "unsupported-media-type");
    let sign_in = json!({ "name": "lead.one", "password": "x" }).to_string();
    let headers = [json, ("content-encoding", "gzip")];
    let stranger = empty.vault.anonymous();
    let answer = stranger.send(
        Method::POST,
        "/api/v1/sessions",
        &headers,
        sign_in.as_bytes(),
    );
    answer.assert_problem(415, "unsupported-media-type");
}

#[test]
fn a_chunk_that_is_none_is_told_at_once_as_what_it_is() {
    let vault = TestVault::new();
    let token = vault.lead().token().to_owned();
    for chunks in [
        "zz\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}xx0\r\n\r\n",
        "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    ] {
        let request = format!(
            "POST /api/v1/cases HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\
             connection: close\r\n\r\n{chunks}"
        );
        let (status, head, problem) = send(&vault, request.as_bytes());
        assert_eq!(status, 400, "{chunks:?}: {head}");
        assert_eq!(problem["type"], "/errors#malformed-request", "{chunks:?}");
    }
}
