//! The same answers over HTTP/1.1 on a kept connection and over HTTP/2.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{Incident, Wire, body, shared};

fn connector(incident: &Incident) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let ca = incident.paths.keys().join("ca.crt");
    roots
        .add(CertificateDer::from_pem_file(ca).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

async fn connect(incident: &Incident) -> h2::client::SendRequest<bytes::Bytes> {
    let socket = TcpStream::connect(incident.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let tls = connector(incident).connect(name, socket).await.unwrap();
    assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (requests, connection) = h2::client::handshake(tls).await.unwrap();
    tokio::spawn(connection);
    requests
}

async fn bytes_of(mut body: h2::RecvStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(Ok(data)) = body.data().await {
        let _ = body.flow_control().release_capacity(data.len());
        bytes.extend_from_slice(&data);
    }
    bytes
}

#[test]
fn too_many_headers_over_http_2_get_a_problem_up_to_a_bound_and_the_connection_lives_on() {
    let incident = shared();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut requests = connect(incident).await;
        // Lines of 8 KiB: above the limit of 32 KiB, above twice and above four times that.
        for (lines, status, is_problem) in [
            (1, 200, false),
            (6, 431, true),
            (12, 431, true),
            (20, 431, false),
            (1, 200, false),
        ] {
            requests = requests.ready().await.unwrap();
            let mut request = http::Request::get("https://localhost/healthz");
            for no in 0..lines {
                request = request.header(format!("x-long-{no}"), "x".repeat(8 * 1024));
            }
            let request = request.body(()).unwrap();
            let (response, _) = requests.send_request(request, true).unwrap();
            let response = response.await.unwrap();
            assert_eq!(response.status(), status, "{lines} lines");
            let body = bytes_of(response.into_body()).await;
            let problem = serde_json::from_slice::<serde_json::Value>(&body).ok();
            let kind = problem.map(|problem| problem["type"].clone());
            let wanted = is_problem.then(|| "/errors#headers-too-large".into());
            assert_eq!(kind, wanted, "{lines} lines");
        }
    });
}

#[test]
fn many_lookups_beside_each_other_on_one_http_2_connection() {
    let incident = shared();
    let token = incident.investigator().token().to_owned();
    let number = incident.log.messages[0].number.as_str();
    let json = body::look_up(&[number]).to_string();
    let url = format!("https://localhost/api/v1{}", incident.of_case("/lookups"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut requests = connect(incident).await;
        let mut responses = Vec::new();
        for _ in 0..32 {
            requests = requests.ready().await.unwrap();
            let request = http::Request::post(&url)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(())
                .unwrap();
            let (response, mut stream) = requests.send_request(request, false).unwrap();
            stream.send_data(json.clone().into(), true).unwrap();
            responses.push(response);
        }
        let mut leaves = BTreeSet::new();
        for response in responses {
            let response = response.await.unwrap();
            assert_eq!(response.status(), 200);
            let leaf = response.headers()["audit-leaf"].to_str().unwrap();
            assert!(leaves.insert(leaf.to_owned()));
            let bytes = bytes_of(response.into_body()).await;
            let answer: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(answer["results"][0]["state"], "exposed");
        }
        assert_eq!(leaves.len(), 32);
    });
}

#[test]
fn two_requests_on_one_kept_connection_have_two_leaves() {
    let incident = shared();
    let token = incident.investigator().token().to_owned();
    let number = incident.log.messages[0].number.as_str();
    let json = body::look_up(&[number]).to_string();
    let path = incident.of_case("/lookups");
    let request = |last: &str| {
        format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{last}\r\n{json}",
            json.len()
        )
    };
    let mut wire = Wire::to(incident);
    wire.send(request("").as_bytes());
    wire.send(request("connection: close\r\n").as_bytes());
    let all = wire.read_all();
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 2, "{all}");
    let leaves: BTreeSet<_> = all
        .lines()
        .filter(|line| line.starts_with("audit-leaf: "))
        .collect();
    assert_eq!(leaves.len(), 2);
}
