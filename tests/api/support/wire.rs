//! A TLS connection by hand, for clients that behave as no client should.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::TestVault;

pub struct Wire(StreamOwned<ClientConnection, TcpStream>);

impl Wire {
    pub fn to(vault: &TestVault) -> Self {
        Self::behind(vault, &[])
    }

    /// As a proxy does, which says something before the client's first byte.
    pub fn behind(vault: &TestVault, first: &[u8]) -> Self {
        let mut roots = RootCertStore::empty();
        let ca = vault.paths.keys().join("ca.crt");
        roots
            .add(CertificateDer::from_pem_file(ca).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = TcpStream::connect(vault.address).unwrap();
        socket.write_all(first).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Self(StreamOwned::new(connection, socket))
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
        self.0.flush().unwrap();
    }

    /// Sends what may find nobody there any more.
    pub fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.0
            .write_all(bytes)
            .and_then(|()| self.0.flush())
            .is_ok()
    }

    /// The next bytes, or none if the other side has closed.
    pub fn read_some(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 16 * 1024];
        let read = self.0.read(&mut bytes).unwrap_or(0);
        bytes.truncate(read);
        bytes
    }

    /// Everything until the other side closes.
    pub fn read_all(&mut self) -> String {
        let mut all = Vec::new();
        let _ = self.0.read_to_end(&mut all);
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Goes away without a word.
    pub fn vanish(self) {
        let _ = self.0.sock.shutdown(std::net::Shutdown::Both);
    }
}
