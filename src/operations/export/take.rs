//! `GET /exports/{export}/package`: hands a package out, and builds it the first time.
//!
//! Two operations, each with a leaf: `export.build` opens the approved records and seals them to
//! the recipients; `export.package` hands out the file and records its digest. Whatever leaves as a package, leaves by
//! them, whichever kind of request it was asked by.

use std::fs::File;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::build::BuildPackage;
use crate::domain::{ExportId, RequestIdOfKind as _};
use crate::policy::{Denial, RequestState, actions};
use crate::vault::scope::requests::{
    Built, Export, PackageFile, Packaged, SoundTar, Tar, WantedPart,
};
use crate::vault::scope::{Reading, Scope};
use crate::vault::{
    Answer, AskChallenge, Body, Caller, Conflict, Operation, OperationError, Receipt, Refusal,
    Reply, Target, Vault, Wire,
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
    package_of::<Export>(vault, caller, export, part)
}

/// The same for any kind of request whose package leaves.
pub(in crate::operations) fn package_of<K: Packaged>(
    vault: &Vault,
    caller: &Caller,
    id: &K::Id,
    part: Option<WantedPart>,
) -> Result<Reply, Refusal> {
    let request = id.of_any_kind();
    // If that fails, nothing from before an erasure is handed out, and it is tried again.
    let _ = vault.clear_packages_if_due();
    let turn = vault.package_turns().enter(&request);
    let again = |part| TakePackage::<K> {
        id: id.clone(),
        built: None,
        opened: None,
        part,
    };
    if caller.asks_challenge() {
        return vault.perform(caller, AskChallenge(again(None)));
    }
    if PackageFile::of(vault.paths(), &request).is_there() {
        match vault.perform(caller, again(part.clone())) {
            // The file has no digest in the database: the vault stopped between the two operations.
            Err(Refusal::Failed(OperationError::Conflict(Conflict::ResultChanged), _)) => {}
            ended => return ended,
        }
    }
    let file = Arc::new(OnceLock::new());
    let build = BuildPackage::<K> {
        id: id.clone(),
        file: Arc::clone(&file),
        build: turn.build(),
    };
    let built = match vault.perform(caller, build) {
        Ok(reply) => built(reply.wire),
        // It was handed out before, and its file is gone: the answer says so.
        Err(Refusal::Denied(Denial::WrongState(RequestState::Used), _)) => {
            return vault.perform(caller, again(part));
        }
        Err(refused) => return Err(refused),
    };
    let handed_out = vault.perform(
        caller,
        TakePackage::<K> {
            id: id.clone(),
            opened: built.as_ref().zip(Arc::into_inner(file)).and_then(sound),
            built,
            part: None,
        },
    );
    match handed_out {
        // Another node built one at the same time, and handed it out first.
        Err(Refusal::Failed(OperationError::Conflict(Conflict::ResultChanged), _))
            if vault.discard_package(&request) =>
        {
            vault.perform(caller, again(part))
        }
        ended => ended,
    }
}

struct TakePackage<K: Packaged> {
    id: K::Id,
    built: Option<Built>,
    /// The file, if it is the one that was built.
    opened: Option<SoundTar>,
    part: Option<WantedPart>,
}

struct HandedOut(Wire);

impl Answer for HandedOut {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(self.0)
    }
}

impl<K: Packaged> Operation for TakePackage<K> {
    type Action = actions::TakePackage;
    type Answer = HandedOut;

    fn target(&self) -> Target {
        Target::Request(self.id.of_any_kind())
    }

    const PREPARES: bool = true;

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        if self.opened.is_none() {
            self.opened = reading.open_package::<K>(&self.id, self.built.as_ref())?;
        }
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<HandedOut, OperationError> {
        let (built, part) = (self.built.as_ref(), self.part.as_ref());
        let file = scope.hand_out::<K>(&self.id, built, self.opened, part)?;
        Ok(HandedOut(Wire::file("application/x-tar", file)))
    }
}

/// The file of a package that was just built.
fn sound((built, file): (&Built, OnceLock<File>)) -> Option<SoundTar> {
    Some(SoundTar::just_built(file.into_inner()?, built.tar))
}

/// What `BuildPackage` answers.
fn built(wire: Wire) -> Option<Built> {
    #[derive(Deserialize)]
    struct Told {
        tagmanifest_sha256: [u8; 32],
        sha256: [u8; 32],
        bytes: u64,
        steps: u64,
    }
    let bytes = match wire.into_body() {
        Body::Bytes(bytes) => bytes,
        Body::File(mut sent) => {
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            sent.file.read_to_end(&mut bytes).ok()?;
            bytes
        }
    };
    let told: Told = serde_json::from_slice(&bytes).ok()?;
    Some(Built {
        steps: told.steps,
        tagmanifest_sha256: told.tagmanifest_sha256,
        tar: Tar {
            sha256: told.sha256,
            bytes: told.bytes,
        },
    })
}
