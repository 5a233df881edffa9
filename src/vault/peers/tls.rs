//! How nodes know each other: TLS 1.3, in which both sides prove a raw public key (RFC 7250).
//!
//! There are no certificates, because nothing that one says would count: a node is its key, and the vault's control
//! rows say which keys are nodes'. So there is no authority, no name, and no date at which the nodes stop knowing each
//! other. No session is resumed, and nothing is sent early: each connection proves both keys anew. ring alone.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme, version,
};

use crate::vault::node_key::{NodeKey, print_of};
use crate::vault::other_nodes::OtherNodes;

/// What this node proves.
pub(super) struct Tls {
    own: Arc<CertifiedKey>,
    provider: Arc<CryptoProvider>,
}

impl Tls {
    pub(super) fn of(key: &NodeKey) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::from(key.private().clone_key());
        let private = provider.key_provider.load_private_key(private)?;
        let public = CertificateDer::from(key.public().to_vec());
        let own = Arc::new(CertifiedKey::new(vec![public], private));
        Ok(Self { own, provider })
    }

    /// For whoever answers: any other node of the vault may ask.
    pub(super) fn server(&self, others: &Arc<OtherNodes>) -> Result<Arc<ServerConfig>, Error> {
        let verifier = self.verifier(Who::AnyNode(Arc::clone(others)));
        let resolver = AlwaysResolvesServerRawPublicKeys::new(Arc::clone(&self.own));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(resolver));
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        Ok(Arc::new(config))
    }

    /// For whoever asks the node that has the key of this SHA-256.
    pub(super) fn client(&self, print: Vec<u8>) -> Result<Arc<ClientConfig>, Error> {
        let verifier = self.verifier(Who::This(print));
        let resolver = AlwaysResolvesClientRawPublicKeys::new(Arc::clone(&self.own));
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(Arc::new(resolver));
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        Ok(Arc::new(config))
    }

    fn verifier(&self, who: Who) -> Arc<KnownKey> {
        let algorithms = self.provider.signature_verification_algorithms;
        Arc::new(KnownKey { who, algorithms })
    }
}

/// Whose key it has to be.
enum Who {
    AnyNode(Arc<OtherNodes>),
    This(Vec<u8>),
}

/// Lets in who proves a known key.
struct KnownKey {
    who: Who,
    algorithms: WebPkiSupportedAlgorithms,
}

impl KnownKey {
    fn check(&self, public: &CertificateDer<'_>) -> Result<(), Error> {
        let print = print_of(public);
        let is_known = match &self.who {
            Who::AnyNode(others) => others.has_key(&print),
            Who::This(one) => *one == print,
        };
        match is_known {
            true => Ok(()),
            false => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify(
        &self,
        message: &[u8],
        public: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let public = SubjectPublicKeyInfoDer::from(public.as_ref());
        verify_tls13_signature_with_raw_key(message, &public, signed, &self.algorithms)
    }
}

impl fmt::Debug for KnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKey").finish_non_exhaustive()
    }
}

/// TLS 1.2 is not spoken.
fn too_old() -> Error {
    CertificateError::BadSignature.into()
}

const SCHEMES: [SignatureScheme; 1] = [SignatureScheme::ED25519];

impl ClientCertVerifier for KnownKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ServerCertVerifier for KnownKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
