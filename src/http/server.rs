//! The server: listens, limits, and stops when it is told to.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::signal::unix::{SignalKind, signal};

use super::app::App;
use super::connections::Bounded;
use super::routes::{description, routes};
use super::tls::{self, TlsError};
use crate::config::{Config, Limits, Proxies};
use crate::vault::{Paths, Vault};

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    pub listen: SocketAddr,
    /// How long requests that are under way may take once the server stops.
    pub grace_s: u64,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub tls_1_2: bool,
    pub limits: Limits,
    /// Whose PROXY header is believed.
    pub proxies: Proxies,
}

/// The server could not start, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the address cannot be listened on: {0}")]
    Listen(std::io::ErrorKind),
    #[error("signals cannot be waited for: {0}")]
    Signals(std::io::ErrorKind),
    #[error("the vault could not write its last leaf")]
    Unaudited,
}

impl ServeConfig {
    /// What the file says; certificate and key are in the vault's `keys/` unless it says other.
    pub fn new(config: &Config, paths: &Paths) -> Self {
        let key_file = |named: &Option<PathBuf>, usual: &str| {
            named.clone().unwrap_or_else(|| paths.keys().join(usual))
        };
        Self {
            listen: config.serve.listen,
            grace_s: config.serve.grace_s,
            certificate: key_file(&config.tls.certificate, "tls.crt"),
            key: key_file(&config.tls.key, "tls.key"),
            tls_1_2: config.tls.allow_tls_1_2,
            limits: config.limits.clone(),
            proxies: config.serve.proxies.clone(),
        }
    }
}

/// The routes over a vault, without TLS and without a listener.
pub fn router(vault: Arc<Vault>, limits: Limits) -> Router {
    routes().into_router(Arc::new(App::new(vault, limits, description)))
}

/// Serves until the process is told to stop (SIGINT or SIGTERM), then stops the vault.
pub async fn serve(
    vault: Arc<Vault>,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let waiting = |kind| signal(kind).map_err(|error| ServeError::Signals(error.kind()));
    let mut interrupted = waiting(SignalKind::interrupt())?;
    let mut terminated = waiting(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    };
    serve_until(vault, config, ready, stop).await
}

/// The same until `stop` is done.
pub async fn serve_until(
    vault: Arc<Vault>,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let tls = tls::server_config(&config.certificate, &config.key, config.tls_1_2)?;
    let listener = std::net::TcpListener::bind(config.listen)
        .map_err(|error| ServeError::Listen(error.kind()))?;
    let address = listener
        .local_addr()
        .map_err(|error| ServeError::Listen(error.kind()))?;
    let app = Arc::new(App::new(
        Arc::clone(&vault),
        config.limits.clone(),
        description,
    ));
    let service = routes().into_router(Arc::clone(&app)).into_make_service();

    let handle = Handle::new();
    let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(tls)))
        .handshake_timeout(Duration::from_secs(config.limits.header_s));
    let mut server = axum_server::from_tcp(listener)
        .map_err(|error| ServeError::Listen(error.kind()))?
        .acceptor(Bounded::new(
            acceptor,
            config.proxies.clone(),
            Arc::clone(&app),
        ))
        .handle(handle.clone());
    let header = Duration::from_secs(config.limits.header_s);
    // The room is for the request line and the names; the sum of the headers has a limit and a
    // problem of its own.
    let room = config.limits.header_bytes.max(8192) * 2;
    let builder = server.http_builder();
    builder
        .http1()
        .header_read_timeout(header)
        .max_buf_size(room);
    builder
        .http2()
        .max_header_list_size(u32::try_from(room).unwrap_or(u32::MAX))
        .max_concurrent_streams(config.limits.streams)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(header);

    let grace = Duration::from_secs(config.grace_s);
    let stopper = tokio::spawn(async move {
        stop.await;
        tracing::info!("stopping");
        handle.graceful_shutdown(Some(grace));
    });
    let summing = tokio::spawn(sum_strangers(Arc::clone(&app)));
    let sweeping = tokio::spawn(sweep_packages(Arc::clone(&vault)));
    ready(address);
    let served = server.serve(service).await;
    stopper.abort();
    summing.abort();
    sweeping.abort();
    stop_vault(app, vault).await?;
    served.map_err(|error| ServeError::Listen(error.kind()))
}

/// One leaf a minute for all requests that never reached the door, if there were
/// any. While leaves cannot be made durable it is tried more often and in any case:
/// nobody sends requests to a server that is not ready, so it must find out by itself.
async fn sum_strangers(app: Arc<App>) {
    const TICKS_A_MINUTE: u64 = 12;
    let mut tick = tokio::time::interval(Duration::from_secs(60 / TICKS_A_MINUTE));
    for ticks in 0_u64.. {
        tick.tick().await;
        if !ticks.is_multiple_of(TICKS_A_MINUTE) && app.vault.health().is_green() {
            continue;
        }
        let app = Arc::clone(&app);
        let summed = tokio::task::spawn_blocking(move || write_sum(&app));
        if summed.await.is_err() {
            return;
        }
    }
}

/// Packages are kept for 30 days. Looked for at the start and every hour.
async fn sweep_packages(vault: Arc<Vault>) {
    let mut tick = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tick.tick().await;
        let vault = Arc::clone(&vault);
        match tokio::task::spawn_blocking(move || vault.delete_old_packages()).await {
            Ok(0) => {}
            Ok(packages) => tracing::info!(packages, "packages were deleted after 30 days"),
            Err(_) => return,
        }
    }
}

fn write_sum(app: &App) {
    let sum = app.metrics.strangers_to_sum();
    if sum == (0, 0) && app.vault.health().is_green() {
        return;
    }
    if app.vault.sum_strangers(sum.0, sum.1).is_err() {
        app.metrics.not_summed(sum);
        tracing::error!(
            requests = sum.0,
            throttled = sum.1,
            "strangers could not be summed up"
        );
    }
}

async fn stop_vault(app: Arc<App>, vault: Arc<Vault>) -> Result<(), ServeError> {
    let stopped = tokio::task::spawn_blocking(move || {
        write_sum(&app);
        vault.stop().is_ok()
    });
    match stopped.await {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(ServeError::Unaudited),
    }
}
