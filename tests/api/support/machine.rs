//! A machine: a key, a certificate, and how it connects.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rcgen::{CertificateParams, Issuer, KeyPair, date_time_ymd};
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};

use super::{Client, TestVault, Wire};

pub struct Machine {
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Machine {
    /// With a key of its own, and a certificate without an end.
    pub fn new() -> Self {
        Self::of(KeyPair::generate().unwrap(), 4000)
    }

    /// The same key in a certificate that is good until the third of April of a year.
    pub fn until(self, year: i32) -> Self {
        Self::of(self.key, year)
    }

    fn of(key: KeyPair, year: i32) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 4, 3);
        let certificate = params.self_signed(&key).unwrap();
        Self { key, certificate }
    }

    /// The same key in a certificate that an authority signed.
    pub fn signed_by(self, authority: &Issuer<'_, KeyPair>) -> Self {
        let params = CertificateParams::new(Vec::new()).unwrap();
        let certificate = params.signed_by(&self.key, authority).unwrap();
        Self {
            certificate,
            ..self
        }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Asks at the address for machines, with this certificate.
    pub fn client(&self, vault: &TestVault) -> Client {
        vault.client_with(&self.pem(), &self.key_pem())
    }

    /// One connection to the address for machines, which stays open.
    pub fn wire(&self, vault: &TestVault) -> Wire {
        Wire::with(vault.machines(), &[], self.config(vault))
    }

    /// How it shakes hands.
    pub fn config(&self, vault: &TestVault) -> Arc<ClientConfig> {
        self.shows(vault, Arc::new(Shows::own(self)))
    }

    /// The same with the key of another one, as somebody who has a copy of the certificate alone.
    pub fn config_with_key_of(&self, vault: &TestVault, other: &Self) -> Arc<ClientConfig> {
        let shown = Shows {
            certificate: self.certificate.der().clone(),
            ..Shows::own(other)
        };
        self.shows(vault, Arc::new(shown))
    }

    fn shows(&self, vault: &TestVault, shows: Arc<Shows>) -> Arc<ClientConfig> {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots(vault))
            .with_client_cert_resolver(shows);
        Arc::new(config)
    }

    /// Whether a server asks for a certificate.
    pub fn is_asked_at(&self, vault: &TestVault, address: SocketAddr) -> bool {
        let shows = Arc::new(Shows::own(self));
        let mut wire = Wire::with(address, &[], self.shows(vault, Arc::clone(&shows)));
        wire.send(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        assert!(wire.read_all().starts_with("HTTP/1.1 200"));
        shows.asked.load(Ordering::SeqCst)
    }
}

/// Who vouches for the certificate of a test's vault.
pub fn roots(vault: &TestVault) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let ca = vault.paths.keys().join("ca.crt");
    roots
        .add(CertificateDer::from_pem_file(ca).unwrap())
        .unwrap();
    roots
}

/// Shows a certificate with a key, without a look at whether they belong together.
#[derive(Debug)]
struct Shows {
    certificate: CertificateDer<'static>,
    key: Arc<dyn rustls::sign::SigningKey>,
    asked: AtomicBool,
}

impl Shows {
    fn own(machine: &Machine) -> Self {
        let key = PrivateKeyDer::try_from(machine.key.serialize_der()).unwrap();
        Self {
            certificate: machine.certificate.der().clone(),
            key: rustls::crypto::ring::sign::any_supported_type(&key).unwrap(),
            asked: AtomicBool::new(false),
        }
    }
}

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::SeqCst);
        let chain = vec![self.certificate.clone()];
        Some(Arc::new(CertifiedKey::new(chain, Arc::clone(&self.key))))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A connection to somewhere, with a limit on how long an answer may take.
pub fn socket(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    let limit = std::time::Duration::from_secs(20);
    socket.set_read_timeout(Some(limit)).unwrap();
    socket
}
