//! The server: listens, applies the limits, and stops on a signal.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::app::App;
use super::certificate_end;
use super::connections::Bounded;
use super::endings::{ALWAYS, WITH_NODES, go_on};
use super::machine_door::Proving;
use super::pages::MadeUpPerson;
use super::provider::{Provider, ProviderFault};
use super::reload::{LOOKED_EVERY, Reloading};
use super::routes::{description, routes};
use super::tls::{self, TlsError};
use crate::config::{Config, Limits, Networks, Oidc};
use crate::domain::{Moment, io_words, listen_words};
use crate::vault::backup::{BackupSchedule, Backups};
use crate::vault::clock::SystemClock;
use crate::vault::{Paths, Vault};

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The address and port for machines, which show a certificate there; nowhere if absent.
    pub machines: Option<SocketAddr>,
    /// Where machines are listened to, once they are.
    pub machines_at: Arc<OnceLock<SocketAddr>>,
    /// The authorities that sign machines' certificates, PEM; if absent, their keys alone count.
    pub machine_ca: Option<PathBuf>,
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
    /// The schedule of backups does not fit where the vault's tables are.
    #[error("{} {}", .0.0, .0.1)]
    Backup((&'static str, &'static str)),
    /// The address cannot be bound, or the listening socket failed.
    #[error("the address cannot be listened on: {}", listen_words(*.0))]
    Listen(std::io::ErrorKind),
    /// The same of the address for machines.
    #[error("the address for machines cannot be listened on: {}", listen_words(*.0))]
    ListenMachines(std::io::ErrorKind),
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
            machines: config.serve.machines,
            machines_at: Arc::default(),
            machine_ca: config.tls.machine_ca.clone(),
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
    let stop = Stop::on_signals()?.asked();
    serve_on(vault, listen(config)?, config, ready, stop).await
}

/// Whether this process was asked to stop, by SIGINT or SIGTERM, since this was made. From then on a signal is not lost
/// while nothing serves, as it would be with streams that are made anew: the handlers stay.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Waits for the signals from now on, in the runtime that is entered.
    ///
    /// # Errors
    ///
    /// The handlers could not be installed.
    pub fn on_signals() -> Result<Self, ServeError> {
        let waiting = |kind| signal(kind).map_err(|error| ServeError::Signals(error.kind()));
        let mut interrupted = waiting(SignalKind::interrupt())?;
        let mut terminated = waiting(SignalKind::terminate())?;
        let (told, asked) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            let _ = told.send(true);
        });
        Ok(Self(asked))
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Is done once it was asked.
    pub async fn asked(mut self) {
        // It fails only if the runtime ends.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}

/// [`serve`], but until `stop` is done.
pub async fn serve_until(
    vault: Arc<Vault>,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_on(vault, listen(config)?, config, ready, stop).await
}

/// Opens the address that is listened on.
pub fn listen(config: &ServeConfig) -> Result<TcpListener, ServeError> {
    TcpListener::bind(config.listen).map_err(|error| ServeError::Listen(error.kind()))
}

/// [`serve_until`], but on a listener that is open already.
pub async fn serve_on(
    vault: Arc<Vault>,
    listener: TcpListener,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let schedule = config.backup.clone();
    let fits = schedule.as_ref().map(|one| one.check(vault.has_nodes()));
    fits.unwrap_or(Ok(())).map_err(ServeError::Backup)?;
    let tls = tls::server_config(&config.certificate, &config.key, config.tls_1_2)?;
    let tls = RustlsConfig::from_config(Arc::new(tls));
    let machines = listen_to_machines(config)?;
    let machines_tls = machines.as_ref().map(|(_, tls)| tls.clone());
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
    let router = routes().into_router(Arc::clone(&app));

    vault.served_until(certificate_end::of_file(&config.certificate));
    let reloading = {
        let vault = Arc::clone(&vault);
        reloading(config, tls.clone(), machines_tls, move |ends| {
            vault.served_until(ends)
        })?
    };
    let bounded = Bounded::new(
        Proving::nothing(handshakes(tls, config)),
        config.proxies.clone(),
        Arc::clone(&app),
    );
    let (handle, machines_handle) = (Handle::new(), Handle::new());
    let machines = match machines {
        Some((listener, tls)) => {
            let proving = Proving::machines(handshakes(tls, config));
            let server = server(listener, bounded.beside(proving), config)
                .map_err(ServeError::ListenMachines)?;
            Some(server.handle(machines_handle.clone()))
        }
        None => None,
    };
    let server = server(listener, bounded, config).map_err(ServeError::Listen)?;
    let server = server.handle(handle.clone());

    let grace = Duration::from_secs(config.grace_s);
    let stopper = tokio::spawn(async move {
        stop.await;
        tracing::info!("stopping");
        handle.graceful_shutdown(Some(grace));
        machines_handle.graceful_shutdown(Some(grace));
    });
    let summing = tokio::spawn(sum_strangers(Arc::clone(&app)));
    let sweeping = tokio::spawn(sweep_packages(Arc::clone(&vault)));
    let with_nodes = WITH_NODES.into_iter().filter(|_| vault.has_nodes());
    let ending: Vec<_> = ALWAYS
        .into_iter()
        .chain(with_nodes)
        .map(|endings| tokio::spawn(go_on(Arc::clone(&vault), endings)))
        .collect();
    let backups = schedule.map(|schedule| Backups::start(&vault, schedule, Arc::new(SystemClock)));
    ready(address);
    let for_machines = router.clone().into_make_service();
    let served = async {
        match machines {
            Some(machines) => machines.serve(for_machines).await,
            None => Ok(()),
        }
    };
    let (served, served_machines) = tokio::join!(server.serve(router.into_make_service()), served);
    // A backup that is being made is given up, before the vault writes its last leaf.
    let _ = tokio::task::spawn_blocking(move || drop(backups)).await;
    stopper.abort();
    summing.abort();
    sweeping.abort();
    for ending in &ending {
        ending.abort();
    }
    if let Some(reloading) = reloading {
        reloading.abort();
    }
    stop_vault(app, vault).await?;
    served.map_err(|error| ServeError::Listen(error.kind()))?;
    served_machines.map_err(|error| ServeError::ListenMachines(error.kind()))
}

/// Begins to take over what is renewed, if that is configured: a certificate that is renewed in time is served, also
/// while the vault is sealed. `served_until` is called with the end of each that is taken over.
pub(super) fn reloading(
    config: &ServeConfig,
    tls: RustlsConfig,
    machines: Option<RustlsConfig>,
    served_until: impl Fn(Option<Moment>) + Send + Sync + 'static,
) -> Result<Option<JoinHandle<()>>, ServeError> {
    if !config.reloads {
        return Ok(None);
    }
    let hang_ups = signal(SignalKind::hangup());
    let hang_ups = hang_ups.map_err(|error| ServeError::Signals(error.kind()))?;
    let reloading = Reloading {
        tls,
        machines,
        machine_ca: config.machine_ca.clone(),
        certificate: config.certificate.clone(),
        key: config.key.clone(),
        tls_1_2: config.tls_1_2,
        config: config.config_file.clone(),
        every: LOOKED_EVERY,
        served_until: Box::new(served_until),
    };
    Ok(Some(tokio::spawn(reloading.run(hang_ups))))
}

/// The listener for machines and how they are shaken hands with, if there is to be one.
fn listen_to_machines(
    config: &ServeConfig,
) -> Result<Option<(TcpListener, RustlsConfig)>, ServeError> {
    let Some(address) = config.machines else {
        return Ok(None);
    };
    let failed = |error: std::io::Error| ServeError::ListenMachines(error.kind());
    let ca = config.machine_ca.as_deref();
    let tls = tls::machines_config(&config.certificate, &config.key, ca)?;
    let listener = TcpListener::bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let _ = config.machines_at.set(address);
    Ok(Some((listener, RustlsConfig::from_config(Arc::new(tls)))))
}

fn handshakes(tls: RustlsConfig, config: &ServeConfig) -> RustlsAcceptor {
    RustlsAcceptor::new(tls).handshake_timeout(Duration::from_secs(config.limits.header_s))
}

/// A server with the limits of HTTP.
fn server(
    listener: TcpListener,
    acceptor: Bounded<Proving<RustlsAcceptor>>,
    config: &ServeConfig,
) -> Result<Server<SocketAddr, Bounded<Proving<RustlsAcceptor>>>, std::io::ErrorKind> {
    let mut server = axum_server::from_tcp(listener)
        .map_err(|error| error.kind())?
        .acceptor(acceptor);
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
    Ok(server)
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
