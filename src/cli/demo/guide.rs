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
    pub(super) passphrase_file: PathBuf,
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

    pub(super) fn text(&self, address: SocketAddr) -> String {
        let api = format!("https://{address}/api/v1");
        let ca = self.ca_file.display();
        let case = &self.incident.case;
        let number = self.incident.sample_numbers.first();
        let number = number.map_or("+12025550101", String::as_str);
        let people: String = self.cast.people.iter().map(card).collect();
        format!(
            "\nServing https://{address}, until Ctrl-C.\n\n\
             console     https://{address}/console\n            \
             Open it in a browser; its first page has a button for each of the people below.\n            \
             The browser asks about the certificate once; its authority is {ca}\n\
             vault       {vault}\n\
             passphrase  in {passphrase}\n\
             case        {case}\n\
             account     {account} (the liaison's)\n\n\
             {people}\n\
             Sign in as the investigator:\n\n\
             TOKEN=$(curl -sS --cacert '{ca}' {api}/sessions \\\n  \
             -H 'Content-Type: application/json' --data @- <<'END' | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/'\n\
             {sign_in}\nEND\n)\n\n\
             Is this number in it? (This one is synthetic. Pass real ones in a file or on standard\n\
             input, as here, never as an argument.)\n\n\
             curl -sS --cacert '{ca}' {api}/cases/{case}/lookups \\\n  \
             -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data @- <<'END'\n\
             {{\"numbers\":[\"{number}\"],\"purpose\":\"victim-inquiry\",\"reason\":\"somebody asks whether they are in it\"}}\nEND\n\n\
             How many people are affected, by country?\n\n\
             curl -sS --cacert '{ca}' {api}/cases/{case}/scope \\\n  \
             -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data @- <<'END'\n\
             {{\"by\":[\"country\"],\"filter\":{{}},\"audience\":\"team\"}}\nEND\n\n\
             Verify the audit log, while the server runs:\n\n\
             breachvault audit verify --dir '{vault}'\n",
            vault = self.vault_dir.display(),
            passphrase = self.passphrase_file.display(),
            account = self.incident.account.as_str(),
            sign_in = self.sign_in(),
        )
    }

    /// The body of the investigator's sign-in.
    fn sign_in(&self) -> String {
        let person = self.cast.person("investigator").ok();
        let password = person.map_or("", |person| person.password.as_str());
        let second = match person.and_then(|person| person.totp_secret.as_ref()) {
            Some(_) => ",\"totp\":\"THE SIX DIGITS\"",
            None => "",
        };
        format!("{{\"name\":\"investigator\",\"password\":\"{password}\"{second}}}")
    }
}

/// One line: who it is, what they may do, and their password.
fn card(person: &Person) -> String {
    let can = person.does();
    let secret = match &person.totp_secret {
        Some(secret) => format!("  totp {}", secret.as_str()),
        None => String::new(),
    };
    format!(
        "{:<14} {}  {can}{secret}\n",
        person.name,
        person.password.as_str()
    )
}
