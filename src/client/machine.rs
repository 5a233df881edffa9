//! Machines: list, add and end them.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};

use super::failure::Failure;
use super::pass::{self, ForWhat};
use super::server::Client;
use super::table::Column;

#[derive(Subcommand)]
pub(crate) enum Machines {
    /// List your machines; an administrator sees everybody's
    List(List),
    /// Add a machine, which its certificate's key stands for
    Add(Add),
    /// End a machine
    End(End),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault machines list")]
pub(crate) struct List {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "It is for reading only: case.list, case.read, exhibit.list, record.lookup,\n\
                  record.search, record.scope, audit.search and others (docs/people.md).\n\n\
                  Example:\n  \
                  breachvault machines add 'nightly counts' counts.crt --days 30 \\\n      \
                  --action record.scope --only-case c_0123456789abcdefghjk"
)]
pub(crate) struct Add {
    #[command(flatten)]
    for_what: ForWhat,
    /// The file of its certificate, in PEM or DER; its key stays where it is
    #[arg(value_name = "FILE")]
    certificate: PathBuf,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault machines end k_0123456789abcdefghjk")]
pub(crate) struct End {
    /// The machine's id, as `machines list` shows it
    machine: String,
    #[command(flatten)]
    client: Client,
}

impl Machines {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => pass::list(&list.client, "machines", Column("MACHINE", "machine")),
            Self::Add(add) => {
                let certificate = certificate(&add.certificate)?;
                let mut body = add.for_what.body();
                body.insert("certificate".to_owned(), certificate.into());
                pass::make(&add.client, "machines", body)
            }
            Self::End(end) => pass::end(&end.client, "machines", &end.machine),
        }
    }
}

/// The certificate as it is sent: PEM as it is, DER in base64. A private key that is in the file goes nowhere.
fn certificate(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(Failure::file("read the certificate in", path))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(no_text) => return Ok(STANDARD.encode(no_text.as_bytes())),
    };
    match text.contains("PRIVATE KEY") {
        true => Err(Failure::usage(
            "the file has a private key in it, which nobody needs but the machine",
        )
        .way_out("name a file with the certificate alone; nothing was sent")),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_sent_as_text_and_a_private_key_is_not_sent() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("counts.crt");
        let sent = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            certificate(&path).ok()
        };
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(sent(pem.as_bytes()).as_deref(), Some(pem));
        assert_eq!(sent(b"\x30\x82\xff").as_deref(), Some("MIL/"));
        for key in ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            let key = format!("{pem}-----BEGIN {key}-----\nAAAA\n-----END {key}-----\n");
            assert_eq!(sent(key.as_bytes()), None);
        }
    }
}
