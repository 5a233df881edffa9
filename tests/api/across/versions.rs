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
        let socket = TcpStream::connect(incident.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = connector(incident).connect(name, socket).await.unwrap();
        assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut requests, connection) = h2::client::handshake(tls).await.unwrap();
        tokio::spawn(connection);
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
            let mut body = response.into_body();
            let mut bytes = Vec::new();
            while let Some(data) = body.data().await {
                let data = data.unwrap();
                let _ = body.flow_control().release_capacity(data.len());
                bytes.extend_from_slice(&data);
            }
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
