//! Finishes an admission: one change of state makes all of it visible, and the leaf binds the set of its parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::begun::Begun;
use super::file_facts::FileFacts;
use super::file_report::FileReport;
use super::in_progress::Admission;
use super::intake::TakesRows as _;
use super::quarantine::ShownReject;
use super::terms::TermCounts;
use crate::domain::schema::{Digest, FormatName};
use crate::domain::{ExhibitId, Field, OperatorId, Reference, Title, caught};
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::Operation;
use crate::vault::door::Reply;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::exhibits::description::{ExhibitDescription, open_description};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::file_accounts::FileAccounts;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::exhibits::line_report::LineReport;
use crate::vault::exhibits::under_way::Stage;
use crate::vault::keyring::CaseKeys;
use crate::vault::scope::{RuleCount, Scope};
use crate::vault::store::case_rows::{self, CaseNumber};
use crate::vault::store::{Snapshot, exhibit_rows};

impl Vault {
    /// Makes the exhibit visible and answers the report of its admission. If that fails, nothing of the exhibit is
    /// kept.
    pub fn finish_admission(
        &self,
        caller: &Caller,
        mut admission: Admission,
        file: FileFacts,
    ) -> Result<Reply, Refusal> {
        // A refusal follows from the file alone, whatever the case holds.
        let most = self.core.settings.max_quarantined;
        let accepted = admission.facts.accept_quarantined;
        let report = FileReport::of(&admission.intake, &file, most, accepted);
        if let Some(refused) = report.refusal() {
            return Err(self.abandon_admission(caller, admission, refused));
        }
        let staged = caught(|| self.stage_rest(caller, &mut admission, file));
        let operation = match staged {
            Ok(operation) => operation,
            Err(error) => return Err(self.abandon_admission(caller, admission, error)),
        };
        let begun = admission.begun.clone();
        // A large exhibit holds hundreds of megabytes; they are freed before the last act.
        drop(admission);
        self.perform(caller, operation).inspect_err(|_| {
            // The leaf of the attempt says why, so no second leaf is written. If the discard fails, the staged rows
            // stay invisible and the next start removes them.
            if let Err(fault) = self.discard(&begun) {
                tracing::error!(exhibit.id = %begun.exhibit, fault = fault.name(), "a staged exhibit could not be discarded");
            }
        })
    }

    fn stage_rest(
        &self,
        caller: &Caller,
        admission: &mut Admission,
        file: FileFacts,
    ) -> Result<FinishExhibit, OperationError> {
        let progress = admission.progress();
        progress.reach(Stage::Sealing)?;
        let file_tag = file_tag(&admission.keys, &file);
        {
            let reader = self.core.readers.snapshot()?;
            let case = admission.begun.case_number;
            refuse_known(
                reader.connection()?,
                &admission.keys,
                caller,
                case,
                &file_tag,
            )?;
        }
        admission.stage_group()?;
        admission.stage_set_aside(true)?;
        let terms = admission.stage_terms()?;
        let parts = std::mem::take(&mut admission.parts);
        let index_ranges = parts.index_ranges();
        let blocks_digest = STANDARD.encode(parts.digest());
        progress.reach(Stage::Finishing)?;
        let finish = FinishExhibit::of(
            admission,
            file,
            (file_tag, self.core.draw()?),
            terms,
            (index_ranges, blocks_digest),
        );
        if !finish.description.lines.adds_up() {
            return Err(OperationError::Internal(
                "lines of the file are not accounted for",
            ));
        }
        Ok(finish)
    }
}

/// The keyed digest by which a file is recognised if it is sent again. Each sheet of a workbook is a file of its own.
fn file_tag(keys: &CaseKeys, file: &FileFacts) -> [u8; 32] {
    let mut tag = keys.digests().begin();
    tag.update(b"file");
    tag.update(&file.digest);
    if let Some(sheet) = file.sheet {
        tag.update(b"sheet");
        tag.update(&sheet.to_be_bytes());
    }
    tag.finish()
}

/// Refuses a file that the caller admitted already. That somebody else did, a refusal would tell whoever guesses a
/// file; then it is admitted, and none of its messages becomes a second record.
fn refuse_known(
    connection: &Snapshot,
    keys: &CaseKeys,
    caller: &Caller,
    case: CaseNumber,
    tag: &[u8; 32],
) -> Result<(), OperationError> {
    let caller = caller.operator_id().map(OperatorId::as_str);
    for exhibit in exhibit_rows::of_file(connection, case, tag)? {
        let description = open_description(keys, &exhibit)?;
        if caller == Some(description.admitted_by.as_str()) {
            return Err(OperationError::Conflict(Conflict::AlreadyAdmitted(
                exhibit.id,
            )));
        }
    }
    Ok(())
}

struct FinishExhibit {
    begun: Begun,
    file_tag: [u8; 32],
    description: ExhibitDescription,
    numbers_by_region: u64,
    shown: Vec<ShownReject>,
    more_rejects: bool,
}

impl FinishExhibit {
    fn of(
        admission: &mut Admission,
        file: FileFacts,
        (file_tag, salt): ([u8; 32], [u8; 32]),
        terms: TermCounts,
        (index_ranges, blocks_digest): (IndexRanges, String),
    ) -> Self {
        let columns = Field::DICTIONARIES
            .into_iter()
            .zip(&admission.intake.coder.columns);
        let sizes = columns.map(|(field, codes)| (field.label().to_owned(), codes.size()));
        let dictionaries = sizes.collect();
        let quarantine = &mut admission.intake.quarantine;
        let counts = &admission.intake.counts;
        let duplicates = &admission.intake.duplicates;
        let description = ExhibitDescription {
            // Whoever admits it, says the act itself.
            admitted_by: String::new(),
            name: admission.facts.name.as_ref().map(text_of_title),
            source: admission.facts.source.as_ref().map(text_of_reference),
            format: file.format.as_str().to_owned(),
            format_evidence: file.evidence,
            zone: file.zone,
            mapping: file.mapping,
            digest: STANDARD.encode(file.digest),
            digest_salt: STANDARD.encode(salt),
            bytes: file.bytes,
            rows: counts.read,
            admitted: counts.admitted,
            duplicates: duplicates.in_file.total(),
            duplicates_by_rule: duplicates.in_file.by_rule(),
            in_case: duplicates.in_case.total(),
            in_case_by_rule: duplicates.in_case.by_rule(),
            quarantined: quarantine.total,
            lines: admission.intake.lines.report(
                file.lines,
                [
                    counts.admitted + duplicates.in_case.total(),
                    duplicates.in_file.total(),
                    quarantine.total,
                ],
            ),
            unknown_countries: counts.unknown_countries,
            blank_accounts: counts.blank_accounts,
            file_accounts: FileAccounts::of(&admission.intake.accounts),
            file_numbers: admission.intake.coder.numbers.len() as u32,
            numbers: terms.numbers,
            new_numbers: terms.new_numbers,
            erased_numbers: terms.erased_numbers,
            users: terms.users,
            new_users: terms.new_users,
            dictionaries,
            index_ranges,
            dropped_columns: file.dropped_columns,
            first: counts.span.map(|(first, _)| first),
            last: counts.span.map(|(_, last)| last),
            blocks: counts.blocks,
            quarantine_parts: quarantine.parts,
            duplicate_parts: duplicates.in_file.parts,
            in_case_parts: duplicates.in_case.parts,
            references_are_ids: admission.intake.seen.has_ids(),
            times_to_the_minute: admission.intake.seen.has_minutes(),
            rejects: quarantine
                .kinds
                .iter()
                .map(|(kind, count)| ((*kind).to_owned(), *count))
                .collect(),
            admitted_digest: blocks_digest.clone(),
            blocks_digest,
        };
        Self {
            begun: admission.begun.clone(),
            file_tag,
            description,
            numbers_by_region: admission.intake.coder.numbers.by_region_alone(),
            more_rejects: quarantine.has_more_than_shown(),
            shown: std::mem::take(&mut quarantine.shown),
        }
    }
}

fn text_of_title(title: &Title) -> String {
    title.as_str().to_owned()
}

fn text_of_reference(reference: &Reference) -> String {
    reference.as_str().to_owned()
}

impl Operation for FinishExhibit {
    type Action = actions::FinishExhibit;
    type Answer = Admitted;

    fn target(&self) -> Target {
        Target::Exhibit(self.begun.case.clone(), self.begun.exhibit.clone())
    }

    fn detail(&self) -> serde_json::Value {
        let description = &self.description;
        let mapping = description.mapping.as_ref();
        let mapping = mapping.map(|text| STANDARD.encode(digest(&SHA256, text.as_bytes())));
        let mut detail = json!({
            "format": description.format,
            "file_commitment": description.commitment(),
            "bytes": description.bytes,
            "rows": description.rows,
            "admitted": description.admitted_alone(),
            "duplicates": description.duplicates,
            "quarantined": description.quarantined,
            "numbers": description.file_numbers,
            "dropped_columns": description.dropped_columns,
        });
        if let (Some(mapping), Some(members)) = (mapping, detail.as_object_mut()) {
            members.insert("mapping_digest".to_owned(), mapping.into());
        }
        detail
    }

    fn run(mut self, scope: &mut Scope<'_, Self::Action>) -> Result<Admitted, OperationError> {
        self.description.admitted_by = scope.operator()?.to_string();
        let begun = &self.begun;
        let case = scope.case_row()?;
        if (case.numbers, case.users) != (begun.visible_numbers, begun.visible_users) {
            return Err(OperationError::Internal("terms became visible meanwhile"));
        }
        let keys = scope.core.case_keys(&case.id)?;
        refuse_known(
            scope.connection,
            &keys,
            scope.caller,
            case.number,
            &self.file_tag,
        )?;
        let sealed = ExhibitParts::of(&keys, &begun.exhibit)
            .description()
            .seal_json(scope.core.nonce()?, &self.description)?;
        // A file of which no row can be admitted may come again.
        let alone = self.description.admitted_alone();
        let file_tag = (alone > 0).then_some(self.file_tag.as_slice());
        let node = scope.core.node.as_ref().map(|node| &node.id);
        exhibit_rows::admit(
            scope.transaction()?,
            (begun.number, &begun.exhibit, node),
            file_tag,
            &sealed,
            scope.now,
        )?;
        case_rows::set_terms(
            scope.transaction()?,
            case.number,
            case.numbers + self.description.new_numbers,
            case.users + self.description.new_users,
        )?;
        // The leaf and the report say what the file has by itself, so that they do not tell a custodian what was in the
        // case before.
        scope.note_rows(alone);
        scope.notes.digest = Some(self.description.blocks_digest.clone());
        Ok(Admitted {
            exhibit: self.begun.exhibit,
            description: self.description,
            numbers_by_region: self.numbers_by_region,
            shown: self.shown,
            more_rejects: self.more_rejects,
        })
    }
}

/// The report of an admission.
struct Admitted {
    exhibit: ExhibitId,
    description: ExhibitDescription,
    numbers_by_region: u64,
    shown: Vec<ShownReject>,
    more_rejects: bool,
}

/// What was admitted of a file, and what was not and why. All of it follows from the file alone: a row whose message
/// the case has from an earlier exhibit counts as admitted here, and becomes no second record.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdmittedView {
    /// The new exhibit.
    pub exhibit: ExhibitId,
    /// SHA-256 of the file as received, base64.
    #[schema(value_type = Digest)]
    pub digest: String,
    /// The salt of the commitment. Whoever gets it can check that a file is this one.
    #[schema(value_type = Digest)]
    pub digest_salt: String,
    /// What everybody may see of the digest: SHA-256 over `breachvault-file-v1`, `digest` and `digest_salt`, a line
    /// each. It is in the leaf's detail.
    #[schema(value_type = Digest)]
    pub commitment: String,
    /// The format it was read as.
    #[schema(value_type = FormatName)]
    pub format: String,
    /// What was seen that tells the format.
    pub format_evidence: String,
    /// Rows read: admitted, duplicates and quarantined together.
    pub rows: u64,
    /// Rows that are in the case now.
    pub admitted: u64,
    /// Rows left out because an earlier row of the file is the same message.
    pub duplicates: u64,
    /// How many of them by each rule; their lines are listed at `/duplicates` of the exhibit.
    pub duplicates_by_rule: Vec<RuleCount>,
    /// Rows that could not be admitted.
    pub quarantined: u64,
    /// What became of each line of the file.
    pub lines: LineReport,
    /// Rows that name a country that is not known. They have no country.
    pub unknown_countries: u64,
    /// Rows that name no account. No liaison sees them.
    pub blank_accounts: u64,
    /// Distinct numbers.
    pub numbers: u32,
    /// Of these, those that were read as numbers of the declared region with nothing else to say it: neither a plus
    /// nor the country of the row.
    pub numbers_by_region: u64,
    /// Names of columns that were not read; their cells were not kept.
    pub dropped_columns: Vec<String>,
    /// The first hundred rows that were quarantined.
    #[schema(max_items = 100)]
    pub rejects: Vec<ShownReject>,
    /// There were more rejects than are listed; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub rejects_more: bool,
}

impl Answer for Admitted {
    type View = AdmittedView;

    fn view(self, _: &Receipt) -> Result<AdmittedView, OperationError> {
        let description = self.description;
        let alone = description.admitted_alone();
        Ok(AdmittedView {
            exhibit: self.exhibit,
            commitment: description.commitment(),
            digest: description.digest,
            digest_salt: description.digest_salt,
            format: description.format,
            format_evidence: description.format_evidence,
            rows: description.rows,
            admitted: alone,
            duplicates: description.duplicates,
            duplicates_by_rule: RuleCount::all(description.duplicates_by_rule),
            quarantined: description.quarantined,
            lines: description.lines,
            unknown_countries: description.unknown_countries,
            blank_accounts: description.blank_accounts,
            numbers: description.file_numbers,
            numbers_by_region: self.numbers_by_region,
            dropped_columns: description.dropped_columns,
            rejects: self.shown,
            rejects_more: self.more_rejects,
        })
    }
}
