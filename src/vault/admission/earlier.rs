//! Finds terms that the case has from earlier exhibits.

use crate::domain::Field;
use crate::vault::plaintext::Tag;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::term_rows::{TagRun, Terms};
use crate::vault::store::{Snapshot, StoreError};

/// Marks a term that was not looked up yet, in a list of known terms.
pub(super) const UNASKED: u32 = u32::MAX;

/// Finds the visible terms of one field. Runs of tags are read when they are needed and then kept; a small exhibit
/// reads few of them.
pub(super) struct Earlier {
    terms: Terms,
    visible: u32,
    /// Grouped by exhibit, ordered by first tag.
    runs: Vec<Vec<Run>>,
}

struct Run {
    exhibit: ExhibitNumber,
    first_tag: [u8; 16],
    tags: Option<TagRun>,
}

impl Earlier {
    pub(super) fn load(
        connection: &Snapshot,
        terms: Terms,
        visible: u32,
    ) -> Result<Self, StoreError> {
        let mut runs: Vec<Vec<Run>> = Vec::new();
        if visible > 0 {
            for (exhibit, first_tag) in terms.first_tags(connection)? {
                let run = Run {
                    exhibit,
                    first_tag,
                    tags: None,
                };
                match runs.last_mut() {
                    Some(last) if last.iter().any(|other| other.exhibit == exhibit) => {
                        last.push(run);
                    }
                    _ => runs.push(vec![run]),
                }
            }
        }
        Ok(Self {
            terms,
            visible,
            runs,
        })
    }

    /// The terms of no case.
    pub(super) fn none(field: Field) -> Self {
        let case = CaseNumber(0);
        Self {
            terms: Terms { case, field },
            visible: 0,
            runs: Vec::new(),
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
    pub(super) fn find(&mut self, connection: &Snapshot, tag: &Tag) -> Result<u32, StoreError> {
        let tag = tag.as_bytes();
        for runs in &mut self.runs {
            let place = runs.partition_point(|run| run.first_tag <= *tag);
            let Some(run) = place.checked_sub(1).and_then(|place| runs.get_mut(place)) else {
                continue;
            };
            if run.tags.is_none() {
                run.tags = self.terms.tags_around(connection, run.exhibit, tag)?;
            }
            let found = run.tags.as_ref().and_then(|tags| tags.find(tag));
            if let Some(found) = found.filter(|no| *no <= self.visible) {
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
        temporary: u32,
        known: &mut Vec<u32>,
        tag: impl FnOnce() -> Option<Tag>,
    ) -> Result<u64, StoreError> {
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
                Some(tag) => self.find(connection, &tag)?,
                None => 0,
            };
        }
        Ok(if *known == 0 { new } else { u64::from(*known) })
    }
}
