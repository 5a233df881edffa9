//! `serve`: opens a vault and answers over HTTPS until it is interrupted.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::doctor::is_open;
use super::error::CliError;
use super::listen::Listen;
use super::unlock_args::UnlockArgs;
use super::{settings, streams, unlock};
use crate::domain::RelyingParty;
use crate::http::{self, ServeConfig, ServeError, Stop, TlsError};
use crate::vault::{Paths, Settings, StartError, Vault};

#[derive(Args)]
pub(super) struct Serve {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// Where to listen, by address or by a host's name; by default 127.0.0.1:8443
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<Listen>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A certificate chain in PEM, instead of the development certificate
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A checkpoint that you kept: the log must contain it; may be given more than once
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
    /// Start sealed: serve nothing but health, and wait until shares are given
    #[arg(long, conflicts_with_all = ["passphrase-file", "passphrase-fd", "unlock-shares",
        "unlock-identity", "unlock-command"])]
    sealed: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let runtime = runtime()?;
        let mut config = settings::config(self.config.as_deref())?;
        if let Some(listen) = self.listen {
            config.serve.listen = listen.address;
        }
        if let Some((certificate, key)) = self.tls_cert.zip(self.tls_key) {
            config.tls.certificate = Some(certificate);
            config.tls.key = Some(key);
        }
        http::log::init(config.log.json, config.log.level);
        let listening = ServeConfig {
            reloads: true,
            config_file: self.config.clone(),
            ..ServeConfig::new(&config, &Paths::of(&self.dir))
        };
        unlock::check_kept(&Paths::of(&self.dir), &self.kept)?;
        let settings = Settings {
            kept_checkpoints: self.kept.len(),
            ..config.settings()
        };
        if self.sealed || (config.serve.sealed && !self.unlock.is_given()) {
            return serve_after_shares(&runtime, &self.dir, settings, &listening);
        }
        if config.serve.sealed {
            tracing::warn!(
                "serve.sealed is of no use: the command line says what opens the keyring"
            );
        }
        let party = settings.relying_party.clone();
        let vault = unlock::open(&self.dir, &self.unlock, settings)?;
        serve_in(&runtime, Arc::new(vault), &listening, |address| {
            told_where("serving", address, &party);
            tell_machines(&listening);
        })
    }
}

/// From now on SIGHUP does not end the process. Whoever sends it, because a certificate was renewed, does not know
/// whether the vault is sealed or still starts. Until there is a server that reads the certificate again, nothing needs
/// to be done: it reads the newest one when it begins.
///
/// # Errors
///
/// The handler could not be installed. It stays when the runtime ends that installs it.
pub fn heed_hang_ups() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let _context = runtime.enter();
    signal(SignalKind::hangup()).map(drop)
}

/// Waits sealed until shares open the keyring, then serves at the same address.
fn serve_after_shares(
    runtime: &Runtime,
    dir: &Path,
    settings: Settings,
    listening: &ServeConfig,
) -> Result<(), CliError> {
    let paths = Paths::of(dir);
    let locked = unlock::read_keyring(&paths)?;
    if is_open(&paths) {
        return Err(StartError::InUse.into());
    }
    if !locked.gathering().has_sets() {
        return Err(CliError::failed(
            "the keyring has no set of shares, so nobody could unseal it",
        )
        .hint("start it with another slot, and make a set with `breachvault key shares`"));
    }
    let told = |error: ServeError| told(&error, listening);
    let listener = http::listen(listening).map_err(told)?;
    // One for both servers: a signal that comes between them, while the vault opens, is not lost.
    let stop = {
        let _context = runtime.enter();
        Stop::on_signals().map_err(told)?
    };
    let ready = |address| {
        streams::words(&format!(
            "sealed: waiting for shares at https://{address} (`breachvault key unseal`)"
        ));
    };
    let until = stop.clone().asked();
    let sealed = http::serve_sealed_until(locked, &listener, listening, ready, until);
    let keyring = runtime.block_on(sealed).map_err(told)?;
    let Some(keyring) = keyring.filter(|_| !stop.is_asked()) else {
        http::log::flush();
        return Ok(());
    };
    let party = settings.relying_party.clone();
    let vault = Arc::new(unlock::start(&paths, keyring, settings)?);
    let ready = |address| {
        if !stop.is_asked() {
            told_where("unsealed: serving", address, &party);
            tell_machines(listening);
        }
    };
    let until = stop.clone().asked();
    let served = runtime.block_on(http::serve_on(vault, listener, listening, ready, until));
    http::log::flush();
    served.map_err(told)
}

/// Says where the vault is, and at which address a browser can use passkeys.
fn told_where(what: &str, address: SocketAddr, party: &RelyingParty) {
    streams::words(&format!("{what} https://{address}"));
    let named = party.address(Some(address.port()));
    streams::words(&format!(
        "browsers open {named}: passkeys are made for that name (`[sign_in] address`)"
    ));
}

/// Says where machines show a certificate, if they do anywhere.
pub(super) fn tell_machines(listening: &ServeConfig) {
    if let Some(address) = listening.machines_at.get() {
        streams::words(&format!("machines: https://{address}"));
    }
}

fn runtime() -> Result<Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::io("start the server's threads"))
}

/// Serves until interrupted, then stops the vault. Calls `ready` with the address once connections
/// are accepted.
pub(super) fn serve(
    vault: Arc<Vault>,
    listening: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), CliError> {
    serve_in(&runtime()?, vault, listening, ready)
}

fn serve_in(
    runtime: &Runtime,
    vault: Arc<Vault>,
    listening: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), CliError> {
    let served = runtime.block_on(http::serve(vault, listening, ready));
    http::log::flush();
    served.map_err(|error| told(&error, listening))
}

fn told(error: &ServeError, listening: &ServeConfig) -> CliError {
    let told = CliError::failed(error.to_string());
    match error {
        ServeError::Tls(TlsError::Certificate) => told.hint(format!(
            "look at {}; --tls-cert names another",
            listening.certificate.display()
        )),
        ServeError::Tls(TlsError::MachineCa) => {
            told.hint("tls.machine_ca in the configuration names it")
        }
        ServeError::ListenMachines(_) => {
            told.hint("serve.machines in the configuration names another")
        }
        ServeError::Tls(_) => told.hint(format!(
            "look at {} and {}; --tls-cert and --tls-key name others",
            listening.certificate.display(),
            listening.key.display()
        )),
        ServeError::Listen(_) => told.hint(format!(
            "it was {}; --listen names another",
            listening.listen
        )),
        _ => told,
    }
}
