//! Writes the file for docs/tour.md: sessions of all roles and two shell functions. And a profile for each
//! person, for the tour in docs/shell.md.
//!
//! They hold session tokens. They are for a demo with synthetic data only, and only their owner may
//! read them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::cast::Cast;
use super::incident::Incident;
use crate::cli::error::CliError;
use crate::client::{Profile, Profiles};

pub(super) fn write(
    directory: &Path,
    ca_file: &Path,
    listen: SocketAddr,
    cast: &Cast,
    incident: &Incident,
) -> Result<(), CliError> {
    let mut text = String::from(ABOUT);
    text.push_str(match incident.sample_numbers.is_empty() {
        false => "# The data is synthetic.\n",
        true => "# The log is your own file: treat what it answers with care.\n",
    });
    let mut set = |name: &str, value: &str| text.push_str(&format!("{name}='{value}'\n"));
    set("URL", &format!("https://{listen}/api/v1"));
    set("CA", &ca_file.display().to_string());
    set("CASE", &incident.case.to_string());
    set("ACCOUNT", incident.account.as_str());
    set(
        "NUMBER",
        incident.sample_numbers.first().map_or("", String::as_str),
    );
    for person in &cast.people {
        let name = person.name.to_ascii_uppercase().replace('.', "_");
        set(&name, &person.token);
    }
    text.push_str(FUNCTIONS);
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(directory.join(FILE))
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(CliError::file(
            "write the tour's file",
            &directory.join(FILE),
        ))
}

/// Writes a profile for each person, so that the client needs no sign-in.
pub(super) fn write_profiles(
    directory: &Path,
    ca_file: &Path,
    address: SocketAddr,
    cast: &Cast,
) -> Result<(), CliError> {
    let authorities = fs::read_to_string(ca_file).map_err(CliError::file(
        "read the demo's certificate authority",
        ca_file,
    ))?;
    let profiles = Profiles(directory.join("profiles"));
    for person in &cast.people {
        let profile = Profile {
            server: format!("https://{address}"),
            authorities: Some(authorities.clone()),
            operator: person.name.to_owned(),
            token: person.token.to_string(),
        };
        profiles.write(person.name, &profile)?;
    }
    Ok(())
}

const FILE: &str = "tour.env";

const ABOUT: &str =
    "# For docs/tour.md: a session of each role of this demo, valid for eight hours.
# Never keep the tokens of a real vault in a file.
";

const FUNCTIONS: &str = r#"
# ask TOKEN METHOD PATH [JSON]
ask() {
    if [ -n "${4:-}" ]; then
        curl -sS --cacert "$CA" -X "$2" -H "Authorization: Bearer $1" \
            -H 'Content-Type: application/json' --data-binary "$4" "$URL$3"
    else
        curl -sS --cacert "$CA" -X "$2" -H "Authorization: Bearer $1" "$URL$3"
    fi
}
# pick NAME: the text of a member of the JSON on standard input
pick() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
"#;
