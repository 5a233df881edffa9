//! Errors of commands and exit statuses.

use std::io::{self, Write};
use std::path::Path;

use crate::client::{Failure, FailureKind, typed};
use crate::domain::io_words;
use crate::evidence::EvidenceError;
use crate::policy::{CaseState, Denial, RequestState};
use crate::vault::backup::{BackupError, RestoreError};
use crate::vault::keyring::KeyringError;
use crate::vault::store_copy::CopyError;
use crate::vault::trail::TrailFailure;
use crate::vault::{
    BookError, Conflict, ControlFault, DataRefusal, MarkFault, OperationError, Refusal, StartError,
    StoreError, StoreFault, Unaudited,
};

/// An `error:` line, sometimes a `hint:` line, and the exit status. Neither line ever holds a
/// secret, a cell of a file or a phone number.
#[derive(Debug)]
pub struct CliError {
    message: String,
    hint: Option<String>,
    exit: Exit,
    closed_pipe: bool,
}

/// The exit status of a command that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command failed.
    Failed = 1,
    /// The command line or an input is wrong.
    Usage = 2,
    /// A log or a package does not verify.
    Unverified = 3,
    /// The passphrase does not open the keyring.
    Sealed = 4,
}

impl CliError {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(super) fn sealed(message: impl Into<String>) -> Self {
        Self::new(Exit::Sealed, message)
    }

    pub(super) fn unverified(message: impl Into<String>) -> Self {
        Self::new(Exit::Unverified, message)
    }

    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            exit,
            closed_pipe: false,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An I/O error, with the step in which it happened.
    pub(super) fn io(step: &str) -> impl Fn(io::Error) -> Self + use<> {
        let step = step.to_owned();
        move |error| Self::failed(format!("failed to {step}: {}", io_words(error.kind())))
    }

    /// The same about a file: `step` is `open the exhibit`, and the path is added.
    pub(super) fn file(step: &str, path: &Path) -> impl Fn(io::Error) -> Self {
        Self::io(&format!("{step} {}", path.display()))
    }

    /// The same, with the file or directory that it is about in front.
    pub(super) fn about(self, path: &Path) -> Self {
        Self {
            message: format!("{}: {}", path.display(), self.message),
            ..self
        }
    }

    /// Whether only the reader of the output has gone, as `head` does, which is no error.
    pub fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }

    /// The output could not be written.
    pub(super) fn output(error: io::Error) -> Self {
        Self {
            closed_pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::io("write to standard output")(error)
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes the error and its hint, one line each.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => writeln!(out, "hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        let exit = match failure.kind {
            FailureKind::Usage => Exit::Usage,
            FailureKind::Sealed => Exit::Sealed,
            FailureKind::Failed | FailureKind::ClosedPipe => Exit::Failed,
        };
        Self {
            hint: failure.way_out,
            closed_pipe: failure.kind == FailureKind::ClosedPipe,
            ..Self::new(exit, failure.what)
        }
    }
}

impl From<KeyringError> for CliError {
    fn from(error: KeyringError) -> Self {
        let exit = match error {
            KeyringError::WrongPassphrase
            | KeyringError::WrongIdentity
            | KeyringError::Share(_)
            | KeyringError::TooFewShares
            | KeyringError::SameSlot
            | KeyringError::Program(_)
            | KeyringError::WrongProgram
            | KeyringError::NoSuchSlot => Exit::Sealed,
            _ => Exit::Failed,
        };
        let told = Self::new(exit, error.to_string());
        match error {
            KeyringError::Missing => {
                told.hint("name a vault's directory with --dir; `breachvault init` makes one")
            }
            KeyringError::Damaged { .. } => {
                told.hint("restore keys/keyring from the newest backup (docs/backup.md)")
            }
            _ => told,
        }
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Keyring(error) => error.into(),
            StartError::Exists => Self::failed(error.to_string())
                .hint("choose another directory; nothing was changed"),
            StartError::InUse => Self::failed(error.to_string())
                .hint("if it is served, stop it first; what can be done by the API needs no stop"),
            StartError::Taken => Self::failed(error.to_string())
                .hint("name another database with --store; nothing was changed in this one"),
            StartError::NamesANode => Self::failed(error.to_string()).hint(
                "if the file was copied with another node's directory, remove it; if not, the directory is a node \
                 already (docs/scale.md)",
            ),
            StartError::HasAFile => Self::failed(error.to_string())
                .hint("`store copy` moves the tables to a server (docs/postgresql.md)"),
            StartError::Store(StoreError {
                fault: StoreFault::Unauthorised,
                ..
            }) => Self::failed(error.to_string()).hint(
                "\"Rights on the server\" in docs/postgresql.md has what the user needs; after `store prepare` the \
                 owner of the tables gives it",
            ),
            StartError::NotANode => Self::failed(error.to_string())
                .hint("`breachvault node join` makes it one (docs/scale.md)"),
            StartError::Missing => Self::failed(error.to_string()).hint(
                "`breachvault init` makes a vault; a directory that was copied without data/store or data/vault.db \
                 lacks that file",
            ),
            _ => {
                let told = Self::failed(error.to_string());
                match way_to_start(&error) {
                    Some(hint) => told.hint(hint),
                    None => told,
                }
            }
        }
    }
}

/// What to do about files that belong to another moment, are missing or were changed.
fn way_to_start(error: &StartError) -> Option<&'static str> {
    Some(match error {
        StartError::Mark(MarkFault::Missing) => {
            "put back keys/high-water-mark from the newest backup; one that is older than the log is accepted \
             (docs/backup.md)"
        }
        StartError::Mark(MarkFault::Foreign) => {
            "keys/keyring and keys/high-water-mark are of two moments: after a new root take both from the newest \
             copy, or from the node that made the root (docs/scale.md)"
        }
        StartError::Control(ControlFault::OtherRoot) => {
            "the vault has a newer root, or an older copy lies here: put the newest keys/keyring and \
             keys/high-water-mark here, both, of a backup or of the node that made the root (docs/scale.md)"
        }
        StartError::Mark(MarkFault::Behind { .. } | MarkFault::Beside)
        | StartError::Control(ControlFault::OldKeyring { .. } | ControlFault::OtherKeyring)
        | StartError::Log(BookError::CutOff { .. } | BookError::Root) => {
            "an older copy of data/ or keys/ lies here, or the server that data/store names has an older one of the \
             tables; put back the newest copy of both, from one moment, or name the right server; \
             `breachvault audit verify --checkpoint KEPT` shows what is missing (docs/backup.md, docs/scale.md)"
        }
        StartError::Control(
            ControlFault::Missing | ControlFault::Seal | ControlFault::Table(_),
        ) => {
            "somebody changed the database, or the disk is failing; keep it, and restore a backup (docs/backup.md)"
        }
        StartError::Moved(to) if to.starts_with("sqlite") => {
            "the vault is the file data/vault.db in the directory where `store copy` ran: serve it there; if that is \
             this directory, remove data/store; any other one serves no more (docs/postgresql.md)"
        }
        StartError::Moved(_) => {
            "data/store of the directory where `store copy` ran says where the tables are now; copy it here \
             (docs/postgresql.md)"
        }
        StartError::Log(BookError::Tree | BookError::Checkpoint(_)) => {
            "`breachvault audit verify` says where the log is wrong; docs/backup.md says how to restore a backup"
        }
        _ => return None,
    })
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Log(failure) => failure.into(),
            BackupError::Keyring(error) => error.into(),
            _ => {
                let told = match error.is_verification_failure() {
                    true => Self::unverified(chain(&error)),
                    false => Self::failed(chain(&error)),
                };
                match error {
                    BackupError::Exists => told.hint("name another file with --to"),
                    BackupError::NoBackup | BackupError::Damaged => {
                        told.hint("take another backup; `breachvault backup verify FILE` says which are whole")
                    }
                    BackupError::OtherKind { .. } => told.hint(
                        "--from names a backup of the database, --keyring one made with `backup --keyring`",
                    ),
                    _ => told,
                }
            }
        }
    }
}

impl From<RestoreError> for CliError {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Backup(error) => error.into(),
            RestoreError::Start(StartError::Keyring(error)) => error.into(),
            RestoreError::Start(
                error @ (StartError::Control(_) | StartError::Log(_) | StartError::Mark(_)),
            ) => Self::unverified(error.to_string())
                .hint("these are not a database and a keyring that the vault wrote; nothing was put in place"),
            RestoreError::Start(error) => error.into(),
            RestoreError::Refused(refusal) => (*refusal).into(),
            RestoreError::Mark(_) => Self::unverified(error.to_string()).hint(
                "the mark was written for another history than the backup's; nothing was put in place",
            ),
            RestoreError::Checkpoint(_) | RestoreError::Sealed(_) => {
                Self::unverified(chain(&error)).hint("nothing was put in place; take another backup")
            }
            RestoreError::NoErasures => Self::failed(error.to_string()).hint(
                "name the newest copy of the file keys/erasures with --erasures; nothing was put in place",
            ),
            RestoreError::OtherKey(_) => Self::failed(error.to_string()).hint(
                "the key of that case was rotated; take the backup of the keyring that is as old as the database, \
                 or older data under today's keyring is lost; nothing was put in place",
            ),
            RestoreError::OtherRoot => Self::failed(error.to_string()).hint(
                "the root of the keyring was rotated between the two; take the backup of the keyring that is as old \
                 as the database; nothing was put in place",
            ),
            RestoreError::NotEmpty => Self::failed(error.to_string())
                .hint("name a new directory with --dir; nothing was changed"),
            RestoreError::OneHolder => Self::sealed(error.to_string()).hint(
                "a second holder opens another slot: --second-passphrase-file, --second-share-file, \
                 --second-age-identity or --second-keyring-command; nothing was put in place",
            ),
            RestoreError::EarlierKeyring { .. } => Self::sealed(error.to_string()).hint(
                "bring a keyring of that generation or a later one (a newer backup of it, or keys/keyring), which two \
                 holders open; nothing was put in place",
            ),
            RestoreError::Unread(_) => Self::failed(chain(&error)),
        }
    }
}

impl From<CopyError> for CliError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Log(failure) => failure.into(),
            CopyError::Start(StartError::Keyring(error)) => error.into(),
            CopyError::Start(error)
                if !matches!(
                    error,
                    StartError::Control(_) | StartError::Log(_) | StartError::Mark(_)
                ) =>
            {
                error.into()
            }
            error => {
                let told = match error.is_verification_failure() {
                    true => Self::unverified(chain(&error)),
                    false => Self::failed(chain(&error)),
                };
                match way_to_move(&error) {
                    Some(hint) => told.hint(hint),
                    None => told,
                }
            }
        }
    }
}

/// What to do about tables that were not moved.
fn way_to_move(error: &CopyError) -> Option<&'static str> {
    Some(match error {
        CopyError::There => "nothing was changed; --to names another place",
        CopyError::SourceServed | CopyError::TargetServed => {
            "stop whoever serves or reads them, and run it again; nothing was changed"
        }
        CopyError::Taken => {
            "name a database in which nobody has written yet: make a new one; nothing was changed"
        }
        CopyError::InTheWay => "move it away, and run it again; nothing was changed",
        CopyError::Differs(_) | CopyError::Unsound(_) => {
            "the vault's tables are where they were; run it again into a new database, and look at the vault with \
             `breachvault doctor` if it is the same again"
        }
        CopyError::Changed => {
            "the vault's tables are where they were; stop whoever wrote, and run it again"
        }
        CopyError::Start(_) => "look at the vault with `breachvault doctor`; nothing was changed",
        CopyError::NotOpened(fault) if matches!(**fault, StartError::NotANode) => {
            "the vault knows nodes, and this directory is none of them: `breachvault node join` makes it one \
             (docs/scale.md)"
        }
        CopyError::NotOpened(_) | CopyError::Unended => {
            "run it again, or start the vault: a start does what is left (docs/postgresql.md)"
        }
        _ => return None,
    })
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denial, receipt) => {
                let told = Self::failed(format!(
                    "denied: {} ({}, audit leaf {})",
                    denial_in_words(denial),
                    denial.name(),
                    receipt.leaf()
                ));
                match way_out(denial) {
                    Some(hint) => told.hint(hint),
                    None => told,
                }
            }
            Refusal::Failed(error, receipt) => {
                let told = Self::from(error);
                Self {
                    message: format!("{} (audit leaf {})", told.message, receipt.leaf()),
                    ..told
                }
            }
            Refusal::Unaudited(Unaudited::NotDurable) => {
                Self::failed("the audit leaf could not be written durably, so nothing was done")
                    .hint("is the disk full?")
            }
            Refusal::Unaudited(Unaudited::Busy) => {
                Self::failed("too much is waiting to be written; nothing was done")
                    .hint("run the command again in a minute")
            }
            Refusal::Unaudited(Unaudited::Stopped) => Self::failed("the vault is stopping"),
        }
    }
}

impl From<OperationError> for CliError {
    fn from(error: OperationError) -> Self {
        let name = error.name();
        let refused = matches!(error, OperationError::NotAdmitted { .. });
        let exit = match error {
            OperationError::Invalid { .. }
            | OperationError::NoSuchAccount(_)
            | OperationError::NoRecordOfAccount(_)
            | OperationError::NotInData { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        let told = Self::new(
            exit,
            match error {
                OperationError::NotFound => ABSENT.to_owned(),
                OperationError::Conflict(conflict) => {
                    format!("{} ({name})", conflict_in_words(&conflict))
                }
                OperationError::Invalid { at, rule } => format!("{}: {rule}", typed(&at)),
                OperationError::NoSuchAccount(near) => match near.0.as_slice() {
                    [] => NOT_IN_LOG.to_owned(),
                    near => format!("{NOT_IN_LOG}; near to it: {}", near.join(", ")),
                },
                OperationError::NoRecordOfAccount(near) => format!(
                    "{}: {}; near to it: {}",
                    typed("filter.account"),
                    DataRefusal::NoRecord.rule(),
                    near.0.join(", ")
                ),
                OperationError::NotInData { at, refusal } => {
                    format!("{}: {}", typed(&at), refusal.rule())
                }
                OperationError::Unreadable { explanation, .. } => explanation,
                OperationError::NotAdmitted { rule, .. } => format!("nothing was admitted: {rule}"),
                OperationError::Damaged { place } => format!("damaged: {place}"),
                OperationError::Store(error) => error.to_string(),
                OperationError::Cancelled => "cancelled before it was done".to_owned(),
                OperationError::NodeSilent => {
                    "another node of the vault does not answer, so nothing is given out (docs/scale.md)".to_owned()
                }
                OperationError::Internal(place) => format!("a bug in the program: {name}, {place}"),
            },
        );
        match refused {
            true => told.hint(
                "here these are --region R, --zone Z, --account A, --mapping FILE and --accept-quarantined",
            ),
            false => told,
        }
    }
}

const NOT_IN_LOG: &str =
    "--account: is the account of no admitted record, and rows in quarantine do not count";
const ABSENT: &str =
    "there is no such case, exhibit, operator or request, or you may not know of it";

pub(super) fn denial_in_words(denial: Denial) -> &'static str {
    match denial {
        Denial::SessionEnded => "the session has ended",
        Denial::NotAllowed => "your role does not allow this",
        Denial::Concealed => ABSENT,
        Denial::NotRecognised => {
            "no lead of the case has recognised you yet: read your fingerprint out to one of them"
        }
        Denial::BeyondToken => "the token of this script, or this machine, is not good for this",
        Denial::WrongFingerprint => "this is not the fingerprint of the account",
        Denial::CaseClosed => "the case is closed; reopen it first",
        Denial::CaseDestroyed => "the case was destroyed; its certificate is all that is left",
        Denial::NothingAdmitted => {
            "nothing has been admitted to the case, so nothing can be looked up; admit an exhibit first"
        }
        Denial::OwnRequest => "you asked for this; somebody else must decide it",
        Denial::AskerGone => "who asked for this could not ask for it any more",
        Denial::DeciderGone => "who approved this could not approve it any more",
        Denial::RecognisedByAsker => {
            "you and the other person could be one: somebody else has to decide, or another lead recognise the account"
        }
        Denial::NotTheAsker => "only the operator who asked may open it",
        Denial::WrongState(RequestState::Requested) => "the request waits for its decision",
        Denial::WrongState(RequestState::Approved) => "the request is approved",
        Denial::WrongState(RequestState::Denied) => "the request was denied; ask for a new one",
        Denial::WrongState(RequestState::Used | RequestState::Acknowledged) => {
            "the request was used; ask for a new one"
        }
        Denial::WrongState(RequestState::Stopped) => "the request was stopped; ask for a new one",
        Denial::Expired => "the request has expired; ask for a new one",
        Denial::WrongCredential => "the name, password, code or invitation is wrong or was used",
        Denial::IdentityRefused => "the provider vouches for somebody who may not come in",
        Denial::SecondFactorNeeded => {
            "this needs a second factor: sign in with a code (--totp), or set one up with \
             `breachvault operator second-factor` or, in a vault that is served, POST /api/v1/second-factors"
        }
        Denial::PasskeyNeeded => {
            "your role needs a passkey; the command line has none: use the console in a browser"
        }
        Denial::AssertionNeeded | Denial::AssertionRefused => {
            "this needs your passkey; the command line has none: use the console in a browser"
        }
        Denial::Throttled { .. } => "too many have tried this name; try again later",
        Denial::BudgetSpent { .. } => "your budget in this case is spent",
        Denial::OverBudget { .. } => "this costs more points than the whole budget holds",
        Denial::LookupsFrozen { .. } => {
            "your lookups in this case are frozen; another lead can thaw them"
        }
    }
}

/// What somebody who was denied may do.
fn way_out(denial: Denial) -> Option<&'static str> {
    Some(match denial {
        Denial::NotAllowed => {
            "a custodian of the case admits, leads and custodians withdraw, administrators name operators; \
             sign in as one of them with --operator, or ask a lead of the case"
        }
        Denial::Concealed => "check the id, and that a lead named you as a member of the case",
        Denial::NotRecognised => {
            "`breachvault whoami` and the console show your fingerprint; call a lead whom you know"
        }
        Denial::WrongFingerprint => {
            "let its owner read it out again; if it stays wrong, the account is somebody else's: tell the other leads"
        }
        Denial::SessionEnded => "sign in again",
        Denial::OwnRequest => "ask another lead or custodian of the case to decide it",
        Denial::AskerGone => "somebody who is a member of the case has to ask anew",
        Denial::DeciderGone => "ask anew, so that somebody else decides it",
        Denial::RecognisedByAsker => {
            "another lead of the case recognises you anew, or somebody else decides"
        }
        Denial::NotTheAsker => "sign in as the operator who asked, with --operator",
        _ => return None,
    })
}

fn conflict_in_words(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::NameTaken => "the name is taken: an operator, or a node, has it already",
        Conflict::CaseState(CaseState::Open) => "the case is open already",
        Conflict::CaseState(CaseState::Held) => {
            "the case is on hold; its hold is lifted before it is closed or destroyed"
        }
        Conflict::CaseState(CaseState::Closed) => "the case is closed; reopen it first",
        Conflict::CaseState(CaseState::Destroyed) => {
            "the case was destroyed; its certificate is all that is left"
        }
        Conflict::DelayRuns { .. } => "the delay before the destruction is not over",
        Conflict::AdmissionInProgress => {
            "an exhibit of this case is being admitted; wait until it has ended"
        }
        Conflict::AlreadyAdmitted(_) => "this file was admitted to this case already",
        Conflict::BuildCancelled => "somebody stopped the building of the package",
        Conflict::AdmissionCancelled => "the admission was cancelled; nothing of the file was kept",
        Conflict::ExhibitWithdrawn => {
            "the exhibit was withdrawn already, or one was withdrawn since this export was decided"
        }
        Conflict::ResultChanged => "the records have changed since this was asked for; ask again",
        Conflict::TooManyOpen => "too many requests of this kind that you made wait for a decision",
        Conflict::TooManyCases => "you opened as many cases in a day as one lead may",
        Conflict::OutsideCases => "auditors and administrators cannot be members of a case",
        Conflict::PasskeyKnown => "this passkey is enrolled already",
        Conflict::TooManyPasskeys => "you have as many passkeys as somebody may have",
        Conflict::TooManyTokens => "you have as many tokens, or machines, as somebody may have",
        Conflict::AdministratorOnHost => {
            "administrators come and go on the host, with the vault's passphrase, while there is another one"
        }
        Conflict::LastPasskey => "it is your only passkey; enrol another one first",
        Conflict::OwnMembership => {
            "you cannot change your own membership or revoke your own account"
        }
        Conflict::RotationUnderWay => "the key of the case is being rotated already",
        Conflict::ClockRight => "the clock is not in doubt; there is no time to accept",
        Conflict::KeyringSlots => {
            "the keyring's slots do not allow this, the program of one failed, or another change is under way"
        }
        Conflict::CutTooClose => {
            "this table and one given out before could together disclose people"
        }
        Conflict::PackageDeleted => {
            "the vault deleted the package: 30 days after it was first handed out, or after an erasure or a restore"
        }
        Conflict::PackageElsewhere => {
            "the package is not at this node of the vault, but at the one that built it"
        }
        Conflict::NoSuchPart { .. } => "the package has no such bytes",
    }
}

impl From<EvidenceError> for CliError {
    fn from(error: EvidenceError) -> Self {
        let exit = match error.is_verification_failure() {
            true => Exit::Unverified,
            false => Exit::Failed,
        };
        Self::new(exit, chain(&error))
    }
}

impl From<TrailFailure> for CliError {
    fn from(error: TrailFailure) -> Self {
        let exit = match error.is_verification_failure() {
            true => Exit::Unverified,
            false => Exit::Failed,
        };
        let told = Self::new(exit, chain(&error));
        match error {
            TrailFailure::NoKey(_) => told.hint("name the log's public key with --vkey"),
            TrailFailure::Export(_) => told.hint("the output directory must be new or empty"),
            _ => told,
        }
    }
}

/// The error and its sources, outermost first.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}
