//! Making a vault: directories, keyring, database, log, first administrator.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::error::StartError;
use super::prepare::watch;
use super::started::{FIRST_NODE, stated};
use crate::domain::{HomeRole, NodeId, OperatorName};
use crate::policy::actions;
use crate::vault::audit::Frontier;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::target::Target;
use crate::vault::clock::Clock;
use crate::vault::door::{Operation, Vault};
use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::OperationError;
use crate::vault::keyring::{Argon2Params, Keyring, KeyringError, NewPassphrase};
use crate::vault::ledger::{found_log, write_mark};
use crate::vault::lock::VaultLock;
use crate::vault::paths::Paths;
use crate::vault::peers::Peers;
use crate::vault::private_files::{make_file, make_folder, make_folder_unless_used};
use crate::vault::scope::{Invitation, Scope};
use crate::vault::settings::Settings;
use crate::vault::store::{Database, Writer, meta_rows, node_rows, note_of, transfer};
use crate::vault::this_node::ThisNode;

/// A vault that was just made, and the one invitation it gave out.
pub struct Founded {
    /// The vault, open.
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
        let failed = |error: io::Error| StartError::Io(error.kind());
        make_folder_unless_used(paths.root()).map_err(failed)?;
        for folder in [paths.keys(), paths.data(), paths.packages()] {
            make_folder(&folder).map_err(failed)?;
        }
        let lock = VaultLock::take(&paths.data())?;
        let database = Database::of(paths.database(), &paths.store())?;
        if database.is_file() {
            make_database_file(paths).map_err(failed)?;
        }
        let has_server = !database.is_file();
        let mut writer = Writer::open(database)?;
        // Their owner may have made the tables before.
        if !writer.is_empty()? {
            writer.check_schema()?;
            if transfer::has_rows(&writer)? {
                return Err(StartError::Taken);
            }
        }
        if has_server {
            let id = NodeId::from_random(draw(&*entropy).map_err(KeyringError::from)?);
            ThisNode::put(paths, &id).map_err(failed)?;
        }
        let keyring =
            Keyring::create(&paths.keyring(), passphrase, params, clock.now(), &*entropy)?;
        writer.migrate(clock.now())?;
        watch(&mut writer, &keyring)?;
        let transaction = writer.begin()?;
        meta_rows::insert(&transaction, "vault", keyring.vault().as_str())?;
        let end = Frontier::new().tip();
        found_log(&transaction, &keyring, &*entropy)?;
        write_mark(paths, &keyring, &*entropy, end)?;
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
            Ok(Invited(invitation)) => {
                vault.core.node.iter().for_each(ThisNode::has_started);
                vault.peers.iter().try_for_each(Peers::go_on)?;
                Ok(Founded { vault, invitation })
            }
            Err(_) => Err(StartError::Unaudited),
        }
    }

    /// Says, before a vault is made, that a server has its tables: one that speaks the protocol of PostgreSQL. The
    /// address has no password; a file has it.
    pub fn put_tables_at(
        paths: &Paths,
        address: &str,
        password: Option<&Path>,
    ) -> Result<(), StartError> {
        let note = note_of(address, password)?;
        let failed = |error: io::Error| StartError::Io(error.kind());
        make_folder_unless_used(paths.root()).map_err(failed)?;
        make_folder(&paths.data()).map_err(failed)?;
        let mut file = make_file(&paths.store()).map_err(failed)?;
        let written = file.write_all(note.as_bytes());
        written.and_then(|()| file.sync_all()).map_err(failed)
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
        let settings = stated(&scope.core.settings)?;
        let node = scope.core.node.as_ref();
        let node =
            node.map(|node| node.row(FIRST_NODE, scope.core.clock.in_seconds(0), self.generation));
        if let Some(row) = &node {
            node_rows::insert(scope.transaction()?, row)?;
        }
        let node = node.map(|row| row.id);
        scope.note_detail(json!({ "settings": settings, "node": node }));
        scope
            .invite(&self.administrator, HomeRole::Administrator)
            .map(Invited)
    }
}

/// An empty file for the database, whose mode SQLite gives to the files beside it. What an earlier
/// database left there is not taken for this one's.
fn make_database_file(paths: &Paths) -> io::Result<()> {
    for beside in ["-wal", "-shm", "-journal"] {
        let mut name = paths.database().into_os_string();
        name.push(beside);
        drop(make_file(Path::new(&name))?);
        fs::remove_file(&name)?;
    }
    make_file(&paths.database()).map(drop)
}
