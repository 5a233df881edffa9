//! TLS by rustls, with `ring` as the only provider.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};

use super::any_key::AnyKey;
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
    /// The file of the authority for machines' certificates is missing, unreadable or not PEM.
    #[error(
        "the file of tls.machine_ca cannot be read or holds no certificate of an authority in PEM"
    )]
    MachineCa,
}

/// TLS 1.3, and 1.2 only if the configuration allows it. No early data (0-RTT), because a request
/// could be replayed.
pub(super) fn server_config(
    certificate: &Path,
    key: &Path,
    tls_1_2: bool,
) -> Result<ServerConfig, TlsError> {
    let versions: &[&SupportedProtocolVersion] = if tls_1_2 {
        &[&version::TLS13, &version::TLS12]
    } else {
        &[&version::TLS13]
    };
    config(
        certificate,
        key,
        versions,
        WebPkiClientVerifier::no_client_auth(),
    )
}

/// The same at the address for machines, where a client may show a certificate: one that `ca` signed, if there is such
/// a file. TLS 1.3 alone, because 1.2 sends certificates in the clear. No session is resumed there: each connection
/// proves the key anew.
pub(super) fn machines_config(
    certificate: &Path,
    key: &Path,
    ca: Option<&Path>,
) -> Result<ServerConfig, TlsError> {
    let verifier: Arc<dyn ClientCertVerifier> = match ca {
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            for root in chain(ca).map_err(|_| TlsError::MachineCa)? {
                roots.add(root).map_err(|_| TlsError::MachineCa)?;
            }
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
                .allow_unauthenticated()
                .build()
                .map_err(|_| TlsError::MachineCa)?
        }
        None => Arc::new(AnyKey(provider().signature_verification_algorithms)),
    };
    let mut config = config(certificate, key, &[&version::TLS13], verifier)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn config(
    certificate: &Path,
    key: &Path,
    versions: &[&'static SupportedProtocolVersion],
    verifier: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, TlsError> {
    let chain = chain(certificate)?;
    let file = File::open(key).map_err(|_| TlsError::Key)?;
    check_secret(&file).map_err(TlsError::KeyOpen)?;
    let key = PrivateKeyDer::from_pem_reader(file).map_err(|_| TlsError::Key)?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .map_err(TlsError::Pair)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The certificates of a PEM file; there must be one.
fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_| TlsError::Certificate)?;
    match chain.is_empty() {
        true => Err(TlsError::Certificate),
        false => Ok(chain),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::Moment;
    use crate::http::dev_certificate::make_dev_certificate;

    #[test]
    fn machines_are_served_with_an_authority_or_without_and_not_with_one_that_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let now = Moment::from_seconds(1_711_929_600);
        let files = make_dev_certificate(folder.path(), &[], now).unwrap();
        let config = |ca: Option<&Path>| machines_config(&files.certificate, &files.key, ca);
        for ca in [None, Some(files.ca.as_path())] {
            let made = config(ca).unwrap();
            // Nothing of a handshake is kept for the next one.
            assert!(!made.session_storage.can_cache() && made.send_tls13_tickets == 0);
        }
        let empty = folder.path().join("empty");
        fs::write(&empty, "no certificate").unwrap();
        for ca in [empty.as_path(), files.key.as_path(), Path::new("/nowhere")] {
            let refused = config(Some(ca)).err().unwrap();
            assert!(matches!(refused, TlsError::MachineCa), "{refused}");
        }
    }
}
