//! An unseal key that is encrypted to age recipients (age-encryption.org/v1).
//!
//! Plain X25519 recipients and identities are done here, by the `age` crate. Any other, such as those of a plugin for a
//! hardware key, is passed to the `age` command, which runs the plugin.

use std::io::{Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::KeyringError;
use super::unseal_key::UnsealKey;
use crate::vault::program::{Program, ProgramFault};

/// The most bytes of an encrypted unseal key; 20 recipients need 4 KiB.
pub(super) const MOST_SEALED: usize = 16 * 1024;
/// The most recipients of a slot.
pub const MOST_RECIPIENTS: usize = 20;

/// Encrypts the key to the recipients. Only the `age` command can do it where one is of a plugin.
pub(super) fn seal(
    key: &UnsealKey,
    recipients: &[String],
    age: Option<&Program>,
) -> Result<Vec<u8>, KeyringError> {
    let plain: Option<Vec<age::x25519::Recipient>> =
        recipients.iter().map(|one| one.parse().ok()).collect();
    let sealed = match plain {
        Some(plain) => seal_here(key, &plain).ok_or(KeyringError::NoKey)?,
        None => {
            let mut arguments = vec!["--encrypt"];
            for one in recipients {
                arguments.extend(["--recipient", one.as_str()]);
            }
            let age = age.ok_or(KeyringError::Program(ProgramFault::NotNamed))?;
            let sealed = age.with_a_person(&arguments).run(&key.text());
            sealed.map_err(KeyringError::Program)?.to_vec()
        }
    };
    match sealed.len() {
        1..=MOST_SEALED => Ok(sealed),
        _ => Err(KeyringError::NoKey),
    }
}

fn seal_here(key: &UnsealKey, recipients: &[age::x25519::Recipient]) -> Option<Vec<u8>> {
    let recipients = recipients.iter().map(|one| one as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).ok()?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).ok()?;
    writer.write_all(&key.text()).ok()?;
    writer.finish().ok()?;
    Some(sealed)
}

/// Opens what [`seal`] made, with the identities of a file: its text, and where it is.
pub(super) fn open(
    sealed: &[u8],
    identities: &str,
    path: &Path,
    age: Option<&Program>,
) -> Result<UnsealKey, KeyringError> {
    let lines = identities.lines().map(str::trim);
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let plain: Option<Vec<age::x25519::Identity>> = keys.map(|line| line.parse().ok()).collect();
    let opened = match plain {
        Some(plain) => open_here(sealed, &plain).ok_or(KeyringError::WrongIdentity)?,
        None => {
            let path = path.to_str().ok_or(KeyringError::WrongIdentity)?;
            let age = age.ok_or(KeyringError::Program(ProgramFault::NotNamed))?;
            let opens = age.with_a_person(&["--decrypt", "--identity", path]);
            opens.run(sealed).map_err(KeyringError::Program)?
        }
    };
    UnsealKey::parse(&opened).ok_or(KeyringError::WrongIdentity)
}

fn open_here(sealed: &[u8], identities: &[age::x25519::Identity]) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = age::Decryptor::new_buffered(sealed).ok()?;
    let identities = identities.iter().map(|one| one as &dyn age::Identity);
    let reader = decryptor.decrypt(identities).ok()?;
    let mut opened = Zeroizing::new(Vec::with_capacity(MOST_SEALED));
    reader
        .take(MOST_SEALED as u64)
        .read_to_end(&mut opened)
        .ok()?;
    Some(opened)
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret as _;

    use super::*;
    use crate::vault::entropy::SystemEntropy;

    fn no_file() -> &'static Path {
        Path::new("/nonexistent")
    }

    #[test]
    fn every_recipient_opens_and_nobody_else() {
        let key = UnsealKey::random(&SystemEntropy::new()).unwrap();
        let identities: Vec<_> = (0..3).map(|_| age::x25519::Identity::generate()).collect();
        let recipients: Vec<String> = identities[..2]
            .iter()
            .map(|one| one.to_public().to_string())
            .collect();
        let sealed = seal(&key, &recipients, None).unwrap();
        let opened = |no: usize| {
            let text = identities[no].to_string();
            let text = format!("# a comment\n\n{}\n", text.expose_secret());
            open(&sealed, &text, no_file(), None).map(|key| key.secret().bytes().to_vec())
        };
        assert_eq!(opened(0).unwrap(), key.secret().bytes());
        assert_eq!(opened(1).unwrap(), key.secret().bytes());
        assert_eq!(opened(2), Err(KeyringError::WrongIdentity));
        assert_eq!(
            open(&sealed, "", no_file(), None).err(),
            Some(KeyringError::WrongIdentity)
        );
    }

    #[test]
    fn a_plugin_needs_the_command() {
        let key = UnsealKey::random(&SystemEntropy::new()).unwrap();
        let hardware = vec!["age1yubikey1qwerty".to_owned()];
        let missing = KeyringError::Program(ProgramFault::NotNamed);
        assert_eq!(seal(&key, &hardware, None).err(), Some(missing));
        let opened = open(b"x", "AGE-PLUGIN-YUBIKEY-1QWERTY", no_file(), None);
        assert_eq!(opened.err(), Some(missing));
    }

    #[test]
    fn the_command_gets_recipients_and_identity_and_only_its_output_counts() {
        use std::os::unix::fs::PermissionsExt;

        // In place of age: it "encrypts" by a prefix, after it has compared its arguments.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("age");
        let script = "#!/bin/sh\ncase \"$*\" in\n\
            '--encrypt --recipient age1yubikey1qwerty') echo sealed; exec cat;;\n\
            '--decrypt --identity /nonexistent') exec tail -n +2;;\n\
            *) exit 2;;\nesac\n";
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
        let age = Program::new(&[path.to_str().unwrap().to_owned()]).unwrap();

        let key = UnsealKey::random(&SystemEntropy::new()).unwrap();
        let sealed = seal(&key, &["age1yubikey1qwerty".to_owned()], Some(&age)).unwrap();
        assert!(sealed.starts_with(b"sealed\n"));
        let opened = open(&sealed, "AGE-PLUGIN-X-1QWERTY", no_file(), Some(&age)).unwrap();
        assert_eq!(opened.secret().bytes(), key.secret().bytes());
        let other = seal(&key, &["age1other1qwerty".to_owned()], Some(&age));
        assert_eq!(
            other.err(),
            Some(KeyringError::Program(ProgramFault::Failed))
        );
    }
}
