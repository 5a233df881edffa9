//! Lookups of one number over HTTPS, on keep-alive connections over loopback, compared
//! with a bare endpoint that answers the same bytes. docs/benchmarks.md says what each
//! figure means.
//!
//!     cargo bench --bench serve -- --clients 1,8,64,256 --seconds 5
//!     cargo bench --bench serve -- --clients 1,64,256 --store postgresql
//!
//! The second one measures a vault whose tables a server has as well, which it starts in a folder of its own.

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

#[path = "../support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum_server::tls_rustls::RustlsConfig;
use breachvault::synthesis::sample_numbers;
use serde_json::json;
use support::https::{Client, Served};
use support::server::Server;
use support::{House, Res, Words, grouped, table};
use tokio_rustls::TlsConnector;

struct Level {
    clients: usize,
    /// The time of every answer, in µs, sorted.
    taken: Vec<u64>,
    seconds: f64,
    /// Processor time of client and server together.
    processor_seconds: f64,
    leaves_a_commit: Option<f64>,
}

impl Level {
    fn rate(&self) -> f64 {
        self.taken.len() as f64 / self.seconds
    }

    /// The time in ms below which this share of the answers is.
    fn at(&self, share: f64) -> f64 {
        let place = (self.taken.len() as f64 * share) as usize;
        let place = place.min(self.taken.len().saturating_sub(1));
        self.taken.get(place).copied().unwrap_or_default() as f64 / 1e3
    }
}

fn main() -> Res<()> {
    let words = Words::new();
    let rows = words.number("--rows", 1_000_000)?;
    let seconds = words.number("--seconds", 5)?;
    let clients = words.numbers("--clients", "1,8,64,256")?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = tempfile::Builder::new().prefix("serve-").tempdir()?;
    let csv = directory.path().join("log.csv");
    support::make_csv(&csv, rows)?;
    let house = House::found(&directory.path().join("vault"))?;
    house.admit(&csv)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    println!(
        "{} rows, {seconds} s a level, client and server on the same cores\n",
        grouped(rows)
    );
    let load = Load {
        rows,
        clients,
        seconds,
    };
    let with_file = runtime.block_on(measure(&house, &load))?;
    let Some(store) = words.text("--store") else {
        return Ok(());
    };
    if store != "postgresql" {
        return Err(format!("--store {store}: there is only postgresql").into());
    }
    let server = Server::start()?;
    let folder = directory.path().join("vault at a server");
    let house = House::found_at(&folder, Some(&server.address()))?;
    house.admit(&csv)?;
    let levels = runtime.block_on(async {
        let (levels, bare) = look_up(&house, &load).await?;
        bare.served.stop().await?;
        Res::Ok(levels)
    })?;
    println!("breachvault, its tables with PostgreSQL on the same cores\n");
    print(&levels);
    println!("what the server costs\n");
    compare(&levels, &with_file, ["with PostgreSQL", "with a file"]);
    // The vault asks the server until it is gone.
    drop(house);
    drop(server);
    Ok(())
}

/// What is asked.
struct Load {
    rows: u64,
    clients: Vec<u64>,
    seconds: u64,
}

/// How to compare with it: a certificate with its key, and an answer.
struct Bare {
    served: Served,
    body: Vec<u8>,
}

async fn look_up(house: &House, load: &Load) -> Res<(Vec<Level>, Bare)> {
    let Load {
        rows,
        clients,
        seconds,
    } = load;
    // All clients are on one machine, and a level begins before all connections of the last one are gone.
    let most = clients.iter().max().copied().unwrap_or_default();
    let served = Served::start(house, usize::try_from(2 * most)?.max(64)).await?;
    let (address, tls) = (served.address, served.tls.clone());
    let requests = requests(house, *rows);
    let mut levels = Vec::new();
    for clients in clients {
        levels.push(level(address, &tls, &requests, *clients, *seconds, Some(house)).await?);
    }
    let first = requests.first().ok_or("a log without numbers")?;
    let body = Client::new(address, &tls)
        .await?
        .send(first)
        .await?
        .to_vec();
    Ok((levels, Bare { served, body }))
}

async fn measure(house: &House, load: &Load) -> Res<Vec<Level>> {
    let (vault, Bare { served, body }) = look_up(house, load).await?;
    println!("breachvault, the leaf durable before the answer\n");
    print(&vault);
    let tls = served.tls.clone();
    let (certificate, private) = (served.certificate.clone(), served.key.clone());
    served.stop().await?;
    let address = serve_bare(&certificate, &private, body).await?;
    let requests = requests(house, load.rows);
    let mut levels = Vec::new();
    for clients in &load.clients {
        levels.push(level(address, &tls, &requests, *clients, load.seconds, None).await?);
    }
    println!("a bare endpoint that answers the same bytes\n");
    print(&levels);
    println!("what the vault costs\n");
    compare(&vault, &levels, ["breachvault", "bare"]);
    Ok(vault)
}

fn requests(house: &House, rows: u64) -> Arc<[Vec<u8>]> {
    sample_numbers(&support::recipe(rows), SAMPLES)
        .iter()
        .map(|number| request(house, number))
        .collect()
}

fn request(house: &House, number: &str) -> Vec<u8> {
    let body = json!({
        "numbers": [number], "purpose": "victim-inquiry", "reason": "to be measured",
    })
    .to_string();
    format!(
        "POST /api/v1/cases/{}/lookups HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        house.case.as_str(),
        house.token,
        body.len()
    )
    .into_bytes()
}

async fn level(
    address: SocketAddr,
    tls: &TlsConnector,
    requests: &Arc<[Vec<u8>]>,
    clients: u64,
    seconds: u64,
    house: Option<&House>,
) -> Res<Level> {
    let mut connected = Vec::new();
    for _ in 0..clients {
        connected.push(Client::new(address, tls).await?);
    }
    let counts = || house.map(|house| house.vault.health().counts());
    let before = counts();
    let processor = processor_seconds();
    let turn = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let end = begun + Duration::from_secs(seconds);
    let running: Vec<_> = connected
        .into_iter()
        .map(|mut client| {
            let (turn, requests) = (Arc::clone(&turn), Arc::clone(requests));
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while Instant::now() < end {
                    // A stride, so that neighbours are not asked for one after the other.
                    let at = turn.fetch_add(STRIDE, Ordering::Relaxed) % requests.len() as u64;
                    let begun = Instant::now();
                    client
                        .send(&requests[at as usize])
                        .await
                        .map_err(|error| error.to_string())?;
                    taken.push(begun.elapsed().as_micros() as u64);
                }
                Ok::<_, String>(taken)
            })
        })
        .collect();
    let mut taken = Vec::new();
    for one in running {
        taken.extend(one.await??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let processor_seconds = processor_seconds() - processor;
    let leaves_a_commit = before
        .zip(counts())
        .map(|(before, after)| (after.1 - before.1) as f64 / (after.0 - before.0).max(1) as f64);
    taken.sort_unstable();
    Ok(Level {
        clients: usize::try_from(clients)?,
        taken,
        seconds,
        processor_seconds,
        leaves_a_commit,
    })
}

fn print(levels: &[Level]) {
    let rows: Vec<Vec<String>> = levels
        .iter()
        .map(|level| {
            let at = |share: f64| format!("{:.2}", level.at(share));
            let micros = level.processor_seconds * 1e6 / level.taken.len().max(1) as f64;
            vec![
                level.clients.to_string(),
                grouped(level.rate() as u64),
                at(0.5),
                at(0.99),
                at(0.999),
                level
                    .leaves_a_commit
                    .map_or_else(|| "-".to_owned(), |leaves| format!("{leaves:.1}")),
                format!("{micros:.0}"),
            ]
        })
        .collect();
    table(
        &[
            "clients",
            "requests/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "leaves a commit",
            "processor µs a request",
        ],
        &rows,
    );
}

fn compare(slower: &[Level], faster: &[Level], [slow, fast]: [&str; 2]) {
    let rows: Vec<Vec<String>> = slower
        .iter()
        .zip(faster)
        .map(|(slower, faster)| {
            vec![
                slower.clients.to_string(),
                grouped(slower.rate() as u64),
                grouped(faster.rate() as u64),
                format!("{:.1}", faster.rate() / slower.rate()),
                format!("{:.2}", slower.at(0.5) - faster.at(0.5)),
                format!("{:.2}", slower.at(0.99) - faster.at(0.99)),
            ]
        })
        .collect();
    let head = [
        "clients".to_owned(),
        format!("{slow}, requests/s"),
        format!("{fast}, requests/s"),
        format!("{fast} to {slow}"),
        "added p50 ms".to_owned(),
        "added p99 ms".to_owned(),
    ];
    table(&head.each_ref().map(String::as_str), &rows);
}

/// The processor time of this process: user and system, each in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

#[expect(
    clippy::disallowed_methods,
    reason = "what a route costs without the door is what this measures"
)]
async fn serve_bare(certificate: &Path, key: &Path, body: Vec<u8>) -> Res<SocketAddr> {
    let tls = RustlsConfig::from_pem_file(certificate, key).await?;
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let body = bytes::Bytes::from(body);
    let router = axum::Router::new().fallback(move |asked: bytes::Bytes| {
        drop(asked);
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    });
    listener.set_nonblocking(true)?;
    let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(tls);
    let server = axum_server::from_tcp(listener)?.acceptor(acceptor);
    tokio::spawn(server.serve(router.into_make_service()));
    Ok(address)
}

const SAMPLES: usize = 10_000;
const STRIDE: u64 = 7_919;
