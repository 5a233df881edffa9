//! Somebody at a browser without a script: it keeps cookies, says where a request comes from, and sends forms.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ureq::http::Method;

use super::{Answer, Client, PASSWORD, TestVault, Who};

pub struct Browser {
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
    token: Mutex<String>,
}

impl Browser {
    /// Nobody has signed in yet.
    pub fn of(vault: &TestVault) -> Self {
        Self {
            client: vault.anonymous(),
            cookies: Mutex::default(),
            token: Mutex::default(),
        }
    }

    /// Signed in, and at home.
    pub fn signed_in(vault: &TestVault, who: Who) -> Self {
        // Enrolled at the first call.
        vault.client(who);
        let browser = Self::of(vault);
        let fields = [("name", who.name()), ("password", PASSWORD)];
        let signed_in = browser.submit("/console/sign-in", &fields);
        assert_eq!(signed_in.status, 303, "{}", signed_in.text());
        browser.get("/console").assert_status(200);
        browser
    }

    /// Types an address or follows a link.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[("sec-fetch-site", "same-origin")])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let answer = self.send(Method::GET, path, headers, &[]);
        if let Some(token) = field(&answer.text(), "form_token") {
            *self.token.lock().unwrap() = token;
        }
        answer
    }

    /// Sends a form of one of the vault's pages, with the token of its session.
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let with_token = fields
            .iter()
            .copied()
            .chain([("form_token", token.as_str())]);
        let fields: Vec<(&str, &str)> = with_token.collect();
        self.submit_with(path, &[("sec-fetch-site", "same-origin")], &fields)
    }

    /// Sends these fields and headers and no others.
    pub fn submit_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = headers.iter().copied().chain([form]).collect();
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        self.send(Method::POST, path, &headers, pairs.join("&").as_bytes())
    }

    /// Sends a form with a file, which is its last field.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let token = self.token();
        let with_token = [("form_token", token.as_str())].into_iter();
        let fields: Vec<(&str, &str)> = with_token.chain(fields.iter().copied()).collect();
        self.upload_with(path, &fields, file)
    }

    /// The same with these fields and no others.
    pub fn upload_with(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        const BOUNDARY: &str = "a-boundary-of-the-tests";
        let head = |disposition: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n")
        };
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(head(&format!("name=\"{name}\"")).into_bytes());
            body.extend(format!("{value}\r\n").into_bytes());
        }
        body.extend(head("name=\"file\"; filename=\"log of march.csv\"").into_bytes());
        body.extend(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let media = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", media.as_str()),
        ];
        self.send(Method::POST, path, &headers, &body)
    }

    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            let pair = |(name, value): (&String, &String)| format!("{name}={value}");
            cookies.iter().map(pair).collect()
        };
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let answer = self.client.send(method, path, &headers, body);
        for set in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = set.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            match attributes.contains("Max-Age=0") {
                true => cookies.remove(name),
                false => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// What every form of the session has.
    pub fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }
}

/// The value of the first field of this name on a page.
pub fn field(html: &str, name: &str) -> Option<String> {
    let (_, after) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    let (value, _) = after.split_once('"')?;
    Some(value.to_owned())
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
