//! Signing in and out, and who is signed in.

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::connection::{Authorities, Connection};
use super::failure::Failure;
use super::profile::Profile;
use super::server::{Client, ServerArgs};
use super::table::Column;

/// Opens a session and keeps it in the profile. Returns what the server said of it, without the token.
pub(crate) fn sign_in(
    client: &Client,
    name: &str,
    password: &Zeroizing<String>,
    code: Option<&Zeroizing<String>>,
) -> Result<Value, Failure> {
    let (server, authorities) = whom(&client.server)?;
    let trusted = Authorities::of_profile(authorities.as_deref())?;
    let (wait, quiet) = (client.server.wait(), client.output.quiet);
    let connection = Connection::new(&server, trusted, wait, quiet);
    let asked = SignIn {
        name,
        password,
        totp: code.map(|code| code.as_str()),
    };
    let opened = connection.post("/sessions", &asked)?.value()?;
    let token = opened.get("token").and_then(Value::as_str);
    let token = token.ok_or_else(Failure::strange_answer)?;
    let profile = Profile {
        server: server.clone(),
        authorities,
        operator: name.to_owned(),
        token: token.to_owned(),
    };
    client
        .server
        .profiles()?
        .write(&client.server.profile, &profile)?;
    let expires_at = opened.get("expires_at").cloned().unwrap_or(Value::Null);
    Ok(json!({
        "server": server,
        "name": name,
        "expires_at": expires_at,
        "profile": client.server.profile,
    }))
}

/// What somebody signs in with; it is borrowed, so that no copy of it is left.
#[derive(Serialize)]
struct SignIn<'a> {
    name: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<&'a str>,
}

/// The name that signed in before, if the profile has one.
pub(crate) fn kept_name(client: &Client) -> Result<Option<String>, Failure> {
    let kept = client.server.profiles()?.read(&client.server.profile)?;
    Ok(kept.map(|kept| kept.operator.clone()))
}

/// The server that is meant, and who vouches for it: what the command line says, then what the profile says.
fn whom(server: &ServerArgs) -> Result<(String, Option<String>), Failure> {
    let given = server.given_authorities()?;
    if let Some(pem) = &given {
        Authorities::of_pem(pem)?;
    }
    // A profile that is refused or damaged is replaced, if the server is named.
    let (asked, kept) = (server.address()?, server.profiles()?.read(&server.profile));
    let kept = match (kept, &asked) {
        (Err(_), Some(_)) => None,
        (kept, _) => kept?,
    };
    let address = match (asked, &kept) {
        (Some(asked), _) => asked,
        (None, Some(kept)) => kept.server.clone(),
        (None, None) => {
            return Err(Failure::usage("--server: name the vault's address")
                .way_out("such as --server https://vault.example:8443"));
        }
    };
    let kept = kept.filter(|kept| kept.server == address);
    let authorities = given.or_else(|| kept.and_then(|kept| kept.authorities.clone()));
    Ok((address, authorities))
}

/// Close the session and forget its token
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault logout --profile evening")]
pub(crate) struct Logout {
    #[command(flatten)]
    client: Client,
}

impl Logout {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Client { output, server } = &self.client;
        let closed = self
            .client
            .connect()
            .and_then(|connection| connection.delete_nothing("/sessions/current"));
        // The token is forgotten whatever the server says.
        server.profiles()?.remove(&server.profile)?;
        match closed {
            Ok(_) => {
                output.words("signed out");
                Ok(())
            }
            Err(failure) => Err(Failure {
                what: format!("the token was forgotten here; {}", failure.what),
                ..failure
            }),
        }
    }
}

/// Show who you are, your cases and your budgets
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault whoami --csv")]
pub(crate) struct Whoami {
    #[command(flatten)]
    client: Client,
}

impl Whoami {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let output = &self.client.output;
        let me = self.client.connect()?.get("/me")?.value()?;
        if output.json || output.csv {
            return output.list(&me, "cases", CASES);
        }
        let rest: Map<String, Value> = me
            .as_object()
            .ok_or_else(Failure::strange_answer)?
            .iter()
            .filter(|(name, _)| *name != "cases")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        output.object(&Value::Object(rest))?;
        output.list(&me, "cases", CASES)
    }
}

const CASES: &[Column] = &[
    Column("CASE", "case"),
    Column("ROLE", "role"),
    Column("LOOKUP POINTS", "lookup_budget"),
    Column("VIEW POINTS", "view_budget"),
    Column("FROZEN UNTIL", "frozen_until"),
];
