//! What becomes of an approved request whose package leaves: opened once to be built, handed out, acknowledged.
//!
//! What leaves is sealed to named recipients in `evidence`; the kind of the request says what goes in.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::decider_device::DeciderDevice;
use super::package_file::{PACKAGE_DAYS, PackageFile, SoundTar, Tar};
use super::packaged::{Leaving, PackageRows, Packaged, Taken};
use crate::domain::{Moment, RequestId, RequestIdOfKind as _, hex};
use crate::policy::{Action, RequestState, Reveals, Writes, actions};
use crate::vault::budget::package_turns::BuildCancellation;
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::keyring::PackageSigner;
use crate::vault::ledger::Signing;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::{StoreError, StoreFault, node_rows};
use crate::vault::{Conflict, OperationError, Part, SentFile};

/// Everything a package is made of, opened, and not yet written anywhere.
pub struct PackageContents {
    /// The id of the request.
    pub request: RequestId,
    /// To whom it leaves, and why it may.
    pub leaving: Leaving,
    /// What goes in.
    pub rows: PackageRows,
    /// The leaf of the decision, and its proof.
    pub leaf: Vec<u8>,
    /// The number of that leaf, from 0.
    pub leaf_number: u64,
    /// What was approved, the bytes whose digest the leaf has.
    pub decided: Vec<u8>,
    /// A `.tlog-proof` text: the leaf is in the tree of the checkpoint.
    pub proof: String,
    /// What the decider's passkey signed; nothing if the decider had none.
    pub device: Option<DeciderDevice>,
    /// The name of the log.
    pub origin: String,
    /// The root hash of that checkpoint, as text.
    pub root: String,
    /// When it was opened.
    pub made_at: Moment,
    /// The same as the vault measures time: from then on the file ages.
    pub measured: Moment,
    /// Signs the package's tag manifest.
    pub signer: PackageSigner,
    /// Random bytes for the lengths of its files.
    pub padding: [u8; 32],
    /// How many steps the erasures of the case had come to.
    pub steps: u64,
    /// Where the package is written.
    pub file: PackageFile,
}

/// A package that was just built.
pub struct Built {
    /// How many steps the erasures of the case had come to when it was opened.
    pub steps: u64,
    /// SHA-256 of its tag manifest.
    pub tagmanifest_sha256: [u8; 32],
    /// The whole file.
    pub tar: Tar,
}

/// Which part of a package is wanted, if not all of it.
#[derive(Clone)]
pub struct WantedPart {
    /// Which bytes of it.
    pub bytes: WantedBytes,
    /// The tag of the package that the part belongs to. If it is another one, all is sent.
    pub of: Option<String>,
}

/// A range as it is asked for, before the length is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedBytes {
    /// From the first of these on, up to the second.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

impl WantedBytes {
    /// The part of a file of this length; `None` if it has no such bytes.
    pub fn of(self, length: u64) -> Option<Part> {
        let end = length.checked_sub(1)?;
        let (first, last) = match self {
            Self::From(first, last) => (first, last.map_or(end, |last| last.min(end))),
            Self::Last(bytes) => (length.saturating_sub(bytes), end),
        };
        (first <= last).then_some(Part { first, last })
    }
}

/// A public key that signs packages, and until when it did; the newest does.
pub(super) type PackageKey = ([u8; 32], Option<Moment>);

impl<A: Action> Scope<'_, A> {
    /// The evidence key, for signing only.
    pub fn package_signer(&self) -> Result<PackageSigner, OperationError> {
        let number = Signing::read(self.connection)?.number();
        Ok(self.core.keys().package_signer(number)?)
    }

    /// The public keys that sign packages, oldest first.
    pub fn package_keys(&self) -> Result<Vec<PackageKey>, OperationError> {
        let signing = Signing::read(self.connection)?;
        let until = signing.successions().iter().map(|one| Some(one.at));
        let keys = self.core.keys();
        let each = (0..).zip(until.chain([None]));
        each.map(|(number, until)| Ok((keys.package_signer(number)?.public(), until)))
            .collect()
    }
}

impl<A: Reveals> Scope<'_, A> {
    /// Opens everything that the package of an approved request holds.
    pub fn open_contents<K: Packaged>(
        &mut self,
        id: &K::Id,
    ) -> Result<PackageContents, OperationError> {
        let found = self.request::<K>(id)?;
        let body = &found.sealed.body;
        let leaving = K::leaving(body)?;
        let approval = self.approved(&found)?;
        self.unchanged(&found)?;
        let proof = self.prove_leaf(approval.seq)?.0;
        let checkpoint = self.newest_checkpoint()?;
        let device = self.decider_device(&approval)?;
        let rows = K::open(self, body)?;
        self.notes.rows = Some(K::touched(body).rows);
        let request = id.of_any_kind();
        let steps = {
            let case = self.case_row()?;
            let keys = self.core.case_keys(&case.id)?;
            Erasures::load(self.connection, &keys, case.number)?.steps()
        };
        let node = self.core.node.as_ref().map(|node| &node.id);
        Ok(PackageContents {
            leaving,
            rows,
            leaf: approval.leaf,
            leaf_number: approval.seq,
            decided: approval.statement,
            proof,
            device,
            origin: checkpoint.origin.to_string(),
            root: checkpoint.root.to_string(),
            made_at: self.now,
            measured: self.core.clock.measured(),
            signer: self.package_signer()?,
            padding: self.core.draw()?,
            steps,
            file: PackageFile::to_build(&self.core.paths, &request, node, steps),
            request,
        })
    }
}

impl Scope<'_, actions::CancelBuild> {
    /// What stops the build of the request's package once this act's leaf is durable; nothing if nobody builds it.
    pub fn cancel_build<K: Packaged>(
        &mut self,
        id: &K::Id,
    ) -> Result<Option<BuildCancellation>, OperationError> {
        // A request of another kind is not there.
        self.request::<K>(id)?;
        Ok(self.core.package_turns.cancellation(&id.of_any_kind()))
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Marks a package as handed out. The first time it is told which package was built; later it must be the same.
    /// `opened` is its file, as [`Reading::open_package`] found it.
    pub fn hand_out<K: Packaged>(
        &mut self,
        id: &K::Id,
        built: Option<&Built>,
        opened: Option<SoundTar>,
        wanted: Option<&WantedPart>,
    ) -> Result<SentFile, OperationError> {
        let mut found = self.request::<K>(id)?;
        K::leaving(&found.sealed.body)?;
        let delivery = &found.sealed.after;
        let (digest, tar, from) = match (delivery.package, delivery.tar, built) {
            (None, _, Some(built)) => (built.tagmanifest_sha256, built.tar, RequestState::Approved),
            (Some(kept), Some(tar), None) => (kept, tar, RequestState::Used),
            _ => return Err(OperationError::Conflict(Conflict::ResultChanged)),
        };
        self.approved(&found)?;
        // What was withdrawn is handed out no more.
        self.unchanged(&found)?;
        let leaf = self
            .leaf
            .ok_or(OperationError::Internal("handed out without a leaf"))?;
        let measured = self.core.clock.measured();
        let first = found.sealed.after.taken.get_or_insert(Taken {
            leaf,
            at: measured.seconds(),
        });
        let first_leaf = first.leaf;
        let kept_until = Moment::from_seconds(first.at).plus_seconds(PACKAGE_DAYS * 86_400);
        if kept_until <= measured {
            return Err(OperationError::Conflict(Conflict::PackageDeleted));
        }
        // Packages are in no backup, and an erasure deletes those of its case.
        let steps = built.map_or(found.sealed.after.steps, |built| built.steps);
        let erased = self.erased_before(steps, from)?;
        found.sealed.after.steps = steps;
        found.sealed.after.package = Some(digest);
        found.sealed.after.tar = Some(tar);
        self.advance(&found, from, RequestState::Used)?;
        let file = PackageFile::of(&self.core.paths, &id.of_any_kind());
        let deleted = (erased || self.core.was_restored()) && !file.is_there();
        // In a folder that nodes share, as beside a file, it can lie nowhere else.
        let has_own_folder = self.core.node.is_some() && self.core.shares_packages().is_none();
        let is_elsewhere =
            has_own_folder && !file.is_there() && built.is_none() && self.has_other_nodes()?;
        let lost = || match (deleted, is_elsewhere) {
            _ if file.is_away() => OperationError::Store(StoreError {
                at: "packages::folder",
                fault: StoreFault::CannotOpen,
            }),
            (true, _) => OperationError::Conflict(Conflict::PackageDeleted),
            (false, true) => OperationError::Conflict(Conflict::PackageElsewhere),
            (false, false) => OperationError::Damaged {
                place: format!("package of {id}"),
            },
        };
        let opened = opened.filter(|opened| opened.is(&tar)).ok_or_else(lost)?;
        let bytes = tar.bytes;
        let tag = hex::encode(&digest);
        // A part is of what was handed out before; whoever has nothing yet gets all.
        let part = wanted
            .filter(|part| first_leaf != leaf && part.of.as_ref().is_none_or(|of| *of == tag))
            .map(|part| {
                let missing = OperationError::Conflict(Conflict::NoSuchPart { bytes });
                part.bytes.of(bytes).ok_or(missing)
            })
            .transpose()?;
        self.notes.rows = Some(K::touched(&found.sealed.body).rows);
        self.notes.digest = Some(STANDARD.encode(digest));
        self.notes.detail = match part {
            Some(Part { first, last }) => {
                json!({ "continues": first_leaf, "first_byte": first, "last_byte": last })
            }
            None if first_leaf != leaf => json!({ "first_taken": first_leaf }),
            None => serde_json::Value::Null,
        };
        Ok(SentFile {
            file: opened.into_file(),
            bytes,
            name: PackageFile::of(&self.core.paths, &id.of_any_kind()).name(),
            tag,
            part,
        })
    }

    /// Whether the vault has, or had, a node that is another directory, where a package may be.
    fn has_other_nodes(&self) -> Result<bool, OperationError> {
        let all = node_rows::list_all(self.connection)?;
        let own = self.core.own_node.as_ref();
        Ok(all.iter().any(|node| Some(&node.id) != own))
    }

    /// Whether a number of the case was erased before the package was opened, when erasures had come to these steps.
    /// Refuses one from before an erasure; what nobody has yet is then built anew. In a folder of this machine alone,
    /// packages that may be from before are deleted first.
    fn erased_before(&self, steps: u64, state: RequestState) -> Result<bool, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let list = Erasures::load(self.connection, &keys, case.number)?;
        let kept = &self.core.kept_here;
        let has_cleared = kept.has_cleared(&case.id, list.steps());
        if !has_cleared {
            kept.is_behind();
        }
        if steps == list.steps() && (has_cleared || self.core.shares_packages().is_some()) {
            return Ok(!list.is_empty());
        }
        Err(OperationError::Conflict(match state {
            RequestState::Used => Conflict::PackageDeleted,
            _ => Conflict::ResultChanged,
        }))
    }

    /// Records what the receiver sent back.
    pub fn acknowledge_package<K: Packaged>(
        &mut self,
        id: &K::Id,
        receipt: BTreeMap<String, String>,
    ) -> Result<PackageFile, OperationError> {
        let mut found = self.request::<K>(id)?;
        let delivery = &mut found.sealed.after;
        let package = delivery.package.map(|digest| hex::encode(&digest));
        if receipt.get("tagmanifest_sha256") != package.as_ref() {
            let rule = "is not the digest of the package that was handed out";
            return Err(OperationError::invalid("tagmanifest_sha256", rule));
        }
        delivery.receipt = Some(receipt);
        self.advance(&found, RequestState::Used, RequestState::Acknowledged)?;
        Ok(PackageFile::of(&self.core.paths, &id.of_any_kind()))
    }
}

impl Reading<'_> {
    /// The file of a package, if it is exactly the one that was built: `built` the first time, later the one that was
    /// handed out then. It is read whole, so this is done before the hand-out has its turn.
    pub fn open_package<K: Packaged>(
        &self,
        id: &K::Id,
        built: Option<&Built>,
    ) -> Result<Option<SoundTar>, OperationError> {
        let tar = match built {
            Some(built) => Some(built.tar),
            None => self.request::<K>(id)?.sealed.after.tar,
        };
        let file = PackageFile::of(&self.core.paths, &id.of_any_kind());
        Ok(tar.and_then(|tar| file.open(&tar)))
    }
}
