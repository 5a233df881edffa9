//! The server as a client sees it: TLS 1.3 and a certificate it can check.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use breachvault::config::Config;
use breachvault::domain::OperatorName;
use breachvault::http::{ServeConfig, make_dev_certificate, serve_until};
use breachvault::vault::clock::{Clock as _, SystemClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::keyring::{Argon2Params, NewPassphrase};
use breachvault::vault::{Paths, Settings, Vault};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion, version};
use tempfile::TempDir;
use tokio::sync::oneshot;

struct Server {
    address: SocketAddr,
    ca: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<bool>>,
    _directory: TempDir,
}

impl Server {
    fn start(toml: &str) -> Self {
        let directory = crate::directory::directory();
        let paths = Paths::of(directory.path());
        let founded = Vault::create(
            &paths,
            &NewPassphrase::parse("a passphrase of the tests".to_owned()).unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("admin").unwrap(),
            Settings::default(),
            Arc::new(SystemClock),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap();
        let files = make_dev_certificate(&paths.keys(), &[], SystemClock.now()).unwrap();
        let mut config = ServeConfig::new(&Config::parse(toml).unwrap(), &paths);
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.grace_s = 2;
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let ready = move |address| ready.send(address).unwrap();
            let until = async move { drop(stopped.await) };
            runtime
                .block_on(serve_until(Arc::new(founded.vault), &config, ready, until))
                .is_ok()
        });
        Self {
            address: address.recv().unwrap(),
            ca: files.ca,
            stop: Some(stop),
            thread: Some(thread),
            _directory: directory,
        }
    }

    /// Stops the server; true if it and its vault ended well.
    fn stop(mut self) -> bool {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap()
    }

    fn handshake(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<rustls::ProtocolVersion, std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(&self.ca).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = TcpStream::connect(self.address)?;
        while client.is_handshaking() {
            client.complete_io(&mut socket)?;
        }
        client.send_close_notify();
        let _ = client.write_tls(&mut socket);
        socket.flush()?;
        client
            .protocol_version()
            .ok_or_else(|| std::io::ErrorKind::NotConnected.into())
    }
}

#[test]
fn tls_1_2_is_refused_unless_it_is_configured() {
    let server = Server::start("");
    assert!(server.handshake(&[&version::TLS12]).is_err());
    let both = server.handshake(&[&version::TLS12, &version::TLS13]);
    assert_eq!(both.unwrap(), rustls::ProtocolVersion::TLSv1_3);
    assert!(server.stop());

    let server = Server::start("[tls]\nallow_tls_1_2 = true\n");
    let old = server.handshake(&[&version::TLS12]);
    assert_eq!(old.unwrap(), rustls::ProtocolVersion::TLSv1_2);
    assert!(server.stop());
}

#[test]
fn a_client_that_trusts_the_authority_is_answered_and_another_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start("");
    let pem = std::fs::read(&server.ca).unwrap();
    let ca = ureq::tls::Certificate::from_pem(&pem).unwrap();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[ca]))
        .build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let url = format!("https://localhost:{}/healthz", server.address.port());
    let mut response = agent.get(&url).call().unwrap();
    assert_eq!(response.body_mut().read_to_string().unwrap(), "up\n");
    assert!(response.headers().contains_key("strict-transport-security"));
    assert!(!response.headers().contains_key("server"));
    let url = format!(
        "https://localhost:{}/api/v1/enrolments",
        server.address.port()
    );
    let refused = agent.get(&url).call().err().unwrap();
    assert!(matches!(refused, ureq::Error::StatusCode(405)));

    let other = Server::start("");
    let url = format!("https://localhost:{}/healthz", other.address.port());
    assert!(agent.get(&url).call().is_err());
    drop(agent);
    assert!(other.stop());
    assert!(server.stop());
}
