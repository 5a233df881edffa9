//! The demo's incident: a case, its members, one admitted log.

use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::thread;

use serde::Deserialize;

use super::cast::{Cast, Person};
use super::kept::Kept;
use crate::cli::error::CliError;
use crate::cli::exhibit::admit;
use crate::cli::exhibit::options as exhibit_options;
use crate::cli::progress::{Progress, Unit};
use crate::cli::{answer, streams};
use crate::domain::{AccountName, CaseId, CaseRole, Reference, Title};
use crate::ingest::Declared;
use crate::operations::case::{
    NameMember, OpenCase, OpenCaseInput, RecogniseMember, RecognitionInput,
};
use crate::operations::exhibit::{AdmitRequest, AdmitWords, Arriving};
use crate::operations::membership::NameMemberInput;
use crate::operations::record::{Audience, CountRecords, ScopeInput};
use crate::operations::session::ReadSelf;
use crate::operations::{Ids, PageInput, Request};
use crate::synthesis::{Recipe, sample_accounts, sample_numbers, write};
use crate::vault::records::FilterInput;
use crate::vault::{Caller, Reply, Vault};

pub(super) struct Incident {
    pub(super) case: CaseId,
    /// The account that the liaison is bound to.
    pub(super) account: AccountName,
    /// Numbers that occur in the log. All are synthetic; empty if the log is the user's own.
    pub(super) sample_numbers: Vec<String>,
}

/// Admits a synthetic log while it is being made, so that it is never written to disk.
pub(super) fn synthetic(vault: &Vault, cast: &Cast, recipe: Recipe) -> Result<Incident, CliError> {
    let account = sample_accounts(&recipe, 1)
        .map_err(CliError::io("make the log"))?
        .first()
        .and_then(|name| AccountName::parse(name).ok())
        .ok_or_else(|| CliError::usage("--rows: a demo needs at least one message"))?;
    let sample_numbers = sample_numbers(&recipe, SAMPLES);
    let (case, lead) = open(vault, cast)?;
    let (reader, writer) = io::pipe().map_err(CliError::io("make a pipe"))?;
    let made = {
        let recipe = recipe.clone();
        thread::spawn(move || make(&recipe, writer))
    };
    let request = AdmitRequest {
        case: case.clone(),
        declared: Declared::default(),
        name: Title::parse("synthetic-log.csv").ok(),
        source: Reference::parse("exhibit synthesise").ok(),
        region: None,
        dry_run: false,
        preview: false,
        accept_quarantined: false,
    };
    admit_as_custodian(vault, cast, request, Box::new(reader), None)?;
    match made.join() {
        Ok(Ok(())) => {}
        _ => return Err(CliError::failed("the log could not be made")),
    }
    bind_others(vault, &lead, &case, cast, &account)?;
    Ok(Incident {
        case,
        account,
        sample_numbers,
    })
}

/// Admits the user's own log.
pub(super) fn received(
    vault: &Vault,
    cast: &Cast,
    path: &Path,
    words: &AdmitWords,
) -> Result<Incident, CliError> {
    let (file, bytes) = exhibit_options::open(path)?;
    let (case, lead) = open(vault, cast)?;
    let request = AdmitRequest::read(case.clone(), words)
        .map_err(|error| exhibit_options::wrong(error, path))?;
    admit_as_custodian(vault, cast, request, Box::new(file), bytes)?;
    let account = largest_account(vault, &lead, &case)?;
    bind_others(vault, &lead, &case, cast, &account)?;
    Ok(Incident {
        case,
        account,
        sample_numbers: Vec::new(),
    })
}

impl Incident {
    /// What is kept of it and its people, so that a stopped demo can be resumed.
    pub(super) fn kept(&self, cast: &Cast) -> Kept {
        let people = cast.people.iter().map(Person::kept).collect();
        let (case, account) = (self.case.to_string(), self.account.as_str().to_owned());
        Kept::new(case, account, self.sample_numbers.clone(), people)
    }

    /// The incident of a demo that was stopped.
    pub(super) fn of_kept(kept: &Kept) -> Result<Self, CliError> {
        let unread = |_| CliError::failed("the demo's own file could not be read");
        Ok(Self {
            case: kept.case.parse().map_err(|_| unread(()))?,
            account: AccountName::parse(&kept.account).map_err(|_| unread(()))?,
            sample_numbers: kept.sample_numbers.clone(),
        })
    }
}

/// The first lead opens the case and names those who work with it. The liaison and the second lead
/// follow when the account is known: with a second lead, two decide who gets rights.
fn open(vault: &Vault, cast: &Cast) -> Result<(CaseId, Caller), CliError> {
    streams::words("opening a case");
    let lead = cast.person("lead.one")?.caller(vault)?;
    let case = open_case(vault, &lead)?;
    for (name, role) in [
        ("investigator", CaseRole::Investigator),
        ("custodian", CaseRole::Custodian),
    ] {
        name_member(vault, &lead, &case, cast.person(name)?, role, None)?;
    }
    Ok((case, lead))
}

fn admit_as_custodian(
    vault: &Vault,
    cast: &Cast,
    request: AdmitRequest,
    file: Box<dyn Read + Send>,
    bytes: Option<u64>,
) -> Result<(), CliError> {
    let custodian = cast.person("custodian")?.caller(vault)?;
    streams::words("admitting the log");
    let mut progress = Progress::new("admitting", bytes, Unit::Bytes);
    let admitted = admit(
        vault,
        &custodian,
        request,
        Arriving::whole(file, bytes),
        &mut progress,
        false,
    );
    progress.finish();
    admitted.map(drop)
}

fn make(recipe: &Recipe, writer: io::PipeWriter) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, writer);
    write(recipe, &mut out, &mut |_| {})?;
    out.flush()
}

fn bind_others(
    vault: &Vault,
    lead: &Caller,
    case: &CaseId,
    cast: &Cast,
    account: &AccountName,
) -> Result<(), CliError> {
    let (liaison, second) = (cast.person("liaison")?, cast.person("lead.two")?);
    name_member(vault, lead, case, liaison, CaseRole::Liaison, Some(account))?;
    name_member(vault, lead, case, second, CaseRole::Lead, None)
}

fn open_case(vault: &Vault, lead: &Caller) -> Result<CaseId, CliError> {
    let input = OpenCaseInput {
        title: "SMS log of a telephony supplier".to_owned(),
        reference: "DEMO-2024-04".to_owned(),
        keep_until: None,
        reason: "a supplier reports that its message log was taken".to_owned(),
    };
    let opened: Opened = answer::read(ask::<OpenCase>(vault, lead, &Ids::default(), input)?)?;
    opened
        .case
        .parse()
        .map_err(|_| CliError::failed("the case's id could not be read"))
}

fn name_member(
    vault: &Vault,
    lead: &Caller,
    case: &CaseId,
    person: &Person,
    role: CaseRole,
    account: Option<&AccountName>,
) -> Result<(), CliError> {
    let ids = ids(&[
        ("case", case.as_str()),
        ("operator", person.operator.as_str()),
    ]);
    let input = NameMemberInput {
        role: role.as_str().to_owned(),
        account: account.map(|name| name.as_str().to_owned()),
        account_not_in_log: false,
        reason: None,
    };
    ask::<NameMember>(vault, lead, &ids, input)?;
    // What the person would read out to the lead.
    let me = ask::<ReadSelf>(
        vault,
        &person.caller(vault)?,
        &Ids::default(),
        PageInput::default(),
    )?;
    let me: Myself = answer::read(me)?;
    let input = RecognitionInput {
        fingerprint: me.fingerprint,
        reason: "the demo knows its own people".to_owned(),
    };
    ask::<RecogniseMember>(vault, lead, &ids, input).map(drop)
}

/// The account with the most messages, from a scope query of the lead.
fn largest_account(vault: &Vault, lead: &Caller, case: &CaseId) -> Result<AccountName, CliError> {
    let input = ScopeInput {
        by: vec!["account".to_owned()],
        charts: Vec::new(),
        filter: FilterInput::default(),
        audience: Audience::Team,
        zone: None,
        top: Some(1),
        rule: None,
        purpose: None,
        reason: None,
    };
    let ids = ids(&[("case", case.as_str())]);
    let counted: Counted = answer::read(ask::<CountRecords>(vault, lead, &ids, input)?)?;
    let largest = counted.rows.first().and_then(|row| row.account.as_deref());
    // If the log has no accounts, the liaison gets an account without records.
    AccountName::parse(
        largest
            .filter(|name| !name.is_empty())
            .unwrap_or("no account"),
    )
    .map_err(|error| CliError::failed(error.to_string()))
}

/// Asks as a request over HTTPS would.
fn ask<O: Request>(
    vault: &Vault,
    caller: &Caller,
    ids: &Ids,
    input: O::Input,
) -> Result<Reply, CliError> {
    let operation = O::read(ids, input).map_err(CliError::from)?;
    Ok(vault.perform(caller, operation)?)
}

fn ids(named: &[(&str, &str)]) -> Ids {
    Ids::new(
        named
            .iter()
            .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()))
            .collect(),
    )
}

#[derive(Deserialize)]
struct Opened {
    case: String,
}

#[derive(Deserialize)]
struct Myself {
    fingerprint: String,
}

#[derive(Deserialize)]
struct Counted {
    rows: Vec<CountedRow>,
}

#[derive(Deserialize)]
struct CountedRow {
    account: Option<String>,
}

const SAMPLES: usize = 20;
