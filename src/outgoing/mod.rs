//! Connections that the program makes itself: of the client to a vault, of a vault to an OpenID provider.
//!
//! TLS is verified always, redirections and proxies are not followed, so what is sent goes to the server that is named
//! and to no other.

use std::sync::Arc;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, ClientCert, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::AgentScope;

/// Who may vouch for a server.
pub(crate) struct Authorities(Vec<Certificate<'static>>);

impl Authorities {
    /// Those whom this machine trusts.
    pub(crate) fn of_machine() -> Self {
        let found = rustls_native_certs::load_native_certs().certs;
        let read = |der: &[u8]| Certificate::from_der(der).to_owned();
        Self(found.iter().map(|der| read(der)).collect())
    }

    /// Those of a PEM file; `None` if it has none or is damaged.
    pub(crate) fn of_pem(pem: &[u8]) -> Option<Self> {
        let mut found = Vec::new();
        for item in parse_pem(pem) {
            if let PemItem::Certificate(certificate) = item.ok()? {
                found.push(certificate);
            }
        }
        (!found.is_empty()).then_some(Self(found))
    }
}

/// The settings that every connection has; how long one may take is for the caller. `shown` is the certificate of a
/// machine, and its key.
pub(crate) fn strict(trusted: Authorities, shown: Option<ClientCert>) -> ConfigBuilder<AgentScope> {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::from(trusted.0))
        .client_cert(shown)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Agent::config_builder()
        .https_only(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent(concat!("breachvault/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_trusts_nobody() {
        for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nx"] {
            assert!(Authorities::of_pem(pem.as_bytes()).is_none(), "{pem}");
        }
    }
}
