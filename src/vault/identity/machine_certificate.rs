//! The certificate of a machine: which key it has, and from when until when it is good.
//!
//! Sees public things only. Who a machine is follows from its key alone, as with RFC 8705's self-signed certificates; a
//! certificate that was renewed with the same key is the same machine. The key is read by the library that checks the
//! handshake's signature with it, so that both read the same one. What made the handshake is not known here: whoever
//! takes a certificate for a machine has seen it prove the key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;

use super::token::SessionToken;
use crate::domain::{Moment, Validity};

/// A certificate that rustls can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineCertificate {
    /// SHA-256 of its SubjectPublicKeyInfo (RFC 5280, 4.1), in DER.
    key: [u8; 32],
    validity: Validity,
}

/// Why a text is no certificate of a machine. It does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MachineCertificateError {
    /// Nobody should have it but the machine.
    #[error(
        "must be the certificate alone: a private key came with it, and the machine needs another one now"
    )]
    PrivateKey,
    /// It is no certificate, or several.
    #[error("must be one certificate (X.509, version 3) in PEM, or its DER in base64")]
    Unreadable,
    /// Of a kind with which no handshake succeeds here.
    #[error(
        "must have a key that the server verifies: Ed25519, ECDSA P-256 or P-384, or RSA of 2048 to 8192 bits"
    )]
    Key,
}

impl MachineCertificate {
    /// Reads one in PEM, or DER in base64. Line breaks do not count.
    pub fn parse(text: &str) -> Result<Self, MachineCertificateError> {
        use MachineCertificateError::{Key, PrivateKey, Unreadable};
        if text.contains("PRIVATE KEY") {
            return Err(PrivateKey);
        }
        let body = match text.matches("-----BEGIN ").count() {
            0 => text,
            1 => {
                let (_, body) = text.split_once(BEGIN).ok_or(Unreadable)?;
                let (body, _) = body.split_once(END).ok_or(Unreadable)?;
                body
            }
            _ => return Err(Unreadable),
        };
        let mut body = body.to_owned();
        body.retain(|sign| !sign.is_ascii_whitespace());
        let der = STANDARD.decode(body).map_err(|_| Unreadable)?;
        let (read, key) = Self::read(&der).ok_or(Unreadable)?;
        match is_verified_here(&key) {
            true => Ok(read),
            false => Err(Key),
        }
    }

    /// Reads one in DER, such as a client showed.
    pub fn of_der(der: &[u8]) -> Option<Self> {
        Self::read(der).map(|(read, _)| read)
    }

    fn read(der: &[u8]) -> Option<(Self, Vec<u8>)> {
        let certificate = CertificateDer::from(der);
        let parsed = ParsedCertificate::try_from(&certificate).ok()?;
        let info = parsed.subject_public_key_info();
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, &info).as_ref());
        let validity = Validity::of_certificate(der)?;
        Some((Self { key, validity }, info.to_vec()))
    }

    /// Whether it is good at a moment.
    pub fn covers(&self, moment: Moment) -> bool {
        self.validity.covers(moment)
    }

    /// SHA-256 of its key, in base64.
    pub fn fingerprint(&self) -> String {
        STANDARD.encode(self.key)
    }

    /// What stands for the machine in the place of a session's token.
    pub(in crate::vault) fn token(&self) -> SessionToken {
        SessionToken::of_machine(self.key)
    }
}

/// Whether ring verifies signatures of this SubjectPublicKeyInfo (RFC 5280, 4.1; the identifiers of RFC 3279, 5480 and
/// 8410). Others would never end a handshake.
fn is_verified_here(info: &[u8]) -> bool {
    let of_curve = [P256, P384, ED25519];
    if of_curve.iter().any(|form| holds(info, form)) {
        return true;
    }
    // Two bytes for each eight bits, and the frame around it: 2048 bits are some 294 bytes, 8192 are 1062.
    holds(info, RSA) && (290..=1070).contains(&info.len())
}

/// Whether the algorithm of a SubjectPublicKeyInfo is this one. It comes first, behind the frame's tag and length.
fn holds(info: &[u8], algorithm: &[u8]) -> bool {
    let frame = match info.get(1) {
        Some(0..=0x7f) => 2,
        Some(0x81) => 3,
        _ => 4,
    };
    info.get(frame..)
        .is_some_and(|rest| rest.starts_with(algorithm))
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// id-ecPublicKey, secp256r1.
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// id-ecPublicKey, secp384r1.
const P384: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";
/// rsaEncryption, NULL.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{
        Certificate, CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
        PKCS_ED25519,
    };

    fn made(key: &KeyPair) -> Certificate {
        let params = CertificateParams::new(vec!["counts".to_owned()]).unwrap();
        params.self_signed(key).unwrap()
    }

    #[test]
    fn a_certificate_is_its_key_however_it_is_written_and_renewed() {
        for kind in [
            &PKCS_ECDSA_P256_SHA256,
            &PKCS_ECDSA_P384_SHA384,
            &PKCS_ED25519,
        ] {
            let key = KeyPair::generate_for(kind).unwrap();
            let (first, second) = (made(&key), made(&key));
            let read = MachineCertificate::parse(&first.pem()).unwrap();
            assert_eq!(MachineCertificate::of_der(first.der()), Some(read));
            let spellings = [
                STANDARD.encode(first.der()),
                first.pem().replace('\n', " "),
                format!("Certificate:\n    Data:\n{}", first.pem()),
                second.pem(),
            ];
            for text in spellings {
                let other = MachineCertificate::parse(&text).unwrap();
                assert_eq!(other.fingerprint(), read.fingerprint(), "{text}");
            }
            use rcgen::PublicKeyData as _;
            let info = digest(&SHA256, &key.subject_public_key_info());
            assert_eq!(read.fingerprint(), STANDARD.encode(info));
        }
        let (one, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let key = |pair| MachineCertificate::parse(&made(pair).pem()).unwrap().key;
        assert_ne!(key(&one), key(&other));
    }

    #[test]
    fn what_is_no_certificate_or_more_than_one_is_refused() {
        use MachineCertificateError::{PrivateKey, Unreadable};
        let key = KeyPair::generate().unwrap();
        let pem = made(&key).pem();
        for (text, why) in [
            (String::new(), Unreadable),
            ("hello".to_owned(), Unreadable),
            (key.public_key_pem(), Unreadable),
            (format!("{pem}{pem}"), Unreadable),
            (pem.replace("END", "ENDE"), Unreadable),
            (pem[..pem.len() / 2].to_owned(), Unreadable),
            (STANDARD.encode(key.serialize_der()), Unreadable),
            (key.serialize_pem(), PrivateKey),
            (format!("{}{pem}", key.serialize_pem()), PrivateKey),
        ] {
            assert_eq!(MachineCertificate::parse(&text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_key_that_no_handshake_takes_is_told_from_those_that_it_takes() {
        let frame = |length: u8| [0x30, length];
        for form in [P256, P384, ED25519] {
            assert!(is_verified_here(&[&frame(0x50)[..], form].concat()));
        }
        // secp256k1, P-521 and Ed448.
        for other in [
            &b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a"[..],
            b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23",
            b"\x30\x05\x06\x03\x2b\x65\x71",
        ] {
            assert!(!is_verified_here(&[&frame(0x50)[..], other].concat()));
        }
        for (length, verified) in [(162, false), (294, true), (1062, true), (2086, false)] {
            let mut info = [&[0x30, 0x82, 0, 0][..], RSA].concat();
            if length < 260 {
                info = [&[0x30, 0x81, 0][..], RSA].concat();
            }
            info.resize(length, 0);
            assert_eq!(is_verified_here(&info), verified, "{length}");
        }
    }

    proptest! {
        #[test]
        fn any_text_and_any_bytes_are_read_or_refused_without_panic(text: String, bytes: Vec<u8>) {
            let _ = MachineCertificate::parse(&text);
            let _ = MachineCertificate::parse(&format!("{BEGIN}{text}{END}"));
            let _ = MachineCertificate::parse(&STANDARD.encode(&bytes));
            prop_assert_eq!(MachineCertificate::of_der(&bytes), None);
        }

        #[test]
        fn a_changed_certificate_is_read_or_refused_without_panic(at in 0..300_usize, byte: u8) {
            let key = KeyPair::generate().unwrap();
            let mut der = made(&key).der().to_vec();
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
            let _ = MachineCertificate::of_der(&der);
        }
    }
}
