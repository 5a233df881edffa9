//! Takes over a new certificate and a new log level without a restart: on SIGHUP, and within a minute of a change of
//! the certificate's files, or once the certificate in the file ends later than the one that is served (a file that
//! was put in place with the times of the old one), so that a certificate that was renewed in time is served in time.
//! What cannot be used is not taken over: the server goes on with what it has, and says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use tokio::signal::unix::Signal;

use super::tls::TlsError;
use super::{certificate_end, log, tls};
use crate::config::Config;
use crate::domain::Moment;

/// How often the files are looked at.
pub(super) const LOOKED_EVERY: Duration = Duration::from_secs(60);

pub(super) struct Reloading {
    pub(super) tls: RustlsConfig,
    /// The same at the address for machines, if there is one.
    pub(super) machines: Option<RustlsConfig>,
    /// Who signs machines' certificates, if that matters. It is read again with the certificate.
    pub(super) machine_ca: Option<PathBuf>,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) tls_1_2: bool,
    /// The configuration file, of which the log level is taken over.
    pub(super) config: Option<PathBuf>,
    /// How often the files are looked at.
    pub(super) every: Duration,
    /// Is told when the certificate ends that is served, each time that one is taken over.
    pub(super) served_until: Box<dyn Fn(Option<Moment>) + Send + Sync>,
}

type Times = [Option<SystemTime>; 3];

impl Reloading {
    /// Goes on until it is dropped.
    pub(super) async fn run(self, mut hang_ups: Signal) {
        let mut tick = tokio::time::interval(self.every);
        let mut seen = self.times();
        let mut served = certificate_end::of_file(&self.certificate);
        loop {
            tokio::select! {
                _ = hang_ups.recv() => {
                    seen = self.times();
                    self.reload_certificate(&mut served);
                    self.reload_level();
                }
                _ = tick.tick() => {
                    let now = self.times();
                    // It is tried again every minute while the new pair cannot be used.
                    if now != seen || certificate_end::of_file(&self.certificate) > served {
                        seen = now;
                        self.reload_certificate(&mut served);
                    }
                }
            }
        }
    }

    fn times(&self) -> Times {
        let changed = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified());
        let ca = self.machine_ca.as_deref();
        [
            changed(&self.certificate).ok(),
            changed(&self.key).ok(),
            ca.and_then(|ca| changed(ca).ok()),
        ]
    }

    fn reload_certificate(&self, served: &mut Option<Moment>) {
        let ends = certificate_end::of_file(&self.certificate);
        match self.read_again() {
            Ok((config, for_machines)) => {
                self.tls.reload_from_config(Arc::new(config));
                if let Some((machines, config)) = self.machines.as_ref().zip(for_machines) {
                    machines.reload_from_config(Arc::new(config));
                }
                *served = ends;
                (self.served_until)(ends);
                let until = ends.map_or_else(|| "unknown".to_owned(), |ends| ends.to_string());
                tracing::info!(until, "the certificate was read again");
            }
            Err(fault) => {
                tracing::error!(fault = %fault, "the new certificate cannot be used; the old one is served");
            }
        }
    }

    /// Both or neither: one certificate is served at both addresses.
    fn read_again(&self) -> Result<(ServerConfig, Option<ServerConfig>), TlsError> {
        let (certificate, key) = (&self.certificate, &self.key);
        let for_machines = match self.machines {
            Some(_) => Some(tls::machines_config(
                certificate,
                key,
                self.machine_ca.as_deref(),
            )?),
            None => None,
        };
        Ok((
            tls::server_config(certificate, key, self.tls_1_2)?,
            for_machines,
        ))
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

#[cfg(test)]
mod tests {
    use std::fs::{self, File, FileTimes};
    use std::sync::mpsc;

    use tokio::signal::unix::{SignalKind, signal};

    use super::*;
    use crate::http::dev_certificate::make_dev_certificate;

    /// A certificate made then; its files get the times of those that are there.
    fn renew(folder: &Path, made: &str) {
        let place = tempfile::tempdir().unwrap();
        make_dev_certificate(place.path(), &[], made.parse().unwrap()).unwrap();
        for name in ["tls.crt", "tls.key"] {
            let (new, old) = (place.path().join(name), folder.join(name));
            if let Ok(found) = fs::metadata(&old) {
                let times = FileTimes::new().set_modified(found.modified().unwrap());
                File::options()
                    .append(true)
                    .open(&new)
                    .unwrap()
                    .set_times(times)
                    .unwrap();
            }
            fs::rename(&new, &old).unwrap();
        }
    }

    #[test]
    fn a_renewed_certificate_is_served_without_a_signal_even_if_its_file_has_the_old_times() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = "2026-01-01T00:00:00Z".parse().unwrap();
        make_dev_certificate(folder.path(), &[], made).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let pair = tls::server_config(&path("tls.crt"), &path("tls.key"), false).unwrap();
            let tls = RustlsConfig::from_config(Arc::new(pair));
            let first = tls.get_inner();
            let pair = tls::machines_config(&path("tls.crt"), &path("tls.key"), None).unwrap();
            let machines = RustlsConfig::from_config(Arc::new(pair));
            let first_for_machines = machines.get_inner();
            let (tell, told) = mpsc::channel();
            let reloading = Reloading {
                tls: tls.clone(),
                machines: Some(machines.clone()),
                machine_ca: None,
                certificate: path("tls.crt"),
                key: path("tls.key"),
                tls_1_2: false,
                config: None,
                every: Duration::from_millis(20),
                served_until: Box::new(move |ends| tell.send(ends).unwrap()),
            };
            let before = certificate_end::of_file(&path("tls.crt")).unwrap();
            let task = tokio::spawn(reloading.run(signal(SignalKind::hangup()).unwrap()));
            renew(folder.path(), "2026-06-01T00:00:00Z");
            let wait = move || {
                told.recv_timeout(Duration::from_secs(60))
                    .map(|ends| (ends, told))
            };
            let (ends, told) = tokio::task::spawn_blocking(wait).await.unwrap().unwrap();
            assert!(ends.unwrap() > before);
            let second = tls.get_inner();
            assert!(!Arc::ptr_eq(&first, &second));
            assert!(!Arc::ptr_eq(&first_for_machines, &machines.get_inner()));
            // What cannot be used is not taken over, and the server goes on.
            fs::write(path("tls.crt"), "no certificate").unwrap();
            let none = move || told.recv_timeout(Duration::from_millis(200)).is_err();
            assert!(tokio::task::spawn_blocking(none).await.unwrap());
            assert!(Arc::ptr_eq(&second, &tls.get_inner()));
            task.abort();
        });
    }
}
