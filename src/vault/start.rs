//! Making a vault, opening one, stopping it.
//!
//! A vault directory has `keys/` and `data/`. Opening needs an unlocked keyring:
//! there is no way to a `Vault` without one.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, RwLock};

use serde_json::{Value, json};

use crate::domain::{Field, HomeRole, OperatorName};
use crate::policy::actions;
use crate::vault::budget::package_turns::PackageTurns;
use crate::vault::budget::question_alarm::QuestionAlarm;
use crate::vault::budget::under_way::PointsUnderWay;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::edition::Editions;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::clock::Clock;
use crate::vault::core::Core;
use crate::vault::door::{Operation, Vault};
use crate::vault::entropy::Entropy;
use crate::vault::error::OperationError;
use crate::vault::exhibits::known_case::KnownCases;
use crate::vault::exhibits::under_way::UnderWay;
use crate::vault::identity::{KnownSessions, Throttle};
use crate::vault::keyring::{Argon2Params, Keyring, KeyringError, NewPassphrase};
use crate::vault::ledger::{Book, BookError, Health, Ledger};
use crate::vault::lock::VaultLock;
use crate::vault::paths::Paths;
use crate::vault::scope::{Invitation, Scope};
use crate::vault::settings::Settings;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{
    Readers, StoreError, StoreFault, Writer, case_rows, exhibit_rows, meta_rows,
};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is a vault in this directory already")]
    Exists,
    #[error("there is no vault in this directory")]
    Missing,
    #[error("another process has this vault open")]
    InUse,
    #[error("the keyring belongs to another vault")]
    OtherVault,
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the audit log could not be continued: {0}")]
    Log(#[from] BookError),
    #[error("the directory could not be used: {0}")]
    Io(io::ErrorKind),
    #[error("the vault could not write its first leaf")]
    Unaudited,
}

/// A vault that was just made, and the one invitation it gave out.
pub struct Founded {
    pub vault: Vault,
    /// For the first administrator; shown once.
    pub invitation: Invitation,
}

impl Vault {
    /// Makes a vault: directories, keyring, database, log, first administrator.
    pub fn create(
        paths: &Paths,
        passphrase: &NewPassphrase,
        params: Argon2Params,
        administrator: OperatorName,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Founded, StartError> {
        if paths.keyring().exists() || paths.database().exists() {
            return Err(StartError::Exists);
        }
        for directory in [paths.keys(), paths.data(), paths.packages()] {
            make_private(&directory).map_err(|error| StartError::Io(error.kind()))?;
        }
        let lock = VaultLock::take(&paths.data()).map_err(|_| StartError::InUse)?;
        let keyring = Keyring::create(&paths.keyring(), passphrase, params, &*entropy)?;
        let writer = Writer::open(&paths.database())?;
        writer.migrate(clock.now())?;
        let transaction = writer.begin()?;
        meta_rows::insert(&transaction, "vault", keyring.vault().as_str())?;
        transaction.commit()?;
        drop(writer);
        let vault = Self::assemble(paths, keyring, settings, clock, entropy, lock)?;
        let generation = vault.core.keys().generation();
        let (_, ended) = vault
            .perform_for(
                &Caller::system(),
                FoundVault {
                    administrator,
                    generation,
                },
            )
            .map_err(|_| StartError::Unaudited)?;
        match ended {
            Ok(Invited(invitation)) => Ok(Founded { vault, invitation }),
            Err(_) => Err(StartError::Unaudited),
        }
    }

    /// Opens a vault with its unlocked keyring. Leftovers of an admission that did
    /// not end are cleared, and a leaf says that the vault started.
    pub fn open(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        if !paths.database().exists() {
            return Err(StartError::Missing);
        }
        let lock = VaultLock::take(&paths.data()).map_err(|_| StartError::InUse)?;
        let vault = Self::assemble(paths, keyring, settings, clock, entropy, lock)?;
        let generation = vault.core.keys().generation();
        vault
            .perform(&Caller::system(), Start { generation })
            .map_err(|refusal| match refusal {
                Refusal::Failed(OperationError::Store(error), _) => StartError::Store(error),
                _ => StartError::Unaudited,
            })?;
        Ok(vault)
    }

    fn assemble(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        lock: VaultLock,
    ) -> Result<Self, StartError> {
        let writer = Writer::open(&paths.database())?;
        if writer.applied_steps()? == 0 {
            return Err(StartError::Store(StoreError {
                at: "migrations::check",
                fault: StoreFault::SchemaAltered,
            }));
        }
        writer.migrate(clock.now())?;
        let vault_id = keyring.vault().clone();
        if meta_rows::find(&writer, "vault")?.as_deref() != Some(vault_id.as_str()) {
            return Err(StartError::OtherVault);
        }
        let core = Arc::new(Core {
            readers: Readers::open(&paths.database(), settings.readers)?,
            keyring: RwLock::new(keyring),
            admissions: Arc::new(UnderWay::new(Arc::clone(&clock))),
            clock,
            entropy,
            settings,
            vault: vault_id,
            paths: paths.clone(),
            question_alarm: QuestionAlarm::default(),
            under_way: Arc::new(PointsUnderWay::default()),
            known_cases: KnownCases::default(),
            editions: Editions::default(),
            package_turns: PackageTurns::default(),
            sessions: KnownSessions::default(),
        });
        let book = Book::open(writer, Arc::clone(&core))?;
        write_vkey(paths, &book.verifier_key_text())
            .map_err(|error| StartError::Io(error.kind()))?;
        let ledger = Ledger::start(book);
        Ok(Self {
            core,
            ledger,
            throttle: Throttle::default(),
            _lock: lock,
        })
    }

    /// Whether leaves can be made durable at this moment.
    pub fn health(&self) -> &Health {
        self.ledger.health()
    }

    /// How many acts wait for the ledger.
    pub fn waiting(&self) -> usize {
        self.ledger.waiting()
    }

    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// Who builds which package.
    pub fn package_turns(&self) -> &PackageTurns {
        &self.core.package_turns
    }

    pub fn paths(&self) -> &Paths {
        &self.core.paths
    }

    /// Writes the last leaf and ends the ledger.
    pub fn stop(&self) -> Result<(), Refusal> {
        self.perform(&Caller::system(), Stop)?;
        self.ledger.stop();
        Ok(())
    }

    /// Sums up requests that never reached the door, at most once a minute.
    pub fn sum_strangers(&self, requests: u64, turned_away: u64) -> Result<(), Refusal> {
        self.perform(
            &Caller::system(),
            Strangers {
                requests,
                turned_away,
            },
        )?;
        Ok(())
    }
}

/// The first act: the vault and its first administrator.
struct FoundVault {
    administrator: OperatorName,
    generation: u64,
}

struct Invited(Invitation);

impl Answer for Invited {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({}))
    }
}

impl Operation for FoundVault {
    type Action = actions::InitVault;
    type Answer = Invited;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Invited, OperationError> {
        scope.notes.generation = Some(self.generation);
        scope
            .invite(&self.administrator, HomeRole::Administrator)
            .map(Invited)
    }
}

/// What an act of the vault itself answers: nothing.
struct Nothing;

impl Answer for Nothing {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({}))
    }
}

struct Start {
    generation: u64,
}

impl Operation for Start {
    type Action = actions::StartVault;
    type Answer = Nothing;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Nothing, OperationError> {
        scope.notes.generation = Some(self.generation);
        let mut cleared = 0;
        for (exhibit, _) in exhibit_rows::staged(scope.connection, None)? {
            exhibit_rows::discard(scope.transaction()?, exhibit)?;
            cleared += 1;
        }
        for case in case_rows::list(scope.connection)? {
            for (field, visible) in [(Field::Number, case.numbers), (Field::User, case.users)] {
                let terms = Terms {
                    case: case.number,
                    field,
                };
                terms.discard_above(scope.transaction()?, visible)?;
            }
        }
        scope.note_detail(json!({ "leftovers_cleared": cleared }));
        Ok(Nothing)
    }
}

struct Stop;

impl Operation for Stop {
    type Action = actions::StopVault;
    type Answer = Nothing;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<Nothing, OperationError> {
        Ok(Nothing)
    }
}

struct Strangers {
    requests: u64,
    turned_away: u64,
}

impl Operation for Strangers {
    type Action = actions::SumStrangers;
    type Answer = Nothing;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Nothing, OperationError> {
        scope.note_rows(self.requests);
        scope.note_detail(json!({ "requests": self.requests, "throttled": self.turned_away }));
        Ok(Nothing)
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

fn write_vkey(paths: &Paths, text: &str) -> io::Result<()> {
    let path = paths.vkey();
    match fs::read_to_string(&path) {
        Ok(found) if found.trim() == text => Ok(()),
        _ => fs::write(path, format!("{text}\n")),
    }
}
