//! A TLS connection by hand, for clients that behave as no client should.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, StreamOwned};

use super::TestVault;
use super::machine::{roots, socket};

pub struct Wire(StreamOwned<ClientConnection, TcpStream>);

impl Wire {
    pub fn to(vault: &TestVault) -> Self {
        Self::behind(vault, &[])
    }

    /// As a proxy does, which says something before the client's first byte.
    pub fn behind(vault: &TestVault, first: &[u8]) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots(vault))
            .with_no_client_auth();
        Self::with(vault.address, first, Arc::new(config))
    }

    /// To an address, with a way to shake hands.
    pub fn with(address: SocketAddr, first: &[u8], config: Arc<ClientConfig>) -> Self {
        Self::on(socket(address), first, config)
    }

    /// On a connection that is there.
    pub fn on(mut socket: TcpStream, first: &[u8], config: Arc<ClientConfig>) -> Self {
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(config, name).unwrap();
        socket.write_all(first).unwrap();
        Self(StreamOwned::new(connection, socket))
    }

    /// Whether the handshake went on from an earlier one. Something was read before.
    pub fn is_resumed(&self) -> bool {
        self.0.conn.handshake_kind() == Some(HandshakeKind::Resumed)
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

    /// One answer of HTTP/1.1 with a length, on a connection that stays open; what came of it if that is all.
    pub fn read_answer(&mut self) -> String {
        let mut all = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text;
                }
            }
            let more = self.read_some();
            if more.is_empty() {
                return text;
            }
            all.extend(more);
        }
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
