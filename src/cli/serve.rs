//! `serve`: opens a vault and answers over HTTPS until it is interrupted.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::error::CliError;
use super::secret::PassphraseArgs;
use super::tls::{self, TlsFiles};
use super::{settings, streams, unlock};
use crate::vault::{Paths, Vault};

#[derive(Args)]
pub(super) struct Serve {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// Where to listen: 127.0.0.1:8443 unless configured
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A certificate chain in PEM, in place of the development one
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What the server is to do.
pub(super) struct Listening {
    pub(super) listen: SocketAddr,
    pub(super) tls: TlsFiles,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let given = self.tls_cert.zip(self.tls_key);
        let listening = Listening {
            listen: self.listen.unwrap_or(LISTEN),
            tls: match given {
                Some((certificate, key)) => TlsFiles { certificate, key },
                None => tls::development(&Paths::of(&self.dir)),
            },
        };
        let settings = settings::read(self.config.as_deref())?;
        let vault = unlock::open(&self.dir, &self.passphrase, settings)?;
        listen(Arc::new(vault), &listening, |address| {
            streams::words(&format!("serving https://{address}"));
        })
    }
}

/// Serves until interrupted, then stops the vault. `ready` is told the address
/// once connections are taken.
pub(super) fn listen(
    vault: Arc<Vault>,
    listening: &Listening,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), CliError> {
    // To be linked: http::serve(vault, &ServeConfig { … }, ready) on a runtime.
    let _ = (
        listening.listen,
        &listening.tls.certificate,
        &listening.tls.key,
        ready,
    );
    vault.stop()?;
    Err(CliError::failed("the server is not linked in"))
}

pub(super) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);
