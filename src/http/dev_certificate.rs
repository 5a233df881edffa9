//! A certificate for development, from a certificate authority whose key is not kept.
//!
//! It is for trying the server. In production, the configuration names certificate and key.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use zeroize::Zeroizing;

use crate::domain::{Moment, io_words};
use crate::vault::private_files::make_file;

const DAY: i64 = 86_400;
/// How many days the certificates are valid; clients refuse longer ones.
const DAYS: i64 = 825;

/// Why no development certificate was made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A key or certificate could not be generated; a name may be unfit for a certificate.
    #[error("the certificate could not be made")]
    Make,
    /// A file could not be written.
    #[error("the certificate could not be written: {}", io_words(*.0))]
    Write(io::ErrorKind),
}

/// Where the three files are.
#[derive(Debug, Clone)]
pub struct DevCertificate {
    /// The certificate of the authority, PEM; clients have to trust it.
    pub ca: PathBuf,
    /// The certificate of the server, PEM.
    pub certificate: PathBuf,
    /// The private key of the server, PEM, mode 0600.
    pub key: PathBuf,
}

/// Makes `ca.crt`, `tls.crt` and `tls.key` in the directory `keys`, valid for `localhost`,
/// 127.0.0.1, ::1 and `names`. Existing files are replaced.
///
/// # Errors
///
/// A key or certificate could not be generated, or a file could not be written.
pub fn make_dev_certificate(
    keys: &Path,
    names: &[String],
    now: Moment,
) -> Result<DevCertificate, CertificateError> {
    let mut all: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    all.extend(names.iter().filter(|name| !name.is_empty()).cloned());
    let (ca, certificate, key) = issue(all, now).map_err(|_| CertificateError::Make)?;
    let files = DevCertificate {
        ca: keys.join("ca.crt"),
        certificate: keys.join("tls.crt"),
        key: keys.join("tls.key"),
    };
    for (path, text) in [
        (&files.ca, ca.as_str()),
        (&files.certificate, certificate.as_str()),
        (&files.key, key.as_str()),
    ] {
        write(path, text).map_err(|error| CertificateError::Write(error.kind()))?;
    }
    Ok(files)
}

type Pems = (String, String, Zeroizing<String>);

fn issue(names: Vec<String>, now: Moment) -> Result<Pems, rcgen::Error> {
    let mut authority = dated(CertificateParams::new(Vec::new())?, now);
    authority
        .distinguished_name
        .push(DnType::CommonName, "breachvault development authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let mut server = dated(CertificateParams::new(names)?, now);
    server
        .distinguished_name
        .push(DnType::CommonName, "breachvault");
    server.is_ca = IsCa::ExplicitNoCa;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &authority)?;
    let key = Zeroizing::new(key.serialize_pem());
    Ok((authority.pem(), certificate.pem(), key))
}

/// Sets the validity: from yesterday, because a client's clock may be slow.
fn dated(mut params: CertificateParams, now: Moment) -> CertificateParams {
    let day = |days: i64| {
        let seconds = now.seconds() + days * DAY;
        // Rounded to the day, so that a certificate does not show the minute it was made.
        let date = jiff::Timestamp::from_second(seconds)
            .map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date())
            .unwrap_or_default();
        date_time_ymd(
            i32::from(date.year()),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    params.not_before = day(-1);
    params.not_after = day(DAYS);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = make_file(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tls::server_config;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_pair_serves_and_only_its_owner_reads_the_key() {
        let keys = tempfile::tempdir().unwrap();
        let now = Moment::from_seconds(1_711_929_600);
        let names = ["vault.example".to_owned()];
        let files = make_dev_certificate(keys.path(), &names, now).unwrap();
        let files = make_dev_certificate(keys.path(), &names, now)
            .map(|_| files)
            .unwrap();
        assert!(server_config(&files.certificate, &files.key, false).is_ok());
        let mode = std::fs::metadata(&files.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            !std::fs::read_to_string(&files.ca)
                .unwrap()
                .contains("PRIVATE")
        );
        assert!(server_config(&files.key, &files.key, false).is_err());
    }
}
