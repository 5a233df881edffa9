//! The whole command line: which command was given.

use std::ffi::OsString;

use clap::error::{ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};

use super::error::CliError;
use super::{
    audit, backup, clock, completions, config, demo, doctor, enrol, evidence, exhibit, init, key,
    login, manual, node, operator, password, restore, serve, store,
};
use crate::client::{
    case, erasure, export, inbox, lookup, machine, member, operator as operators, quarantine,
    raise, record, request, reveal, scope, session, token,
};
use crate::domain::may_hold_number;

/// A privacy-preserving vault for the data of one breach.
///
/// Commands go to a served vault, by the profile that `login` made; those with --dir work on the directory of one that
/// is not served.
#[derive(Parser)]
#[command(name = "breachvault", version, arg_required_else_help = true)]
#[command(after_help = "Exit status: 0 ok, 1 failed, 2 usage, 3 verification failed, 4 sealed.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Login(Box<login::Login>),
    Logout(session::Logout),
    Whoami(session::Whoami),
    Enrol(Box<enrol::Enrol>),
    Password(Box<password::ChangePassword>),
    /// Your open sessions: list them, end one.
    #[command(subcommand)]
    Sessions(session::Sessions),
    /// Tokens for scripts: list, make and revoke them.
    #[command(subcommand)]
    Tokens(token::Tokens),
    /// Machines, which prove a key: list, add and end them.
    #[command(subcommand)]
    Machines(machine::Machines),
    Budgets(session::Budgets),
    Inbox(inbox::Inbox),
    /// Cases: list, open, show, hold, close and reopen them.
    #[command(subcommand)]
    Case(case::Case),
    /// Members of a case: list and name them, suspend and remove them, let them in again.
    #[command(subcommand)]
    Members(member::Members),
    /// Exhibits: send a file, check one, list and compare them, withdraw a wrong one.
    #[command(subcommand)]
    Exhibit(exhibit::Exhibit),
    Lookup(Box<lookup::Lookup>),
    Records(Box<record::Records>),
    Scope(Box<scope::Scope>),
    /// Reveals: ask to see numbers, see them after somebody else agreed.
    #[command(subcommand)]
    Reveal(reveal::Reveal),
    /// Exports: ask for a package, decide it, take it, record that it arrived.
    #[command(subcommand)]
    Export(export::Export),
    /// Rows in quarantine: ask for them, see them masked, or take them as a sealed list.
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Erasures of one person: ask for one, list them, carry out what was decided; `decide` decides it.
    #[command(subcommand)]
    Erasure(erasure::Erasure),
    /// Raises of your budget: ask for more lookup points, list what was asked.
    #[command(subcommand)]
    Raise(raise::Raise),
    Decide(request::Decide),
    /// The audit log: of a served vault, or offline: verify it, export it.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Operators of a served vault: list, invite and revoke them.
    #[command(subcommand)]
    Operators(operators::Operators),
    /// Create a vault: keyring, database, audit log, first administrator.
    Init(init::Init),
    /// Serve a vault over HTTPS.
    Serve(serve::Serve),
    /// Serve a synthetic incident in a new vault over HTTPS.
    Demo(demo::Demo),
    /// The configuration file: check one, print an example.
    #[command(subcommand)]
    Config(config::Config),
    /// Check a vault directory; nothing is written to it.
    Doctor(doctor::Doctor),
    Backup(Box<backup::Backup>),
    Restore(Box<restore::Restore>),
    #[command(subcommand)]
    Store(store::Store),
    /// Operators of a vault that is not served: add, enrol, list, revoke, second factors, suspended leads.
    #[command(subcommand)]
    Operator(operator::Operator),
    /// Nodes of a vault whose tables a server has: list them; by a directory that is not served: join, strike off.
    #[command(subcommand)]
    Node(node::Node),
    /// The vault's time, after the machine's clock jumped.
    #[command(subcommand)]
    Clock(clock::Clock),
    /// The keyring: its state, a new passphrase.
    #[command(subcommand)]
    Key(key::Key),
    /// Evidence packages, offline: verify one, open one.
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Print completions for a shell.
    Completions(completions::Completions),
    Man(manual::Manual),
}

impl Arguments {
    /// What to say in the place of an error that would repeat a phone number or a secret.
    pub fn kept_back(error: &clap::Error) -> Option<CliError> {
        let unexpected = error.kind() == ErrorKind::UnknownArgument;
        let told: Vec<String> = error
            .context()
            .flat_map(|(_, value)| match value {
                ContextValue::String(text) => vec![text.clone()],
                ContextValue::Strings(texts) => texts.clone(),
                _ => Vec::new(),
            })
            .collect();
        let is_number = |text: &String| {
            let begins =
                text.starts_with(|sign: char| sign == '+' || sign == '(' || sign.is_ascii_digit());
            may_hold_number(text) || (unexpected && begins)
        };
        if told.iter().any(|text| is_secret(text)) {
            return Some(typed_secret());
        }
        told.iter().any(is_number).then(|| {
            CliError::usage(
                "a number is never an argument, because other users and the shell's history see those",
            )
            .hint("type it when you are asked, or name a file with --file; remove it from the shell's history")
        })
    }

    /// What to say in the place of running a command line that has a share, token or identity in it, also where a file
    /// is named, or a folder: whatever is done with it, its words would repeat it.
    pub fn with_secret(mut line: impl Iterator<Item = OsString>) -> Option<CliError> {
        let found = line.any(|argument| holds_secret(&argument.to_string_lossy()));
        found.then(typed_secret)
    }

    /// Runs the command that was given.
    pub fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Login(login) => login.run(),
            Command::Logout(logout) => Ok(logout.run()?),
            Command::Whoami(whoami) => Ok(whoami.run()?),
            Command::Enrol(enrol) => enrol.run(),
            Command::Password(password) => password.run(),
            Command::Sessions(sessions) => Ok(sessions.run()?),
            Command::Tokens(tokens) => Ok(tokens.run()?),
            Command::Machines(machines) => Ok(machines.run()?),
            Command::Budgets(budgets) => Ok(budgets.run()?),
            Command::Inbox(inbox) => Ok(inbox.run()?),
            Command::Case(case) => Ok(case.run()?),
            Command::Members(members) => Ok(members.run()?),
            Command::Exhibit(exhibit) => exhibit.run(),
            Command::Lookup(lookup) => Ok(lookup.run()?),
            Command::Records(records) => Ok(records.run()?),
            Command::Scope(scope) => Ok(scope.run()?),
            Command::Reveal(reveal) => Ok(reveal.run()?),
            Command::Export(export) => Ok(export.run()?),
            Command::Quarantine(quarantine) => Ok(quarantine.run()?),
            Command::Erasure(erasure) => Ok(erasure.run()?),
            Command::Raise(raise) => Ok(raise.run()?),
            Command::Decide(decide) => Ok(decide.run()?),
            Command::Audit(audit) => audit.run(),
            Command::Operators(operators) => Ok(operators.run()?),
            Command::Init(init) => init.run(),
            Command::Serve(serve) => serve.run(),
            Command::Demo(demo) => demo.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Store(store) => store.run(),
            Command::Operator(operator) => operator.run(),
            Command::Node(node) => node.run(),
            Command::Clock(clock) => clock.run(),
            Command::Config(config) => config.run(),
            Command::Key(key) => key.run(),
            Command::Evidence(evidence) => evidence.run(),
            Command::Completions(completions) => completions.run(Self::command()),
            Command::Man(manual) => manual.run(Self::command()),
        }
    }
}

fn typed_secret() -> CliError {
    CliError::usage(
        "a share, token or identity is never an argument, because other users and the shell's history see those",
    )
    .hint(
        "type it when you are asked, or name a file; it is in the shell's history now: remove it there, and if others \
         use this machine, have it replaced",
    )
}

/// So many letters in one run are a part of a secret, and hardly a name.
const LONG: usize = 16;

/// Whether an argument has a secret in it, in any case of letters. A file may be called after one, or a program that
/// opens one, so its beginning alone is not enough.
fn holds_secret(argument: &str) -> bool {
    let argument = argument.to_ascii_uppercase();
    let other = |sign: char| !(sign.is_ascii_alphanumeric() || "-_".contains(sign));
    let mut parts = argument
        .split(other)
        .map(|part| part.trim_start_matches(['-', '_']));
    let mut shares = argument.match_indices("BVSHARE");
    parts.any(|part| is_token(part) || is_identity(part))
        || shares.any(|(at, _)| is_share(&argument[at..]))
}

/// The number of the format, and then nothing, groups of four, or many letters in one run.
fn is_share(text: &str) -> bool {
    let rest = text.trim_start_matches("BVSHARE");
    let after = rest.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let separates = |sign: char| sign == '-' || sign.is_whitespace();
    let others = |sign: char| !(sign.is_ascii_alphanumeric() || separates(sign));
    let mut letters = after
        .split(others)
        .take(1)
        .flat_map(|text| text.split(separates));
    let in_one = letters.clone().any(|run| run.len() >= LONG);
    let mut groups = letters.by_ref().filter(|group| !group.is_empty());
    let is_group = |group: Option<&str>| group.is_some_and(|group| group.len() == 4);
    let in_groups =
        after.starts_with(separates) && is_group(groups.next()) && is_group(groups.next());
    after.len() < rest.len() && (after.is_empty() || in_one || in_groups)
}

fn is_token(part: &str) -> bool {
    let secret = part.strip_prefix("BVT_");
    secret.is_some_and(|rest| {
        rest.len() >= 2 * LONG && rest.chars().all(|sign| sign.is_ascii_alphanumeric())
    })
}

/// `age` writes an identity in Bech32: what kind it is, `1`, and the secret.
fn is_identity(part: &str) -> bool {
    let kinds = ["AGE-SECRET-KEY-", "AGE-PLUGIN-"];
    let secret = part.rsplit_once('1').map_or("", |(_, secret)| secret);
    let bech32 = |sign: char| "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(sign);
    kinds.iter().any(|kind| part.starts_with(kind))
        && secret.len() >= LONG
        && secret.chars().all(bech32)
}

/// Whether the text has a secret in it that can be told by how it begins, in any case of letters.
fn is_secret(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    ["BVSHARE", "BVT_", "AGE-SECRET-KEY-", "AGE-PLUGIN-"]
        .iter()
        .any(|begins| text.contains(begins))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_was_typed_as_an_argument_is_not_repeated() {
        for arguments in [
            &["key", "unseal", "BVSHARE1-ABCD-EFGH"][..],
            &["key", "unseal", "bvshare1 abcd efgh"],
            &["BVSHARE1-ABCD-EFGH"],
            &["tokens", "list", "bvt_abcdefgh"],
            &["evidence", "AGE-SECRET-KEY-1ABCDEFGH"],
        ] {
            let line = ["breachvault"].iter().chain(arguments);
            let error = Arguments::try_parse_from(line).err().unwrap();
            let mut said = Vec::new();
            let told = Arguments::kept_back(&error).unwrap();
            told.write_to(&mut said).unwrap();
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains("never an argument"), "{said}");
            assert!(!said.to_ascii_lowercase().contains("abcd"), "{said}");
        }
    }

    #[test]
    fn a_secret_is_found_wherever_it_was_typed_and_no_name_of_a_file_is_taken_for_one() {
        let share = "BVSHARE1-5DZQ-YOW2-AAAA";
        let token = "bvt_00000000000000000000000000000000000000000000000000009pys0c";
        let identity = "AGE-SECRET-KEY-1QQPQZ7Y4F2N0S3JN54KHCE6MUA7LQQPQZ";
        let plugin = "age-plugin-yubikey-1qqpqz7y4f2n0s3jn";
        let joined = format!("--share-file={share}");
        let deep = format!("/media/{}/x", share.to_ascii_lowercase());
        let told = format!("the token {token} was lost");
        for line in [
            &[
                "key",
                "unseal",
                "--server",
                "https://localhost:1",
                "--share-file",
                share,
            ][..],
            &["key", "unseal", &joined],
            &["key", "unseal", "bvshare1 5dzq yow2"],
            &["key", "unseal", "bvshare15dzqyow2aaaabbbbccccdddd"],
            &["key", "unseal", "BVSHARE1", "5DZQ", "YOW2"],
            &["key", "unseal", "--share-file", "BVSHARE1-5DZQYOW2AAAABBBB"],
            &["serve", "--age-identity", identity],
            &["serve", "--age-identity", plugin],
            &["serve", "--dir", &deep],
            &["doctor", "--dir", share],
            &["config", "check", share],
            &["exhibit", "check", token],
            &["case", "list", "--token-file", token],
            &["case", "list", "--profile", token],
            &["tokens", "revoke", "--reason", &told],
        ] {
            let told = Arguments::with_secret(line.iter().map(OsString::from)).unwrap();
            let mut said = Vec::new();
            told.write_to(&mut said).unwrap();
            let said = String::from_utf8(said).unwrap().to_ascii_lowercase();
            assert!(said.contains("never an argument"), "{said}");
            for secret in ["5dzq", "pys0c", "qqpqz"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
        for name in [
            "/media/safe/bvshare1.txt",
            "bvshare-alice",
            "BVSHARE1-alice.txt",
            "/safe/bvshare1-anna",
            "/srv/bvshare1-2026-11-29",
            "/srv/bvt_tokens/nightly",
            "bvt_backupserviceaccount",
            "age-plugin-yubikey-usb-10ac99f",
            "bvt_token_of_the_nightly_script",
            "/keys/age-plugin-yubikey-identity.txt",
            "age-plugin-yubikey",
            "age-plugin-1password --generate",
            "AGE-SECRET-KEY-1.txt",
            "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
            "--share-file",
            "o_0123456789abcdefghjk",
        ] {
            assert!(!holds_secret(name), "{name}");
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_number_that_was_typed_as_an_argument_is_not_repeated() {
        for arguments in [
            &["lookup", "+44 7700 900123"][..],
            &["lookup", "+44", "7700", "900123"],
            &["lookup", "--case", "C", "07700900123"],
            &["lookup", "--skip", "+44 7700 900123"],
            &["erasure", "ask", "(077) 0090 0123"],
        ] {
            let line = ["breachvault"].iter().chain(arguments);
            let error = Arguments::try_parse_from(line).err().unwrap();
            let told = Arguments::kept_back(&error).unwrap();
            let mut said = Vec::new();
            told.write_to(&mut said).unwrap();
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains("never an argument"), "{said}");
            assert!(!said.contains(|sign: char| sign.is_ascii_digit()), "{said}");
        }
        for arguments in [&["lookup", "word"][..], &["lookup", "--word"], &["word"]] {
            let line = ["breachvault"].iter().chain(arguments);
            let error = Arguments::try_parse_from(line).err().unwrap();
            assert!(Arguments::kept_back(&error).is_none(), "{arguments:?}");
        }
    }

    #[test]
    fn every_option_says_what_it_is() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let told = argument.get_help().map(ToString::to_string);
                assert!(
                    told.is_some_and(|told| !told.is_empty()),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Arguments::command());
    }

    #[test]
    fn no_option_takes_a_secret_as_its_value() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let name = argument.get_long().unwrap_or_default();
                let secret = ["passphrase", "password", "totp", "enrolment", "identity"]
                    .iter()
                    .any(|word| name.ends_with(word));
                let value = argument.get_action().takes_values();
                // These are files.
                let file = ["identity", "age-identity", "second-age-identity"].contains(&name);
                assert!(!secret || !value || file, "--{name}");
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Arguments::command());
    }
}
