//! Checks that everything that was admitted is still there and opens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::exhibit_check::ExhibitCheck;
use super::part_digests;
use super::withdrawn::check_withdrawn;
use crate::domain::{CaseId, ExhibitId, Field};
use crate::policy::ActionKind;
use crate::vault::Vault;
use crate::vault::columns::{
    BlockStatistics, CodeBlock, SeenBlock, Segment, SubjectBlock, TextBlock, TimeBlock, UserBlock,
    UserOf,
};
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::description::{ExhibitDescription, open_description};
use crate::vault::exhibits::duplicate_lines::{DuplicateOf, read_part};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::tag_runs::TagSearch;
use crate::vault::exhibits::terms::TermPlace;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::exhibit_rows::{self, ExhibitNumber, ExhibitRow};
use crate::vault::store::leaf_rows::{self, LeafFilter};
use crate::vault::store::{
    Snapshot, block_rows, dictionary_rows, duplicate_rows, quarantine_rows, seen_rows,
    statistics_rows, subject_index_rows,
};

impl Vault {
    /// Opens every part of every exhibit and every term, recomputes the digests over the parts, and looks for every
    /// exhibit that the log says was admitted.
    pub fn check_exhibits(&self) -> Result<Vec<ExhibitCheck>, OperationError> {
        check_exhibits(&self.core)
    }
}

/// The same for whoever only looks.
pub(in crate::vault) fn check_exhibits(core: &Core) -> Result<Vec<ExhibitCheck>, OperationError> {
    let reader = core.readers.snapshot()?;
    let connection = reader.connection()?;
    let mut checks = Vec::new();
    // Of a destroyed case there is nothing to open.
    let mut cases = case_rows::list(connection)?;
    cases.retain(|case| !core.is_destroyed(case));
    for case in &cases {
        let keys = core.case_keys(&case.id)?;
        for exhibit in exhibit_rows::list_all(connection, case.number)? {
            checks.push(check_exhibit(connection, &keys, case, &exhibit)?);
        }
        check_withdrawn(connection, &keys, case, &mut checks)?;
        checks.push(check_terms(connection, &keys, case)?);
    }
    let with_keys: Vec<CaseId> = core.keys().cases().cloned().collect();
    for case in &with_keys {
        // A destruction that was interrupted: the next start takes the keys away.
        let row = case_rows::find(connection, case)?;
        if row.is_some_and(|row| core.is_destroyed(&row)) {
            continue;
        }
        let keys = core.case_keys(case)?;
        check_against_log(connection, &keys, &mut checks)?;
    }
    Ok(checks)
}

/// Recomputes the digest over the sealed parts of each exhibit that is there, and compares it with the signed leaf of
/// its admission. It needs no key. An exhibit that is not there is not missed: only the keys tell whether its case was
/// destroyed. Answers how many agree, or the first leaf that does not.
pub(in crate::vault) fn check_digests(
    connection: &Snapshot,
) -> Result<Result<usize, u64>, OperationError> {
    let admissions = LeafFilter {
        action: Some(ActionKind::FinishExhibit.name().to_owned()),
        outcome: Some("done".to_owned()),
        ..LeafFilter::default()
    };
    let mut exhibits = Vec::new();
    for case in case_rows::list(connection)? {
        exhibits.extend(exhibit_rows::list_all(connection, case.number)?);
    }
    let mut agree = 0;
    for (seq, bytes) in leaf_rows::search_without_indices(connection, &admissions)? {
        let Ok(leaf) = serde_json::from_slice::<AdmissionLeaf>(&bytes) else {
            return Ok(Err(seq));
        };
        let Some(exhibit) = exhibits.iter().find(|one| one.id.as_str() == leaf.object) else {
            continue;
        };
        if STANDARD.encode(part_digests::recompute(connection, exhibit.number)?) != leaf.digest {
            return Ok(Err(seq));
        }
        agree += 1;
    }
    Ok(Ok(agree))
}

/// Finds exhibits that were removed whole: only the leaf of the admission is left.
fn check_against_log(
    connection: &Snapshot,
    keys: &CaseKeys,
    checks: &mut Vec<ExhibitCheck>,
) -> Result<(), OperationError> {
    let case = keys.case();
    let exhibits = match case_rows::find(connection, case)? {
        Some(case) => exhibit_rows::list_all(connection, case.number)?,
        None => Vec::new(),
    };
    let admissions = LeafFilter {
        case: Some(case.to_string()),
        action: Some(ActionKind::FinishExhibit.name().to_owned()),
        outcome: Some("done".to_owned()),
        ..LeafFilter::default()
    };
    for (seq, bytes) in leaf_rows::search_without_indices(connection, &admissions)? {
        let damaged = || OperationError::Damaged {
            place: format!("leaf {seq}"),
        };
        let leaf: AdmissionLeaf = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        let id: ExhibitId = leaf.object.parse().map_err(|_| damaged())?;
        let found = exhibits.iter().find(|exhibit| exhibit.id == id);
        let description = found
            .map(|exhibit| open_description(keys, exhibit))
            .and_then(Result::ok);
        let fault = match (found, description) {
            (None, _) => format!("exhibit {id}, admitted by leaf {seq}, is missing"),
            (_, Some(description)) if description.blocks_digest != leaf.digest => {
                format!("the set of sealed parts is not the one of leaf {seq}")
            }
            // A description that does not open was reported before.
            _ => continue,
        };
        let mut check = ExhibitCheck::new(case, Some(&id));
        check.note(false, || fault);
        checks.push(check);
    }
    Ok(())
}

/// What a check reads from the leaf of an admission.
#[derive(Deserialize)]
struct AdmissionLeaf {
    object: String,
    digest: String,
}

fn check_exhibit(
    connection: &Snapshot,
    keys: &CaseKeys,
    case: &CaseRow,
    exhibit: &ExhibitRow,
) -> Result<ExhibitCheck, OperationError> {
    let mut check = ExhibitCheck::new(keys.case(), Some(&exhibit.id));
    let Ok(description) = open_description(keys, exhibit) else {
        check.note(false, || "the description does not open".to_owned());
        return Ok(check);
    };
    let parts = ExhibitParts::of(keys, &exhibit.id);
    let digest = STANDARD.encode(part_digests::recompute(connection, exhibit.number)?);
    check_blocks(
        connection,
        &parts,
        case,
        exhibit.number,
        &description,
        &mut check,
    )?;
    check_rest(connection, &parts, exhibit.number, &description, &mut check)?;
    if digest != description.blocks_digest {
        check.note(false, || {
            "the set of sealed parts is not the one that was admitted".to_owned()
        });
    }
    Ok(check)
}

fn check_blocks(
    connection: &Snapshot,
    parts: &ExhibitParts<'_>,
    case: &CaseRow,
    exhibit: ExhibitNumber,
    description: &ExhibitDescription,
    check: &mut ExhibitCheck,
) -> Result<(), OperationError> {
    let mut sealed = Vec::new();
    let mut codes = CodeBlock::new();
    let mut users = UserBlock::new();
    for field in Field::ALL {
        for no in 0..description.blocks {
            let at = || format!("{} block {no}", field.label());
            if !block_rows::read(connection, exhibit, field, no, &mut sealed)? {
                check.note(false, || format!("{} is missing", at()));
                continue;
            }
            let opened = parts.block(field, no).open(&sealed);
            let sound = opened.is_ok_and(|plain| match field {
                Field::SentAt => TimeBlock::new().decode(&plain).is_ok(),
                Field::MessageRef => TextBlock::decode(&plain).is_ok(),
                Field::User => users.decode(&plain).is_ok(),
                _ => codes.decode(&plain).is_ok(),
            });
            check.note(sound, || format!("{} does not open", at()));
            let missing = match field {
                Field::Number => codes.codes().iter().any(|term| *term > case.numbers),
                Field::User => users
                    .iter()
                    .any(|user| matches!(user, UserOf::Other(term) if term > case.users)),
                _ => continue,
            };
            if sound && missing {
                check.note(false, || format!("{} names terms that are missing", at()));
            }
        }
    }
    for no in 0..description.blocks {
        let Some(sealed) = statistics_rows::TABLE.find(connection, exhibit, no)? else {
            check.note(false, || {
                format!("the statistics of block {no} are missing")
            });
            continue;
        };
        let opened = parts.statistics(no).open(&sealed);
        let sound = opened.is_ok_and(|plain| BlockStatistics::decode(&plain).is_ok());
        check.note(sound, || {
            format!("the statistics of block {no} do not open")
        });
    }
    for no in 0..description.blocks {
        let Some(sealed) = seen_rows::TABLE.find(connection, exhibit, no)? else {
            check.note(false, || format!("the prints of block {no} are missing"));
            continue;
        };
        let opened = parts.seen(no).open(&sealed);
        let sound = opened.is_ok_and(|plain| SeenBlock::read(plain.to_vec()).is_ok());
        check.note(sound, || format!("the prints of block {no} do not open"));
    }
    Ok(())
}

fn check_rest(
    connection: &Snapshot,
    parts: &ExhibitParts<'_>,
    exhibit: ExhibitNumber,
    description: &ExhibitDescription,
    check: &mut ExhibitCheck,
) -> Result<(), OperationError> {
    for field in Field::DICTIONARIES {
        let Some(sealed) = dictionary_rows::find(connection, exhibit, field)? else {
            continue;
        };
        let opened = parts.dictionary(field).open(&sealed);
        let sound = opened.is_ok_and(|plain| Segment::decode(&plain).is_ok());
        check.note(sound, || {
            format!("the dictionary of {} does not open", field.label())
        });
    }
    subject_index_rows::TABLE.for_each(connection, exhibit, |range, sealed| {
        let opened = parts.subject_index(range).open(sealed);
        let sound = opened.is_ok_and(|plain| SubjectBlock::decode(range, &plain).is_ok());
        check.note(sound, || {
            format!("range {range} of the index of subjects does not open")
        });
    })?;
    for no in 0..description.quarantine_parts {
        let Some(sealed) = quarantine_rows::TABLE.find(connection, exhibit, no)? else {
            check.note(false, || format!("part {no} of the quarantine is missing"));
            continue;
        };
        let opened = parts.quarantine(no).open(&sealed);
        check.note(opened.is_ok(), || {
            format!("part {no} of the quarantine does not open")
        });
    }
    let lists = DuplicateOf::ALL.into_iter();
    let stored = lists.flat_map(|of| (0..description.parts_of(of)).map(move |no| of.stored(no)));
    for no in stored {
        let Some(sealed) = duplicate_rows::TABLE.find(connection, exhibit, no)? else {
            check.note(false, || format!("part {no} of the duplicates is missing"));
            continue;
        };
        let opened = parts.duplicates(no).open(&sealed);
        let sound = opened.is_ok_and(|plain| read_part(&plain).is_some());
        check.note(sound, || {
            format!("part {no} of the duplicates does not open")
        });
    }
    Ok(())
}

fn check_terms(
    connection: &Snapshot,
    keys: &CaseKeys,
    case: &CaseRow,
) -> Result<ExhibitCheck, OperationError> {
    let mut check = ExhibitCheck::new(&case.id, None);
    let added = match AddedTerms::load(connection, keys, case.number) {
        Ok(added) => added,
        Err(OperationError::Damaged { place }) => {
            check.note(false, || format!("terms cannot be checked without {place}"));
            return Ok(check);
        }
        Err(error) => return Err(error),
    };
    let place = TermPlace {
        connection,
        keys,
        case: case.number,
        added: &added,
    };
    for (field, visible) in [(Field::Number, case.numbers), (Field::User, case.users)] {
        let terms = place.terms(field);
        let mut tags = TagSearch::of(connection, case.number, field)?;
        let mut no = 1;
        while no <= visible {
            let Some(run) = terms.run_of(connection, no)? else {
                check.note(false, || format!("{} term {no} is missing", field.label()));
                no += 1;
                continue;
            };
            let parts = place.parts_of(field, no);
            let users = match field {
                Field::User => parts.and_then(|parts| parts.open_users(&run).ok()),
                _ => None,
            };
            let end = visible.min(run.first.saturating_add(run.terms) - 1);
            for no in no..=end {
                // A tag that names another term is found here as well.
                let tag = match field {
                    Field::Number => place
                        .parts_of(field, no)
                        .and_then(|parts| parts.open_number(&run, no).ok())
                        .map(|phone| keys.tags(field).tag_phone(&phone)),
                    _ => users
                        .as_ref()
                        .and_then(|users| users.name((no - run.first) as usize))
                        .map(|name| keys.tags(field).tag_user(name)),
                };
                let Some(tag) = tag else {
                    check.note(false, || {
                        format!("{} term {no} does not open", field.label())
                    });
                    continue;
                };
                let named = match tags.find(keys, &added, &tag) {
                    Err(OperationError::Damaged { .. }) => None,
                    named => named?,
                };
                check.note(named == Some(no), || {
                    format!("{} term {no} is not found by its tag", field.label())
                });
            }
            no = end.saturating_add(1);
        }
    }
    Ok(check)
}
