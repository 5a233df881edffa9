//! Connections of one address: so many, none that stands still, and places for who signs in.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{TestVault, Who, Wire};

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// How many of the connections still answer.
fn alive(all: &mut [Wire]) -> usize {
    all.iter_mut()
        .map(|wire| wire.try_send(ASK) && wire.read_some().starts_with(b"HTTP/1.1 200"))
        .filter(|alive| *alive)
        .count()
}

#[test]
fn one_address_holds_sixty_four_connections_and_who_has_signed_in_keeps_theirs() {
    let vault = TestVault::with("[limits]\naddress_connections = 64\nheader_s = 60\n");
    let auditor = vault.auditor();
    let signed_in = format!(
        "GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n",
        auditor.token()
    );
    let mut own: Vec<Wire> = (0..10).map(|_| Wire::to(&vault)).collect();
    for wire in &mut own {
        wire.send(signed_in.as_bytes());
        assert!(wire.read_some().starts_with(b"HTTP/1.1 200"));
    }
    let mut strangers = Vec::new();
    for _ in 0..200 {
        let mut wire = Wire::to(&vault);
        if wire.try_send(b"GET /healthz HTTP/1.1\r\n") {
            strangers.push(wire);
        }
    }
    // A newcomer is let in, by whoever waits longest without having signed in.
    auditor.get("/me").assert_status(200);
    vault
        .new_session(Who::Auditor)
        .get("/me")
        .assert_status(200);
    for wire in &mut own {
        wire.send(signed_in.as_bytes());
        assert!(
            wire.read_some().starts_with(b"HTTP/1.1 200"),
            "who signed in was closed"
        );
    }
    let held = strangers
        .iter_mut()
        .map(|wire| wire.try_send(b"host: localhost\r\n\r\n") && !wire.read_some().is_empty())
        .filter(|alive| *alive)
        .count();
    assert!(
        (1..=64 - own.len()).contains(&held),
        "{held} strangers hold a connection"
    );
}

#[test]
fn an_address_whose_connections_are_all_signed_in_gets_no_more() {
    let vault = TestVault::with("[limits]\naddress_connections = 8\n");
    let auditor = vault.auditor();
    let ask = format!(
        "GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n",
        auditor.token()
    );
    let mut own = Vec::new();
    for _ in 0..20 {
        let mut wire = Wire::to(&vault);
        if wire.try_send(ask.as_bytes()) && wire.read_some().starts_with(b"HTTP/1.1 200") {
            own.push(wire);
        }
    }
    assert!(own.len() <= 8, "{} connections", own.len());
    assert_eq!(alive(&mut own), own.len());
}

#[test]
fn a_connection_that_asks_for_nothing_is_closed() {
    let vault = TestVault::with("[limits]\nheader_s = 2\nidle_s = 2\n");
    let begun = Instant::now();
    let mut silent = Wire::to(&vault);
    silent.send(b"");
    let mut asked = Wire::to(&vault);
    asked.send(ASK);
    assert!(asked.read_some().starts_with(b"HTTP/1.1 200"));
    assert!(silent.read_some().is_empty());
    assert!(asked.read_some().is_empty());
    let elapsed = begun.elapsed();
    assert!((1..8).contains(&elapsed.as_secs()), "{elapsed:?}");
}

#[test]
fn connections_that_only_answer_pings_are_closed() {
    let vault = TestVault::with("[limits]\nheader_s = 3\nidle_s = 2\n");
    let mut roots = RootCertStore::empty();
    let ca = vault.paths.keys().join("ca.crt");
    let ca = CertificateDer::from_pem_file(ca).unwrap();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = vault.address;
    let closed = runtime.block_on(async {
        let mut all = Vec::new();
        for no in 0..20 {
            let connector = connector.clone();
            all.push(tokio::spawn(async move {
                let socket = TcpStream::connect(address).await.unwrap();
                let name = ServerName::try_from("localhost").unwrap();
                let tls = connector.connect(name, socket).await.unwrap();
                let (mut requests, mut connection) = h2::client::handshake(tls).await.unwrap();
                let mut pings = connection.ping_pong().unwrap();
                // Some ask once and rest then.
                if no % 2 == 0 {
                    let request = http::Request::get("https://localhost/healthz").body(());
                    drop(requests.send_request(request.unwrap(), true));
                }
                let pinging = tokio::spawn(async move {
                    while pings.ping(h2::Ping::opaque()).await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                });
                let ended = tokio::time::timeout(Duration::from_secs(20), connection).await;
                pinging.abort();
                drop(requests);
                ended.is_ok()
            }));
        }
        let mut closed = 0;
        for one in all {
            closed += usize::from(one.await.unwrap());
        }
        closed
    });
    assert_eq!(closed, 20, "they answered pings and held their places");
}

#[test]
fn a_thousand_connections_of_one_address_keep_nobody_of_it_out() {
    let vault = TestVault::with("[limits]\naddress_connections = 64\n");
    let auditor = vault.auditor();
    let address = vault.address;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flood = thread::spawn({
        let stop = Arc::clone(&stop);
        move || {
            let mut held = std::collections::VecDeque::new();
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                held.extend(std::net::TcpStream::connect(address).ok());
                if held.len() > 400 {
                    held.pop_front();
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
    });
    for _ in 0..20 {
        auditor.get("/me").assert_status(200);
        vault
            .new_session(Who::Auditor)
            .get("/me")
            .assert_status(200);
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    flood.join().unwrap();
}
