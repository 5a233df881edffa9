//! One vault, served over HTTPS on a port of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use breachvault::config::Config;
use breachvault::domain::{Moment, OperatorName};
use breachvault::http::{ServeConfig, make_dev_certificate, serve_until};
use breachvault::operations::only_reason;
use breachvault::operations::operator::{AddOperator, ResetSecondFactor, RevokeOperator};
use breachvault::vault::clock::{Clock as _, ManualClock, SystemClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::Password;
use breachvault::vault::keyring::{Argon2Params, NewPassphrase};
use breachvault::vault::trail::newest_checkpoint;
use breachvault::vault::{
    Body, Caller, Passkeys, Paths, Refusal, Reply, SecondFactor, SignIn, Vault,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use ureq::Agent;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::{Answer, Client, Who, capture};
use crate::directory::directory;
use crate::tables::Tables;

pub const PASSWORD: &str = "a password of the tests";
/// 2024-04-02, 09:00 UTC: the morning after.
const START: i64 = 1_712_048_400;

pub struct TestVault {
    pub clock: ManualClock,
    pub paths: Paths,
    pub address: SocketAddr,
    /// Where machines are listened to, if they are.
    pub machines_at: Option<SocketAddr>,
    door: Client,
    people: Mutex<HashMap<Who, Person>>,
    other_administrator: OnceLock<Client>,
    /// Cases in which somebody was named before they had enrolled.
    unrecognised: Mutex<Vec<(String, Who)>>,
    /// Whether everybody enrols with a second factor.
    second_factors: bool,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<bool>>,
    /// For acts that have no route.
    inside: Arc<Vault>,
    /// Where its tables are, if a server has them.
    pub(super) tables: Option<Tables>,
    _directory: TempDir,
}

struct Person {
    operator: String,
    /// Taken when the invitation is used.
    enrolment: Option<String>,
    client: Option<Client>,
    totp_secret: Option<String>,
}

impl TestVault {
    pub fn new() -> Self {
        Self::with("")
    }

    /// `toml` is the configuration.
    pub fn with(toml: &str) -> Self {
        Self::in_directory(toml, directory())
    }

    pub fn in_directory(toml: &str, directory: TempDir) -> Self {
        capture();
        let mut config = Config::parse(toml).unwrap();
        if !toml.contains("[destruction]") {
            config.destruction.delay_s = 60;
        }
        if !toml.contains("[identity]") {
            // Most tests are not about it, and a code works once in half a minute.
            config.identity.second_factor = SecondFactor::Offered;
        }
        if !toml.contains("[sign_in]") {
            // Few tests have an authenticator.
            config.sign_in.passkeys = Passkeys::Offered;
        }
        if !toml.contains("idle_minutes") {
            // Hours pass in most tests, and few are about a session that rests.
            config.sessions.idle_minutes = config.sessions.session_minutes;
        }
        let mut settings = config.settings();
        // Most tests let people in, and no test guesses passwords.
        settings.password_cost = Argon2Params::new(8, 1, 1).unwrap();
        let clock = ManualClock::new(Moment::from_seconds(START));
        let paths = Paths::of(directory.path());
        let tables = Tables::wanted();
        if let Some(tables) = &tables {
            Vault::put_tables_at(&paths, &tables.address(), None).unwrap();
        }
        let founded = Vault::create(
            &paths,
            &NewPassphrase::parse("a passphrase of the tests".to_owned()).unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse(Who::Administrator.name()).unwrap(),
            settings,
            Arc::new(clock.clone()),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap();
        let files = make_dev_certificate(&paths.keys(), &[], SystemClock.now()).unwrap();
        let mut serving = ServeConfig::new(&config, &paths);
        serving.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        serving.grace_s = 0;
        if !toml.contains("stranger") {
            // All tests come from one address.
            serving.limits.stranger_burst = 1_000_000;
        }
        if !toml.contains("address_connections") {
            serving.limits.address_connections = serving.limits.connections;
        }
        let administrator = Person {
            operator: founded.invitation.operator.to_string(),
            enrolment: Some(founded.invitation.enrolment.expose_once().to_string()),
            client: None,
            totp_secret: None,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = mpsc::channel();
        let vault = Arc::new(founded.vault);
        let inside = Arc::clone(&vault);
        let machines_at = Arc::clone(&serving.machines_at);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let ready = move |address| ready.send(address).unwrap();
            let until = async move { drop(stopped.await) };
            runtime
                .block_on(serve_until(vault, &serving, ready, until))
                .is_ok()
        });
        let address = address.recv().unwrap();
        Self {
            door: Client::new(agent(&files.ca, None), format!("https://{address}")),
            address,
            machines_at: machines_at.get().copied(),
            clock,
            paths,
            people: Mutex::new(HashMap::from([(Who::Administrator, administrator)])),
            other_administrator: OnceLock::new(),
            unrecognised: Mutex::default(),
            second_factors: toml.contains("[identity]"),
            stop: Some(stop),
            thread: Some(thread),
            inside,
            tables,
            _directory: directory,
        }
    }

    /// Nobody: no session.
    pub fn anonymous(&self) -> Client {
        self.door.clone()
    }

    /// Where machines are listened to.
    pub fn machines(&self) -> SocketAddr {
        self.machines_at.unwrap()
    }

    /// Somebody at the address for machines who shows no certificate.
    pub fn client_at_machines(&self) -> Client {
        let ca = self.paths.keys().join("ca.crt");
        Client::new(agent(&ca, None), format!("https://{}", self.machines()))
    }

    /// Somebody who shows a certificate there and has this key, both in PEM.
    pub fn client_with(&self, certificate: &str, key: &str) -> Client {
        let chain = [Certificate::from_pem(certificate.as_bytes()).unwrap()];
        let key = PrivateKey::from_pem(key.as_bytes()).unwrap();
        let shown = ClientCert::new_with_certs(&chain, key);
        let ca = self.paths.keys().join("ca.crt");
        Client::new(
            agent(&ca, Some(shown)),
            format!("https://{}", self.machines()),
        )
    }

    pub fn investigator(&self) -> Client {
        self.client(Who::Investigator)
    }

    pub fn lead(&self) -> Client {
        self.client(Who::Lead)
    }

    pub fn second_lead(&self) -> Client {
        self.client(Who::SecondLead)
    }

    pub fn custodian(&self) -> Client {
        self.client(Who::Custodian)
    }

    pub fn liaison(&self) -> Client {
        self.client(Who::Liaison)
    }

    pub fn auditor(&self) -> Client {
        self.client(Who::Auditor)
    }

    pub fn administrator(&self) -> Client {
        self.client(Who::Administrator)
    }

    pub fn outsider(&self) -> Client {
        self.client(Who::Outsider)
    }

    /// A second administrator, where nobody needs a second factor.
    pub fn other_administrator(&self) -> Client {
        let enter = || {
            let name = "administrator.two";
            let (_, enrolment) = self.invite(name, "administrator");
            let body = json!({ "enrolment": enrolment, "password": PASSWORD });
            self.door.post("/enrolments", &body).assert_status(201);
            let opened = self.sign_in(name, PASSWORD).assert_status(201);
            self.door.with_token(&opened.member("token"))
        };
        self.other_administrator.get_or_init(enter).clone()
    }

    /// Invited, enrolled and signed in at the first call.
    pub fn client(&self, who: Who) -> Client {
        let known = |people: &HashMap<Who, Person>| {
            people.get(&who).and_then(|person| person.client.clone())
        };
        if let Some(client) = known(&self.people.lock().unwrap()) {
            return client;
        }
        self.operator(who);
        let enrolment = {
            let mut people = self.people.lock().unwrap();
            people.get_mut(&who).unwrap().enrolment.take()
        };
        if let Some(enrolment) = enrolment {
            let totp = self.second_factors;
            let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": totp });
            let enrolled = self.door.post("/enrolments", &body).assert_status(201);
            let secret = enrolled.json()["totp_secret"].as_str().map(str::to_owned);
            self.people
                .lock()
                .unwrap()
                .get_mut(&who)
                .unwrap()
                .totp_secret = secret;
        }
        let client = self.new_session(who);
        let waits: Vec<String> = {
            let mut all = self.unrecognised.lock().unwrap();
            let (own, others) = all.drain(..).partition(|(_, named)| *named == who);
            *all = others;
            let own: Vec<(String, Who)> = own;
            own.into_iter().map(|(case, _)| case).collect()
        };
        for case in waits {
            self.recognise_as(&case, &client, who);
        }
        let mut people = self.people.lock().unwrap();
        people.get_mut(&who).unwrap().client = Some(client.clone());
        client
    }

    /// Somebody whom nobody has named yet, signed in.
    pub fn newcomer(&self, role: &str) -> Client {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("newcomer-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let (_, enrolment) = self.invite(&name, role);
        let body = json!({ "enrolment": enrolment, "password": PASSWORD });
        self.door.post("/enrolments", &body).assert_status(201);
        let opened = self.sign_in(&name, PASSWORD).assert_status(201);
        self.door.with_token(&opened.member("token"))
    }

    /// The same with a second factor.
    pub fn newcomer_with_code(&self, role: &str) -> Client {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("with-code-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let (_, enrolment) = self.invite(&name, role);
        let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
        let enrolled = self.door.post("/enrolments", &body).assert_status(201);
        let totp = code(&enrolled.member("totp_secret"), self.seconds());
        let body = json!({ "name": name, "password": PASSWORD, "totp": totp });
        let opened = self.door.post("/sessions", &body).assert_status(201);
        self.door.with_token(&opened.member("token"))
    }

    /// A lead recognises whoever was just named: at once, or as soon as they have enrolled and signed in.
    pub fn recognise(&self, case: &str, operator: &str) {
        let named = {
            let people = self.people.lock().unwrap();
            let mut found = people
                .iter()
                .filter(|(_, person)| person.operator == operator);
            found
                .next()
                .map(|(who, person)| (*who, person.client.clone()))
        };
        match named {
            Some((who, Some(client))) => self.recognise_as(case, &client, who),
            Some((who, None)) => {
                let mut all = self.unrecognised.lock().unwrap();
                all.push((case.to_owned(), who));
            }
            // Somebody of one test, who does what that test needs.
            None => {}
        }
    }

    fn recognise_as(&self, case: &str, client: &Client, who: Who) {
        // Where one of them cannot act any more, the other one does.
        let mut leads = [Who::Lead, Who::SecondLead]
            .into_iter()
            .filter(|by| *by != who);
        leads.any(|by| self.recognise_by(&self.client(by), case, client).status == 200);
    }

    /// A lead types what somebody reads out.
    pub fn recognise_by(&self, lead: &Client, case: &str, somebody: &Client) -> Answer {
        let me = somebody.get("/me").assert_status(200);
        let path = format!(
            "/cases/{case}/members/{}/recognition",
            me.member("operator")
        );
        let body =
            json!({ "fingerprint": me.member("fingerprint"), "reason": super::body::REASON });
        lead.post(&path, &body)
    }

    /// The id of somebody, invited if need be.
    pub fn operator(&self, who: Who) -> String {
        if let Some(person) = self.people.lock().unwrap().get(&who) {
            return person.operator.clone();
        }
        let (operator, enrolment) = self.invite(who.name(), who.home());
        let person = Person {
            operator: operator.clone(),
            enrolment: Some(enrolment),
            client: None,
            totp_secret: None,
        };
        self.people.lock().unwrap().insert(who, person);
        operator
    }

    /// Id and invitation of a new operator.
    pub fn invite(&self, name: &str, role: &str) -> (String, String) {
        let body = json!({ "name": name, "role": role });
        let answer = self.administrator().post("/operators", &body);
        if role == "administrator" && answer.status == 409 {
            let act = AddOperator {
                name: OperatorName::parse(name).unwrap(),
                role: role.parse().unwrap(),
            };
            let reply = self.inside.perform(&self.on_host(Who::Administrator), act);
            let told = json_of(reply.unwrap());
            let text = |member: &str| told[member].as_str().unwrap().to_owned();
            return (text("operator"), text("enrolment"));
        }
        let answer = answer.assert_status(201);
        (answer.member("operator"), answer.member("enrolment"))
    }

    /// Ends somebody's account with the passphrase, as the command does it.
    pub fn revoke_on_host(&self, operator: &str) {
        let act = RevokeOperator {
            operator: operator.parse().unwrap(),
            why: None,
        };
        let done = self.inside.perform(&self.on_host(Who::Administrator), act);
        done.map(drop).unwrap();
    }

    /// Signed in at the vault's own command line.
    fn on_host(&self, who: Who) -> Caller {
        self.client(who);
        let attempt = SignIn {
            name: OperatorName::parse(who.name()).unwrap(),
            password: Password::new(PASSWORD.to_owned()),
            totp: None,
            address: None,
        };
        self.inside.sign_in_here(attempt).unwrap().unwrap()
    }

    pub fn sign_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "password": password });
        self.door.post("/sessions", &body)
    }

    /// One more session of somebody who has enrolled.
    pub fn new_session(&self, who: Who) -> Client {
        let totp = {
            let people = self.people.lock().unwrap();
            let secret = people
                .get(&who)
                .and_then(|person| person.totp_secret.clone());
            secret.map(|secret| code(&secret, self.seconds()))
        };
        let body = json!({ "name": who.name(), "password": PASSWORD, "totp": totp });
        let answer = self.door.post("/sessions", &body).assert_status(201);
        self.door.with_token(&answer.member("token"))
    }

    /// The secret of somebody's second factor.
    pub fn second_factor(&self, who: Who) -> Option<String> {
        let people = self.people.lock().unwrap();
        people.get(&who)?.totp_secret.clone()
    }

    /// What the machine's clock shows, in seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.clock.now().seconds()
    }

    /// Everybody signs in anew, after the clock was moved far.
    pub fn forget_sessions(&self) {
        for person in self.people.lock().unwrap().values_mut() {
            person.client = None;
        }
    }

    /// Resets somebody's second factor, as the command on the host does for whoever has the passphrase too.
    pub fn reset(&self, by: Who, operator: &str) -> Result<(), Refusal> {
        let caller = self.on_host(by);
        let act = ResetSecondFactor {
            operator: operator.parse().unwrap(),
            why: only_reason(super::body::REASON).unwrap(),
        };
        self.inside.perform(&caller, act).map(drop)
    }

    /// How many leaves the log has, read beside the server.
    pub fn leaves(&self) -> u64 {
        newest_checkpoint(&self.paths).unwrap().size
    }

    /// Stops the server; true if it and its vault ended well.
    pub fn stop(mut self) -> bool {
        self.end()
    }

    fn end(&mut self) -> bool {
        drop(self.stop.take());
        self.thread
            .take()
            .is_some_and(|thread| thread.join().unwrap_or(false))
    }
}

impl Drop for TestVault {
    fn drop(&mut self) {
        self.end();
    }
}

/// Somebody who asks another server, for which this authority vouches.
pub fn client_of(ca: &std::path::Path, base: &str) -> Client {
    Client::new(agent(ca, None), base.to_owned())
}

fn agent(ca: &std::path::Path, shown: Option<ClientCert>) -> Agent {
    let pem = std::fs::read(ca).unwrap();
    let root = Certificate::from_pem(&pem).unwrap();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[root]))
        .client_cert(shown)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent()
}

/// What an authenticator shows at a moment (RFC 6238), for a secret in base32.
pub fn code(secret: &str, seconds: i64) -> String {
    let (mut bits, mut held, mut key) = (0_u64, 0, Vec::new());
    for byte in secret.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            _ => byte - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push((bits >> held) as u8);
        }
    }
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn json_of(reply: Reply) -> Value {
    match reply.wire.into_body() {
        Body::Bytes(bytes) => serde_json::from_slice(&bytes).unwrap(),
        _ => panic!("no JSON"),
    }
}
