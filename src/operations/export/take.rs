//! `GET /exports/{export}/package`: hand a package out, building it the first time.
//!
//! Two acts, each with its leaf: `export.build` opens what was approved and seals
//! it to the recipients; `export.package` hands the file out and says which.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::{Condvar, Mutex, PoisonError};

use serde::Deserialize;

use super::build::BuildPackage;
use crate::domain::ExportId;
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{
    Answer, Body, Caller, Conflict, Operation, OperationError, Receipt, Refusal, Reply, Target,
    Vault, Wire,
};

/// Hands the package of an approved export out. Who comes while it is being built
/// waits and gets the same one.
pub fn take_package(vault: &Vault, caller: &Caller, export: &ExportId) -> Result<Reply, Refusal> {
    let _turn = Turn::of(export);
    let again = TakePackage {
        export: export.clone(),
        built: None,
    };
    if vault
        .paths()
        .packages()
        .join(format!("{export}.tar"))
        .exists()
    {
        match vault.perform(caller, again) {
            // A file without a row that knows it: the vault stopped between the two acts.
            Err(Refusal::Failed(OperationError::Conflict(Conflict::ResultChanged), _)) => {}
            ended => return ended,
        }
    }
    let built = digest(vault.perform(caller, BuildPackage(export.clone()))?.wire);
    vault.perform(
        caller,
        TakePackage {
            export: export.clone(),
            built,
        },
    )
}

/// One export's package is built by one caller at a time.
struct Turn<'e>(&'e ExportId);

static BUILDING: Mutex<BTreeSet<ExportId>> = Mutex::new(BTreeSet::new());
static BUILT: Condvar = Condvar::new();

impl<'e> Turn<'e> {
    fn of(export: &'e ExportId) -> Self {
        let building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut building = BUILT
            .wait_while(building, |building| building.contains(export))
            .unwrap_or_else(PoisonError::into_inner);
        building.insert(export.clone());
        Self(export)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        building.remove(self.0);
        BUILT.notify_all();
    }
}

struct TakePackage {
    export: ExportId,
    built: Option<[u8; 32]>,
}

struct PackageFile(Wire);

impl Answer for PackageFile {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(self.0)
    }
}

impl Operation for TakePackage {
    type Action = actions::TakePackage;
    type Answer = PackageFile;

    fn target(&self) -> Target {
        Target::Export(self.export.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PackageFile, OperationError> {
        let (file, bytes, name) = scope.hand_out(&self.export, self.built)?;
        Ok(PackageFile(Wire::file(
            "application/x-tar",
            file,
            bytes,
            name,
        )))
    }
}

/// The digest that `BuildPackage` answers.
fn digest(wire: Wire) -> Option<[u8; 32]> {
    #[derive(Deserialize)]
    struct Built {
        tagmanifest_sha256: [u8; 32],
    }
    let bytes = match wire.into_body() {
        Body::Bytes(bytes) => bytes,
        Body::File { mut file, .. } => {
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            file.read_to_end(&mut bytes).ok()?;
            bytes
        }
    };
    serde_json::from_slice::<Built>(&bytes)
        .ok()
        .map(|built| built.tagmanifest_sha256)
}
