//! The state that all requests share.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use bytes::Bytes;
use http::HeaderValue;
use tokio::sync::{Semaphore, oneshot};

use super::ProblemKind;
use super::drain::Drains;
use super::metrics::Metrics;
use super::pages::{MadeUpPerson, Sittings};
use super::problem::Problem;
use super::provider::Provider;
use super::route::PageRoute;
use super::throttle::Throttle;
use super::turns::Turns;
use crate::config::{Limits, Networks};
use crate::console::Field;
use crate::domain::hex;
use crate::vault::Vault;
use crate::vault::entropy::{Entropy, SystemEntropy, draw};

/// How many password hashes are computed in parallel (19 MiB each).
const HASHING: usize = 4;

pub(super) struct App {
    pub(super) vault: Arc<Vault>,
    pub(super) limits: Limits,
    pub(super) metrics: Metrics,
    /// Who may read them.
    pub(super) metrics_for: Networks,
    pub(super) throttle: Throttle,
    pub(super) hashing: Semaphore,
    pub(super) turns: Arc<Turns>,
    pub(super) drains: Arc<Drains>,
    /// The OpenAPI document, made when it is first asked for.
    pub(super) description: LazyLock<Bytes, fn() -> Bytes>,
    pub(super) sittings: Sittings,
    /// The people of a demo; nobody in any other vault.
    pub(super) made_up: Vec<MadeUpPerson>,
    /// The OpenID provider by which people come in, if there is one.
    pub(super) provider: Option<Arc<Provider>>,
    /// The methods of each path, as the header `Allow` has them.
    pub(super) allowed: OnceLock<BTreeMap<String, HeaderValue>>,
    /// The pages.
    pub(super) pages: OnceLock<Vec<PageRoute>>,
    entropy: SystemEntropy,
}

impl App {
    pub(super) fn new(
        vault: Arc<Vault>,
        limits: Limits,
        metrics_for: Networks,
        describe: fn() -> Bytes,
    ) -> Self {
        let readers = vault.settings().readers;
        Self {
            vault,
            metrics: Metrics::default(),
            metrics_for,
            throttle: Throttle::new(limits.stranger_burst, limits.stranger_per_minute),
            hashing: Semaphore::new(HASHING),
            turns: Arc::new(Turns::new(readers, limits.operator_requests)),
            drains: Arc::default(),
            limits,
            description: LazyLock::new(describe),
            sittings: Sittings::default(),
            made_up: Vec::new(),
            provider: None,
            allowed: OnceLock::new(),
            pages: OnceLock::new(),
            entropy: SystemEntropy::new(),
        }
    }

    /// Whether it serves a demo, whose people are made up.
    pub(super) fn is_demo(&self) -> bool {
        !self.made_up.is_empty()
    }

    /// The fields that outlive an expired session, of the form that was sent to this path.
    pub(super) fn kept_at(&self, path: &str) -> &'static [Field] {
        let mut pages = self.pages.get().into_iter().flatten();
        let page = pages.find(|page| page.takes_form_at(path));
        page.map_or(&[], |page| page.kept)
    }

    /// A random id for one request. If the system gives no randomness, the id is all zeros.
    pub(super) fn request_id(&self) -> String {
        let bytes = draw::<12>(&self.entropy as &dyn Entropy).unwrap_or_default();
        hex::encode(&bytes)
    }
}

/// Runs blocking work (disk, ledger) on a thread of its own. The runtime's task is compiled once, for work without a
/// type.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let (back, made) = oneshot::channel();
    run_blocking(Box::new(move || {
        // Whoever waited for it may be gone.
        let _ = back.send(work());
    }))
    .await;
    // Nothing was sent if the work panicked.
    made.await.map_err(|_| Problem::new(ProblemKind::Internal))
}

async fn run_blocking(work: Box<dyn FnOnce() + Send>) {
    let _ = tokio::task::spawn_blocking(work).await;
}
