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
            #[arg(id = $file, long = $file, value_name = "PATH", conflicts_with = $fd)]
            #[doc = concat!("Read the ", $what, " from a file")]
            file: Option<PathBuf>,
            #[arg(id = $fd, long = $fd, value_name = "N")]
            #[doc = concat!("Read the ", $what, " from an open descriptor")]
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
    /// Will open the keyring from now on.
    NewPassphraseArgs "new passphrase" "new-passphrase-file" "new-passphrase-fd";
    /// An operator's password.
    PasswordArgs "password" "password-file" "password-fd";
    /// The first administrator's password.
    AdministratorPasswordArgs "administrator's password" "administrator-password-file" "administrator-password-fd";
    /// The code of an operator's second factor.
    TotpArgs "six-digit code" "totp-file" "totp-fd";
    /// What an invited operator enrols with.
    EnrolmentArgs "enrolment token" "enrolment-file" "enrolment-fd";
}

impl Secret<'_> {
    /// True if the command line names a file or a descriptor.
    pub(super) fn is_given(&self) -> bool {
        !matches!(self.source, Source::Ask)
    }

    pub(super) fn read(&self) -> Result<Zeroizing<String>, CliError> {
        match self.source {
            Source::File(path) => read_from(path, self.what),
            Source::Descriptor(number) => {
                read_from(Path::new(&format!("/dev/fd/{number}")), self.what)
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

fn ask(what: &str, option: &str) -> Result<Zeroizing<String>, CliError> {
    rpassword::prompt_password(format!("{what}: "))
        .map(Zeroizing::new)
        .map_err(|_| {
            CliError::usage(format!("there is no terminal to ask for the {what}"))
                .hint(format!("give it with --{option}"))
        })
}

/// The text without its last line break, which an editor may have added.
fn read_from(path: &Path, what: &str) -> Result<Zeroizing<String>, CliError> {
    let refused = |why: String| CliError::usage(format!("the {what} could not be read: {why}"));
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    File::open(path)
        .and_then(|file| file.take(LONGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| refused(error.kind().to_string()))?;
    if bytes.len() > LONGEST {
        return Err(refused(format!("it is longer than {LONGEST} bytes")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is not UTF-8".to_owned()))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(refused("it is empty".to_owned()));
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
            let found = read_from(&path, "passphrase").ok();
            assert_eq!(found.as_ref().map(|text| text.as_str()), read, "{bytes:?}");
        }
        fs::write(&path, [0xff, b'a']).unwrap();
        assert!(read_from(&path, "passphrase").is_err());
        fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(read_from(&path, "passphrase").is_err());
    }
}
