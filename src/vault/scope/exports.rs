//! Exports: asked by one, decided by another, handed out by a custodian.
//!
//! What leaves is sealed to named recipients in `evidence`; this file decides
//! what goes in. As with reveals, a digest binds the request to its result set.

use std::fs::File;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::KeyPair;
use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use super::requests::{AskedView, same_result};
use crate::domain::Purpose;
use crate::domain::schema::ProfileName;
use crate::domain::{AccountName, ExportId, LegalBasis, Moment};
use crate::policy::{Action, RequestState, Reveals, Writes};
use crate::vault::core::Core;
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::{Conflict, OperationError, Why};
use crate::vault::records::FilterInput;
use crate::vault::records::{ExportContents, Found, RecordFilter};
use crate::vault::requests::{self, ExportBody, RequestDigest};
use crate::vault::store::exhibit_rows;
use crate::vault::store::export_rows::{self, ExportRow};
use crate::vault::store::request_rows::NewRequest;

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// One account's numbers, with how often and when: to notify the people behind them.
    AccountNotice,
    /// Counts only, by each dimension: for regulators and reports.
    ScopeReport,
    /// Every matching record in full.
    Evidence,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::AccountNotice, Self::ScopeReport, Self::Evidence];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountNotice => "account-notice",
            Self::ScopeReport => "scope-report",
            Self::Evidence => "evidence",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
    }
}

pub struct ExportRequest {
    pub profile: Profile,
    pub filter: RecordFilter,
    /// age recipients, parsed by whoever made this.
    pub recipients: Vec<String>,
    pub why: Why,
    pub legal_basis: LegalBasis,
}

/// What a filter finds, counted on a snapshot before the act that rests on it has
/// its turn in the ledger.
pub struct CountedExport {
    filter: RecordFilter,
    /// The one account it was counted for, if the caller may know no other.
    account: Option<AccountName>,
    found: Found,
}

/// A request as those see it who ask, decide and hand out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    pub export: ExportId,
    #[serde(flatten)]
    pub asked: AskedView,
    #[schema(value_type = ProfileName)]
    pub profile: String,
    #[schema(value_type = Purpose)]
    pub purpose: String,
    pub reason: String,
    pub legal_basis: String,
    #[schema(value_type = FilterInput)]
    pub filter: serde_json::Value,
    pub recipients: Vec<String>,
    /// What would be in it.
    pub messages: u64,
    pub numbers: u64,
    pub decision_reason: Option<String>,
    /// SHA-256 of the package's tag manifest, in hexadecimal.
    pub tagmanifest_sha256: Option<String>,
    pub receipt: Option<std::collections::BTreeMap<String, String>>,
}

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
    pub proof: String,
    pub origin: String,
    pub root: String,
    pub made_at: Moment,
    pub signer: PackageSigner,
    pub packages: std::path::PathBuf,
}

/// Signs tag manifests with the vault's evidence key, and nothing else.
pub struct PackageSigner(Arc<Core>);

impl PackageSigner {
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut out = [0; 64];
        let signature = self.0.keys().root_keys().evidence_signing().sign(message);
        for (to, from) in out.iter_mut().zip(signature.as_ref()) {
            *to = *from;
        }
        out
    }

    pub fn public(&self) -> [u8; 32] {
        let mut out = [0; 32];
        let keys = self.0.keys();
        let public = keys.root_keys().evidence_signing().public_key();
        for (to, from) in out.iter_mut().zip(public.as_ref()) {
            *to = *from;
        }
        out
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Counts what a request for an export would hold.
    pub fn count_export(&self, request: &ExportRequest) -> Result<CountedExport, OperationError> {
        let (filter, _) = self.narrow(request.profile, request.filter.clone())?;
        self.counted(filter)
    }

    /// Counts anew what an export holds that is to be decided.
    pub fn count_asked_export(&self, id: &ExportId) -> Result<CountedExport, OperationError> {
        let (row, keys) = self.export_row(id)?;
        let body: ExportBody = requests::open(self.core, &keys, &row.request)?;
        self.counted(RecordFilter::from_sealed(&body.filter)?)
    }

    fn counted(&self, filter: RecordFilter) -> Result<CountedExport, OperationError> {
        Ok(CountedExport {
            found: self.records()?.result_of(&filter)?,
            account: self.grant.account().cloned(),
            filter,
        })
    }

    /// The counts, if they are of this filter and the case's records are still those
    /// that were counted.
    fn still(
        &self,
        counted: &CountedExport,
        filter: &RecordFilter,
    ) -> Result<Found, OperationError> {
        let same = counted.filter == *filter
            && counted.account.as_ref() == self.grant.account()
            && counted.found.edition == self.records()?.edition();
        match same {
            true => Ok(counted.found),
            false => Err(OperationError::Conflict(Conflict::ResultChanged)),
        }
    }

    pub fn request_export(
        &mut self,
        request: ExportRequest,
        counted: &CountedExport,
    ) -> Result<ExportId, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let (filter, account) = self.narrow(request.profile, request.filter)?;
        let found = self.still(counted, &filter)?;
        if found.messages == 0 {
            return Err(OperationError::invalid("filter", "matches no record"));
        }
        let id = ExportId::from_random(self.core.draw()?);
        let body = ExportBody {
            filter: serde_json::to_value(&filter)
                .map_err(|_| OperationError::Internal("filter"))?,
            recipients: request.recipients,
            purpose: request
                .why
                .purpose
                .map_or("", |purpose| purpose.as_str())
                .to_owned(),
            reason: request.why.reason.as_str().to_owned(),
            legal_basis: request.legal_basis.as_str().to_owned(),
            account: account.map(|name| name.as_str().to_owned()),
            messages: found.messages,
            numbers: found.numbers,
            decision_reason: None,
            receipt: None,
        };
        let profile = request.profile;
        export_rows::TABLE.insert(
            self.connection,
            &NewRequest {
                id: id.as_str(),
                case: case.number,
                asker: self.operator()?,
                asked_at: self.now,
                expires_at: self.now.plus_seconds(self.core.settings.export_s),
                digest: &export_digest(&keys, &id, profile, &body, &found),
                sealed: &requests::seal(self.core, &keys, &id, &body)?,
            },
            &[&profile.as_str()],
        )?;
        self.notes.rows = Some(found.messages);
        self.notes.object = Some(id.to_string());
        Ok(id)
    }

    pub fn decide_export(
        &mut self,
        id: &ExportId,
        approve: bool,
        why: &Why,
        counted: Option<&CountedExport>,
    ) -> Result<RequestState, OperationError> {
        let (row, keys) = self.export_row(id)?;
        let mut body: ExportBody = requests::open(self.core, &keys, &row.request)?;
        if approve {
            let filter = RecordFilter::from_sealed(&body.filter)?;
            let counted = counted.ok_or(OperationError::Internal("nothing was counted"))?;
            let found = self.still(counted, &filter)?;
            unchanged(&keys, &row, &body, &found)?;
        }
        body.decision_reason = Some(why.reason.as_str().to_owned());
        let state = RequestState::decided(approve);
        let sealed = requests::seal(self.core, &keys, id, &body)?;
        let leaf = self
            .leaf
            .and_then(|leaf| i64::try_from(leaf).ok())
            .ok_or(OperationError::Internal("a decision without a leaf"))?;
        let decision = self.decision(state, self.core.settings.export_s, &sealed)?;
        export_rows::TABLE.decide(self.connection, id.as_str(), &decision, &[&leaf])?;
        self.notes.rows = Some(body.messages);
        Ok(state)
    }

    /// Marks a package as handed out and opens its file. The first time it is
    /// told which package was built; later it must be the same.
    pub fn hand_out(
        &mut self,
        id: &ExportId,
        built: Option<[u8; 32]>,
    ) -> Result<(File, u64, String), OperationError> {
        let (row, keys) = self.export_row(id)?;
        let lost = || OperationError::Damaged {
            place: format!("package of {id}"),
        };
        let digest: [u8; 32] = match (&row.package, built) {
            (None, Some(built)) => built,
            (Some(kept), None) => kept.as_slice().try_into().map_err(|_| lost())?,
            _ => return Err(OperationError::Conflict(Conflict::ResultChanged)),
        };
        self.none_withdrawn_since(&row)?;
        export_rows::hand_out(self.connection, id, &digest)?;
        let path = self.core.paths.packages().join(format!("{id}.tar"));
        let file = File::open(path).map_err(|_| lost())?;
        let bytes = file.metadata().map_err(|_| lost())?.len();
        let body: ExportBody = requests::open(self.core, &keys, &row.request)?;
        self.notes.rows = Some(body.messages);
        self.notes.digest = Some(STANDARD.encode(digest));
        Ok((file, bytes, format!("{id}.tar")))
    }

    /// Records what the receiver sent back.
    pub fn acknowledge_export(
        &mut self,
        id: &ExportId,
        receipt: std::collections::BTreeMap<String, String>,
    ) -> Result<(), OperationError> {
        let (row, keys) = self.export_row(id)?;
        let said = receipt.get("tagmanifest_sha256");
        if said != row.package.as_deref().map(hex).as_ref() {
            let rule = "is not the digest of the package that was handed out";
            return Err(OperationError::invalid("tagmanifest_sha256", rule));
        }
        let mut body: ExportBody = requests::open(self.core, &keys, &row.request)?;
        body.receipt = Some(receipt);
        let sealed = requests::seal(self.core, &keys, id, &body)?;
        export_rows::acknowledge(self.connection, id, &sealed)?;
        Ok(())
    }
}

impl<A: Writes> Scope<'_, A> {
    /// A package that was built before an exhibit was withdrawn may hold its records.
    fn none_withdrawn_since(&self, row: &ExportRow) -> Result<(), OperationError> {
        let decided = row.decided_leaf;
        let since = exhibit_rows::list_all(self.connection, row.request.case)?
            .into_iter()
            .filter_map(|exhibit| exhibit.withdrawn)
            .any(|withdrawn| Some(withdrawn.leaf) > decided);
        match since {
            true => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
            false => Ok(()),
        }
    }
}

impl<A: Action> Scope<'_, A> {
    pub fn package_signer(&self) -> PackageSigner {
        PackageSigner(Arc::clone(self.core))
    }

    pub fn read_export(&mut self, id: &ExportId) -> Result<ExportView, OperationError> {
        let (row, keys) = self.export_row(id)?;
        self.view_export(row, &keys)
    }

    pub fn list_exports(&mut self) -> Result<Vec<ExportView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let own = self.grant.account().cloned();
        let mut all = Vec::new();
        for row in export_rows::TABLE.list(self.connection, case.number, export_rows::read)? {
            let about = requests::export_account(self.core, case, &row)?;
            if own.is_none() || about == own {
                all.push(self.view_export(row, &keys)?);
            }
        }
        Ok(all)
    }

    fn view_export(&self, row: ExportRow, keys: &CaseKeys) -> Result<ExportView, OperationError> {
        let body: ExportBody = requests::open(self.core, keys, &row.request)?;
        Ok(ExportView {
            asked: self.view_asked(&row.request)?,
            profile: row.profile,
            purpose: body.purpose,
            reason: body.reason,
            legal_basis: body.legal_basis,
            filter: body.filter,
            recipients: body.recipients,
            messages: body.messages,
            numbers: body.numbers,
            decision_reason: body.decision_reason,
            tagmanifest_sha256: row.package.as_deref().map(hex),
            receipt: body.receipt,
            export: row.request.id,
        })
    }

    fn export_row(&self, id: &ExportId) -> Result<(ExportRow, Arc<CaseKeys>), OperationError> {
        let case = self.case_row()?;
        let row = export_rows::TABLE
            .find(self.connection, id.as_str(), export_rows::read)?
            .filter(|row| row.request.case == case.number)
            .ok_or(OperationError::NotFound)?;
        Ok((row, self.core.case_keys(&case.id)?))
    }

    /// An account notice is about exactly one account; a liaison's export is about
    /// its own, whatever it asked.
    fn narrow(
        &self,
        profile: Profile,
        mut filter: RecordFilter,
    ) -> Result<(RecordFilter, Option<AccountName>), OperationError> {
        if let Some(own) = self.grant.account() {
            if profile != Profile::AccountNotice {
                return Err(OperationError::invalid("profile", "must be account-notice"));
            }
            filter.account = vec![own.as_str().to_owned()];
        }
        let account = match filter.account.as_slice() {
            [one] => AccountName::parse(one).ok(),
            _ => None,
        };
        if profile == Profile::AccountNotice && account.is_none() {
            return Err(OperationError::invalid(
                "filter.account",
                "must name exactly one account",
            ));
        }
        Ok((filter, account))
    }
}

/// What was found is what the request was bound to.
fn unchanged(
    keys: &CaseKeys,
    row: &ExportRow,
    body: &ExportBody,
    found: &Found,
) -> Result<(), OperationError> {
    let profile = Profile::parse(&row.profile).ok_or_else(|| OperationError::Damaged {
        place: "export request".to_owned(),
    })?;
    let digest = export_digest(keys, &row.request.id, profile, body, found);
    same_result(&row.request, digest)
}

/// Binds a request to everything asked, and to the exhibits it was counted over.
fn export_digest(
    keys: &CaseKeys,
    id: &ExportId,
    profile: Profile,
    body: &ExportBody,
    found: &Found,
) -> [u8; 32] {
    let mut digest = RequestDigest::of(keys, "export");
    digest.part(id.as_str().as_bytes());
    digest.part(profile.as_str().as_bytes());
    digest.part(body.filter.to_string().as_bytes());
    for recipient in &body.recipients {
        digest.part(recipient.as_bytes());
    }
    digest.part(body.purpose.as_bytes());
    digest.part(body.reason.as_bytes());
    digest.part(body.legal_basis.as_bytes());
    digest.part(&found.edition);
    digest.part(&found.messages.to_be_bytes());
    digest.part(&found.numbers.to_be_bytes());
    digest.finish()
}

impl<A: Reveals> Scope<'_, A> {
    /// Opens everything an approved export holds.
    pub fn open_export(&mut self, id: &ExportId) -> Result<PackageContents, OperationError> {
        let (row, keys) = self.export_row(id)?;
        let body: ExportBody = requests::open(self.core, &keys, &row.request)?;
        let filter = RecordFilter::from_sealed(&body.filter)?;
        let found = self.records()?.result_of(&filter)?;
        unchanged(&keys, &row, &body, &found)?;
        let damaged = || OperationError::Damaged {
            place: "export request".to_owned(),
        };
        let profile = Profile::parse(&row.profile).ok_or_else(damaged)?;
        let leaf_number = row.decided_leaf.ok_or_else(damaged)?;
        let leaf = self.leaf_bytes(leaf_number)?;
        let proof = self.prove_leaf(leaf_number)?.0;
        let checkpoint = self.newest_checkpoint()?;
        let contents = self.export_contents(profile, &filter)?;
        self.notes.rows = Some(body.messages);
        Ok(PackageContents {
            export: row.request.id,
            profile,
            recipients: body.recipients,
            legal_basis: body.legal_basis,
            contents,
            leaf,
            leaf_number,
            proof,
            origin: checkpoint.origin.to_string(),
            root: checkpoint.root.to_string(),
            made_at: self.now,
            signer: self.package_signer(),
            packages: self.core.paths.packages(),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
