//! What becomes of an approved export: opened once to be built, handed out, acknowledged.
//!
//! What leaves is sealed to named recipients in `evidence`; this file decides what goes in.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::approval::Approval;
use super::export::{CountedExport, Export, hex};
use super::found::Found;
use crate::domain::{ExportId, Moment, Profile};
use crate::policy::{Action, RequestState, Reveals, Writes};
use crate::vault::keyring::PackageSigner;
use crate::vault::records::ExportContents;
use crate::vault::scope::effect::Effect;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::exhibit_rows;
use crate::vault::{Conflict, OperationError, Paths};

/// Everything a package is made of, opened, and not yet written anywhere.
pub struct PackageContents {
    pub export: ExportId,
    pub profile: Profile,
    pub recipients: Vec<String>,
    pub legal_basis: String,
    pub contents: ExportContents,
    /// The leaf of the decision, and its proof.
    pub leaf: Vec<u8>,
    pub leaf_number: u64,
    /// What was approved, the bytes whose digest the leaf has.
    pub decided: Vec<u8>,
    pub proof: String,
    pub origin: String,
    pub root: String,
    pub made_at: Moment,
    pub signer: PackageSigner,
    pub file: PackageFile,
}

/// Where the package of an export stands.
pub struct PackageFile {
    folder: PathBuf,
    export: ExportId,
}

impl PackageFile {
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

    pub fn path(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    /// The folder it is built in.
    pub fn workplace(&self) -> PathBuf {
        self.folder.join(format!("{}.work", self.export))
    }
}

impl<A: Action> Scope<'_, A> {
    pub fn package_signer(&self) -> PackageSigner {
        self.core.keys().root_keys().package_signer()
    }
}

impl<A: Reveals> Scope<'_, A> {
    /// Opens everything an approved export holds.
    pub fn open_export(&mut self, id: &ExportId) -> Result<PackageContents, OperationError> {
        let found = self.request::<Export>(id)?;
        let approval = self.approved(&found)?;
        let body = &found.sealed.body;
        let filter = body.filter()?;
        let counted = CountedExport::of(self, filter.clone())?;
        self.unchanged(&found, Some(&counted))?;
        let proof = self.prove_leaf(approval.seq)?.0;
        let checkpoint = self.newest_checkpoint()?;
        let records = self.records()?;
        let least = self.core.settings.protected_threshold;
        let disclose = |no| self.disclose(no);
        let (contents, release) =
            ExportContents::open(&records, body.profile, &filter, least, disclose)?;
        self.notes.effects.extend(release.map(Effect::Release));
        self.notes.rows = Some(body.messages);
        Ok(PackageContents {
            export: id.clone(),
            profile: body.profile,
            recipients: body.recipients.clone(),
            legal_basis: body.legal_basis.clone(),
            contents,
            leaf: approval.leaf,
            leaf_number: approval.seq,
            decided: approval.statement,
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
        let approval = self.approved(&found)?;
        self.none_withdrawn_since(&found, &approval)?;
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
    fn none_withdrawn_since(
        &self,
        found: &Found<Export>,
        approval: &Approval,
    ) -> Result<(), OperationError> {
        let since = exhibit_rows::list_all(self.connection, found.row.case)?
            .into_iter()
            .filter_map(|exhibit| exhibit.withdrawn)
            .any(|withdrawn| withdrawn.leaf > approval.seq);
        match since {
            true => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
            false => Ok(()),
        }
    }
}
