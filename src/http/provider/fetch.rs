//! Requests to the provider, bounded in size and time; and the file of the client's secret.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use http::{Response, StatusCode, header};
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use super::fault::ProviderFault;
use crate::outgoing::{Authorities, strict};
use crate::vault::private_files::check_secret;

/// The longest answer.
const LONGEST: u64 = 256 * 1024;
/// The longest time for a whole request.
const WITHIN: Duration = Duration::from_secs(10);
/// The longest secret, in bytes.
const SECRET_LONGEST: u64 = 4096;

pub(super) struct Fetch(Agent);

impl Fetch {
    /// `authorities` vouch for the provider's certificate, or those of this machine.
    pub(super) fn new(authorities: Option<&Path>) -> Result<Self, ProviderFault> {
        let trusted = match authorities {
            Some(path) => of_file(path).ok_or(ProviderFault::Authorities)?,
            None => Authorities::of_machine(),
        };
        let agent = strict(trusted, None)
            .timeout_global(Some(WITHIN))
            .build()
            .new_agent();
        Ok(Self(agent))
    }

    pub(super) fn get(&self, address: &str) -> Result<Zeroizing<Vec<u8>>, ProviderFault> {
        let json = (header::ACCEPT, "application/json");
        let sent = self.0.get(address).header(json.0, json.1).call();
        read(sent.map_err(|_| ProviderFault::Unreached)?)
    }

    /// Sends a form, and shows who the vault is.
    pub(super) fn post(
        &self,
        address: &str,
        basic: &str,
        form: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ProviderFault> {
        let sent = self
            .0
            .post(address)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, basic)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .send(form);
        let answer = sent.map_err(|_| ProviderFault::Unreached)?;
        match answer.status().is_client_error() {
            true => Err(ProviderFault::Refused),
            false => read(answer),
        }
    }
}

fn read(mut response: Response<Body>) -> Result<Zeroizing<Vec<u8>>, ProviderFault> {
    if response.status() != StatusCode::OK {
        return Err(ProviderFault::Status);
    }
    let body = response.body_mut().with_config().limit(LONGEST);
    let bytes = body.read_to_vec().map_err(|_| ProviderFault::Unreached)?;
    Ok(Zeroizing::new(bytes))
}

fn of_file(path: &Path) -> Option<Authorities> {
    Authorities::of_pem(&std::fs::read(path).ok()?)
}

/// The secret in a file that only its owner can read, without its last line break.
pub(super) fn secret(path: &Path) -> Option<Zeroizing<String>> {
    let file = File::open(path).ok()?;
    check_secret(&file).ok()?;
    let mut text = Zeroizing::new(String::with_capacity(SECRET_LONGEST as usize));
    let read = file.take(SECRET_LONGEST).read_to_string(&mut text).ok()?;
    let secret = text.trim_end_matches(['\r', '\n']);
    let fits = !secret.is_empty() && (read as u64) < SECRET_LONGEST;
    fits.then(|| Zeroizing::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_its_owners_alone_or_it_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        for (text, mode, expected) in [
            ("a secret\n", 0o600, Some("a secret")),
            ("a secret", 0o400, Some("a secret")),
            ("a secret", 0o640, None),
            ("a secret", 0o604, None),
            ("\n", 0o600, None),
        ] {
            let _ = std::fs::remove_file(&path);
            write(&path, text).unwrap();
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let read = secret(&path);
            assert_eq!(
                read.as_ref().map(|read| read.as_str()),
                expected,
                "{mode:o}"
            );
        }
        let _ = std::fs::remove_file(&path);
        assert!(secret(&path).is_none());
        write(&path, "x".repeat(4096)).unwrap();
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert!(secret(&path).is_none());
    }

    #[test]
    fn authorities_are_certificates() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        assert!(of_file(&path).is_none());
        write(&path, "no certificate").unwrap();
        assert!(of_file(&path).is_none());
    }
}
