//! Tells the user how to try the demo: text for people, or one JSON object for programs.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::json;

use super::cast::{Cast, Person};
use super::incident::Incident;
use crate::cli::error::CliError;
use crate::cli::streams;

pub(super) struct Guide {
    pub(super) ca_file: PathBuf,
    pub(super) vault_dir: PathBuf,
    pub(super) cast: Cast,
    pub(super) incident: Incident,
}

impl Guide {
    /// One JSON object on one line.
    pub(super) fn announce(&self, address: SocketAddr) -> Result<(), CliError> {
        let operators = self.cast.people.iter().map(|person| {
            json!({
                "name": person.name,
                "role": person.role.as_str(),
                "password": person.password.as_str(),
                "totp_secret": person.totp_secret.as_ref().map(|secret| secret.as_str()),
            })
        });
        streams::json(&json!({
            "url": format!("https://{address}"),
            "ca_file": self.ca_file,
            "vault_dir": self.vault_dir,
            "case": self.incident.case,
            "operators": operators.collect::<Vec<_>>(),
            "sample_numbers": self.incident.sample_numbers,
        }))
    }

    /// What people need to begin; the rest is on the page and in the documents.
    pub(super) fn text(&self, address: SocketAddr) -> String {
        let ca = self.ca_file.display();
        let number = match self.incident.sample_numbers.first() {
            Some(number) => format!("A number that is in the log, made up too: {number}"),
            None => "The log is your own file: look up numbers that are in it.".to_owned(),
        };
        let sign_ins = SIGN_INS.into_iter().filter_map(|name| {
            let person = self.cast.person(name).ok()?;
            Some(sign_in(person, address, &ca.to_string()))
        });
        format!(
            "\nServing https://{address} until Ctrl-C. Open it in a browser: its first page has a button for\n\
             each of the made-up people. {number}\n\n\
             The certificate is this demo's own; its authority is in\n  {ca}\n\
             The browser asks once. docs/shell.md says how curl, Debian, macOS and Firefox trust it.\n\n\
             The same from a shell:\n{}",
            sign_ins.collect::<String>(),
        )
    }
}

/// Who is shown signing in: they need no second factor.
const SIGN_INS: [&str; 2] = ["investigator", "auditor"];

/// The line that signs somebody in, and what it asks for.
fn sign_in(person: &Person, address: SocketAddr, ca: &str) -> String {
    let code = match &person.totp_secret {
        Some(_) => ", and the code of the second factor",
        None => "",
    };
    format!(
        "  breachvault login --server https://{address} --ca-file '{ca}' --operator {name} --profile {name}\n    \
         # asks for the password{code}: {password}\n",
        name = person.name,
        password = person.password.as_str()
    )
}
