//! The TLS files of a vault: given by the user, or made for development.

use std::path::PathBuf;

use super::error::CliError;
use crate::http::make_dev_certificate;
use crate::vault::Paths;
use crate::vault::clock::{Clock, SystemClock};

/// The certificate of the development authority, for `curl --cacert`.
pub(super) fn ca_file(paths: &Paths) -> PathBuf {
    paths.keys().join("ca.crt")
}

/// Makes a certificate authority and a certificate for this machine in `keys/`.
pub(super) fn make_development(paths: &Paths, names: &[String]) -> Result<(), CliError> {
    make_dev_certificate(&paths.keys(), names, SystemClock.now())
        .map_err(|error| CliError::failed(format!("the development certificate: {error}")))?;
    Ok(())
}
