//! A server, and connections to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::at;
use super::place::ServerPlace;
use super::scram_only::ScramOnly;
use super::socket::{Alive, At, Flow, Socket, wait};
use super::trusted;
use super::wire::Wire;
use crate::vault::store::error::{StoreError, StoreFault};

/// A server that keeps a vault's tables.
pub(crate) struct Server {
    place: ServerPlace,
    tls: ScramOnly<MakeRustlsConnect>,
    /// Which host of the address was the right one last.
    host: AtomicUsize,
}

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long it may take at one of several hosts.
const AT_ONE_OF_SEVERAL: Duration = Duration::from_secs(5);
/// Where a server listens if its address does not say.
const PORT: u16 = 5432;

impl Server {
    /// Does not connect yet.
    pub(crate) fn at(place: ServerPlace) -> Result<Arc<Self>, StoreError> {
        let tls = ScramOnly(trusted::tls(place.authorities())?);
        Ok(Arc::new(Self {
            place,
            tls,
            host: AtomicUsize::new(0),
        }))
    }

    /// Connects to the first host that will do, beginning with the one that was the right one last: one that accepts
    /// writes, if it is not `of_copies` too. If there is none, the fault that tells most: a host that does not answer,
    /// and a copy, are as expected.
    pub(super) fn connect(&self, of_copies: bool) -> Result<Wire, StoreError> {
        let configs = self.place.configs();
        let mut configs = configs.map_err(|_| failed(StoreFault::Unauthorised))?;
        let patience = match configs.len() {
            1 => CONNECTING,
            _ => AT_ONE_OF_SEVERAL,
        };
        let first = self.host.load(Ordering::Relaxed);
        let count = configs.len();
        let mut worst = UNREACHABLE;
        for no in (0..count).map(|no| (first + no) % count) {
            let Some(config) = configs.get_mut(no) else {
                continue;
            };
            config.application_name("breachvault");
            if of_copies {
                config.target_session_attrs(TargetSessionAttrs::Any);
            }
            let found = match self.connected(config, Instant::now() + patience) {
                Ok(wire) => {
                    self.host.store(no, Ordering::Relaxed);
                    return Ok(wire);
                }
                Err(error) => error,
            };
            let is_worse = match worst.fault {
                StoreFault::Unreachable => true,
                StoreFault::ReadOnly => found.fault != StoreFault::Unreachable,
                _ => false,
            };
            if is_worse {
                worst = found;
            }
        }
        Err(worst)
    }

    /// Connects to the first address of a host that will do.
    fn connected(&self, config: &Config, until: Instant) -> Result<Wire, StoreError> {
        let (places, name) = places_of(config, until).ok_or(UNREACHABLE)?;
        let mut last = UNREACHABLE;
        for place in places {
            match self.connected_at(place, &name, config, until) {
                Ok(wire) => return Ok(wire),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn connected_at(
        &self,
        place: At,
        name: &str,
        config: &Config,
        until: Instant,
    ) -> Result<Wire, StoreError> {
        let alive = Alive {
            idle: config
                .get_keepalives()
                .then(|| config.get_keepalives_idle()),
            interval: config.get_keepalives_interval(),
            retries: config.get_keepalives_retries(),
            unanswered: CONNECTING,
        };
        let socket = Socket::reach(place, &alive, until).map_err(|_| UNREACHABLE)?;
        let tls = MakeTlsConnect::<Flow>::make_tls_connect(&mut self.tls.clone(), name);
        let tls = tls.map_err(|_| failed(StoreFault::Untrusted))?;
        let asked = config.connect_raw(Flow(Arc::clone(&socket)), tls);
        let made = wait(&socket, |_| true, asked, until).ok_or(UNREACHABLE)?;
        let (client, connection) = made.map_err(at(UNREACHABLE.at))?;
        let wire = Wire::of(socket, client, connection);
        match config.get_target_session_attrs() {
            TargetSessionAttrs::Any => Ok(wire),
            _ => accepting_writes(wire, until),
        }
    }
}

const UNREACHABLE: StoreError = failed(StoreFault::Unreachable);

const fn failed(fault: StoreFault) -> StoreError {
    StoreError {
        at: "postgresql::connect",
        fault,
    }
}

/// Where the host of an address listens, and the name that its certificate has to have.
fn places_of(config: &Config, until: Instant) -> Option<(Vec<At>, String)> {
    let port = config.get_ports().first().copied().unwrap_or(PORT);
    match config.get_hosts().first()? {
        Host::Unix(folder) => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            Some((vec![At::Unix(path)], String::new()))
        }
        Host::Tcp(name) => {
            let address = config.get_hostaddrs().first();
            let address = address.map_or_else(|| name.clone(), ToString::to_string);
            Some((At::all_of(&address, port, until).ok()?, name.clone()))
        }
    }
}

/// The connection, unless it is to a copy that follows another server.
fn accepting_writes(wire: Wire, until: Instant) -> Result<Wire, StoreError> {
    let asked = wire.client.simple_query("SHOW transaction_read_only");
    let said = wire.wait(asked, until).ok_or(UNREACHABLE)?;
    let said = said.map_err(at(UNREACHABLE.at))?;
    let only_reads = said.iter().any(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0) != Some("off"),
        _ => false,
    });
    match only_reads {
        true => Err(failed(StoreFault::ReadOnly)),
        false => Ok(wire),
    }
}
