//! The certificate and key of a machine, which TLS proves to the server in the place of a session or a token.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey};
use zeroize::Zeroizing;

use super::failure::Failure;

/// Reads both files. The key is refused if others can read it, and if it is another certificate's.
pub(crate) fn read(certificate: &Path, key: &Path) -> Result<ClientCert, Failure> {
    let pem = fs::read(certificate).map_err(Failure::file(
        "read the machine's certificate in",
        certificate,
    ))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    if chain.is_empty() {
        return Err(
            Failure::usage("--certificate-file: it has no certificate in PEM")
                .way_out("it begins with -----BEGIN CERTIFICATE-----"),
        );
    }
    let secret = read_key(key)?;
    let no_key = || {
        Failure::usage("--key-file: it has no private key in PEM, or one with a password")
            .way_out("it begins with -----BEGIN PRIVATE KEY-----")
    };
    let der = PrivateKeyDer::from_pem_slice(&secret).map_err(|_| no_key())?;
    let fits = CertifiedKey::from_der(chain.clone(), der, &default_provider());
    if fits.is_err() {
        return Err(Failure::usage(
            "--key-file: it is the key of another certificate, or of a kind that TLS here has not",
        )
        .way_out("name the key with which the certificate was made"));
    }
    let chain: Vec<_> = chain
        .iter()
        .map(|one| Certificate::from_der(one).to_owned())
        .collect();
    let key = PrivateKey::from_pem(&secret).map_err(|_| no_key())?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

/// Refuses a key as `ssh` does: a file of ours that others can read, and a file of another user. Pipes, and files that
/// root put there, are not ours to judge.
fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unread = |error| Failure::file("read the machine's key in", path)(error);
    let file = File::open(path).map_err(unread)?;
    let found = file.metadata().map_err(unread)?;
    let us = rustix::process::getuid().as_raw();
    let open = match found.uid() {
        owner if owner == us => found.mode() & 0o077 != 0,
        owner => owner != 0,
    };
    if found.is_file() && open {
        return Err(Failure::usage(format!(
            "--key-file: {} is refused, because other users can read or change it",
            path.display()
        ))
        .way_out("chmod 600 it if nobody else has read it; otherwise make another key"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
    file.take(LONGEST as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file("read the machine's key in", path)(error))?;
    Ok(bytes)
}

/// The longest key that is read: one of 8192 bits has some 6,400 characters.
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    #[test]
    fn a_key_that_others_can_read_or_of_another_certificate_is_refused() {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name);
        for name in ["one", "other"] {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(Vec::new()).unwrap();
            let certificate = params.self_signed(&key).unwrap();
            fs::write(path(&format!("{name}.crt")), certificate.pem()).unwrap();
            fs::write(path(&format!("{name}.key")), key.serialize_pem()).unwrap();
            fs::set_permissions(path(&format!("{name}.key")), Permissions::from_mode(0o600))
                .unwrap();
        }
        let read = |certificate: &str, key: &str| read(&path(certificate), &path(key));
        assert!(read("one.crt", "one.key").is_ok());
        assert!(read("one.crt", "other.key").is_err());
        assert!(read("one.crt", "one.crt").is_err());
        assert!(read("one.key", "one.key").is_err());
        assert!(read("one.crt", "none").is_err());
        for open in [0o640, 0o604, 0o660] {
            fs::set_permissions(path("one.key"), Permissions::from_mode(open)).unwrap();
            let refused = read("one.crt", "one.key").err().unwrap();
            assert!(refused.what.contains("refused"), "{open:o}");
        }
    }
}
