//! Whose certificates a server may show.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::vault::store::error::{StoreError, StoreFault};

/// TLS with a verified certificate: of the authorities in a file, or of those that this machine trusts.
pub(super) fn tls(authorities: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let failed = StoreError {
        at: "postgresql::trusted",
        fault: StoreFault::Untrusted,
    };
    let mut roots = RootCertStore::empty();
    let known: Vec<CertificateDer<'static>> = match authorities {
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|_| failed)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    roots.add_parsable_certificates(known);
    if roots.is_empty() {
        return Err(failed);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| failed)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
