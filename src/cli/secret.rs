//! Reads secrets from a prompt, a file or a descriptor, and from nowhere else.
//!
//! The buffers here are wiped. The buffers of the terminal, and of the program behind a descriptor,
//! cannot be wiped from here.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::error::CliError;
use crate::domain::io_words;
use crate::vault::private_files::{OpenToOthers, check_secret};

/// One secret: its name, the option for its file, and where it comes from.
pub(super) struct Secret<'a> {
    what: &'static str,
    option: &'static str,
    source: Source<'a>,
}

enum Source<'a> {
    File(&'a Path),
    Descriptor(u32),
    Ask,
}

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident $what:literal $file:literal $fd:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Args)]
        pub(super) struct $name {
            #[arg(id = $file, long = $file, value_name = "PATH", conflicts_with = $fd,
                help = concat!("Read the ", $what, " from a file of yours that nobody else can read"))]
            file: Option<PathBuf>,
            #[arg(id = $fd, long = $fd, value_name = "N",
                help = concat!("Read the ", $what, " from an open descriptor, such as 0"))]
            descriptor: Option<u32>,
        }

        impl $name {
            pub(super) fn secret(&self) -> Secret<'_> {
                let source = match (&self.file, self.descriptor) {
                    (Some(path), _) => Source::File(path),
                    (None, Some(descriptor)) => Source::Descriptor(descriptor),
                    (None, None) => Source::Ask,
                };
                Secret { what: $what, option: $file, source }
            }
        }
    )*};
}

secrets! {
    /// Opens the keyring.
    PassphraseArgs "passphrase" "passphrase-file" "passphrase-fd";
    /// Opens another slot of the keyring.
    SecondPassphraseArgs "second slot's passphrase" "second-passphrase-file" "second-passphrase-fd";
    /// Will open the keyring from now on.
    NewPassphraseArgs "new passphrase" "new-passphrase-file" "new-passphrase-fd";
    /// An operator's password.
    PasswordArgs "password" "password-file" "password-fd";
    /// An operator's password from now on.
    NewPasswordArgs "new password" "new-password-file" "new-password-fd";
    /// The first administrator's password.
    AdministratorPasswordArgs "administrator's password" "administrator-password-file" "administrator-password-fd";
    /// The code of an operator's second factor.
    TotpArgs "six-digit code" "totp-file" "totp-fd";
    /// One share of a set that opens the keyring.
    ShareArgs "share" "share-file" "share-fd";
    /// What an invited operator enrols with.
    EnrolmentArgs "invitation" "enrolment-file" "enrolment-fd";
}

impl Secret<'_> {
    /// True if the command line names a file or a descriptor.
    pub(super) fn is_given(&self) -> bool {
        !matches!(self.source, Source::Ask)
    }

    pub(super) fn read(&self) -> Result<Zeroizing<String>, CliError> {
        match self.source {
            Source::File(path) => {
                let file = open_secret(path, self.what)?;
                read_from(file, self.what)
            }
            Source::Descriptor(number) => {
                // What is behind it was opened by whoever calls.
                let path = format!("/dev/fd/{number}");
                let file = File::open(path).map_err(|error| {
                    let why = io_words(error.kind());
                    unread(self.what, format!("descriptor {number}: {why}"))
                })?;
                read_from(file, self.what)
            }
            Source::Ask => ask(self.what, self.option),
        }
    }

    /// Reads a secret that is to be set; a prompt asks for it twice.
    pub(super) fn read_new(&self) -> Result<Zeroizing<String>, CliError> {
        let first = self.read()?;
        if !self.is_given() && *ask(&format!("{} again", self.what), self.option)? != *first {
            return Err(CliError::usage("the two entries differ"));
        }
        Ok(first)
    }
}

/// The text of a file of secrets that only its owner can read.
pub(super) fn read_secret_file(
    path: &Path,
    what: &'static str,
) -> Result<Zeroizing<String>, CliError> {
    read_from(open_secret(path, what)?, what)
}

/// Asks for the code of a second factor, which not everybody has.
pub(super) fn ask_for_code() -> Result<Option<Zeroizing<String>>, CliError> {
    let code = rpassword::prompt_password("six-digit code (Enter if you have none): ")
        .map(Zeroizing::new)
        .map_err(|_| CliError::usage("there is no terminal to ask for the code"))?;
    Ok(Some(code).filter(|code| !code.trim().is_empty()))
}

fn ask(what: &str, option: &str) -> Result<Zeroizing<String>, CliError> {
    rpassword::prompt_password(format!("{what}: "))
        .map(Zeroizing::new)
        .map_err(|_| {
            CliError::usage(format!("there is no terminal to ask for the {what}"))
                .hint(format!("give it with --{option}"))
        })
}

/// Opens the file of a secret, unless others can read it.
pub(super) fn open_secret(path: &Path, what: &str) -> Result<File, CliError> {
    let file = File::open(path).map_err(|error| {
        let why = io_words(error.kind());
        unread(what, format!("{}: {why}", path.display()))
    })?;
    check_secret(&file).map_err(|open| {
        CliError::usage(format!("the {what}'s file is refused: {open}")).hint(match open {
            OpenToOthers::Mode(_) => format!("chmod 600 {}", path.display()),
            OpenToOthers::Owner(_) => format!("copy {} to a file of your own", path.display()),
        })
    })?;
    Ok(file)
}

fn unread(what: &str, why: impl std::fmt::Display) -> CliError {
    CliError::usage(format!("the {what} could not be read: {why}"))
}

/// The text without its last line break, which an editor may have added.
fn read_from(file: File, what: &str) -> Result<Zeroizing<String>, CliError> {
    let refused = |why: &str| unread(what, why);
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unread(what, io_words(error.kind())))?;
    if bytes.len() > LONGEST {
        return Err(refused(&format!("it is longer than {LONGEST} bytes")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(refused("it is empty"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_a_secret() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        for (bytes, read) in [
            ("a b c", Some("a b c")),
            ("a b c\n", Some("a b c")),
            ("a b c\r\n", Some("a b c")),
            ("a\nb\n\n", Some("a\nb\n")),
            ("", None),
            ("\n", None),
        ] {
            fs::write(&path, bytes).unwrap();
            let found = read_from(File::open(&path).unwrap(), "passphrase").ok();
            assert_eq!(found.as_ref().map(|text| text.as_str()), read, "{bytes:?}");
        }
        fs::write(&path, [0xff, b'a']).unwrap();
        assert!(read_from(File::open(&path).unwrap(), "passphrase").is_err());
        fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(read_from(File::open(&path).unwrap(), "passphrase").is_err());
    }
}
