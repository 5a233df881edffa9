//! `Accept` is read with its weights.

use ureq::http::Method;

use crate::support::shared;

#[test]
fn a_form_with_a_weight_of_nothing_is_not_sent() {
    let auditor = shared().auditor();
    for (accept, expected) in [
        ("application/octet-stream;q=0", "application/json"),
        (
            "application/octet-stream;q=0.1, application/json",
            "application/json",
        ),
        (
            "application/octet-stream;q=0.0, */*;q=0.1",
            "application/json",
        ),
        (
            "application/json;q=0.1, application/octet-stream;q=0.2",
            "application/octet-stream",
        ),
        ("application/json;q=0, */*", "application/octet-stream"),
        ("Application/Octet-Stream", "application/octet-stream"),
        ("*/*", "application/json"),
    ] {
        let answer = auditor.get_as("/audit/leaves/1", accept).assert_status(200);
        assert_eq!(answer.header("content-type"), Some(expected), "{accept}");
    }
}

#[test]
fn an_address_that_has_nothing_acceptable_says_so_before_it_acts() {
    let incident = shared();
    let auditor = incident.auditor();
    let leaves = auditor.get("/audit/checkpoint").leaf().unwrap();
    for path in ["/audit/leaves/1", "/me", "/audit/checkpoint"] {
        auditor
            .get_as(path, "*/*;q=0")
            .assert_problem(406, "not-acceptable");
    }
    auditor
        .get_as("/clock", "application/json;q=0")
        .assert_problem(406, "not-acceptable");
    auditor
        .get_as("/me", "application/json;q=0, text/csv;q=0")
        .assert_problem(406, "not-acceptable");
    let next = auditor.get("/audit/checkpoint").leaf().unwrap();
    // Others use the same vault; none of these wrote a leaf for the auditor.
    let search = serde_json::json!({ "action": "session.read" });
    let found = auditor.post("/audit/leaves/search", &search).json();
    let own = found["leaves"].as_array().unwrap().iter().any(|leaf| {
        leaf["role"] == "auditor"
            && leaf["seq"]
                .as_u64()
                .is_some_and(|seq| (leaves..next).contains(&seq))
    });
    assert!(!own, "{found}");
}

#[test]
fn what_anybody_may_read_follows_the_weights_too() {
    let incident = shared();
    let nobody = incident.anonymous();
    let ask = |method: Method, path: &str, accept: &str| {
        nobody.send(method, path, &[("accept", accept)], &[])
    };
    for (path, form) in [
        ("/healthz", "text/plain"),
        ("/readyz", "text/plain"),
        ("/metrics", "text/plain"),
        ("/errors", "text/plain"),
        ("/openapi.json", "application/json"),
        ("/api/v1/healthz", "text/plain"),
        ("/api/v1/openapi.json", "application/json"),
    ] {
        let group = form.split_once('/').unwrap().0;
        let mut refused = vec!["*/*;q=0".to_owned(), format!("{group}/*;q=0.0")];
        // The errors are a page too, and whoever wants no text gets that.
        match path {
            "/errors" => {
                for accept in ["text/html", "text/plain;q=0", "text/plain;q=0, text/html"] {
                    let answer = ask(Method::GET, path, accept).assert_status(200);
                    let form = answer.header("content-type").unwrap();
                    assert!(form.starts_with("text/html"), "{accept}: {form}");
                }
                refused.push("text/plain;q=0, text/html;q=0".to_owned());
            }
            _ => refused.extend([format!("{form};q=0"), format!("{form};q=0, text/html")]),
        }
        for accept in refused {
            ask(Method::GET, path, &accept).assert_problem(406, "not-acceptable");
            assert_eq!(ask(Method::HEAD, path, &accept).status, 406, "{path}");
        }
        for accept in [
            "*/*".to_owned(),
            "text/html, */*;q=0.1".to_owned(),
            format!("{form};q=0.001"),
            // As Prometheus asks.
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
                .to_owned(),
        ] {
            let answer = ask(Method::GET, path, &accept).assert_status(200);
            // The errors are a page too, for whoever prefers one.
            let form = match (path, accept.starts_with("text/html")) {
                ("/errors", true) => "text/html",
                _ => form,
            };
            assert!(answer.header("content-type").unwrap().starts_with(form));
        }
    }
}
