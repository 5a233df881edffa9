//! Checks that everything that was admitted is still there and opens.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::tag_runs::TagWalk;
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
    let said = match digests_said(connection, None)? {
        Ok(said) => said,
        Err(seq) => return Ok(Err(seq)),
    };
    let mut exhibits = Vec::new();
    for case in case_rows::list(connection)? {
        exhibits.extend(exhibit_rows::list_all(connection, case.number)?);
    }
    let mut agree = 0;
    for (object, said) in said {
        let Some(exhibit) = exhibits.iter().find(|one| one.id.as_str() == object) else {
            continue;
        };
        if STANDARD.encode(part_digests::recompute(connection, exhibit.number)?) != said.digest {
            return Ok(Err(said.seq));
        }
        agree += 1;
    }
    Ok(Ok(agree))
}

/// The digest over the parts of an exhibit, as the newest leaf about it says it.
struct Said {
    seq: u64,
    digest: String,
    /// The leaf of the admission.
    admitted: u64,
}

/// What the leaves of admissions, and of erasures and new keys after them, say about the parts of each exhibit of a
/// case or of all; or the first leaf that cannot be read.
fn digests_said(
    connection: &Snapshot,
    case: Option<&CaseId>,
) -> Result<Result<BTreeMap<String, Said>, u64>, OperationError> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for action in [
        ActionKind::FinishExhibit,
        ActionKind::OverwriteErased,
        ActionKind::ResealCase,
    ] {
        let leaves = LeafFilter {
            case: case.map(ToString::to_string),
            action: Some(action.name().to_owned()),
            outcome: Some("done".to_owned()),
            ..LeafFilter::default()
        };
        for (seq, bytes) in leaf_rows::search_without_indices(connection, &leaves)? {
            let Ok(leaf) = serde_json::from_slice::<PartsLeaf>(&bytes) else {
                return Ok(Err(seq));
            };
            let (object, digest) = match (leaf.object, leaf.digest) {
                (Some(object), Some(digest)) => (object, digest),
                // The leaf of terms or of rows of the case: they are of no exhibit.
                _ if action != ActionKind::FinishExhibit => continue,
                _ => return Ok(Err(seq)),
            };
            match said.entry(object) {
                Entry::Vacant(place) => {
                    let admitted = seq;
                    place.insert(Said {
                        seq,
                        digest,
                        admitted,
                    });
                }
                Entry::Occupied(mut known) if known.get().seq < seq => {
                    let known = known.get_mut();
                    (known.seq, known.digest) = (seq, digest);
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    Ok(Ok(said))
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
    let said = digests_said(connection, Some(case))?;
    let said = said.map_err(|seq| OperationError::Damaged {
        place: format!("leaf {seq}"),
    })?;
    for (object, said) in said {
        let (seq, digest) = (said.seq, said.digest);
        let id: ExhibitId = object.parse().map_err(|_| OperationError::Damaged {
            place: format!("leaf {seq}"),
        })?;
        let found = exhibits.iter().find(|exhibit| exhibit.id == id);
        let description = found
            .map(|exhibit| open_description(keys, exhibit))
            .and_then(Result::ok);
        let fault = match (found, description) {
            (None, _) => format!(
                "exhibit {id}, admitted by leaf {}, is missing",
                said.admitted
            ),
            (_, Some(description)) if description.blocks_digest != digest => {
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

/// What a check reads from a leaf that has the digest over the parts of an exhibit.
#[derive(Deserialize)]
struct PartsLeaf {
    object: Option<String>,
    digest: Option<String>,
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
    let erased = ErasedTerms::load(connection, keys, case)?;
    for (field, visible) in [(Field::Number, case.numbers), (Field::User, case.users)] {
        let terms = place.terms(field);
        let mut tags = TagWalk::of(connection, case.number, field);
        let mut without = Vec::new();
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
                // A tag that names another term is found here as well. What was erased has none.
                let tag = match field {
                    Field::Number => place
                        .parts_of(field, no)
                        .and_then(|parts| parts.open_number(&run, no).ok())
                        .map(|phone| {
                            let tag = || keys.tags(field).tag_phone(&phone);
                            (!phone.is_erased()).then(tag)
                        }),
                    _ => users
                        .as_ref()
                        .and_then(|users| users.name((no - run.first) as usize))
                        .map(|name| (!name.is_empty()).then(|| keys.tags(field).tag_user(name))),
                };
                let tag = match tag {
                    Some(Some(tag)) => tag,
                    Some(None) => {
                        without.push(no);
                        continue;
                    }
                    None => {
                        check.note(false, || {
                            format!("{} term {no} does not open", field.label())
                        });
                        continue;
                    }
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
        erased.check(field, &without, &mut check);
    }
    Ok(check)
}

/// Which terms of a case have no value, and why.
struct ErasedTerms {
    list: Erasures,
    /// The term numbers of each exhibit that brought erased numbers back, and how many it brought.
    anonymous: Vec<(u32, u32, u32)>,
}

impl ErasedTerms {
    fn load(
        connection: &Snapshot,
        keys: &CaseKeys,
        case: &CaseRow,
    ) -> Result<Self, OperationError> {
        let (mut before, mut anonymous) = (0_u32, Vec::new());
        for exhibit in exhibit_rows::list_all(connection, case.number)? {
            let description = open_description(keys, &exhibit)?;
            let last = before.saturating_add(description.new_numbers);
            anonymous.push((before, last, description.erased_numbers));
            before = last;
        }
        Ok(Self {
            list: Erasures::load(connection, keys, case.number)?,
            anonymous,
        })
    }

    /// Compares the terms without a value with the erasure list, and with what each exhibit brought without one.
    fn check(&self, field: Field, without: &[u32], check: &mut ExhibitCheck) {
        let listed = |no: &u32| match field {
            Field::Number => self.list.has_term(*no),
            _ => self.list.has_user(*no),
        };
        for (_, erasure) in self.list.each().filter(|(_, erasure)| erasure.done) {
            let terms = match field {
                Field::Number => erasure.term.as_slice(),
                _ => &erasure.users,
            };
            for no in terms {
                check.note(without.contains(no), || {
                    format!("{} term {no} was erased and is there again", field.label())
                });
            }
        }
        let unlisted: Vec<u32> = without.iter().copied().filter(|no| !listed(no)).collect();
        for (before, last, count) in &self.anonymous {
            let found = unlisted.iter().filter(|no| *before < **no && **no <= *last);
            let expected = match field {
                Field::Number => *count as usize,
                _ => 0,
            };
            let sound = found.count() == expected;
            check.note(sound, || {
                format!("{} terms were emptied that nobody erased", field.label())
            });
        }
    }
}
