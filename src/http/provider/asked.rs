//! The provider, as it is asked by the pages.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::documents::{Published, Tokens};
use super::fault::ProviderFault;
use super::fetch::{Fetch, secret};
use crate::config::Oidc;
use crate::console::escaped;
use crate::domain::Moment;
use crate::domain::oidc::{Expected, IdToken, KeySet, NotVouched, Vouched, code_challenge};
use crate::vault::ProviderFlow;

/// How many requests wait for the provider at the same time.
const AT_ONCE: usize = 4;
/// How long what the provider publishes is kept.
const KEPT: Duration = Duration::from_secs(3600);
/// After how long it is asked again for keys that were not there.
const KEYS_AGAIN: Duration = Duration::from_secs(60);
/// After how long it is asked again when it did not answer.
const DOWN: Duration = Duration::from_secs(5);

pub(in crate::http) struct Provider {
    settings: Oidc,
    fetch: Fetch,
    known: Mutex<Known>,
    /// So many ask it at the same time.
    pub(in crate::http) turns: Semaphore,
}

/// What is known of the provider. Locked while it is asked, so that it is asked once for many.
#[derive(Default)]
struct Known {
    published: Option<(Instant, Arc<Published>)>,
    keys: Option<(Instant, Arc<KeySet>)>,
    /// When it last did not answer as it should.
    down: Option<(Instant, ProviderFault)>,
}

/// What the browser brought back.
pub(in crate::http) struct Brought {
    pub(in crate::http) code: Zeroizing<String>,
    /// Who says to have answered (RFC 9207).
    pub(in crate::http) issuer: Option<String>,
}

impl Provider {
    /// The provider of the configuration, if there is one. Asks it nothing yet.
    pub(in crate::http) fn new(settings: &Oidc) -> Result<Option<Self>, ProviderFault> {
        if !settings.is_on() {
            return Ok(None);
        }
        let provider = Self {
            fetch: Fetch::new(settings.ca_file.as_deref())?,
            settings: settings.clone(),
            known: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        };
        provider.secret()?;
        Ok(Some(provider))
    }

    /// What the page to sign in calls it.
    pub(in crate::http) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where a browser goes to sign in there.
    pub(in crate::http) fn address(&self, flow: &ProviderFlow) -> Result<String, ProviderFault> {
        let published = self.published()?;
        let scopes = ["openid"].into_iter();
        let scopes: Vec<&str> = scopes
            .chain(self.settings.scopes.iter().map(String::as_str))
            .collect();
        let scopes = scopes.join(" ");
        let challenge = code_challenge(&flow.verifier);
        let query = [
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.redirect),
            ("scope", &scopes),
            ("state", &flow.state),
            ("nonce", &flow.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query = query.map(|(name, value)| format!("{name}={}", escaped(value)));
        let begin = &published.authorization_endpoint;
        let joint = if begin.contains('?') { '&' } else { '?' };
        Ok(format!("{begin}{joint}{}", query.join("&")))
    }

    /// Takes the code, and says for whom the provider vouches.
    pub(in crate::http) fn redeem(
        &self,
        brought: &Brought,
        flow: &ProviderFlow,
        now: Moment,
    ) -> Result<Vouched, ProviderFault> {
        let published = self.published()?;
        let own = brought.issuer.as_deref() == Some(self.settings.issuer.as_str());
        if !own && (brought.issuer.is_some() || published.names_itself) {
            return Err(ProviderFault::MixedUp);
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("code", brought.code.as_str()),
            ("redirect_uri", &self.settings.redirect),
            ("code_verifier", flow.verifier.as_str()),
        ];
        let form = form.map(|(name, value)| Zeroizing::new(format!("{name}={}", escaped(value))));
        let mut body = Zeroizing::new(Vec::with_capacity(4096));
        for (at, pair) in form.iter().enumerate() {
            if at > 0 {
                body.push(b'&');
            }
            body.extend_from_slice(pair.as_bytes());
        }
        let basic = self.basic()?;
        let answer = self.fetch.post(&published.token_endpoint, &basic, &body)?;
        let tokens = Tokens::parse(&answer).ok_or(NotVouched::Malformed)?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client_id,
            nonce: &flow.nonce,
            now,
            access_token: tokens.access_token.as_deref(),
            required: &self.settings.required_claims,
            groups: &self.settings.groups_claim,
        };
        let keys = self.keys(&published, &tokens.id_token)?;
        Ok(IdToken::parse(&tokens.id_token)?.verify(&keys, &expected)?)
    }

    /// What the provider publishes of itself.
    fn published(&self) -> Result<Arc<Published>, ProviderFault> {
        let mut known = self.known();
        if let Some((since, published)) = &known.published
            && since.elapsed() < KEPT
        {
            return Ok(Arc::clone(published));
        }
        known.is_up()?;
        let asked = self.ask_published();
        let published = Arc::new(known.note(asked)?);
        known.published = Some((Instant::now(), Arc::clone(&published)));
        Ok(published)
    }

    fn ask_published(&self) -> Result<Published, ProviderFault> {
        let issuer = &self.settings.issuer;
        let place = issuer.strip_suffix('/').unwrap_or(issuer);
        let answer = self
            .fetch
            .get(&format!("{place}/.well-known/openid-configuration"))?;
        Published::parse(&answer, issuer)
    }

    /// The keys, asked for anew when the token names one that is not among them.
    fn keys(&self, published: &Published, token: &str) -> Result<Arc<KeySet>, ProviderFault> {
        let mut known = self.known();
        if let Some((since, keys)) = &known.keys {
            let unknown = IdToken::parse(token)?.names_unknown_key(keys);
            let good_for = if unknown { KEYS_AGAIN } else { KEPT };
            if since.elapsed() < good_for {
                return Ok(Arc::clone(keys));
            }
        }
        known.is_up()?;
        let asked = self.fetch.get(&published.jwks_uri);
        let asked = asked.and_then(|json| KeySet::parse(&json).ok_or(ProviderFault::Document));
        let keys = Arc::new(known.note(asked)?);
        known.keys = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The header by which the vault shows who it is (RFC 6749, 2.3.1).
    fn basic(&self) -> Result<Zeroizing<String>, ProviderFault> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let secret = Zeroizing::new(escaped(&self.secret()?));
        let client = escaped(&self.settings.client_id);
        let both = Zeroizing::new(format!("{client}:{}", secret.as_str()));
        let coded = Zeroizing::new(STANDARD.encode(both.as_bytes()));
        Ok(Zeroizing::new(format!("Basic {}", coded.as_str())))
    }

    /// Read anew each time, so that a new secret counts without a restart.
    fn secret(&self) -> Result<Zeroizing<String>, ProviderFault> {
        let path = self.settings.client_secret_file.as_deref();
        let path = path.ok_or(ProviderFault::Secret)?;
        secret(path).ok_or(ProviderFault::Secret)
    }
}

impl Known {
    /// Whether it is worth asking: not while it has just not answered.
    fn is_up(&self) -> Result<(), ProviderFault> {
        match self.down {
            Some((since, fault)) if since.elapsed() < DOWN => Err(fault),
            _ => Ok(()),
        }
    }

    fn note<T>(&mut self, asked: Result<T, ProviderFault>) -> Result<T, ProviderFault> {
        self.down = asked.as_ref().err().map(|fault| (Instant::now(), *fault));
        asked
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::fs::{Permissions, set_permissions, write};
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::os::unix::fs::PermissionsExt as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use rustls::{ServerConfig, ServerConnection, StreamOwned};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;
    use crate::domain::HomeRole;
    use crate::http::make_dev_certificate;
    use crate::http::tls::server_config;
    use crate::vault::clock::{Clock as _, SystemClock};

    const NOW: i64 = 1_712_048_400;

    /// A provider of these tests, which answers each path with what it was told to, and counts.
    struct Outside {
        answers: Arc<Mutex<HashMap<String, (u16, String)>>>,
        asked: Arc<Mutex<BTreeMap<String, usize>>>,
        issuer: String,
        directory: TempDir,
    }

    impl Outside {
        fn start() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let files = make_dev_certificate(directory.path(), &[], SystemClock.now()).unwrap();
            let tls = Arc::new(server_config(&files.certificate, &files.key, false).unwrap());
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let issuer = format!(
                "https://localhost:{}",
                listener.local_addr().unwrap().port()
            );
            let outside = Self {
                answers: Arc::default(),
                asked: Arc::default(),
                issuer,
                directory,
            };
            let (answers, asked) = (Arc::clone(&outside.answers), Arc::clone(&outside.asked));
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    // Whoever hangs up has seen enough.
                    let _ = answer(stream, &tls, &answers, &asked);
                }
            });
            let place = |path: &str| format!("{}{path}", outside.issuer);
            outside.says(
                "/.well-known/openid-configuration",
                200,
                &json!({
                    "issuer": outside.issuer, "authorization_endpoint": place("/auth?tenant=a"),
                    "token_endpoint": place("/token"), "jwks_uri": place("/jwks"),
                }),
            );
            outside
        }

        fn says(&self, path: &str, status: u16, body: &Value) {
            let answer = (status, body.to_string());
            self.answers.lock().unwrap().insert(path.to_owned(), answer);
        }

        fn asked(&self, path: &str) -> usize {
            self.asked
                .lock()
                .unwrap()
                .get(path)
                .copied()
                .unwrap_or_default()
        }

        fn settings(&self) -> Oidc {
            let secret = self.directory.path().join("secret");
            write(&secret, "a secret\n").unwrap();
            set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
            Oidc {
                issuer: self.issuer.clone(),
                client_id: "vault".to_owned(),
                client_secret_file: Some(secret),
                redirect: "https://vault.example/console/provider/back".to_owned(),
                roles: BTreeMap::from([("leads".to_owned(), HomeRole::Lead)]),
                ca_file: Some(self.directory.path().join("ca.crt")),
                ..Oidc::default()
            }
        }

        fn provider(&self) -> Provider {
            Provider::new(&self.settings()).ok().flatten().unwrap()
        }

        /// Publishes this key and gives a token that it signed.
        fn signs_with(&self, key: &Signer, published: bool) {
            if published {
                self.says("/jwks", 200, &json!({ "keys": [key.public()] }));
            }
            let claims = json!({ "iss": self.issuer, "aud": "vault", "sub": "8f2c", "nonce": "the nonce",
                "iat": NOW, "exp": NOW + 60 });
            let tokens = json!({ "id_token": key.token(&claims), "access_token": "x" });
            self.says("/token", 200, &tokens);
        }
    }

    fn answer(
        stream: std::net::TcpStream,
        tls: &Arc<ServerConfig>,
        answers: &Mutex<HashMap<String, (u16, String)>>,
        asked: &Mutex<BTreeMap<String, usize>>,
    ) -> Option<()> {
        let connection = ServerConnection::new(Arc::clone(tls)).ok()?;
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let path = line.split(' ').nth(1)?.to_owned();
        let mut length = 0;
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).ok()?;
            let header = header.trim().to_ascii_lowercase();
            if let Some(told) = header.strip_prefix("content-length:") {
                length = told.trim().parse().ok()?;
            }
            if header.is_empty() {
                break;
            }
        }
        stream.read_exact(&mut vec![0; length]).ok()?;
        *asked.lock().ok()?.entry(path.clone()).or_default() += 1;
        let told = answers.lock().ok()?.get(&path).cloned();
        let (status, body) = told.unwrap_or((404, String::new()));
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let stream = stream.get_mut();
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
        stream.conn.send_close_notify();
        stream.flush().ok()
    }

    struct Signer {
        /// Its name in header and key; it is in neither if it is empty.
        name: &'static str,
        pair: EcdsaKeyPair,
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "ring signs with its own source of random bytes only, and a test needs no other"
    )]
    fn random() -> ring::rand::SystemRandom {
        ring::rand::SystemRandom::new()
    }

    impl Signer {
        fn new(name: &'static str) -> Self {
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let document = EcdsaKeyPair::generate_pkcs8(kind, &random()).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random()).unwrap();
            Self { name, pair }
        }

        fn public(&self) -> Value {
            let point = self.pair.public_key().as_ref();
            let [x, y] = [&point[1..33], &point[33..65]].map(|part| URL_SAFE_NO_PAD.encode(part));
            self.named(json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }))
        }

        fn named(&self, mut document: Value) -> Value {
            if !self.name.is_empty() {
                document["kid"] = self.name.into();
            }
            document
        }

        fn token(&self, claims: &Value) -> String {
            let header = self.named(json!({ "alg": "ES256" }));
            let parts = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let signed = parts.join(".");
            let signature = self.pair.sign(&random(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn flow() -> ProviderFlow {
        ProviderFlow {
            kept: Zeroizing::new("kept".to_owned()),
            state: "the state".to_owned(),
            nonce: "the nonce".to_owned(),
            verifier: Zeroizing::new("v".repeat(43)),
        }
    }

    fn redeem(provider: &Provider, issuer: Option<&str>) -> Result<String, ProviderFault> {
        let brought = Brought {
            code: Zeroizing::new("a code".to_owned()),
            issuer: issuer.map(str::to_owned),
        };
        let vouched = provider.redeem(&brought, &flow(), Moment::from_seconds(NOW))?;
        Ok(vouched.subject().to_owned())
    }

    #[test]
    fn keys_are_asked_for_once_and_anew_only_after_a_while() {
        let (outside, one, two) = (Outside::start(), Signer::new("one"), Signer::new("two"));
        let provider = outside.provider();
        outside.signs_with(&one, true);
        for _ in 0..3 {
            assert_eq!(redeem(&provider, None).as_deref(), Ok("8f2c"));
        }
        assert_eq!(outside.asked("/jwks"), 1);
        assert_eq!(outside.asked("/.well-known/openid-configuration"), 1);
        // The provider signs with a new key: it is asked at most once in a while, whatever tokens name.
        outside.signs_with(&two, true);
        let unknown = Err(ProviderFault::Token(NotVouched::UnknownKey));
        for _ in 0..3 {
            assert_eq!(redeem(&provider, None), unknown);
        }
        assert_eq!(outside.asked("/jwks"), 1);
        let long_ago = Instant::now().checked_sub(KEYS_AGAIN).unwrap();
        provider.known().keys.as_mut().unwrap().0 = long_ago;
        for _ in 0..3 {
            assert_eq!(redeem(&provider, None).as_deref(), Ok("8f2c"));
        }
        assert_eq!(outside.asked("/jwks"), 2);
        // The old key is gone with that.
        outside.signs_with(&one, false);
        assert_eq!(redeem(&provider, None), unknown);
        // A provider that does not name its keys is asked anew as well, once what it signs does not verify.
        let (outside, one, two) = (Outside::start(), Signer::new(""), Signer::new(""));
        let provider = outside.provider();
        outside.signs_with(&one, true);
        assert_eq!(redeem(&provider, None).as_deref(), Ok("8f2c"));
        outside.signs_with(&two, true);
        let wrong = Err(ProviderFault::Token(NotVouched::Signature));
        for _ in 0..3 {
            assert_eq!(redeem(&provider, None), wrong);
        }
        assert_eq!(outside.asked("/jwks"), 1);
        provider.known().keys.as_mut().unwrap().0 = long_ago;
        for _ in 0..3 {
            assert_eq!(redeem(&provider, None).as_deref(), Ok("8f2c"));
        }
        assert_eq!(outside.asked("/jwks"), 2);
    }

    #[test]
    fn what_the_provider_sends_is_bounded_and_its_own() {
        let (outside, key) = (Outside::start(), Signer::new("one"));
        outside.signs_with(&key, true);
        let provider = outside.provider();
        let to = provider.address(&flow()).unwrap();
        assert!(to.starts_with(&format!(
            "{}/auth?tenant=a&response_type=code&",
            outside.issuer
        )));
        assert!(
            to.contains("&state=the%20state&nonce=the%20nonce&code_challenge="),
            "{to}"
        );
        assert!(!to.contains(&"v".repeat(43)), "the verifier stays here");
        assert_eq!(
            redeem(&provider, Some(&outside.issuer)).as_deref(),
            Ok("8f2c")
        );
        let mixed = redeem(&provider, Some("https://other.example"));
        assert_eq!(mixed, Err(ProviderFault::MixedUp));
        let long = json!({ "id_token": "x".repeat(300_000) });
        for (status, body, fault) in [
            (
                400,
                json!({ "error": "invalid_grant" }),
                ProviderFault::Refused,
            ),
            (302, json!({}), ProviderFault::Status),
            (500, json!({}), ProviderFault::Status),
            (200, json!({}), ProviderFault::Token(NotVouched::Malformed)),
            (200, long, ProviderFault::Unreached),
            (
                200,
                json!({ "id_token": "a.b.c" }),
                ProviderFault::Token(NotVouched::Malformed),
            ),
        ] {
            outside.says("/token", status, &body);
            assert_eq!(redeem(&provider, None), Err(fault), "{status}");
        }
        assert_eq!(outside.asked("/elsewhere"), 0);

        // It publishes another issuer, or a redirection: not asked again at once.
        let answers = [
            (
                200,
                json!({ "issuer": "https://other.example" }),
                ProviderFault::Document,
            ),
            (302, json!({}), ProviderFault::Status),
        ];
        for (status, body, fault) in answers {
            let (other, path) = (Outside::start(), "/.well-known/openid-configuration");
            other.says(path, status, &body);
            let provider = other.provider();
            for _ in 0..3 {
                assert_eq!(provider.address(&flow()).err(), Some(fault));
            }
            assert_eq!(other.asked(path), 1);
        }
    }

    #[test]
    fn nobody_is_asked_whose_certificate_no_named_authority_vouches_for() {
        let (outside, other) = (Outside::start(), Outside::start());
        let settings = Oidc {
            ca_file: Some(other.directory.path().join("ca.crt")),
            ..outside.settings()
        };
        let provider = Provider::new(&settings).ok().flatten().unwrap();
        assert_eq!(
            provider.address(&flow()).err(),
            Some(ProviderFault::Unreached)
        );
        assert_eq!(outside.asked("/.well-known/openid-configuration"), 0);
        // Nor does it begin with a secret that others can read.
        let open = outside.settings();
        let path = open.client_secret_file.clone().unwrap();
        set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Provider::new(&open).err(), Some(ProviderFault::Secret));
        assert!(Provider::new(&Oidc::default()).ok().flatten().is_none());
    }
}
