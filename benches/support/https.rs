//! A vault served over HTTPS within the benchmark, and a client of it that costs little.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use breachvault::config::Config;
use breachvault::http::{ServeConfig, ServeError, make_dev_certificate, serve_until};
use breachvault::vault::clock::{Clock as _, SystemClock};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{House, Res};

/// A vault that is served until it is stopped.
pub struct Served {
    pub address: SocketAddr,
    /// Trusts the vault's certificate.
    pub tls: TlsConnector,
    pub certificate: PathBuf,
    pub key: PathBuf,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    /// Serves on a free port; one address may have so many connections.
    pub async fn start(house: &House, connections: usize) -> Res<Self> {
        let paths = house.vault.paths();
        let files = make_dev_certificate(&paths.keys(), &[], SystemClock.now())?;
        let mut serving = ServeConfig::new(&Config::default(), paths);
        serving.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        serving.grace_s = 0;
        serving.limits.address_connections = connections;
        let (certificate, key) = (serving.certificate.clone(), serving.key.clone());
        let (ready, address) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let vault = Arc::clone(&house.vault);
        let server = tokio::spawn(async move {
            let ready = move |address| {
                let _ = ready.send(address);
            };
            serve_until(vault, &serving, ready, async move { drop(stopped.await) }).await
        });
        Ok(Self {
            address: address.await?,
            tls: connector(&files.ca)?,
            certificate,
            key,
            stop,
            server,
        })
    }

    pub async fn stop(self) -> Res<()> {
        drop(self.stop);
        self.server.await??;
        Ok(())
    }
}

fn connector(ca: &Path) -> Res<TlsConnector> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// One connection. It is kept cheap, because it uses the same cores as the server.
pub struct Client {
    stream: TlsStream<TcpStream>,
    /// The last answer, its headers first.
    buffer: Vec<u8>,
}

impl Client {
    pub async fn new(address: SocketAddr, tls: &TlsConnector) -> Res<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        Ok(Self {
            stream: tls.connect(name, socket).await?,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// The body of the answer; its status must be 200.
    pub async fn send(&mut self, request: &[u8]) -> std::io::Result<&[u8]> {
        self.exchange(request, 200).await
    }

    /// A header of the last answer.
    pub fn header(&self, wanted: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.buffer);
        let mut pairs = text.lines().skip(1).take_while(|line| !line.is_empty());
        pairs.find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
        })
    }

    /// The body of the answer; its status must be this one.
    pub async fn exchange(&mut self, request: &[u8], status: u16) -> std::io::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let text = String::from_utf8_lossy(&self.buffer[..head]);
            let length: usize = text
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, length)| length.parse().ok())
                .ok_or(std::io::ErrorKind::InvalidData)?;
            if self.buffer.len() < head + 4 + length {
                continue;
            }
            if !text.starts_with(&format!("HTTP/1.1 {status}")) {
                let all = String::from_utf8_lossy(&self.buffer);
                return Err(std::io::Error::other(all.into_owned()));
            }
            return Ok(&self.buffer[head + 4..][..length]);
        }
    }
}
