//! Finds terms that the case has from earlier exhibits.

use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::{AddedTerms, Adder};
use crate::vault::exhibits::tag_runs::{TagRun, TagSearch};
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Tag;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{Snapshot, StoreError};

/// Marks a term that was not looked up yet, in a list of known terms.
pub(super) const UNASKED: u32 = u32::MAX;

/// Finds the visible terms of one field. Runs of tags are read when they are needed and then kept; a small exhibit
/// reads few of them. A run that is missing is damage: otherwise the case would get the same term twice.
pub(super) struct Earlier {
    case: CaseNumber,
    field: Field,
    visible: u32,
    exhibits: Vec<Runs>,
}

/// The runs of one exhibit, ordered by first tag.
struct Runs {
    adder: Adder,
    runs: Vec<Run>,
}

struct Run {
    first_tag: [u8; 16],
    opened: Option<TagRun<Vec<u8>>>,
}

impl Earlier {
    pub(super) fn load(
        connection: &Snapshot,
        case: CaseNumber,
        field: Field,
        added: &AddedTerms,
        visible: u32,
    ) -> Result<Self, StoreError> {
        let terms = Terms { case, field };
        let mut exhibits = Vec::new();
        for adder in added.of_field(field) {
            let first_tags = terms.first_tags(connection, adder.exhibit)?.into_iter();
            let runs = first_tags.map(|first_tag| Run {
                first_tag,
                opened: None,
            });
            exhibits.push(Runs {
                adder: adder.clone(),
                runs: runs.collect(),
            });
        }
        Ok(Self {
            case,
            field,
            visible,
            exhibits,
        })
    }

    /// The terms of no case.
    pub(super) fn none(field: Field) -> Self {
        Self {
            case: CaseNumber(0),
            field,
            visible: 0,
            exhibits: Vec::new(),
        }
    }

    /// A value for a term that no case has, above all term numbers.
    pub(super) fn new_identity(temporary: u32) -> u64 {
        1 << 32 | u64::from(temporary)
    }

    pub(super) fn visible(&self) -> u32 {
        self.visible
    }

    /// The term number; 0 if the case does not have the term.
    pub(super) fn find(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        tag: &Tag,
    ) -> Result<u32, OperationError> {
        for Runs { adder, runs } in &mut self.exhibits {
            // A tag below all first tags is covered by the last run.
            let place = runs.partition_point(|run| run.first_tag <= *tag.as_bytes());
            let place = place.checked_sub(1).unwrap_or(runs.len().wrapping_sub(1));
            let run = runs.get_mut(place).ok_or_else(|| adder.damaged())?;
            let opened = match &mut run.opened {
                Some(opened) => opened,
                None => {
                    let mut search = TagSearch::of(connection, self.case, self.field)?;
                    let opened = search.around(keys, adder, tag)?.kept();
                    run.opened.insert(opened)
                }
            };
            if !opened.covers(tag) {
                return Err(adder.damaged());
            }
            if let Some(found) = opened.find(tag) {
                return Ok(found);
            }
        }
        Ok(0)
    }

    /// A value that identifies a term among old and new rows: its term number if the case knows it, otherwise a value
    /// above all term numbers, made of its temporary number.
    pub(super) fn identity(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        temporary: u32,
        known: &mut Vec<u32>,
        tag: impl FnOnce() -> Option<Tag>,
    ) -> Result<u64, OperationError> {
        let new = Self::new_identity(temporary);
        if self.visible == 0 {
            return Ok(new);
        }
        let place = temporary as usize;
        if known.len() <= place {
            known.resize(place + 1, UNASKED);
        }
        let known = &mut known[place];
        if *known == UNASKED {
            *known = match tag() {
                Some(tag) => self.find(connection, keys, &tag)?,
                None => 0,
            };
        }
        Ok(if *known == 0 { new } else { u64::from(*known) })
    }
}
