//! Signing in and out, and who is signed in.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::connection::{Connection, part, trusted};
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
    let connection = stranger(client, &server, authorities.as_deref())?;
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
    let told = |name: &str| opened.get(name).cloned().unwrap_or(Value::Null);
    Ok(json!({
        "server": server,
        "name": name,
        "expires_at": told("expires_at"),
        "idle_at": told("idle_at"),
        "profile": client.server.profile,
    }))
}

/// Uses an invitation. Returns what the server said: the name, and the secret of a second factor if one was asked for.
pub(crate) fn enrol(
    client: &Client,
    enrolment: &Zeroizing<String>,
    password: &Zeroizing<String>,
    totp: bool,
) -> Result<Value, Failure> {
    let (server, authorities) = whom(&client.server)?;
    let connection = stranger(client, &server, authorities.as_deref())?;
    let asked = UseInvitation {
        enrolment,
        password,
        totp,
    };
    connection.post("/enrolments", &asked)?.value()
}

/// Sets a new password of whoever is signed in. Returns what the server said.
pub(crate) fn change_password(
    connection: &Connection,
    old: &Zeroizing<String>,
    new: &Zeroizing<String>,
    code: Option<&Zeroizing<String>>,
) -> Result<Value, Failure> {
    let asked = NewPassword {
        old_password: old,
        new_password: new,
        totp: code.map(|code| code.as_str()),
    };
    connection.put("/me/password", &asked)?.value()
}

/// What a new password is set with; it is borrowed, so that no copy of it is left.
#[derive(Serialize)]
struct NewPassword<'a> {
    old_password: &'a str,
    new_password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<&'a str>,
}

/// A connection without a session.
pub(super) fn stranger(
    client: &Client,
    server: &str,
    authorities: Option<&str>,
) -> Result<Connection, Failure> {
    let trusted = trusted(authorities)?;
    let (wait, quiet) = (client.server.wait(), client.output.quiet);
    Ok(Connection::new(server, trusted, None, wait, quiet))
}

/// What an invitation is used with; it is borrowed, so that no copy of it is left.
#[derive(Serialize)]
struct UseInvitation<'a> {
    enrolment: &'a str,
    password: &'a str,
    totp: bool,
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
pub(super) fn whom(server: &ServerArgs) -> Result<(String, Option<String>), Failure> {
    let given = server.given_authorities()?;
    if given.is_some() {
        trusted(given.as_deref())?;
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
        let me = self.client.connect()?.get_pages("/me", "cases", &[])?;
        if output.json || output.csv {
            return output.list(&me, "cases", CASES);
        }
        let rest: Map<String, Value> = me
            .as_object()
            .ok_or_else(Failure::strange_answer)?
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "cases" | "next"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let unrecognised = rest.get("unrecognised_in").and_then(Value::as_array);
        let waits = unrecognised.is_some_and(|cases| !cases.is_empty());
        output.object(&Value::Object(rest))?;
        if waits {
            output.words(
                "you were named in a case, and no lead has recognised you there yet: read your fingerprint out to one, \
                 face to face or by telephone",
            );
        }
        if me
            .get("cases")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            output.words("there is no case that you work in");
            return Ok(());
        }
        output.list(&me, "cases", CASES)
    }
}

/// Your open sessions: list them, end one
#[derive(Subcommand)]
pub(crate) enum Sessions {
    /// List your open sessions, the newest first
    List(ListSessions),
    /// End one of your sessions; `logout` ends the one of the profile
    End(EndSession),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault sessions list")]
pub(crate) struct ListSessions {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault sessions end s_0123456789abcdefghjk")]
pub(crate) struct EndSession {
    /// The session, as `sessions list` shows it
    session: String,
    #[command(flatten)]
    client: Client,
}

impl Sessions {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let connection = list.client.connect()?;
                let sessions = connection.get_pages("/sessions", "sessions", &[])?;
                list.client.output.list(&sessions, "sessions", SESSIONS)
            }
            Self::End(end) => {
                let path = format!("/sessions/{}", part(&end.session));
                let ended = end.client.connect()?.delete_nothing(&path)?.value()?;
                end.client.output.object(&ended)
            }
        }
    }
}

/// Show what is left of your budgets in each case, and when they are full again
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault budgets")]
pub(crate) struct Budgets {
    #[command(flatten)]
    client: Client,
}

impl Budgets {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let me = self.client.connect()?.get_pages("/me", "cases", &[])?;
        self.client.output.list(&me, "cases", BUDGETS)
    }
}

const SESSIONS: &[Column] = &[
    Column("SESSION", "session"),
    Column("CURRENT", "current"),
    Column("OPENED", "opened_at"),
    Column("ENDS", "expires_at"),
    Column("IF NOT USED", "idle_at"),
    Column("SECOND FACTOR", "second_factor"),
];

const BUDGETS: &[Column] = &[
    Column("CASE", "case"),
    Column("LOOKUP POINTS", "lookup_budget"),
    Column("OF", "lookup_most"),
    Column("FULL AT", "lookup_full_at"),
    Column("RAISED BY", "raised"),
    Column("RAISED UNTIL", "raised_until"),
    Column("VIEW POINTS", "view_budget"),
    Column("OF", "view_most"),
    Column("FULL AT", "view_full_at"),
    Column("FROZEN UNTIL", "frozen_until"),
];

const CASES: &[Column] = &[
    Column("CASE", "case"),
    Column("ROLE", "role"),
    Column("LOOKUP POINTS", "lookup_budget"),
    Column("VIEW POINTS", "view_budget"),
    Column("FROZEN UNTIL", "frozen_until"),
];
