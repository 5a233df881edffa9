//! When the server's certificate ends. rustls has checked the certificate before; this only reads the date.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::domain::{Moment, Validity};

/// The end of the first certificate in a PEM file, which is that of the server.
pub(super) fn of_file(path: &Path) -> Option<Moment> {
    let mut all = CertificateDer::pem_file_iter(path).ok()?;
    Validity::of_certificate(&all.next()?.ok()?).map(|validity| validity.until)
}
