//! Requests to one server and its answers.
//!
//! TLS is verified always; redirects and proxies are not followed, so a token goes to one server only. A request whose
//! answer got lost is not sent again, because it may have been done; one that the server put off is, after the time
//! that the server names.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use http::{Response, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::{CertificateError, Error as TlsError};
use serde::Serialize;
use serde_json::{Map, Value};
use ureq::tls::ClientCert;
use ureq::{Agent, Body, Error as Unreached, RequestBuilder, SendBody};
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::Output;
use super::problem;
use crate::domain::io_words;
use crate::outgoing::{Authorities, strict};

pub(crate) struct Connection {
    agent: Agent,
    server: String,
    token: Option<Zeroizing<String>>,
    /// Whether a machine's certificate is shown.
    by_machine: bool,
    /// The profile that the token is from.
    profile: Option<String>,
    /// How many seconds may still be waited in all.
    patience: Cell<u64>,
    /// How many seconds were waited because the server asked to.
    waited: Cell<u64>,
    quiet: bool,
}

/// An answer that is no refusal.
pub(crate) struct Answer {
    bytes: Zeroizing<Vec<u8>>,
}

/// What is sent.
#[derive(Clone, Copy)]
enum Sent<'a> {
    Get,
    GetBytes,
    Post(&'a [u8]),
    PostNothing,
    Put(&'a [u8]),
    Delete(&'a [u8]),
    DeleteNothing,
}

impl Connection {
    /// `shown` is the certificate of a machine, and its key.
    pub(crate) fn new(
        server: &str,
        trusted: Authorities,
        shown: Option<ClientCert>,
        patience: u64,
        quiet: bool,
    ) -> Self {
        let by_machine = shown.is_some();
        let agent = strict(trusted, shown)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_await_100(Some(CONNECT))
            .timeout_per_write(Some(IDLE))
            .timeout_per_read(Some(IDLE))
            .build()
            .new_agent();
        Self {
            agent,
            server: server.to_owned(),
            token: None,
            by_machine,
            profile: None,
            patience: Cell::new(patience),
            waited: Cell::new(0),
            quiet,
        }
    }

    pub(crate) fn with_token(mut self, token: &str, profile: &str) -> Self {
        self.token = Some(Zeroizing::new(token.to_owned()));
        self.profile = Some(profile.to_owned());
        self
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(path, Sent::Get)
    }

    /// Gets what is at a path as bytes, where it has another form too.
    pub(crate) fn get_bytes(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(path, Sent::GetBytes)
    }

    pub(crate) fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, Failure> {
        self.ask(path, Sent::Post(&json(body)))
    }

    pub(crate) fn post_nothing(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(path, Sent::PostNothing)
    }

    pub(crate) fn put(&self, path: &str, body: &impl Serialize) -> Result<Answer, Failure> {
        self.ask(path, Sent::Put(&json(body)))
    }

    pub(crate) fn delete(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.ask(path, Sent::Delete(&json(body)))
    }

    pub(crate) fn delete_nothing(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(path, Sent::DeleteNothing)
    }

    /// Reads the pages of a list into the first of them: as many entries of `member` as are wanted, or all. `ask` gets
    /// the `next` of the page before and how many entries are still wanted.
    pub(crate) fn pages(
        &self,
        member: &str,
        most: Option<u64>,
        mut ask: impl FnMut(&Self, Option<&Value>, Option<u64>) -> Result<Answer, Failure>,
    ) -> Result<Value, Failure> {
        let mut whole = ask(self, None, most)?.value()?;
        // A server whose list never ends, or comes back to where it was, is not followed for ever.
        let mut followed = HashSet::new();
        loop {
            let Some(entries) = whole.get(member).and_then(Value::as_array) else {
                return Err(Failure::strange_answer());
            };
            let have = entries.len() as u64;
            let next = whole.get("next").filter(|next| !next.is_null()).cloned();
            let (Some(next), false) = (next, most.is_some_and(|most| have >= most)) else {
                return Ok(whole);
            };
            if followed.len() == MOST_PAGES || !followed.insert(next.to_string()) {
                return Err(Failure::strange_answer());
            }
            let wanted = most.map(|most| most.saturating_sub(have));
            let mut page = ask(self, Some(&next), wanted)?.value()?;
            let after = page.get("next").cloned().unwrap_or(Value::Null);
            let Some(Value::Array(more)) = page.get_mut(member).map(Value::take) else {
                return Err(Failure::strange_answer());
            };
            let ended = more.is_empty();
            if let Some(Value::Array(entries)) = whole.get_mut(member) {
                entries.extend(more);
            }
            if let Some(members) = whole.as_object_mut() {
                members.insert("next".to_owned(), if ended { Value::Null } else { after });
            }
        }
    }

    /// All pages of a list that is read with `GET`.
    pub(crate) fn get_pages(
        &self,
        path: &str,
        member: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, Failure> {
        self.pages(member, None, |connection, next, _| {
            let next = next.and_then(Value::as_str);
            let after = next.map(|next| ("after", next));
            let query: Vec<_> = query.iter().copied().chain(after).collect();
            connection.get(&with_query(path, &query))
        })
    }

    /// All pages of a list that is read with `POST`; a page has at most `page` entries.
    pub(crate) fn post_pages(
        &self,
        path: &str,
        member: &str,
        body: &Map<String, Value>,
        most: Option<u64>,
        page: u64,
    ) -> Result<Value, Failure> {
        self.pages(member, most, |connection, next, wanted| {
            let mut body = body.clone();
            let limit = wanted.unwrap_or(page).clamp(1, page);
            body.insert("limit".to_owned(), limit.into());
            if let Some(next) = next {
                body.insert("cursor".to_owned(), next.clone());
            }
            connection.post(path, &Value::Object(body))
        })
    }

    /// Sends a file as it is read. What is refused before the server wants the file is refused without it.
    pub(crate) fn upload(
        &self,
        path: &str,
        headers: &[(&str, String)],
        file: &mut dyn Read,
        bytes: Option<u64>,
    ) -> Result<Answer, Failure> {
        let mut request = self
            .headed(self.agent.post(self.url(path)))
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::EXPECT, "100-continue");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(bytes) = bytes {
            request = request.header(header::CONTENT_LENGTH, bytes.to_string());
        }
        let sent = request.send(SendBody::from_reader(file));
        self.read(sent.map_err(|error| self.unreached(&error))?)
    }

    /// Writes the bytes of an answer to a file as they come, and returns how many there were.
    pub(crate) fn download(&self, path: &str, out: &mut dyn Write) -> Result<u64, Failure> {
        let mut response = self.patiently(path, Sent::Get)?;
        if !response.status().is_success() {
            return Err(self
                .read(response)
                .err()
                .unwrap_or_else(Failure::strange_answer));
        }
        let total = response.body().content_length();
        let mut reader = response.body_mut().with_config().limit(u64::MAX).reader();
        let mut buffer = vec![0; 1 << 16];
        let mut written = 0;
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.broken(&error)),
            };
            let part = buffer.get(..count).unwrap_or_default();
            out.write_all(part).map_err(|error| {
                Failure::failed(format!(
                    "failed to write the file: {}",
                    io_words(error.kind())
                ))
            })?;
            written += count as u64;
        }
        match total {
            Some(total) if total != written => Err(self.broken(&ErrorKind::UnexpectedEof.into())),
            _ => Ok(written),
        }
    }

    fn ask(&self, path: &str, sent: Sent<'_>) -> Result<Answer, Failure> {
        self.read(self.patiently(path, sent)?)
    }

    /// Sends a request, and again when the server asks to wait and there is time to.
    fn patiently(&self, path: &str, sent: Sent<'_>) -> Result<Response<Body>, Failure> {
        let mut tries = 1;
        loop {
            let response = self
                .send(path, sent)
                .map_err(|error| self.unreached(&error))?;
            let Some(seconds) = put_off(&response) else {
                return Ok(response);
            };
            let Some(left) = self.patience.get().checked_sub(seconds) else {
                return Ok(response);
            };
            if tries == MOST_TRIES {
                return Ok(response);
            }
            tries += 1;
            self.patience.set(left);
            self.waited.set(self.waited.get() + seconds);
            self.words(&format!("the server asks to wait {seconds} s; waiting"));
            thread::sleep(Duration::from_secs(seconds));
        }
    }

    fn send(&self, path: &str, sent: Sent<'_>) -> Result<Response<Body>, Unreached> {
        let (agent, url) = (&self.agent, self.url(path));
        let json = (header::CONTENT_TYPE, "application/json");
        match sent {
            Sent::Get => self.headed(agent.get(url)).call(),
            Sent::GetBytes => self
                .headed(agent.get(url))
                .header(header::ACCEPT, "application/octet-stream")
                .call(),
            Sent::DeleteNothing => self.headed(agent.delete(url)).call(),
            Sent::PostNothing => self.headed(agent.post(url)).send_empty(),
            Sent::Post(body) => self
                .headed(agent.post(url))
                .header(json.0, json.1)
                .send(body),
            Sent::Put(body) => self
                .headed(agent.put(url))
                .header(json.0, json.1)
                .send(body),
            Sent::Delete(body) => {
                let request = self.headed(agent.delete(url)).force_send_body();
                request.header(json.0, json.1).send(body)
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.server)
    }

    fn headed<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        match &self.token {
            Some(token) => {
                let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
                request.header(header::AUTHORIZATION, bearer.as_str())
            }
            None => request,
        }
    }

    /// The answer, or the refusal as a failure.
    fn read(&self, mut response: Response<Body>) -> Result<Answer, Failure> {
        let leaf = header_number(&response, "audit-leaf");
        let wait = put_off(&response);
        let status = response.status();
        let bytes = response
            .body_mut()
            .with_config()
            .limit(LONGEST)
            .read_to_vec();
        let bytes = Zeroizing::new(bytes.map_err(|error| self.unreached(&error))?);
        if status.is_success() {
            if let Some(leaf) = leaf {
                self.words(&format!("audit leaf {leaf}"));
            }
            return Ok(Answer { bytes });
        }
        let document = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let failure = problem::failure(&document, self.profile.as_deref()).unwrap_or_else(|| {
            Failure::failed(format!(
                "{} answered {} and not as a breachvault does",
                self.server,
                status.as_u16()
            ))
            .way_out("check the address; something else may be listening there or in between")
        });
        let failure = match self.by_machine && status == StatusCode::UNAUTHORIZED {
            true => failure.way_out(UNKNOWN_MACHINE),
            false => failure,
        };
        // What was read of a file that was not admitted says what to change.
        let report = document.get("report").filter(|report| report.is_object());
        let failure = Failure {
            report: report.cloned().map(Box::new),
            ..failure
        };
        Err(match (wait, self.waited.get()) {
            (Some(seconds), 0) => failure.way_out(format!(
                "the server asks to wait {}; --wait {seconds} does so",
                in_words(seconds)
            )),
            (Some(seconds), waited) => failure.way_out(format!(
                "the server still asks to wait {}, after {}; a greater --wait goes on waiting",
                in_words(seconds),
                in_words(waited)
            )),
            (None, _) => failure,
        })
    }

    fn words(&self, text: &str) {
        Output::of(self.quiet).words(text);
    }

    /// Why there is no answer. It may not be known whether the request was done.
    fn unreached(&self, error: &Unreached) -> Failure {
        let failed = |why: &str| Failure::failed(format!("{} was not reached: {why}", self.server));
        match error {
            Unreached::Io(error) => self.broken(error),
            Unreached::Rustls(error) => self.untrusted(error),
            Unreached::HostNotFound => failed("there is no host of this name").way_out(
                "check the spelling of its name, in --server or in the profile (`breachvault login --server URL`)",
            ),
            Unreached::ConnectionFailed => failed("nobody answers there")
                .way_out("check the address and that `breachvault serve` is running"),
            Unreached::Timeout(_) => failed("nothing came for too long")
                .way_out("check the address, and that no firewall is in between"),
            Unreached::BodyExceedsLimit(_) => failed("the answer is too long"),
            Unreached::Tls(_) | Unreached::Pem(_) => failed("TLS could not be set up"),
            _ => failed("the connection was not as it should be"),
        }
    }

    fn broken(&self, error: &io::Error) -> Failure {
        let inner = error.get_ref();
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<TlsError>()) {
            return self.untrusted(tls);
        }
        if let Some(ureq) = inner.and_then(|inner| inner.downcast_ref::<Unreached>()) {
            return self.unreached(ureq);
        }
        match error.kind() {
            ErrorKind::ConnectionRefused => Failure::failed(format!(
                "{} was not reached: nothing listens there",
                self.server
            ))
            .way_out("check the address and that `breachvault serve` is running"),
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => {
                Failure::failed(format!("the connection to {} broke off", self.server))
                    .way_out("look with `breachvault` whether it was done before you run it again")
            }
            kind => Failure::failed(format!(
                "{} was not reached: {}",
                self.server,
                io_words(kind)
            )),
        }
    }

    fn untrusted(&self, error: &TlsError) -> Failure {
        use CertificateError as C;
        let server = &self.server;
        match error {
            TlsError::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
                Failure::failed(format!("the certificate of {server} is for another name"))
                    .way_out("use the name that the certificate has")
            }
            TlsError::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => {
                Failure::failed(format!("the certificate of {server} has expired"))
                    .way_out("check this machine's clock, and ask who runs the server")
            }
            TlsError::InvalidCertificate(_) => Failure::failed(format!(
                "the certificate of {server} is from nobody whom this machine or the profile trusts"
            ))
            .way_out(
                "if you know who runs it, name its certificate authority with `login --ca-file FILE`; \
                 a demo's is keys/ca.crt in its directory",
            ),
            _ => Failure::failed(format!("{server} does not speak TLS as it should"))
                .way_out("check the address and the port"),
        }
    }
}

impl Answer {
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        serde_json::from_slice(&self.bytes).map_err(|_| Failure::strange_answer())
    }

    pub(crate) fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.bytes).map_err(|_| Failure::strange_answer())
    }
}

/// Who may vouch for the server: those of a PEM file, or those whom this machine trusts.
pub(crate) fn trusted(pem: Option<&str>) -> Result<Authorities, Failure> {
    let Some(pem) = pem else {
        return Ok(Authorities::of_machine());
    };
    Authorities::of_pem(pem.as_bytes()).ok_or_else(|| {
        Failure::usage("--ca-file: it has no certificate in PEM")
            .way_out("it begins with -----BEGIN CERTIFICATE-----")
    })
}

/// A part of a path, percent-encoded. Ids have nothing to encode; what somebody typed instead of one may.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A path with a query, percent-encoded. It never has a number in it.
pub(crate) fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let parts: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", part(value)))
        .collect();
    match parts.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", parts.join("&")),
    }
}

/// How long the server asks to wait, if it did not do the request for now; a second at least, so that nobody asks
/// without an end.
fn put_off(response: &Response<Body>) -> Option<u64> {
    let busy = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    match busy.contains(&response.status()) {
        true => header_number(response, "retry-after").map(|seconds| seconds.max(1)),
        false => None,
    }
}

fn header_number(response: &Response<Body>, name: &str) -> Option<u64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

fn json(body: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Texts and maps of texts can always be written.
    Zeroizing::new(serde_json::to_vec(body).unwrap_or_default())
}

fn in_words(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}

/// How often one request is sent, if the server asks to wait each time.
const MOST_TRIES: u32 = 30;
/// How many pages of a list are read.
const MOST_PAGES: usize = 10_000;
/// What to do if the server does not take a machine's certificate.
const UNKNOWN_MACHINE: &str = "the server does not know this certificate's key, or the machine has ended: \
    whoever it works for adds it anew with `breachvault machines add`";
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection may do nothing, as while the server seals a large file.
const IDLE: Duration = Duration::from_secs(600);
/// The longest answer that is read into memory.
const LONGEST: u64 = 1 << 28;
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_part_of_the_address() {
        assert_eq!(part("c_0123456789abcdefghjk"), "c_0123456789abcdefghjk");
        assert_eq!(part("../me?x=1#y"), "..%2Fme%3Fx%3D1%23y");
        assert_eq!(
            with_query("/a", &[("zone", "Europe/London"), ("map", "number=to+x")]),
            "/a?zone=Europe%2FLondon&map=number%3Dto%2Bx"
        );
        assert_eq!(with_query("/a", &[]), "/a");
    }

    #[test]
    fn a_list_that_does_not_end_is_not_followed_for_ever() {
        let trusted = Authorities::of_machine();
        let connection = Connection::new("https://vault.example", trusted, None, 0, true);
        let page = |next: &Value| {
            let page = json(&serde_json::json!({ "cases": [{ "case": "c" }], "next": next }));
            Ok(Answer { bytes: page })
        };
        for nexts in [&["x", "x"][..], &["x", "y", "x"]] {
            let mut asked = 0;
            let listed = connection.pages("cases", None, |_, _, _| {
                asked += 1;
                page(&nexts[(asked - 1) % nexts.len()].into())
            });
            assert!(listed.is_err() && asked <= nexts.len() + 1, "{asked}");
        }
        let mut asked = 0;
        let listed = connection.pages("cases", None, |_, _, _| {
            asked += 1;
            page(&asked.into())
        });
        assert!(listed.is_err());
        assert_eq!(asked, MOST_PAGES + 1);
        let listed = connection.pages("cases", None, |_, next, _| match next {
            None => page(&"x".into()),
            Some(_) => page(&Value::Null),
        });
        let listed = listed.ok().unwrap();
        assert_eq!(listed["cases"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_server_that_asks_for_no_wait_is_waited_for_a_second() {
        let answered = |status: u16, after: &str| {
            let response = Response::builder().status(status);
            let response = response.header("retry-after", after);
            response.body(Body::builder().data("")).unwrap()
        };
        for (status, after, wait) in [
            (429, "0", Some(1)),
            (503, "7", Some(7)),
            (429, "soon", None),
            (200, "7", None),
        ] {
            assert_eq!(put_off(&answered(status, after)), wait, "{status} {after}");
        }
    }

    #[test]
    fn a_long_wait_is_told_in_minutes_or_hours() {
        let told: Vec<_> = [1, 119, 120, 3601, 7201].map(in_words).into();
        assert_eq!(told, ["1 s", "119 s", "2 minutes", "61 minutes", "3 hours"]);
    }
}
