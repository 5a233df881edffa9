//! Takes over a new certificate and a new log level without a restart: on SIGHUP, and within a minute of a change of
//! the certificate's files, so that a certificate that was renewed in time is served in time. What cannot be used is
//! not taken over: the server goes on with what it has, and says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use tokio::signal::unix::Signal;

use super::{log, tls};
use crate::config::Config;

/// How often the files are looked at.
const LOOKED_EVERY: Duration = Duration::from_secs(60);

pub(super) struct Reloading {
    pub(super) tls: RustlsConfig,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) tls_1_2: bool,
    /// The configuration file, of which the log level is taken over.
    pub(super) config: Option<PathBuf>,
}

type Times = [Option<SystemTime>; 2];

impl Reloading {
    /// Goes on until it is dropped.
    pub(super) async fn run(self, mut hang_ups: Signal) {
        let mut tick = tokio::time::interval(LOOKED_EVERY);
        let mut seen = self.times();
        loop {
            tokio::select! {
                _ = hang_ups.recv() => {
                    seen = self.times();
                    self.reload_certificate();
                    self.reload_level();
                }
                _ = tick.tick() => {
                    let now = self.times();
                    if now != seen {
                        seen = now;
                        self.reload_certificate();
                    }
                }
            }
        }
    }

    fn times(&self) -> Times {
        let changed = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified());
        [changed(&self.certificate).ok(), changed(&self.key).ok()]
    }

    fn reload_certificate(&self) {
        match tls::server_config(&self.certificate, &self.key, self.tls_1_2) {
            Ok(config) => {
                self.tls.reload_from_config(Arc::new(config));
                tracing::info!("the certificate was read again");
            }
            Err(fault) => {
                tracing::error!(fault = %fault, "the new certificate cannot be used; the old one is served");
            }
        }
    }

    fn reload_level(&self) {
        match Config::load(self.config.as_deref()) {
            Ok(config) if log::set_level(config.log.level) => {
                tracing::info!(
                    level = config.log.level.as_str(),
                    "the log level was read again"
                );
            }
            Ok(_) => {}
            Err(fault) => {
                tracing::error!(fault = %fault, "the configuration cannot be used; nothing of it was taken over");
            }
        }
    }
}
