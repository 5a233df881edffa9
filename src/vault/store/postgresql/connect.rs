//! A server, and connections to it.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Config, Connection};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::driver::{Driver, wait};
use super::error::at;
use super::place::ServerPlace;
use super::scram_only::ScramOnly;
use super::trusted;
use crate::vault::store::error::{StoreError, StoreFault};

/// A server that keeps a vault's tables.
pub(crate) struct Server {
    driver: Driver,
    place: ServerPlace,
    tls: ScramOnly<MakeRustlsConnect>,
    /// Which host of the address was the right one last.
    host: AtomicUsize,
}

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long it may take at one of several hosts.
const AT_ONE_OF_SEVERAL: Duration = Duration::from_secs(5);
/// What goes to the server and comes from it.
pub(super) struct Wire {
    pub(super) client: Client,
    pub(super) told: Arc<Told>,
}

/// What a connection was told beside its answers.
#[derive(Default)]
pub(super) struct Told {
    warnings: AtomicU64,
}

impl Told {
    /// How many warnings there were.
    pub(super) fn warnings(&self) -> u64 {
        self.warnings.load(Ordering::Acquire)
    }
}

impl Server {
    /// Does not connect yet.
    pub(crate) fn at(place: ServerPlace) -> Result<Arc<Self>, StoreError> {
        let driver = Driver::start().map_err(|_| StoreError {
            at: "postgresql::driver",
            fault: StoreFault::Other,
        })?;
        let tls = ScramOnly(trusted::tls(place.authorities())?);
        Ok(Arc::new(Self {
            driver,
            place,
            tls,
            host: AtomicUsize::new(0),
        }))
    }

    /// Connects, with the host that was the right one last first: one that accepts writes, if it is not `of_copies`
    /// too. The connection lasts as long as the server is held.
    pub(super) fn connect(&self, of_copies: bool) -> Result<Wire, StoreError> {
        let configs = self.place.configs();
        let mut configs = configs.map_err(|_| failed(StoreFault::Unauthorised))?;
        let patience = match configs.len() {
            1 => CONNECTING,
            _ => AT_ONE_OF_SEVERAL,
        };
        for config in &mut configs {
            config
                .application_name("breachvault")
                .connect_timeout(patience)
                .tcp_user_timeout(CONNECTING);
            if of_copies {
                config.target_session_attrs(TargetSessionAttrs::Any);
            }
        }
        let all = patience * u32::try_from(configs.len()).unwrap_or(1) + CONNECTING;
        let told = Arc::new(Told::default());
        let handle = self.driver.handle().map_err(|_| UNREACHABLE)?;
        let first = self.host.load(Ordering::Relaxed);
        let asked = connected(
            configs,
            first,
            patience,
            self.tls.clone(),
            Arc::clone(&told),
        );
        let task = wait(handle.spawn(asked), Instant::now() + all).ok_or(UNREACHABLE)?;
        let (client, host) = task.map_err(|_| UNREACHABLE)??;
        self.host.store(host, Ordering::Relaxed);
        Ok(Wire { client, told })
    }
}

const UNREACHABLE: StoreError = failed(StoreFault::Unreachable);

const fn failed(fault: StoreFault) -> StoreError {
    StoreError {
        at: "postgresql::connect",
        fault,
    }
}

/// Connects to the first host that will do, and leaves a task behind that moves what goes over the connection until
/// either end closes it. If there is none, the fault that tells most: a host that does not answer, and a copy, are as
/// expected.
async fn connected(
    configs: Vec<Config>,
    first: usize,
    patience: Duration,
    tls: ScramOnly<MakeRustlsConnect>,
    told: Arc<Told>,
) -> Result<(Client, usize), StoreError> {
    let mut worst = UNREACHABLE;
    for no in (0..configs.len()).map(|no| (first + no) % configs.len()) {
        let Some(config) = configs.get(no) else {
            continue;
        };
        let found = match timeout(patience, config.connect(tls.clone())).await {
            Ok(Ok((client, connection))) => {
                tokio::spawn(drive(connection, told));
                return Ok((client, no));
            }
            Ok(Err(error)) => at(UNREACHABLE.at)(error),
            Err(_) => UNREACHABLE,
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

/// A warning comes before the answer that it belongs to, and is noted before that is handed on.
async fn drive<S, T>(mut connection: Connection<S, T>, told: Arc<Told>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => {
                if notice.parsed_severity() != Some(Severity::Notice) {
                    told.warnings.fetch_add(1, Ordering::AcqRel);
                }
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
}
