//! The server: listens, applies the limits, and stops on a signal.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::signal::unix::{SignalKind, signal};

use super::app::App;
use super::certificate_end;
use super::connections::Bounded;
use super::endings::{DESTRUCTIONS, ERASURES, ROTATIONS, go_on};
use super::pages::MadeUpPerson;
use super::provider::{Provider, ProviderFault};
use super::reload::{LOOKED_EVERY, Reloading};
use super::routes::{description, routes};
use super::tls::{self, TlsError};
use crate::config::{Config, Limits, Networks, Oidc};
use crate::domain::io_words;
use crate::vault::backup::{BackupSchedule, Backups};
use crate::vault::clock::SystemClock;
use crate::vault::{Paths, Vault};

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// How many seconds running requests may still take when the server stops.
    pub grace_s: u64,
    /// The certificate chain, PEM, with the certificate of the server first.
    pub certificate: PathBuf,
    /// The private key of the certificate, PEM.
    pub key: PathBuf,
    /// Whether TLS 1.2 is accepted beside TLS 1.3.
    pub tls_1_2: bool,
    /// The limits of `[limits]` in the configuration file.
    pub limits: Limits,
    /// Whose PROXY header is believed.
    pub proxies: Networks,
    /// Who may read `/metrics`.
    pub metrics: Networks,
    /// Whether certificate and log level are read again on SIGHUP and when the certificate's files change.
    pub reloads: bool,
    /// The configuration file, whose log level is read again.
    pub config_file: Option<PathBuf>,
    /// The backups that the server makes by itself, if it does.
    pub backup: Option<BackupSchedule>,
    /// The people of a demo, whom its page to sign in lists; nobody in any other vault.
    pub made_up: Vec<MadeUpPerson>,
    /// The OpenID provider by which people come in, if there is one.
    pub oidc: Oidc,
}

/// Why the server did not start, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The certificate or the key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The OpenID provider of the configuration cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
    /// The address cannot be bound, or the listening socket failed.
    #[error("the address cannot be listened on: {}", io_words(*.0))]
    Listen(std::io::ErrorKind),
    /// The handlers of SIGINT and SIGTERM could not be installed.
    #[error("signals cannot be waited for: {}", io_words(*.0))]
    Signals(std::io::ErrorKind),
    /// The leaf that records the stop could not be written.
    #[error("the vault could not write its last leaf")]
    Unaudited,
}

impl ServeConfig {
    /// The settings of the configuration file. Certificate and key are in the vault's `keys/` if it
    /// does not set them.
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
            metrics: config.serve.metrics.clone(),
            reloads: false,
            config_file: None,
            backup: config.backup.schedule(),
            made_up: Vec::new(),
            oidc: config.oidc.clone(),
        }
    }
}

/// The routes of a vault as an axum router, without TLS and without a listener. It knows no addresses, so `/metrics`
/// is there for nobody.
pub fn router(vault: Arc<Vault>, limits: Limits) -> Router {
    let app = App::new(vault, limits, Networks::default(), description);
    routes().into_router(Arc::new(app))
}

/// Serves until the process gets SIGINT or SIGTERM, then stops the vault. Once the listener is
/// open, `ready` is called with its address.
///
/// # Errors
///
/// The server could not start, or the vault could not write its last leaf.
pub async fn serve(
    vault: Arc<Vault>,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    serve_on(vault, listen(config)?, config, ready).await
}

/// [`serve`], but on a listener that is open already.
pub async fn serve_on(
    vault: Arc<Vault>,
    listener: TcpListener,
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
    serve_on_until(vault, listener, config, ready, stop).await
}

/// [`serve`], but until `stop` is done.
pub async fn serve_until(
    vault: Arc<Vault>,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_on_until(vault, listen(config)?, config, ready, stop).await
}

/// Opens the address that is listened on.
pub fn listen(config: &ServeConfig) -> Result<TcpListener, ServeError> {
    TcpListener::bind(config.listen).map_err(|error| ServeError::Listen(error.kind()))
}

async fn serve_on_until(
    vault: Arc<Vault>,
    listener: TcpListener,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let tls = tls::server_config(&config.certificate, &config.key, config.tls_1_2)?;
    let provider = Provider::new(&config.oidc)?;
    let address = listener
        .local_addr()
        .map_err(|error| ServeError::Listen(error.kind()))?;
    let mut app = App::new(
        Arc::clone(&vault),
        config.limits.clone(),
        config.metrics.clone(),
        description,
    );
    app.made_up = config.made_up.clone();
    app.provider = provider.map(Arc::new);
    let app = Arc::new(app);
    let service = routes().into_router(Arc::clone(&app)).into_make_service();

    vault.served_until(certificate_end::of_file(&config.certificate));
    let handle = Handle::new();
    let tls = RustlsConfig::from_config(Arc::new(tls));
    let reloading = match config.reloads {
        true => Some(tokio::spawn(
            Reloading {
                tls: tls.clone(),
                certificate: config.certificate.clone(),
                key: config.key.clone(),
                tls_1_2: config.tls_1_2,
                config: config.config_file.clone(),
                every: LOOKED_EVERY,
                served_until: {
                    let vault = Arc::clone(&vault);
                    Box::new(move |ends| vault.served_until(ends))
                },
            }
            .run(signal(SignalKind::hangup()).map_err(|error| ServeError::Signals(error.kind()))?),
        )),
        false => None,
    };
    let acceptor =
        RustlsAcceptor::new(tls).handshake_timeout(Duration::from_secs(config.limits.header_s));
    let mut server = axum_server::from_tcp(listener)
        .map_err(|error| ServeError::Listen(error.kind()))?
        .acceptor(Bounded::new(
            acceptor,
            config.proxies.clone(),
            Arc::clone(&app),
        ))
        .handle(handle.clone());
    let header = Duration::from_secs(config.limits.header_s);
    // The buffer also has to hold the request line and the names of headers. The sum of the headers
    // has a limit of its own, which is answered with a problem.
    let room = config.limits.header_bytes.max(8192) * 2;
    // Over HTTP/2 each header counts for 32 bytes more, and what is above this bound the library answers by itself:
    // 431 without a problem. A connection reads one list at a time, so this is also what it may hold.
    let listed = room * 2;
    let builder = server.http_builder();
    builder
        .http1()
        .header_read_timeout(header)
        .max_buf_size(room);
    builder
        .http2()
        .max_header_list_size(u32::try_from(listed).unwrap_or(u32::MAX))
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
    let destroying = tokio::spawn(go_on(Arc::clone(&vault), DESTRUCTIONS));
    let erasing = tokio::spawn(go_on(Arc::clone(&vault), ERASURES));
    let rotating = tokio::spawn(go_on(Arc::clone(&vault), ROTATIONS));
    let schedule = config.backup.clone();
    let backups = schedule.map(|schedule| Backups::start(&vault, schedule, Arc::new(SystemClock)));
    ready(address);
    let served = server.serve(service).await;
    // A backup that is being made is given up, before the vault writes its last leaf.
    let _ = tokio::task::spawn_blocking(move || drop(backups)).await;
    stopper.abort();
    summing.abort();
    sweeping.abort();
    destroying.abort();
    erasing.abort();
    rotating.abort();
    if let Some(reloading) = reloading {
        reloading.abort();
    }
    stop_vault(app, vault).await?;
    served.map_err(|error| ServeError::Listen(error.kind()))
}

/// Writes one leaf a minute about the requests that did not reach the door, if there were any. While
/// leaves cannot be made durable, it tries more often and even without requests: load balancers
/// send none to a server that is not ready, so the server has to find out by itself.
async fn sum_strangers(app: Arc<App>) {
    const TICKS_A_MINUTE: u64 = 12;
    let mut tick = tokio::time::interval(Duration::from_secs(60 / TICKS_A_MINUTE));
    for ticks in 0_u64.. {
        tick.tick().await;
        if !ticks.is_multiple_of(TICKS_A_MINUTE) && app.vault.health().is_green() {
            continue;
        }
        let app = Arc::clone(&app);
        let summed = tokio::task::spawn_blocking(move || {
            write_sum(&app);
            app.vault.watch_clock();
            app.vault.look_at_keys();
        });
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
