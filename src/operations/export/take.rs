//! `GET /exports/{export}/package`: hands a package out, and builds it the first time.
//!
//! Two operations, each with a leaf: `export.build` opens the approved records and seals them to
//! the recipients; `export.package` hands out the file and records its digest.

use std::io::Read;

use serde::Deserialize;

use super::build::BuildPackage;
use crate::domain::{ExportId, RequestIdOfKind as _};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{PackageFile, WantedPart};
use crate::vault::{
    Answer, Body, Caller, Conflict, Operation, OperationError, Receipt, Refusal, Reply, Target,
    Vault, Wire,
};

/// Hands out the package of an approved export. A call while the package is being built waits and
/// gets the same file. A part of it, to go on where a download broke off, is decided like the whole,
/// and its leaf names the first one.
///
/// # Errors
///
/// A refusal with its reason: no right, a request in another state, or a package that could not be
/// built.
pub fn take_package(
    vault: &Vault,
    caller: &Caller,
    export: &ExportId,
    part: Option<WantedPart>,
) -> Result<Reply, Refusal> {
    let _turn = vault.package_turns().enter(export);
    let again = TakePackage {
        export: export.clone(),
        built: None,
        part,
    };
    if PackageFile::of(vault.paths(), export).path().exists() {
        match vault.perform(caller, again) {
            // The file has no digest in the database: the vault stopped between the two operations.
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
            part: None,
        },
    )
}

struct TakePackage {
    export: ExportId,
    built: Option<[u8; 32]>,
    part: Option<WantedPart>,
}

struct HandedOut(Wire);

impl Answer for HandedOut {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(self.0)
    }
}

impl Operation for TakePackage {
    type Action = actions::TakePackage;
    type Answer = HandedOut;

    fn target(&self) -> Target {
        Target::Request(self.export.of_any_kind())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<HandedOut, OperationError> {
        let file = scope.hand_out(&self.export, self.built, self.part.as_ref())?;
        Ok(HandedOut(Wire::file("application/x-tar", file)))
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
        Body::File(mut sent) => {
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            sent.file.read_to_end(&mut bytes).ok()?;
            bytes
        }
    };
    serde_json::from_slice::<Built>(&bytes)
        .ok()
        .map(|built| built.tagmanifest_sha256)
}
