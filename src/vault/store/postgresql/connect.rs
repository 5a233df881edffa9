//! A server, and connections to it.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
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
}

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
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
        Ok(Arc::new(Self { driver, place, tls }))
    }

    /// Connects. The connection lasts as long as the server is held.
    pub(super) fn connect(&self) -> Result<Wire, StoreError> {
        const AT: &str = "postgresql::connect";
        let fault = |fault| StoreError { at: AT, fault };
        let unreachable = fault(StoreFault::Unreachable);
        let config = self.place.config();
        let mut config = config.map_err(|_| fault(StoreFault::Unauthorised))?;
        config
            .application_name("breachvault")
            .connect_timeout(CONNECTING)
            .tcp_user_timeout(CONNECTING);
        let told = Arc::new(Told::default());
        let handle = self.driver.handle().map_err(|_| unreachable)?;
        let task = handle.spawn(connected(config, self.tls.clone(), Arc::clone(&told)));
        let task = wait(task, Instant::now() + 2 * CONNECTING).ok_or(unreachable)?;
        let client = task.map_err(|_| unreachable)?.map_err(at(AT))?;
        Ok(Wire { client, told })
    }
}

/// Connects, and leaves a task behind that moves what goes over the connection until either end closes it.
async fn connected(
    config: Config,
    tls: ScramOnly<MakeRustlsConnect>,
    told: Arc<Told>,
) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(tls).await?;
    tokio::spawn(drive(connection, told));
    Ok(client)
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
