//! Somebody who asks over HTTPS, and what came back.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::request::Builder;
use ureq::http::{HeaderMap, Method, Request};

/// One caller; cheap to copy.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(agent: Agent, base: String) -> Self {
        Self {
            agent,
            base,
            token: None,
        }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &api(path), &[], &[])
    }

    pub fn get_as(&self, path: &str, accept: &str) -> Answer {
        self.send(Method::GET, &api(path), &[("accept", accept)], &[])
    }

    pub fn post(&self, path: &str, json: &Value) -> Answer {
        self.post_text(path, &json.to_string())
    }

    /// A body that says it is JSON, whatever it is.
    pub fn post_text(&self, path: &str, text: &str) -> Answer {
        self.send(Method::POST, &api(path), &[JSON], text.as_bytes())
    }

    pub fn put(&self, path: &str, json: &Value) -> Answer {
        let text = json.to_string();
        self.send(Method::PUT, &api(path), &[JSON], text.as_bytes())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, &api(path), &[], &[])
    }

    /// A deletion that says why.
    pub fn delete_with(&self, path: &str, json: &Value) -> Answer {
        let text = json.to_string();
        self.send(Method::DELETE, &api(path), &[JSON], text.as_bytes())
    }

    pub fn upload(&self, path: &str, bytes: &[u8]) -> Answer {
        let headers = [("content-type", "application/octet-stream")];
        self.send(Method::POST, &api(path), &headers, bytes)
    }

    /// Anything at all; `path` begins at the root of the server.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// The same where the server may hang up.
    pub fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = self.request(method, path, headers);
        // The server may answer before it has read all of a body, and then hangs up:
        // that connection is not to be used again.
        if !body.is_empty() {
            request = request.header("connection", "close");
        }
        let response = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())?
        } else {
            self.agent.run(request.body(body.to_vec()).unwrap())?
        };
        let (parts, mut body) = response.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.with_config().limit(1 << 30).read_to_vec()?,
        })
    }
}

impl Client {
    /// Asks, and hangs up when there is no answer in time.
    pub fn post_and_leave(&self, path: &str, json: &Value, after: Duration) {
        let request = self.request(Method::POST, &api(path), &[JSON]);
        let request = request.body(json.to_string()).unwrap();
        let request = self.agent.configure_request(request);
        let request = request.timeout_global(Some(after)).build();
        assert!(self.agent.run(request).is_err(), "there was an answer");
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// A text member of the JSON.
    #[track_caller]
    pub fn member(&self, name: &str) -> String {
        let json = self.json();
        let member = json[name].as_str();
        member
            .unwrap_or_else(|| panic!("no text `{name}` in {json}"))
            .to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The leaf it names.
    pub fn leaf(&self) -> Option<u64> {
        self.header("audit-leaf").map(|leaf| leaf.parse().unwrap())
    }

    /// The word for what is wrong.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text()
        );
        let json = self.json();
        assert_eq!(json["status"], self.status);
        assert_eq!(json["leaf"].as_u64(), self.leaf());
        let kind = json["type"].as_str().unwrap();
        kind.strip_prefix("/errors#").unwrap().to_owned()
    }

    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The problem, its status checked too.
    #[track_caller]
    pub fn assert_problem(self, status: u16, kind: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.problem(), kind);
        self
    }

    /// What must be the same of two answers that may not be told apart: all but
    /// leaf, request id and date.
    pub fn comparable(&self) -> (u16, Vec<(String, Vec<u8>)>, String) {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !["audit-leaf", "request-id", "date"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .filter(|(name, _)| name != "content-length")
            .collect();
        headers.sort();
        let mut body = self.text();
        if let Ok(mut json) = serde_json::from_str::<Value>(&body)
            && self.status >= 400
        {
            json["leaf"] = Value::Null;
            json["request_id"] = Value::Null;
            body = json.to_string();
        }
        (self.status, headers, body)
    }
}

fn api(path: &str) -> String {
    format!("/api/v1{path}")
}

const JSON: (&str, &str) = ("content-type", "application/json");
