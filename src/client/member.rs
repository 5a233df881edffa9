//! Members of a case: list and name them, suspend them and let them in again, remove them.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::case_arg::CaseArg;
use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;
use crate::domain::CaseRole;

#[derive(Subcommand)]
pub(crate) enum Members {
    /// List the members of a case
    List(List),
    /// Give an operator a role in a case; another lead may have to decide it
    Name(Name),
    /// Recognise a member by the fingerprint that they read out to you
    Recognise(Recognise),
    /// Suspend a member at once
    #[command(after_help = "Example:\n  \
                  breachvault members suspend o_0123456789abcdefghjk \\\n      \
                  --reason 'the account was misused' --case C")]
    Suspend(OnMember),
    /// Remove a member who is no lead; what they asked for and did not use is denied
    #[command(after_help = "Example:\n  \
                  breachvault members remove o_0123456789abcdefghjk \\\n      \
                  --reason 'she works on another case now' --case C")]
    Remove(OnMember),
    /// Lift the suspension of a lead
    #[command(after_help = "Example:\n  \
                  breachvault members lift o_0123456789abcdefghjk \\\n      \
                  --reason 'it was a misunderstanding' --case C")]
    Lift(OnMember),
    /// Thaw the lookups of a member
    #[command(after_help = "Example:\n  \
                  breachvault members thaw o_0123456789abcdefghjk \\\n      \
                  --reason 'the script has a pause now' --case C")]
    Thaw(OnMember),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault members list --case c_0123456789abcdefghjk")]
pub(crate) struct List {
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault members name o_0123456789abcdefghjk --role liaison \\\n      \
                  --account acme --case c_0123456789abcdefghjk")]
pub(crate) struct Name {
    /// The operator's id
    operator: String,
    /// The role in the case
    #[arg(long, value_name = "ROLE",
        value_parser = clap::builder::PossibleValuesParser::new(CaseRole::WORDS))]
    role: String,
    /// The account of a liaison
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Name a liaison for an account that no exhibit has yet
    #[arg(long)]
    account_not_in_log: bool,
    /// Why, in 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
pub(crate) struct OnMember {
    /// The operator's id, as `members list` shows it
    operator: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "They see it with `breachvault whoami`. Call them by a number that you know,\n\
                  or meet them; do not read one to them.\n\n\
                  Example:\n  \
                  breachvault members recognise o_0123456789abcdefghjk \\\n      \
                  --fingerprint 7K3M-9QTX-2BWD \\\n      \
                  --reason 'she read it out by telephone' --case C"
)]
pub(crate) struct Recognise {
    /// The fingerprint, as they read it out
    #[arg(long, value_name = "F")]
    fingerprint: String,
    #[command(flatten)]
    member: OnMember,
}

impl Members {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let path = list.case.path("/members");
                let members = list.client.connect()?.get_pages(&path, "members", &[])?;
                list.client.output.list(&members, "members", COLUMNS)
            }
            Self::Name(name) => name.run(),
            Self::Recognise(asked) => asked.run(),
            Self::Suspend(member) => {
                let (path, body) = member.request("/suspension");
                let done = member.client.connect()?.post(&path, &body)?.value()?;
                member.client.output.object(&done)
            }
            Self::Remove(member) => {
                let (path, body) = member.request("");
                let done = member.client.connect()?.delete(&path, &body)?.value()?;
                member.client.output.object(&done)
            }
            Self::Lift(member) => {
                let (path, body) = member.request("/suspension");
                let done = member.client.connect()?.delete(&path, &body)?.value()?;
                member.client.output.object(&done)
            }
            Self::Thaw(member) => {
                let (path, body) = member.request("/thaw");
                let done = member.client.connect()?.post(&path, &body)?.value()?;
                member.client.output.object(&done)
            }
        }
    }
}

/// What is still to be done before somebody who was named works in the case.
const RECOGNISED_NEXT: &str = "somebody new works in the case once a lead has recognised them: \
    `breachvault members recognise`";
const DECIDED_NEXT: &str = "another lead decides it (`breachvault decide`); then a lead recognises whoever is new: \
    `breachvault members recognise`";

impl Name {
    fn run(self) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("role".to_owned(), self.role.into());
        for (name, text) in [("account", self.account), ("reason", self.reason)] {
            if let Some(text) = text {
                body.insert(name.to_owned(), text.into());
            }
        }
        if self.account_not_in_log {
            body.insert("account_not_in_log".to_owned(), true.into());
        }
        let path = self
            .case
            .path(&format!("/members/{}", part(&self.operator)));
        let connection = self.client.connect()?;
        let named = connection.put(&path, &Value::Object(body))?.value()?;
        self.client.output.object(&named)?;
        self.client.output.words(match named.get("membership") {
            None | Some(Value::Null) => RECOGNISED_NEXT,
            Some(_) => DECIDED_NEXT,
        });
        Ok(())
    }
}

impl Recognise {
    fn run(self) -> Result<(), Failure> {
        let (path, mut body) = self.member.request("/recognition");
        if let Some(body) = body.as_object_mut() {
            body.insert("fingerprint".to_owned(), self.fingerprint.into());
        }
        let done = self.member.client.connect()?.post(&path, &body)?.value()?;
        self.member.client.output.object(&done)
    }
}

impl OnMember {
    fn request(&self, rest: &str) -> (String, Value) {
        let operator = part(&self.operator);
        let path = self.case.path(&format!("/members/{operator}{rest}"));
        (path, json!({ "reason": self.why.reason }))
    }
}

const COLUMNS: &[Column] = &[
    Column("OPERATOR", "operator"),
    Column("NAME", "name"),
    Column("ROLE", "role"),
    Column("ACCOUNT", "account"),
    Column("SUSPENDED", "suspended"),
    Column("RECOGNISED", "recognised"),
    Column("WRONG FINGERPRINTS", "wrong_fingerprints"),
    Column("LIFTED BY", "lifted_by"),
    Column("FROZEN UNTIL", "frozen_until"),
];
