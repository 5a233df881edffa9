//! The OpenID provider outside: what it publishes, and what it gives for a code.
//!
//! The one place from which a served vault makes connections of its own, to the configured issuer and the addresses that
//! it publishes, over TLS only. Answers are bounded in size and time, redirections and proxies are not followed. What it
//! publishes is kept for an hour; keys are asked for anew before that when a token names one that is not there, at most
//! once a minute. Sees the client's secret for the moment of a request, and tokens, which it keeps nowhere.

mod documents;
mod fetch;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use self::documents::{Published, Tokens};
use self::fetch::Fetch;
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

pub(super) struct Provider {
    settings: Oidc,
    fetch: Fetch,
    known: Mutex<Known>,
    /// So many ask it at the same time.
    pub(super) turns: Semaphore,
}

/// What is known of the provider. Locked while it is asked, so that it is asked once for many.
#[derive(Default)]
struct Known {
    published: Option<(Instant, Arc<Published>)>,
    keys: Option<(Instant, Arc<KeySet>)>,
    /// When it last did not answer as it should.
    down: Option<(Instant, ProviderFault)>,
}

/// Why the provider cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// The file of its certificate authorities has none.
    #[error("oidc.ca_file cannot be read, or has no certificate in PEM")]
    Authorities,
    /// The secret cannot be read, or others can read it.
    #[error("oidc.client_secret_file cannot be read, is empty, or is open to other users")]
    Secret,
    /// It was not reached, or its answer was too long or too late.
    #[error("the provider was not reached")]
    Unreached,
    /// It answered with another status than 200.
    #[error("the provider does not give what it should publish")]
    Status,
    /// It gave nothing for the code: it was used, is not its own, or does not go with the verifier or the secret.
    #[error("the provider refused the code")]
    Refused,
    /// What it publishes is not what it should be.
    #[error("what the provider publishes is malformed, or of another issuer")]
    Document,
    /// It does not do what the vault needs.
    #[error("the provider does not offer S256, or takes no client_secret_basic")]
    Unfit,
    /// What it gave for the code vouches for nobody.
    #[error(transparent)]
    Token(#[from] NotVouched),
    /// What came back is not from this provider.
    #[error("the answer is of another issuer, or does not say of which")]
    MixedUp,
}

/// What the browser brought back.
pub(super) struct Brought {
    pub(super) code: Zeroizing<String>,
    /// Who says to have answered (RFC 9207).
    pub(super) issuer: Option<String>,
}

impl ProviderFault {
    /// Whether it is about whom the provider vouches for, and not about the provider.
    pub(super) fn is_refusal(self) -> bool {
        matches!(self, Self::Refused | Self::Token(_) | Self::MixedUp)
    }
}

impl Provider {
    /// The provider of the configuration, if there is one. Asks it nothing yet.
    pub(super) fn new(settings: &Oidc) -> Result<Option<Self>, ProviderFault> {
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
    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where a browser goes to sign in there.
    pub(super) fn address(&self, flow: &ProviderFlow) -> Result<String, ProviderFault> {
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
    pub(super) fn redeem(
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
        fetch::secret(path).ok_or(ProviderFault::Secret)
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
