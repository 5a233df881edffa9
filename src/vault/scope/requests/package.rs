//! What becomes of an approved export: opened once to be built, handed out, acknowledged.
//!
//! What leaves is sealed to named recipients in `evidence`; this file decides what goes in.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::export::{CountedExport, Export, hex};
use super::sealed::damaged;
use super::steps::Found;
use crate::domain::{ExportId, Moment, Profile};
use crate::policy::{Action, RequestState, Reveals, Writes};
use crate::vault::keyring::PackageSigner;
use crate::vault::records::ExportContents;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::exhibit_rows;
use crate::vault::{Conflict, OperationError, Paths};

/// Everything a package is made of, opened, and not yet written anywhere.
pub struct PackageContents {
    /// The id of the export.
    pub export: ExportId,
    /// What kind of package it is.
    pub profile: Profile,
    /// The age recipients it is sealed to.
    pub recipients: Vec<String>,
    /// Why the data may be handed out.
    pub legal_basis: String,
    /// The people, counts or records, with numbers in the clear where the profile has them.
    pub contents: ExportContents,
    /// The leaf of the decision, and its proof.
    pub leaf: Vec<u8>,
    /// The number of that leaf, from 0.
    pub leaf_number: u64,
    /// A `.tlog-proof` text: the leaf is in the tree of the checkpoint.
    pub proof: String,
    /// The name of the log.
    pub origin: String,
    /// The root hash of that checkpoint, as text.
    pub root: String,
    /// When it was opened.
    pub made_at: Moment,
    /// Signs the package's tag manifest.
    pub signer: PackageSigner,
    /// Where the package is written.
    pub file: PackageFile,
}

/// Where the package of an export stands.
pub struct PackageFile {
    folder: PathBuf,
    export: ExportId,
}

impl PackageFile {
    /// The file of an export's package; it need not exist.
    pub fn of(paths: &Paths, export: &ExportId) -> Self {
        Self {
            folder: paths.packages(),
            export: export.clone(),
        }
    }

    /// What its receiver sees.
    pub fn name(&self) -> String {
        format!("{}.tar", self.export)
    }

    /// The finished package.
    pub fn path(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    /// The folder it is built in.
    pub fn workplace(&self) -> PathBuf {
        self.folder.join(format!("{}.work", self.export))
    }
}

impl<A: Action> Scope<'_, A> {
    /// The evidence key, for signing only.
    pub fn package_signer(&self) -> PackageSigner {
        self.core.keys().root_keys().package_signer()
    }
}

impl<A: Reveals> Scope<'_, A> {
    /// Opens everything an approved export holds.
    pub fn open_export(&mut self, id: &ExportId) -> Result<PackageContents, OperationError> {
        let found = self.request::<Export>(id)?;
        let body = &found.sealed.body;
        let filter = body.filter()?;
        let counted = CountedExport::of(self, filter.clone())?;
        self.unchanged(id, &found, Some(&counted))?;
        let leaf_number = found.row.decided_leaf.ok_or_else(damaged)?;
        let leaf = self.leaf_bytes(leaf_number)?;
        let proof = self.prove_leaf(leaf_number)?.0;
        let checkpoint = self.newest_checkpoint()?;
        let records = self.records()?;
        let disclose = |no| self.disclose(no);
        let contents = ExportContents::open(&records, body.profile, &filter, disclose)?;
        self.notes.rows = Some(body.messages);
        Ok(PackageContents {
            export: id.clone(),
            profile: body.profile,
            recipients: body.recipients.clone(),
            legal_basis: body.legal_basis.clone(),
            contents,
            leaf,
            leaf_number,
            proof,
            origin: checkpoint.origin.to_string(),
            root: checkpoint.root.to_string(),
            made_at: self.now,
            signer: self.package_signer(),
            file: PackageFile::of(&self.core.paths, id),
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Marks a package as handed out and opens its file. The first time it is
    /// told which package was built; later it must be the same.
    pub fn hand_out(
        &mut self,
        id: &ExportId,
        built: Option<[u8; 32]>,
    ) -> Result<(File, u64, String), OperationError> {
        let mut found = self.request::<Export>(id)?;
        let (digest, from) = match (found.sealed.after.package, built) {
            (None, Some(built)) => (built, RequestState::Approved),
            (Some(kept), None) => (kept, RequestState::Used),
            _ => return Err(OperationError::Conflict(Conflict::ResultChanged)),
        };
        self.none_withdrawn_since(&found)?;
        found.sealed.after.package = Some(digest);
        self.advance(&found, from, RequestState::Used)?;
        let lost = || OperationError::Damaged {
            place: format!("package of {id}"),
        };
        let package = PackageFile::of(&self.core.paths, id);
        let file = File::open(package.path()).map_err(|_| lost())?;
        let bytes = file.metadata().map_err(|_| lost())?.len();
        self.notes.rows = Some(found.sealed.body.messages);
        self.notes.digest = Some(STANDARD.encode(digest));
        Ok((file, bytes, package.name()))
    }

    /// Records what the receiver sent back.
    pub fn acknowledge_export(
        &mut self,
        id: &ExportId,
        receipt: BTreeMap<String, String>,
    ) -> Result<(), OperationError> {
        let mut found = self.request::<Export>(id)?;
        let delivery = &mut found.sealed.after;
        let package = delivery.package.map(|digest| hex(&digest));
        if receipt.get("tagmanifest_sha256") != package.as_ref() {
            let rule = "is not the digest of the package that was handed out";
            return Err(OperationError::invalid("tagmanifest_sha256", rule));
        }
        delivery.receipt = Some(receipt);
        self.advance(&found, RequestState::Used, RequestState::Acknowledged)
    }
}

impl Reading<'_> {
    /// A package that was built before an exhibit was withdrawn may hold its records.
    fn none_withdrawn_since(&self, found: &Found<Export>) -> Result<(), OperationError> {
        let decided = found.row.decided_leaf;
        let since = exhibit_rows::list_all(self.connection, found.row.case)?
            .into_iter()
            .filter_map(|exhibit| exhibit.withdrawn)
            .any(|withdrawn| Some(withdrawn.leaf) > decided);
        match since {
            true => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
            false => Ok(()),
        }
    }
}
