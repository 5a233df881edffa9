//! A real browser: Debian's Chromium, driven by its driver over WebDriver.
//!
//! It sees what a person sees and does what a person does. Beside that it hears what a page writes to the console, what
//! it asks for over the network, and what the policies report. Not the whole protocol, only what the tests need.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::PublicKeyData as _;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use super::{PASSWORD, TestVault, Who};
use crate::outside::{setting, skip};

/// The key of an element's id, as the standard has it.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long something may take to show.
const WITHIN: Duration = Duration::from_secs(30);

/// A size in CSS pixels, how many pixels of the screen each of them has, and a theme.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub zoom: u32,
    pub theme: &'static str,
}

impl Look {
    pub const WIDE: Self = Self {
        width: 1280,
        height: 800,
        zoom: 1,
        theme: "light",
    };
    pub const NARROW: Self = Self {
        width: 360,
        height: 800,
        zoom: 1,
        theme: "dark",
    };
    /// The wide window at 400 %.
    pub const ZOOMED: Self = Self {
        width: 320,
        height: 200,
        zoom: 4,
        theme: "light",
    };
}

pub struct Chromium {
    driver: Child,
    agent: Agent,
    session: String,
    /// Where the vault is.
    origin: String,
    profile: TempDir,
}

impl Chromium {
    /// A new browser with an empty profile, for this vault; `None` if it is not installed.
    pub fn start(vault: &TestVault) -> Option<Self> {
        Self::at(format!("https://{}", vault.address))
    }

    /// The same at the vault's name, where it has passkeys, in a browser that trusts this vault's key: no browser makes
    /// a passkey for a page whose certificate it does not trust.
    pub fn at_name(vault: &TestVault) -> Option<Self> {
        let pem = fs::read_to_string(vault.paths.keys().join("tls.key")).unwrap();
        let key = rcgen::KeyPair::from_pem(&pem)
            .unwrap()
            .subject_public_key_info();
        let trusted = STANDARD.encode(digest(&SHA256, &key));
        let trusts = format!("--ignore-certificate-errors-spki-list={trusted}");
        Self::with(
            format!("https://localhost:{}", vault.address.port()),
            Some(trusts),
        )
    }

    /// The same for a vault at this address.
    pub fn at(origin: String) -> Option<Self> {
        Self::with(origin, None)
    }

    fn with(origin: String, more: Option<String>) -> Option<Self> {
        let mut driver = match Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
        {
            Ok(driver) => driver,
            Err(error) => {
                skip(&format!("chromedriver: {error}"));
                return None;
            }
        };
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut browser = Self {
            driver,
            agent,
            session: format!("http://127.0.0.1:{}", port.unwrap()),
            origin,
            profile,
        };
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", browser.profile.path().display()),
        ];
        arguments.extend(more);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "acceptInsecureCerts": true,
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }}});
        let opened = browser.call("POST", "/session", &wanted);
        let id = opened["sessionId"].as_str().unwrap();
        browser.session = format!("{}/session/{id}", browser.session);
        // Its own first page is nobody's business.
        browser.call("POST", "/url", &json!({ "url": "about:blank" }));
        browser.log("performance");
        browser.see_as(Look::WIDE);
        Some(browser)
    }

    /// Types the address of a page of the vault, and goes on where the page would cost something.
    pub fn go(&self, path: &str) {
        self.open(path);
        if self.has("#go-on") {
            self.click("#go-on");
        }
    }

    /// Opens an address as another program does.
    pub fn open(&self, path: &str) {
        let url = format!("{}{path}", self.origin);
        self.call("POST", "/url", &json!({ "url": url }));
    }

    /// Opens another tab and goes there; gives the one before.
    pub fn new_tab(&self) -> String {
        let before = self.call("GET", "/window", &Value::Null);
        let new = self.call("POST", "/window/new", &json!({ "type": "tab" }));
        self.to_tab(new["handle"].as_str().unwrap());
        before.as_str().unwrap().to_owned()
    }

    pub fn to_tab(&self, tab: &str) {
        self.call("POST", "/window", &json!({ "handle": tab }));
    }

    pub fn back(&self) {
        self.call("POST", "/back", &json!({}));
    }

    /// Path and query of the page that is shown.
    pub fn place(&self) -> String {
        let url = self.call("GET", "/url", &Value::Null);
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.origin).unwrap_or(url).to_owned()
    }

    /// Waits for a page whose address has this.
    pub fn comes_to(&self, part: &str) {
        let until = Instant::now() + WITHIN;
        while !self.place().contains(part) {
            assert!(Instant::now() < until, "{}", self.place());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The document as it is now.
    pub fn html(&self) -> String {
        let html = self.call("GET", "/source", &Value::Null);
        html.as_str().unwrap().to_owned()
    }

    /// What a person reads on the page.
    pub fn words(&self) -> String {
        self.text("body")
    }

    /// Waits until a person reads this on the page, and gives all words: a form's answer may come after the click.
    pub fn reads(&self, text: &str) -> String {
        self.until("body", |words| words.contains(text), text)
    }

    /// Waits until the page has this heading.
    pub fn heads(&self, heading: &str) {
        self.until("h1", |words| words == heading, heading);
    }

    fn until(&self, css: &str, right: impl Fn(&str) -> bool, wanted: &str) -> String {
        let until = Instant::now() + WITHIN;
        loop {
            let words = self.text(css);
            if right(&words) {
                return words;
            }
            // A page says what is wrong at its head, so that is where the failure's text begins.
            assert!(
                Instant::now() < until,
                "no “{wanted}” at {}: {words}",
                self.place()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn text(&self, css: &str) -> String {
        let until = Instant::now() + WITHIN;
        loop {
            let id = self.find(css);
            let text = self.ask("GET", &format!("/element/{id}/text"), &Value::Null);
            match text.as_str() {
                Some(text) => return text.to_owned(),
                // The page was left meanwhile.
                None => assert!(Instant::now() < until, "{css}: {text}"),
            }
        }
    }

    /// The id of the first element; it may come late.
    pub fn find(&self, css: &str) -> String {
        let until = Instant::now() + WITHIN;
        loop {
            if let Some(id) = self.find_now(css) {
                return id;
            }
            let page = (self.place(), self.html());
            assert!(Instant::now() < until, "no {css} on {page:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn has(&self, css: &str) -> bool {
        self.find_now(css).is_some()
    }

    fn find_now(&self, css: &str) -> Option<String> {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.call("POST", "/elements", &wanted);
        Some(found[0][ELEMENT].as_str()?.to_owned())
    }

    pub fn click(&self, css: &str) {
        let id = self.find(css);
        self.call("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Follows the link with this text.
    pub fn follow(&self, text: &str) {
        let wanted = json!({ "using": "link text", "value": text });
        let found = self.call("POST", "/element", &wanted);
        let id = found[ELEMENT].as_str().unwrap().to_owned();
        self.call("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Presses the button with this text.
    pub fn press(&self, text: &str) {
        let wanted =
            json!({ "using": "xpath", "value": format!("//button[normalize-space()='{text}']") });
        // It may come late.
        let until = Instant::now() + WITHIN;
        let id = loop {
            let found = self.ask("POST", "/element", &wanted);
            if let Some(id) = found[ELEMENT].as_str() {
                break id.to_owned();
            }
            assert!(Instant::now() < until, "no button {text}: {}", self.words());
            std::thread::sleep(Duration::from_millis(50));
        };
        self.call("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Puts a text into a field that may have had another one.
    pub fn fill(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.call("POST", &format!("/element/{id}/clear"), &json!({}));
        self.call(
            "POST",
            &format!("/element/{id}/value"),
            &json!({ "text": text }),
        );
    }

    /// Chooses a file for a field, or adds to what is typed there.
    pub fn send(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.call(
            "POST",
            &format!("/element/{id}/value"),
            &json!({ "text": text }),
        );
    }

    pub fn choose(&self, name: &str, value: &str) {
        self.click(&format!("select[name={name}] option[value='{value}']"));
    }

    /// Presses keys, wherever the focus is. `\u{e004}` is Tab, `\u{e007}` is Enter, `\u{e00c}` is Escape.
    pub fn keys(&self, keys: &str) {
        let press = |key: char| {
            let key = key.to_string();
            [
                json!({ "type": "keyDown", "value": key }),
                json!({ "type": "keyUp", "value": key }),
            ]
        };
        let actions: Vec<Value> = keys.chars().flat_map(press).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] });
        self.call("POST", "/actions", &actions);
    }

    /// Presses the mouse on one element and lets it go on another.
    pub fn drag(&self, from: &str, to: &str) {
        self.point_at(from, true);
        self.point_at(to, false);
        self.let_go();
    }

    /// Moves the pointer to the middle of an element, and holds it there if that is wanted.
    pub fn point_at(&self, css: &str, hold: bool) {
        let id = self.find(css);
        let origin = json!({ ELEMENT: id });
        let mut actions =
            vec![json!({ "type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin })];
        if hold {
            actions.push(json!({ "type": "pointerDown", "button": 0 }));
        }
        self.point(&actions);
    }

    /// Lets the pointer's button go.
    pub fn let_go(&self) {
        self.point(&[json!({ "type": "pointerUp", "button": 0 })]);
    }

    fn point(&self, actions: &[Value]) {
        let pointer = json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions,
        });
        self.call("POST", "/actions", &json!({ "actions": [pointer] }));
    }

    /// Runs a script on the page and gives what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.call(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// The same, for a script that calls its last argument.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        self.call(
            "POST",
            "/execute/async",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Gives the browser an authenticator in software, whose owner it can verify; answers its id.
    pub fn authenticator(&self) -> String {
        let kind = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
        });
        let made = self.call("POST", "/webauthn/authenticator", &kind);
        made.as_str().unwrap().to_owned()
    }

    /// Whether the authenticator finds its owner there.
    pub fn verifies(&self, authenticator: &str, verified: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.call("POST", &path, &json!({ "isUserVerified": verified }));
    }

    /// A command of the DevTools protocol.
    pub fn tell(&self, command: &str, parameters: &Value) -> Value {
        self.call(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    pub fn see_as(&self, look: Look) {
        let size = json!({
            "width": look.width, "height": look.height, "deviceScaleFactor": look.zoom, "mobile": false,
        });
        self.tell("Emulation.setDeviceMetricsOverride", &size);
        let theme =
            json!({ "features": [{ "name": "prefers-color-scheme", "value": look.theme }] });
        self.tell("Emulation.setEmulatedMedia", &theme);
    }

    /// Writes a picture of the whole page to `target/screenshots`.
    pub fn picture(&self, name: &str) {
        let folder = screenshots();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), self.photograph(true)).unwrap();
    }

    /// A PNG of the whole page, or of what is in the window.
    pub fn photograph(&self, whole: bool) -> Vec<u8> {
        let taken = self.tell(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": whole, "optimizeForSpeed": whole }),
        );
        STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()
    }

    /// Signs in by the form. Whoever was signed in is not any more.
    pub fn sign_in(&self, vault: &TestVault, who: Who) {
        // Enrolled at the first call.
        vault.client(who);
        self.call("DELETE", "/cookie", &Value::Null);
        self.go("/console/sign-in");
        self.fill("#name", who.name());
        self.fill("#password", PASSWORD);
        self.press("Sign in");
        self.find("nav.main");
    }

    /// Everything wrong that was heard since the last time: each message on the console, each request that failed, each
    /// request for something that is no page, no style sheet and no script of the vault. `refused` is the status that
    /// the page itself may have.
    pub fn wrong(&self, refused: &[u64]) -> Vec<String> {
        let mut wrong = Vec::new();
        for entry in self.log("browser") {
            let text = entry["message"].as_str().unwrap_or_default().to_owned();
            // The browser says that it did as it was told at sign-out.
            let cleared = text.contains("Clear-Site-Data header on");
            let own = cleared
                || refused
                    .iter()
                    .any(|status| text.contains(&format!("status of {status} ")));
            if !own {
                wrong.push(format!("console: {text}"));
            }
        }
        let mut asked = BTreeSet::new();
        for event in self.events() {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    let document = parameters["type"] == "Document";
                    let path = url.strip_prefix(&self.origin).unwrap_or(url);
                    // A file and a number are sent by the script, to the address of their form.
                    let form = path.contains("/exhibits/new?dry_run=")
                        || path.ends_with("/lookup")
                        || path.ends_with("/erasures/new");
                    let sent = form
                        && parameters["type"] == "XHR"
                        && parameters["request"]["method"] == "POST";
                    let ours = sent || ["/console/style.css", "/console/script.js"].contains(&path);
                    if !document && !ours && !url.starts_with("data:") {
                        wrong.push(format!("asked for {url}"));
                    }
                    asked.insert(path.to_owned());
                }
                "Network.responseReceived" => {
                    let status = parameters["response"]["status"].as_u64().unwrap_or(0);
                    if status >= 400 && !refused.contains(&status) {
                        let url = &parameters["response"]["url"];
                        wrong.push(format!("{url} answered {status}"));
                    }
                }
                "Network.loadingFailed" if parameters["canceled"] != true => {
                    wrong.push(format!("failed: {}", parameters["errorText"]));
                }
                _ => {}
            }
        }
        assert!(!asked.is_empty() || wrong.is_empty());
        wrong
    }

    /// Events of the DevTools protocol since the last time.
    fn events(&self) -> Vec<Value> {
        let entries = self.log("performance").into_iter();
        entries
            .filter_map(|entry| {
                let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
                Some(message["message"].clone())
            })
            .collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.call("POST", "/se/log", &json!({ "type": kind }));
        entries.as_array().cloned().unwrap_or_default()
    }

    /// Every file that the browser has written for itself: its cache, its history, what it keeps for pages.
    pub fn kept_on_disk(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.profile.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push((path.clone(), fs::read(&path).unwrap_or_default())),
                }
            }
        }
        found
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let value = self.ask(method, path, body);
        assert!(value.get("error").is_none(), "{method} {path}: {value}");
        value
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let sent = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => self
                .agent
                .post(&url)
                .header("content-type", "application/json")
                .send(body.to_string().as_bytes()),
        };
        let mut answer = sent.unwrap();
        let text = answer
            .body_mut()
            .with_config()
            .limit(200 * 1024 * 1024)
            .read_to_string()
            .unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        answer["value"].clone()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Ends the browser; without its driver it would stay.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Where pictures of pages are.
fn screenshots() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("target/screenshots")
}

/// The text of axe, which finds what keeps people out; `None` if it is not installed.
pub fn axe() -> Option<String> {
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    let place = setting("TOOLS_NODE").unwrap_or_else(|| "node_modules".to_owned());
    let file = PathBuf::from(place).join("axe-core/axe.min.js");
    let text = fs::read_to_string(file).ok();
    if text.is_none() && TOLD.fetch_add(1, Ordering::Relaxed) == 0 {
        skip("axe-core is not installed");
    }
    text
}
