//! TLS by rustls, with `ring` as the only provider.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion, version};

use crate::vault::private_files::{OpenToOthers, check_secret};

/// Why the server's certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificate is missing, unreadable or not PEM.
    #[error("the certificate file cannot be read or holds no certificate in PEM")]
    Certificate,
    /// The file of the private key is missing, unreadable or not PEM.
    #[error("the key file cannot be read or holds no private key in PEM")]
    Key,
    /// Others than its owner can read the key file.
    #[error("the key file is refused: {0}")]
    KeyOpen(OpenToOthers),
    /// rustls refuses the pair, for example because the key belongs to another certificate.
    #[error("certificate and key do not make a server: {0}")]
    Pair(rustls::Error),
}

/// TLS 1.3, and 1.2 only if the configuration allows it. No early data (0-RTT), because a request
/// could be replayed.
pub(super) fn server_config(
    certificate: &Path,
    key: &Path,
    tls_1_2: bool,
) -> Result<ServerConfig, TlsError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_| TlsError::Certificate)?;
    if chain.is_empty() {
        return Err(TlsError::Certificate);
    }
    let file = File::open(key).map_err(|_| TlsError::Key)?;
    check_secret(&file).map_err(TlsError::KeyOpen)?;
    let key = PrivateKeyDer::from_pem_reader(file).map_err(|_| TlsError::Key)?;
    let versions: &[&SupportedProtocolVersion] = if tls_1_2 {
        &[&version::TLS13, &version::TLS12]
    } else {
        &[&version::TLS13]
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(TlsError::Pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}
